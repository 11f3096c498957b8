"""Clocks run out: who is told, once, and what nobody is bothered with."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.commands.rules import START, set_rules
from engine.errors import NotFound, Rejected
from engine.queries.messages import reminder_rules
from engine.store.database import transaction
from tests.worker.bureau import Bureau

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FRIDAY_EVENING = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)  # 19.00 WIB
MONDAY_TEN = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)  # 10.00 WIB


def test_the_owner_hears_at_three_quarters_who_directs_when_it_is_late_pimpinan_at_the_total(bureau: Bureau):
    office = bureau.office
    task = office.go_to(office.file_complaint("siti"), "tanggapi_aduan")
    assert task.due_at is not None
    bureau.until(task.due_at + HOUR, every=HOUR)
    (nearly,) = bureau.notices("ratna", "nearly")
    (late,) = bureau.notices("hasan", "late")
    assert nearly.at < task.due_at < late.at
    assert bureau.notices("kepala") == [] and bureau.notices("ratna", "late") == []
    bureau.until(office.now + 7 * DAY, every=6 * HOUR)
    assert bureau.kinds("kepala") == ["total"]
    assert bureau.mailbox.subjects("kepala") == ["1 aduan melewati batas waktu jawaban"]
    assert [len(bureau.notices(who, "nearly", "late")) for who in ("ratna", "joko", "hasan")] == [1, 1, 1]


def test_answered_on_day_three_and_never_confirmed(bureau: Bureau):
    """One word when the answer is there, one before closing, one at the end; nobody is reminded or escalated."""
    office = bureau.office
    case = office.file_complaint("siti")
    bureau.round()
    office.go_to(case, "tanggapi_aduan")
    bureau.until(office.now + 3 * DAY, every=6 * HOUR)
    office.go_to(case, "terima_jawaban")
    closes = office.case(case).next_timer_at
    assert closes is not None
    staff = ("dewi", "hasan", "ratna", "kepala")
    bureau.round()
    before = {who: len(bureau.notices(who, "nearly", "late", "total", "undelivered")) for who in staff}
    bureau.until(closes + DAY, every=3 * HOUR)
    closed = office.case(case)
    assert closed.outcome == "Ditutup otomatis tanpa konfirmasi"
    assert closed.closed_at is not None and closed.closed_at - closes <= 3 * HOUR
    assert bureau.kinds("siti") == ["received", "answered", "closing", "closed"]
    assert len(bureau.mailbox.to("siti")) == 4
    assert {who: len(bureau.notices(who, "nearly", "late", "total", "undelivered")) for who in staff} == before
    (closing,) = bureau.notices("siti", "closing")
    assert timedelta() < closes - closing.at <= 4 * DAY  # two working days, perhaps around a weekend


def test_sixty_cases_on_a_weekend_are_one_mail_for_each_on_monday(bureau: Bureau):
    office = bureau.office
    office.now = FRIDAY_EVENING
    for _ in range(12):
        for _ in range(5):
            office.file_complaint("siti")
        bureau.round(hours=3)
    before = len(bureau.mailbox.to("siti"))
    bureau.until(MONDAY_TEN, every=10 * MINUTE)
    got = {who: bureau.mailbox.subjects(who) for who in office.people if who != "siti"}
    assert max(map(len, got.values())) == 1, got
    assert got["dewi"] == ["Ringkasan hari ini: 60 tugas terlambat"]
    assert got["hasan"] == ["Ringkasan hari ini: 60 tugas terlambat"]
    assert before == 60  # one for each of his own cases


def test_the_digest_counts_names_numbers_and_links_and_comes_on_working_days_only(bureau: Bureau):
    office = bureau.office
    case = office.file_complaint("siti")  # Monday morning: too late for today's
    bureau.round(hours=9)
    assert bureau.mailbox.to("dewi") == []
    bureau.round(hours=15)
    (message,) = bureau.mailbox.to("dewi")
    text = message.get_body(("plain",)).get_content()
    assert case.number in text and f"/aduan/{case.number}" in text and "/tugas" in text
    bureau.until(office.now + 10 * DAY, every=6 * HOUR)
    assert len(bureau.mailbox.to("dewi")) == 1  # nothing new: no mail


def test_the_digest_is_not_sent_on_a_day_off(bureau: Bureau):
    office = bureau.office
    office.now = FRIDAY_EVENING
    office.file_complaint("siti")
    bureau.until(FRIDAY_EVENING + 2 * DAY + 12 * HOUR, every=HOUR)  # Monday 07.00
    assert bureau.mailbox.to("dewi") == []
    bureau.until(MONDAY_TEN, every=HOUR)
    assert len(bureau.mailbox.to("dewi")) == 1


def test_pengelola_sistem_sets_the_rules_and_that_is_an_event(bureau: Bureau):
    office = bureau.office
    with transaction(office.engine) as session:
        assert {(each.at, each.to) for each in reminder_rules(session, "aduan") if each.active} == START
    wanted = [("lewat", "pemilik"), ("lewat", "pimpinan")]
    with pytest.raises(NotFound):
        office.do(set_rules, "hasan", "aduan", wanted)
    with pytest.raises(Rejected):
        office.do(set_rules, "sistem", "aduan", [("kapan", "siapa")])
    office.do(set_rules, "sistem", "aduan", wanted)
    assert office.bodies("proses/aduan")[-1]["type"] == "reminders_set"
    office.go_to(office.file_complaint("siti"), "tanggapi_aduan")
    bureau.round(days=4)
    assert len(bureau.notices("ratna", "late")) == len(bureau.notices("kepala", "late")) == 1
    assert bureau.notices("hasan", "late") == [] and bureau.notices("ratna", "nearly") == []
