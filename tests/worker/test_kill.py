"""A worker is killed again and again: no mail is lost, and a kill sends at most one of them once more, under its id."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from engine.store.database import transaction
from engine.store.models import Event, Notice
from tests.engine.office import ROOT
from tests.worker.bureau import Bureau
from tests.worker.child import Plan

Fork = Callable[[Plan], int]
STATEMENTS = 70  # a kill comes at one of so many
AROUND_MAIL = ("UPDATE mail", "UPDATE job", "INSERT INTO mail")  # or at one of these
LEASE = timedelta(minutes=6)  # what a dead worker had is free again


@pytest.fixture
def fork() -> Iterator[Fork]:
    """Run a worker to its end in a process of its own; returns its wait status."""
    command = [sys.executable, "-m", "tests.worker.child"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:

        def run(plan: Plan) -> int:
            child.stdin.write(json.dumps(asdict(plan)) + "\n")
            child.stdin.flush()
            return int(child.stdout.readline())

        yield run
        child.stdin.close()


def kill_again_and_again(times: int, bureau: Bureau, fork: Fork, rng: random.Random) -> None:
    kills = sum(_one_life(bureau, fork, rng) for _ in range(times))
    for _ in range(4):
        bureau.round(minutes=20)
    ids = bureau.mailbox.ids()
    twice = sum(ids.values()) - len(ids)
    print(f"{kills} kills of {times} lives, {len(ids)} mails, {twice} of them twice")  # noqa: T201
    assert kills >= times // 3
    _nothing_is_lost(bureau, ids)
    assert twice <= kills


def _one_life(bureau: Bureau, fork: Fork, rng: random.Random) -> bool:
    """Some work in the office, then a worker that dies, or finds its end; returns whether it was killed."""
    _work(bureau, rng)
    if rng.random() < 0.5:
        return _live(bureau, fork, rng.randint(1, STATEMENTS))
    return _live(bureau, fork, rng.randint(1, 4), rng.choice(AROUND_MAIL))


def _live(bureau: Bureau, fork: Fork, statements: int, of: str = "") -> bool:
    office = bureau.office
    office.now += LEASE
    folder = office.files.parent
    plan = Plan(office.url, str(folder), bureau.mailbox.port, office.now.timestamp(), statements, of)
    status = fork(plan)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert status == 0, (folder / "child.txt").read_text("utf-8")
    return False


def _work(bureau: Bureau, rng: random.Random) -> None:
    office = bureau.office
    case = office.file_complaint("siti")
    if rng.random() < 0.6:
        office.go_to(case, rng.choice(("tanggapi_aduan", "terima_jawaban")))
        if rng.random() < 0.4:
            office.finish(case)


def _nothing_is_lost(bureau: Bureau, ids: Counter[str]) -> None:
    """Each mail came; and what should have been said by the events was said, once."""
    mails = bureau.mails()
    assert {f"<{mail.id}@aduan.kantor.test>" for mail in mails} == set(ids)
    assert all(mail.sent_at is not None for mail in mails)
    with transaction(bureau.office.engine) as session:
        bodies = [orjson.loads(body) for body in session.scalars(select(Event.body).order_by(Event.id))]
        said = Counter(session.scalars(select(Notice.kind)))
    filed = sum(body["type"] == "case_opened" for body in bodies)
    closed = sum("outcome" in body.get("effects", {}) for body in bodies)
    by_kind = Counter(mail.kind for mail in mails)
    assert filed == said["received"] == by_kind["received"]
    assert closed == said["closed"] == by_kind["closed"]


def test_ten_random_kills_lose_nothing(bureau: Bureau, fork: Fork, rng: random.Random):
    kill_again_and_again(10, bureau, fork, rng)


@pytest.mark.long
def test_two_hundred_random_kills_lose_nothing(bureau: Bureau, fork: Fork, rng: random.Random):
    kill_again_and_again(200, bureau, fork, rng)


def test_a_kill_between_the_servers_yes_and_our_note_sends_it_again_under_the_same_id(bureau: Bureau, fork: Fork):
    bureau.office.file_complaint("siti")
    assert _live(bureau, fork, 1, "UPDATE mail")
    assert list(bureau.mailbox.ids().values()) == [1] and bureau.mails()[0].sent_at is None
    bureau.round(minutes=1)
    assert list(bureau.mailbox.ids().values()) == [1]  # the dead worker's lease still runs
    bureau.round(minutes=6)
    assert list(bureau.mailbox.ids().values()) == [2] and bureau.mails()[0].sent_at is not None
