"""A diagram with its forms, as far as a dry run asks it. Knows no case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.process.diagram import Diagram
from engine.process.forms import Form
from engine.worktime import Duration

_TASKS = ("userTask", "manualTask")


@dataclass(frozen=True)
class Sop:
    """One version of the procedure."""

    diagram: Diagram
    forms: Mapping[str, Form]

    @cached_property
    def tasks(self) -> frozenset[str]:
        """Ids of the tasks that wait for a person."""
        return frozenset(each.id for each in self.diagram.elements.values() if each.kind in _TASKS)

    def label(self, element: str) -> str:
        """What people call an element; its id when the diagram does not hold it."""
        found = self.diagram.elements.get(element)
        return found.label if found is not None else element

    def form_of(self, element: str) -> Form:
        """The form of a user task."""
        return self.forms[self.diagram.elements[element].form_key or element]

    def without_deadline(self, element: str) -> bool:
        """Whether the task stands in a lane whose tasks are never late."""
        lane = self.diagram.lanes.get(self.diagram.elements[element].lane or "")
        return lane is not None and lane.no_deadline

    def standard_of(self, element: str) -> Duration | None:
        """The SOP's time for a task; None in a lane without deadlines."""
        if self.without_deadline(element):
            return None
        return _duration(self.diagram.elements[element].properties.get("waktu", ""))

    @property
    def total(self) -> Duration | None:
        """The SOP's time from filing until the answer is delivered."""
        return _duration(self.diagram.properties.get("waktu_total", ""))


@lru_cache(maxsize=1000)
def _duration(text: str) -> Duration | None:
    try:
        return Duration.parse(text)
    except ValueError:
        return None
