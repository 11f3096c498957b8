"""Random cases through the real commands: every event's position, and in the end every byte, comes out again."""

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot
from engine.worker.rounds import fire_due_timers
from tests.engine.office import ROOT, Office
from tests.replay import DIAGRAMS
from tests.replay.acts import act
from tests.replay.histories import History, check, history_of, save
from tests.replay.play import Play

MOST_ACTS = 30
SAMPLE = 8
ELSEWHERE = ({"PYTHONHASHSEED": "1", "TZ": "Pacific/Apia"}, {"PYTHONHASHSEED": "4242", "TZ": "America/New_York"})


def play_cases(office: Office, each: int, rng: random.Random) -> list[Play]:
    """So many cases on each diagram; some are left open in the middle."""
    actors = {name: office.actor(name) for name in office.people}
    played = []
    for process in DIAGRAMS:
        for _ in range(each):
            play = Play.begin(office, process, random.Random(rng.getrandbits(32)), actors)
            played.append(play)
            for _ in range(play.rng.randint(3, MOST_ACTS)):
                if play.case.closed_at is not None and play.rng.random() < 0.7:
                    break
                act(play)
    return played


def check_all(office: Office, played: list[Play], folder: Path) -> list[History]:
    """Nothing diverges. The history of a case that does is left in a file, with what was done to it."""
    with snapshot(office.engine) as session:
        accused = {number: found for number, found in CaseCheck(session).all() if found is not None}
        histories = [history_of(session, play.case_id, play.number) for play in played]
    for play, history in zip(played, histories, strict=True):
        try:
            assert check(history) == len(history.events)
            assert play.number not in accused, accused[play.number]
        except Exception as diverged:
            diverged.add_note(f"{save(history, folder)}\n" + "\n".join(play.log))
            raise
    assert accused == {}
    return histories


def replay_elsewhere(histories: list[History], folder: Path, rng: random.Random) -> None:
    """In a fresh process, with other hashes and in another zone of time."""
    sample = rng.sample(histories, SAMPLE)
    for history in sample:
        save(history, folder)
    expected = sorted(f"{history.name} {len(history.events)}" for history in sample)
    command, other = [sys.executable, "-m", "tests.replay.alone", str(folder)], rng.choice(ELSEWHERE)
    done = subprocess.run(command, env=os.environ | other, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == expected, f"{other}\n{done.stdout}{done.stderr}"


def test_random_cases_replay_here_and_elsewhere(office: Office, rng: random.Random, tmp_path: Path):
    histories = check_all(office, play_cases(office, 5, rng), tmp_path / "menyimpang")
    replay_elsewhere(histories, tmp_path / "contoh", rng)


@pytest.mark.long
@pytest.mark.parametrize("batch", range(5))
def test_a_hundred_random_cases_replay(office: Office, rng: random.Random, batch: int, tmp_path: Path):
    histories = check_all(office, play_cases(office, 25, rng), tmp_path / "menyimpang")
    seen = Counter(each["body"]["type"] for history in histories for each in history.events)
    print(sum(seen.values()), seen)  # noqa: T201  # shown with -rP
    assert min(seen[kind] for kind in ("token_moved", "timer_fired", "incident_skipped", "case_reopened")) > 0
    replay_elsewhere(histories, tmp_path / "contoh", rng)


@pytest.mark.long
def test_they_still_replay_after_the_worker_has_fired_all_timers(office: Office, rng: random.Random, tmp_path: Path):
    played = play_cases(office, 5, rng)
    for days in (1, 30, 400):
        office.worker_round(days=days)
    assert fire_due_timers(office.engine, office.now) == 0
    check_all(office, played, tmp_path / "menyimpang")
