"""A new version of the calendar: how it is set and recorded, and how running cases follow it.

Whatever follows, history replays to the stored state and all rows.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import ORMExecuteState, Session

from engine.commands.cases import load_by_id
from engine.commands.follow_calendar import follow_calendar, follow_case
from engine.commands.rebuild import rebuild_case
from engine.commands.set_calendar import CalendarSet, set_calendar, set_start_calendar
from engine.errors import Conflict, Rejected
from engine.history.event import canonical, digest
from engine.process import diagram as diagrams
from engine.queries.calendar import calendar_in_force, check_calendars, moved_deadlines, unapproved_years
from engine.queries.stored_cases import CaseCheck
from engine.replay import Diverged, replay
from engine.store.calendars import current_calendar, start_data
from engine.store.database import snapshot, transaction
from engine.store.deadlines import Armed, armed_timers
from engine.store.models import CalendarVersion, Case, Task
from engine.worktime import WIB, Calendar, Duration
from tests.engine.office import ROOT, Office
from tests.process.drawing import sop_with

DECREE = "SKB Nomor 7 Tahun 2026"


def wib(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=WIB)


def with_days(*days: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The calendar that an office begins with, with more and fewer days off."""
    data = copy.deepcopy(start_data())
    data["holidays"] = [each for each in data["holidays"] if each["date"] not in without]
    data["holidays"] += [{"date": day, "name": "Libur daerah", "kind": "libur", "decree": DECREE} for day in days]
    return data


def put(office: Office, data: object, **more: Any) -> CalendarSet:
    with office.transaction() as session:
        given: dict[str, Any] = {"decree": DECREE, "now": office.now} | more
        return set_calendar(session, office.people["sistem"], data, **given)


def follow(office: Office, **more: Any) -> int:
    office.now += timedelta(minutes=1)
    return follow_calendar(office.engine, office.now, **more)


def check(office: Office) -> None:
    """Every stored case is what its history leads to."""
    with snapshot(office.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []
        assert list(check_calendars(session)) == []


def before_writing(session: Session, act: Callable[[], object]) -> None:
    """Let someone else act when this session has read everything and is about to write."""
    waiting = [act]

    @event.listens_for(session, "do_orm_execute")
    def other(state: ORMExecuteState) -> None:
        if not state.is_select and waiting:
            waiting.pop()()


class TestSettingAVersion:
    def test_it_is_the_next_one_with_an_event_that_says_what_changed(self, office: Office):
        done = put(office, start_data())
        assert (done.number, done.fresh) == (1, True)
        data = with_days("2026-01-08", without=("2026-12-24",))
        data["approved_years"].append(2027)
        data["schedules"][2]["until"] = "2026-03-19"
        second = put(office, data)
        with transaction(office.engine) as session:
            row = session.get_one(CalendarVersion, 2)
            assert row.data == canonical(Calendar.from_data(data).to_data()) and row.checksum == digest(row.data)
            assert current_calendar(session).number == 2
            found = calendar_in_force(session)
        assert (found.office.number, found.by, found.decree) == (2, "Sistem", DECREE)
        body = office.bodies("kalender")[-1]
        facts = (body["type"], body["number"], body["checksum"], body["replaced"], body["actor"])
        assert facts == ("calendar_set", 2, second.checksum, 1, office.people["sistem"])
        assert body["changes"] == {
            "added": ["2026-01-08"], "removed": ["2026-12-24"], "renamed": [], "approved": [2027],
            "schedules": [{"kind": "khusus", "from": "2026-02-19", "until": "2026-03-19"}],
            "dropped": [{"kind": "khusus", "from": "2026-02-19", "until": "2026-03-20"}],
        }  # fmt: skip
        assert list(body["values"]) == ["keputusan"], "what was typed is salted"
        check(office)

    def test_the_same_content_again_is_no_version(self, office: Office):
        first = put(office, start_data())
        again = put(office, with_days())
        assert again == CalendarSet(1, first.checksum, fresh=False)
        assert len(office.events("kalender")) == 1

    @pytest.mark.parametrize(
        ("change", "field", "words"),
        [
            (lambda data: data["holidays"].append(data["holidays"][0]), "holidays.53.date", "sudah tercantum"),
            (lambda data: data["holidays"][3].update(date="31 Februari 2026"), "holidays.3.date", "tidak terbaca"),
            (lambda data: data["schedules"][2].update({"from": "2025-03-10"}), "schedules.2.from", "tumpang tindih"),
            (lambda data: data["schedules"][0]["week"].update(jumat=[["11.30", "07.30"]]),
             "schedules.0.week.jumat.0", "tidak sesudah"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_at_its_field(self, office: Office, change: Any, field: str, words: str):
        data = start_data()
        change(data)
        with pytest.raises(Rejected) as refused:
            put(office, data)
        assert list(refused.value.errors) == [field] and words in refused.value.errors[field]
        assert office.events("kalender") == []

    def test_a_decree_is_needed_and_an_approval_stays(self, office: Office):
        put(office, start_data())
        without = {**start_data(), "approved_years": [2026]}
        with pytest.raises(Rejected) as refused:
            put(office, without, decree=" ")
        assert refused.value.errors.keys() == {"decree", "approved_years"}

    def test_an_edit_of_an_older_version_is_refused(self, office: Office):
        put(office, start_data(), replaces=0)
        put(office, with_days("2026-01-08"), replaces=1)
        with pytest.raises(Conflict):
            put(office, with_days("2026-01-09"), replaces=1)

    def test_of_two_at_once_one_wins(self, office: Office):
        put(office, start_data())
        with transaction(office.engine) as late:
            before_writing(late, lambda: put(office, with_days("2026-01-08")))
            with pytest.raises(Conflict):
                set_calendar(late, None, with_days("2026-01-09"), decree=DECREE, now=office.now)
            late.rollback()
        assert len(office.events("kalender")) == 2

    def test_nothing_changes_a_version_and_a_changed_row_is_found(self, office: Office):
        put(office, start_data())
        for statement in (update(CalendarVersion).values(data=b"{}"), text("DELETE FROM calendar_version")):
            with pytest.raises(DatabaseError), transaction(office.engine) as session:
                session.execute(statement)
        with office.transaction() as session:  # a version that no event speaks of
            row = {"number": 2, "checksum": "0" * 64, "data": b"{}", "set_at": office.now}
            session.execute(insert(CalendarVersion), row)
        with transaction(office.engine) as session:
            assert [each.where for each in check_calendars(session)] == ["kalender versi 2"]


class TestTheFirstStart:
    def test_an_office_begins_with_the_same_days_but_without_approval(self, office: Office):
        with office.transaction() as session:
            assert unapproved_years(session, office.now) == (), "the fallback has approved years, for tests"
            assert set_start_calendar(session, approved=False, now=office.now) is not None
        with office.transaction() as session:
            assert set_start_calendar(session, approved=True, now=office.now) is None, "there is a version already"
            calendar = current_calendar(session).calendar
            assert calendar.holidays == Calendar.from_data(start_data()).holidays
            assert unapproved_years(session, office.now) == (2026,)
        (body,) = office.bodies("kalender")
        assert (body["actor"], body["channel"], body["number"]) == (None, "sistem", 1)

    def test_the_next_year_is_asked_for_from_october_on(self, office: Office):
        with office.transaction() as session:
            set_start_calendar(session, approved=True, now=office.now)
        with transaction(office.engine) as session:
            assert unapproved_years(session, wib("2026-09-30T23:59")) == ()
            assert unapproved_years(session, wib("2026-10-01T00:00")) == (2027,)
            assert unapproved_years(session, wib("2027-01-01T00:00")) == (2027,)


class TestFollowing:
    def test_open_tasks_and_the_case_get_another_due_time(self, office: Office):
        case = office.file_complaint()  # Monday 5 January 2026
        task = office.go_to(case, "tanggapi_aduan")
        assert task.due_at == wib("2026-01-08T16:00") and office.case(case).due_at == wib("2026-01-12T16:00")
        put(office, with_days("2026-01-07", "2026-01-09"))
        assert follow(office) == 1
        after, stored = office.open_task(case), office.case(case)
        assert after.due_at == wib("2026-01-12T16:00") and stored.due_at == wib("2026-01-14T16:00")
        body = office.bodies(case)[-1]
        assert (body["type"], body["why"], body["calendar"]) == ("calendar_followed", "calendar", 1)
        assert body["dues"] == {task.id: "2026-01-12T09:00:00.000000Z"}
        assert body["old"]["dues"] == {task.id: "2026-01-08T09:00:00.000000Z"}
        assert (body["case_due"], body["old"]["case_due"]) == (
            "2026-01-14T09:00:00.000000Z", "2026-01-12T09:00:00.000000Z")  # fmt: skip
        check(office)
        assert follow(office) == 0, "it is done once"
        assert office.finish(case).outcome == "Selesai, jawaban diterima"
        check(office)

    def test_the_engines_timer_moves_with_the_days_again_and_again(self, office: Office):
        case = office.file_complaint()
        office.go_to(case, "terima_jawaban")
        assert office.case(case).next_timer_at == wib("2026-01-20T16:00")  # 10 hari kerja; 16 January is off
        put(office, with_days("2026-01-13"))
        assert follow(office) == 1
        assert office.case(case).next_timer_at == wib("2026-01-21T16:00")
        put(office, with_days("2026-01-13", "2026-01-14", without=("2026-01-16",)))
        assert follow(office) == 0, "one day more and one less: the same instant"
        put(office, with_days("2026-01-13", "2026-01-14", "2026-01-15"))
        assert follow(office) == 1
        assert office.case(case).next_timer_at == wib("2026-01-23T16:30")
        (timer,) = office.bodies(case)[-1]["timers"].values()
        assert timer == "2026-01-23T09:30:00.000000Z"
        check(office)
        office.now = wib("2026-01-23T16:30").astimezone(UTC)
        assert office.worker_round() == 0 and office.worker_round(minutes=1) == 1
        assert office.case(case).outcome == "Ditutup otomatis tanpa konfirmasi"
        check(office)

    def test_a_timer_that_is_due_stays_due_and_an_earlier_one_fires(self, office: Office):
        late, soon = office.file_complaint(), office.file_complaint()
        office.go_to(late, "terima_jawaban")
        office.now += timedelta(days=1)
        office.go_to(soon, "terima_jawaban")
        office.now = wib("2026-01-20T17:00").astimezone(UTC)  # the first is due, and nobody has fired it yet
        put(office, with_days("2026-01-13", "2026-01-14", without=("2026-01-16",)))
        follow(office)
        assert office.case(late).next_timer_at == wib("2026-01-20T16:00")
        assert office.case(soon).next_timer_at == wib("2026-01-22T16:00")
        put(office, with_days(without=("2026-01-16", "2026-01-01")))
        follow(office)
        assert office.case(soon).next_timer_at == wib("2026-01-20T16:00"), "now it lies in the past"
        assert office.worker_round() == 2
        check(office)

    def test_a_timer_that_asked_nothing_of_the_calendar_stays(self, office: Office):
        office.deploy(sop_with(("hari_kerja(10)", '"P14D"')))
        case = office.file_complaint()
        office.go_to(case, "terima_jawaban")
        before = office.case(case).next_timer_at
        put(office, with_days("2026-01-07", "2026-01-08"))
        assert follow(office) == 1, "the case itself is due later"
        assert office.case(case).next_timer_at == before and office.bodies(case)[-1]["timers"] == {}
        check(office)

    def test_closed_cases_and_cases_held_up_are_left_alone(self, office: Office):
        closed, held_up = office.finish(office.file_complaint()), office.file_complaint()
        with office.transaction() as session:
            session.execute(update(Case).where(Case.id == held_up.id).values(incident="Tertahan"))
        put(office, with_days("2026-01-07"))
        assert follow(office) == 0
        with office.transaction() as session:
            session.execute(update(Case).where(Case.id == held_up.id).values(incident=None))
        assert follow(office) == 1, "it follows when it goes on"
        assert office.types(closed)[-1] != "calendar_followed"
        check(office)

    def test_it_may_stop_anywhere_and_go_on(self, office: Office):
        cases = [office.file_complaint() for _ in range(5)]
        put(office, with_days("2026-01-07"))
        assert [follow(office, batch=2) for _ in range(4)] == [2, 2, 1, 0]
        assert {office.types(case).count("calendar_followed") for case in cases} == {1}
        check(office)

    def test_a_person_who_was_first_wins_and_the_next_call_looks_again(self, office: Office):
        case = office.file_complaint()
        put(office, with_days("2026-01-07"))
        with transaction(office.engine) as session:
            before_writing(session, lambda: office.do_routine(office.open_task(case)))
            with pytest.raises(Conflict):
                follow_case(session, case.id, office.now)
            session.rollback()
        assert office.types(case)[-1] == "task_completed"
        assert follow(office) == 1
        check(office)

    def test_what_does_not_match_history_becomes_an_incident(self, office: Office):
        case = office.file_complaint()
        with office.transaction() as session:
            session.execute(update(Task).where(Task.case_id == case.id, Task.status == "open").values(due_at=None))
        put(office, with_days("2026-01-07"))
        assert follow(office) == 0
        assert office.case(case).incident is not None and "calendar_followed" not in office.types(case)

    def test_a_changed_due_time_in_history_is_found(self, office: Office):
        case = office.file_complaint()
        office.go_to(case, "terima_jawaban")
        put(office, with_days("2026-01-07"))
        follow(office)
        bodies, program = office.bodies(case), office.version(case).program
        (timer,) = bodies[-1]["timers"]
        bodies[-1]["timers"][timer] = "2026-02-02T09:00:00.000000Z"
        with pytest.raises(Diverged):
            list(replay(program, bodies))

    def test_the_preview_counts_what_would_follow(self, office: Office):
        first, second = office.file_complaint(), office.file_complaint()
        office.go_to(first, "tanggapi_aduan")
        office.go_to(second, "terima_jawaban")
        with transaction(office.engine) as session:
            assert not moved_deadlines(session, Calendar.from_data(start_data()), office.now)
            moved = moved_deadlines(session, Calendar.from_data(with_days("2026-01-07")), office.now)
        assert (moved.tasks, moved.cases, moved.timers) == (1, 2, 1)
        assert follow(office) == 0, "a preview changes nothing"

    def test_a_task_opened_after_the_change_is_due_by_the_new_version(self, office: Office):
        case = office.file_complaint()
        put(office, with_days("2026-01-07"))
        assert office.go_to(case, "tanggapi_aduan").due_at == wib("2026-01-09T16:30")
        with transaction(office.engine) as session:
            assert load_by_id(session, case.id).calendar.number == 1
            assert session.scalar(select(Case.due_at)) == wib("2026-01-12T16:00"), "the case follows in the background"
        assert follow(office) == 1
        check(office)


class TestWhatTheCalendarWasAsked:
    """Which answer of an event belongs to which timer, and from when it counted."""

    DIAGRAM = diagrams.read((ROOT / "tests" / "replay" / "diagrams" / "tenggat" / "tenggat.bpmn").read_bytes())
    DUE = "2026-01-06T09:00:00.000000Z"

    def timers(self, **body: Any) -> dict[str, Armed]:
        listed = [{"id": each, "element": each, "due": self.DUE} for each in ("ambil_alih_waktu", "tahan")]
        first = {"at": "2026-01-05T13:00:00.000000Z", "effects": {"timers": listed}}
        return armed_timers(self.DIAGRAM, [first | body])

    def test_two_that_end_together_keep_their_own_lengths(self):
        answers = [
            {"amount": 450, "unit": "menit", "due": self.DUE},
            {"amount": 1, "unit": "hari kerja", "due": self.DUE},
        ]
        found = {name: each.length for name, each in self.timers(answers=answers).items()}
        assert found == {"ambil_alih_waktu": Duration(1, "hari kerja"), "tahan": Duration(450, "menit")}

    def test_one_armed_by_a_late_firing_counts_from_the_engines_clock(self):
        answers = [{"amount": 1, "unit": "hari kerja", "due": self.DUE}]
        found = self.timers(answers=answers, clock="2026-01-05T09:00:00.000001Z")
        assert [(name, each.start.hour) for name, each in found.items()] == [("ambil_alih_waktu", 9)]

    def test_one_that_asked_nothing_is_not_among_them(self):
        assert self.timers() == {}


class TestStoredPromises:
    """What `aduan verify` holds against history: a due time that somebody moved is found, wherever it is kept."""

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ("UPDATE \"case\" SET due_at = '2026-03-01 00:00:00+00:00'", "batas waktu jawaban"),
            ("UPDATE \"case\" SET delivered_at = '2026-01-05 03:00:00+00:00'", "waktu penyampaiannya"),
            ("UPDATE task SET due_at = '2026-03-01 00:00:00+00:00' WHERE status = 'open'", "tersimpan lain"),
            ("UPDATE task SET due_at = '2026-03-01 00:00:00+00:00' WHERE element = 'terima_aduan'", "tersimpan lain"),
            ("UPDATE task SET due_at = NULL WHERE element = 'klasifikasi'", "tersimpan lain"),
        ],
    )
    def test_a_moved_deadline_is_found(self, office: Office, change: str, told: str) -> None:
        case = office.file_complaint()
        office.go_to(case, "tanggapi_aduan")
        put(office, with_days("2026-01-06"))
        assert follow(office) == 1
        check(office)
        with transaction(office.engine) as session:
            session.execute(text(change))
        with transaction(office.engine) as session:
            found = [str(each) for _, each in CaseCheck(session).all() if each is not None]
        assert len(found) == 1
        assert told in found[0]

    def test_a_rebuilt_case_keeps_every_deadline(self, office: Office) -> None:
        case = office.file_complaint()
        office.go_to(case, "klasifikasi")
        put(office, with_days("2026-01-06"))
        follow(office)
        office.go_to(case, "terima_jawaban")
        with transaction(office.engine) as session:
            session.execute(text("UPDATE task SET due_at = NULL"))
            session.execute(text('UPDATE "case" SET due_at = NULL, delivered_at = NULL, state = :none'), {"none": b"x"})
        with office.transaction() as session:
            rebuild_case(session, load_by_id(session, case.id))
        check(office)
