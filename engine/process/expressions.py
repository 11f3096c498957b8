"""The expression language of conditions, timers and scripts; its own sandbox. Knows no process and no database.

An expression is Python's grammar cut down to an allowlist: literals, declared names, comparisons, boolean logic,
plain arithmetic, conditionals, lists and a few named functions. The text is parsed once, every node is checked,
arithmetic is replaced by bounded functions, and only then is the checked tree compiled. Text is never evaluated.
For process owners: docs/panduan/ekspresi.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

from engine.process.grammar import MAX_DEPTH, MAX_LENGTH, WORDS, ExpressionError, meant, read_words

__all__ = [
    "FUNCTIONS", "MAX_AMOUNT", "TIME_FUNCTIONS", "Expression", "ExpressionError", "Script", "parse", "parse_script",
    "storable", "unknown_name", "working_time",
]  # fmt: skip

MAX_NODES = 200
MAX_INTEGER = 10**15
MAX_TEXT = 10_000  # characters or items of a value an expression makes
MAX_LINES = 50  # assignments of a script
RESERVED = frozenset({"typename"})  # the library takes data with this key for one of its own objects (facts.md)

_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot)
_ALLOWED = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub,
    ast.UAdd, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, *_COMPARISONS,
    ast.IfExp, ast.List, ast.Tuple, ast.Call,
)  # fmt: skip

_SHAPES: dict[type[ast.AST], str] = {
    ast.Subscript: "Mengambil isi daftar dengan [ ]",
    ast.GeneratorExp: "Perulangan `for`",
    ast.ListComp: "Perulangan `for`",
    ast.Starred: "Tanda `*` di depan nama",
    ast.Yield: "Kata `yield`",
    ast.YieldFrom: "Kata `yield`",
    ast.Await: "Kata `await`",
}


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError("Hitungan hanya berlaku untuk bilangan.")
    return value


def _bounded(value: int | float) -> int | float:
    if not abs(value) <= MAX_INTEGER:  # put this way round, it refuses what is no number as well
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


# What the office's calendar answers: an amount and a unit to a duration as a timer takes it. Set while an event runs.
working_time: ContextVar[Callable[[int, str], str]] = ContextVar("working_time")
MAX_AMOUNT = 1000


def _office_time(unit: str) -> Callable[[object], str]:
    def length(amount: object) -> str:
        if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= MAX_AMOUNT:
            raise ExpressionError(f"Waktu kerja ditulis dengan bilangan bulat dari 1 sampai {MAX_AMOUNT}.")
        try:
            return working_time.get()(amount, unit)
        except LookupError as error:
            raise ExpressionError("Waktu kerja hanya dapat dihitung oleh pengatur waktu.") from error

    return length


# Only for timers: how long it is depends on when it is asked.
TIME_FUNCTIONS = {"hari_kerja": "hari kerja", "jam_kerja": "jam", "menit_kerja": "menit"}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "panjang": _length,  # panjang(x): length of a text or list; 0 for an absent value
    "kosong": _empty,  # kosong(x): nothing was filled in
    "min": lambda left, right: min(_number(left), _number(right)),
    "max": lambda left, right: max(_number(left), _number(right)),
    **{name: _office_time(unit) for name, unit in TIME_FUNCTIONS.items()},
}
_ARITY = {"panjang": 1, "kosong": 1, "min": 2, "max": 2} | dict.fromkeys(TIME_FUNCTIONS, 1)
_ENVIRONMENT: dict[str, Any] = {
    "__builtins__": {},
    **dict(_OPERATIONS.values()),
    **FUNCTIONS,
}


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text, the variables it reads, the plain values it names, and its compiled tree."""

    text: str
    names: frozenset[str]
    code: CodeType
    tree: ast.expr
    literals: tuple[Any, ...] = ()

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Evaluate on `variables` (flat scalars or lists). Raises ExpressionError, never anything else."""
        scope = {name: variables.get(name) for name in self.names}
        try:
            # The code was compiled from a tree in which every node was checked; it reaches only `scope` and functions.
            return eval(self.code, _ENVIRONMENT, scope)  # noqa: S307 - checked tree, not text
        except ExpressionError:
            raise
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            empty = sorted(name for name in self.names if scope[name] is None)
            reason = f"isian «{', '.join(empty)}» kosong" if empty else "nilainya tidak cocok satu sama lain"
            raise ExpressionError(f"Ungkapan `{self.text}` tidak dapat dihitung: {reason}.") from error


class _Bounded(ast.NodeTransformer):
    """Puts a bounded function in the place of each arithmetic operator."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        name = _OPERATIONS[type(node.op)][0]
        arguments = [self.visit(node.left), self.visit(node.right)]
        return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), arguments, []), node)


def _check_node(node: ast.AST) -> None:
    column = getattr(node, "col_offset", None)
    if not isinstance(node, _ALLOWED):
        shape = _SHAPES.get(type(node), "Bentuk ini")
        raise ExpressionError(f"{shape} tidak dikenal dalam ungkapan.", column)
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str | int | float | bool | None):
            raise ExpressionError("Nilai ini tidak dikenal dalam ungkapan.", column)
        if isinstance(node.value, int | float) and abs(node.value) > MAX_INTEGER:
            raise ExpressionError("Bilangan terlalu besar.", column)
    if isinstance(node, ast.Name):
        _check_name(node.id, column)
    if isinstance(node, ast.Call):
        _check_call(node, column)
    if isinstance(node, ast.Compare):
        _check_identity(node, column)


def _check_name(name: str, column: int | None) -> None:
    if name.startswith("_"):  # of an expression the grammar has refused it already; of a script's line not
        raise ExpressionError("Nama tidak boleh diawali garis bawah.", column)
    if name in RESERVED:
        raise ExpressionError(f"Nama `{name}` dipakai sistem; beri isian itu nama lain.", column)


def _check_call(node: ast.Call, column: int | None) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS or node.keywords:
        hint = meant(name, FUNCTIONS)
        raise ExpressionError(f"Fungsi `{name}` tidak dikenal. Yang ada: {', '.join(sorted(FUNCTIONS))}.{hint}", column)
    if len(node.args) != _ARITY[name]:
        raise ExpressionError(f"Fungsi `{name}` memerlukan {_ARITY[name]} nilai di dalam kurung.", column)


def _check_identity(node: ast.Compare, column: int | None) -> None:
    for sign, right in zip(node.ops, node.comparators, strict=True):
        nothing = isinstance(right, ast.Constant) and right.value is None
        if isinstance(sign, ast.Is | ast.IsNot) and not nothing:
            raise ExpressionError("`is` hanya untuk None. Maksud Anda `==`?", column)


def _check_depth(node: ast.AST, depth: int = 0) -> int:
    if depth > MAX_DEPTH:
        raise ExpressionError("Ungkapan terlalu dalam bersarang.")
    return 1 + sum(_check_depth(child, depth + 1) for child in ast.iter_child_nodes(node))


def _parse_text(text: str) -> ast.expr:
    line = read_words(text)
    if not line.strip():
        raise ExpressionError("Ungkapan masih kosong.")
    try:
        # In brackets, since leading space would be an error; so a node's 0-based offset is the author's 1-based column.
        tree = ast.parse(f"({line})", mode="eval").body
    except SyntaxError as error:
        column, hint = _misread(line, (error.offset or 2) - 1)
        raise ExpressionError(f"Ungkapan `{line.strip()[:80]}` tidak dapat dibaca.{hint}", column) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"Ungkapan `{line.strip()[:80]}` tidak dapat dibaca.") from error
    if isinstance(tree, ast.Tuple):
        raise ExpressionError("Ungkapan memuat koma di luar kurung. Tulis pecahan dengan titik, misalnya 1.5.")
    return tree


def _misread(line: str, column: int) -> tuple[int, str]:
    """The first word of another language, with what was meant; else the column that Python names."""
    for found in re.finditer(r"[A-Za-z_]\w*", re.sub(r"'[^']*'|\"[^\"]*\"", lambda text: " " * len(text[0]), line)):
        hint = meant(found[0], ()) if found[0] not in WORDS else ""
        if hint:
            return found.start() + 1, hint
    return min(max(column, 1), len(line)), ""


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Check and compile `text`. Raises ExpressionError with the column (from 1) where that is known."""
    tree = _parse_text(text)
    if _check_depth(tree) > MAX_NODES:
        raise ExpressionError("Ungkapan terlalu panjang.")
    for node in ast.walk(tree):
        _check_node(node)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called]
    for node in read:
        if node.id in FUNCTIONS:
            raise ExpressionError(f"`{node.id}` adalah fungsi; tulis `{node.id}(...)`.", node.col_offset)
    literals = tuple(node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    # Compiled from a second tree, so that `tree` keeps the shape the author wrote.
    bounded = ast.fix_missing_locations(_Bounded().visit(ast.Expression(_parse_text(text))))
    code = compile(bounded, "<ungkapan>", "eval")
    return Expression(text, frozenset(node.id for node in read), code, tree, literals)


def unknown_name(name: str, known: Iterable[str]) -> str:
    """Says that no form provides `name`, with the nearest name that one does."""
    return f"Isian `{name}` tidak ada pada formulir mana pun.{meant(name, known)}"


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
            variables[name] = storable(expression.value(variables))


def storable(value: Any) -> Any:
    """A result as history can hold it: no fractions, a whole one as an integer. Raises ExpressionError."""
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    if not isinstance(value, float):
        return value
    if not value.is_integer():
        raise ExpressionError(f"Hasilnya pecahan ({value:g}), yang tidak dapat disimpan. Bagi dengan `//`.")
    return int(value)


@lru_cache(maxsize=512)
def parse_script(text: str) -> Script:
    """Check a script. Raises ExpressionError when a line is more than one plain assignment."""
    if len(text) > MAX_LINES * MAX_LENGTH or text.count("\n") > MAX_LINES:
        raise ExpressionError(f"Skrip lebih panjang dari {MAX_LINES} baris.")
    assignments: list[tuple[str, Expression]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, sign, expression = line.partition("=")
        name = name.strip()
        known = name.isascii() and name.isidentifier() and name not in FUNCTIONS and name not in WORDS
        if not sign or not known or expression.startswith("="):
            raise ExpressionError(f"Baris skrip `{line[:80]}` bukan pengisian `nama = ungkapan`.")
        _check_name(name, 1)
        assignments.append((name, parse(expression.strip())))
    return Script(tuple(assignments))
