"""Plays a small diagram as a case would run it, and shows what the gate refuses. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.process.diagram import read
from engine.process.gate import check, holds
from engine.process.runtime import Program, Step, after, compile_specs
from engine.process.spiff import Moment
from tests.breadth.rows import REFUSED, RUNS, show
from tests.process.drawing import small_forms

_START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def _office(at: datetime, amount: int, unit: str) -> datetime:
    """An office that never closes: every unit is an hour."""
    return at + amount * timedelta(hours=1)


class Played:
    """One case of a diagram that the gate lets pass. The first task, `isi`, is done already."""

    def __init__(self, xml: bytes, forms: Mapping[str, Any] | None = None, first: str | None = "isi") -> None:
        findings = check(xml, small_forms(**(forms or {})))
        assert holds(findings), findings
        diagram = read(xml)
        self.program = Program(diagram, compile_specs(xml, diagram.process_id))
        self.now = _START
        self.turn = 0
        self.passed: list[str] = []
        self.step: Step = self._taken(self.program.start(self._moment()))
        if first:
            self.do(first)

    @property
    def open(self) -> list[str]:
        """Elements of the open tasks."""
        return sorted(each.element for each in self.step.position.tasks)

    @property
    def waiting(self) -> list[str]:
        """Elements of the waiting timers."""
        return sorted(each.element for each in self.step.position.timers)

    @property
    def awaited(self) -> list[str]:
        """Elements that wait for a message or signal."""
        return [each.element for each in self.step.position.messages]

    @property
    def known(self) -> dict[str, Any]:
        """The variables that the diagram reads."""
        return self.step.position.variables

    def do(self, element: str, **values: Any) -> Played:
        """Complete one open task at this element."""
        task = next(each for each in self.step.position.tasks if each.element == element)
        self.step = self._taken(self.program.complete(self.step.state, task.id, values, self._moment()))
        return self

    def pass_time(self) -> Played:
        """Let the next timer fire."""
        timer = self.step.position.timers[0]
        self.now = max(self.now, after(timer))
        self.step = self._taken(self.program.fire(self.step.state, timer, self._moment()))
        return self

    def receive(self, element: str, **values: Any) -> Played:
        """Let the message or signal arrive for which this element waits."""
        message = next(each for each in self.step.position.messages if each.element == element)
        self.step = self._taken(self.program.deliver(self.step.state, message.id, values, self._moment()))
        return self

    def ends(self) -> None:
        """The case is over."""
        assert self.step.position.completed, (self.open, self.waiting, self.awaited)
        assert not self.open and not self.waiting and not self.awaited
        show(RUNS)

    def _moment(self) -> Moment:
        self.turn += 1
        return Moment(f"breadth/{self.turn}", self.now, _office)

    def _taken(self, step: Step) -> Step:
        self.passed += step.elements
        return step


def refuse(xml: bytes, element: str, says: str, forms: Mapping[str, Any] | None = None) -> None:
    """The gate does not let this diagram pass, and says so at this element in these words."""
    findings = check(xml, small_forms(**(forms or {})))
    assert not holds(findings)
    assert any(each.element == element and says in each.message for each in findings), findings
    show(REFUSED)
