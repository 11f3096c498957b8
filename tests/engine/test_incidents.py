"""Cases that cannot go on: said once, as an event; retried or skipped by Pengelola Sistem; never mended silently."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from engine.commands.deploy import put_in_force
from engine.commands.incidents import retry_incident, skip_incident
from engine.errors import Conflict, Incident, NotFound, Rejected
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot
from engine.store.models import Case, Task
from tests.engine.office import Office
from tests.engine.test_redrawn_diagram import Drawing, with_an_eighth_task

WHY = "Sudah diperiksa bersama tim."


def write(office: Office, case: Case, **columns: Any) -> None:
    """As someone with the database's password could."""
    with office.transaction() as session:
        session.execute(update(Case).where(Case.id == case.id).values(**columns))


def check(office: Office) -> None:
    with snapshot(office.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


def waiting(office: Office) -> Case:
    """A case at its last task, with the closing timer."""
    case = office.file_complaint()
    office.go_to(case, "terima_jawaban", jenis="informasi")
    return office.case(case)


class TestLostState:
    @pytest.mark.parametrize("lost", ["state", "position", "timer", "rev", "task gone", "task closed", "foreign unit"])
    def test_a_retry_builds_the_case_anew_from_its_history(self, office: Office, lost: str):
        case = waiting(office) if lost != "foreign unit" else office.file_complaint()
        if lost == "foreign unit":
            office.go_to(case, "tanggapi_aduan", bidang="sd")
        task = office.open_task(case)
        self.lose(office, case, task, lost)
        office.worker_round()
        if office.case(case).incident is None:  # a person would meet it first, not the worker
            write(office, case, incident="Tidak cocok.")
        assert office.do(retry_incident, "sistem", case.number, WHY) is True
        assert office.case(case).incident is None
        assert office.bodies(case)[-1]["type"] == "incident_retried" and office.bodies(case)[-1]["rebuilt"] is True
        check(office)
        office.finish(case)
        check(office)

    def lose(self, office: Office, case: Case, task: Task, lost: str) -> None:
        columns: dict[str, dict[str, Any]] = {
            "state": {"state": b"rusak"}, "position": {"position": "0" * 64}, "rev": {"rev": 2},
            "timer": {"next_timer_at": office.now - timedelta(days=1)},
        }  # fmt: skip
        if lost in columns:
            write(office, case, **columns[lost])
        with office.transaction() as session:
            if lost == "task gone":
                session.execute(delete(Task).where(Task.id == task.id))
            if lost == "task closed":
                session.execute(update(Task).where(Task.id == task.id).values(status="cancelled"))
            if lost == "foreign unit":
                session.execute(update(Task).where(Task.id == task.id).values(unit="smp", assignee_id=None))

    def test_it_is_said_once_and_to_the_worker_too(self, office: Office):
        case = waiting(office)
        write(office, case, state=b"rusak")
        for _ in range(3):
            office.worker_round(days=20)
        assert office.types(case).count("incident_raised") == 1
        body = office.bodies(case)[-1]
        assert (body["reason"], body["actor"]) == ("digest", None) and "tidak cocok" in body["message"]


class TestNothingWaits:
    def test_the_worker_finds_it(self, office: Office):
        case = office.file_complaint()
        with office.transaction() as session:
            session.execute(update(Task).where(Task.case_id == case.id).values(status="cancelled"))
        office.worker_round()
        assert office.bodies(case)[-1]["reason"] == "idle"
        office.do(retry_incident, "sistem", case.number, WHY)
        office.finish(case)
        check(office)

    def test_sound_cases_are_left_alone(self, office: Office):
        cases = [office.file_complaint(), waiting(office)]
        before = office.count_events()
        office.worker_round()
        assert office.count_events() == before
        assert [office.case(case).incident for case in cases] == [None, None]


class TestADiagramWithoutAWayOn:
    """The closing timer leads to a gateway without a way for this case: no check admits it, so it goes past them."""

    @pytest.fixture
    def stuck(self, office: Office) -> Case:
        drawing = Drawing()
        lane = "lajur_pelapor"
        drawing.gateway("buntu", "Buntu", lane, default="alur_x")
        drawing.element("buntu").attrib.pop("default")
        flow = next(each for each in drawing.process if each.get("sourceRef") == "batas_konfirmasi")
        drawing.lead_to(flow.get("id"), "buntu")
        drawing.flow("alur_x", "buntu", "selesai_ditutup_otomatis", "jenis == 'lain'")
        with office.transaction() as session:
            put_in_force(session, drawing.xml, drawing.forms, [], now=office.now)
        case = waiting(office)
        office.worker_round(days=20)
        return case

    def test_the_timer_that_cannot_fire_holds_the_case_up(self, office: Office, stuck: Case):
        assert office.case(stuck).incident and office.bodies(stuck)[-1]["reason"] == "failed"
        with pytest.raises(Incident):
            office.do(retry_incident, "sistem", stuck.number, WHY)
        assert office.types(stuck)[-1] == "incident_raised", "a retry that fails changes nothing"
        with pytest.raises(Incident):
            office.complete("siti", stuck, penilaian="5")

    def test_skipped_it_never_fires_and_people_go_on(self, office: Office, stuck: Case):
        office.do(skip_incident, "sistem", stuck.number, WHY)
        assert (office.case(stuck).incident, office.case(stuck).next_timer_at) == (None, None)
        body = office.bodies(stuck)[-1]
        assert (body["type"], body["element"]) == ("incident_skipped", "batas_konfirmasi")
        check(office)
        assert office.worker_round(days=30) == 0
        office.complete("siti", stuck, penilaian="5")
        assert office.case(stuck).outcome == "Selesai, jawaban diterima"
        check(office)


class TestWhoMay:
    def test_only_pengelola_sistem_with_a_reason_and_only_what_is_held_up(self, office: Office):
        case = waiting(office)
        for command in (retry_incident, skip_incident):
            with pytest.raises(Conflict, match="tidak tertahan"):
                office.do(command, "sistem", case.number, WHY)
            for who in ("siti", "dewi", "hasan", "auditor", "kepala", "pemilik"):
                with pytest.raises(NotFound):
                    office.do(command, who, case.number, WHY)
            with pytest.raises(Rejected):
                office.do(command, "sistem", case.number, "")
        with pytest.raises(NotFound):
            office.do(retry_incident, "sistem", "ADU-2026-999999", WHY)

    def test_a_history_that_does_not_hold_itself_is_not_built_upon(self, office: Office):
        case = waiting(office)
        drawing = with_an_eighth_task()
        office.deploy(drawing.xml, drawing.forms)
        other = office.file_complaint().deployment_id
        write(office, case, deployment_id=other, state=b"rusak", incident="Tidak cocok.")
        with pytest.raises(Incident, match="aduan verify"):
            office.do(retry_incident, "sistem", case.number, WHY)
        assert office.case(case).incident == "Tidak cocok."


def test_a_step_number_that_was_turned_back_is_an_incident(office: Office):
    """The row claims an earlier step than history has: the next event would overwrite one, so there is none."""
    case = waiting(office)
    before = office.types(case)
    write(office, case, rev=2)
    with pytest.raises(Incident, match="tidak cocok"):
        office.complete("siti", case, penilaian="5")
    assert office.types(case) == before
