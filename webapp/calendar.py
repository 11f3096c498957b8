"""For Pengelola Sistem: the working calendar in force, its days off and office hours, changed after a look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.set_calendar import CalendarChanges, ProposedCalendar, proposed_calendar, set_calendar
from engine.errors import Conflict, Rejected
from engine.process.forms import Field
from engine.queries.calendar import Moved, calendar_in_force, missing_years, moved_deadlines
from engine.store.calendars import current_calendar
from engine.worktime import Calendar
from webapp import calendar_hours as hours
from webapp.access import administrator, needs
from webapp.calendar_days import edited_days, months, read_lines, said_date, said_problems
from webapp.context import actor, database, now
from webapp.text import ZONE

if TYPE_CHECKING:
    from engine.holiday_proposals import Proposal

blueprint = Blueprint("calendar", __name__)
PAGE = "/kelola/kalender"
ALL = "semua"
YEARS = range(2000, 2200)
DAYS_FORM, HOURS_FORM, APPROVAL = "hari", "jam", "sahkan"
DECREES = {
    DAYS_FORM: Field("nomor", "Nomor keputusan", required=True, max_length=500, autocomplete="off",
                     help="Misalnya nomor SKB tiga menteri atau keputusan Bupati."),
    HOURS_FORM: Field("nomor_jam", "Nomor keputusan", required=True, max_length=500, autocomplete="off",
                      help="Misalnya nomor keputusan atau surat edaran tentang jam kerja."),
    APPROVAL: Field("sahkan", "Pengesahan"),
}  # fmt: skip


@dataclass
class Draft:
    """What someone typed into one of the page's forms, and what came of it."""

    form: str = ""  # which form; empty: nothing was typed
    typed: dict[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)
    notice: str = ""
    changes: CalendarChanges | None = None  # of a preview
    calendar: Calendar | None = None
    checksum: str = ""
    moved: Moved | None = None

    @property
    def decree(self) -> str:
        """The number of the decree, in single spaces."""
        return " ".join(self.typed.get(DECREES[self.form].name, "").split())


@blueprint.get(PAGE)
@needs(administrator)
def index() -> str:
    """What is in force, and a year of it."""
    return _page(_year(request.args), Draft())


@blueprint.post(PAGE)
@needs(administrator)
def change_days() -> AnyResponse:
    """Take days off away and add others; looked at first, then saved."""
    year, posted = _year(request.form), request.form
    draft = _draft(DAYS_FORM)
    lines, wrong = read_lines(posted.get("tempel", ""), year)
    with database() as session:
        calendar = current_calendar(session).calendar
    chosen = [
        (each.day, each.name, each.kind)
        for each in _proposals(year, calendar)
        if ALL in draft.chosen or each.day.isoformat() in draft.chosen
    ]
    data, twins = edited_days(calendar, removed=draft.removed, chosen=chosen, pasted=lines, decree=draft.decree)
    if wrong or twins:
        draft.errors["tempel"] = said_problems([*wrong, *twins])
    return _settle(year, draft, data, [])


@blueprint.post(f"{PAGE}/jam")
@needs(administrator)
def change_hours() -> AnyResponse:
    """Change weekly hours and breaks, and schedules such as Ramadan's."""
    year, draft = _year(request.form), _draft(HOURS_FORM)
    with database() as session:
        calendar = current_calendar(session).calendar
    read = hours.read_hours(request.form, calendar, year)
    draft.errors |= read.errors
    return _settle(year, draft, {**calendar.to_data(), "schedules": read.schedules}, read.origins)


@blueprint.post(f"{PAGE}/sahkan")
@needs(administrator)
def approve() -> AnyResponse:
    """Say that a year's days off are complete and as decreed."""
    year, draft = _year(request.form), _draft(APPROVAL)
    with database() as session:
        data = current_calendar(session).calendar.to_data()
    decrees = [each["decree"] for each in data["holidays"] if each["date"].startswith(f"{year}-")]
    if not decrees:
        draft.errors["sahkan"] = f"Hari libur tahun {year} belum ada. Tambahkan dulu dari SKB, lalu sahkan."
    draft.typed = {"sahkan": "; ".join(dict.fromkeys(decrees))[:500] or "-", "_aksi": "simpan"}
    return _settle(year, draft, {**data, "approved_years": sorted({*data["approved_years"], year})}, [])


def _draft(form: str) -> Draft:
    posted = request.form
    chosen, removed = frozenset(posted.getlist("usulan")), frozenset(posted.getlist("hapus"))
    return Draft(form, posted.to_dict(), removed, chosen)


def _settle(year: int, draft: Draft, data: object, origins: list[str | None]) -> AnyResponse:
    """Show what would change, or save it; whatever is refused comes back with all that was typed."""
    replaces = _number(request.form.get("versi", ""))
    try:
        with database() as session:
            proposed = _checked(session, draft, data, replaces, origins)
            looked_at = draft.typed.get("_diperiksa") in (None, "", proposed.checksum)
            if draft.typed.get("_aksi") != "simpan" or not looked_at:
                draft.changes, draft.calendar, draft.checksum = proposed.changes, proposed.calendar, proposed.checksum
                draft.moved = moved_deadlines(session, proposed.calendar, now())
                return make_response(_page(year, draft))
            done = set_calendar(session, actor().account_id, data, decree=draft.decree, now=now(), replaces=replaces)
    except Rejected as error:
        draft.errors = error.errors
        return make_response(_page(year, draft), 422)
    except Conflict as error:
        draft.notice = error.message
        return make_response(_page(year, draft), 409)
    kind, sentence = _news(draft.form, year, done.number, fresh=done.fresh)
    flash(sentence, kind)
    return redirect(f"{PAGE}?tahun={year}", code=303)


def _checked(
    session: Session, draft: Draft, data: object, replaces: int, origins: list[str | None]
) -> ProposedCalendar:
    """The checked calendar. Raises Rejected with the names of the page's fields."""
    try:
        proposed = proposed_calendar(session, data, decree=draft.decree, replaces=replaces)
    except Rejected as error:
        own = {"decree": DECREES[draft.form].name}
        named = {own.get(path) or hours.field_of(path, origins): said for path, said in error.errors.items()}
        # Without its number every added day lacks a decree, too: said once.
        raise Rejected(
            {name: sentence for name, sentence in named.items() if not name.startswith("holidays.")} | draft.errors
        ) from error
    if draft.errors:
        raise Rejected(draft.errors)
    return proposed


def _news(form: str, year: int, number: int, *, fresh: bool) -> tuple[str, str]:
    if not fresh:
        return "info", "Tidak ada yang berubah."
    if form == APPROVAL:
        return "sukses", f"Hari libur tahun {year} disahkan. Kalender versi {number} berlaku."
    return "sukses", f"Kalender versi {number} berlaku. Batas waktu aduan yang berjalan segera disesuaikan."


def _page(year: int, draft: Draft) -> str:
    with database() as session:
        found = calendar_in_force(session)
    calendar, this_year = found.office.calendar, _today().year
    shown = [group for group, _ in hours.groups(calendar, year)]
    added = hours.Group(hours.NEW, hours.SPECIAL, "jadwal baru")
    typed = hours.values(calendar, year) | (draft.typed if draft.form == HOURS_FORM else {})
    return render_template(
        "manage/kalender.html", in_force=found, calendar=calendar, year=year, this_year=this_year,
        years=sorted({this_year - 1, this_year, this_year + 1, year}), months=months(calendar, year),
        missing=missing_years(calendar, now()), approved=year in calendar.approved_years,
        days=sorted((day, each) for day, each in calendar.holidays.items() if day.year == year),
        schedules=[calendar.schedules[place] for _, place in hours.groups(calendar, year)],
        proposals=_proposals(year, calendar), groups=[*shown, added], week=hours.WEEK, week_words=hours.week_words,
        draft=draft, hours_values=typed, decrees=DECREES, fields=_fields([*shown, added]), said_date=said_date,
    )  # fmt: skip


def _fields(groups: list[hours.Group]) -> list[Field]:
    """Every field by name and title, for the list of errors."""
    named = [Field("tempel", "Tempel dari SKB"), *DECREES.values()]
    return [*named, *(Field(name, title) for name, title in hours.titles(groups).items())]


def _proposals(year: int, calendar: Calendar) -> list[Proposal]:
    """Days that are not in the calendar yet."""
    from engine.holiday_proposals import proposed_holidays  # a large library, for this page alone

    return [each for each in proposed_holidays(year) if each.day not in calendar.holidays]


def _today() -> date:
    return now().astimezone(ZONE).date()


def _year(given: Mapping[str, str]) -> int:
    """The year that is looked at; nonsense counts as this one."""
    year = _number(given.get("tahun", ""))
    return year if year in YEARS else _today().year


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
