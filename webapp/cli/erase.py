"""`aduan erase`: takes what is personal out of closed cases, on request or when it was kept long enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.front import answer, complain
from webapp.cli.opened import opened

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.commands.erase_case import Erased

_BASES = ("permintaan", "retensi")
_IN_USE = (
    "Berkas basis data sedang dibaca, sehingga sisa tulisan lama belum dibersihkan dari log-nya. "
    "Jalankan perintah ini sekali lagi."
)


@click.command()
@click.option("--case", "number", metavar="NOMOR", help="Hanya aduan ini.")
@click.option("--basis", type=click.Choice(_BASES), help="Dasar penghapusan satu aduan.")
@click.option("--closed-before", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="2021-12-31",
              help="Semua aduan yang ditutup sebelum hari ini; dasarnya retensi.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Hapus sungguh-sungguh; tanpa ini --closed-before hanya menyebut rencananya.")
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
@click.pass_context
def erase(
    ctx: click.Context, number: str | None, basis: str | None, day: datetime | None, yes: bool, as_json: bool
) -> None:
    """Hapus isi pribadi dan lampiran aduan yang sudah ditutup. Riwayatnya tetap dapat diperiksa."""
    from engine.commands.erase_case import finish_erasures
    from engine.settings import load_settings

    if (number is None) == (day is None):
        raise click.UsageError("pilih salah satu: --case atau --closed-before", ctx)
    if (number is None) != (basis is None):
        raise click.UsageError("--basis wajib bersama --case, dan hanya bersama --case", ctx)
    settings = load_settings()
    with opened(settings) as engine:
        numbers = [number.strip().upper()] if number is not None else _due(engine, day)
        if day is not None and not yes:
            _tell_plan(numbers, as_json)
            return
        try:
            done, refused = _erase(engine, numbers, basis or "retensi", alone=number is not None)
        finally:  # also when one of many was refused: what is committed is finished
            clean = finish_erasures(engine, settings.files)
    _tell_done(done, clean, as_json)
    wrong = [*refused, *([] if clean else [_IN_USE])]
    if wrong:
        complain("\n".join(wrong))
        ctx.exit(1)


def _due(engine: Engine, day: datetime | None) -> list[str]:
    """Closed before the day began in the office."""
    from engine.commands.erase_case import closed_before
    from engine.commands.open_case import ZONE
    from engine.store.database import transaction

    if day is None:
        return []
    with transaction(engine) as session:
        return closed_before(session, day.replace(tzinfo=ZONE))


def _erase(engine: Engine, numbers: Sequence[str], basis: str, *, alone: bool) -> tuple[list[Erased], list[str]]:
    """Each case in its own transaction; what was erased, and why others were not. A case alone raises its refusal."""
    from engine.commands.erase_case import erase_case
    from engine.errors import Conflict, Refusal
    from engine.store.database import transaction

    done, refused = [], []
    for number in numbers:
        try:
            with transaction(engine) as session:
                done.append(erase_case(session, None, number, basis, now=datetime.now(UTC), channel="perintah"))
        except Refusal as error:
            if alone:
                raise
            if not isinstance(error, Conflict):  # a conflict here: someone erased it meanwhile
                refused.append(f"{number}: {error.message}")
    return done, refused


def _tell_plan(numbers: Sequence[str], as_json: bool) -> None:
    if not numbers:
        sentence = "Tidak ada aduan yang perlu dihapus isinya."
    else:
        sentence = f"{len(numbers)} aduan akan dihapus isinya. Belum ada yang dihapus; ulangi dengan --yes."
        sentence += f"\n{_span(numbers)}"
    answer(sentence, {"erased": [], "planned": list(numbers)}, as_json=as_json)


def _span(numbers: Sequence[str]) -> str:
    return ", ".join(numbers) if len(numbers) <= 5 else f"{', '.join(numbers[:4])}, ..., {numbers[-1]}"


def _tell_done(done: Sequence[Erased], clean: bool, as_json: bool) -> None:
    values, files = sum(each.values for each in done), sum(len(each.files) for each in done)
    sentence = f"Isi pribadi {len(done)} aduan dihapus: {values} isian, {files} berkas."
    if not done:
        sentence = "Tidak ada aduan yang perlu dihapus isinya."
    facts: dict[str, Any] = {
        "erased": [{"case": each.number, "values": each.values, "files": len(each.files)} for each in done],
        "planned": [], "clean": clean,
    }  # fmt: skip
    answer(sentence, facts, as_json=as_json)
