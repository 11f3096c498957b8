"""The SOP as a printed document: a page for A4 landscape and a DOCX file, from any version. Asks no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from webapp.text import MONTHS

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Issue:
    """What the form's head says about the version that is printed; empty where nobody has said it yet."""

    number: int | None = None  # of the version
    made: date | None = None
    revised: date | None = None
    effective: date | None = None
    approved_by: str = ""  # jabatan
    approver: str = ""  # name
    source: str = ""  # what it was printed from, for those who compare it with the system

    def rows(self, header: dict[str, str]) -> list[tuple[str, str]]:
        """The right side of the head, in the order of the form."""
        return [
            ("Nomor SOP", header.get("nomor", "")),
            ("Tanggal Pembuatan", _day(self.made)),
            ("Tanggal Revisi", _day(self.revised)),
            ("Tanggal Efektif", _day(self.effective)),
            ("Disahkan oleh", self.approved_by or header.get("penanggung_jawab", "")),
            ("Nama SOP", header.get("judul", "")),
        ]


def _day(day: date | None) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""
