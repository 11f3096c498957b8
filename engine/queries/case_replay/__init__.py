"""A case's events and deployments as one document that can be played: for pages, prints and files. Writes nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.history.event import moment_text
from engine.queries.case_replay.axis import idle, working
from engine.queries.case_replay.document import Moment, Replay, Version
from engine.queries.case_replay.messages import notices, recipients
from engine.queries.case_replay.path import path_of
from engine.queries.case_replay.people import People, accounts_in
from engine.queries.case_replay.reads import reads
from engine.queries.case_replay.story import Story
from engine.queries.cases import Sight
from engine.queries.choices import labels
from engine.queries.stored_events import stored_events
from engine.store.calendars import office_calendar
from engine.store.deployments import Deployed, all_deployed
from engine.worktime import Calendar

__all__ = ["Moment", "Replay", "case_replay"]


def case_replay(session: Session, seen: Sight, now: datetime) -> Replay:
    """The case as it unfolded, up to `now` while it is open. Contents only for who reads them, no hidden names.

    For staff who read whole cases (Auditor): what a form shows to some roles only is not left out.
    """
    case = seen.case
    events = stored_events(session, f"kasus/{case.id}")
    bodies = [event.body for event in events]
    known = {each.checksum: each for each in all_deployed(session)}
    versions = _versions(bodies, known)
    calendars = _calendars(session, bodies)
    path = path_of(versions[0].program, bodies, case.state, lambda checksum: known[checksum].program)
    accounts = accounts_in(bodies) | recipients(session, case.id) | _holders(path.positions)
    held, names = {str(body["appointment"]) for body in bodies if body.get("appointment")}, labels(session)
    people = People(session, seen, accounts, held, names["unit"])
    story = Story(events, versions, calendars, path, people, names, seen.contents)
    moments = list(story.moments())
    instants = [event.at for event in events]
    until = max(instants[-1], now) if case.closed_at is None else instants[-1]

    def after(at: datetime) -> int:
        return max(1, bisect_right(instants, at))

    return Replay(
        number=case.number,
        title=(case.judul_kerja or case.judul or "") if seen.contents else "",
        process=versions[-1].diagram.name,
        opened=moment_text(case.opened_at),
        closed=moment_text(case.closed_at) if case.closed_at else "",
        outcome=case.outcome or "",
        due=moment_text(case.due_at) if case.due_at else "",
        until=moment_text(until),
        versions=[_version(each) for each in {each.checksum: each for each in versions}.values()],
        marks=story.marks,
        moments=moments,
        notices=notices(session, case, people.named, after),
        reads=reads(session, case, people.named, after),
        working=list(working(calendars[-1], instants[0], until)),
        idle=list(idle(calendars[-1], instants if case.closed_at else [*instants, until])),
        broken=path.broken,
    )


def _versions(bodies: Sequence[Mapping[str, Any]], known: Mapping[str, Deployed]) -> list[Deployed]:
    """The version in force after each event."""
    checksum, found = "", list[Deployed]()
    for body in bodies:
        checksum = str(body.get("deployment", checksum))
        found.append(known[checksum])
    return found


def _version(version: Deployed) -> Version:
    return Version(
        number=version.number,
        checksum=version.checksum,
        deployed_at=moment_text(version.deployed_at),
        xml=version.xml.decode("utf-8", "replace"),
        elements={each.id: each.label for each in version.diagram.elements.values()},
    )


def _calendars(session: Session, bodies: Sequence[Mapping[str, Any]]) -> list[Calendar]:
    """The calendar that the case went by after each event."""
    found: list[Calendar] = []
    for body in bodies:
        if "calendar_checksum" in body or not found:
            stated = body.get("calendar"), body.get("calendar_checksum")
            found.append(office_calendar(session, *stated).calendar)
        else:
            found.append(found[-1])
    return found


def _holders(positions: Sequence[Any]) -> set[str]:
    return {account for at in positions for account in at.assignees.values()}
