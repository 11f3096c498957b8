"""What differs in the forms of two versions: which there are, their fields, what a field asks for. Knows no flow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.process.diff.change import Change, Subject
from engine.process.diff.field_rules import field_rules
from engine.process.diff.normal import prose
from engine.process.diff.pairing import Pairs
from engine.process.diff.requirements import asked, requirement_changes
from engine.process.diff.side import Side
from engine.process.diff.words import listed
from engine.process.shown import KEYWORD, condition_of

_TOLD = {"title", "description", "properties", "required", "allOf", "x-urutan", "$schema", "$id", "$comment"}


@dataclass(frozen=True)
class Shape:
    """A form as far as it can be read; whatever is no form has no fields."""

    key: str
    schema: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.schema.get("title") or self.key)

    @property
    def fields(self) -> dict[str, Mapping[str, Any]]:
        """Fields in the order of the page."""
        known = self.schema.get("properties")
        known = known if isinstance(known, dict) else {}
        wanted = self.schema.get("x-urutan")
        first = [each for each in wanted if isinstance(each, str) and each in known] if isinstance(wanted, list) else []
        return {name: known[name] if isinstance(known[name], dict) else {} for name in dict.fromkeys([*first, *known])}

    @property
    def required(self) -> frozenset[str]:
        """Fields that must be filled in."""
        found = self.schema.get("required")
        return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()

    def label(self, name: str) -> str:
        """What people call a field."""
        return str(self.fields.get(name, {}).get("title") or name)


def form_changes(old: Side, new: Side, pairs: Pairs) -> Iterator[Change]:
    """Forms that tasks use: added, removed, changed; a form whose key was changed is the same form."""
    keys = _keys(old, new, pairs)
    back = {now: before for before, now in keys.items()}
    for key, (element, schema) in new.forms.items():
        if key in back:
            yield from _of_form(element, (back[key], old.forms[back[key]][1]), (key, schema), pairs)
        else:
            shape = _shape(key, schema)
            subject = Subject(element, f"Formulir {shape.title}")
            yield subject.came("form", "formulir", key, f"Formulir baru {_with_fields(shape)}")
    for key, (element, schema) in old.forms.items():
        if key not in keys:
            shape = _shape(key, schema)
            task = pairs.elements.get(element, element)
            subject = Subject(task, f"Formulir {shape.title}")
            yield subject.went("form", "formulir", key, f"Formulir {_with_fields(shape)} tidak dipakai lagi")


def _with_fields(shape: Shape) -> str:
    fields = listed([shape.label(name) for name in shape.fields])
    return f"«{shape.title}»" + (f" dengan isian {fields}" if fields else "")


def _keys(old: Side, new: Side, pairs: Pairs) -> dict[str, str]:
    found = {key: key for key in old.forms if key in new.forms}
    for before, now in pairs.elements.items():
        one, other = old.diagram.elements[before].form_key, new.diagram.elements[now].form_key
        fresh = one not in found and one not in new.forms and other not in found.values() and other not in old.forms
        if one and other and fresh:
            found[one] = other
    return found


def _shape(key: str, schema: Any) -> Shape:
    return Shape(key, schema if isinstance(schema, dict) else {})


def _of_form(element: str, before: tuple[str, Any], now: tuple[str, Any], pairs: Pairs) -> Iterator[Change]:
    old, new = _shape(*before), _shape(*now)
    form = Subject(element, f"Formulir {new.title}")
    if not (isinstance(before[1], dict) and isinstance(now[1], dict)):
        words = ["ada" if isinstance(each[1], dict) else "tidak ada atau tidak terbaca" for each in (before, now)]
        told = f"berkasnya {words[1]}, semula {words[0]}" if words[0] != words[1] else "berkasnya berubah"
        if before[1] != now[1]:
            yield form.changed("form", "berkas formulir", words, told)
        return
    renamed = _renamed(old, new)
    old = _with_names(old, renamed)
    yield from _heading(form, old, new)
    yield from _fields(form, old, new, pairs)
    for was, name in renamed.items():
        told = f"isian «{new.label(name)}»: nama data {was} menjadi {name}"
        yield form.changed("field", "nama data isian", (was, name), told)
    yield from requirement_changes(form, old, new)
    rest = _rest(old), _rest(new)
    if rest[0] != rest[1]:
        yield form.changed("technical", "keterangan teknis", rest, "keterangan teknis berubah")


def _heading(form: Subject, old: Shape, new: Shape) -> Iterator[Change]:
    for key, word in (("title", "judul"), ("description", "petunjuk")):
        one, other = (prose(str(each.schema.get(key) or "")) for each in (old, new))
        if one != other:
            yield form.changed("form", word, (one, other))


def _fields(form: Subject, old: Shape, new: Shape, pairs: Pairs) -> Iterator[Change]:
    for name, field in new.fields.items():
        if name in old.fields:
            if (name in old.required) != (name in new.required):
                words = [("ya" if name in each.required else "tidak") for each in (old, new)]
                told = f"isian «{new.label(name)}» {'menjadi' if name in new.required else 'tidak lagi'} wajib"
                yield form.changed("field_rule", "wajib", words, told)
            yield from _shown(form, old, new, name)
            yield from field_rules(form, new.label(name), old.fields[name], field, pairs)
        else:
            must = " (wajib)" if name in new.required else ""
            yield form.came("field", "isian", new.label(name), f"{form.name}: isian baru «{new.label(name)}»{must}")
    for name in old.fields:
        if name not in new.fields:
            yield form.went("field", "isian", old.label(name), f"{form.name}: isian «{old.label(name)}» dihapus")
    order = [[name for name in each.fields if name in other.fields] for each, other in ((old, new), (new, old))]
    if order[0] != order[1]:
        words = [", ".join(map(new.label, each)) for each in order]
        yield form.changed("field_rule", "urutan isian", words)


def _shown(form: Subject, old: Shape, new: Shape, name: str) -> Iterator[Change]:
    """When a field is shown at all (`x-tampil-bila`)."""
    before, now = (each.fields[name].get(KEYWORD) for each in (old, new))
    if json.dumps(before, sort_keys=True, default=str) != json.dumps(now, sort_keys=True, default=str):
        words = [_when(shape, given) for shape, given in ((old, before), (new, now))]
        told = f"isian «{new.label(name)}» tampil {words[1]}, semula {words[0]}"
        yield form.changed("field_rule", "tampil", words, told)


def _when(shape: Shape, given: Any) -> str:
    if given is None:
        return "selalu"
    condition = condition_of({KEYWORD: given})
    if condition is None:
        return f"menurut {json.dumps(given, ensure_ascii=False, default=str)}"
    return f"bila {asked(shape, condition.field, {'const': condition.value})}"


def _renamed(old: Shape, new: Shape) -> dict[str, str]:
    """Fields with another name and the same label and type."""
    gone = [name for name in old.fields if name not in new.fields]
    come = [name for name in new.fields if name not in old.fields]
    found = {}
    for name in gone:
        alike = [each for each in come if _look(new, each) == _look(old, name)]
        twins = [each for each in gone if _look(old, each) == _look(old, name)]
        if len(alike) == len(twins) == 1:
            found[name] = alike[0]
    return found


def _look(shape: Shape, name: str) -> tuple[object, str]:
    return shape.fields[name].get("title"), repr(shape.fields[name].get("type"))


def _with_names(shape: Shape, renamed: Mapping[str, str]) -> Shape:
    """The old form with the new names of its fields wherever it speaks of them."""
    return Shape(shape.key, _rename(dict(shape.schema), renamed)) if renamed else shape


def _rename(schema: Any, renamed: Mapping[str, str], key: str = "") -> Any:
    if isinstance(schema, dict):
        named = {renamed.get(name, name) if key == "properties" else name: value for name, value in schema.items()}
        return {name: _rename(value, renamed, "" if key == "properties" else name) for name, value in named.items()}
    if isinstance(schema, list):
        names = key in ("required", "x-urutan")
        return [
            renamed.get(each, each) if names and isinstance(each, str) else _rename(each, renamed) for each in schema
        ]
    return renamed.get(schema, schema) if key in ("tergantung", "isian") and isinstance(schema, str) else schema


def _rest(shape: Shape) -> str:
    """What nothing else here tells."""
    rest = {key: value for key, value in shape.schema.items() if key not in _TOLD}
    given = shape.schema.get("properties")
    odd = (
        {key: value for key, value in given.items() if not isinstance(value, dict)}
        if isinstance(given, dict)
        else given
    )
    absent = sorted(shape.required.difference(shape.fields))
    return json.dumps([rest, odd, absent], ensure_ascii=False, sort_keys=True, default=str)
