"""A case goes on in another version from where it stands: nothing is lost, nothing begins again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.process import diagram
from engine.process.runtime import Program, RunError, Step, after, compile_specs
from engine.process.spiff import Moment
from tests.process.drawing import catch, caught, draw, end, rooted, timer, trigger, user

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


LETTER, HOLIDAY = trigger("message", "m_surat"), trigger("signal", "s_libur")


def at_a_message(inner: str = LETTER, beside: str = HOLIDAY) -> tuple[Program, Step]:
    """A case that waits for a message, and one step on for a task with another at its boundary."""
    nodes = [catch("x", inner), user("a"), caught("t", "a", beside, "Admin", "catat", False), end(), end("z")]
    running = Program(diagram.read(xml := rooted(draw(nodes, "mulai>isi>x>a>selesai; t>z"))), compile_specs(xml, "uji"))
    begun = running.start(moment(1))
    return running, running.complete(begun.state, begun.position.tasks[0].id, {}, moment(2))


def test_a_message_is_awaited_on_under_its_old_id():
    old, waiting = at_a_message()
    new, _ = at_a_message()
    taken = new.adopt(old, waiting.state, {}, moment(50))
    assert taken.position == waiting.position
    (message,) = taken.position.messages
    went_on = new.deliver(taken.state, message.id, {}, moment(51))
    again = old.adopt(new, went_on.state, {}, moment(52))
    assert again.position == went_on.position
    assert [(each.element, each.name) for each in again.position.messages] == [("t", "Libur")]


def test_what_waits_for_something_else_there_begins_there():
    old, waiting = at_a_message()
    new, _ = at_a_message(beside=timer('"P1D"'))
    went_on = old.deliver(waiting.state, waiting.position.messages[0].id, {}, moment(3))
    taken = new.adopt(old, went_on.state, {}, moment(50))
    assert (taken.position.messages, [each.element for each in taken.position.timers]) == ((), ["t"])
    assert taken.position.tasks == went_on.position.tasks
    timed, _ = at_a_message(timer('"P1D"'))
    with pytest.raises(RunError) as refused:
        timed.adopt(old, waiting.state, {}, moment(50))
    assert refused.value.code == "kind"
