"""Decision tables (DMN) whose cells are expressions of our own language: read, checked, decided. Knows no process.

A table stands as DMN 1.3 XML within its business rule task, so that diagram and table are one file. For process owners:
docs/panduan/ekspresi.md.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from lxml import etree

from engine.process.expressions import FUNCTIONS, TIME_FUNCTIONS, Expression, ExpressionError, parse, storable
from engine.process.grammar import WORDS

SPACES = tuple(f"https://www.omg.org/spec/DMN/{each}/MODEL/" for each in ("20191111", "20180521"))
POLICIES = ("UNIQUE", "FIRST")
MAX_RULES, MAX_COLUMNS = 100, 10
MARK = "tabel keputusan "  # begins what the engine carries in the place of a script; no script can begin so
_TEST = re.compile(r"(==|!=|<=|>=|<|>|not\s+in\b|in\b)\s*(.+)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class TableError(ValueError):
    """The XML is no table of this kind. The message is Indonesian."""


class Undecided(ExpressionError):
    """The table gives no answer, or more than one, on these values."""


@dataclass(frozen=True)
class Column:
    """An input (its expression) or an output (its variable). `type` is the DMN type, "" when not given."""

    text: str
    label: str = ""
    type: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.label or self.text


@dataclass(frozen=True)
class Rule:
    """One row: a cell for each input, then one for each output."""

    tests: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class DecisionTable:
    """A whole table, as it is written."""

    policy: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def asked(self) -> frozenset[str]:
        """Variables that inputs and cells read. Broken cells read nothing."""
        return frozenset().union(*(each.names for each in self._expressions()))

    @property
    def given(self) -> frozenset[str]:
        """Variables that it sets."""
        return frozenset(each.text for each in self.outputs)

    def cells(self) -> Iterator[tuple[int, Column, str, bool]]:
        """Every cell: row (from 1), column, text, whether it is an answer."""
        for number, rule in enumerate(self.rules, 1):
            yield from ((number, column, text, False) for column, text in zip(self.inputs, rule.tests, strict=True))
            yield from ((number, column, text, True) for column, text in zip(self.outputs, rule.answers, strict=True))

    def _expressions(self) -> Iterator[Expression]:
        for column in self.inputs:
            yield from _readable(column.text)
        for _, column, text, answer in self.cells():
            try:
                found = parse(text) if answer else test_of(column.text, text)
            except ExpressionError:
                continue
            if found is not None:
                yield found

    def matching(self, variables: Mapping[str, Any]) -> list[int]:
        """Rows (from 0) whose every cell holds. Raises ExpressionError."""
        return [
            number for number, tests in enumerate(self._tests) if all(bool(test.value(variables)) for test in tests)
        ]

    @cached_property
    def _tests(self) -> tuple[tuple[Expression, ...], ...]:
        """Of each row what must hold; compiled once."""
        rows = (zip(self.inputs, rule.tests, strict=True) for rule in self.rules)
        found = ([test_of(column.text, cell) for column, cell in row] for row in rows)
        return tuple(tuple(test for test in tests if test is not None) for tests in found)

    def decide(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the row that holds answers. Raises Undecided when none holds, or by UNIQUE several; ExpressionError."""
        rows = self.matching(variables)
        if not rows:
            raise Undecided("Tidak ada baris tabel keputusan yang berlaku untuk isian ini.")
        if len(rows) > 1 and self.policy == "UNIQUE":
            numbers = " dan ".join(str(each + 1) for each in rows[:2])
            raise Undecided(f"Baris {numbers} tabel keputusan sama-sama berlaku untuk isian ini.")
        answers = zip(self.outputs, self.rules[rows[0]].answers, strict=True)
        return {column.text: storable(parse(cell).value(variables)) for column, cell in answers}

    @property
    def carried(self) -> str:
        """The table in the form that the engine stores with a deployment."""
        columns = [[[each.text, each.label, each.type] for each in part] for part in (self.inputs, self.outputs)]
        rules = [[list(each.tests), list(each.answers)] for each in self.rules]
        return MARK + json.dumps([self.policy, *columns, rules], ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=256)
def carried_table(text: str) -> DecisionTable:
    """What `DecisionTable.carried` wrote."""
    policy, inputs, outputs, rules = json.loads(text.removeprefix(MARK))
    asked, given = (tuple(Column(*each) for each in part) for part in (inputs, outputs))
    return DecisionTable(policy, asked, given, tuple(Rule(tuple(tests), tuple(answers)) for tests, answers in rules))


def test_of(asked: str, cell: str) -> Expression | None:
    """What a cell asks of the input expression `asked`; None when everything will do. Raises ExpressionError.

    Empty or `-`: everything. `> 5`, `in ['a', 'b']`: compared so. A whole condition, `nilai > 1 and nilai < 5`: as it
    stands. Anything else is a value that the input must equal.
    """
    text = cell.strip()
    if text in ("", "-"):
        return None
    found = _TEST.fullmatch(text)
    if found is not None:
        if _is_condition(parse(found[2]).tree):
            raise ExpressionError("Tulis satu perbandingan, atau syarat lengkap dengan nama isiannya.")
        return parse(f"({asked}) {found[1]} ({found[2]})")
    whole = parse(text)
    return whole if _is_condition(whole.tree) else parse(f"({asked}) == ({text})")


test_of.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's


def _is_condition(tree: ast.expr) -> bool:
    negated = isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)
    asks = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "kosong"
    return negated or asks or isinstance(tree, ast.Compare | ast.BoolOp)


def _readable(text: str) -> Iterator[Expression]:
    try:
        yield parse(text)
    except ExpressionError:
        return


def cell_messages(table: DecisionTable) -> Iterator[str]:
    """What is wrong with the expressions of a table, one sentence each."""
    for column in table.inputs:
        yield from _wrong(f"masukan «{column.title}»", column.text, answer=True, asked=column.text)
    for column in table.outputs:
        if not _NAME.fullmatch(column.text) or column.text in FUNCTIONS or column.text in WORDS:
            yield f"keluaran «{column.title}» harus diberi nama variabel: huruf, angka, dan garis bawah."
    for number, column, text, answer in table.cells():
        yield from _wrong(f"baris {number}, kolom «{column.title}»", text, answer=answer, asked=column.text)


def _wrong(where: str, text: str, *, answer: bool, asked: str) -> Iterator[str]:
    if any(f"{each}(" in text.replace(" ", "") for each in TIME_FUNCTIONS):
        yield f"{where}: fungsi waktu kerja hanya berlaku pada pengatur waktu."
        return
    try:
        parse(text) if answer else test_of(asked, text)
    except ExpressionError as wrong:
        yield f"{where}: {wrong.message}"


# ---- XML.


def read_table(task: etree._Element) -> DecisionTable:
    """The one table within a business rule task. Raises TableError."""
    found = [each for each in task.iter() if _local(each) == "decisionTable"]
    if len(found) != 1:
        raise TableError("harus memuat tepat satu tabel keputusan (DMN). Isi tabelnya di penyunting, atau impor.")
    table = found[0]
    if any(each.get("expressionLanguage") for each in table.iter()):
        raise TableError("menyebut bahasa ungkapan lain. Hapus atribut expressionLanguage.")
    policy = table.get("hitPolicy", "UNIQUE")
    if policy not in POLICIES:
        raise TableError(
            f"kebijakan {policy} belum didukung. Pakai UNIQUE (tepat satu baris) atau FIRST (yang teratas)."
        )
    inputs = tuple(_input(each) for each in table if _local(each) == "input")
    outputs = tuple(_column(each, each.get("name", "")) for each in table if _local(each) == "output")
    rules = tuple(_rule(each, len(inputs), len(outputs)) for each in table if _local(each) == "rule")
    if not inputs or not outputs or not rules:
        raise TableError("harus memuat paling sedikit satu masukan, satu keluaran, dan satu baris.")
    if len(rules) > MAX_RULES or len(inputs) > MAX_COLUMNS or len(outputs) > MAX_COLUMNS:
        raise TableError(f"paling banyak {MAX_RULES} baris, {MAX_COLUMNS} masukan, dan {MAX_COLUMNS} keluaran.")
    if len({each.text for each in outputs}) != len(outputs):
        raise TableError("memuat dua keluaran dengan nama yang sama.")
    return DecisionTable(policy, inputs, outputs, rules)


def _local(node: etree._Element) -> str:
    namespace, _, tag = str(node.tag)[1:].rpartition("}")
    return tag if namespace in SPACES else ""


def _text(node: etree._Element | None) -> str:
    part = next((each for each in node if _local(each) == "text"), None) if node is not None else None
    return (part.text or "").strip() if part is not None else ""


def _input(node: etree._Element) -> Column:
    expression = next((each for each in node if _local(each) == "inputExpression"), None)
    kind = expression.get("typeRef", "") if expression is not None else ""
    return Column(_text(expression), " ".join(node.get("label", "").split()), kind)


def _column(node: etree._Element, text: str) -> Column:
    return Column(text, " ".join(node.get("label", "").split()), node.get("typeRef", ""))


def _rule(node: etree._Element, inputs: int, outputs: int) -> Rule:
    tests = tuple(_text(each) for each in node if _local(each) == "inputEntry")
    answers = tuple(_text(each) for each in node if _local(each) == "outputEntry")
    if (len(tests), len(answers)) != (inputs, outputs):
        raise TableError("memuat baris yang jumlah selnya tidak sama dengan jumlah kolomnya.")
    return Rule(tests, answers)
