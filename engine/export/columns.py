"""The columns of a table of entries, and cells that no spreadsheet takes for a formula. Knows no file format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from engine.export.steps import Case, Entry
from engine.worktime.instants import WIB

TRANSITIONS: Mapping[str, str] = {
    "start": "mulai", "assign": "diambil", "reassign": "dialihkan", "complete": "selesai", "ate_abort": "dibatalkan",
}  # fmt: skip
TITLES = (
    "Nomor aduan", "Saluran", "Hasil", "Langkah", "Kode langkah", "Keadaan", "Waktu (WIB)", "Pelaksana", "Peran",
    "Unit", "Versi SOP", "Waktu baku", "Menit kerja", "Terlambat", "Isian",
)  # fmt: skip
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")  # OWASP, CSV injection
_MAX_CELL = 32_000  # characters; a spreadsheet takes 32,767


def rows_of(case: Case) -> Iterator[list[str | int]]:
    """A row for each entry."""
    head: list[str | int] = [case.number, case.channel, safe(case.outcome)]
    for entry in case.entries:
        yield head + _row(entry)


def _row(entry: Entry) -> list[str | int]:
    late = "" if entry.late is None else ("ya" if entry.late else "tidak")
    return [
        safe(entry.activity), entry.element, TRANSITIONS[entry.transition], local(entry.at), safe(entry.resource),
        safe(entry.role), safe(entry.unit), entry.version, safe(entry.standard),
        "" if entry.worked is None else entry.worked, late, safe(entry.contents),
    ]  # fmt: skip


def local(at: str) -> str:
    """An instant of an event as a spreadsheet of this office reads it: 2026-12-28 07:35:00, in WIB."""
    return f"{_minute(at[:16])}{at[16:19]}" if at else ""


@lru_cache(maxsize=4096)
def _minute(at: str) -> str:
    return f"{datetime.fromisoformat(f'{at}:00+00:00').astimezone(WIB):%Y-%m-%d %H:%M}"


def safe(text: str) -> str:
    """A text that begins like a formula gets an apostrophe before it, so that it stays a text wherever it is opened."""
    text = text[:_MAX_CELL]
    return f"'{text}" if text.startswith(_DANGEROUS) else text
