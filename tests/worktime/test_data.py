"""What is wrong with a calendar is told at its field; what is kept is canonical."""

import copy
import json
from typing import Any

import pytest

from engine.worktime import Calendar, CalendarError, read_date
from tests.worktime.calendars import START, START_FILE


def start_data() -> dict[str, Any]:
    return copy.deepcopy(START.to_data())


def problems(data: object) -> list[tuple[str, str]]:
    with pytest.raises(CalendarError) as refused:
        Calendar.from_data(data)
    return refused.value.problems


def changed(path: str, value: object) -> dict[str, Any]:
    """The starting calendar with one field changed or, one past the end of a list, added."""
    data: Any = start_data()
    *way, last = path.split(".")
    place = data
    for key in way:
        place = place[int(key)] if isinstance(place, list) else place[key]
    if isinstance(place, list):
        place[int(last) : int(last) + 1] = [value]
    else:
        place[last] = value
    return data


HOLIDAY = {"date": "2026-12-25", "name": "Natal", "kind": "libur", "decree": "SKB"}
WEEK = {"senin": [["08:00", "12:00"]]}
RAMADAN = {"name": "Ramadan", "kind": "khusus", "from": "2026-03-20", "until": "2026-04-01", "week": WEEK}
NEXT = {"name": "Jam baru", "kind": "biasa", "from": "2027-01-01", "until": None, "week": WEEK}
COUNT = len(START.holidays)


@pytest.mark.parametrize(
    ("path", "value", "field", "says"),
    [
        (
            "schedules.3",
            RAMADAN,
            "schedules.3.from",
            "«Ramadan» mulai 20-03-2026 tumpang tindih dengan jadwal «Ramadan 1447",
        ),
        (
            "schedules.3",
            NEXT,
            "schedules.3.from",
            "«Jam baru» mulai 01-01-2027 tumpang tindih dengan jadwal «Jam kerja",
        ),
        ("schedules.0.until", "2026-12-31", "schedules.0.until", "harus berlaku tanpa tanggal akhir"),
        ("schedules.0.kind", "khusus", "schedules.0.until", "memerlukan tanggal akhir"),
        ("schedules.0.kind", "lain", "schedules.0.kind", "Pilih salah satu: biasa, khusus."),
        ("schedules.0.name", "  ", "schedules.0.name", "belum diisi"),
        ("schedules.0.from", "2026-13-01", "schedules.0.from", "«2026-13-01» tidak terbaca"),
        ("schedules.0.from", None, "schedules.0.from", "«» tidak terbaca"),
        ("schedules.1.until", "2025-02-28", "schedules.1.until", "mendahului tanggal mulai 01-03-2025"),
        ("schedules.1.until", "kemarin", "schedules.1.until", "«kemarin» tidak terbaca"),
        ("schedules.1.until", "", "schedules.1.until", "memerlukan tanggal akhir"),
        ("schedules.0.week", {}, "schedules.0.week", "Minggu kerja ini kosong"),
        ("schedules.0.week", {"senin": []}, "schedules.0.week", "Minggu kerja ini kosong"),
        ("schedules.0.week", None, "schedules.0.week", "isian bernama"),
        ("schedules.0.week.monday", [], "schedules.0.week.monday", "«monday» tidak dikenal"),
        ("schedules.0.week.senin", "07.30-16.00", "schedules.0.week.senin", "daftar"),
        ("schedules.0.week.senin.0", ["7.30", "25.00"], "schedules.0.week.senin.0", "Jam «25.00» tidak terbaca"),
        ("schedules.0.week.senin.0", ["07:30"], "schedules.0.week.senin.0", "Jam ini tidak terbaca"),
        ("schedules.0.week.senin.0", [730, 1200], "schedules.0.week.senin.0", "Jam «730» tidak terbaca"),
        ("schedules.0.week.senin.0", ["12:00", "07:30"], "schedules.0.week.senin.0", "12.00–07.30 tidak sesudah"),
        ("schedules.0.week.senin.0", ["09:00", "09:00"], "schedules.0.week.senin.0", "09.00–09.00 tidak sesudah"),
        (
            "schedules.0.week.senin.2",
            ["11:59", "13:00"],
            "schedules.0.week.senin",
            "11.59–13.00 tumpang tindih dengan 07.30",
        ),
        (
            "schedules.0.week.senin",
            {"hours": ["07.30", "16.00"], "breaks": [["15.30", "16.30"]]},
            "schedules.0.week.senin.breaks",
            "Istirahat 15.30–16.30 di luar jam kerja 07.30–16.00.",
        ),
        (
            "schedules.0.week.senin",
            {"hours": ["07.30", "16.00"], "breaks": [["12.00", "13.00"], ["12.30", "14.00"]]},
            "schedules.0.week.senin.breaks",
            "12.30–14.00 tumpang tindih dengan 12.00–13.00",
        ),
        ("schedules.0.week.senin", {"hours": ["pagi", "sore"]}, "schedules.0.week.senin.hours", "«pagi» tidak terbaca"),
        ("schedules.0.week.senin", {"jam": 1}, "schedules.0.week.senin.jam", "«jam» tidak dikenal"),
        (
            f"holidays.{COUNT}",
            HOLIDAY,
            f"holidays.{COUNT}.date",
            "25-12-2026 sudah tercantum sebagai «Hari Raya Natal»",
        ),
        ("holidays.0.date", "31 Februari 2026", "holidays.0.date", "«31 Februari 2026» tidak terbaca atau tidak ada"),
        ("holidays.0.date", "2026/12/25", "holidays.0.date", "«2026/12/25» tidak terbaca"),
        ("holidays.0.date", 20261225, "holidays.0.date", "«20261225» tidak terbaca"),
        ("holidays.0.kind", "cuti", "holidays.0.kind", "Pilih salah satu: libur, cuti bersama."),
        ("holidays.0.kind", ["libur"], "holidays.0.kind", "Pilih salah satu"),
        ("holidays.0.decree", "", "holidays.0.decree", "belum diisi"),
        ("holidays.0", "25 Desember", "holidays.0", "isian bernama"),
        ("approved_years.0", "2025", "approved_years.0", "«2025» tidak terbaca"),
        ("approved_years.0", 2026.0, "approved_years.0", "«2026.0» tidak terbaca"),
        ("approved_years.0", True, "approved_years.0", "«True» tidak terbaca"),
        ("approved_years.0", 26, "approved_years.0", "«26» tidak terbaca"),
        ("approved_years.2", 2026, "approved_years.2", "2026 tertulis dua kali"),
        ("zona", "WITA", "zona", "«zona» tidak dikenal"),
    ],
)
def test_a_mistake_is_told_at_its_field(path: str, value: object, field: str, says: str):
    found = problems(changed(path, value))
    assert field in dict(found), found
    assert says in dict(found)[field]


def test_every_mistake_is_told_at_once():
    data = changed("holidays.0.date", "besok")
    data["approved_years"] = ["x"]
    data["schedules"][1]["week"] = {}
    assert [path for path, _ in problems(data)] == ["schedules.1.week", "holidays.0.date", "approved_years.0"]


def test_normal_schedules_follow_each_other_without_a_gap():
    data = changed("schedules.0.until", "2026-12-30")
    data["schedules"].append(NEXT)
    assert problems(data) == [("schedules.3.from", "Tidak ada jadwal biasa antara 30-12-2026 dan 01-01-2027.")]
    data["schedules"][0]["until"] = "2026-12-31"
    assert len(Calendar.from_data(data).schedules) == 4


def test_a_long_schedule_overlaps_also_behind_a_short_one():
    spans = (("A", "01-01", "06-01"), ("B", "02-01", "02-02"), ("C", "05-01", "05-02"))
    special = [
        {**RAMADAN, "name": name, "from": f"2027-{first}", "until": f"2027-{last}"} for name, first, last in spans
    ]
    data = start_data()
    data["schedules"] += special
    assert [path for path, _ in problems(data)] == ["schedules.4.from", "schedules.5.from"]


def test_without_normal_hours_there_is_no_calendar():
    data = start_data()
    del data["schedules"][0]
    assert problems(data) == [("schedules", "Belum ada jadwal biasa.")]


@pytest.mark.parametrize("data", [None, [], "x", 3, {}, {"schedules": {}, "holidays": None, "approved_years": 2026}])
def test_whatever_is_handed_in_the_answer_is_a_list_of_problems(data: object):
    assert problems(data)


def test_a_day_may_be_written_with_its_breaks():
    day = {"hours": ["7.30", "16.00"], "breaks": [["12.00", "13.00"], ["07:30", "08:00"]]}
    calendar = Calendar.from_data(changed("schedules.0.week.senin", day))
    assert calendar.to_data()["schedules"][0]["week"]["senin"] == [["08:00", "12:00"], ["13:00", "16:00"]]
    whole = Calendar.from_data(changed("schedules.0.week.senin", {"hours": ["07:30", "16:00"]}))
    assert whole.to_data()["schedules"][0]["week"]["senin"] == [["07:30", "16:00"]]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-12-24", "2026-12-24"),
        ("24 Desember 2026", "2026-12-24"),
        (" 1  JANUARI 2026 ", "2026-01-01"),
        ("24-12-2026", "2026-12-24"),
        ("4/2/2026", "2026-02-04"),
        ("24.12.2026", "2026-12-24"),
        ("29 Februari 2028", "2028-02-29"),
        ("29 Februari 2027", None),
        ("24-12.2026", None),
        ("24 December 2026", None),
        ("24 Desember", None),
        ("24-12-26", None),
        ("1926-12-24", None),
        ("٢٤-12-2026", None),
        ("", None),
    ],
)
def test_dates_as_people_and_decrees_write_them(text: str, iso: str | None):
    found = read_date(text)
    assert (found.isoformat() if found else None) == iso


def test_the_calendar_at_the_start_is_written_canonically():
    assert json.loads(START_FILE.read_text(encoding="utf-8")) == START.to_data()


def test_the_data_holds_no_floats():
    def leaves(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [leaf for each in value.values() for leaf in leaves(each)]
        return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]

    assert {type(each) for each in leaves(START.to_data())} == {str, int, type(None)}
