"""The clocks of the SOP in the calendar that Aduan starts with: due times, states, and how they are said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.process.gate.people import standard_hours
from engine.worktime import Calendar, Duration, State, explain, remaining
from tests.worktime.calendars import START, at


@pytest.mark.parametrize(
    ("start", "waktu", "due"),
    [
        ("2026-12-23T15:55", "10 menit", "2026-12-28T07:35"),  # 24 December joint leave, 25 December Natal
        ("2026-03-16T09:00", "5 hari kerja", "2026-03-30T16:00"),  # Nyepi, Idul Fitri and four days of joint leave
        ("2026-11-03T09:00", "15 Menit", "2026-11-03T09:15"),
        ("2026-11-03T11:00", "120 menit", "2026-11-03T14:00"),  # over the break
        ("2026-11-06T11:00", "2 jam", "2026-11-06T14:30"),  # over Friday's longer break
        ("2026-11-03T15:55", "5 Menit", "2026-11-03T16:00"),  # ends with the office day, not at the next opening
        ("2026-12-31T15:55", "5 Menit", "2026-12-31T16:00"),  # and not in the next year either
        ("2026-11-03T16:00", "5 Menit", "2026-11-04T07:35"),
        ("2026-11-03T12:00", "5 Menit", "2026-11-03T13:05"),
        ("2026-11-03T05:00", "5 Menit", "2026-11-03T07:35"),
        ("2026-02-23T14:55", "10 menit", "2026-02-24T08:05"),  # Ramadan
        ("2026-02-18T15:55", "10 menit", "2026-02-19T08:05"),  # into Ramadan
        ("2026-02-27T14:00", "1 hari", "2026-03-02T15:00"),
        ("2026-11-03T09:00", "3 hari", "2026-11-06T16:30"),  # Friday closes at 16.30
        ("2026-11-07T10:00", "1 hari", "2026-11-09T16:00"),  # on a Saturday: Monday is day 1
        ("2026-11-06T20:00", "1 hari", "2026-11-09T16:00"),  # after closing: Friday is the start day
        ("2026-11-09T05:00", "1 hari", "2026-11-10T16:00"),  # before opening: Monday is the start day
        ("2025-12-31T09:00", "1 hari kerja", "2026-01-02T16:30"),  # over New Year
    ],
)
def test_due_times(start: str, waktu: str, due: str):
    assert START.add(at(start), Duration.parse(waktu)).at == at(due)


@pytest.mark.parametrize(
    ("start", "waktu", "says"),
    [
        (
            "2026-12-22T10:00",
            "3 hari",
            "3 hari kerja sejak Selasa 22 Des: 23, 28, 29 Des; libur 24 Des cuti bersama, 25 Des Natal",
        ),
        (
            "2026-12-23T15:55",
            "10 menit",
            "10 menit kerja sejak Rabu 23 Des 15.55; kantor tutup 16.00; libur 24 Des cuti bersama, 25 Des Natal; "
            "lanjut Senin 28 Des 07.30",
        ),
        (
            "2026-03-16T09:00",
            "5 hari kerja",
            "5 hari kerja sejak Senin 16 Mar: 17, 25, 26, 27, 30 Mar; libur 18 Mar cuti bersama, 19 Mar Hari Suci "
            "Nyepi, 20, 23, dan 24 Mar cuti bersama",
        ),
        ("2026-11-03T09:00", "1 hari", "1 hari kerja sejak Selasa 3 Nov: 4 Nov"),
        ("2026-11-05T09:00", "2 hari", "2 hari kerja sejak Kamis 5 Nov: 6, 9 Nov; kantor tutup Sabtu dan Minggu"),
        ("2026-11-03T09:00", "15 Menit", "15 menit kerja sejak Selasa 3 Nov 09.00"),
        ("2026-11-03T11:00", "2 jam", "2 jam kerja sejak Selasa 3 Nov 11.00; istirahat 12.00–13.00"),
        ("2026-11-03T13:00", "5 menit", "5 menit kerja sejak Selasa 3 Nov 13.00"),
        ("2026-11-03T11:59:30", "1 menit", "1 menit kerja sejak Selasa 3 Nov 11.59; istirahat 12.00–13.00"),
        ("2026-11-03T12:20", "5 menit", "5 menit kerja sejak Selasa 3 Nov 12.20; istirahat 12.00–13.00"),
        ("2026-11-03T05:00", "5 menit", "5 menit kerja sejak Selasa 3 Nov 05.00; kantor buka 07.30"),
        (
            "2026-11-03T20:00",
            "5 menit",
            "5 menit kerja sejak Selasa 3 Nov 20.00; kantor tutup 16.00; mulai Rabu 4 Nov 07.30",
        ),
        (
            "2026-11-06T16:25",
            "10 menit",
            "10 menit kerja sejak Jumat 6 Nov 16.25; kantor tutup 16.30; lanjut Senin 9 Nov 07.30",
        ),
        (
            "2026-11-07T09:00",
            "10 menit",
            "10 menit kerja sejak Sabtu 7 Nov 09.00; kantor tutup Sabtu dan Minggu; mulai Senin 9 Nov 07.30",
        ),
        (
            "2025-12-30T09:00",
            "3 hari",
            "3 hari kerja sejak Selasa 30 Des 2025: 31 Des 2025, 2, 5 Jan 2026; libur 1 Jan 2026 Tahun Baru Masehi",
        ),
        (
            "2026-09-01T09:00",
            "20 hari",
            "20 hari kerja sejak Selasa 1 Sep sampai Selasa 29 Sep; kantor tutup Sabtu dan Minggu",
        ),
    ],
)
def test_a_due_time_is_explained(start: str, waktu: str, says: str):
    assert explain(START.add(at(start), Duration.parse(waktu))) == says


def test_a_long_explanation_is_cut_short():
    says = explain(START.add(at("2026-01-01T09:00"), Duration.parse("200 hari")))
    assert says.startswith("200 hari kerja sejak Kamis 1 Jan sampai ")
    assert says.endswith("3 Apr Wafat Yesus Kristus, 1 Mei Hari Buruh Internasional, 14 Mei Kenaikan Yesus Kristus, "
                         "dan 7 hari lain")  # fmt: skip


def test_a_due_time_knows_its_days():
    due = START.add(at("2026-12-23T15:55"), Duration.parse("10 menit"))
    assert due.days == (date(2026, 12, 23), date(2026, 12, 28))
    assert [(each.day.day, each.holiday and each.holiday.reason) for each in due.skipped] == [
        (24, "cuti bersama"),
        (25, "Natal"),
        (26, None),
        (27, None),
    ]
    assert due.runs_from == at("2026-12-23T15:55")
    assert START.add(at("2026-12-24T09:00"), Duration.parse("10 menit")).runs_from == at("2026-12-28T07:30")


@pytest.mark.parametrize(
    ("now", "due", "says"),
    [
        ("2026-11-03T09:00", "2026-11-06T16:30", "sisa 3 hari kerja"),
        ("2026-11-03T05:00", "2026-11-06T16:30", "sisa 3 hari kerja"),
        ("2026-11-05T15:59", "2026-11-06T16:30", "sisa 1 hari kerja"),
        ("2026-11-06T07:30", "2026-11-06T16:30", "sisa 7 jam kerja"),
        ("2026-11-06T14:30", "2026-11-06T16:30", "sisa 2 jam kerja"),
        ("2026-11-06T13:45", "2026-11-06T16:30", "sisa 2 jam 45 menit kerja"),
        ("2026-12-23T15:55", "2026-12-28T07:35", "sisa 10 menit kerja"),
        ("2026-11-06T16:29:30", "2026-11-06T16:30", "sisa kurang dari 1 menit kerja"),
        ("2026-11-06T16:30", "2026-11-06T16:30", "sisa kurang dari 1 menit kerja"),
        ("2026-11-06T20:00", "2026-11-06T16:30", "terlambat kurang dari 1 menit kerja"),
        ("2026-11-09T08:00", "2026-11-06T16:30", "terlambat 30 menit kerja"),
        ("2026-11-09T16:00", "2026-11-06T16:30", "terlambat 1 hari kerja"),
        ("2026-11-11T10:00", "2026-11-06T16:30", "terlambat 2 hari kerja"),
    ],
)
def test_what_is_left_is_said(now: str, due: str, says: str):
    assert remaining(START, at(now), at(due)) == says


@pytest.mark.parametrize(
    ("now", "state", "percent"),
    [
        ("2026-11-03T10:29", State.ON_TIME, 74),  # of 120 minutes from 09.00
        ("2026-11-03T10:30", State.NEARLY_DUE, 75),
        ("2026-11-03T11:00", State.NEARLY_DUE, 100),
        ("2026-11-03T11:00:00.000001", State.LATE, 100),
        ("2026-11-03T13:30", State.LATE, 175),
        ("2026-11-02T13:30", State.ON_TIME, 0),  # a clock that lags behind
    ],
)
def test_nearly_due_at_three_quarters(now: str, state: State, percent: int):
    opened, due = at("2026-11-03T09:00"), at("2026-11-03T11:00")
    assert (START.state(opened, due, at(now)), START.percent_used(opened, due, at(now))) == (state, percent)
    assert START.nearly_due_at(opened, due) == at("2026-11-03T10:30")


def test_a_weekend_does_not_bring_a_task_nearer_to_late():
    opened = at("2026-11-06T16:20")
    due = START.add(opened, Duration.parse("120 menit")).at
    assert START.state(opened, due, at("2026-11-09T07:30")) is State.ON_TIME


def test_when_no_working_time_lies_between_it_is_nearly_due_until_it_is_late():
    opened, due = at("2026-11-07T09:00"), at("2026-11-07T12:00")
    assert START.state(opened, due, opened) is State.NEARLY_DUE
    assert START.nearly_due_at(opened, due) == due


def test_a_year_without_approval_warns_and_still_answers():
    due = START.add(at("2026-12-31T09:00"), Duration.parse("1 hari"))
    assert due.at == at("2027-01-01T16:30")
    assert due.warnings == ("Hari libur tahun 2027 belum disetujui; batas waktu ini dapat bergeser.",)
    assert START.add(at("2026-12-22T09:00"), Duration.parse("1 hari")).warnings == ()
    assert START.unapproved(at("2024-05-01T00:00"), at("2027-05-01T00:00")) == (2024, 2027)
    new_year = at("2027-01-01T00:30").astimezone(UTC)  # still 2026 there
    assert START.unapproved(new_year, new_year) == (2027,)


@pytest.mark.parametrize(
    "text", ["15 Menit", "120 menit", "2 jam", "3 hari", "5 hari kerja", " 5  HARI   kerja ", "1jam"]
)
def test_the_words_of_the_sop_are_read_as_the_gate_reads_them(text: str):
    duration = Duration.parse(text)
    hours = duration.number * 7.5 if duration.in_days else duration.microseconds / 3.6e9
    assert standard_hours(text) == pytest.approx(hours)


@pytest.mark.parametrize(
    "text",
    ["", "tiga hari", "0 menit", "-3 hari", "1,5 jam", "3", "hari", "3 minggu", "10000 menit", "3 hari lagi", "٣ hari"],
)
def test_other_words_are_refused_with_an_example(text: str):
    assert standard_hours(text) is None
    with pytest.raises(ValueError, match="misalnya 30 menit"):
        Duration.parse(text)


def test_days_have_no_length_in_hours():
    with pytest.raises(ValueError, match="tidak mempunyai panjang tetap"):
        _ = Duration(3, "hari kerja").microseconds
    with pytest.raises(ValueError, match="bukan lama waktu"):
        Duration(0, "menit")


def test_an_instant_without_zone_is_refused():
    with pytest.raises(TypeError):
        START.add(datetime(2026, 11, 3, 9), Duration.parse("15 menit"))  # noqa: DTZ001  # the point of the test


@pytest.mark.parametrize(
    ("week_of", "hours"),
    [("2026-11-02", 37.5), ("2026-02-23", 32.5), ("2025-03-03", 32.5)],  # Perpres 21/2023
)
def test_a_week_has_the_hours_of_the_regulation(week_of: str, hours: float):
    monday = at(week_of)
    assert START.working_time(monday, monday + timedelta(days=7)) == timedelta(hours=hours)


def test_ramadan_ends_where_idul_fitri_begins():
    for special in (each for each in START.schedules if each.kind == "khusus"):
        first_day_after = START.holidays[special.last + timedelta(days=1)]
        assert first_day_after.name == "Hari Raya Idul Fitri"
        assert (special.last - special.first).days + 1 in (29, 30)


def test_two_calendars_with_the_same_data_are_equal():
    other = Calendar.from_data(START.to_data())
    assert other == START and hash(other) == hash(START)
