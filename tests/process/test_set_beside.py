"""What is set beside the diagram while a timer waits is known on the way that the timer opens."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.process.diagram import read
from engine.process.runtime import Program, Step, after, compile_specs
from engine.process.spiff import Moment
from tests.process.drawing import boundary, draw, end, exclusive, user

MONDAY = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)


def moment(number: int) -> Moment:
    return Moment(f"kasus/{number}", MONDAY + timedelta(minutes=number))


def mended(kind: str, text: str, interrupting: bool) -> tuple[Program, Step]:
    """A case in which an answer was mended while a timer waits at the open task."""
    nodes = [user("a", "putus"), user("b"), boundary("t", "b", text, kind, interrupting), exclusive("g", "g_x"),
             *(end(each) for each in ("selesai", "x", "y"))]  # fmt: skip
    xml = draw(nodes, "mulai>isi>a>b>selesai; t>g>x; g>y: putusan == 'tidak'")
    program = Program(read(xml), compile_specs(xml, "uji"))
    step = program.start(moment(1))
    step = program.complete(step.state, step.position.tasks[0].id, {}, moment(2))
    step = program.complete(step.state, step.position.tasks[0].id, {"putusan": "ya"}, moment(3))
    return program, program.assign(step.state, {"putusan": "tidak"}, moment(4))


@pytest.mark.parametrize(
    ("kind", "text", "interrupting"),
    [("timeDuration", '"P1D"', True), ("timeDuration", '"P1D"', False)],
)
def test_a_timer_takes_the_way_of_the_mended_answer(kind: str, text: str, interrupting: bool):
    program, step = mended(kind, text, interrupting)
    while step.position.timers:
        timer = step.position.timers[0]
        step = program.fire(step.state, timer, Moment("kasus/5", after(timer)))
        assert "g_y" in step.flows and "g_x" not in step.flows
        assert step.position.variables["putusan"] == "tidak"


def test_histories_from_before_go_on_as_they_went():
    program, step = mended("timeDuration", '"P1D"', True)
    timer = step.position.timers[0]
    assert "g_x" in program.fire(step.state, timer, Moment("kasus/5", after(timer)), keep=False).flows
