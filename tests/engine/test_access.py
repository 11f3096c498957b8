"""Who sees which case, what of it, and whose each task is: lanes of the diagram decide, and appointments in force."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.access import HIDDEN_REPORTER, ownership
from engine.commands.complete_task import complete_task
from engine.commands.move_task import move_task
from engine.errors import Conflict, NotAllowed, NotFound, Rejected
from engine.queries.actors import actor_of_account
from engine.queries.case_replay import case_replay
from engine.queries.case_timeline import Timeline, case_timeline
from engine.queries.cases import Sight, own_cases, seen_cases, sight
from engine.queries.statistics import figures
from engine.queries.task import task as find_task
from engine.queries.task import task_page
from engine.queries.worklist import finished_work
from engine.store.database import transaction
from engine.store.models import Account, Case, Event, Task, Unit
from tests.engine.office import COMPLAINT, MONDAY, PROCESS, REPORTERS, ROUTINE, STAFF, Office

EVERYONE = (*REPORTERS, *STAFF)
NOTHING = None
# name -> (reads contents, knows the reporter) of a complaint by Siti that lies with the unit sd; absent: no such case
SITI_AT_SD = {
    "siti": (True, True),
    "dewi": (True, True),
    "hasan": (True, False),
    "ratna": (True, False),
    "joko": (True, False),
    "pemilik": (False, False),
    "auditor": (True, False),
    "kepala": (True, False),
}
# the same for a complaint by Budi that no unit has yet, and for one that lies with the unit smp
BUDI_NOWHERE = {"budi": (True, True)} | {
    name: rights for name, rights in SITI_AT_SD.items() if name not in ("siti", "ratna", "joko")
}
BUDI_AT_SMP = BUDI_NOWHERE | {"maya": (True, False)}


def seen_by(office: Office, who: str, case: Case) -> Sight | None:
    with transaction(office.engine) as session:
        try:
            return sight(session, office.actor(who), case.number)
        except NotFound:
            return NOTHING


def timeline(office: Office, who: str, case: Case) -> Timeline:
    with transaction(office.engine) as session:
        actor = office.actor(who)
        return case_timeline(session, actor, sight(session, actor, case.number))


def read_by(office: Office, who: str, case: Case) -> dict[str, set[str]]:
    """Element -> names of the values that this person reads of it."""
    steps = timeline(office, who, case).steps
    return {step.element: {each.name for each in step.recorded} for step in steps if step.recorded}


@pytest.fixture
def cases(office: Office) -> dict[str, Case]:
    """One complaint each: at the unit sd, at no unit, at the unit smp."""
    found = {"siti_sd": office.file_complaint("siti")}
    office.go_to(found["siti_sd"], "tanggapi_aduan", bidang="sd")
    found["budi_nowhere"] = office.file_complaint("budi")
    found["budi_smp"] = office.file_complaint("budi")
    office.go_to(found["budi_smp"], "tanggapi_aduan", bidang="smp")
    return found


def test_the_matrix_of_people_and_cases(office: Office, cases: dict[str, Case]):
    expected = {"siti_sd": SITI_AT_SD, "budi_nowhere": BUDI_NOWHERE, "budi_smp": BUDI_AT_SMP}
    for name, rights in expected.items():
        for who in EVERYONE:
            found = seen_by(office, who, cases[name])
            rights_of = (found.contents, found.identity) if found else NOTHING
            assert rights_of == rights.get(who, NOTHING), (name, who)
            assert (found is not None and found.reporter is not None) == rights.get(who, (0, False))[1], (name, who)


def test_lists_and_figures_hold_exactly_the_cases_that_exist_for_a_person(office: Office, cases: dict[str, Case]):
    for who in EVERYONE:
        check_lists(office, cases, who)


def check_lists(office: Office, cases: dict[str, Case], who: str) -> None:
    matrix = {"siti_sd": SITI_AT_SD, "budi_nowhere": BUDI_NOWHERE, "budi_smp": BUDI_AT_SMP}
    mine = {cases[name].number for name, rights in matrix.items() if who in rights}
    reads = any(rights[who][0] for rights in matrix.values() if who in rights)
    with transaction(office.engine) as session:
        actor = office.actor(who)
        rows, more = seen_cases(session, actor, now=office.now)
        counted = figures(session, actor, PROCESS, office.now)
        own = {row.number for row in own_cases(session, actor, now=office.now)[0]}
    assert {row.number for row in rows} == mine and not more
    assert {bool(row.title) for row in rows} <= {reads}, "titles are contents"
    assert (counted.filed, counted.running, sum(n for *_, n in counted.by_step)) == (len(mine), len(mine), len(mine))
    assert own == {case.number for case in cases.values() if case.reporter_id == office.people[who]}


def test_a_number_that_does_not_exist_looks_like_one_that_is_not_mine(office: Office, cases: dict[str, Case]):
    with transaction(office.engine) as session:
        for number in ("ADU-2026-999999", cases["budi_smp"].number, "", "%", "ADU-2026-00000_"):
            with pytest.raises(NotFound, match="tidak ada, atau Anda tidak berhak"):
                sight(session, office.actor("siti"), number)


def test_every_worklist_is_exactly_the_tasks_of_that_person(office: Office):
    owner = {"isi_aduan": "siti"} | {element: who for element, (who, _) in ROUTINE.items()}
    open_tasks = {}
    for element in ROUTINE:
        case = office.file_complaint("siti")
        open_tasks[element] = office.go_to(case, element, bidang="sd")
    at_smp = office.go_to(office.file_complaint("budi"), "tanggapi_aduan", bidang="smp")
    for who in EVERYONE:
        colleague = "ratna" if who == "joko" else who
        mine = {task.id for element, task in open_tasks.items() if owner[element] == colleague}
        mine |= {at_smp.id} if who == "maya" else set()
        assert {row.task_id for row in office.worklist(who)} == mine, who


def test_a_task_is_nobody_elses_to_see_or_complete(office: Office):
    """Every element x every person: whoever may not complete it is told that it does not exist."""
    case = office.file_complaint("siti")
    may = {element: {who} for element, (who, _) in ROUTINE.items()}
    may["tanggapi_aduan"] |= {"joko"}
    may["terima_jawaban"] |= {"dewi"}  # on behalf of the reporter
    for element in ROUTINE:
        task = office.go_to(case, element)
        before = office.count_events()
        for who in EVERYONE:
            actor = office.actor(who)
            with transaction(office.engine) as session:
                if who in may[element]:
                    assert find_task(session, actor, task.id).id == task.id
                    continue
                for refused in (find_task, task_page):
                    with pytest.raises(NotFound):
                        refused(session, actor, task.id)
                with pytest.raises(NotFound):
                    complete_task(session, actor, task.id, {}, now=office.now)
        assert office.count_events() == before


def test_a_task_that_does_not_exist_is_not_found(office: Office):
    with transaction(office.engine) as session:
        dewi = office.actor("dewi")
        for task_id in ("f" * 32, "", "' OR 1=1 --", "x" * 5000):
            for refused in (find_task, task_page):
                with pytest.raises(NotFound):
                    refused(session, dewi, task_id)
            with pytest.raises(NotFound):
                complete_task(session, dewi, task_id, {}, now=office.now)


class TestAppointments:
    def dates(self, office: Office, first: int, last: int | None = None) -> dict[str, Any]:
        today = MONDAY.date()
        until = today + timedelta(days=last) if last is not None else None
        return {"valid_from": today + timedelta(days=first), "valid_until": until}

    def test_one_that_ended_or_has_not_begun_gives_nothing(self, office: Office):
        case = office.file_complaint()
        tasks = {"Admin": office.open_task(case), "Bidang Terkait": office.go_to(case, "tanggapi_aduan")}
        for days in ((-10, -1), (1, None), (1, 30)):
            for role, unit in (("Admin", None), ("Bidang Terkait", "sd")):
                office.hire("lina", role, unit, **self.dates(office, *days))
        office.hire("surya", "Auditor", **self.dates(office, -10, -1))
        office.hire("surya", "Auditor", **self.dates(office, 1, 30))
        for name in ("lina", "surya"):
            assert office.actor(name).held == () and office.worklist(name) == []
            assert seen_by(office, name, case) is NOTHING
        with transaction(office.engine) as session:
            for task in tasks.values():
                with pytest.raises(NotFound):
                    complete_task(session, office.actor("lina"), task.id, {}, now=office.now)

    def test_first_and_last_day_count(self, office: Office):
        case = office.file_complaint()
        for number, days in enumerate([(0, 0), (-10, 0), (0, None)]):
            name = office.hire(f"lina{number}", "Admin", **self.dates(office, *days))
            assert [row.number for row in office.worklist(name)] == [case.number]

    def test_a_day_is_a_day_in_jakarta(self, office: Office):
        office.hire("lina", "Admin", **self.dates(office, 0, 0))
        held = []
        for hours in (-9.0, -8.4, 15.4, 15.6):  # from 08.30 WIB
            with transaction(office.engine) as session:
                actor = actor_of_account(session, office.people["lina"], MONDAY + timedelta(hours=hours))
                held.append(bool(actor and actor.held))
        assert held == [False, True, True, False]

    def test_several_at_once_add_up_and_the_event_names_the_one_acted_under(self, office: Office):
        office.hire("lina", "Admin")
        office.hire("lina", "Bidang Terkait", "sd", kind="plh", position="Kepala Bidang SD")
        case = office.file_complaint()
        for element in ("terima_aduan", "tanggapi_aduan"):
            task = office.go_to(case, element)
            assert [row.task_id for row in office.worklist("lina")] == [task.id]
            office.complete("lina", task, **{"tanggapan": "Sudah diperiksa."} if "tanggapi" in element else {})
        used = [body["appointment"] for body in office.bodies(case) if body["actor"] == office.people["lina"]]
        assert used == [held.id for held in sorted(office.actor("lina").held, key=lambda held: held.role)]

    def test_a_unit_role_without_a_unit_owns_no_task_of_a_unit(self, office: Office):
        office.hire("lina", "Bidang Terkait")
        case = office.file_complaint()
        office.go_to(case, "tanggapi_aduan")
        assert office.worklist("lina") == [] and seen_by(office, "lina", case) is NOTHING

    def test_another_role_of_the_same_unit_owns_nothing(self, office: Office):
        office.hire("lina", "Kepala Sekolah", "sd")
        case = office.file_complaint()
        office.go_to(case, "tanggapi_aduan")
        assert office.worklist("lina") == [] and seen_by(office, "lina", case) is NOTHING

    def test_two_roles_do_not_lend_each_other_what_they_read(self, office: Office, cases: dict[str, Case]):
        """Who draws the process and works in a unit sees all cases, and contents of those of the unit only."""
        office.hire("lina", "Pemilik Proses")
        office.hire("lina", "Bidang Terkait", "sd")
        reads = {name: (found := seen_by(office, "lina", case)) and found.contents for name, case in cases.items()}
        assert reads == {"siti_sd": True, "budi_nowhere": False, "budi_smp": False}
        with transaction(office.engine) as session:
            rows, _ = seen_cases(session, office.actor("lina"), now=office.now)
        assert {row.number for row in rows if row.title} == {cases["siti_sd"].number}

    def test_a_closed_account_is_nobody(self, office: Office):
        with office.transaction() as session:
            session.execute(update(Account).where(Account.id == office.people["dewi"]).values(active=False))
        with transaction(office.engine) as session:
            assert actor_of_account(session, office.people["dewi"], office.now) is None


class TestMoves:
    def moved(self, office: Office) -> tuple[Case, Task]:
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan", bidang="sd")
        assert seen_by(office, "maya", case) is NOTHING
        office.move("hasan", task, "smp")
        return case, office.open_task(case)

    def test_both_units_see_the_case_and_only_the_new_one_owns_the_task(self, office: Office):
        case, task = self.moved(office)
        for who in ("ratna", "joko", "maya"):
            found = seen_by(office, who, case)
            assert found is not None and found.contents and not found.identity, who
        assert [row.task_id for row in office.worklist("maya")] == [task.id]
        assert office.worklist("ratna") == []
        with pytest.raises(NotFound):
            office.complete("ratna", task, tanggapan="Masih kami yang jawab.")
        office.complete("maya", task, tanggapan="Sudah diperiksa bersama sekolah.")

    def test_they_see_it_however_often_it_goes_to_and_fro(self, office: Office):
        case, task = self.moved(office)
        for unit in ("sd", "smp", "gtk"):
            office.move("hasan", task, unit)
        assert all(seen_by(office, who, case) for who in ("ratna", "maya"))
        assert office.worklist("ratna") == office.worklist("maya") == []
        assert office.open_task(case).unit == "gtk"

    def test_only_who_may_move_moves(self, office: Office):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan")
        for who in EVERYONE:
            if who != "hasan":
                with pytest.raises(NotFound):
                    office.move(who, task, "smp")
        assert office.open_task(case).unit == "sd"

    def test_a_move_needs_another_known_unit_and_a_reason(self, office: Office):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan", bidang="sd")
        with office.transaction() as session:
            session.execute(update(Unit).where(Unit.code == "paud").values(active=False))
        for unit, reason, fields in (
            ("sd", "Ini urusan bidang yang lain.", {"bidang"}),
            ("tidak_ada", "Ini urusan bidang yang lain.", {"bidang"}),
            ("paud", "Ini urusan bidang yang lain.", {"bidang"}),
            ("smp", "   salah   \n", {"alasan"}),
            ("sd", "", {"bidang", "alasan"}),
        ):
            with pytest.raises(Rejected) as refusal:
                office.move("hasan", task, unit, reason)
            assert set(refusal.value.errors) == fields
        assert office.types(case)[-1] == "task_completed"

    def test_what_has_no_unit_or_is_done_is_not_moved(self, office: Office):
        case = office.file_complaint()
        first = office.open_task(case)
        with pytest.raises(NotFound):
            office.move("hasan", first, "smp")
        task = office.go_to(case, "tanggapi_aduan")
        office.do_routine(task)
        with pytest.raises(Conflict):
            office.move("hasan", task, "smp")

    def test_the_reporter_does_not_read_moves_and_staff_read_why(self, office: Office):
        case, _ = self.moved(office)
        assert timeline(office, "siti", case).moves == []
        for who in ("dewi", "maya", "auditor"):
            ((_, unit, reason),) = timeline(office, who, case).moves
            assert "Menengah Pertama" in unit and reason == "Ini urusan bidang yang lain."
        assert timeline(office, "pemilik", case).moves == [], "a reason is contents"

    def test_a_reason_without_end_is_refused(self, office: Office):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan")
        with pytest.raises(Rejected), transaction(office.engine) as session:
            move_task(session, office.actor("hasan"), task.id, "smp", "a" * 100_000, now=office.now)


class TestReading:
    def test_the_reporter_reads_own_words_and_the_answer_and_no_internal_note(self, office: Office):
        case = office.finish(office.file_complaint())
        assert read_by(office, "siti", case) == {
            "isi_aduan": set(COMPLAINT),
            "input_tanggapan": {"tanggapan"},
            "terima_jawaban": {"penilaian", "komentar"},
        }

    def test_staff_read_what_every_step_recorded(self, office: Office):
        case = office.finish(office.file_complaint())
        expected = {"isi_aduan": set(COMPLAINT)} | {element: set(typed) for element, (_, typed) in ROUTINE.items()}
        for who in ("dewi", "hasan", "ratna", "auditor", "kepala"):
            assert read_by(office, who, case) == expected, who

    def test_who_draws_the_process_reads_steps_and_times_and_no_word(self, office: Office):
        case = office.finish(office.file_complaint())
        found = timeline(office, "pemilik", case)
        assert all(step.recorded == () for step in found.steps)
        assert all(step.finished_at for step in found.steps if step.state == "selesai")
        with transaction(office.engine) as session:
            actor = office.actor("pemilik")
            moments = case_replay(session, sight(session, actor, case.number), office.now).moments
        assert all(moment.values == [] for moment in moments)

    def test_staff_that_reports_reads_own_complaint_as_reporter_and_as_staff(self, office: Office):
        """Maya of smp complains: as its reporter she reads the answer, and no note of the other unit."""
        case = office.file_complaint("maya")
        while office.tasks(case, "open"):
            task = office.open_task(case)
            if task.element == "terima_jawaban":
                break
            office.do_routine(task, bidang="sd")
        found = seen_by(office, "maya", case)
        assert found is not None and found.identity
        assert set(read_by(office, "maya", case)) == {"isi_aduan", "input_tanggapan"}

    def test_the_reporters_name_is_hidden_from_whoever_may_not_know_it(self, office: Office):
        case = office.finish(office.file_complaint())
        for who in ("hasan", "ratna", "auditor", "kepala", "pemilik"):
            with transaction(office.engine) as session:
                actor = office.actor(who)
                seen = sight(session, actor, case.number)
                moments = case_replay(session, seen, office.now).moments
                steps = case_timeline(session, actor, seen).steps
            assert "Siti" not in repr([*moments, *steps])
            assert moments[0].by == HIDDEN_REPORTER
            assert {step.who for step in steps if step.role == "Pelapor"} == {"Pelapor"}
            assert {step.who for step in steps if step.role == "Admin"} == {"Dewi"}, "staff are named to staff"

    def test_staff_are_roles_to_the_reporter(self, office: Office):
        case = office.finish(office.file_complaint())
        text = repr(timeline(office, "siti", case).steps)
        assert not [name for name in STAFF if name.capitalize() in text]

    def test_finished_tasks_stay_with_who_finished_them(self, office: Office):
        case = office.finish(office.file_complaint())
        with transaction(office.engine) as session:
            people = ("dewi", "ratna", "maya")
            found = {
                who: {row.step for row in finished_work(session, office.actor(who), now=office.now)[0]}
                for who in people
            }
        assert found == {"dewi": {"Terima aduan", "Input tanggapan"}, "ratna": {"Tanggapi aduan"}, "maya": set()}
        assert {row.number for row in office.worklist("dewi")} == set(), case.number


class TestOnBehalf:
    def test_a_clerk_files_for_someone_and_the_event_says_so(self, office: Office):
        case = office.file_complaint("dewi", reporter="budi", channel="loket")
        assert (case.reporter_id, case.channel) == (office.people["budi"], "loket")
        held = office.actor("dewi").held[0].id
        for body in office.bodies(case):
            assert (body["actor"], body["for"]) == (office.people["dewi"], office.people["budi"])
            assert (body["appointment"], body["channel"]) == (held, "loket")
        assert seen_by(office, "budi", case) is not None
        assert office.tasks(case)[0].finished_by == office.people["dewi"]

    def test_nobody_else_files_for_someone(self, office: Office):
        for who in EVERYONE:
            if who not in ("dewi", "budi"):
                with pytest.raises(NotAllowed):
                    office.file_complaint(who, reporter="budi")
        with transaction(office.engine) as session:
            assert session.scalar(select(Case.id)) is None
            assert session.scalar(select(Event.id).where(Event.stream.startswith("kasus/"))) is None

    def test_a_clerk_confirms_for_the_reporter(self, office: Office):
        case = office.file_complaint("siti")
        task = office.go_to(case, "terima_jawaban")
        assert office.worklist("dewi") == [], "what is done on behalf of others is on no worklist"
        with transaction(office.engine) as session:
            assert find_task(session, office.actor("dewi"), task.id).on_behalf
            assert not find_task(session, office.actor("siti"), task.id).on_behalf
        office.complete("dewi", task, penilaian="4")
        body = office.bodies(case)[-1]
        assert (body["actor"], body["for"]) == (office.people["dewi"], office.people["siti"])

    def test_the_reporter_is_not_told_which_clerk_confirmed(self, office: Office):
        case = office.file_complaint("siti")
        task = office.go_to(case, "terima_jawaban")
        office.complete("dewi", task, penilaian="4")
        with pytest.raises(Conflict) as refusal:
            office.complete("siti", task, penilaian="5")
        assert "Dewi" not in refusal.value.message + str(refusal.value.by)


def test_ownership_names_the_appointment_or_nothing(office: Office):
    lanes = office.version(office.file_complaint()).diagram.lanes
    ratna, siti, dewi = (office.actor(who) for who in ("ratna", "siti", "dewi"))
    own = ownership(ratna, lanes, lane="Bidang Terkait", unit="sd", owner_id=None)
    assert own is not None and own.appointment == ratna.held[0].id
    for lane, unit in (("Bidang Terkait", "smp"), ("Bidang Terkait", ""), ("Admin", None), ("", None)):
        assert ownership(ratna, lanes, lane=lane, unit=unit, owner_id=None) is None
    assert ownership(siti, lanes, lane="Pelapor", unit=None, owner_id=siti.account_id) is not None
    assert ownership(siti, lanes, lane="Pelapor", unit=None, owner_id=None) is None, "a lane is no appointment"
    assert ownership(ratna, lanes, lane="Pelapor", unit=None, owner_id=siti.account_id) is None
    behalf = ownership(dewi, lanes, lane="Pelapor", unit=None, owner_id=siti.account_id)
    assert behalf is not None and behalf.for_account == siti.account_id
