"""The log grows with the events, is signed, proves what it holds; two workers at once never disturb each other."""

import random
import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from engine.history.keys import load_signer
from engine.history.verify import open_note
from engine.queries.integrity import PAGE
from engine.store.database import transaction
from engine.store.models import Checkpoint, Event, LogNode
from engine.worker.log import extend_log
from engine.worker.rounds import one_round
from tests.history.ledger import Ledger, some_cases


def places(ledger: Ledger) -> list[int | None]:
    with transaction(ledger.office.engine) as session:
        return list(session.scalars(select(Event.log_index).order_by(Event.id)))


def test_every_event_gets_its_place_and_everything_holds(ledger: Ledger, rng: random.Random) -> None:
    cases = some_cases(ledger.office, rng, 4)
    first = ledger.log(batch=3)
    assert places(ledger) == list(range(first))
    early = ledger.newest()
    cases += some_cases(ledger.office, rng, 2)
    ledger.log()
    assert ledger.log() == 0
    walked = ledger.walk(early)
    assert (walked.broken, walked.uncovered, walked.logged) == (None, [], len(places(ledger)))
    assert ledger.findings(early) == []
    for case in cases:
        files = ledger.bundle(case.number, [early.size])
        report = ledger.check(files, early)
        assert report.events == len(ledger.office.events(case)) and not report.uncovered


def test_a_round_of_the_worker_logs_and_signs(ledger: Ledger) -> None:
    ledger.office.file_complaint()
    one_round(ledger.office.engine, ledger.office.files, ledger.office.now, ledger.folder)
    assert None not in places(ledger)
    assert ledger.newest().size == len(places(ledger))


def test_a_checkpoint_is_never_older_than_what_it_covers(ledger: Ledger) -> None:
    """The machine's clock went back between the events and the worker's round."""
    case = ledger.office.file_complaint()
    last = ledger.office.bodies(case)[-1]["at"]
    extend_log(ledger.office.engine, ledger.signer, ledger.office.now.replace(year=2020))
    assert ledger.newest().at >= last
    assert ledger.walk().broken is None


def test_an_uncovered_tail_is_told_and_becomes_a_finding_after_five_minutes(ledger: Ledger) -> None:
    case = ledger.office.file_complaint()
    ledger.log()
    task = ledger.office.go_to(case, "klasifikasi")
    walked = ledger.walk()
    assert walked.broken is None and walked.uncovered == [f"kasus/{case.id} nomor 3"]
    report = ledger.check(ledger.bundle(case.number))
    assert report.uncovered == [f"kasus/{case.id} nomor 3"]
    for _ in range(6):
        ledger.office.hire("tamu")
    broken = ledger.walk().broken
    assert broken is not None and "lima menit" in broken.reason and task.element == "klasifikasi"


def test_two_workers_at_once_take_every_event_once(ledger: Ledger, rng: random.Random) -> None:
    some_cases(ledger.office, rng, 6)
    signer, taken, failures = load_signer(ledger.folder), [], []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(60):
            try:
                taken.append(extend_log(ledger.office.engine, signer, ledger.office.now, 2))
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    ledger.log()
    found = places(ledger)
    assert sorted(found) == list(range(len(found))) and sum(taken) <= len(found)
    assert ledger.findings() == []


def test_log_and_checkpoints_are_append_only(ledger: Ledger, storage: str) -> None:
    ledger.office.file_complaint()
    ledger.log()
    statements = [
        "DELETE FROM log_node", "UPDATE log_node SET hash = hash", "DELETE FROM checkpoint",
        "UPDATE checkpoint SET note = 'x'",
    ]  # fmt: skip
    if storage == "postgresql":
        statements += ["TRUNCATE log_node", "TRUNCATE checkpoint"]
    else:
        statements += ["REPLACE INTO log_node SELECT level, \"index\", x'00' FROM log_node"]
    for statement in statements:
        with pytest.raises(DBAPIError), ledger.office.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_rotated_key_signs_beside_the_old_one_and_then_alone(ledger: Ledger) -> None:
    from datetime import timedelta

    from engine.history.keys import OVERLAP, rotate

    ledger.office.file_complaint()
    ledger.log()
    old = ledger.keys
    rotate(ledger.folder, ledger.office.now)
    ledger.office.file_complaint()
    ledger.log()
    both = notes(ledger)[-1]
    assert both.count("— ") == 2
    assert open_note(both, old).size == open_note(both, ledger.keys[1:]).size
    ledger.office.now += OVERLAP + timedelta(minutes=1)
    assert len(ledger.signer.private) == 2
    ledger.office.file_complaint()
    ledger.log()
    assert notes(ledger)[-1].count("— ") == 1
    assert ledger.findings() == []
    assert [path.stat().st_mode & 0o777 for path in ledger.folder.glob("*.pem")] == [0o600]
    assert [len(ledger.keys), len(ledger.signer.private)] == [2, 1]  # the retired public one is listed for good


def notes(ledger: Ledger) -> list[str]:
    with transaction(ledger.office.engine) as session:
        return list(session.scalars(select(Checkpoint.note).order_by(Checkpoint.size)))


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_a_first_start_of_several_processes_makes_one_key(ledger: Ledger) -> None:
    found, start = [], threading.Barrier(6)

    def begin() -> None:
        start.wait()
        found.append(load_signer(ledger.folder).keys)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(list(ledger.folder.iterdir())) == 2


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_more_events_than_a_page_hold(ledger: Ledger) -> None:
    from bench.generate import generate

    generate(ledger.office.engine, cases=PAGE // 4, seed=1)
    ledger.log()
    walked = ledger.walk()
    assert walked.broken is None and walked.logged > PAGE
    with transaction(ledger.office.engine) as session:
        assert session.scalar(select(func.count()).select_from(LogNode)) > walked.logged
