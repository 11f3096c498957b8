"""Who looked at what: the reading streams as pages show them. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from engine.history.event import moment_from, moment_text
from engine.reading import CONSOLE, named_cases
from engine.store.models import Account, Appointment, Case, Event, EventValue, Reading
from engine.worktime.instants import WIB

PAGE = 50
TITLES = {
    "case_read": "Membuka aduan",
    "list_searched": "Mencari",
    "data_exported": "Mengekspor data",
    "bundle_made": "Membuat bundel bukti",
    "file_downloaded": "Mengunduh lampiran",
    "identities_read": "Membaca nama dan kontak pelapor",
    "trace_read": "Membaca jejak baca",
}
PAGES = {
    "aduan": "halaman aduan",
    "tugas": "halaman tugas",
    "dokumen": "dokumen yang dibuat sistem",
    "riwayat": "riwayat penanganan",
    "putar_ulang": "putar ulang",
    "kronologi": "kronologi",
    "peta": "peta proses",
    "cari": "cari riwayat",
}
_CHOSEN = {"names": "dengan nama petugas", "contents": "dengan isian"}
FOLDED = 20  # cases of one reading that are named; of more only how many


@dataclass(frozen=True)
class ReadRow:
    """One reading."""

    stream: str
    seq: int
    at: datetime
    kind: str  # engine.reading.ReadKind
    what: str  # the kind in words
    reader: str  # account id, or "konsol"
    name: str
    roles: tuple[str, ...]  # the appointments in force when it was read
    titles: tuple[str, ...]  # and their jabatan
    cases: tuple[str, ...]  # numbers
    more_cases: int  # those beyond the named ones
    seen: int | None  # how many events the case had
    identity: bool  # name and contact of the reporter were on the page
    page: str  # which page, in words
    detail: str  # what else it says: format, period, files
    words: str  # what was searched for; "" when nothing was typed or it was erased
    facts: dict[str, Any]  # the body, for what else a kind records
    hash: str


@dataclass(frozen=True)
class ReadFilter:
    """What is asked for; empty means all."""

    reader: str = ""
    kind: str = ""
    case_id: str = ""
    day: date | None = None  # in Jakarta


def reads(session: Session, wanted: ReadFilter, page: int = 1) -> tuple[list[ReadRow], bool]:
    """Readings, newest first, and whether there are more."""
    which = select(Reading.stream, Reading.seq, Reading.at).distinct().where(*_conditions(wanted))
    which = which.order_by(Reading.at.desc(), Reading.stream, Reading.seq.desc())
    found = session.execute(which.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return _rows(session, [(row.stream, row.seq) for row in found[:PAGE]]), len(found) > PAGE


def reads_of_case(session: Session, case: Case) -> list[ReadRow]:
    """Every reading of this case, oldest first: pages, files, bundles, and exports of a period that held it."""
    named = select(Reading.stream, Reading.seq).where(Reading.case_id == case.id)
    whole = select(Reading.stream, Reading.seq).where(
        Reading.case_id == "", Reading.kind.in_(("data_exported", "bundle_made")), Reading.at >= case.opened_at
    )
    own = {(row.stream, row.seq) for row in session.execute(named)}
    periods = [(row.stream, row.seq) for row in session.execute(whole)]
    rows = _rows(session, [*own, *periods])
    kept = [row for row in rows if (row.stream, row.seq) in own or _within(case, row.facts)]
    return sorted(kept, key=lambda row: (row.at, row.stream, row.seq))


def readers(session: Session) -> list[tuple[str, str]]:
    """Everyone who ever left a trace: account id and name, by name."""
    ids = set(session.scalars(select(Reading.reader).distinct()))
    names = _names(session, ids)
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


def _within(case: Case, facts: dict[str, Any]) -> bool:
    """Whether a case lies in the period of an export, by the day of filing, or of a bundle, by when events happened."""
    if "period" in facts:
        first, until = facts["period"]
        return bool(moment_text(case.opened_at) < until and first <= moment_text(case.changed_at))
    opened = case.opened_at.astimezone(WIB).date().isoformat()
    return str(facts.get("from") or "") <= opened <= str(facts.get("to") or "9999")


def _conditions(wanted: ReadFilter) -> list[Any]:
    asked: list[Any] = []
    if wanted.reader:
        asked.append(Reading.reader == wanted.reader)
    if wanted.kind:
        asked.append(Reading.kind == wanted.kind)
    if wanted.case_id:
        asked.append(Reading.case_id == wanted.case_id)
    if wanted.day is not None:
        begin = datetime.combine(wanted.day, time(), WIB)
        asked.append(and_(Reading.at >= begin, Reading.at < begin + timedelta(days=1)))
    return asked


def _rows(session: Session, places: Sequence[tuple[str, int]]) -> list[ReadRow]:
    """The readings at these places, in their order."""
    events = {(row.stream, row.seq): row for row in _at(session, places, select(Event))}
    values = {(row.stream, row.seq): row.value for row in _at(session, places, select(EventValue)) if row.value}
    bodies = {place: orjson.loads(event.body) for place, event in events.items()}
    names = _names(session, {str(body["actor"]) for body in bodies.values()})
    held = {each for body in bodies.values() for each in body["appointments"]}
    titles = {row.id: row for row in session.scalars(select(Appointment).where(Appointment.id.in_(held)))}
    numbers = _numbers(session, bodies.values())
    rows = []
    for place in places:
        if place in bodies:
            words = orjson.loads(values[place]) if place in values else ""
            rows.append(_row(bodies[place], events[place].hash, str(words), names, titles, numbers))
    return rows


def _at(session: Session, places: Sequence[tuple[str, int]], statement: Select[Any]) -> Iterable[Any]:
    """The rows of a table at these places, in statements of bounded length."""
    table = statement.column_descriptions[0]["entity"]
    for start in range(0, len(places), 200):
        one_of = or_(*(and_(table.stream == stream, table.seq == seq) for stream, seq in places[start : start + 200]))
        yield from session.scalars(statement.where(one_of))


def _numbers(session: Session, bodies: Iterable[dict[str, Any]]) -> dict[str, str]:
    wanted = {each for body in bodies for each in named_cases(body)[:FOLDED]}
    return dict(session.execute(select(Case.id, Case.number).where(Case.id.in_(wanted))).all())


def _names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    known = list(ids)
    names = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(known))).all())
    return names | ({CONSOLE: "Baris perintah di mesin"} if CONSOLE in known else {})


def _detail(body: dict[str, Any]) -> str:
    """What an export or a bundle covered, or how much a search found."""
    if body["type"] == "bundle_made":
        return "dengan nilai pribadi" if body.get("personal") else "tanpa nilai pribadi"
    if body["type"] == "data_exported":
        span = f"{body.get('from') or 'awal'} sampai {body.get('to') or 'sekarang'}"
        more = [each for name, each in _CHOSEN.items() if body.get(name)]
        return ", ".join([str(body.get("format", "")).upper(), *([] if body.get("case") else [span]), *more])
    if body["type"] == "list_searched" and "found" in body:
        return f"{body['found']} aduan tampil"
    return ""


def _row(
    body: dict[str, Any],
    hash: str,
    words: str,
    names: dict[str, str],
    titles: dict[str, Appointment],
    numbers: dict[str, str],
) -> ReadRow:
    held = [titles[each] for each in body["appointments"] if each in titles]
    named = named_cases(body)
    page = str(body.get("page", ""))
    return ReadRow(
        stream=body["stream"],
        seq=body["seq"],
        at=moment_from(body["at"]),
        kind=body["type"],
        what=TITLES.get(body["type"], body["type"]),
        reader=body["actor"],
        name=names.get(body["actor"], "(akun tidak dikenal)"),
        roles=tuple(dict.fromkeys(each.role for each in held)),
        titles=tuple(dict.fromkeys(each.position for each in held)),
        cases=tuple(numbers.get(each, each) for each in named[:FOLDED]),
        more_cases=max(0, len(named) - FOLDED),
        seen=body.get("seen"),
        identity=bool(body.get("identity")),
        page=PAGES.get(page, page),
        detail=_detail(body),
        words=words,
        facts=body,
        hash=hash,
    )
