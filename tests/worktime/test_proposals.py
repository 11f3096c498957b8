"""The days that a library proposes, beside those that were reviewed."""

from datetime import date

from engine.holiday_proposals import Proposal, proposed_holidays
from tests.worktime.calendars import START


def test_the_reviewed_years_are_those_of_the_decrees():
    for year, off, joint_leave in ((2025, 17, 11), (2026, 17, 8)):  # 2025: 18 August was added by a second decree
        kinds = [each.kind for day, each in START.holidays.items() if day.year == year]
        assert (kinds.count("libur"), kinds.count("cuti bersama")) == (off, joint_leave)
        proposed = {(each.day, each.kind) for each in proposed_holidays(year)}
        assert proposed == {(day, each.kind) for day, each in START.holidays.items() if day.year == year}


def test_proposals_are_in_indonesian_and_in_order():
    proposed = proposed_holidays(2026)
    assert proposed == sorted(proposed, key=lambda each: each.day)
    assert proposed[-2:] == [
        Proposal(date(2026, 12, 24), "Cuti Bersama Hari Raya Natal", "cuti bersama", estimated=False),
        Proposal(date(2026, 12, 25), "Hari Raya Natal", "libur", estimated=False),
    ]


def test_an_estimate_is_marked_and_not_part_of_the_name():
    estimates = [each for each in proposed_holidays(2027) if each.estimated]
    assert "Hari Raya Idul Fitri" in [each.name for each in estimates]
    assert not any("perkiraan" in each.name for each in estimates)


def test_a_year_whose_joint_leave_is_unknown_has_none():
    assert {each.kind for each in proposed_holidays(2028)} == {"libur"}
