"""The forms of a diagram: whether each can be read, drawn and answered. Knows no flow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.process.diagram import Diagram
from engine.process.forms import CASE_COLUMNS, Form, form_from
from engine.process.gate.findings import Finding, error, warning
from engine.process.shown import condition_messages

MAX_FORM = 200_000  # characters of the JSON
MAX_FIELDS = 100
MAX_CHOICES = 200
_LIMITS = {"minLength": 10, "maxLength": 20_000, "minItems": 20, "maxItems": 50}  # design: no minimum length above 10
_FORM_KEYWORDS = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "type", "additionalProperties", "required", "properties",
     "allOf", "x-urutan"}
)  # fmt: skip
# What is missing here is missing on purpose: `pattern` lets a form author hang the server, `$ref` fetch from elsewhere.
_FIELD_KEYWORDS = frozenset(
    {"title", "description", "type", "minLength", "maxLength", "minimum", "maximum", "oneOf", "enum", "const", "format",
     "items", "minItems", "maxItems", "uniqueItems", "default", "examples", "$comment", "x-pilihan", "x-lampiran",
     "x-kasus", "x-pribadi", "x-terlihat", "x-awal", "x-pesan", "x-tampil-bila"}
)  # fmt: skip
_RULE_KEYWORDS = frozenset(
    {"if", "then", "else", "required", "properties", "const", "enum", "not", "minLength", "type"}
)
_TYPES = ("string", "integer", "boolean", "array")
_TABLES = ("kategori", "subkategori", "unit")


def read_forms(diagram: Diagram, forms: Mapping[str, Any]) -> tuple[dict[str, Form], list[Finding]]:
    """The readable forms that tasks of the diagram use, by key, and what keeps the others from being read."""
    readable: dict[str, Form] = {}
    findings: list[Finding] = []
    for task in diagram.elements.values():
        key = task.form_key
        if key is None or key not in forms or key in readable:
            continue
        try:
            _check_size(forms[key])
            form = form_from(key, forms[key])
            messages = list(_messages(form, diagram))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as wrong:
            findings.append(error(f"Formulir «{key}» tidak dapat dibaca: {str(wrong)[:300]}", task.id, task.name))
            continue
        findings += [error(f"Formulir «{key}»: {message}", task.id, task.name) for message in messages]
        findings += [warning(f"Formulir «{key}»: {message}", task.id, task.name) for message in _advice(form)]
        if not messages:
            readable[key] = form
    return readable, findings


def _check_size(schema: Any) -> None:
    if isinstance(schema, str):
        raise ValueError(schema)
    if len(json.dumps(schema)) > MAX_FORM:
        raise ValueError(f"lebih besar dari {MAX_FORM} huruf")


def _messages(form: Form, diagram: Diagram) -> Iterator[str]:
    for keyword in sorted(form.schema.keys() - _FORM_KEYWORDS):
        yield f"kata kunci «{keyword}» tidak didukung."
    fields = form.schema.get("properties", {})
    if len(fields) > MAX_FIELDS:
        yield f"memuat {len(fields)} isian; paling banyak {MAX_FIELDS}."
    for name in form.schema.get("required", []):
        if name not in fields:
            yield f"isian wajib «{name}» tidak ada."
    for rule in form.schema.get("allOf", []):
        yield from (f"kata kunci «{keyword}» dalam allOf tidak didukung." for keyword in sorted(_rule_keywords(rule)))
    for name, field in fields.items():
        yield from (f"isian «{name}»: {message}" for message in _field_messages(name, field, fields, diagram))
    for name, message in condition_messages(fields, form.schema.get("required", [])):
        yield f"isian «{name}»: {message}"


def _rule_keywords(rule: Any) -> set[str]:
    found: set[str] = set()
    stack = [rule]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            found |= each.keys() - _RULE_KEYWORDS
            parts = (value.values() if key == "properties" else [value] for key, value in each.items())
            stack.extend(inner for part in parts for inner in part)
    return found


def _field_messages(name: str, field: dict[str, Any], fields: Mapping[str, Any], diagram: Diagram) -> Iterator[str]:
    if not name.isidentifier() or name.startswith("_") or name == "csrf_token":
        yield "nama isian hanya memuat huruf, angka, dan _, tidak diawali _, dan bukan csrf_token."
    for keyword in sorted(field.keys() - _FIELD_KEYWORDS):
        yield f"kata kunci «{keyword}» tidak didukung."
    if field.get("type") not in _TYPES:
        yield f"type harus salah satu dari {', '.join(_TYPES)}."
    yield from _choice_messages(field, fields)
    if field.get("x-kasus", "judul") not in CASE_COLUMNS:
        yield f"x-kasus harus salah satu dari {', '.join(CASE_COLUMNS)}."
    for role in field.get("x-terlihat", []):
        if role not in diagram.lanes:
            yield f"x-terlihat menyebut peran «{role}» yang tidak ada."
    yield from _limit_messages(field)


def _limit_messages(field: dict[str, Any]) -> Iterator[str]:
    for keyword, limit in _LIMITS.items():
        if field.get(keyword, 0) > limit:
            yield f"{keyword} paling banyak {limit}."
    for keyword in ("oneOf", "enum", "x-terlihat"):
        if len(field.get(keyword, [])) > MAX_CHOICES:
            yield f"{keyword} memuat lebih dari {MAX_CHOICES} pilihan; pakai tabel."
    for low, high in (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems")):
        if low in field and high in field and field[low] > field[high]:
            yield f"{low} lebih besar dari {high}."


def _choice_messages(field: dict[str, Any], fields: Mapping[str, Any]) -> Iterator[str]:
    source = field.get("x-pilihan")
    if source is None:
        return
    if source["tabel"] not in _TABLES:
        yield f"tabel «{source['tabel']}» tidak dikenal. Yang ada: {', '.join(_TABLES)}."
    if "tergantung" in source and source["tergantung"] not in fields:
        yield f"tergantung pada isian «{source['tergantung']}» yang tidak ada."


def _advice(form: Form) -> Iterator[str]:
    unknown = [name for name in form.schema.get("x-urutan", []) if name not in form.properties]
    if unknown:
        yield f"x-urutan menyebut isian yang tidak ada: {', '.join(map(str, unknown))}."
    if form.schema.get("type") == "object" and not form.schema.get("title"):
        yield "belum diberi judul (title)."
