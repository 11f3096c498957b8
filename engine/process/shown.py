"""Which fields of a form are shown for what was answered (`x-tampil-bila`). Knows no page and no validator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KEYWORD = "x-tampil-bila"
Schemas = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """Another field of the same form, and the answer it must have."""

    field: str
    value: str | int | bool


def condition_of(schema: Any) -> Condition | None:
    """When a field is shown: `{"isian": name, "nilai": text, whole number or true}`. None: always."""
    given = schema.get(KEYWORD) if isinstance(schema, dict) else None
    if not isinstance(given, dict) or given.keys() != {"isian", "nilai"}:
        return None
    name, value = given["isian"], given["nilai"]
    return Condition(name, value) if isinstance(name, str) and isinstance(value, (str, int)) else None


def hidden(schemas: Schemas, values: Mapping[str, Any]) -> frozenset[str]:
    """Fields that these answers do not show. What is hidden itself answers nothing, so it hides others in turn."""
    conditions = {name: found for name, schema in schemas.items() if (found := condition_of(schema)) is not None}
    away: set[str] = set()
    while True:
        more = {name for name, asked in conditions.items() if asked.field in away or not _met(asked, values)} - away
        if not more:
            return frozenset(away)
        away |= more


def _met(asked: Condition, values: Mapping[str, Any]) -> bool:
    answer = values.get(asked.field)
    return type(answer) is type(asked.value) and answer == asked.value  # 1 is not true


def condition_messages(schemas: Schemas, required: Any) -> Iterator[tuple[str, str]]:
    """Name of a field and what is wrong with when it is shown."""
    for name, schema in schemas.items():
        if not isinstance(schema, dict) or KEYWORD not in schema:
            continue
        asked = condition_of(schema)
        if asked is None:
            yield name, f"{KEYWORD} harus memuat «isian» dan «nilai» (teks, bilangan bulat, atau true)."
        elif asked.field not in schemas:
            yield name, f"tampil bila isian «{asked.field}», yang tidak ada."
        elif _circular(name, schemas):
            yield name, "tampil bila isian yang menunggu isian ini sendiri, sehingga tidak pernah tampil."
        elif not _possible(asked, schemas[asked.field]):
            yield name, f"tampil bila «{asked.field}» berisi «{_told(asked.value)}», yang tidak dapat dipilih di sana."
        elif name in required:
            yield name, f"wajib walaupun tidak selalu tampil. Wajibkan hanya bila «{asked.field}» berisi nilai itu."


def _circular(name: str, schemas: Schemas) -> bool:
    seen = {name}
    asked = condition_of(schemas[name])
    while asked is not None and asked.field in schemas:
        if asked.field in seen:
            return asked.field == name
        seen.add(asked.field)
        asked = condition_of(schemas[asked.field])
    return False


def _possible(asked: Condition, other: Mapping[str, Any]) -> bool:
    """Whether the other field can have that answer at all. A box that is not ticked answers nothing, never false."""
    kinds: dict[str, type] = {"string": str, "integer": int, "boolean": bool}
    if type(asked.value) is not kinds.get(other.get("type", "")) or asked.value is False:
        return False
    listed = [each.get("const") for each in other.get("oneOf", [])] or other.get("enum") or [asked.value]
    least, most = other.get("minimum", asked.value), other.get("maximum", asked.value)
    return asked.value in listed and (not isinstance(asked.value, int) or least <= asked.value <= most)


def _told(value: str | int | bool) -> str:
    return "ya" if value is True else "tidak" if value is False else str(value)
