"""Random answers that a form accepts, made from its schema alone and typed as a page would send them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from engine.process.forms import Form, Tables

TRIES = 50
_WORDS = ("uang", "sampul", "rapor", "atap", "bocor", "guru", "kelas", "meja", "buku", "seragam", "antre", "surat")


def answers(form: Form, tables: Tables, rng: random.Random) -> dict[str, Any]:
    """Values as the form has cleaned them; fields that are not required are left out now and then."""
    for _ in range(TRIES):
        posted: dict[str, list[str]] = {}
        for name in form.properties:
            posted[name] = _typed(form, name, posted, tables, rng)
        cleaned = form.clean(posted, tables)
        if not cleaned.errors:
            return cleaned.values
    raise AssertionError(f"no answer fits {form.key}: {cleaned.errors}")


def _typed(form: Form, name: str, posted: Mapping[str, list[str]], tables: Tables, rng: random.Random) -> list[str]:
    field = form.properties[name]
    if "x-lampiran" in field or (name not in form.schema.get("required", []) and rng.random() < 0.35):
        return []
    if "x-pilihan" in field:
        above = posted.get(field["x-pilihan"].get("tergantung"), [])
        fitting = [each for each in tables[field["x-pilihan"]["tabel"]] if not above or each.parent in (None, above[0])]
        if field["type"] == "array":
            most = min(field.get("maxItems", 3), len(fitting))
            return [each.value for each in rng.sample(fitting, rng.randint(field.get("minItems", 1), most))]
        return [rng.choice(fitting).value]
    if "oneOf" in field:
        return [rng.choice(field["oneOf"])["const"]]
    if field["type"] == "boolean":
        return ["1"] if rng.random() < 0.6 else []
    if field["type"] == "integer":
        return [str(_number(field, rng))]
    if field["type"] == "array":
        return [_text(rng) for _ in range(rng.randint(field.get("minItems", 1), field.get("maxItems", 3)))]
    return [_text(rng)]


def _number(field: Mapping[str, Any], rng: random.Random) -> int:
    low, high = field.get("minimum", 0), field.get("maximum", 100)
    return rng.choice((low, high, rng.randint(low, high)))


def _text(rng: random.Random) -> str:
    return " ".join(rng.choices(_WORDS, k=rng.randint(2, 6)))
