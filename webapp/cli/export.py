"""`aduan export`: cases as XES, CSV or XLSX in a file. Knows options, not formats."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.front import answer
from webapp.cli.opened import opened

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.queries.exports import Selection

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--format", "format_", type=click.Choice(["xes", "csv", "xlsx"]), required=True, help="Bentuk berkas.")
@click.option("--from", "first", type=_DATE, metavar="2026-01-01", help="Aduan yang masuk sejak hari ini.")
@click.option("--to", "last", type=_DATE, metavar="2026-12-31", help="Aduan yang masuk sampai hari ini.")
@click.option("--case", "number", default="", metavar="NOMOR", help="Hanya aduan ini.")
@click.option("--names", is_flag=True, help="Sebut petugas dengan nama (bawaan: kode tetap).")
@click.option("--contents", is_flag=True, help="Sertakan yang diisi orang: berkasnya rahasia.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Berkas yang dibuat.")
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
def export(  # noqa: PLR0913 - one parameter an option
    format_: str,
    first: datetime | None,
    last: datetime | None,
    number: str,
    names: bool,
    contents: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Ekspor langkah aduan untuk diolah program lain. Tercatat dalam jejak baca sebelum berkasnya ditulis."""
    from engine.queries.exports import Selection
    from engine.settings import load_settings

    chosen = Selection(number.strip().upper(), _day(first), _day(last))
    with opened(load_settings()) as engine:
        _write_down(engine, chosen, format_, names=names, contents=contents)
        size = _write(engine, chosen, format_, out, names=names, contents=contents)
    answer(f"Ekspor ada di {out}.", {"file": str(out), "bytes": size}, as_json=as_json)


def _day(at: datetime | None) -> date | None:
    return at.date() if at is not None else None


def _write_down(engine: Engine, chosen: Selection, format_: str, *, names: bool, contents: bool) -> None:
    """The reading, in the stream of the command line. A case that does not exist is refused."""
    from sqlalchemy import select

    from engine.commands.record_read import record_read
    from engine.store.database import transaction
    from engine.store.models import Case

    about: dict[str, object] = {}
    if chosen.number:
        with transaction(engine) as session:
            row = session.execute(select(Case.id, Case.rev).where(Case.number == chosen.number)).first()
        if row is None:
            raise click.ClickException(f"Aduan {chosen.number} tidak ada.")
        about = {"case": row.id, "seen": row.rev}
    period = {name: day.isoformat() if day else "" for name, day in (("from", chosen.first), ("to", chosen.last))}
    facts = {**about, **period, "format": format_, "names": names, "contents": contents}
    who = {"pengguna": getpass.getuser()}
    record_read(engine, None, "data_exported", facts, now=datetime.now(UTC), values=who, channel="konsol")


def _write(engine: Engine, chosen: Selection, format_: str, out: Path, *, names: bool, contents: bool) -> int:
    """The file, readable by its owner only; returns its size in bytes."""
    from engine.queries.exports import exported_cases
    from engine.store.database import snapshot
    from webapp.exports import parts, said

    out.touch(mode=0o600)
    with snapshot(engine) as session, out.open("wb") as file:
        cases = exported_cases(session, chosen, None, names=names, contents=contents)
        for part in parts(cases, format_, said(chosen)):
            file.write(part)
        return file.tell()
