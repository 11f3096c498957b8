"""Beside the diagram: moving a case with a second person's consent, setting a variable, reopening, closing otherwise.

Whatever is done, history replays to the stored state and all rows.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.commands.close_case import cancel_case, withdraw_case
from engine.commands.move_token import consent_move, decline_move, open_proposal, propose_move, reopen_case
from engine.commands.set_variable import set_variable
from engine.errors import Conflict, NotAllowed, NotFound, Rejected
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot, transaction
from engine.store.models import Case, FormerUnit
from tests.engine.office import Office

WHY = "Klasifikasinya ternyata keliru."


def check(office: Office) -> None:
    """Every stored case is what its history leads to."""
    with snapshot(office.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


def open_elements(office: Office, case: Case) -> list[str]:
    return [task.element for task in office.tasks(case, "open")]


class TestMovingWithConsent:
    def proposed(self, office: Office, who: str = "ratna", target: str = "klasifikasi") -> tuple[Case, int]:
        case = office.file_complaint()
        office.go_to(case, "tanggapi_aduan", bidang="sd")
        return case, office.do(propose_move, who, case.number, target, WHY)

    def test_a_wrong_classification_goes_back_when_two_agree(self, office: Office):
        case, seq = self.proposed(office)
        assert open_elements(office, case) == ["tanggapi_aduan"], "a proposal moves nothing"
        office.do(consent_move, "hasan", case.number, seq)
        assert open_elements(office, case) == ["klasifikasi"]
        cancelled = [task for task in office.tasks(case) if task.status == "cancelled"]
        assert [task.element for task in cancelled] == ["tanggapi_aduan"]
        body = office.bodies(case)[-1]
        assert (body["type"], body["element"], body["proposal"]) == ("token_moved", "klasifikasi", seq)
        assert (body["actor"], body["proposer"]) == (office.people["hasan"], office.people["ratna"])
        assert office.values(case, seq) == {"alasan": WHY}
        check(office)
        office.complete("hasan", case, jenis="informasi")
        assert open_elements(office, case) == ["input_tanggapan"]
        assert office.case(case).bidang is None, "the unit of the first round is taken back"
        office.finish(case)
        check(office)

    def test_forward_to_a_task_with_a_timer_arms_it(self, office: Office):
        case, seq = self.proposed(office, "hasan", "terima_jawaban")
        office.do(consent_move, "dewi", case.number, seq)
        assert open_elements(office, case) == ["terima_jawaban"] and office.case(case).next_timer_at is not None
        assert office.worker_round(days=20) == 1
        assert office.case(case).outcome == "Ditutup otomatis tanpa konfirmasi"
        check(office)

    def test_back_from_a_task_with_a_timer_takes_the_timer_away(self, office: Office):
        case = office.file_complaint()
        office.go_to(case, "terima_jawaban", jenis="informasi")
        seq = office.do(propose_move, "hasan", case.number, "input_tanggapan", WHY)
        office.do(consent_move, "dewi", case.number, seq)
        assert office.case(case).next_timer_at is None
        assert office.worker_round(days=30) == 0 and open_elements(office, case) == ["input_tanggapan"]
        check(office)

    def test_nobody_consents_to_an_own_proposal(self, office: Office):
        case, seq = self.proposed(office, "hasan")
        with pytest.raises(NotAllowed):
            office.do(consent_move, "hasan", case.number, seq)
        assert open_elements(office, case) == ["tanggapi_aduan"]

    def test_one_of_the_two_directs_the_work(self, office: Office):
        case, seq = self.proposed(office, "ratna")
        with pytest.raises(NotAllowed):
            office.do(consent_move, "dewi", case.number, seq)
        office.do(consent_move, "hasan", case.number, seq)
        case, seq = self.proposed(office, "hasan")
        office.do(consent_move, "dewi", case.number, seq)
        check(office)

    @pytest.mark.parametrize("who", ["siti", "budi", "maya", "pemilik", "auditor", "kepala", "sistem"])
    def test_for_others_there_is_nothing_to_propose_or_consent_to(self, office: Office, who: str):
        case, seq = self.proposed(office)
        for command, arguments in (
            (propose_move, ("klasifikasi", WHY)),
            (consent_move, (seq,)),
            (decline_move, (seq,)),
        ):
            with pytest.raises(NotFound):
                office.do(command, who, case.number, *arguments)
        assert office.types(case)[-1] == "move_proposed"

    def test_a_proposal_can_be_declined_or_taken_back_once(self, office: Office):
        case, seq = self.proposed(office)
        with pytest.raises(Conflict, match="menunggu"):
            office.do(propose_move, "hasan", case.number, "terima_aduan", WHY)
        office.do(decline_move, "ratna", case.number, seq)
        for command in (consent_move, decline_move):
            with pytest.raises(Conflict, match="diputuskan"):
                office.do(command, "hasan", case.number, seq)
        with transaction(office.engine) as session:
            assert open_proposal(session, case.id) is None
        office.do(propose_move, "hasan", case.number, "terima_aduan", WHY)
        check(office)

    def test_a_case_that_went_on_meanwhile_is_not_moved(self, office: Office):
        case, seq = self.proposed(office)
        office.do_routine(office.open_task(case))
        with pytest.raises(Conflict, match="berjalan terus"):
            office.do(consent_move, "hasan", case.number, seq)
        assert open_elements(office, case) == ["terima_tanggapan"]
        check(office)

    @pytest.mark.parametrize(
        ("target", "reason", "field"),
        [("mulai", WHY, "langkah"), ("tidak_ada", WHY, "langkah"), ("tanggapi_aduan", WHY, "langkah"),
         ("klasifikasi", "salah", "alasan"), ("klasifikasi", "x" * 1001, "alasan")],
    )  # fmt: skip
    def test_what_does_not_fit_is_said_at_its_field(self, office: Office, target: str, reason: str, field: str):
        case = office.file_complaint()
        office.go_to(case, "tanggapi_aduan", bidang="sd")
        before = office.types(case)
        with pytest.raises(Rejected) as refused:
            office.do(propose_move, "ratna", case.number, target, reason)
        assert set(refused.value.errors) == {field}
        assert office.types(case) == before

    def test_a_row_that_points_to_another_event_opens_no_door(self, office: Office):
        case, _ = self.proposed(office)
        with pytest.raises(NotFound):
            office.do(consent_move, "hasan", case.number, 1)


class TestReopening:
    @pytest.mark.parametrize("how", ["finished", "cancelled", "withdrawn"])
    def test_a_closed_case_begins_a_new_cycle(self, office: Office, how: str):
        case = office.file_complaint()
        if how == "finished":
            office.finish(case)
        else:
            office.go_to(case, "tanggapi_aduan", bidang="sd")
            command, who = (cancel_case, "hasan") if how == "cancelled" else (withdraw_case, "siti")
            office.do(command, who, case.number, "Salah kirim, mohon maaf.")
        office.do(reopen_case, "hasan", case.number, "tanggapi_aduan", "Pelapor membawa bukti baru.")
        again = office.case(case)
        assert (again.closed_at, again.outcome) == (None, None)
        assert office.open_task(case).unit == "sd", "what was known is still known"
        check(office)
        office.finish(case)
        assert office.case(case).outcome == "Selesai, jawaban diterima"
        check(office)

    def test_only_who_directs_the_work_and_only_closed_cases(self, office: Office):
        case = office.file_complaint()
        with pytest.raises(Conflict, match="masih berjalan"):
            office.do(reopen_case, "hasan", case.number, "klasifikasi", WHY)
        office.finish(case)
        for who in ("siti", "dewi", "ratna", "sistem", "auditor"):
            with pytest.raises(NotFound):
                office.do(reopen_case, who, case.number, "klasifikasi", WHY)
        with pytest.raises(Rejected):
            office.do(reopen_case, "hasan", case.number, "selesai_jawaban_diterima", WHY)
        assert office.types(case)[-1] == "task_completed"


class TestSettingAVariable:
    def test_another_unit_gets_the_task(self, office: Office):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan", bidang="sd")
        office.do(set_variable, "hasan", case.number, "bidang", "smp", WHY)
        assert (office.open_task(case).id, office.open_task(case).unit) == (task.id, "smp")
        assert office.case(case).bidang == "smp"
        with transaction(office.engine) as session:
            assert session.scalars(select(FormerUnit.unit)).all() == ["sd"]
        body = office.bodies(case)[-1]
        assert (body["type"], body["from"], body["set"]) == ("variable_set", "sd", {"bidang": "smp"})
        check(office)

    def test_the_diagram_follows_the_new_value(self, office: Office):
        case = office.file_complaint()
        office.go_to(case, "terima_tanggapan", bidang="sd")
        office.do(set_variable, "hasan", case.number, "bidang", "smp", WHY)
        seq = office.do(propose_move, "hasan", case.number, "tanggapi_aduan", WHY)
        office.do(consent_move, "dewi", case.number, seq)
        assert office.open_task(case).unit == "smp"
        check(office)

    @pytest.mark.parametrize("name", ["judul", "isi", "tidak_ada", "__class__"])
    def test_only_variables_that_the_diagram_reads(self, office: Office, name: str):
        case = office.file_complaint()
        with pytest.raises(Rejected):
            office.do(set_variable, "hasan", case.number, name, "x", WHY)
        for who in ("siti", "dewi", "ratna", "sistem"):
            with pytest.raises(NotFound):
                office.do(set_variable, who, case.number, "bidang", "smp", WHY)


class TestClosingOtherwise:
    def test_to_the_authority_in_charge(self, office: Office):
        case = office.file_complaint()
        office.do(cancel_case, "hasan", case.number, "SMA adalah urusan Provinsi.", way="diarahkan")
        assert office.case(case).outcome == "Diarahkan ke instansi berwenang"
        check(office)

    def test_into_another_case_of_the_same_reporter(self, office: Office):
        first, twin, foreign = office.file_complaint(), office.file_complaint(), office.file_complaint("budi")
        for wrong in (foreign.number, twin.number, "", "ADU-2026-999999"):
            with pytest.raises(Rejected) as refused:
                office.do(cancel_case, "hasan", twin.number, "Dikirim dua kali.", way="digabung", into=wrong)
            assert set(refused.value.errors) == {"gabung"}
        office.do(cancel_case, "hasan", twin.number, "Dikirim dua kali.", way="digabung", into=first.number.lower())
        assert office.case(twin).outcome == f"Digabung dengan {first.number}"
        with pytest.raises(Rejected):
            office.do(cancel_case, "hasan", first.number, "Dikirim dua kali.", way="dilupakan")
        check(office)


def test_what_is_due_goes_first(office: Office):
    """Whatever is asked of a case whose time is over, the timer has fired before, once, and the case is closed."""
    asked: list[tuple[Any, tuple[Any, ...]]] = [
        (cancel_case, ("Tidak perlu lagi.",)),
        (propose_move, ("klasifikasi", WHY)),
        (set_variable, ("bidang", "smp", WHY)),
    ]
    for command, arguments in asked:
        case = office.file_complaint()
        office.go_to(case, "terima_jawaban", jenis="informasi")
        due = office.case(case).next_timer_at
        assert due is not None
        office.now = max(office.now, due)
        with pytest.raises(Conflict, match="sudah habis"):
            office.do(command, "hasan", case.number, *arguments)
        assert office.types(case)[-1] == "timer_fired"
        assert office.case(case).outcome == "Ditutup otomatis tanpa konfirmasi"
    check(office)
