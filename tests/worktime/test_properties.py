"""What must hold for every calendar, start and duration."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.worktime import WIB, Calendar, Duration, State
from tests.worktime.calendars import CALENDARS, HOURS, INSTANTS, WORKING_DAYS, calendar_data, counted, intervals

MICROSECOND = timedelta(microseconds=1)


def length(duration: Duration) -> timedelta:
    return timedelta(microseconds=duration.microseconds)


@given(CALENDARS, INSTANTS, HOURS)
def test_adding_then_measuring_gives_the_same_time(calendar: Calendar, start: datetime, duration: Duration):
    due = calendar.add(start, duration).at
    assert calendar.working_time(start, due) == length(duration)
    assert due == counted(calendar, start, length(duration))


@given(CALENDARS, INSTANTS, WORKING_DAYS)
def test_adding_days_then_counting_gives_the_same_days(calendar: Calendar, start: datetime, duration: Duration):
    due = calendar.add(start, duration)
    assert calendar.working_days(start, due.at) == duration.number == len(due.days)
    assert calendar.working_days(start, due.at - MICROSECOND) == duration.number - 1
    assert start.astimezone(WIB).date() not in due.days


@given(CALENDARS, INSTANTS, st.one_of(HOURS, WORKING_DAYS))
def test_nothing_is_due_while_the_office_is_closed(calendar: Calendar, start: datetime, duration: Duration):
    due = calendar.add(start, duration)
    assert due.at > start
    assert due.at.tzinfo is UTC
    assert any(opens < due.at <= closes for opens, closes in intervals(calendar, due.at.astimezone(WIB).date()))
    if duration.in_days:
        assert due.at == intervals(calendar, due.days[-1])[-1][1]


@given(CALENDARS, INSTANTS, st.integers(1, 90 * 24 * 60), st.one_of(HOURS, WORKING_DAYS))
def test_a_later_start_is_never_due_earlier(calendar: Calendar, start: datetime, minutes: int, duration: Duration):
    later = start + timedelta(minutes=minutes)
    assert calendar.add(start, duration).at <= calendar.add(later, duration).at


@given(CALENDARS, INSTANTS, st.one_of(HOURS, WORKING_DAYS))
def test_a_longer_duration_is_due_later(calendar: Calendar, start: datetime, duration: Duration):
    longer = Duration(duration.number + 1, duration.unit)
    assert calendar.add(start, duration).at < calendar.add(start, longer).at


@given(CALENDARS, st.lists(INSTANTS, min_size=3, max_size=3))
def test_working_time_adds_up(calendar: Calendar, instants: list[datetime]):
    first, middle, last = sorted(instants)
    whole = calendar.working_time(first, last)
    assert whole == calendar.working_time(first, middle) + calendar.working_time(middle, last)
    assert timedelta() <= whole <= last - first
    assert calendar.working_time(last, first) == timedelta()


@given(CALENDARS, INSTANTS, st.one_of(HOURS, WORKING_DAYS), INSTANTS)
def test_the_state_follows_the_share_of_the_time(
    calendar: Calendar, opened: datetime, duration: Duration, now: datetime
):
    due = calendar.add(opened, duration).at
    nearly = calendar.nearly_due_at(opened, due)
    assert opened < nearly <= due
    expected = State.LATE if now > due else State.NEARLY_DUE if now >= nearly else State.ON_TIME
    assert calendar.state(opened, due, now) is expected


@given(CALENDARS, INSTANTS, st.one_of(HOURS, WORKING_DAYS))
def test_every_day_on_the_way_is_counted_or_skipped(calendar: Calendar, start: datetime, duration: Duration):
    due = calendar.add(start, duration)
    first, last = start.astimezone(WIB).date(), due.at.astimezone(WIB).date()
    told = {*due.days, *(each.day for each in due.skipped)}
    on_the_way = {first + timedelta(days=each) for each in range((last - first).days + 1)}
    assert on_the_way - told <= {first}
    assert not set(due.days) & {each.day for each in due.skipped}


@given(calendar_data())
def test_data_comes_back_the_same(data: dict):
    calendar = Calendar.from_data(data)
    assert Calendar.from_data(calendar.to_data()) == calendar
    assert Calendar.from_data(calendar.to_data()).to_data() == calendar.to_data()
    shuffled = {**data, "holidays": data["holidays"][::-1], "schedules": data["schedules"][::-1]}
    assert Calendar.from_data(shuffled).to_data() == calendar.to_data()


@given(CALENDARS, st.dates(date(2024, 1, 1), date(2029, 12, 31)))
def test_a_holiday_has_no_hours(calendar: Calendar, day: date):
    assert not (day in calendar.holidays and calendar.hours_on(day))
