"""Records new histories: `python -m tests.replay.record`. What was recorded before is kept and never written again.

Random cases are played on a fresh database; of the short ones, few are chosen that together show what no recorded
history shows yet: each type of event, and each element and flow of each diagram as it is now.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.commands.migrate_case import migrate_case
from engine.store.database import snapshot
from engine.store.migrate import upgrade
from tests.engine.office import SOP, Office
from tests.engine.served import served_sop
from tests.replay import FIXTURES
from tests.replay.histories import History, check, history_of, load_all, save
from tests.replay.play import open_office
from tests.replay.test_random_cases import play_cases

MOST_EVENTS = 25
Shown = tuple[str, str]


def shows(history: History) -> set[Shown]:
    """What a history is an example of."""
    version = history.checksum
    bodies = [each["body"] for each in history.events]
    found = {("type", body["type"]) for body in bodies}
    found |= {(version, each) for body in bodies for each in body["effects"]["elements"]}
    return found | {(version, each) for body in bodies for each in body["effects"]["flows"]}


def choose(pool: list[History], known: set[Shown]) -> Iterator[History]:
    """Few short histories that together show all that the pool shows and `known` does not."""
    missing = set().union(*map(shows, pool)) - known
    while missing:
        best = max(pool, key=lambda each: len(shows(each) & missing) / (len(each.events) + 3))
        missing -= shows(best)
        yield best


def play(cases: int, seed: int, folder: Path) -> list[History]:
    """Short histories of so many random cases on each diagram."""
    url = f"sqlite:///{folder}/aduan.db"
    upgrade(url)
    with Office.at(url, folder / "lampiran") as office:
        open_office(office)
        played = play_cases(office, cases, random.Random(seed))
        with snapshot(office.engine) as session:
            pool = [history_of(session, each.case_id, each.version.process_id) for each in played]
        pool += [_moved(office), _served(office)]
    return [each for each in pool if len(each.events) <= MOST_EVENTS]


def _moved(office: Office) -> History:
    """A case of the SOP that goes on in a newer version while its timer waits, and closes by that."""
    case = office.file_complaint()
    office.go_to(case, "terima_jawaban")
    office.deploy(SOP.read_bytes().replace(b'value="3 hari"', b'value="2 hari"'))
    office.do(migrate_case, "pemilik", case.number, "SOP baru mulai berlaku hari ini.")
    office.worker_round(days=40)
    with snapshot(office.engine) as session:
        return history_of(session, case.id, "aduan")


def _served(office: Office) -> History:
    """A case that a table decides, that tells a role and its reporter, and writes a letter."""
    office.deploy(served_sop())
    case = office.finish(office.file_complaint())
    with snapshot(office.engine) as session:
        return history_of(session, case.id, "layanan")


def main() -> None:
    """Play, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100, help="random cases on each diagram (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    recorded = load_all(FIXTURES)
    with tempfile.TemporaryDirectory(prefix="aduan-rekam-") as folder:
        pool = play(chosen.cases, chosen.seed, Path(folder))
    for history in choose(pool, set().union(*map(shows, recorded))):
        check(history)
        print(save(history, FIXTURES, numbered=True))  # noqa: T201  # a script that tells what it wrote


if __name__ == "__main__":
    main()
