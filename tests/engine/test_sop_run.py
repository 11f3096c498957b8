"""The SOP runs from the complaint to the answer, and its history says all of it and nothing that people typed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
import zstandard
from sqlalchemy import update

from engine.commands.claim_task import claim_task
from engine.errors import Conflict, Incident, NotFound, TooLate
from engine.history.event import GENESIS, moment_from
from engine.position import position_digest
from engine.store.models import Case
from tests.engine.office import COMPLAINT, ROUTINE, Office

OWNERS = {  # element -> (lane, unit, whether the reporter owns it)
    "terima_aduan": ("Admin", None, False),
    "klasifikasi": ("Ketua Tim", None, False),
    "tanggapi_aduan": ("Bidang Terkait", "sd", False),
    "terima_tanggapan": ("Ketua Tim", None, False),
    "input_tanggapan": ("Admin", None, False),
    "terima_jawaban": ("Pelapor", None, True),
}
PENGADUAN = list(OWNERS)
INFORMASI = ["terima_aduan", "klasifikasi", "input_tanggapan", "terima_jawaban"]
ROUTINE_TEXTS = [text for _, typed in ROUTINE.values() for text in typed.values() if " " in text]
TYPED = [COMPLAINT["judul"], COMPLAINT["isi"], COMPLAINT["sekolah"], *ROUTINE_TEXTS]
NAMES = ["Siti", "Dewi", "Hasan", "Ratna", "kantor.test"]


def check_history(office: Office, case: Case) -> None:
    """Everything that must hold of a stream at any moment."""
    now = office.case(case)
    previous, last_at = GENESIS, None
    for seq, event in enumerate(office.events(case), 1):
        body = json.loads(event.body)
        assert (event.seq, body["seq"], body["stream"], event.stream) == (seq, seq, f"kasus/{case.id}", body["stream"])
        assert event.body == rfc8785.dumps(body), "the body is canonical JSON"
        assert event.hash == hashlib.sha256(event.body).hexdigest()
        assert body["previous"] == previous
        at = moment_from(body["at"])
        assert last_at is None or at > last_at
        stored = office.stored_values(case, seq)
        assert set(stored) == set(body["values"]), "every typed value is in the body as a digest, and no other"
        for name, row in stored.items():
            assert hashlib.sha256(f"{row.salt}:{row.value}".encode()).hexdigest() == body["values"][name]
            assert rfc8785.dumps(json.loads(row.value or "")) == (row.value or "").encode()
        previous, last_at = event.hash, at
    assert (now.rev, now.head, now.changed_at) == (seq, previous, last_at)
    version = office.version(now)
    stored_position = version.program.position(now.state)
    assignees = {task.id: task.assignee_id for task in office.tasks(case, "open") if task.assignee_id}
    dues = {task.id: task.due_at for task in office.tasks(case, "open")}
    assert body["position"] == now.position == position_digest(version.diagram, stored_position, assignees, dues)
    assert {task.id for task in stored_position.tasks} == {task.id for task in office.tasks(case, "open")}


def check_nothing_personal(office: Office, case: Case) -> None:
    """No word that people typed stands in a body or in the workflow's state."""
    state = zstandard.decompress(office.case(case).state).decode()
    for body in [state, *(event.body.decode() for event in office.events(case))]:
        assert json.loads(body)
        for text in TYPED:
            for word in [each for each in text.strip(".").split() if len(each) > 3]:
                assert word not in body, word
        for name in NAMES:
            assert name not in body, name


@pytest.mark.parametrize(("jenis", "way"), [("pengaduan", PENGADUAN), ("informasi", INFORMASI)])
def test_a_complaint_runs_from_filing_to_the_answer(office: Office, jenis: str, way: list[str]):
    case = office.file_complaint()
    for element in way:
        check_history(office, case)
        task = office.open_task(case)
        by_siti = task.owner_id == office.people["siti"]
        assert (task.element, task.lane, task.unit, by_siti) == (element, *OWNERS[element])
        assert office.case(case).closed_at is None
        done = office.do_routine(task, jenis=jenis)
        assert not done.repeated and done.number == case.number
    check_history(office, case)
    check_nothing_personal(office, case)
    closed = office.case(case)
    assert (closed.outcome, done.outcome, done.next_lanes) == (*["Selesai, jawaban diterima"] * 2, ())
    assert closed.closed_at == closed.changed_at and closed.next_timer_at is None and closed.incident is None
    assert office.types(case) == ["case_opened", *["task_completed"] * (len(way) + 1)]
    assert [task.element for task in office.tasks(case)] == ["isi_aduan", *way]
    assert {task.status for task in office.tasks(case)} == {"done"}


def test_the_first_number_of_the_year_and_the_columns_of_the_case(office: Office):
    case = office.finish(office.file_complaint())
    assert case.number == "ADU-2026-000001"
    assert (case.judul, case.judul_kerja, case.kategori, case.subkategori, case.bidang) == (
        COMPLAINT["judul"], ROUTINE["terima_aduan"][1]["judul_kerja"], "wewenang", "pungutan_liar", "sd",
    )  # fmt: skip
    assert (case.channel, case.reporter_id) == ("web", office.people["siti"])


def test_a_request_for_information_names_no_unit(office: Office):
    assert office.finish(office.file_complaint(), jenis="informasi").bidang is None


def test_every_task_says_who_finished_it_and_when(office: Office):
    case = office.finish(office.file_complaint())
    workers = {task.element: task.finished_by for task in office.tasks(case)}
    assert workers == {"isi_aduan": office.people["siti"]} | {
        element: office.people[who] for element, (who, _) in ROUTINE.items()
    }
    at = [moment_from(body["at"]) for body in office.bodies(case)[1:]]
    assert [task.finished_at for task in office.tasks(case)] == at
    assert [task.opened_at for task in office.tasks(case)][1:] == at[:-1], "each opens when the one before closes"


def test_the_first_event_names_what_decides(office: Office):
    case = office.file_complaint()
    first, second = office.bodies(case)
    version = office.version(case)
    assert (first["deployment"], first["process"], first["number"]) == (version.checksum, "aduan", case.number)
    assert first["application"] and first["reporter"] == office.people["siti"]
    assert [each["element"] for each in first["effects"]["opened"]] == ["isi_aduan"]
    assert second["effects"]["elements"][0] == "isi_aduan"
    assert second["effects"]["flows"] == ["alur_aduan_terkirim"]


def test_every_event_names_actor_and_appointment(office: Office):
    case = office.finish(office.file_complaint())
    actors = [body["actor"] for body in office.bodies(case)]
    order = ["siti", "siti", *(who for who, _ in ROUTINE.values())]
    assert actors == [office.people[who] for who in order]
    held = [office.actor(who).held[0].id if office.actor(who).held else None for who in order]
    assert [body["appointment"] for body in office.bodies(case)] == held


def test_equal_values_have_different_digests(office: Office):
    """Otherwise a digest would tell that two people typed the same, or could be guessed from a list."""
    first, second = office.file_complaint(), office.file_complaint()
    digests = [body["values"]["judul"] for each in (first, second) for body in office.bodies(each) if body["values"]]
    assert len(set(digests)) == 2


def test_only_read_variables_enter_the_workflow(office: Office):
    case = office.file_complaint()
    office.go_to(case, "tanggapi_aduan", bidang="smp")
    version = office.version(case)
    variables = version.program.position(office.case(case).state).variables
    assert variables == {"jenis": "pengaduan", "bidang": "smp"}
    assert office.bodies(case)[-1]["set"] == variables


class TestClosingTimer:
    def waiting(self, office: Office) -> Case:
        case = office.file_complaint()
        office.go_to(case, "terima_jawaban")
        return office.case(case)

    def test_without_an_answer_the_case_closes_by_itself_once(self, office: Office):
        case = self.waiting(office)
        assert case.next_timer_at is not None
        # Ten working days from Monday 5 January 2026; 16 January is a holiday. The office closes at 16.00 WIB.
        assert case.next_timer_at == datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
        asked = office.bodies(case)[-1]["answers"]
        assert asked == [{"amount": 10, "unit": "hari kerja", "due": "2026-01-20T09:00:00.000000Z"}]
        before = office.types(case)
        office.now = case.next_timer_at
        assert office.worker_round() == 0, "it passes strictly after its instant"
        assert office.worker_round(minutes=1) == 1
        assert office.worker_round(days=30) == 0
        closed = office.case(case)
        assert office.types(case) == [*before, "timer_fired"]
        assert (closed.outcome, closed.next_timer_at) == ("Ditutup otomatis tanpa konfirmasi", None)
        assert closed.closed_at is not None
        assert office.tasks(case)[-1].status == "cancelled"
        assert office.tasks(case)[-1].finished_by is None
        body = office.bodies(case)[-1]
        assert (body["actor"], body["element"]) == (None, "batas_konfirmasi")
        assert body["effects"]["elements"] == ["batas_konfirmasi", "selesai_ditutup_otomatis"]
        assert body["effects"]["flows"] == ["alur_batas_lewat"]
        assert moment_from(body["due"]) == case.next_timer_at
        check_history(office, case)
        check_nothing_personal(office, case)

    def test_a_due_timer_goes_before_a_late_answer(self, office: Office):
        """Nobody can still answer a task whose time is over, even when the worker slept."""
        case = self.waiting(office)
        task = office.open_task(case)
        before = office.types(case)
        office.now += timedelta(days=20)
        with pytest.raises(TooLate, match="sudah habis"):
            office.complete("siti", task, penilaian="5")
        assert office.types(case) == [*before, "timer_fired"], "the timer that went first has fired, nothing else"
        check_history(office, case)
        assert office.worker_round() == 0
        with pytest.raises(Conflict, match="sudah ditutup"):
            office.complete("siti", task, penilaian="5")
        assert office.case(case).outcome == "Ditutup otomatis tanpa konfirmasi"

    def test_an_answer_in_time_disarms_the_timer(self, office: Office):
        case = self.waiting(office)
        office.now += timedelta(days=13)
        office.complete("siti", case, penilaian="5")
        assert office.worker_round(days=60) == 0
        assert office.case(case).outcome == "Selesai, jawaban diterima"

    def test_a_timer_that_is_years_late_is_recorded_when_it_is_seen(self, office: Office):
        case = self.waiting(office)
        office.worker_round(days=900)
        body = office.bodies(case)[-1]
        assert moment_from(body["at"]) == office.now
        assert moment_from(body["due"]) == case.next_timer_at

    def test_many_due_cases_close_in_one_round_one_event_each(self, office: Office):
        cases = [self.waiting(office) for _ in range(3)]
        assert office.worker_round(days=20) == 3
        assert [office.types(case).count("timer_fired") for case in cases] == [1, 1, 1]


def test_a_claimed_task_stands_in_the_position_and_may_be_laid_back(office: Office):
    case = office.file_complaint()
    task = office.go_to(case, "tanggapi_aduan")
    open_position = office.case(case).position
    for who, release in (("joko", False), ("joko", True)):
        actor = office.actor(who)
        with office.transaction() as session:
            claim_task(session, actor, task.id, now=office.now, release=release)
        check_history(office, case)
        assert (office.case(case).position == open_position) is release
        assert office.open_task(case).assignee_id == (None if release else office.people["joko"])
    assert office.types(case)[-2:] == ["task_claimed", "task_released"]
    office.complete("ratna", task, tanggapan="Sudah diperiksa bersama sekolah.")
    check_history(office, case)


def test_a_task_someone_took_is_not_taken_again_and_can_still_be_completed_by_a_colleague(office: Office):
    case = office.file_complaint()
    task = office.go_to(case, "tanggapi_aduan")
    joko, ratna, maya = (office.actor(who) for who in ("joko", "ratna", "maya"))
    with office.transaction() as session:
        claim_task(session, joko, task.id, now=office.now)
    with pytest.raises(Conflict, match="orang lain"), office.transaction() as session:
        claim_task(session, ratna, task.id, now=office.now)
    with pytest.raises(NotFound), office.transaction() as session:
        claim_task(session, maya, task.id, now=office.now)
    office.complete("ratna", task, tanggapan="Sudah diperiksa bersama sekolah.")
    check_history(office, case)


def test_a_move_is_an_event_with_its_reason_kept_out_of_the_body(office: Office):
    case = office.file_complaint()
    task = office.go_to(case, "tanggapi_aduan", bidang="sd")
    office.move("hasan", task, "smp", "Sekolah ini ternyata SMP Zulfikar.")
    check_history(office, case)
    body = office.bodies(case)[-1]
    assert (body["type"], body["from"], body["set"]) == ("task_moved", "sd", {"bidang": "smp"})
    assert office.values(case, body["seq"]) == {"alasan": "Sekolah ini ternyata SMP Zulfikar."}
    assert b"Zulfikar" not in office.events(case)[-1].body
    assert (office.case(case).bidang, office.open_task(case).unit) == ("smp", "smp")
    assert office.open_task(case).id == task.id, "a task keeps its id for life"
    office.complete("maya", case, tanggapan="Sudah diperiksa bersama sekolah.")
    check_history(office, case)


def test_a_clock_that_goes_back_never_turns_history_round(office: Office):
    case = office.file_complaint()
    office.now -= timedelta(days=3)
    office.do_routine(office.open_task(case))
    check_history(office, case)


@pytest.mark.parametrize("broken", ["state", "foreign state", "position", "early timer", "timer out of nothing"])
def test_a_case_that_does_not_match_its_history_is_an_incident_and_no_crash(office: Office, broken: str):
    """Someone wrote into the tables: nothing goes on with that case, and everything with the others."""
    case, sound, other = office.file_complaint(), office.file_complaint(), office.file_complaint()
    element = "klasifikasi" if broken == "timer out of nothing" else "terima_jawaban"
    task = office.go_to(case, element)
    office.go_to(sound, "terima_jawaban")
    yesterday = {"next_timer_at": office.now - timedelta(days=1)}
    changes: dict[str, dict[str, Any]] = {
        "state": {"state": b"rusak"},
        "foreign state": {"state": office.case(other).state},
        "position": {"position": "0" * 64},
        "early timer": yesterday,
        "timer out of nothing": yesterday,
    }
    with office.transaction() as session:
        session.execute(update(Case).where(Case.id == case.id).values(changes[broken]))
    before = office.types(case)
    with pytest.raises(Incident):
        office.do_routine(task)
    assert office.worker_round(days=20) == 1, "the other case goes on"
    assert office.case(sound).closed_at is not None
    # Where history and case have parted no event can follow, so that only the mark says it.
    said = [] if broken == "position" else ["incident_raised"]
    assert office.types(case) == before + said and office.case(case).closed_at is None
    assert office.case(case).incident
    assert office.worker_round() == 0, "the worker does not try the same again and again"
