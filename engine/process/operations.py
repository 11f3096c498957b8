"""What a service task may do: two named operations with texts to fill in. Carries nothing out.

A service task names its operation and its parameters as properties. What it does is decided here from the values that
are handed in, so that a command, a simulation and a test come to the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process.diagram import NOTIFY, OPERATION, REPORTER, Diagram, Element
from engine.process.forms import Form
from engine.process.templates import Template
from engine.process.value_words import Names, value_text

DOCUMENT = "buat_dokumen"
OWN_NAMES = ("nomor", "tanggal")  # known of every case: its number, the day
MAX_MESSAGE = 300  # letters of a filled message: it must fit the bell and the subject of a mail
MAX_DOCUMENT = 100_000  # letters of a filled document
TITLES = {NOTIFY: "Kirim pemberitahuan", DOCUMENT: "Buat dokumen"}
# Operation -> its parameters; those marked True must be there.
PARAMETERS: dict[str, dict[str, bool]] = {
    NOTIFY: {"kepada": True, "pesan": True},
    DOCUMENT: {"judul_dokumen": True, "naskah": True, "terbaca_pelapor": False},
}


class OperationFailed(Exception):
    """The operation cannot be carried out on these values. The message is an Indonesian sentence."""


@dataclass(frozen=True)
class Message:
    """Something to be told. `lane` is the role, `unit` the unit of it that is meant, both empty for the reporter."""

    element: str
    text: str
    lane: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Paper:
    """A document: its title, its paragraphs, and what it was filled from."""

    element: str
    title: str
    paragraphs: tuple[str, ...]
    names: frozenset[str] = field(default_factory=frozenset)


def operation_of(element: Element) -> str:
    """The operation that a service task names, "" for any other element."""
    return element.properties.get(OPERATION, "").strip() if element.kind == "serviceTask" else ""


def templates_of(element: Element) -> dict[str, Template]:
    """The parameters of a service task that are filled in."""
    filled = {NOTIFY: ("pesan",), DOCUMENT: ("judul_dokumen", "naskah")}.get(operation_of(element), ())
    return {key: Template(element.properties.get(key, "")) for key in filled}


def asked_of(element: Element) -> frozenset[str]:
    """The names that a service task's texts ask for, those known of every case apart."""
    return frozenset().union(*(each.names for each in templates_of(element).values())) - set(OWN_NAMES)


def variable_words(
    element: Element, forms: Mapping[str, Form], variables: Mapping[str, Any], names: Names
) -> dict[str, str]:  # fmt: skip
    """The variables that a service task asks for, as people read them: by the first form that has such a field."""
    found: dict[str, str] = {}
    for name in asked_of(element) & variables.keys():
        schema = next((form.properties[name] for form in forms.values() if name in form.properties), {})
        found[name] = value_text(schema, variables[name], names)
    return found


def field_words(form: Form, values: Mapping[str, Any], names: Names) -> dict[str, str]:
    """What was entered in a form, by field and by form and field."""
    texts = {name: value_text(form.properties[name], values[name], names) for name in form.properties if name in values}
    return texts | {f"{form.key}.{name}": text for name, text in texts.items()}


def carried_out(
    diagram: Diagram, element: Element, words: Mapping[str, str], variables: Mapping[str, object]
) -> Message | Paper:
    """What a service task does, from names in words and the diagram's variables. Raises OperationFailed."""
    filled = {key: each.filled(words) for key, each in templates_of(element).items()}
    if operation_of(element) == NOTIFY:
        return _message(diagram, element, filled["pesan"], variables)
    if operation_of(element) == DOCUMENT:
        return _paper(element, filled["judul_dokumen"], filled["naskah"])
    raise OperationFailed("operasinya tidak dikenal")


def _message(diagram: Diagram, element: Element, text: str, variables: Mapping[str, object]) -> Message:
    text = " ".join(text.split())
    if len(text) > MAX_MESSAGE:
        raise OperationFailed(f"pesannya lebih panjang dari {MAX_MESSAGE} huruf")
    to = element.properties["kepada"].strip()
    lane = diagram.lanes.get(to)
    if to == REPORTER or (lane is not None and lane.is_reporter):
        return Message(element.id, text)
    if lane is None:
        raise OperationFailed(f"peran «{to}» tidak ada pada diagram")
    unit = variables.get(lane.unit_variable) if lane.unit_variable else None
    if lane.unit_variable and not unit:
        raise OperationFailed(f"unit penerima, isian «{lane.unit_variable}», masih kosong")
    return Message(element.id, text, lane.name, str(unit or ""))


def _paper(element: Element, title: str, text: str) -> Paper:
    if len(text) > MAX_DOCUMENT:
        raise OperationFailed(f"dokumennya lebih panjang dari {MAX_DOCUMENT} huruf")
    paragraphs = tuple(" ".join(line.split()) for line in text.splitlines())
    return Paper(element.id, " ".join(title.split())[:200], paragraphs, asked_of(element))
