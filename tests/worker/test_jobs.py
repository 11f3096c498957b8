"""The table of jobs: one worker at a time, longer waits, dead letters, and little work when there is none."""

import io
import logging
import os
import threading
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import event, func, select

from engine.commands.attachments import receive_file
from engine.commands.jobs import drop_job, retry_job
from engine.errors import Conflict, NotFound
from engine.queries.jobs import dead_letters, worker_state
from engine.store.database import open_database, transaction
from engine.store.files import path_of
from engine.store.models import Heartbeat, Job
from engine.worker.jobs import MOST_ATTEMPTS, Leased, add_job, fail, lease, succeed, wait_after
from engine.worker.loop import Worker
from engine.worker.rounds import DUTIES
from tests.worker.bureau import Bureau

HOLD = timedelta(minutes=5)


def put(bureau: Bureau, count: int) -> None:
    with transaction(bureau.office.engine) as session:
        for number in range(count):
            add_job(session, "mail", f"uji/{number}", bureau.office.now)


def take(bureau: Bureau, name: str, limit: int = 1) -> list[Leased]:
    return lease(bureau.office.engine, name, bureau.office.now, ["mail"], limit=limit, hold=HOLD)


def settle(bureau: Bureau, job: Leased, error: str | None = None) -> None:
    with transaction(bureau.office.engine) as session:
        if error is None:
            succeed(session, [job], bureau.office.now)
        else:
            fail(session, job, bureau.office.now, error)


def test_workers_side_by_side_never_have_the_same_job(bureau: Bureau):
    put(bureau, 60)
    got: list[str] = []

    def work(name: str) -> None:
        database = open_database(bureau.office.url)
        while jobs := lease(database, name, bureau.office.now, ["mail"], limit=3, hold=HOLD):
            got.extend(job.key for job in jobs)
        database.dispose()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    while jobs := take(bureau, "rest"):  # a worker that lost every race saw nothing and went home
        got.extend(job.key for job in jobs)
    assert sorted(got) == sorted(f"uji/{number}" for number in range(60))


def test_a_lease_ends_and_whoever_had_it_says_nothing_any_more(bureau: Bureau):
    put(bureau, 1)
    (first,) = take(bureau, "slow")
    assert take(bureau, "quick") == []
    bureau.office.now += HOLD
    (second,) = take(bureau, "quick")
    settle(bureau, first, "too late")
    assert bureau.jobs()[0].leased_by == "quick" and bureau.jobs()[0].attempts == 0
    settle(bureau, second)
    assert bureau.jobs()[0].done_at == bureau.office.now and take(bureau, "quick") == []


def test_failures_wait_longer_each_time_and_end_after_a_day_and_a_half(bureau: Bureau):
    put(bureau, 1)
    begun, waits = bureau.office.now, []
    while jobs := take(bureau, "w"):
        settle(bureau, jobs[0], "Server surat tidak menjawab.")
        (row,) = bureau.jobs()
        if row.dead_at is None:
            waits.append(row.due_at - bureau.office.now)
            bureau.office.now = row.due_at
    assert waits == sorted(waits) and waits[0] == timedelta(seconds=30) and waits[-1] == timedelta(hours=6)
    assert len(waits) == MOST_ATTEMPTS - 1
    assert timedelta(hours=36) <= bureau.office.now - begun <= timedelta(hours=40)
    assert wait_after(10_000) == timedelta(hours=6)


def test_a_dead_letter_is_seen_and_tried_again_or_given_up_by_pengelola_sistem(bureau: Bureau):
    office = bureau.office
    put(bureau, 2)
    while jobs := take(bureau, "w", limit=2):
        for job in jobs:
            settle(bureau, job, "Server surat menolak alamat penerima (550).")
        office.now += timedelta(hours=6)
    with office.transaction() as session:
        first, second = dead_letters(session)
    assert first.last_error == "Server surat menolak alamat penerima (550)." and first.attempts == MOST_ATTEMPTS
    with pytest.raises(NotFound):
        office.do(retry_job, "hasan", first.id)
    office.do(retry_job, "sistem", first.id)
    office.do(drop_job, "sistem", second.id)
    with office.transaction() as session:
        assert dead_letters(session) == []
    with pytest.raises(Conflict):
        office.do(drop_job, "sistem", first.id)
    assert [job.id for job in take(bureau, "w", limit=2)] == [first.id]
    assert [body["type"] for body in office.bodies("sistem")][-2:] == ["job_retried", "job_dropped"]


def test_recurring_work_never_dies_but_shows_its_last_error(bureau: Bureau, caplog: pytest.LogCaptureFixture):
    keys = bureau.folder / "keys"
    keys.rename(bureau.folder / "away")
    keys.write_text("no folder")
    with caplog.at_level(logging.CRITICAL):
        worker = bureau.worker()
        for _ in range(30):
            worker.round()
            bureau.office.now += timedelta(minutes=6)
    with transaction(bureau.office.engine) as session:
        state = worker_state(session, bureau.office.now - timedelta(minutes=6))
    assert [each.kind for each in state.failing] == ["log"] and state.failing[0].last_error
    assert state.running and len(state.recurring) == len(DUTIES)
    keys.unlink()
    (bureau.folder / "away").rename(keys)
    worker.round()
    with transaction(bureau.office.engine) as session:
        assert worker_state(session, bureau.office.now).failing == []
        assert not worker_state(session, bureau.office.now + timedelta(minutes=2)).running


def test_a_round_with_nothing_to_do_costs_few_statements(bureau: Bureau):
    worker = bureau.worker()
    while worker.round():
        pass
    statements: list[str] = []
    event.listen(bureau.office.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    bureau.office.now += timedelta(seconds=1)
    worker.round()
    assert len(statements) <= 2, statements  # nothing is due yet
    statements.clear()
    bureau.office.now += timedelta(seconds=1)
    worker.round()  # timers, log and messages look
    writes = [each for each in statements if each.lstrip()[:6].upper() != "SELECT"]
    assert len(statements) <= 13 and len(writes) <= 4, statements


def test_many_workers_say_that_they_live(bureau: Bureau):
    alive = select(Heartbeat.at).where(Heartbeat.name == "worker")
    with transaction(bureau.office.engine) as session:
        before = session.scalars(alive).one()
    bureau.office.now += timedelta(minutes=5)
    Worker(bureau.office.engine, bureau.desk, lambda: bureau.office.now).round()
    with transaction(bureau.office.engine) as session:
        assert session.scalars(alive).one() == bureau.office.now > before
        assert session.scalar(select(func.count()).select_from(Job).where(Job.every.is_not(None))) == len(DUTIES)


def test_what_crashes_left_on_the_disk_is_swept_and_the_rest_stays(bureau: Bureau):
    files, old = bureau.desk.files, (bureau.office.now - timedelta(hours=25)).timestamp()
    with bureau.office.transaction() as session:
        picture = io.BytesIO()
        Image.new("RGB", (4, 4)).save(picture, "PNG")
        staged = receive_file(session, files, field="lampiran", name="foto.png", data=picture.getvalue(),
                              account_id=bureau.office.people["siti"], now=bureau.office.now)  # fmt: skip
    orphan, fresh = path_of(files, "a" * 32), path_of(files, "b" * 32)
    for path in (orphan, fresh, path_of(files, staged)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (old, old))
    os.utime(fresh, (bureau.office.now.timestamp(),) * 2)
    DUTIES["sweep"].run(bureau.office.engine, bureau.desk, bureau.office.now)
    assert [each.exists() for each in (orphan, fresh, path_of(files, staged))] == [False, True, True]
