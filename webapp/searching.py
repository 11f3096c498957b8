"""The filter of the history search as it stands in an address. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from engine.queries.trace_search import Wanted
from engine.worktime import read_date

UNREAD_DATE = "Tulis tanggal seperti 28/12/2026, atau kosongkan. Saringan lain tetap dipakai."
# Name in the address -> field. Short and Indonesian, since addresses are shared.
NAMES = {
    "q": "number", "teks": "text", "orang": "person", "peran": "role", "langkah": "element", "jenis": "kind",
    "dari": "since", "sampai": "until", "masuk_dari": "filed_since", "masuk_sampai": "filed_until",
    "terlambat": "late", "versi": "version", "alur": "flow", "jalur": "way", "temuan": "flag", "unit": "unit",
    "versi_kini": "case_version", "tutup": "closed",
}  # fmt: skip
_LONGEST = 200


def read_wanted(arguments: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What is looked for, and a sentence for each field that could not be read (that one is left out)."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    kinds = {each.name: str(each.type) for each in fields(Wanted)}
    for name, field in NAMES.items():
        typed = arguments.get(name, "").replace("\0", "").strip()[:_LONGEST]  # PostgreSQL takes no NUL
        if not typed:
            continue
        if kinds[field] == "date | None":
            day = read_date(typed)
            if day is None:
                wrong[name] = UNREAD_DATE
            else:
                found[field] = day
        elif kinds[field] == "int | None":
            if typed.isascii() and typed.isdigit():
                found[field] = int(typed[:9])
        else:
            found[field] = True if kinds[field] == "bool" else typed
    return Wanted(**found), wrong


def address_of(wanted: Wanted) -> dict[str, str]:
    """The address's arguments that ask for the same."""
    given = {name: getattr(wanted, field) for name, field in NAMES.items()}
    return {name: _said(value) for name, value in given.items() if value not in ("", None, False)}


def _said(value: object) -> str:
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return "1" if value is True else str(value)
