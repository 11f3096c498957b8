"""Decision tables of business rule tasks: cells, types, rows that meet or leave a gap. Knows no flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from math import prod
from typing import Any

from lxml import etree

from engine.process.decisions import DecisionTable, TableError, cell_messages, read_table
from engine.process.diagram import BPMN, SPIFF, Diagram, Element
from engine.process.expressions import ExpressionError, parse, storable
from engine.process.forms import Form
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.values import MAX_COMBINATIONS, domain, samples

MAX_TRIED = 40_000  # rows times combinations: a second of computing at most
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "boolean": (bool,), "integer": (int,), "long": (int,), "number": (int, float),
    "double": (int, float),
}  # fmt: skip
_SAID = {str: "teks", bool: "ya atau tidak", int: "bilangan bulat", float: "bilangan"}


def table_findings(root: etree._Element, diagram: Diagram) -> Iterator[Finding]:
    """Business rule tasks without a table that can be read, and cells that are no expressions."""
    for task in root.iter(f"{BPMN}businessRuleTask"):
        element = diagram.elements.get(task.get("id", ""))
        if element is None:
            continue
        for key in element.properties:
            yield warning(f"Properti «{key}» pada «{element.label}» tidak dibaca.", element.id, element.name)
        if any(str(each.tag).startswith(SPIFF) and "calledDecision" in str(each.tag) for each in task.iter()):
            continue  # the extension is refused by its name already
        try:
            messages = [*cell_messages(read_table(task))]
        except TableError as wrong:
            messages = [str(wrong)]
        yield from (_about(element, each) for each in messages)


def decision_findings(diagram: Diagram, forms: Mapping[str, Form], assigned: frozenset[str]) -> Iterator[Finding]:
    """Answers of another type, and what people could enter for which no row holds, or several."""
    for element in diagram.elements.values():
        table = element.decision
        if table is None:
            continue
        yield from (_about(element, each) for each in _types(table))
        names = sorted(table.asked)
        if any(not _known(name, forms, assigned) for name in names):
            continue  # told where variables are looked at
        yield from _rows(element, table, forms, assigned)


def _known(name: str, forms: Mapping[str, Form], assigned: frozenset[str]) -> bool:
    return name in assigned or any(name in form.properties for form in forms.values())


def _types(table: DecisionTable) -> Iterator[str]:
    for number, column, text, answer in table.cells():
        if not answer or parse(text).names:
            continue
        try:
            value = storable(parse(text).value({}))
        except ExpressionError as wrong:
            yield f"baris {number}, kolom «{column.title}»: {wrong.message}"
            continue
        if column.type not in _TYPES:
            continue
        if not isinstance(value, _TYPES[column.type]) or (isinstance(value, bool) and column.type != "boolean"):
            yield (f"baris {number}, kolom «{column.title}»: {text} bukan {_SAID[_TYPES[column.type][-1]]}. "
                   "Teks ditulis dalam tanda petik.")  # fmt: skip


def _rows(
    element: Element, table: DecisionTable, forms: Mapping[str, Form], assigned: frozenset[str]
) -> Iterator[Finding]:
    names = sorted(table.asked)
    literals = _literals(table)
    domains = [domain(name, forms, assigned) for name in names]
    listed = [each for each in domains if each is not None]
    tried = min(MAX_COMBINATIONS, MAX_TRIED // len(table.rules))
    complete = len(listed) == len(domains) and prod(map(len, listed)) <= tried
    values = [samples(name, forms, assigned, literals) or literals or [None] for name in names]
    found: dict[str, Finding] = {}
    for combination in islice(product(*values), tried):
        given = dict(zip(names, combination, strict=True))
        wrong = _tried(element, table, given, complete)
        if wrong is not None:
            found.setdefault(wrong[0], wrong[1])
    yield from found.values()


def _tried(
    element: Element, table: DecisionTable, given: Mapping[str, Any], complete: bool
) -> tuple[str, Finding] | None:
    """What goes wrong on these values: a sort of which the first is told, and the finding."""
    shown = ", ".join(f"{name} {'kosong' if value is None else f'= {value}'}" for name, value in given.items())
    try:
        rows = table.matching(given)
    except ExpressionError as wrong:
        message = f"untuk {shown} tidak dapat dihitung: {wrong.message}"
        return "failed", _about(element, message) if complete else _doubt(element, message)
    if not rows:
        message = f"tidak memuat baris untuk {shown}. Tambahkan baris; sel kosong berarti apa saja."
        return "none", _about(element, message) if complete else _doubt(element, message)
    if len(rows) > 1 and table.policy == "UNIQUE":
        numbers = " dan ".join(str(each + 1) for each in rows[:2])
        message = f"memuat baris {numbers} yang sama-sama berlaku untuk {shown}. Buat satu saja, atau pakai FIRST."
        return f"both {numbers}", _about(element, message)
    return None


def _literals(table: DecisionTable) -> list[Any]:
    found: list[Any] = []
    for _, _, text, answer in table.cells():
        try:
            found += [] if answer or text in ("", "-") else parse(text.lstrip("=!<> ").removeprefix("in ")).literals
        except ExpressionError:
            continue
    return [each for index, each in enumerate(found) if each not in found[:index]]


def _about(element: Element, message: str) -> Finding:
    return error(f"Tabel keputusan «{element.label}» {message}", element.id, element.name)


def _doubt(element: Element, message: str) -> Finding:
    return warning(f"Tabel keputusan «{element.label}» {message}", element.id, element.name)
