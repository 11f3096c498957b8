"""Random cases on every diagram, tried on the very diagram that they ran on: whatever happened, all go the same way."""

from __future__ import annotations

import random

import pytest

from engine.dry_run import Draft, Recorded, Sop, Tried, try_case
from engine.queries.dry_runs import RecordedCase, recorded_cases
from engine.queries.scenarios import all_tables
from engine.store.calendars import current_calendar
from engine.store.database import snapshot
from tests.engine.office import Office
from tests.replay.test_random_cases import play_cases


def tried(office: Office, each: int, rng: random.Random) -> list[tuple[RecordedCase, list[str], Tried]]:
    """So many cases on each diagram, with what was done to each and what came of it."""
    played = play_cases(office, each, rng)
    with snapshot(office.engine) as session:
        cases = recorded_cases(session, [play.case_id for play in played])
        calendar, tables = current_calendar(session).calendar, all_tables(session)
    found = []
    for play, case in zip(played, cases, strict=True):
        sop = Sop(case.version.diagram, case.version.forms)
        draft = Draft(sop, case.version.program, calendar, tables)
        recorded = Recorded(case.id, case.number, case.bodies, case.values, sop)
        found.append((case, play.log, try_case(draft, recorded, office.now)))
    return found


def check(found: list[tuple[RecordedCase, list[str], Tried]]) -> None:
    for case, log, result in found:
        said = "\n".join([case.version.process_id, *log])
        assert (result.kind, result.text, result.notes) == ("sama", "", ()), said
        assert all(then == now for then, now in result.late.values())


def test_random_cases_go_the_way_they_went(office: Office, rng: random.Random) -> None:
    check(tried(office, 3, rng))


@pytest.mark.long
@pytest.mark.parametrize("batch", range(5))
def test_a_hundred_random_cases_go_the_way_they_went(office: Office, rng: random.Random, batch: int) -> None:
    check(tried(office, 25, rng))
