"""From the JSON Schema of a form to its design. Knows no page and no gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.process.form_design.design import (
    CHOICE,
    FILES,
    LONG,
    NUMBER,
    OTHER,
    SCALE,
    TABLE,
    TABLES,
    TEXT,
    YES_NO,
    FieldDesign,
    FormDesign,
    NotShowable,
    Option,
    is_scale,
)
from engine.process.forms import LONG_TEXT, Form
from engine.process.shown import KEYWORD, Condition, condition_of


def design_of(schema: Any) -> FormDesign:
    """The design of a form. Raises NotShowable when its fields cannot be told apart."""
    if not isinstance(schema, dict) or not isinstance(schema.get("properties", {}), dict):
        raise NotShowable("Isian formulir ini tidak tersusun sebagai objek «properties».")
    if not all(isinstance(each, dict) for each in schema.get("properties", {}).values()):
        raise NotShowable("Salah satu isian formulir ini bukan objek JSON.")
    lists = [schema.get(key, []) for key in ("required", "x-urutan")]
    if not all(isinstance(each, list) and all(isinstance(name, str) for name in each) for each in lists):
        raise NotShowable("«required» dan «x-urutan» harus berupa daftar nama isian.")
    if not isinstance(schema.get("allOf", []), list):
        raise NotShowable("«allOf» harus berupa daftar aturan.")
    fields = tuple(_field(name, each, schema) for name, each in Form("", schema).properties.items())
    return FormDesign(text_of(schema, "title"), text_of(schema, "description"), fields, schema)


def text_of(schema: Mapping[str, Any], key: str) -> str:
    """A keyword that should be a text."""
    found = schema.get(key)
    return found if isinstance(found, str) else ""


def _field(name: str, schema: Mapping[str, Any], form: Mapping[str, Any]) -> FieldDesign:
    kind = kind_of(schema)
    rules = rules_of(form)
    asked = next((condition for condition, names in rules if condition is not None and name in names), None)
    messages, readers = schema.get("x-pesan"), schema.get("x-terlihat")
    words = {key: told for key, told in messages.items() if isinstance(told, str)} if isinstance(messages, dict) else {}
    listed = isinstance(readers, list) and all(isinstance(each, str) for each in readers)
    return FieldDesign(
        name=name,
        kind=kind,
        label=text_of(schema, "title"),
        help=text_of(schema, "description"),
        origin=name,
        required=name in form.get("required", []) or asked is not None,
        shown_when=condition_of(schema) or asked,
        personal=schema.get("x-pribadi") is True,
        readers=tuple(readers) if listed and isinstance(readers, list) else None,
        start=text_of(schema, "x-awal"),
        column=text_of(schema, "x-kasus"),
        messages=words,
        ruled=any(condition is None and name in names for condition, names in rules),
        **_limits(kind, schema),
    )


def _limits(kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """What only fields of this kind have."""
    if kind in (TEXT, LONG):
        return {"low": schema.get("minLength"), "high": schema.get("maxLength")}
    if kind in (NUMBER, SCALE):
        return {"low": schema.get("minimum"), "high": schema.get("maximum")}
    if kind == CHOICE:
        return {"choices": tuple(Option(each["const"], each.get("title", "")) for each in schema["oneOf"])}
    if kind == TABLE:
        return {"table": schema["x-pilihan"]["tabel"], "depends_on": schema["x-pilihan"].get("tergantung", "")}
    if kind == FILES:
        files = schema["x-lampiran"]
        return {"high": schema.get("maxItems"), "file_kinds": tuple(files.get("jenis", ())),
                "file_mb": files.get("ukuran_mb")}  # fmt: skip
    return {}


def kind_of(schema: Mapping[str, Any]) -> str:
    """What a person calls this sort of field; OTHER when no kind of the list tells all of it."""
    closed = {"oneOf", "x-pilihan", "x-lampiran"} & schema.keys()
    if "enum" in schema or "const" in schema or len(closed) > 1 or not _whole(schema):
        return OTHER
    found = (schema.get("type"), next(iter(closed), ""))
    if found == ("string", ""):
        return LONG if (schema.get("maxLength") or 0) > LONG_TEXT else TEXT
    if found == ("integer", ""):
        return SCALE if is_scale(schema.get("minimum"), schema.get("maximum")) else NUMBER
    if found == ("boolean", ""):
        return YES_NO
    if found == ("string", "oneOf"):
        return CHOICE if _own_choices(schema) else OTHER
    if found == ("string", "x-pilihan"):
        return TABLE if _of_table(schema) else OTHER
    return FILES if found == ("array", "x-lampiran") and _of_files(schema) else OTHER


def _whole(schema: Mapping[str, Any]) -> bool:
    limits = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
    return all(type(schema[each]) is int for each in limits if each in schema)


def _own_choices(schema: Mapping[str, Any]) -> bool:
    given = schema["oneOf"]
    return isinstance(given, list) and all(
        isinstance(each, dict)
        and isinstance(each.get("const"), str)
        and isinstance(each.get("title", ""), str)
        and each.keys() <= {"const", "title"}
        for each in given
    )


def _of_table(schema: Mapping[str, Any]) -> bool:
    source = schema["x-pilihan"]
    return isinstance(source, dict) and source.get("tabel") in TABLES and isinstance(source.get("tergantung", ""), str)


def _of_files(schema: Mapping[str, Any]) -> bool:
    source = schema["x-lampiran"]
    if not isinstance(source, dict) or type(source.get("ukuran_mb", 0)) is not int:
        return False
    kinds = source.get("jenis", [])
    return isinstance(kinds, list) and all(isinstance(each, str) for each in kinds)


Rule = tuple[Condition | None, tuple[str, ...]]


def rules_of(form: Mapping[str, Any]) -> list[Rule]:
    """Each rule of `allOf`: "when this field has that value, these are required". Others: None, and whom they name."""
    return [_rule(each) for each in form.get("allOf", [])]


def _rule(rule: Any) -> Rule:
    if isinstance(rule, dict) and rule.keys() == {"if", "then"}:
        asked, then = rule["if"], rule["then"]
        names = then.get("required") if isinstance(then, dict) and then.keys() == {"required"} else None
        if isinstance(names, list) and isinstance(asked, dict) and asked.keys() == {"properties", "required"}:
            condition = _equals(asked)
            if condition is not None and all(isinstance(each, str) for each in names):
                return condition, tuple(names)
    return None, tuple(_names_in(rule))


def _equals(asked: Mapping[str, Any]) -> Condition | None:
    wanted, present = asked["properties"], asked["required"]
    if not isinstance(wanted, dict) or len(wanted) != 1 or present != list(wanted):
        return None
    ((name, each),) = wanted.items()
    if not isinstance(each, dict) or each.keys() != {"const"}:
        return None
    return condition_of({KEYWORD: {"isian": name, "nilai": each["const"]}})


def _names_in(rule: Any) -> Iterator[str]:
    if isinstance(rule, dict):
        required = rule.get("required")
        yield from (each for each in required if isinstance(each, str)) if isinstance(required, list) else ()
        inner = rule.get("properties")
        yield from inner if isinstance(inner, dict) else ()
        for each in rule.values():
            yield from _names_in(each)
