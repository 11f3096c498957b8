"""The form in which two texts that mean the same are equal: expressions, scripts, times, prose. Knows no diagram."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from engine.process.expressions import ExpressionError, parse, parse_script

_LENGTH = re.compile(r"([0-9]+) ?([a-z ]+)")
_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("tahun", "bulan", "minggu", "hari kalender", "jam", "menit", "detik")
_OFFICE = re.compile(r"(hari|jam|menit)_kerja\((\w+)\)")


def expression(text: str | None) -> object:
    """What an expression says, whatever its spaces, quotes and needless brackets; None for none."""
    if not text:
        return None  # an empty condition is none to the library either
    try:
        return _shape(parse(text).tree)
    except ExpressionError:
        return " ".join(text.split())


def script(text: str | None) -> object:
    """What a script assigns, line by line; None for none."""
    if text is None:
        return None
    try:
        return tuple((name, _shape(value.tree)) for name, value in parse_script(text).assignments)
    except ExpressionError:
        return prose(text)


def prose(text: str) -> str:
    """Text without needless space; its lines count, since the SOP's header lists by lines."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def length(text: str) -> str:
    """A `waktu` as number and unit: "15  Menit" is "15 menit"."""
    plain = " ".join(text.lower().split())
    found = _LENGTH.fullmatch(plain)
    return f"{int(found[1])} {found[2].strip()}" if found else plain


def _shape(node: ast.AST) -> object:
    if isinstance(node, ast.BoolOp):
        return type(node.op).__name__, tuple(_shape(each) for each in _operands(node, type(node.op)))
    if isinstance(node, ast.Constant):
        return type(node.value).__name__, repr(node.value)
    fields = (value for name, value in ast.iter_fields(node) if name != "ctx")
    return type(node).__name__, tuple(_part(value) for value in fields)


def _operands(node: ast.AST, operator: type[ast.boolop]) -> Iterator[ast.AST]:
    """`a and (b and c)` is `a and b and c`."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, operator):
        for each in node.values:
            yield from _operands(each, operator)
    else:
        yield node


def _part(value: object) -> object:
    if isinstance(value, list):
        return tuple(_part(each) for each in value)
    return _shape(value) if isinstance(value, ast.AST) else value


def time_words(text: str | None) -> str:
    """A timer's expression as people say it: hari_kerja(3) is "3 hari kerja"; what is none of that stays as it is."""
    plain = " ".join((text or "").split())
    office = _OFFICE.fullmatch(plain)
    if office:
        return f"{office[2]} {office[1]} kerja"
    try:
        tree = parse(plain).tree
    except ExpressionError:
        return plain
    if not (isinstance(tree, ast.Constant) and isinstance(tree.value, str)):
        return plain
    times, repeated, each = tree.value.rpartition("/")
    found = _ISO.fullmatch(each)
    if found is None or not any(found.groups()):
        return plain
    words = " ".join(f"{number} {unit}" for number, unit in zip(found.groups(), _UNITS, strict=True) if number)
    return f"{times.removeprefix('R')} kali, setiap {words}" if repeated else words
