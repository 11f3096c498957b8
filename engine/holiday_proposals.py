"""Holidays that a public library expects for a year, to be reviewed before they count. Knows no calendar of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from holidays import GOVERNMENT, PUBLIC, country_holidays

_ESTIMATE = " (perkiraan)"


@dataclass(frozen=True)
class Proposal:
    """One day; `kind` is "libur" or "cuti bersama", `estimated` means that the moon may still move it."""

    day: date
    name: str
    kind: str
    estimated: bool


def proposed_holidays(year: int) -> list[Proposal]:
    """In order of date. Without joint leave for years whose decree the library does not know yet: it says nothing."""
    joint_leave = country_holidays("ID", years=year, categories=(GOVERNMENT,), language="id")
    public = country_holidays("ID", years=year, categories=(PUBLIC,), language="id")
    found = {day: _proposal(day, name, "cuti bersama") for day, name in joint_leave.items()}
    found |= {day: _proposal(day, name, "libur") for day, name in public.items()}
    return [found[day] for day in sorted(found)]


def _proposal(day: date, name: str, kind: str) -> Proposal:
    plain = name.replace(_ESTIMATE, "").replace("; ", " dan ")
    return Proposal(day, plain, kind, estimated=_ESTIMATE in name)
