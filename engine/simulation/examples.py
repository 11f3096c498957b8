"""Made-up answers to a form as they would be typed, so that nobody tries a diagram with real people's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.process.forms import Choice, Form, Tables
from engine.process.gate.answers import made_up


def example(form: Form, tables: Tables, start: Mapping[str, Any] | None = None) -> dict[str, list[str]]:
    """Texts that fit the form, by field; values in `start` stay. Without a fitting answer what comes nearest."""
    typed: dict[str, list[str]] = {}
    for name in form.properties:
        before = (start or {}).get(name)
        known = before if isinstance(before, list) else [before]
        typed[name] = [str(each) for each in known] if before is not None else _typed(form, name, typed, tables)
    wrong = form.clean(typed, tables).errors
    if wrong:  # most often a field that another answer rules out
        required = form.schema.get("required", [])
        less = {name: texts for name, texts in typed.items() if name not in wrong or name in required}
        typed = less if len(form.clean(less, tables).errors) < len(wrong) else typed
    return {name: texts for name, texts in typed.items() if texts}


def _typed(form: Form, name: str, typed: Mapping[str, Sequence[str]], tables: Tables) -> list[str]:
    schema = form.properties[name]
    if "x-lampiran" in schema:
        return ["contoh.pdf"] if name in form.schema.get("required", []) else []
    if "x-pilihan" in schema:
        return [each.value for each in _fitting(schema, typed, tables)][: schema.get("minItems", 1)]
    if schema.get("type") == "boolean" and name not in form.schema.get("required", []):
        return []  # what is ticked leads aside from the usual way
    if schema.get("type") == "string" and not {"oneOf", "enum", "const"} & schema.keys():
        return [_sentence(schema, name)]
    value = made_up(schema)
    if isinstance(value, list):
        return [str(each) for each in value]
    return ["1" if value is True else str(value)]


def _fitting(schema: Mapping[str, Any], typed: Mapping[str, Sequence[str]], tables: Tables) -> list[Choice]:
    above = typed.get(schema["x-pilihan"].get("tergantung", ""), ())
    choices = tables.get(schema["x-pilihan"]["tabel"], ())
    return [each for each in choices if not above or each.parent in (None, above[0])]


def _sentence(schema: Mapping[str, Any], name: str) -> str:
    """ "Contoh judul aduan.", as long as the field asks for and allows."""
    text = f"Contoh {str(schema.get('title', name)).lower()}."
    while len(text) < schema.get("minLength", 0):
        text += " Contoh."
    return text[: schema.get("maxLength", len(text))]
