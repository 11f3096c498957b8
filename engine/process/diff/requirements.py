"""What differs in when a field must be filled in (`allOf` with `if` and `then`). Knows no field's own keywords."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from engine.process.diff.change import Change, Subject


class Form(Protocol):
    """What of a form is asked for here."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema."""

    def label(self, name: str) -> str:
        """What people call a field."""


Rule = tuple[str, str]  # condition in one spelling -> what then holds: a field that is required, or a spelled schema


def requirement_changes(form: Subject, old: Form, new: Form) -> Iterator[Change]:
    """Conditions under which a field is required: new, gone, or another condition for the same field."""
    had, has = _rules(old), _rules(new)
    gone, come = [each for each in had if each not in has], [each for each in has if each not in had]
    for rule in come:
        before = next((each for each in gone if each[1] == rule[1]), None)
        words = _words(new, has[rule], rule)
        if before is None:
            yield form.came("rule", "wajib bila", words, f"{form.name}: {words}")
            continue
        gone.remove(before)
        was = _words(old, had[before], before)
        told = f"{words}; semula {was}" if was != words else f"{words}: ketentuan teknis berubah"
        yield form.changed("rule", "wajib bila", (was, words), told)
    for rule in gone:
        words = _words(old, had[rule], rule)
        yield form.went("rule", "wajib bila", words, f"{form.name}: tidak berlaku lagi: {words}")


def _rules(form: Form) -> dict[Rule, Any]:
    """Every rule, one for each field that it makes required, with its condition as it was written."""
    found: dict[Rule, Any] = {}
    given = form.schema.get("allOf")
    for each in given if isinstance(given, list) else [] if given is None else [given]:
        rule = each if isinstance(each, dict) else {"aturan": each}
        condition = rule.get("if")
        then = rule.get("then")
        names = then["required"] if isinstance(then, dict) and set(then) == {"required"} else None
        if isinstance(names, list) and isinstance(condition, dict) and set(rule) == {"if", "then"}:
            for name in names:
                found[_spelled(condition), f"wajib {name}"] = condition
        else:
            found["", _spelled(rule)] = None
    return found


def _words(form: Form, condition: Any, rule: Rule) -> str:
    name = rule[1].removeprefix("wajib ")
    if condition is None:
        return f"aturan khusus {name[:200]}"
    wanted = condition.get("properties")
    told = [asked(form, each, wanted[each]) for each in wanted] if isinstance(wanted, dict) else []
    return f"isian «{form.label(name)}» wajib bila {' dan '.join(told) or _spelled(condition)}"


def asked(form: Form, name: str, wanted: Any) -> str:
    """What a condition wants of a field, in words."""
    label = f"«{form.label(name)}»"
    if isinstance(wanted, dict) and set(wanted) == {"const"}:
        return f"{label} = «{_choice(form, name, wanted['const'])}»"
    if isinstance(wanted, dict) and set(wanted) == {"enum"} and isinstance(wanted["enum"], list):
        return f"{label} salah satu dari {', '.join(f'«{_choice(form, name, each)}»' for each in wanted['enum'])}"
    if isinstance(wanted, dict) and set(wanted) == {"not"} and isinstance(wanted["not"], dict):
        return f"bukan {asked(form, name, wanted['not'])}"
    return f"{label} memenuhi {_spelled(wanted)}"


def _choice(form: Form, name: str, value: Any) -> str:
    fields = form.schema.get("properties")
    field = fields.get(name) if isinstance(fields, dict) else None
    given = field.get("oneOf") if isinstance(field, dict) else None
    titles = {_spelled(each.get("const")): each.get("title") for each in given or () if isinstance(each, dict)}
    return str(titles.get(_spelled(value)) or ("ya" if value is True else value))


def _spelled(value: Any) -> str:
    return json.dumps(_sorted(value), ensure_ascii=False, sort_keys=True, default=str)


def _sorted(value: Any, key: str = "") -> Any:
    """The order within `required` and `enum` says nothing."""
    if isinstance(value, dict):
        return {name: _sorted(each, name) for name, each in value.items()}
    if isinstance(value, list):
        parts = [_sorted(each) for each in value]
        return sorted(parts, key=repr) if key in ("required", "enum") else parts
    return value
