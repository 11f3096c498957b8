"""Running cases move in bulk: each once, in a transaction of its own, whatever happens to the worker meanwhile."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.commands.claim_task import claim_task
from engine.commands.migrations import cancel_migration, preview_migration, start_migration
from engine.errors import Conflict, NotFound, Rejected
from engine.queries.migrations import (
    MigrationRow,
    earlier_versions,
    migration_results,
    migration_run,
    migration_runs,
    running_cases,
)
from engine.store.database import open_database, transaction
from engine.store.deployments import latest_deployed
from engine.store.models import Case, Job
from engine.worker.desk import Desk
from engine.worker.migration import SUPERSEDED, UNAPPOINTED
from engine.worker.runs import HOLD, advance_runs
from tests.engine.office import PROCESS, Office
from tests.engine.test_migration import QUICKER, REASON, STEPS, broken, facts, redeploy, rename
from tests.rig.dying import KILLED, die_at


def cases_at_each_step(office: Office, rounds: int = 1) -> list[Case]:
    cases = []
    for _ in range(rounds):
        for step in STEPS:
            cases.append(office.file_complaint())
            office.go_to(cases[-1], step)
    return cases


def start(office: Office, numbers: list[str] | None = None, by: str = "pemilik", reason: str = REASON) -> int:
    actor = office.actor(by)
    with office.transaction() as session:
        return start_migration(session, actor, PROCESS, numbers, reason, now=office.now)


def work(office: Office, wait: timedelta = timedelta()) -> None:
    while advance_runs(office.engine, Desk(Path()), office.now + wait):
        pass


def run_of(office: Office, run: int) -> MigrationRow:
    with transaction(office.engine) as session:
        return migration_run(session, PROCESS, run)


def results(office: Office, run: int, *, refused: bool = False) -> dict[str, str | None]:
    with transaction(office.engine) as session:
        return dict(migration_results(session, run, refused=refused, first=0, count=2000))


def moves(office: Office, case: Case) -> int:
    return sum(each["type"] == "case_migrated" for each in office.bodies(case))


def test_all_that_can_move_do_and_each_other_is_told_why(office: Office):
    cases = cases_at_each_step(office)
    ended = office.finish(office.file_complaint())
    before = {each.id: [facts(task) for task in office.tasks(each, "open")] for each in cases}
    rename(office)  # `klasifikasi` is gone
    with transaction(office.engine) as session:
        new = latest_deployed(session, PROCESS)
        assert earlier_versions(session, new) == [(1, len(cases))]
        listed = running_cases(session, new, first=0, count=50)
        seen = {each.number: preview_migration(session, each.id, new, now=office.now) for each in listed}
    assert [each.number for each in listed] == [each.number for each in cases]
    assert listed[0].steps == ("Terima aduan",) and (listed[0].version, new.number) == (1, 2)
    run = start(office)
    work(office)
    row, told = run_of(office, run), results(office, run)
    assert (row.state, row.total, row.done, row.moved, row.refused, row.version) == ("done", 6, 6, 5, 1, 2)
    assert told == {number: each.refused for number, each in seen.items()}
    (stays,) = results(office, run, refused=True).items()
    assert stays[0] == cases[1].number and stays[1] is not None and "tidak ada lagi pada versi baru" in stays[1]
    assert seen[cases[0].number].open == ("Terima aduan",)
    for case in cases:
        assert moves(office, case) == (0 if case.number == stays[0] else 1)
        assert [facts(task) for task in office.tasks(case, "open")] == before[case.id]
        assert broken(office, office.case(case)) is None
    assert moves(office, ended) == 0
    with pytest.raises(Rejected):  # the one that cannot move is all that is left, and it was not chosen
        start(office, ["ADU-0000-000000"])
    again = start(office)
    work(office)
    assert (run_of(office, again).moved, run_of(office, again).refused) == (0, 1)


def test_chosen_cases_only(office: Office):
    cases = cases_at_each_step(office)
    redeploy(office, QUICKER)
    run = start(office, [cases[2].number, cases[4].number])
    work(office)
    assert set(results(office, run)) == {cases[2].number, cases[4].number}
    assert [moves(office, each) for each in cases] == [0, 0, 1, 0, 1, 0]


@pytest.mark.parametrize(("statement", "time"), [("INSERT INTO event (", 3), ("INSERT INTO migration_result", 4)])
def test_a_killed_worker_leaves_no_half_and_another_goes_on(office: Office, statement: str, time: int):
    cases = cases_at_each_step(office)
    redeploy(office, QUICKER)
    run = start(office)
    assert die_at(office.url, office.now, statement, time) == KILLED
    row = run_of(office, run)
    assert row.state == "waiting" and 2 <= row.done < len(cases)
    assert sum(moves(office, each) for each in cases) == row.done == len(results(office, run))
    work(office)
    assert run_of(office, run).done == row.done, "the dead worker's lease still holds"
    work(office, HOLD + timedelta(seconds=1))
    assert (run_of(office, run).state, run_of(office, run).moved) == ("done", len(cases))
    assert [moves(office, each) for each in cases] == [1] * len(cases)
    assert all(broken(office, office.case(each)) is None for each in cases)
    with transaction(office.engine) as session:
        assert session.scalars(select(Job.done_at).where(Job.kind == "migration")).one() is not None


def test_two_workers_at_once_move_each_case_once(office: Office):
    cases = cases_at_each_step(office, 2)
    redeploy(office, QUICKER)
    run, engines = start(office), [open_database(office.url) for _ in range(2)]

    def one(each: int) -> None:  # the second believes that the first is dead
        while advance_runs(engines[each], Desk(Path()), office.now + each * (HOLD + timedelta(seconds=1))):
            pass

    threads = [threading.Thread(target=one, args=(each,)) for each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in engines:
        each.dispose()
    work(office, 2 * HOLD + timedelta(minutes=1))
    assert (run_of(office, run).state, run_of(office, run).moved) == ("done", len(cases))
    assert [moves(office, each) for each in cases] == [1] * len(cases)


def test_who_may_and_what_ends_a_run(office: Office):
    cases = cases_at_each_step(office)
    redeploy(office, QUICKER)
    with pytest.raises(NotFound):
        start(office, by="hasan")
    with pytest.raises(Rejected):
        start(office, reason="pendek")
    first = start(office)
    with pytest.raises(Conflict, match="Masih ada pemindahan"):
        start(office)
    with pytest.raises(NotFound), office.transaction() as session:
        cancel_migration(session, office.actor("hasan"), PROCESS, first, now=office.now)
    actor = office.actor("pemilik")
    with office.transaction() as session:
        cancel_migration(session, actor, PROCESS, first, now=office.now)
    work(office)
    assert (run_of(office, first).state, run_of(office, first).done) == ("cancelled", 0)
    with pytest.raises(Conflict), office.transaction() as session:
        cancel_migration(session, actor, PROCESS, first, now=office.now)
    second = start(office)
    redeploy(office)
    work(office)
    assert (run_of(office, second).state, run_of(office, second).ended_by) == ("failed", SUPERSEDED)
    third = start(office)
    work(office)
    assert [moves(office, each) for each in cases] == [1] * len(cases)
    with transaction(office.engine) as session:
        assert [each.id for each in migration_runs(session, PROCESS)] == [third, second, first]


def test_an_owner_whose_appointment_ended_moves_nothing_more(office: Office):
    case = office.file_complaint()
    office.hire("rini", "Pemilik Proses", valid_until=office.now.date())
    redeploy(office, QUICKER)
    run = start(office, by="rini")
    work(office, timedelta(days=2))
    assert (run_of(office, run).state, run_of(office, run).ended_by) == ("failed", UNAPPOINTED)
    assert moves(office, case) == 0


def test_somebody_who_finishes_a_task_meanwhile_does_not_keep_the_case_from_moving(office: Office):
    case = office.file_complaint()
    office.do(claim_task, "dewi", office.go_to(case, "terima_aduan").id)
    redeploy(office, QUICKER)
    run = start(office)
    office.do_routine(office.open_task(case))
    work(office)
    assert run_of(office, run).moved == 1 and moves(office, case) == 1
    assert office.finish(case).closed_at is not None
