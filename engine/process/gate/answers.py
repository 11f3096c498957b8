"""Made-up answers to a form, valid by its own schema. Knows no diagram."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Any

from jsonschema import Draft202012Validator

from engine.process.forms import Form
from engine.process.gate.values import closed_values
from engine.process.shown import hidden

MAX_TRIED = 500
MAX_KEPT = 40
MANY = 12  # a range of more numbers is tried at its ends and around what the diagram compares with
RETRIES = 2  # a value may be refused because of what stands beside it


def made_up(field: Mapping[str, Any]) -> Any:
    """A value that fits a field."""
    closed = closed_values(field)
    if closed:
        return closed[0]
    kind = field.get("type")
    if kind == "integer":
        return int(field.get("minimum", min(1, field.get("maximum", 1))))
    if kind == "array":
        inner = field.get("items", {})
        return [_numbered(inner, index) for index in range(max(1, field.get("minItems", 1)))]
    return ("contoh" * (1 + field.get("minLength", 0) // 6))[: field.get("maxLength", None)]


def _numbered(inner: Mapping[str, Any], index: int) -> Any:
    closed = closed_values(inner)
    if closed:
        return closed[index % len(closed)]
    return index if inner.get("type") == "integer" else f"contoh {index + 1}"


def answers(form: Form, read: Collection[str], literals: Sequence[Any], rng: random.Random) -> list[dict[str, Any]]:
    """Different ways to answer `form`, as values of the variables `read`; empty when it cannot be answered."""
    names = list(form.properties)
    choices = [_candidates(form, name, name in read, literals) for name in names]
    rng_order = [rng.sample(each, len(each)) for each in choices]
    validator = Draft202012Validator(form.schema)
    kept: list[dict[str, Any]] = []
    for combination in islice(_combinations(rng_order, rng), MAX_TRIED):
        values = {name: value for name, value in zip(names, combination, strict=True) if value is not None}
        away = hidden(form.properties, values)
        values = {name: value for name, value in values.items() if name not in away}
        if validator.is_valid(values):
            short = {name: values[name] for name in names if name in read and name in values}
            kept += [short] if short not in kept else []
        if len(kept) >= MAX_KEPT:
            break
    return kept


def _combinations(choices: Sequence[Sequence[Any]], rng: random.Random) -> Iterator[Sequence[Any]]:
    """Every combination when there are few; else each value of each field in turn among random others, without end."""
    if prod(map(len, choices)) <= MAX_KEPT:
        yield from product(*choices)
        return
    # Fields take turns, so that none of them uses up what may be kept.
    for turn in range(max(map(len, choices))):
        for index, own in enumerate(choices):
            if turn < len(own):
                for _ in range(RETRIES):
                    yield [own[turn] if at == index else rng.choice(each) for at, each in enumerate(choices)]
    while True:
        yield [rng.choice(each) for each in choices]


def _edges(values: list[Any], literals: Sequence[Any]) -> list[Any]:
    """Of a long range of numbers its ends and what the diagram compares with; other lists stay whole."""
    if len(values) <= MANY or not all(type(each) is int for each in values):
        return values
    near = {each + by for each in literals if type(each) is int for by in (-1, 0, 1)}
    return [each for each in values if each in near or each in (values[0], values[-1])]


def _candidates(form: Form, name: str, read: bool, literals: Sequence[Any]) -> list[Any]:
    field = form.properties[name]
    if not read:
        return [made_up(field)]
    closed = closed_values(field)
    if closed is not None:
        found = _edges(list(closed), literals)
    else:
        kind = int if field.get("type") == "integer" else str if field.get("type") == "string" else None
        found = [made_up(field)]
        for each in literals:
            if kind is not None and isinstance(each, kind) and not isinstance(each, bool):
                found += [each, each - 1, each + 1] if isinstance(each, int) else [each]
    found += [] if name in form.schema.get("required", []) else [None]
    return [each for index, each in enumerate(found) if each not in found[:index]]
