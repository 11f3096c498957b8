"""What differs in the decision table of a step, row by row and cell by cell. Knows no diagram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from engine.process.decisions import Column, DecisionTable, Rule
from engine.process.diff.change import Change, Subject, quoted

_POLICIES = {"UNIQUE": "tepat satu baris berlaku", "FIRST": "yang teratas menang"}


def decision_changes(subject: Subject, before: DecisionTable | None, now: DecisionTable | None) -> Iterator[Change]:
    """Policy, columns, rows and cells that differ. A table that cannot be read is none."""
    if before is None or now is None:
        if before is not now:
            words = "" if before is None else _whole(before), "" if now is None else _whole(now)
            told = "tabel keputusan " + ("diisi" if before is None else "dihapus")
            yield subject.changed("decision", "tabel keputusan", words, told)
        return
    before, now = _plain(before), _plain(now)
    if before.policy != now.policy:
        yield subject.changed("decision", "baris yang dipakai", (_POLICIES[before.policy], _POLICIES[now.policy]))
    if [*map(_column, before.inputs + before.outputs)] != [*map(_column, now.inputs + now.outputs)]:
        yield subject.changed("decision", "kolom tabel keputusan", (_columns(before), _columns(now)))
    if (len(before.inputs), len(before.outputs)) == (len(now.inputs), len(now.outputs)):
        yield from _rows(subject, before, now)
    elif before.rules != now.rules:
        yield subject.changed("decision", "baris tabel keputusan", (_whole(before), _whole(now)))


def _plain(table: DecisionTable) -> DecisionTable:
    """With an empty cell where either spelling of "anything" stands."""
    rules = (replace(each, tests=tuple("" if cell == "-" else cell for cell in each.tests)) for each in table.rules)
    return replace(table, rules=tuple(rules))


def _rows(subject: Subject, before: DecisionTable, now: DecisionTable) -> Iterator[Change]:
    for what, a, b, c, d in SequenceMatcher(None, before.rules, now.rules, autojunk=False).get_opcodes():
        if what == "replace" and b - a == d - c:
            for old, new in zip(range(a, b), range(c, d), strict=True):
                yield from _cells(subject, before.rules[old], now, new)
        elif what != "equal":
            for old in range(a, b):
                words = _told(before, before.rules[old])
                yield subject.went(
                    "decision", "baris tabel keputusan", words, f"{subject.name}: baris dihapus: {words}"
                )
            for new in range(c, d):
                words = _told(now, now.rules[new])
                told = f"{subject.name}: baris {new + 1} baru: {words}"
                yield subject.came("decision", "baris tabel keputusan", words, told)


def _cells(subject: Subject, before: Rule, now: DecisionTable, row: int) -> Iterator[Change]:
    rule = now.rules[row]
    old, new = before.tests + before.answers, rule.tests + rule.answers
    for column, one, other in zip(now.inputs + now.outputs, old, new, strict=True):
        if one != other:
            what = f"baris {row + 1}, kolom {quoted(column.title)}"
            shown = one or "apa saja", other or "apa saja"
            yield subject.changed("decision", what, shown)


def _column(column: Column) -> tuple[str, str]:
    return column.text, column.title


def _columns(table: DecisionTable) -> str:
    asked, given = (", ".join(each.text for each in part) for part in (table.inputs, table.outputs))
    return f"bila {asked}; maka {given}"


def _told(table: DecisionTable, rule: Rule) -> str:
    """Bila jenis = 'pengaduan', maka prioritas = 'tinggi'."""
    tests = [f"{column.title} {cell}" for column, cell in zip(table.inputs, rule.tests, strict=True) if cell]
    answers = [f"{column.title} {cell}" for column, cell in zip(table.outputs, rule.answers, strict=True)]
    return f"bila {' dan '.join(tests) or 'apa saja'}, maka {', '.join(answers)}"


def _whole(table: DecisionTable) -> str:
    return "; ".join(_told(table, each) for each in table.rules)
