"""What the gate says about one form, as its author says it: the form, and the conditions that read its fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.process.diagram import Diagram, DiagramError, read
from engine.process.gate import Finding
from engine.process.gate.graph import graph_of
from engine.process.gate.reading import Reading

# Keywords of the schema in the words of the page.
_WORDS = {
    "minLength": "jumlah huruf paling sedikit", "maxLength": "jumlah huruf paling banyak",
    "minimum": "angka paling kecil", "maximum": "angka paling besar", "minItems": "jumlah paling sedikit",
    "maxItems": "jumlah paling banyak", "oneOf": "daftar pilihan", "x-urutan": "urutan isian",
    "x-terlihat": "siapa yang boleh membaca nanti", "x-kasus": "kolom aduan yang diisi",
    "(title)": "", "x-tampil-bila": "kapan tampil",
}  # fmt: skip
_KEYWORD = re.compile("|".join(f"(?<![A-Za-z-]){re.escape(word)}(?![A-Za-z-])" for word in sorted(_WORDS)[::-1]))


@dataclass(frozen=True)
class Told:
    """One finding beside a form. `field` is the name of the field it is about, '' when it is not about one."""

    severity: str
    message: str
    element: str = ""
    field: str = ""


@dataclass(frozen=True)
class About:
    """Findings that concern a form, and how many others the draft has."""

    here: list[Told]
    elsewhere: int

    @property
    def errors(self) -> int:
        """How many must be mended."""
        return sum(each.severity == "galat" for each in self.here)


def diagram_of(xml: bytes) -> Diagram | None:
    """The diagram of a draft; None while it cannot be read."""
    try:
        return read(xml)
    except DiagramError:
        return None


def users_of(diagram: Diagram | None) -> dict[str, list[str]]:
    """Form key -> names of the steps that use it, in the order of the flow."""
    found: dict[str, list[str]] = {}
    if diagram is not None:
        steps = [*diagram.user_tasks, *(each for each in diagram.elements.values() if each.kind == "userTask")]
        for step in {each.id: each for each in steps}.values():
            if step.form_key:
                found.setdefault(step.form_key, []).append(step.label)
    return found


def about_form(
    key: str, names: Collection[str], labels: Mapping[str, str], diagram: Diagram | None, findings: Iterable[Finding]
) -> About:
    """Of the gate's findings those about form `key`: it is named, or a condition reads one of its fields `names`."""
    places = _readers(diagram, names) if diagram is not None else frozenset()
    here, elsewhere = [], 0
    for each in findings:
        if f"«{key}»" in each.message or each.element in places:
            here.append(_told(key, each, labels))
        else:
            elsewhere += 1
    return About(here, elsewhere)


def _readers(diagram: Diagram, names: Collection[str]) -> frozenset[str]:
    """Elements that read one of these variables, and the gateways they hang on."""
    wanted = frozenset(names)
    read_there = Reading(diagram, graph_of(diagram), {}).reads
    return frozenset(place for each in read_there if each.names & wanted for place in (each.element, each.node))


def _told(key: str, finding: Finding, labels: Mapping[str, str]) -> Told:
    message = finding.message.removeprefix(f"Formulir «{key}»: ")
    about = re.match("isian «([^»]*)»: ", message)
    name = about[1] if about else ""
    if message != finding.message:
        message = re.sub("isian «([^»]*)»", lambda found: f"isian «{labels.get(found[1]) or found[1]}»", message)
        message = re.sub(r"((?:min|max)(?:Length|Items)) paling banyak", r"\1 tidak boleh lebih dari", message)
        message = _KEYWORD.sub(lambda found: _WORDS[found[0]], message)
    return Told(finding.severity, message[:1].upper() + message[1:], finding.element, name)


def label_map(schema: Any) -> dict[str, str]:
    """Field -> label, as far as the schema can be read."""
    fields = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(fields, dict):
        return {}
    titles = {name: each.get("title") for name, each in fields.items() if isinstance(each, dict)}
    return {name: title if isinstance(title, str) else "" for name, title in titles.items()}
