"""A case goes on in another version from where it stands: nothing is lost, nothing begins again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.process import diagram
from engine.process.runtime import Program, RunError, Step, after, compile_specs
from engine.process.spiff import Moment

SOP = (Path(__file__).parents[2] / "process" / "aduan.bpmn").read_bytes()
MONDAY = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
TYPED = {"klasifikasi": {"jenis": "pengaduan", "bidang": "sd"}}


def program(xml: bytes) -> Program:
    return Program(diagram.read(xml), compile_specs(xml, "aduan"))


def ends(at: datetime, amount: int, unit: str) -> datetime:
    """A calendar of days alone."""
    assert unit
    return at + timedelta(days=amount)


def moment(number: int, minutes: int = 0) -> Moment:
    return Moment(f"kasus/{number}", MONDAY + timedelta(minutes=minutes), ends)


def steps(running: Program) -> list[Step]:
    """The SOP step by step, from the opened case to the closed one."""
    found = [running.start(moment(1))]
    while not found[-1].position.completed:
        task = found[-1].position.tasks[0]
        values = TYPED.get(task.element, {})
        found.append(running.complete(found[-1].state, task.id, values, moment(len(found) + 1, len(found))))
    return found


OLD = program(SOP)
OPEN = [step for step in steps(OLD) if not step.position.completed]


def test_every_position_is_kept_with_its_ids_clocks_and_variables():
    new = program(SOP.replace(b'value="3 hari"', b'value="2 hari"'))
    assert len(OPEN) >= 6
    for step in OPEN:
        taken = new.adopt(OLD, step.state, {}, moment(50, 500))
        assert taken.position == step.position
        assert (taken.opened, taken.closed, taken.elements, taken.flows) == ((), (), (), ())
        assert new.position(taken.state) == step.position


def test_what_was_taken_over_runs_to_the_end_as_if_it_had_never_moved():
    new = program(SOP)
    for step in OPEN:
        at = new.adopt(OLD, step.state, {}, moment(50, 500))
        number = 51
        while not at.position.completed:
            task = at.position.tasks[0]
            at = new.complete(at.state, task.id, TYPED.get(task.element, {}), moment(number, 500 + number))
            assert new.position(at.state) == at.position
            number += 1
        assert at.ended == steps(OLD)[-1].ended


def test_a_timer_that_was_waiting_fires_at_its_old_instant():
    (waiting,) = [step for step in OPEN if step.position.timers]
    new = program(SOP)
    taken = new.adopt(OLD, waiting.state, {}, moment(50, 500))
    (timer,) = taken.position.timers
    assert timer == waiting.position.timers[0]
    assert new.fire(taken.state, timer, Moment("kasus/51", after(timer), ends)).position.completed


def test_taking_over_again_and_back_changes_nothing():
    new = program(SOP)
    for step in OPEN:
        there = new.adopt(OLD, step.state, {}, moment(50, 500))
        assert OLD.adopt(new, there.state, {}, moment(51, 501)).position == step.position


@pytest.mark.parametrize(("code", "old", "new"), [("gone", b"tanggapi_aduan", b"jawab_aduan")])
def test_a_place_without_counterpart_refuses_and_says_why(code: str, old: bytes, new: bytes):
    redrawn = program(SOP.replace(b'"' + old + b'"', b'"' + new + b'"').replace(b">" + old + b"<", b">" + new + b"<"))
    there = [step for step in OPEN if step.position.tasks[0].element == old.decode()]
    elsewhere = [step for step in OPEN if step not in there]
    for step in there:
        with pytest.raises(RunError) as refused:
            redrawn.adopt(OLD, step.state, {}, moment(50, 500))
        assert refused.value.code == code
    assert there
    assert all(redrawn.adopt(OLD, step.state, {}, moment(50, 500)).position == step.position for step in elsewhere)
