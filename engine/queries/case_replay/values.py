"""What people typed with each event, in the words of its form, and what it replaced; erased: the digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process.forms import Form
from engine.queries.case_replay.document import File, Value
from engine.queries.recorded_values import ERASED, Names, other_value, shown_value
from engine.queries.stored_events import StoredEvent
from engine.recorded import FILLED_IN
from engine.store.deployments import Deployed


@dataclass
class Values:
    """Reads the events of one case in order; remembers what each field held last."""

    labels: Names
    _held: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _units: dict[str, str] = field(default_factory=dict)  # of the tasks that were opened

    def of(self, event: StoredEvent, version: Deployed) -> list[Value]:
        """A form's fields in their order, then what no form knows, such as a reason."""
        opened = event.body.get("effects", {}).get("opened", ())
        self._units |= {task["id"]: task.get("unit") or "" for task in opened}
        form, whose = self._form(event.body, version), self._whose(event.body, version)
        fields = [name for name in form.properties if name in event.body["values"]] if form is not None else []
        others = [name for name in event.body.get("values", {}) if name not in fields]
        return [self._value(event, form, name, whose) for name in fields] + [
            self._other(event, name) for name in others
        ]

    @staticmethod
    def _form(body: Mapping[str, Any], version: Deployed) -> Form | None:
        element = version.diagram.elements.get(str(body.get("element", "")))
        if body["type"] not in FILLED_IN or element is None:
            return None
        return version.forms.get(element.form_key or element.id)

    def _whose(self, body: Mapping[str, Any], version: Deployed) -> str:
        """Of a step that several units do at once, the unit: it replaces its own answer, not another's."""
        element = version.diagram.elements.get(str(body.get("element", "")))
        several = element is not None and element.multi is not None
        return self._units.get(str(body.get("task")), "") if several else ""

    def _value(self, event: StoredEvent, form: Form | None, name: str, whose: str) -> Value:
        if form is None or name not in event.values:
            title = str(form.properties[name].get("title", name)) if form is not None else name
            return _erased(event, name, title)
        shown = shown_value(form, name, event.values[name], self.labels)
        text = shown.text or ", ".join(each.name for each in shown.files)
        before = self._held.get((form.key, name, whose), "")
        self._held[form.key, name, whose] = text
        files = [File(each.id, each.name, each.size) for each in shown.files]
        return Value(name, shown.title, shown.text, files, before if before != text else "")

    @staticmethod
    def _other(event: StoredEvent, name: str) -> Value:
        if name not in event.values:
            return _erased(event, name, name.capitalize())
        shown = other_value(name, event.values[name])
        return Value(name, shown.title, shown.text)


def _erased(event: StoredEvent, name: str, title: str) -> Value:
    return Value(name, title, ERASED, digest=str(event.body["values"][name]))
