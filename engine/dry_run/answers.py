"""An old answer held against the draft's form of the same step. Knows no case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.dry_run.past import Happened
from engine.process.forms import Form, Tables


@dataclass(frozen=True)
class Asked:
    """A step and its form, then and in the draft."""

    label: str
    old: Form
    new: Form
    read: frozenset[str]  # variables that the draft reads


@dataclass(frozen=True)
class Fitted:
    """What the engine is given. `undecided` says why the way cannot be known from this answer."""

    given: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    undecided: str = ""


def fit(asked: Asked, answer: Happened, tables: Tables) -> Fitted:
    """The answer as the draft's form would take it. What does not fit is told, also when it decides nothing."""
    known = {name: value for name, value in answer.known.items() if name in asked.new.properties}
    # A field that was left empty is empty now, whatever an earlier round said.
    given = {name: known.get(name) for name in sorted(asked.read & asked.new.properties.keys())}
    for name in given:
        if answer.erased(name):
            return Fitted(undecided=f"isian «{_title(asked.new, name)}» pada «{asked.label}» sudah dihapus")
    if asked.new.schema == asked.old.schema:
        return Fitted(given)
    wrong = _unfit(asked, answer, known, tables)
    decisive = [name for name in given if name in wrong or _never_asked(asked, known, name)]
    if decisive:
        name = decisive[0]
        reason = "belum pernah ditanyakan" if name not in known else "tidak memenuhi formulir baru"
        return Fitted(undecided=f"jawaban lama atas isian «{_title(asked.new, name)}» pada «{asked.label}» {reason}"
                      if name in known else f"isian «{_title(asked.new, name)}» pada «{asked.label}» {reason}")  # fmt: skip
    told = (f"jawaban lama pada «{asked.label}» tidak memenuhi formulir baru: isian «{_title(asked.new, each)}»"
            for each in wrong)  # fmt: skip
    return Fitted(given, tuple(told))


def _never_asked(asked: Asked, known: Mapping[str, Any], name: str) -> bool:
    return name not in known and name not in asked.old.properties


def _unfit(asked: Asked, answer: Happened, known: Mapping[str, Any], tables: Tables) -> list[str]:
    """Fields that the draft's form refuses and the old one did not; choices that left a table since are no fault."""
    now = asked.new.clean(_as_posted(known), tables).errors
    before = asked.old.clean(_as_posted(answer.known), tables).errors if now else {}
    names = asked.new.properties
    return [name for name in names if name in now and before.get(name) != now[name] and not answer.erased(name)]


def _as_posted(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """As a browser would send them."""
    return {name: _texts(value) for name, value in values.items()}


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["ya" if value else "tidak"]
    if isinstance(value, list):
        return [str(each["id"]) if isinstance(each, dict) and "id" in each else str(each) for each in value]
    return [str(value)]


def _title(form: Form, name: str) -> str:
    return str(form.properties.get(name, {}).get("title", name))
