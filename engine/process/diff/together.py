"""Whether two conditions of one gateway can hold at once, so that the order of asking decides. Knows no flow's way."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from engine.process.diagram import Flow
from engine.process.diff.side import Side
from engine.process.expressions import Expression, ExpressionError, parse
from engine.process.forms import Form
from engine.process.gate.values import MAX_COMBINATIONS, domain


def together(side: Side, one: Flow, other: Flow) -> bool:
    """Yes, unless they ask one variable for two values, or every answer of the forms shows that they cannot."""
    try:
        first, second = parse(one.condition or ""), parse(other.condition or "")
    except ExpressionError:
        return True
    wanted = dict(_equalities(first.tree))
    if any(name in wanted and wanted[name] != value for name, value in _equalities(second.tree)):
        return False
    names = sorted(first.names | second.names)
    domains = _domains(side, names)
    if domains is None or prod(map(len, domains)) > MAX_COMBINATIONS:
        return True
    tried = (dict(zip(names, values, strict=True)) for values in product(*domains))
    return any(_holds(first, values) and _holds(second, values) for values in tried)


def _equalities(tree: ast.AST) -> Iterator[tuple[str, Any]]:
    """`name == value` wherever the condition cannot hold without it."""
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for each in tree.values:
            yield from _equalities(each)
    elif isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq):
        sides = [tree.left, tree.comparators[0]]
        for name, value in (sides, reversed(sides)):
            if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                yield name.id, value.value


def _domains(side: Side, names: list[str]) -> list[list[Any]] | None:
    """Every answer of each variable; None when one of them can be anything."""
    forms = {key: Form(key, schema) for key, (_, schema) in side.forms.items() if isinstance(schema, dict)}
    elements = side.diagram.elements.values()
    assigned = frozenset(name for each in elements if each.multi for name in each.multi.names)
    scripts = " ".join(each.script or "" for each in elements)
    found: list[list[Any]] = []
    for name in names:
        try:
            answers = None if name in scripts else domain(name, forms, assigned)
        except (AttributeError, TypeError, KeyError, ValueError):  # a form that is no form
            answers = None
        if answers is None:
            return None
        found.append(answers)
    return found


def _holds(condition: Expression, values: Mapping[str, Any]) -> bool:
    try:
        return bool(condition.value(values))
    except ExpressionError:
        return False
