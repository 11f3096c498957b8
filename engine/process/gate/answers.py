"""Made-up answers to a form, valid by its own schema. Knows no diagram."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from itertools import islice, product
from typing import Any

from jsonschema import Draft202012Validator

from engine.process.forms import Form
from engine.process.gate.values import closed_values

MAX_TRIED = 500
MAX_KEPT = 40


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
    for combination in islice(product(*rng_order), MAX_TRIED):
        values = {name: value for name, value in zip(names, combination, strict=True) if value is not None}
        if validator.is_valid(values):
            short = {name: values[name] for name in names if name in read and name in values}
            kept += [short] if short not in kept else []
        if len(kept) >= MAX_KEPT:
            break
    return kept


def _candidates(form: Form, name: str, read: bool, literals: Sequence[Any]) -> list[Any]:
    field = form.properties[name]
    if not read:
        return [made_up(field)]
    closed = closed_values(field)
    if closed is not None:
        found = list(closed)
    else:
        kind = int if field.get("type") == "integer" else str if field.get("type") == "string" else None
        found = [made_up(field)]
        for each in literals:
            if kind is not None and isinstance(each, kind) and not isinstance(each, bool):
                found += [each, each - 1, each + 1] if isinstance(each, int) else [each]
    found += [] if name in form.schema.get("required", []) else [None]
    return [each for index, each in enumerate(found) if each not in found[:index]]
