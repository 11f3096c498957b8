"""`aduan calendar`: when working time ends and why, by the calendar in force, or without a database by the start's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.front import Front, answer
from webapp.cli.opened import one_transaction

if TYPE_CHECKING:
    from engine.store.calendars import Office
    from engine.worktime import Duration

_json = click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
_YEARS = range(2000, 2200)


@click.group(cls=Front)
def calendar() -> None:
    """Kalender kerja kantor."""


def _start(_ctx: click.Context, _param: click.Parameter, text: str) -> datetime:
    from engine.worktime import WIB

    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise click.BadParameter(f"«{text}» bukan waktu. Tulis seperti 2026-12-23T15:55; tanpa zona berarti WIB.")
    return found if found.tzinfo is not None else found.replace(tzinfo=WIB)


def _length(_ctx: click.Context, _param: click.Parameter, text: str) -> Duration:
    from engine.worktime import Duration

    try:
        return Duration.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@calendar.command()
@click.argument("start", callback=_start)
@click.argument("duration", callback=_length)
@_json
def due(start: datetime, duration: Duration, as_json: bool) -> None:
    """Kapan waktu kerja selama DURATION sejak START berakhir, dan mengapa."""
    from engine.worktime import WIB, explain

    office = _office()
    ends = office.calendar.add(start, duration)
    at = ends.at.astimezone(WIB)
    text = at.isoformat(timespec="auto" if at.second or at.microsecond else "minutes")
    facts = {
        "due": text, "start": start.astimezone(WIB).isoformat(), "duration": str(duration),
        "explanation": explain(ends), "warnings": list(ends.warnings), "calendar": office.number,
    }  # fmt: skip
    answer("\n".join([text, explain(ends), *ends.warnings]), facts, as_json=as_json)


@calendar.command()
@_json
def show(as_json: bool) -> None:
    """Tampilkan kalender: jam kerja, hari libur, tahun yang sudah disahkan."""
    office = _office()
    data = office.calendar.to_data()
    answer(_words(office, data), {"number": office.number, "checksum": office.checksum, **data}, as_json=as_json)


def _words(office: Office, data: dict[str, Any]) -> str:
    lines = [f"Kalender versi {office.number}" if office.number else "Kalender bawaan, belum ada versi yang ditetapkan"]
    for each in data["schedules"]:
        until = f" sampai {each['until']}" if each["until"] else ""
        lines.append(f"{each['name']}, mulai {each['from']}{until}")
        lines += [
            f"  {day:<8}{', '.join('-'.join(pair).replace(':', '.') for pair in hours)}"
            for day, hours in each["week"].items()
        ]
    lines.append("Hari libur")
    lines += [f"  {each['date']}  {each['name']} ({each['kind']})" for each in data["holidays"]]
    lines.append(f"Tahun yang sudah disahkan: {', '.join(map(str, data['approved_years'])) or 'belum ada'}")
    return "\n".join(lines)


def _office() -> Office:
    """The calendar in force where there is a database, else the one that a new office begins with."""
    from engine.settings import load_settings
    from engine.store.calendars import current_calendar, start_office

    if not _has_database(load_settings().database):
        return start_office()
    with one_transaction() as session:
        return current_calendar(session)


def _has_database(url: str) -> bool:
    """Whether there is anything to open: asking must not make a file."""
    from sqlalchemy import make_url

    address = make_url(url)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()
