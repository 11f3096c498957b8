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
    cleaned = asked.new.clean(_as_posted(known), tables)
    wrong = _unfit(asked, answer, cleaned.errors, tables)
    for name in given:
        if name in wrong or (name not in known and name not in asked.old.properties):
            return Fitted(undecided=_undecided(asked, known, name))
    told = (f"jawaban lama pada «{asked.label}» tidak memenuhi formulir baru: isian «{_title(asked.new, each)}»"
            for each in wrong)  # fmt: skip
    return Fitted({name: cleaned.values.get(name) for name in given}, tuple(told))


def _undecided(asked: Asked, known: Mapping[str, Any], name: str) -> str:
    where = f"isian «{_title(asked.new, name)}» pada «{asked.label}»"
    if name in known:
        return f"jawaban lama tidak memenuhi formulir baru: {where} menentukan jalan"
    asked_then = "dahulu tidak diisi" if name in asked.old.properties else "dahulu belum ditanyakan"
    return f"{where} menentukan jalan, tetapi {asked_then}"


def _unfit(asked: Asked, answer: Happened, errors: Mapping[str, str], tables: Tables) -> list[str]:
    """Fields that the draft's form refuses and the old one did not; choices that left a table since are no fault."""
    before = asked.old.clean(_as_posted(answer.known), tables).errors if errors else {}
    refused = [name for name in asked.new.properties if name in errors and not answer.erased(name)]
    return [name for name in refused if before.get(name) != errors[name]]


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
