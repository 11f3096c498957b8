"""Which values a variable can have, and so which conditions can hold. Knows no flow beyond one gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Any

from engine.process.diagram import Diagram, Element, Flow
from engine.process.expressions import Expression, ExpressionError, parse
from engine.process.forms import Form
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.graph import CHOICES
from engine.process.grammar import meant

MAX_COMBINATIONS = 2_000
MAX_CLOSED = 100  # values of an integer field that are tried one by one


def closed_values(field: Mapping[str, Any]) -> list[Any] | None:
    """Every value that a filled-in field can have; None when they cannot be listed."""
    if "const" in field:
        return [field["const"]]
    if "enum" in field:
        return list(field["enum"])
    if "oneOf" in field:
        constants = [each.get("const") for each in field["oneOf"]]
        return constants if all(each is not None for each in constants) else None
    if field.get("type") == "boolean":
        return [True, False]
    low, high = field.get("minimum"), field.get("maximum")
    if field.get("type") == "integer" and isinstance(low, int) and isinstance(high, int) and high - low < MAX_CLOSED:
        return list(range(low, high + 1))
    return None


def domain(name: str, forms: Mapping[str, Form], assigned: frozenset[str]) -> list[Any] | None:
    """Every value that variable `name` can have, None for 'not filled in' among them; None when open."""
    if name in assigned:
        return None
    found: list[Any] = []
    for form in forms.values():
        if name in form.properties:
            values = closed_values(form.properties[name])
            if values is None:
                return None
            found += values
            # A check box left empty and an optional field reach the diagram as 'not filled in'.
            found += [] if name in form.schema.get("required", []) else [None]
    return [each for index, each in enumerate(found) if each not in found[:index]] or None


def samples(name: str, forms: Mapping[str, Form], assigned: frozenset[str], literals: Sequence[Any]) -> list[Any]:
    """Values to try a variable with when they cannot all be listed."""
    closed = domain(name, forms, assigned)
    if closed is not None:
        return closed
    fields = [(form, form.properties[name]) for form in forms.values() if name in form.properties]
    found: list[Any] = []
    for form, field in fields:
        found += {"integer": [field.get("minimum", 1), 7], "array": [["contoh"]]}.get(field.get("type", ""), ["contoh"])
        found += [] if name in form.schema.get("required", []) else [None]
        wanted = int if field.get("type") == "integer" else str
        found += [each for each in literals if isinstance(each, wanted) and not isinstance(each, bool)]
    return found


def condition_findings(diagram: Diagram, forms: Mapping[str, Form], assigned: frozenset[str]) -> Iterator[Finding]:
    """Conditions that no choice can meet, that fail on some answer, or that hold together with another."""
    for gateway in diagram.elements.values():
        if gateway.kind not in CHOICES:
            continue
        outgoing = [flow for flow in diagram.outgoing(gateway.id) if flow.id != gateway.default and flow.condition]
        parsed = [(flow, expression) for flow in outgoing if (expression := _parsed(flow)) is not None]
        for flow, expression in parsed:
            yield from _of_condition(flow, expression, forms, assigned)
        if gateway.kind == "exclusiveGateway":
            yield from _together(gateway, parsed, forms, assigned)


def _of_condition(
    flow: Flow, expression: Expression, forms: Mapping[str, Form], assigned: frozenset[str]
) -> Iterator[Finding]:
    if not expression.names:
        yield warning(
            f"Syarat «{flow.name or flow.id}» tidak membaca isian apa pun; hasilnya selalu sama.", flow.id, flow.name
        )
    names = sorted(expression.names - assigned)
    if any(not any(name in form.properties for form in forms.values()) for name in names):
        return  # said already
    results: set[bool] = set()
    for combination in _combinations(expression, names, forms, assigned):
        try:
            results.add(bool(expression.value(combination)))
        except ExpressionError as wrong:
            if not assigned & expression.names:
                yield error(f"Syarat «{flow.name or flow.id}»: {wrong.message} Wajibkan isiannya, atau tambahkan "
                            "`not kosong(...) and`.", flow.id, flow.name)  # fmt: skip
            return
    domains = [domain(name, forms, assigned) for name in sorted(expression.names)]
    listed = all(each is not None for each in domains)
    complete = listed and prod(len(each or ()) for each in domains) <= MAX_COMBINATIONS
    if names and complete and True not in results:
        yield error(f"Syarat «{flow.name or flow.id}» tidak dapat dipenuhi pilihan mana pun pada formulir."
                    f"{_choices(expression, forms, assigned)}", flow.id, flow.name)  # fmt: skip


def _choices(expression: Expression, forms: Mapping[str, Form], assigned: frozenset[str]) -> str:
    known = [
        str(each)
        for name in sorted(expression.names)
        for each in domain(name, forms, assigned) or []
        if each is not None
    ]
    strange = [each for each in expression.literals if isinstance(each, str) and each not in known]
    hint = meant(strange[0], known) if strange else ""
    return f" Pilihannya: {', '.join(known[:10])}.{hint}" if known else ""


def _together(
    gateway: Element, parsed: list[tuple[Flow, Expression]], forms: Mapping[str, Form], assigned: frozenset[str]
) -> Iterator[Finding]:
    for index, (first, one) in enumerate(parsed):
        for second, other in parsed[index + 1 :]:
            names = sorted(one.names | other.names)
            if any(domain(name, forms, assigned) is None for name in names):
                continue
            for combination in _combinations(one, names, forms, assigned):
                if _holds(one, combination) and _holds(other, combination):
                    shown = ", ".join(f"{name} = {value}" for name, value in combination.items())
                    yield warning(f"Pada gerbang «{gateway.label}» syarat «{first.name or first.id}» dan "
                                  f"«{second.name or second.id}» bisa sama-sama benar ({shown}). Buat satu saja.",
                                  gateway.id, gateway.name)  # fmt: skip
                    break


def _combinations(
    expression: Expression, names: Sequence[str], forms: Mapping[str, Form], assigned: frozenset[str]
) -> Iterator[dict[str, Any]]:
    values = [samples(name, forms, assigned, expression.literals) or [None] for name in names]
    for combination in islice(product(*values), MAX_COMBINATIONS):
        yield dict(zip(names, combination, strict=True))


def _holds(expression: Expression, combination: Mapping[str, Any]) -> bool:
    try:
        return bool(expression.value(combination))
    except ExpressionError:
        return False


def _parsed(flow: Flow) -> Expression | None:
    try:
        return parse(flow.condition or "")
    except ExpressionError:
        return None
