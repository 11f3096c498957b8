"""`aduan bundle`: the evidence about cases or a period as one file. Knows what is asked, not how it is proved."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.front import answer
from webapp.cli.opened import opened

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.history.keys import Signer
    from engine.queries.evidence.bundle import Bundled, Wanted

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command()
@click.option("--case", "numbers", metavar="NOMOR", multiple=True, help="Nomor aduan; boleh diulang.")
@click.option("--cases", "listed", type=_FILE, help="Berkas berisi nomor-nomor aduan, satu per baris.")
@click.option("--from", "since", metavar="TANGGAL", help="Awal periode (WIB), misalnya 2026-01-01.")
@click.option("--to", "until", metavar="TANGGAL", help="Hari terakhir periode (WIB).")
@click.option("--files", is_flag=True, help="Sertakan berkas lampiran, bukan hanya sidik jarinya.")
@click.option("--without-personal", is_flag=True, help="Jangan sertakan isian pribadi; buktinya tetap berlaku.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Berkas ZIP yang dibuat.")
@click.option("--against", type=_FILE, help="Titik periksa atau tanda terima lama yang harus dapat dibandingkan.")
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
@click.pass_context
def bundle(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    numbers: tuple[str, ...],
    listed: Path | None,
    since: str | None,
    until: str | None,
    files: bool,
    without_personal: bool,
    out: Path,
    against: Path | None,
    as_json: bool,
) -> None:
    """Buat bundel bukti untuk diperiksa siapa pun dengan verify.py. Berisi tulisan orang: rahasia."""
    from engine.history.keys import load_signer
    from engine.queries.evidence.bundle import Wanted
    from engine.settings import load_settings
    from engine.worker.rounds import log_events

    named = [*numbers, *(listed.read_text("utf-8").split() if listed is not None else [])]
    if bool(named) == bool(since or until) or bool(since) != bool(until):
        raise click.UsageError("pilih --case atau --cases, atau --from beserta --to", ctx)
    if files and without_personal:
        raise click.UsageError("lampiran adalah isian pribadi: pilih --files atau --without-personal", ctx)
    first, last = _day(since), _day(until)
    settings, now = load_settings(), datetime.now(UTC)
    with opened(settings) as engine:
        log_events(engine, settings.keys, now)  # so that the checkpoint covers what has happened until now
        signer = load_signer(settings.keys)
        wanted = Wanted(
            named, first, last + timedelta(days=1) if last is not None else None, personal=not without_personal,
            files=settings.files if files else None, against=_sizes(against, signer),
        )  # fmt: skip
        _write_down(engine, wanted, now)
        made = _write(engine, wanted, signer, out, now)
    facts = {"file": str(out), "events": made.events, "streams": made.streams, "left_out": made.left_out,
             "attachments": made.attachments, "absent": made.absent, "files": sorted(made.names)}  # fmt: skip
    answer("\n".join(_told(made, out, files=files)), facts, as_json=as_json)


def _write_down(engine: Engine, wanted: Wanted, now: datetime) -> None:
    """The reading, in the stream of the command line, before the file begins."""
    import getpass

    from sqlalchemy import select

    from engine.commands.record_read import record_read
    from engine.history.event import moment_text
    from engine.store.database import transaction
    from engine.store.models import Case

    facts: dict[str, object] = {"page": "bukti", "personal": wanted.personal, "files": wanted.files is not None}
    if wanted.since is not None and wanted.until is not None:
        facts["period"] = [moment_text(wanted.since), moment_text(wanted.until)]
    else:
        with transaction(engine) as session:
            asked = [each.strip().upper() for each in wanted.numbers]
            facts["cases"] = list(session.scalars(select(Case.id).where(Case.number.in_(asked)).order_by(Case.id)))
    record_read(
        engine, None, "bundle_made", facts, now=now, values={"pengguna": getpass.getuser()}, channel="konsol"
    )  # fmt: skip


def _day(text: str | None) -> datetime | None:
    """Midnight in WIB at the beginning of a day."""
    from engine.worktime import WIB

    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(0), WIB)
    except ValueError:
        raise click.BadParameter(f"'{text}' bukan tanggal seperti 2026-01-31") from None


def _sizes(against: Path | None, signer: Signer) -> list[int]:
    from engine.history.verify import note_in, open_note

    return [open_note(note_in(against.read_text("utf-8")), signer.keys).size] if against is not None else []


def _write(engine: Engine, wanted: Wanted, signer: Signer, out: Path, now: datetime) -> Bundled:
    """To a file beside the wanted one, which takes its name when it is whole; readable by its owner only."""
    from engine.errors import NotFound
    from engine.queries.evidence.bundle import write_bundle
    from engine.store.database import snapshot
    from webapp.standalone import replay_page

    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        private = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "w+b") as file, snapshot(engine) as session:
            made = write_bundle(session, wanted, signer, file, now, replay_page)
        draft.replace(out)
    except NotFound:
        raise click.ClickException("Belum ada titik periksa, jadi belum ada yang dapat dibuktikan.") from None
    finally:
        draft.unlink(missing_ok=True)
    return made


def _told(made: Bundled, out: Path, *, files: bool) -> list[str]:
    told = [f"Bundel ada di {out}: {made.events} peristiwa dari {made.streams} riwayat."]
    if made.left_out:
        told.append(f"{made.left_out} isian pribadi tidak disertakan; sidik jarinya ada, jadi buktinya tetap berlaku.")
    if made.attachments and not files:
        told.append(f"{made.attachments} lampiran disebut dengan sidik jarinya saja (--files menyertakannya).")
    if made.absent:
        told.append(f"Tidak ada di tempat penyimpanan: lampiran {', '.join(made.absent)}.")
    return told
