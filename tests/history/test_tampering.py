"""Whoever writes to the database leaves a trace: seeded changes of the stored history, each found and located.

`outside`: an auditor kept a checkpoint. Without it, every change that leaves the database inconsistent is still found.
"""

import random
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import text

from engine.commands.close_case import cancel_case, withdraw_case
from engine.history.keys import public_keys
from engine.history.verify import Broken, Checkpoint
from tests.history.crimes import CRIMES, Crime, foreign_key, fork, old_key
from tests.history.ledger import Ledger, some_cases


def commit_and_find(ledger: Ledger, rng: random.Random, crime: Any, kept: Checkpoint) -> None:
    with ledger.forging() as connection:
        done = crime(connection, rng, ledger)
        connection.commit()
    found = ledger.findings(kept, done.keys)
    assert found, f"{crime.__name__}: nothing found"
    located(done, found)
    if crime is not fork:  # a fork holds in itself: that is what the checkpoint from outside is for
        alone = ledger.findings(None, done.keys)
        assert alone, f"{crime.__name__}: nothing found without the outside checkpoint"
        if crime in (foreign_key, old_key):
            assert "kunci" in alone[0].reason, alone[0]
        else:
            located(done, alone)


def located(done: Crime, found: list[Broken]) -> None:
    """The first finding names the event that is not what it was, or the case whose row lies.

    Where log and signatures were made anew, the outside checkpoint says in which part of the log the event lies.
    """
    told = str(found[0])
    if done.place is not None:
        span = re.search("pembanding .* di antara tempat ([0-9]+) dan ([0-9]+) ditulis ulang", told)
        assert span and int(span[1]) <= done.place <= int(span[2]), (done, told)
    else:
        where = f"{done.stream} nomor {done.seq}" if done.seq else done.stream
        assert re.search(rf"{where}\b", told), (done, told)


@pytest.fixture
def history(ledger: Ledger, rng: random.Random) -> tuple[Ledger, Checkpoint]:
    some_cases(ledger.office, rng, 3)
    ledger.office.finish(ledger.office.file_complaint())  # a long one for sure
    ledger.log(batch=5)
    kept = ledger.newest()
    ledger.kept = kept.size
    ledger.office.file_complaint()
    ledger.log()
    assert ledger.findings(kept) == []
    assert public_keys(ledger.folder)
    return ledger, kept


@pytest.mark.parametrize("crime", CRIMES)
def test_a_changed_history_is_found(history: tuple[Ledger, Checkpoint], rng: random.Random, crime: Any) -> None:
    ledger, kept = history
    commit_and_find(ledger, rng, crime, kept)


@pytest.mark.long
def test_five_hundred_changes_are_found(
    history: tuple[Ledger, Checkpoint], rng: random.Random, copied: Callable[[Ledger], AbstractContextManager[Ledger]]
) -> None:
    """Each on a fresh copy of one history."""
    ledger, kept = history
    for number in range(500):
        with copied(ledger) as copy:
            commit_and_find(copy, rng, CRIMES[number % len(CRIMES)], kept)


def test_an_older_database_put_back_whole_needs_a_checkpoint_from_outside(
    ledger: Ledger, copied: Callable[[Ledger], AbstractContextManager[Ledger]]
) -> None:
    ledger.office.file_complaint()
    ledger.log()
    with copied(ledger) as old:
        ledger.office.file_complaint()
        ledger.log()
        assert old.findings() == []
        (broken,) = old.findings(ledger.newest())
        assert "lebih pendek" in broken.reason and str(ledger.newest().size) in broken.where


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ('DELETE FROM stream_head WHERE "index" = (SELECT max("index") FROM stream_head)', "stream_head"),
        ("UPDATE stream_head SET seq = seq + 1", "stream_head"),
        ('UPDATE head_node SET hash = (SELECT hash FROM log_node WHERE level = 0 AND "index" = 0)', "head_node"),
        ('INSERT INTO log_node VALUES (40, 7, (SELECT hash FROM log_node WHERE level = 0 AND "index" = 0))', "catatan"),
        ('DELETE FROM log_node WHERE level = 2 AND "index" = 0', "nomor"),
        ("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", "catatan"),
        ("UPDATE checkpoint SET streams = streams + 1", "titik periksa"),
        ("UPDATE event SET seq = seq + 1000000 WHERE log_index = 3", "nomor"),
    ],
)
def test_what_the_log_is_kept_in_is_checked_to_the_last_row(
    history: tuple[Ledger, Checkpoint], change: str, part: str
) -> None:
    ledger, _ = history
    with ledger.forging() as connection:
        connection.execute(text(change))
    broken = ledger.walk().broken
    assert broken is not None and part in str(broken), broken


def test_a_cancelled_case_holds(ledger: Ledger) -> None:
    office = ledger.office
    withdrawn, cancelled = office.file_complaint(), office.file_complaint()
    with office.transaction() as session:
        withdraw_case(session, office.actor("siti"), withdrawn.number, "", now=office.now)
    with office.transaction() as session:
        cancel_case(session, office.actor("hasan"), cancelled.number, "Sudah dilaporkan dua kali.", now=office.now)
    ledger.log()
    assert ledger.findings() == []


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET body = CAST(body AS TEXT)", "UPDATE event SET log_index = 'satu'",
        "UPDATE event SET seq = 'x'", "UPDATE event SET hash = x'00'", "UPDATE event_value SET value = x'00ff'",
        "UPDATE log_node SET hash = 'x'",
        "UPDATE checkpoint SET at = 'kemarin'", "UPDATE checkpoint SET root = 7", "UPDATE stream_head SET hash = 7",
    ],
)  # fmt: skip
def test_another_type_in_a_column_is_a_finding_and_no_crash(history: tuple[Ledger, Checkpoint], change: str) -> None:
    """SQLite stores any type anywhere."""
    ledger, _ = history
    with ledger.forging() as connection:
        connection.execute(text(change if "checkpoint" in change or "head" in change else f"{change} WHERE rowid = 9"))
    assert ledger.walk().broken is not None
