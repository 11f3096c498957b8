"""Search over the whole history: every event of every case by who, what, where, when, and what was written.

Reads the cache that the worker makes of the log (engine.worker.trace), so it is some seconds behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from engine.access import HIDDEN_REPORTER, Actor, lane_rights, visible_cases
from engine.queries.event_words import TYPES
from engine.store.deployments import all_deployed
from engine.store.models import Account, Appointment, Case, CaseFlag, CaseTrace, Deployment, EventTrace
from engine.store.words import places_with
from engine.worktime import WIB

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty field asks for nothing. Days are days in Jakarta, both included."""

    number: str = ""
    text: str = ""
    person: str = ""  # account id
    role: str = ""
    element: str = ""
    kind: str = ""  # type of the event
    since: date | None = None  # of the event
    until: date | None = None
    filed_since: date | None = None  # of the case
    filed_until: date | None = None
    late: bool = False
    version: int | None = None  # number of the deployment
    flow: str = ""
    way: str = ""  # code of a way that cases took
    flag: str = ""
    unit: str = ""
    case_version: int | None = None  # number of the deployment that the case is on now
    closed: bool = False

    @property
    def anything(self) -> bool:
        """Whether anything is asked for."""
        return self != Wanted()


@dataclass(frozen=True)
class Hit:
    """One event that fits."""

    place: int
    number: str
    seq: int
    at: datetime
    what: str
    step: str
    who: str
    role: str
    version: int
    late: bool


@dataclass(frozen=True)
class Choices:
    """What can be asked for, as (value, text)."""

    people: list[tuple[str, str]]
    roles: list[tuple[str, str]]
    steps: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    versions: list[tuple[str, str]]


def find_events(session: Session, actor: Actor, wanted: Wanted, before: int | None = None) -> tuple[list[Hit], bool]:
    """Events that fit, newest first, and whether older ones follow. `before`: only those older than this place."""
    which = [visible_cases(actor, lane_rights(session)), *_conditions(session, wanted)]
    if before is not None:
        which.append(EventTrace.place < before)
    statement = (
        select(EventTrace, Case.number, Case.reporter_id).join(Case, Case.id == EventTrace.case_id).where(*which)
        .order_by(EventTrace.place.desc()).limit(PAGE + 1)
    )  # fmt: skip
    rows = session.execute(statement).all()
    return _hits(session, rows[:PAGE]), len(rows) > PAGE


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    equal = {
        EventTrace.actor: wanted.person, EventTrace.role: wanted.role, EventTrace.element: wanted.element,
        EventTrace.kind: wanted.kind,
    }  # fmt: skip
    asked: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
    if wanted.person:  # who reported a case is not told, whatever else that person does here
        asked.append(Case.reporter_id != wanted.person)
    if wanted.number:
        asked.append(Case.number.contains(wanted.number.strip().upper(), autoescape=True))
    if wanted.late:
        asked.append(EventTrace.late.is_(True))
    if wanted.flow:
        asked.append(EventTrace.flows.contains(f" {wanted.flow} ", autoescape=True))
    if wanted.version is not None:
        asked.append(EventTrace.version.in_(select(Deployment.id).where(Deployment.number == wanted.version)))
    asked += _within(EventTrace.at, wanted.since, wanted.until)
    places = places_with(session, wanted.text)
    if places is not None:
        asked.append(EventTrace.place.in_(places))
    return asked + _of_case(wanted)


def _within(column: Any, since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    asked = []
    if since is not None:
        asked.append(column >= datetime.combine(since, time(), WIB))
    if until is not None:
        asked.append(column < datetime.combine(until, time(), WIB) + timedelta(days=1))
    return asked


def _of_case(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is asked of the whole case; a finding is shown at the event that first showed it."""
    asked: list[ColumnElement[bool]] = []
    of_case: list[ColumnElement[bool]] = []
    if wanted.filed_since is not None:
        of_case.append(CaseTrace.opened_on >= wanted.filed_since)
    if wanted.filed_until is not None:
        of_case.append(CaseTrace.opened_on <= wanted.filed_until)
    if wanted.unit:
        of_case.append(CaseTrace.unit == wanted.unit)
    if wanted.case_version is not None:
        of_case.append(CaseTrace.version.in_(select(Deployment.id).where(Deployment.number == wanted.case_version)))
    if wanted.way:
        of_case.append(CaseTrace.way_code == wanted.way)
    if wanted.way or wanted.closed:
        of_case.append(CaseTrace.closed.is_(True))
        asked.append(EventTrace.seq == 1)  # the whole case is meant: it is shown once
    if of_case:
        asked.append(exists().where(CaseTrace.case_id == EventTrace.case_id, *of_case))
    if wanted.flag:
        here = and_(CaseFlag.case_id == EventTrace.case_id, CaseFlag.seq == EventTrace.seq)
        asked.append(exists().where(here, CaseFlag.flag == wanted.flag))
    return asked


def _hits(session: Session, rows: Sequence[Any]) -> list[Hit]:
    actors = {row.EventTrace.actor for row in rows if row.EventTrace.actor}
    named = select(Account.id, Account.name).where(Account.id.in_(actors), _on_staff())
    people: dict[str, str] = dict(session.execute(named).all())
    versions = {each.id: each for each in all_deployed(session)}
    hits = []
    for trace, number, reporter in rows:
        version = versions[trace.version]
        element = version.diagram.elements.get(trace.element or "")
        named_here = people.get(trace.actor, HIDDEN_REPORTER) if trace.actor != reporter else HIDDEN_REPORTER
        who = named_here if trace.actor else "Sistem"
        hits.append(Hit(
            place=trace.place, number=number, seq=trace.seq, at=trace.at, what=TYPES.get(trace.kind, trace.kind),
            step=element.label if element else "", who=who, role=trace.role or "",
            version=version.number, late=trace.late,
        ))  # fmt: skip
    return hits


def _on_staff() -> ColumnElement[bool]:
    """SQL: somebody who holds or held an appointment; names of reporters are for whoever may know them."""
    return exists().where(Appointment.account_id == Account.id)


def choices(session: Session) -> Choices:
    """What the filter offers: what happened here, in the words of any version."""
    people = session.execute(select(Account.id, Account.name).where(_on_staff()).order_by(Account.name)).all()
    steps: dict[str, str] = {}
    for version in all_deployed(session):
        steps |= {each.id: each.label for each in version.diagram.elements.values() if each.label}
    passed = session.scalars(select(EventTrace.element).where(EventTrace.element.is_not(None)).distinct())
    roles = session.scalars(select(EventTrace.role).where(EventTrace.role.is_not(None)).distinct())
    kinds = session.scalars(select(EventTrace.kind).distinct())
    return Choices(
        people=[(row.id, row.name) for row in people],
        roles=sorted((each, each) for each in roles if each),
        steps=_by_text((each, steps.get(each, each)) for each in passed if each),
        kinds=_by_text((each, TYPES.get(each, each)) for each in kinds),
        versions=[(str(each.number), f"Versi {each.number}") for each in reversed(all_deployed(session))],
    )


def _by_text(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: pair[1].casefold())
