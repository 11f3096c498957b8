"""A simulated case as its page shows it: roles, and the open tasks of each with their forms. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from engine.process.forms import Field, Form, Tables
from engine.simulation import Action, Fill, Situation, example
from engine.simulation.situation import OpenStep

FILE_HELP = "Dalam simulasi cukup tulis nama berkas; tidak ada yang diunggah."


@dataclass(frozen=True)
class TaskForm:
    """An open task. Several forms stand on one page, so each field's name begins with the form's `prefix`."""

    step: OpenStep
    prefix: str
    form: Form | None
    fields: Sequence[Field] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A situation with its forms. `refused` is the action that was not taken, `last` the place of the newest one."""

    schemas: Mapping[str, Any]
    lanes: Sequence[str]
    found: Situation
    tables: Tables
    refused: Action | None
    last: int

    @property
    def changed(self) -> bool:
        """Whether an earlier action does not fit any more: then the draft has changed since."""
        return self.refused is not None and self.found.applied < self.last

    @cached_property
    def roles(self) -> list[tuple[str, list[TaskForm]]]:
        """Each role with its open tasks: those of the diagram in its order, then tasks that stand in no lane."""
        names = dict.fromkeys([*self.lanes, *(each.lane for each in self.found.tasks)])
        tasks = [self._task(step, f"t{place}_") for place, step in enumerate(self.found.tasks)]
        return [(name, [each for each in tasks if each.step.lane == name]) for name in names]

    def _task(self, step: OpenStep, prefix: str) -> TaskForm:
        if step.form is None:
            return TaskForm(step, prefix, None)
        form = Form(step.form, self.schemas[step.form])
        typed, errors = self._typed(step)
        return TaskForm(
            step,
            prefix,
            form,
            fields=[_prefixed(each, prefix) for each in form.fields(self.tables)],
            values={prefix + name: value for name, value in typed.items()},
            errors={prefix + name: message for name, message in errors.items()},
            example={prefix + name: texts for name, texts in example(form, self.tables, step.start).items()},
        )

    def _typed(self, step: OpenStep) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """What stands in the fields: what was typed and refused, else what the form begins with."""
        refused = self.refused
        if isinstance(refused, Fill) and (refused.element, refused.task) == (step.element, step.index):
            return {name: ", ".join(texts) for name, texts in refused.values.items()}, self.found.errors
        return step.start, {}


def _prefixed(one: Field, prefix: str) -> Field:
    file = one.widget == "files"
    return replace(
        one,
        name=prefix + one.name,
        widget="text" if file else one.widget,
        help=FILE_HELP if file else one.help,
        max_length=None if file else one.max_length,
        depends_on=prefix + one.depends_on if one.depends_on else None,
        shown_if=prefix + one.shown_if if one.shown_if else None,
    )
