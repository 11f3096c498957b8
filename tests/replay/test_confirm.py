"""The quick replay confirms exactly what the exact one finds, and never what is not so."""

import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from engine.process import diagram as diagrams
from engine.process.runtime import Program, RunError, compile_specs
from engine.replay import Replayed, confirm, replay
from engine.store.database import snapshot
from tests.engine.office import Office
from tests.replay.histories import History, history_of
from tests.replay.play import open_office
from tests.replay.test_random_cases import play_cases


@pytest.fixture(scope="module")
def histories(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[History]]:
    """Some random cases on each diagram."""
    folder = tmp_path_factory.mktemp("putar")
    path = folder / "aduan.db"
    path.write_bytes(sqlite_template.read_bytes())
    with Office.at(f"sqlite:///{path}", folder) as office:
        open_office(office)
        played = play_cases(office, 4, random.Random("confirm"))
        with snapshot(office.engine) as session:
            yield [history_of(session, each.case_id, each.version.process_id) for each in played]


def new_program(history: History) -> Program:
    diagram = diagrams.read(history.xml)
    return Program(diagram, compile_specs(history.xml, diagram.process_id))


def bodies_of(history: History) -> list[dict[str, Any]]:
    return [each["body"] for each in history.events]


def facts(path: list[Replayed]) -> list[Any]:
    return [(each.seq, each.digest, each.position, each.assignees, each.dues) for each in path]


def test_what_it_confirms_is_what_the_exact_replay_finds(histories: list[History]):
    confirmed = set()
    for history in histories:
        program = new_program(history)
        path = confirm(program, bodies_of(history), history.state)
        if path is not None:
            assert facts(path) == facts(list(replay(program, bodies_of(history))))
            assert path[-1].state == history.state
            confirmed.add(history.name)
    # Repetitions leave the keys of their data in another order when they are not stored in between.
    assert confirmed >= {"aduan", "putaran", "tenggat"}


def test_it_confirms_every_case_of_the_sop(histories: list[History]):
    cases = [each for each in histories if each.name == "aduan"]
    assert cases
    for history in cases:
        assert confirm(new_program(history), bodies_of(history), history.state) is not None


def test_it_confirms_nothing_that_was_changed(histories: list[History]):
    rng = random.Random("changes")
    for history in histories:
        program, bodies = new_program(history), bodies_of(history)
        other = rng.choice([each.state for each in histories if each.state != history.state])
        assert confirm(program, bodies, other) is None
        assert confirm(program, bodies, b"rusak") is None
        changed = deepcopy(bodies)
        rng.choice(changed)["position"] = "0" * 64
        assert confirm(program, changed, history.state) is None
        moved = deepcopy(bodies)
        moved[rng.randrange(1, len(moved))]["type"] = "tidak dikenal"
        assert confirm(program, moved, history.state) is None
    assert confirm(program, [], b"") is None


def test_an_earlier_state_cannot_be_asked_once_it_has_gone_on(histories: list[History]):
    path = confirm(new_program(histories[0]), bodies_of(histories[0]), histories[0].state)
    assert path is not None
    with pytest.raises(RunError):
        _ = path[0].state


def test_a_program_keeps_nothing_of_a_case(histories: list[History]):
    """As if the server were started anew before each event, and other cases had run in between."""
    shared = {history.checksum: new_program(history) for history in histories}
    for history in histories:
        expected = [each.state for each in replay(shared[history.checksum], bodies_of(history))]
        for count in (2, len(history.events) // 2, len(history.events)):
            *_, last = replay(new_program(history), bodies_of(history)[:count])
            assert last.state == expected[count - 1]
