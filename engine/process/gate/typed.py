"""What is wrong with an expression while it is typed, by what it is for. Knows no diagram: the gate asks the rest."""

from __future__ import annotations

from engine.process.expressions import ExpressionError, parse, parse_script
from engine.process.gate.timers import asks_calendar, time_faults

TIMES = ("timeDuration", "timeDate", "timeCycle")
KINDS = ("syarat", "skrip", *TIMES)


def typed(text: str, kind: str) -> tuple[str, list[str]]:
    """(what is wrong, "" for nothing; the variables that it reads). `kind`: one of KINDS."""
    try:
        names = _read_by_script(text) if kind == "skrip" else parse(text).names
    except ExpressionError as wrong:
        if kind in TIMES:
            return next(time_faults(text, kind)), []
        return (_by_line(text, wrong.message) if kind == "skrip" else wrong.message), []
    if kind in TIMES:
        return next(time_faults(text, kind), ""), sorted(names)
    if asks_calendar(text):
        return "Fungsi waktu kerja hanya berlaku pada pengatur waktu.", sorted(names)
    return "", sorted(names)


def _by_line(script: str, message: str) -> str:
    """Which line of several it is."""
    lines = script.splitlines()
    for number in range(1, len(lines)):
        try:
            parse_script("\n".join(lines[:number]))
        except ExpressionError as wrong:
            return f"Baris {number}: {wrong.message}"
    return f"Baris {len(lines)}: {message}" if len(lines) > 1 else message


def _read_by_script(text: str) -> frozenset[str]:
    """What must be there before a script runs: what it has assigned itself by then is not."""
    read: set[str] = set()
    own: set[str] = set()
    for name, expression in parse_script(text).assignments:
        read |= expression.names - own
        own.add(name)
    return frozenset(read)
