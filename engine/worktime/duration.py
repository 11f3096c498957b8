"""The SOP's words for a length of working time ("15 Menit", "3 hari"); knows no calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.worktime.instants import HOUR, MINUTE

_WORDS = re.compile(r"(?P<number>[1-9][0-9]{0,3}) ?(?P<unit>menit|jam|hari kerja|hari)", re.IGNORECASE)
_LENGTHS = {"menit": MINUTE, "jam": HOUR}
WORKING_DAY = "hari kerja"


@dataclass(frozen=True)
class Duration:
    """`number` (at least 1) of `unit`: "menit", "jam" or "hari kerja". A working day is a day, not 24 working hours."""

    number: int
    unit: str

    def __post_init__(self) -> None:
        if self.number < 1 or (self.unit not in _LENGTHS and self.unit != WORKING_DAY):
            raise ValueError(f"«{self.number} {self.unit}» bukan lama waktu kerja.")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read a `waktu`; "hari" means working days. ValueError with an Indonesian sentence when it is none."""
        found = _WORDS.fullmatch(" ".join(text.split()))
        if not found:
            raise ValueError(
                f"«{text}» tidak terbaca sebagai lama waktu. Tulis angka 1–9999 diikuti menit, jam, atau hari kerja, "
                "misalnya 30 menit."
            )
        unit = found["unit"].lower()
        return cls(int(found["number"]), WORKING_DAY if unit == "hari" else unit)

    @property
    def in_days(self) -> bool:
        """Whether it counts days instead of open hours."""
        return self.unit == WORKING_DAY

    @property
    def microseconds(self) -> int:
        """The open time that minutes or hours ask for; days have no length of their own (ValueError)."""
        if self.in_days:
            raise ValueError("Hari kerja tidak mempunyai panjang tetap dalam jam.")
        return self.number * _LENGTHS[self.unit]

    def __str__(self) -> str:
        """As explanations say it: "10 menit kerja", "3 hari kerja"."""
        return f"{self.number} {self.unit}" if self.in_days else f"{self.number} {self.unit} kerja"
