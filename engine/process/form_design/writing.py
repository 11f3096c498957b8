"""A form's design written back as JSON Schema: what did not change stays as it stood, character by character."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from engine.process.form_design.design import (
    CHOICE,
    FILES,
    LONG,
    NUMBER,
    SCALE,
    TABLE,
    TEXT,
    YES_NO,
    FieldDesign,
    FormDesign,
    Option,
    settled,
)
from engine.process.form_design.reading import design_of, rules_of
from engine.process.shown import KEYWORD

_TYPES = {NUMBER: "integer", SCALE: "integer", YES_NO: "boolean", FILES: "array"}  # all others are texts
# What makes a field the kind it is. Another kind begins without them.
_OF_KIND = ("type", "minLength", "maxLength", "minimum", "maximum", "oneOf", "enum", "const", "format", "items",
            "minItems", "maxItems", "uniqueItems", "default", "examples", "x-pilihan", "x-lampiran")  # fmt: skip


def schema_of(design: FormDesign) -> dict[str, Any]:
    """The JSON Schema of a design. Names of its fields are unique; `base` is a schema that `design_of` reads."""
    base = _before(design)
    old = design_of(base)
    before = {each.name: each for each in old.fields}
    schema = dict(base)
    _put_text(schema, "title", old.title, design.title)
    _put_text(schema, "description", old.description, design.description)
    fields = base.get("properties", {})
    written = {one.name: _field(one, fields.get(one.name, {}), before.get(one.name)) for one in design.fields}
    _put_order(schema, written, old, design)
    _put_rules(schema, written, before, design)
    return schema


def _before(design: FormDesign) -> dict[str, Any]:
    """The schema it was made from, without the fields that are gone, the others by the names they now have."""
    origins = {each.origin: each.name for each in design.fields if each.origin is not None}
    base = dict(design.base)
    gone = set(base.get("properties", {})) - set(origins)
    if gone:
        base["properties"] = {name: each for name, each in base["properties"].items() if name not in gone}
        for key in ("required", "x-urutan"):
            base |= {key: [name for name in base[key] if name not in gone]} if key in base else {}
        _put(base, "allOf", _without(base, gone) or None)
    renamed = {old: new for old, new in origins.items() if old != new}
    found = _rename(base, renamed) if renamed else base
    return cast("dict[str, Any]", found)


def _rename(schema: Any, renamed: Mapping[Any, str], key: str = "") -> Any:
    """The same schema with other names of fields, wherever it speaks of them."""
    if isinstance(schema, dict):
        if key == "properties":
            return {renamed.get(name, name): _rename(each, renamed) for name, each in schema.items()}
        return {name: _rename(each, renamed, name) for name, each in schema.items()}
    if isinstance(schema, list):
        named = key in ("required", "x-urutan")
        return [renamed.get(each, each) if named and isinstance(each, str) else _rename(each, renamed)
                for each in schema]  # fmt: skip
    return renamed.get(schema, schema) if key in ("tergantung", "isian") and isinstance(schema, str) else schema


def _put(schema: dict[str, Any], key: str, value: Any) -> None:
    """Set a keyword, or take it away when there is nothing to say."""
    if value in (None, "", False, {}):
        schema.pop(key, None)
    else:
        schema[key] = value


def _put_text(schema: dict[str, Any], key: str, old: str, new: str) -> None:
    if _words(old) != _words(new):  # a browser changes white space that no page shows, and nobody means it
        _put(schema, key, new)


def _words(text: str) -> list[str]:
    return text.split()


def _field(one: FieldDesign, base: Mapping[str, Any], old: FieldDesign | None) -> dict[str, Any]:
    one = settled(one)
    schema = dict(base) if old is not None else {}
    old = old or FieldDesign(one.name, kind="")
    _put_text(schema, "title", old.label, one.label)
    _put_text(schema, "description", old.help, one.help)
    if _family(one.kind) != _family(old.kind):
        for key in _OF_KIND:
            schema.pop(key, None)
        schema["type"] = _TYPES.get(one.kind, "string")
        if one.kind == FILES:
            schema["items"] = {"type": "string"}
        old = replace(old, kind="", low=None, high=None, choices=(), table="", file_kinds=(), file_mb=None)
    _put_limits(schema, one, old)
    _put_sources(schema, one, old)
    _put_meaning(schema, one, old)
    return schema


def _family(kind: str) -> str:
    """Kinds that differ in their limits alone."""
    return {LONG: TEXT, SCALE: NUMBER}.get(kind, kind)


def _put_limits(schema: dict[str, Any], one: FieldDesign, old: FieldDesign) -> None:
    names = {TEXT: ("minLength", "maxLength"), NUMBER: ("minimum", "maximum"), FILES: ("", "maxItems")}
    low, high = names.get(_family(one.kind), ("", ""))
    for key, value, was in ((low, one.low, old.low), (high, one.high, old.high)):
        if key and value != was:
            schema.pop(key, None)
            schema.update({} if value is None else {key: value})


def _put_sources(schema: dict[str, Any], one: FieldDesign, old: FieldDesign) -> None:
    if one.kind == CHOICE and (one.choices != old.choices or not old.kind):
        schema["oneOf"] = [_option(each) for each in one.choices]
    if one.kind == TABLE and (one.table, one.depends_on) != (old.table, old.depends_on):
        source = {**schema.get("x-pilihan", {}), "tabel": one.table}
        _put(source, "tergantung", one.depends_on)
        schema["x-pilihan"] = source
    if one.kind == FILES and (one.file_kinds, one.file_mb, one.kind) != (old.file_kinds, old.file_mb, old.kind):
        source = {**schema.get("x-lampiran", {}), "jenis": list(one.file_kinds)}
        _put(source, "ukuran_mb", one.file_mb)
        schema["x-lampiran"] = source


def _option(one: Option) -> dict[str, str]:
    return {"const": one.code, "title": one.title} if one.title else {"const": one.code}


def _put_meaning(schema: dict[str, Any], one: FieldDesign, old: FieldDesign) -> None:
    if one.column != old.column:
        _put(schema, "x-kasus", one.column)
    if one.start != old.start:
        _put(schema, "x-awal", one.start)
    if one.personal != old.personal:
        _put(schema, "x-pribadi", one.personal)
    if _readers(one) != _readers(old):
        _put(schema, "x-terlihat", None if one.readers is None else list(one.readers))
    if {key: _words(told) for key, told in one.messages.items()} != {
        key: _words(told) for key, told in old.messages.items()
    }:
        before = schema.get("x-pesan")
        rest = (
            {key: told for key, told in before.items() if key not in old.messages} if isinstance(before, dict) else {}
        )
        _put(schema, "x-pesan", rest | dict(one.messages))


def _readers(one: FieldDesign) -> frozenset[str] | None:
    return None if one.readers is None else frozenset(one.readers)


def _put_order(schema: dict[str, Any], written: dict[str, Any], old: FormDesign, design: FormDesign) -> None:
    names = [each.name for each in design.fields]
    if names == [each.name for each in old.fields]:
        if "properties" in schema or names:
            schema["properties"] = {name: written[name] for name in schema.get("properties", names)}
        return
    schema["properties"] = written
    schema["x-urutan"] = names


def _put_rules(
    schema: dict[str, Any], written: dict[str, Any], before: Mapping[str, FieldDesign], design: FormDesign
) -> None:
    """Required and shown when: of a field that changed in this the old rules go and the new ones come."""
    changed = [one for one in design.fields if one.name not in before or _asked(one) != _asked(before[one.name])]
    away = {each.name for each in changed}
    required = [name for name in schema.get("required", []) if name not in away]
    rules = _without(schema, away)
    for one in changed:
        written[one.name].pop(KEYWORD, None)
        if one.shown_when is not None:
            name, value = one.shown_when.field, one.shown_when.value
            written[one.name][KEYWORD] = {"isian": name, "nilai": value}
            asked = {"properties": {name: {"const": value}}, "required": [name]}
            rules += [{"if": asked, "then": {"required": [one.name]}}] if one.required else []
        elif one.required:
            required.append(one.name)
    if required != schema.get("required", []):
        schema["required"] = required
    if rules != schema.get("allOf", []):
        _put(schema, "allOf", rules or None)


def _asked(one: FieldDesign) -> tuple[Any, ...]:
    asked = one.shown_when
    return (one.required, asked and (asked.field, type(asked.value), asked.value))  # 1 is not true


def _without(schema: Mapping[str, Any], away: set[str]) -> list[Any]:
    """The rules of `allOf` that require something of other fields."""
    left = []
    for rule, (condition, names) in zip(schema.get("allOf", []), rules_of(schema), strict=True):
        if condition is None or away.isdisjoint(names):
            left.append(rule)
        elif still := [name for name in names if name not in away]:
            left.append({**rule, "then": {"required": still}})
    return left
