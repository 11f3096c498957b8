"""Deadlines in the words of a citizen: why a due time is what it is, and how much is left. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

from engine.worktime.calendar import Calendar, Due, Skipped
from engine.worktime.fields import clock_text
from engine.worktime.instants import WIB, local_day

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_FULL_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
                "November", "Desember")  # fmt: skip
_MOST = 10  # more days or reasons than this explain nothing any more
_FINE = timedelta(hours=4)  # below, minutes matter to whoever plans the rest of the day


def date_text(at: datetime) -> str:
    """ "28 Desember 2026", the day in Serang: as it stands in a letter."""
    day = local_day(at)
    return f"{day.day} {_FULL_MONTHS[day.month - 1]} {day.year}"


def explain(due: Due) -> str:
    """ "3 hari kerja sejak Selasa 22 Des: 23, 28, 29 Des; libur 24 Des cuti bersama, 25 Des Natal"."""
    return "; ".join(_in_days(due) if due.duration.in_days else _in_hours(due))


def remaining(calendar: Calendar, now: datetime, due: datetime) -> str:
    """ "sisa 3 hari kerja", "sisa 2 jam kerja", "terlambat 1 hari kerja": whole days when there are any."""
    word, first, last = ("terlambat", due, now) if now > due else ("sisa", now, due)
    days = calendar.working_days(first, last)
    return f"{word} {days} hari kerja" if days else f"{word} {_length(calendar.working_time(first, last))} kerja"


def said(at: datetime) -> str:
    """ "28 Des 2026 07.35", in Serang."""
    local = at.astimezone(WIB)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H.%M}"


def _length(time: timedelta) -> str:
    hours, minutes = divmod(time // timedelta(minutes=1), 60)
    if not hours and not minutes:
        return "kurang dari 1 menit"
    shown_minutes = f"{minutes} menit" if minutes and time < _FINE else ""
    return " ".join(filter(None, (f"{hours} jam" if hours else "", shown_minutes)))


def _in_days(due: Due) -> list[str]:
    with_year = _spans_years(due)
    days = due.days
    first = f"{due.duration} sejak {_day(local_day(due.start), with_year)}"
    if len(days) > _MOST:
        return [f"{first} sampai {_day(days[-1], with_year)}", *_reasons(due, with_year)]
    return [f"{first}: {_dates(days, with_year)}", *_reasons(due, with_year)]


def _in_hours(due: Due) -> list[str]:
    with_year = _spans_years(due)
    start, begin = due.start.astimezone(WIB), due.runs_from.astimezone(WIB)
    days = due.days
    said = [f"{due.duration} sejak {_day(start.date(), with_year)} {start:%H.%M}", *_closed_hours(due, start)]
    if days[-1] != start.date():
        resumed = next(each for each in days if each != start.date())
        reasons = _reasons(due, with_year)
        closing_said = len(said) > 1
        said += [each for each in reasons if not (closing_said and each.startswith(_CLOSED_DAYS))]
        opening = _clock(due.calendar.hours_on(resumed)[0][0])
        word = "lanjut" if begin.date() == start.date() else "mulai"
        said.append(f"{word} {_day(resumed, with_year)} {opening}")
    return said


def _closed_hours(due: Due, start: datetime) -> list[str]:
    """The opening, breaks and closing of the start day that `due` had to wait for."""
    hours = due.calendar.hours_on(start.date())
    if not hours:
        return []
    end = due.at.astimezone(WIB)
    at = start.hour * 60 + start.minute
    until = end.hour * 60 + end.minute if end.date() == start.date() else hours[-1][1]
    said = [f"kantor buka {_clock(hours[0][0])}"] if at < hours[0][0] else []
    for (_, stops), (goes_on, _) in pairwise(hours):
        if at < goes_on <= until and stops < goes_on:
            said.append(f"istirahat {_clock(stops)}–{_clock(goes_on)}")
    if end.date() != start.date():
        said.append(f"kantor tutup {_clock(hours[-1][1])}")
    return said


_CLOSED_DAYS = "kantor tutup "


def _reasons(due: Due, with_year: bool) -> list[str]:
    """The holidays on the way; when there are none, the weekdays on which the office is closed."""
    skipped = due.skipped
    holidays = [each for each in skipped if each.holiday]
    if holidays:
        return [f"libur {_holidays(holidays, with_year)}"]
    names = list(dict.fromkeys(_DAYS[each.day.weekday()] for each in skipped))
    return [_CLOSED_DAYS + _listed(names)] if names else []


def _holidays(skipped: list[Skipped], with_year: bool) -> str:
    groups = [
        (reason, [each.day for each in days])
        for reason, days in groupby(skipped, key=lambda each: each.holiday.reason if each.holiday else "")
    ]
    said = [f"{_dates(days, with_year, last='dan')} {reason}" for reason, days in groups[:_MOST]]
    rest = sum(len(days) for _, days in groups[_MOST:])
    return ", ".join(said) + (f", dan {rest} hari lain" if rest else "")


def _dates(days: Sequence[date], with_year: bool, last: str = "") -> str:
    """ "30, 31 Des 2026, 4 Jan 2027": the month once for the days that share it; `last` joins the last of a group."""
    said = []
    for (_, month), group in groupby(days, key=lambda each: (each.year, each.month)):
        same = list(group)
        numbers = [str(each.day) for each in same]
        year = f" {same[0].year}" if with_year else ""
        said.append(f"{_listed(numbers) if last else ', '.join(numbers)} {_MONTHS[month - 1]}{year}")
    return ", ".join(said)


def _listed(words: list[str]) -> str:
    """ "Sabtu dan Minggu", "20, 23, dan 24"."""
    if len(words) < 3:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"


def _day(day: date, with_year: bool) -> str:
    year = f" {day.year}" if with_year else ""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def _clock(minutes: int) -> str:
    return clock_text(minutes).replace(":", ".")


def _spans_years(due: Due) -> bool:
    return local_day(due.start).year != local_day(due.at).year
