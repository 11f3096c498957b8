"""The expression language of conditions, timers and scripts; its own sandbox. Knows no process and no database.

An expression is Python's grammar cut down to an allowlist: literals, declared names, comparisons, boolean logic,
plain arithmetic, conditionals, lists and a few named functions. The text is parsed once, every node is checked,
arithmetic is replaced by bounded functions, and only then is the checked tree compiled. Text is never evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

MAX_LENGTH = 1_000  # characters
MAX_NODES = 200
MAX_DEPTH = 20
MAX_INTEGER = 10**15
MAX_TEXT = 10_000  # characters or items of a value an expression makes

_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot)
_ALLOWED = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub,
    ast.UAdd, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, *_COMPARISONS,
    ast.IfExp, ast.List, ast.Tuple, ast.Call,
)  # fmt: skip


class ExpressionError(ValueError):
    """The text is no expression of this language, or it failed on these values. The message is Indonesian."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError("Hitungan hanya berlaku untuk bilangan.")
    return value


def _bounded(value: int | float) -> int | float:
    if abs(value) > MAX_INTEGER:
        raise ExpressionError("Hasil hitungan terlalu besar.")
    return value


def _add(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            raise ExpressionError("Teks hasil terlalu panjang.")
        return left + right
    return _bounded(_number(left) + _number(right))


def _divide(operation: Callable[[Any, Any], Any]) -> Callable[[object, object], object]:
    def divide(left: object, right: object) -> object:
        if _number(right) == 0:
            raise ExpressionError("Pembagian dengan nol.")
        return _bounded(operation(_number(left), _number(right)))

    return divide


_OPERATIONS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("__tambah", _add),
    ast.Sub: ("__kurang", lambda left, right: _bounded(_number(left) - _number(right))),
    ast.Mult: ("__kali", lambda left, right: _bounded(_number(left) * _number(right))),
    ast.Div: ("__bagi", _divide(lambda left, right: left / right)),
    ast.FloorDiv: ("__bagi_bulat", _divide(lambda left, right: left // right)),
    ast.Mod: ("__sisa", _divide(lambda left, right: left % right)),
}


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0


def _empty(value: object) -> bool:
    return value is None or value in ("", [], ())


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "panjang": _length,  # panjang(x): length of a text or list; 0 for an absent value
    "kosong": _empty,  # kosong(x): nothing was filled in
    "min": lambda left, right: min(_number(left), _number(right)),
    "max": lambda left, right: max(_number(left), _number(right)),
}
_ENVIRONMENT: dict[str, Any] = {
    "__builtins__": {},
    **{name: function for name, function in _OPERATIONS.values()},
    **FUNCTIONS,
}


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text, the variables it reads, and code made from the checked tree."""

    text: str
    names: frozenset[str]
    code: CodeType

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Evaluate on `variables` (flat scalars or lists). Raises ExpressionError, never anything else."""
        scope = dict.fromkeys(self.names)
        scope.update((name, variables.get(name)) for name in self.names)
        try:
            # The code was compiled from a tree in which every node was checked; it reaches only `scope` and functions.
            return eval(self.code, _ENVIRONMENT, scope)  # noqa: S307 - checked tree, not text
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise ExpressionError(f"Ungkapan «{self.text}» tidak dapat dihitung: {error}") from error


class _Bounded(ast.NodeTransformer):
    """Puts a bounded function in the place of each arithmetic operator."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        name = _OPERATIONS[type(node.op)][0]
        arguments = [self.visit(node.left), self.visit(node.right)]
        return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), arguments, []), node)


def _check_node(node: ast.AST) -> None:
    column = getattr(node, "col_offset", -1) + 1 or None
    if not isinstance(node, _ALLOWED):
        raise ExpressionError(f"Bentuk «{type(node).__name__}» tidak dikenal dalam ungkapan.", column)
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str | int | float | bool | None):
            raise ExpressionError("Nilai ini tidak dikenal dalam ungkapan.", column)
        if isinstance(node.value, int | float) and abs(node.value) > MAX_INTEGER:
            raise ExpressionError("Bilangan terlalu besar.", column)
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise ExpressionError("Nama tidak boleh diawali garis bawah.", column)
    if isinstance(node, ast.Call) and not (
        isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords
    ):
        raise ExpressionError(f"Fungsi tidak dikenal. Yang ada: {', '.join(sorted(FUNCTIONS))}.", column)


def _check_depth(node: ast.AST, depth: int = 0) -> int:
    if depth > MAX_DEPTH:
        raise ExpressionError("Ungkapan terlalu dalam bersarang.")
    return 1 + sum(_check_depth(child, depth + 1) for child in ast.iter_child_nodes(node))


def _parse_text(text: str) -> ast.Expression:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"Ungkapan lebih panjang dari {MAX_LENGTH} huruf.")
    try:
        return ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        hint = " Maksud Anda `==`?" if "=" in text.replace("==", "").replace("!=", "") else ""
        raise ExpressionError(f"Ungkapan «{text}» tidak dapat dibaca.{hint}", error.offset) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"Ungkapan «{text[:80]}» tidak dapat dibaca.") from error


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Check and compile `text`. Raises ExpressionError with the column (from 1) where that is known."""
    tree = _parse_text(text)
    if _check_depth(tree) > MAX_NODES:
        raise ExpressionError("Ungkapan terlalu panjang.")
    for node in ast.walk(tree):
        _check_node(node)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called}
    bounded = ast.fix_missing_locations(_Bounded().visit(tree))
    return Expression(text, frozenset(names - FUNCTIONS.keys()), compile(bounded, "<ungkapan>", "eval"))


@dataclass(frozen=True)
class Script:
    """A checked script: assignments `name = expression`, one a line, and nothing else."""

    assignments: tuple[tuple[str, Expression], ...]

    @property
    def names(self) -> frozenset[str]:
        """Variables the script reads or writes."""
        read = (expression.names for _, expression in self.assignments)
        return frozenset(name for name, _ in self.assignments).union(*read)

    def apply(self, variables: dict[str, Any]) -> None:
        """Assign in order, in place. Raises ExpressionError."""
        for name, expression in self.assignments:
            variables[name] = expression.value(variables)


@lru_cache(maxsize=512)
def parse_script(text: str) -> Script:
    """Check a script. Raises ExpressionError when a line is more than one plain assignment."""
    assignments: list[tuple[str, Expression]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, sign, expression = line.partition("=")
        name = name.strip()
        known = name.isidentifier() and not name.startswith("_") and name not in FUNCTIONS
        if not sign or not known or expression.startswith("="):
            raise ExpressionError(f"Baris skrip «{line[:80]}» bukan pengisian `nama = ungkapan`.")
        assignments.append((name, parse(expression.strip())))
    return Script(tuple(assignments))
