"""Timers of a diagram: whether each names a time that can be waited for. Knows no working calendar."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime

from engine.process.diagram import Diagram, Element
from engine.process.expressions import MAX_AMOUNT, TIME_FUNCTIONS, ExpressionError, parse
from engine.process.gate.findings import Finding, error, warning

MAX_DAYS = 5 * 366  # a longer wait is a slip of the pen
MAX_CYCLES = 50
_NUMBER = "([0-9]{1,5})"
_DURATION = re.compile(
    rf"P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_DAYS = (366.0, 31.0, 7.0, 1.0, 1 / 24, 1 / 1440, 1 / 86400)


def timer_findings(diagram: Diagram) -> Iterator[Finding]:
    """Timers without a time, with a time that cannot be read or bounded, or where the engine would misread them."""
    yield from _misplaced(diagram)
    for element in diagram.elements.values():
        if element.event != "timerEventDefinition":
            continue
        if not element.timer:
            yield _about(element, f'«{element.label}» belum memuat waktu. Isi timeDuration, misalnya "P14D".')
            continue
        yield from _place_findings(diagram, element)
        for message in time_faults(element.timer, element.timer_kind or "timeDuration", f" pada «{element.label}»"):
            yield _about(element, message)


def time_faults(text: str, kind: str, where: str = "") -> Iterator[str]:
    """What is wrong with a timer's expression. `kind`: timeDuration, timeDate, timeCycle; `where`: " pada «...»"."""
    bare = _DURATION.fullmatch(text.strip()) is not None
    try:
        tree = parse(text).tree
    except ExpressionError as wrong:
        yield f"Waktu{where}: {wrong.message}" + (f' Tulis dalam tanda petik: "{text}".' if bare else "")
        return
    if _office_time(tree):
        yield from _office_time_faults(tree, kind, where)
        return
    texts = _texts(tree)
    if texts is None:
        hint = f' Maksud Anda "{text}" dalam tanda petik?' if bare else ""
        how = 'harus ditulis langsung dalam tanda petik, misalnya "P14D", atau pilihan di antaranya.'
        yield f"Waktu{where} {how}{hint}"
    for each in texts or ():
        message = _READERS[kind](each)
        if message:
            yield f"Waktu «{each[:60]}»{where} {message}"


def _office_time(tree: ast.AST) -> list[ast.Call]:
    """Where an expression asks the office's calendar: hari_kerja(3) ..."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [node for node in calls if getattr(node.func, "id", "") in TIME_FUNCTIONS]


def _office_time_faults(tree: ast.expr, kind: str, where: str) -> Iterator[str]:
    whole = isinstance(tree, ast.Call) and len(tree.args) == 1 and isinstance(tree.args[0], ast.Constant | ast.Name)
    if kind != "timeDuration" or not whole:
        yield f"Waktu kerja{where} ditulis sendirian dalam timeDuration, misalnya hari_kerja(3)."
        return
    amount = tree.args[0].value if isinstance(tree, ast.Call) and isinstance(tree.args[0], ast.Constant) else 1
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= MAX_AMOUNT:
        yield f"Waktu kerja{where} harus bilangan bulat dari 1 sampai {MAX_AMOUNT}."


def _misplaced(diagram: Diagram) -> Iterator[Finding]:
    """Conditions and scripts that ask the calendar: its answer depends on when it is asked, so only timers may."""
    texts = [(flow.id, flow.name, flow.condition) for flow in diagram.flows.values() if flow.condition]
    texts += [(each.id, each.name, each.script) for each in diagram.elements.values() if each.script]
    for element_id, name, text in texts:
        if asks_calendar(text):
            yield error(
                f"«{name or element_id}» memakai fungsi waktu kerja, yang hanya berlaku pada pengatur waktu.",
                element_id, name,
            )  # fmt: skip


def asks_calendar(text: str) -> bool:
    """Whether a condition or script calls a function that only timers may."""
    return any(f"{function}(" in text.replace(" ", "") for function in TIME_FUNCTIONS)


def _place_findings(diagram: Diagram, element: Element) -> Iterator[Finding]:
    inside = diagram.elements.get(element.parent or "")
    starts_event = element.kind == "startEvent" and inside is not None and inside.triggered_by_event
    if element.kind == "startEvent" and inside is not None and not inside.triggered_by_event:
        yield _about(element, f"Mulai «{element.label}» di dalam subproses tidak boleh memakai pengatur waktu.")
    if starts_event and element.interrupting:
        yield _about(element, f"Subproses kejadian «{element.label}» yang menghentikan proses belum didukung. "
                     "Jadikan tidak menghentikan (isInterrupting = false).")  # fmt: skip
    if starts_event:
        yield warning(
            f"Aduan belum dianggap selesai sebelum pengatur waktu «{element.label}» berbunyi.", element.id, element.name
        )
    if element.timer_kind == "timeCycle" and not (element.kind == "boundaryEvent" and not element.interrupting):
        yield _about(
            element, f"Waktu berulang pada «{element.label}» hanya didukung pada batas waktu yang tidak menghentikan."
        )


def _texts(tree: ast.expr) -> list[str] | None:
    """The texts a timer expression can give, when it is one literal or a choice among literals; else None."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return [tree.value]
    if isinstance(tree, ast.IfExp):
        first, other = _texts(tree.body), _texts(tree.orelse)
        return first + other if first is not None and other is not None else None
    return None


def _duration(text: str) -> str:
    found = _DURATION.fullmatch(text)
    if found is None:
        return "bukan lama waktu. Tulis seperti P14D (14 hari), PT8H (8 jam), atau P1DT4H."
    numbers = [int(each) if each else 0 for each in found.groups()]
    if found.group(3) and any(numbers[index] for index in (0, 1, 3)):
        return "mencampur minggu dengan hari, bulan, atau tahun. Tulis semuanya dalam hari."
    days = sum(number * unit for number, unit in zip(numbers, _DAYS, strict=True))
    if not 0 < days <= MAX_DAYS:
        return "harus lebih dari nol dan paling lama 5 tahun."
    return ""


def _date(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return "bukan tanggal. Tulis seperti 2026-12-28T08:00:00+07:00."
    if moment.tzinfo is None:
        return "belum memuat zona waktu. Tambahkan +07:00 (WIB)."
    return "" if 2000 <= moment.year <= 2100 else "harus antara tahun 2000 dan 2100."


def _cycle(text: str) -> str:
    found = re.fullmatch(r"R([0-9]{1,3})/(P.+)", text)
    if found is None:
        return "bukan waktu berulang. Tulis seperti R3/P1D (tiga kali, setiap hari)."
    if not 1 <= int(found[1]) <= MAX_CYCLES:
        return f"harus berulang 1 sampai {MAX_CYCLES} kali."
    return _duration(found[2])


_READERS = {"timeDuration": _duration, "timeDate": _date, "timeCycle": _cycle}


def _about(element: Element, message: str) -> Finding:
    return error(message, element.id, element.name)
