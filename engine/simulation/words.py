"""Instants, lengths and failures of a simulation in Indonesian. Knows no case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from engine.process.runtime import RunError
from engine.worktime import WIB

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_WORKING = re.compile(r"(hari|jam|menit)_kerja\(\s*([0-9]+)\s*\)")
TOO_LONG = "Simulasi ini terlalu lama dan dihentikan. Sederhanakan putaran dan cabang sejajar diagram."
_BY_CODE = {
    "undecided": "tabel keputusan tidak memberi tepat satu jawaban untuk isian ini",
    "idle": "tidak ada lagi yang ditunggu, padahal aduan belum selesai",
    "uncaught": "diagram berakhir dengan galat yang tidak ditangani",
    "deep": "aduan sudah terlalu banyak berulang menurut diagramnya",
}


def when(at: datetime) -> str:
    """ "Kamis 8 Jan 2026 16.00"."""
    local = at.astimezone(WIB)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H.%M}"


def stuck(place: str, wrong: Exception) -> str:
    """Why the engine cannot go on from a place."""
    reason = _BY_CODE.get(wrong.code, "") if isinstance(wrong, RunError) else ""
    first = (str(wrong).splitlines() or [""])[0][:300].rstrip(". ")
    reason = reason or ("langkah berikutnya gagal dijalankan" if first == "a step of the diagram failed" else first)
    return f"Aduan tidak dapat diteruskan dari «{place}»: {reason or type(wrong).__name__}."


def joined(names: Iterable[str]) -> str:
    """ "«A», «B» dan «C»"."""
    marked = [f"«{each}»" for each in names]
    return marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} dan {marked[-1]}" if marked else ""


def length_of(expression: str) -> str:
    """A timer's expression as people say it: "10 hari kerja"; as it stands when it is another one."""
    found = _WORKING.fullmatch(expression.strip())
    return f"{found[2]} {found[1]} kerja" if found else expression
