"""Runs a diagram on made-up answers until every way is taken. Runs in a process that may be killed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import zstandard

from engine.process.diagram import Diagram, read
from engine.process.expressions import parse
from engine.process.forms import Form
from engine.process.gate.answers import answers
from engine.process.gate.bounds import MAX_PREDICTED
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.graph import CHOICES, graph_of
from engine.process.runtime import (
    OpenTask,
    Position,
    Program,
    RunError,
    Step,
    WaitingTimer,
    after,
    compile_specs,
)
from engine.process.spiff import Moment

MAX_RUNS = 200
SOFT_SECONDS = 6.0  # below the time at which the process is killed
MAX_FINDINGS = 5  # one broken way shows in many runs
_SEED = "uji jalan"
_START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_SAID = {
    "the case is open but nothing waits in it": "aduan tetap terbuka, tetapi tidak ada tugas yang dapat dikerjakan",
    "the case is deeper than": "prosesnya berputar atau bertumbuh terlalu jauh tanpa menunggu siapa pun",
    "a step of the diagram failed": "salah satu langkah gagal dijalankan",
}


def _made_up_calendar(start: datetime, amount: int, unit: str) -> datetime:
    """How long the trial takes working time to be: some time that passes. The office's calendar is not known here."""
    return start + amount * (timedelta(days=1) if unit == "hari kerja" else timedelta(hours=1))


@dataclass(frozen=True)
class Action:
    """One thing that can happen next. `index` counts the answers to the form; a timer has none."""

    element: str
    index: int | None
    task: OpenTask | None = field(default=None, compare=False)
    timer: WaitingTimer | None = field(default=None, compare=False)


def trial(xml: bytes, schemas: Mapping[str, Any]) -> list[Finding]:
    """What goes wrong on some way through the diagram, and which ways were never taken."""
    diagram = read(xml)
    try:
        program = Program(diagram, compile_specs(xml, diagram.process_id))
    except RecursionError:
        return [error("Diagram terlalu dalam bersarang bagi mesin proses. Sederhanakan.")]
    except Exception as wrong:  # the library's own exceptions are of many kinds
        return [error(f"Mesin proses tidak dapat membaca diagram ini: {str(wrong)[:300]}")]
    return _Trial(program, {key: Form(key, schema) for key, schema in schemas.items()}).findings()


class _Trial:
    def __init__(self, program: Program, forms: Mapping[str, Form]) -> None:
        self.program = program
        self.diagram: Diagram = program.diagram
        self.rng = random.Random(_SEED)  # noqa: S311  # the same answers each time, not secrets
        self.until = time.monotonic() + SOFT_SECONDS
        self.tried: Counter[Action] = Counter()
        self.elements: set[str] = set()
        self.flows: set[str] = set()
        self.led: dict[str, set[Action]] = {}  # flow -> what was done just before it was taken
        self.most: Counter[str] = Counter()  # flow -> how often at most in one run
        self.found: dict[str, Finding] = {}
        self.ended = 0
        self.answers = self._answers(forms)

    def _answers(self, forms: Mapping[str, Form]) -> dict[str, list[dict[str, Any]]]:
        literals = [each for text in self.diagram.expressions.values() for each in parse(text).literals]
        found: dict[str, list[dict[str, Any]]] = {}
        for task in self.diagram.elements.values():
            form = forms.get(task.form_key or "")
            if form is not None and form.key not in found:
                found[form.key] = answers(form, self.diagram.read_variables, literals, self.rng)
                if not found[form.key]:
                    self._say(task.id, f"Formulir «{form.key}» tidak dapat diisi dengan jawaban apa pun yang sah; "
                              "syarat isiannya saling bertentangan.")  # fmt: skip
        return found

    def findings(self) -> list[Finding]:
        """Run until every way is taken and every loop twice, then tell."""
        goals: Iterator[str | None] = iter(self._goals())
        runs = 0
        while not self.found and runs < MAX_RUNS and time.monotonic() < self.until:
            goal = next(goals, "")
            if goal == "":
                break
            self._run(goal)
            runs += 1
        if not self.found:
            self._tell_gaps()
        return list(self.found.values())[:MAX_FINDINGS]

    def _goals(self) -> Iterator[str | None]:
        """None while ways are missing, then each loop's flow until it was taken twice in one run."""
        patience = MAX_RUNS - 20
        while self._missing() and patience:
            patience -= 1
            yield None
        graph = graph_of(self.diagram)
        for flow in self.diagram.flows.values():
            tries = 3
            loops = self.diagram.elements[flow.source].kind in CHOICES and flow.source in graph.after([flow.target])
            while loops and flow.id in self.led and self.most[flow.id] < 2 and tries:
                tries -= 1
                yield flow.id

    def _missing(self) -> list[str]:
        kinds = {key: each.kind for key, each in self.diagram.elements.items()}
        flows = [each.id for each in self.diagram.flows.values() if kinds.get(each.source) in CHOICES]
        unseen = [each for each in self.diagram.elements if each not in self.elements]
        return unseen + [each for each in flows if each not in self.flows]

    def _run(self, goal: str | None) -> None:
        taken: Counter[str] = Counter()
        action: Action | None = None
        try:
            step = self.program.start(Moment(_SEED, _START, _made_up_calendar))
            clock = _START
            for turn in range(40 + 4 * len(self.diagram.elements)):
                self._note(step, action, taken)
                if step.position.completed or self.found or time.monotonic() > self.until:
                    self.ended += step.position.completed
                    break
                action = self._next(step.position, goal, taken)
                clock = max(clock, after(action.timer)) if action.timer else clock
                step = self._act(step, action, Moment(f"{_SEED} {turn}", clock, _made_up_calendar))
        except RecursionError:
            self._say(
                action.element if action else "", "Proses bertumbuh tanpa batas saat dijalankan. Periksa putarannya."
            )
        except MemoryError:
            raise
        except Exception as wrong:  # whatever the library throws on this diagram would stop a real case as well
            self._say_wrong(action, wrong)

    def _act(self, step: Step, action: Action, moment: Moment) -> Step:
        self.tried[action] += 1
        if action.timer is not None:
            return self.program.fire(step.state, action.timer, moment)
        form = self.answers.get(self.diagram.elements[action.element].form_key or "", [{}])
        assert action.task is not None
        return self.program.answer(step.state, action.task, form[action.index or 0], moment)

    def _next(self, position: Position, goal: str | None, taken: Counter[str]) -> Action:
        """The action least tried so far; towards `goal` until it was taken twice in this run, then away from it."""
        actions = [Action(each.element, None, timer=each) for each in position.timers]
        for task in self.program.answerable(position):
            count = len(self.answers.get(self.diagram.elements[task.element].form_key or "", [{}]))
            actions += [Action(task.element, index, task=task) for index in range(count)]
        if not actions:
            raise RunError("the case is open but nothing waits in it")
        toward = self.led.get(goal, set()) if goal else set()
        wanted = goal is not None and taken[goal] < 2
        return min(
            actions, key=lambda each: ((each in toward) != wanted and bool(toward), self.tried[each], self.rng.random())
        )

    def _note(self, step: Step, action: Action | None, taken: Counter[str]) -> None:
        self.elements.update(step.elements)
        self.flows.update(step.flows)
        # A repeating timer is only done after its last round; what left it shows that it was passed.
        self.elements.update(self.diagram.flows[each].source for each in step.flows)
        taken.update(step.flows)
        for flow in step.flows:
            self.most[flow] = max(self.most[flow], taken[flow])
            if action is not None:
                self.led.setdefault(flow, set()).add(action)
        if len(orjson.loads(zstandard.decompress(step.state))["tasks"]) > MAX_PREDICTED:
            self._say(action.element if action else "", f"Mesin menyiapkan lebih dari {MAX_PREDICTED} langkah di muka. "
                      "Kurangi cabang sejajar berturut-turut.")  # fmt: skip
        for task in step.opened:
            self._check_owner(task)

    def _check_owner(self, task: OpenTask) -> None:
        element = self.diagram.elements[task.element]
        lane = self.diagram.lanes.get(element.lane or "")
        if lane is not None and lane.unit_variable and not task.variables.get(lane.unit_variable):
            self._say(element.id, f"«{element.label}» dapat terbuka tanpa unit: isian «{lane.unit_variable}» kosong. "
                      "Wajibkan isian itu di formulir sebelumnya.")  # fmt: skip

    def _say_wrong(self, action: Action | None, wrong: Exception) -> None:
        text = str(wrong) or type(wrong).__name__
        reason = next((said for known, said in _SAID.items() if known in text), text)
        # The library names the failing task in its note; the first line is the reason.
        self._say(
            action.element if action else "", f"Uji jalan gagal: {reason.splitlines()[0][:300].rstrip('. ')}.", action
        )

    def _say(self, element: str, message: str, action: Action | None = None) -> None:
        known = self.diagram.elements.get(element)
        where = ""
        if action is not None and known is not None:
            what = "pengatur waktu berbunyi di" if action.timer else "pesan dicatat:" if known.awaits_message else ""
            what = what or "tugas diselesaikan:"
            where = f" Terjadi setelah {what} «{known.label}»."
        self.found.setdefault(f"{element} {message}", error(message + where, element, known.name if known else ""))

    def _tell_gaps(self) -> None:
        if self.ended == 0:
            self._say("", "Tidak satu pun uji jalan mencapai peristiwa selesai. Periksa syarat dan putarannya.")
            return
        missing = self._missing()
        if missing and time.monotonic() > self.until:
            self.found.setdefault("", warning(f"Uji jalan kehabisan waktu; {len(missing)} bagian belum dicoba."))
            return
        for id_ in missing:
            flow, element = self.diagram.flows.get(id_), self.diagram.elements.get(id_)
            label = element.label if element else (flow.name or flow.id) if flow else id_
            name = element.name if element else flow.name if flow else ""
            self.found.setdefault(
                id_, warning(f"«{label}» tidak pernah dilewati dalam uji jalan. Periksa syaratnya.", id_, name)
            )
