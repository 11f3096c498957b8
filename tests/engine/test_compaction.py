"""A case that goes round and round stays small and quick, and the same moments give the same positions. No database."""

import time
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import zstandard

from engine.process import diagram as diagrams
from engine.process import runtime
from engine.process.runtime import Program, RunError, Step, UnreadableState, after, compile_specs
from engine.process.spiff import Moment, check_injection

BEGIN = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:uji">'
    '<process id="putar" isExecutable="true">'
    '<laneSet id="l"><lane id="lajur" name="Petugas">{refs}</lane></laneSet>'
)
TAIL = "</process></definitions>"


def program(body: str, *nodes: str) -> Program:
    refs = "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in nodes)
    xml = (HEAD.format(refs=refs) + body + TAIL).encode()
    diagram = diagrams.read(xml)
    return Program(diagram, compile_specs(xml, diagram.process_id))


# Two tasks that follow each other until someone says that it is enough; a timer hangs on the second.
LOOP = """
<startEvent id="mulai"/><sequenceFlow id="a" sourceRef="mulai" targetRef="tulis"/>
<userTask id="tulis"/><sequenceFlow id="b" sourceRef="tulis" targetRef="periksa"/>
<userTask id="periksa"/><sequenceFlow id="c" sourceRef="periksa" targetRef="cukup"/>
<boundaryEvent id="lama" attachedToRef="periksa"><timerEventDefinition id="lama_waktu">
  <timeDuration>"P3D"</timeDuration></timerEventDefinition></boundaryEvent>
<sequenceFlow id="f" sourceRef="lama" targetRef="habis"/><endEvent id="habis"/>
<exclusiveGateway id="cukup" default="lagi"/>
<sequenceFlow id="lagi" sourceRef="cukup" targetRef="tulis"/>
<sequenceFlow id="sudah" sourceRef="cukup" targetRef="selesai">
  <conditionExpression>putusan == 'cukup'</conditionExpression></sequenceFlow>
<endEvent id="selesai"/>
"""
# The same with two people who check at once.
PARALLEL = """
<startEvent id="mulai"/><sequenceFlow id="a" sourceRef="mulai" targetRef="tulis"/>
<userTask id="tulis"/><sequenceFlow id="b" sourceRef="tulis" targetRef="bagi"/>
<parallelGateway id="bagi"/>
<sequenceFlow id="c1" sourceRef="bagi" targetRef="kiri"/><sequenceFlow id="c2" sourceRef="bagi" targetRef="kanan"/>
<userTask id="kiri"/><userTask id="kanan"/>
<sequenceFlow id="d1" sourceRef="kiri" targetRef="satu"/><sequenceFlow id="d2" sourceRef="kanan" targetRef="satu"/>
<parallelGateway id="satu"/><sequenceFlow id="e" sourceRef="satu" targetRef="cukup"/>
<exclusiveGateway id="cukup" default="lagi"/>
<sequenceFlow id="lagi" sourceRef="cukup" targetRef="tulis"/>
<sequenceFlow id="sudah" sourceRef="cukup" targetRef="selesai">
  <conditionExpression>putusan == 'cukup'</conditionExpression></sequenceFlow>
<endEvent id="selesai"/>
"""
# What is asked of three people at once, in a subprocess beforehand what is needed for it, again and again.
REPEATED = """
<startEvent id="mulai"/><sequenceFlow id="a" sourceRef="mulai" targetRef="tulis"/>
<userTask id="tulis"/><sequenceFlow id="b" sourceRef="tulis" targetRef="siapkan"/>
<subProcess id="siapkan"><startEvent id="s1"/><sequenceFlow id="s2" sourceRef="s1" targetRef="muat"/>
  <userTask id="muat"/><sequenceFlow id="s3" sourceRef="muat" targetRef="s4"/><endEvent id="s4"/></subProcess>
<sequenceFlow id="c" sourceRef="siapkan" targetRef="tanya"/>
<userTask id="tanya"><multiInstanceLoopCharacteristics {sequential}><loopDataInputRef>siapa</loopDataInputRef>
  <loopDataOutputRef>semua</loopDataOutputRef><inputDataItem id="orang"/><outputDataItem id="sikap"/>
</multiInstanceLoopCharacteristics></userTask>
<sequenceFlow id="d" sourceRef="tanya" targetRef="periksa"/>
<userTask id="periksa"/><sequenceFlow id="e" sourceRef="periksa" targetRef="cukup"/>
<exclusiveGateway id="cukup" default="lagi"/>
<sequenceFlow id="lagi" sourceRef="cukup" targetRef="tulis"/>
<sequenceFlow id="sudah" sourceRef="cukup" targetRef="selesai">
  <conditionExpression>putusan == 'cukup' and 'ya' in semua</conditionExpression></sequenceFlow>
<endEvent id="selesai"/>
"""
# A loop within one of two branches: the other one waits, so nothing can be dropped.
WITHIN = """
<startEvent id="mulai"/><sequenceFlow id="a" sourceRef="mulai" targetRef="bagi"/>
<parallelGateway id="bagi"/>
<sequenceFlow id="c1" sourceRef="bagi" targetRef="kiri"/><sequenceFlow id="c2" sourceRef="bagi" targetRef="kanan"/>
<userTask id="kiri"/><userTask id="kanan"/>
<sequenceFlow id="d1" sourceRef="kiri" targetRef="cukup"/>
<exclusiveGateway id="cukup" default="lagi"/><sequenceFlow id="lagi" sourceRef="cukup" targetRef="kiri"/>
<sequenceFlow id="sudah" sourceRef="cukup" targetRef="satu">
  <conditionExpression>putusan == 'cukup'</conditionExpression></sequenceFlow>
<sequenceFlow id="d2" sourceRef="kanan" targetRef="satu"/><parallelGateway id="satu"/>
<sequenceFlow id="e" sourceRef="satu" targetRef="selesai"/><endEvent id="selesai"/>
"""


@pytest.fixture(scope="module")
def loop() -> Program:
    return program(LOOP, "mulai", "tulis", "periksa", "cukup", "selesai", "lama", "habis")


@pytest.fixture(scope="module")
def parallel() -> Program:
    return program(PARALLEL, "mulai", "tulis", "bagi", "kiri", "kanan", "satu", "cukup", "selesai")


class Walk:
    """One case: its steps, and the moments that they were given."""

    def __init__(self, program: Program, seed: str = "kasus") -> None:
        self.program, self.seed, self.count = program, seed, 0
        self.steps: list[Step] = [program.start(self.moment())]

    def moment(self) -> Moment:
        self.count += 1
        return Moment(f"{self.seed}/{self.count}", BEGIN + timedelta(minutes=self.count))

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def complete(self, element: str, **values: str) -> Step:
        (task,) = [each for each in self.last.position.tasks if each.element == element]
        self.steps.append(self.program.complete(self.last.state, task.id, values, self.moment()))
        return self.last

    def round(self, putusan: str = "lagi") -> None:
        for task in self.program.diagram.user_tasks:
            self.complete(task.id, putusan=putusan)


def size_of(step: Step) -> tuple[int, int]:
    """How many tasks a state holds, and how many bytes before compression."""
    state = zstandard.decompress(step.state)
    return len(orjson.loads(state)["tasks"]), len(state)


def test_three_hundred_rounds_stay_as_small_as_the_first(loop: Program):
    """What a step costs follows from this; `bench/loops.py` times it."""
    walk = Walk(loop)
    for _ in range(300):
        walk.round()
        assert walk.last.position.tasks[0].element == "tulis"
    for first in (1, 2):  # after either task, from the first round on
        tasks, sizes = zip(*map(size_of, walk.steps[first::2]), strict=True)
        assert set(tasks) == {tasks[1]} | {tasks[0]} and tasks[0] <= tasks[1], "the state does not grow"
        assert max(sizes) <= sizes[1] * 1.01
    walk.round("cukup")
    assert walk.last.position.completed and walk.last.ended == "selesai"


def test_every_round_has_tasks_of_its_own_and_one_timer(loop: Program):
    walk = Walk(loop)
    for _ in range(30):
        walk.complete("tulis")
        (timer,) = walk.last.position.timers
        assert timer.due == BEGIN + timedelta(minutes=walk.count, days=3)
        walk.complete("periksa", putusan="lagi")
        assert walk.last.position.timers == ()
    ids = [task.id for step in walk.steps for task in step.opened]
    assert len(set(ids)) == len(ids) == 61
    closed = [task_id for step in walk.steps for task_id in step.closed]
    assert closed == ids[:-1]


def test_the_timer_of_a_late_round_ends_the_case(loop: Program):
    walk = Walk(loop)
    for _ in range(50):
        walk.round()
    walk.complete("tulis")
    (timer,) = walk.last.position.timers
    step = loop.fire(walk.last.state, timer, Moment("kasus/t", after(timer)))
    assert step.position.completed and step.ended == "habis"
    assert step.elements == ("lama", "habis") and step.flows == ("f",)
    with pytest.raises(RunError):
        loop.fire(step.state, timer, Moment("kasus/u", after(timer)))


def test_a_step_says_what_it_did_also_after_the_past_is_dropped(loop: Program):
    walk = Walk(loop)
    for _ in range(20):
        walk.round()
    written, checked = walk.complete("tulis"), walk.complete("periksa", putusan="lagi")
    assert (written.elements, written.flows) == (("tulis",), ("b",))
    assert (checked.elements, checked.flows) == (("periksa", "cukup"), ("c", "lagi"))
    assert walk.last.before == walk.steps[-2].position == loop.position(walk.steps[-2].state)


@pytest.mark.parametrize("shape", ["loop", "parallel"])
def test_the_same_moments_give_the_same_positions_and_bytes(shape: str, request: pytest.FixtureRequest):
    """Also on a program compiled anew, as it is after a restart."""
    first = request.getfixturevalue(shape)
    body, nodes = (LOOP if shape == "loop" else PARALLEL), list(first.diagram.elements)
    walks = [Walk(first), Walk(program(body, *nodes))]
    for walk in walks:
        for number in range(8):
            walk.round("cukup" if number == 7 else "lagi")
        assert walk.last.position.completed
    one, other = ([(step.position, step.elements, step.flows, step.state) for step in walk.steps] for walk in walks)
    assert one == other


def test_other_moments_give_other_ids(loop: Program):
    one, other = Walk(loop), Walk(loop, "lain")
    assert one.last.position.tasks[0].id != other.last.position.tasks[0].id


def test_the_clock_of_the_machine_is_never_read(loop: Program):
    check_injection()
    walk = Walk(loop)
    walk.complete("tulis")
    assert walk.last.position.timers[0].due.year == 2026
    assert b'"last_state_change"' in zstandard.decompress(walk.last.state)
    now = str(int(time.time()))[:6].encode()
    machine = datetime.now(UTC)
    if abs((machine - BEGIN).days) > 30:  # else both clocks look alike
        assert now not in zstandard.decompress(walk.last.state)


def test_a_task_is_completed_once(loop: Program):
    walk = Walk(loop)
    task = walk.last.position.tasks[0]
    done = walk.complete("tulis")
    for task_id in (task.id, "f" * 32):
        with pytest.raises(RunError):
            loop.complete(done.state, task_id, {}, Moment("kasus/x", BEGIN))


@pytest.mark.parametrize("state", [b"", b"x", *map(zstandard.compress, (b"", b"{}", b"[1]", b"{"))])
def test_bytes_that_are_no_state_are_said_to_be_none(loop: Program, state: bytes):
    with pytest.raises(UnreadableState):
        loop.position(state)
    with pytest.raises(RunError):
        loop.complete(state, "f" * 32, {}, Moment("kasus/x", BEGIN))


def test_open_branches_keep_their_past_and_meet(parallel: Program):
    walk = Walk(parallel)
    walk.complete("tulis")
    assert {task.element for task in walk.last.position.tasks} == {"kiri", "kanan"}
    walk.complete("kanan")
    assert [task.element for task in walk.last.position.tasks] == ["kiri"]
    walk.complete("kiri", putusan="cukup")
    assert walk.last.position.completed


def go_round_for_ever(walk: Walk) -> None:
    for _ in range(60):
        walk.complete("kiri", putusan="lagi")


def test_a_case_that_grows_too_deep_stops_with_an_error_and_keeps_its_state(monkeypatch: pytest.MonkeyPatch):
    """Where the past cannot be dropped the guard stops a case long before the library would call it completed."""
    assert runtime.MAX_DEPTH < 1000
    monkeypatch.setattr(runtime, "MAX_DEPTH", 60)
    within = program(WITHIN, "mulai", "bagi", "kiri", "kanan", "cukup", "satu", "selesai")
    walk = Walk(within)
    with pytest.raises(RunError, match="deeper than 60"):
        go_round_for_ever(walk)
    assert not walk.last.position.completed
    assert within.position(walk.last.state) == walk.last.position, "what was stored can still be read"


def test_rounds_through_a_fork_stay_as_small_as_the_first(parallel: Program):
    walk = Walk(parallel)
    sizes = []
    for _ in range(100):
        walk.round()
        assert [task.element for task in walk.last.position.tasks] == ["tulis"]
        assert parallel.position(walk.last.state) == walk.last.position
        sizes.append(size_of(walk.last))
    assert len({tasks for tasks, _ in sizes}) == 1 and max(each for _, each in sizes) <= sizes[0][1] * 1.01
    walk.round("cukup")
    assert walk.last.position.completed


@pytest.mark.parametrize("sequential", ["", 'isSequential="true"'])
def test_rounds_through_a_subprocess_and_a_repetition_begin_afresh_and_stay_small(sequential: str):
    """The library itself raises when a repetition begins again whose answers or items are there already."""
    nodes = ("mulai", "tulis", "siapkan", "tanya", "periksa", "cukup", "selesai")
    walk = Walk(program(REPEATED.format(sequential=sequential), *nodes))
    sizes = []
    for round in range(60):
        walk.complete("tulis", siapa=["budi", "siti", "dewi"])  # type: ignore[arg-type]  # lists are values too
        walk.complete("muat")
        asked = []
        while walk.last.position.tasks[0].element == "tanya":
            task = walk.last.position.tasks[0]
            asked.append(task.variables["orang"])
            sikap = {"sikap": "ya" if round == 59 else "tidak"}
            walk.steps.append(walk.program.complete(walk.last.state, task.id, sikap, walk.moment()))
        assert sorted(asked) == ["budi", "dewi", "siti"]
        assert walk.last.position.variables["semua"] == [sikap["sikap"]] * 3, "answers of this round alone"
        walk.complete("periksa", putusan="cukup")  # only in the last round has anybody said yes
        sizes.append(size_of(walk.last))
        assert walk.program.position(walk.last.state) == walk.last.position
    assert walk.last.position.completed
    assert len({tasks for tasks, _ in sizes[:-1]}) == 1 and max(each for _, each in sizes) <= sizes[0][1] * 1.02
