"""The second diagram through the real commands: what it adds to the SOP, each told once."""

from typing import Any

import pytest

from engine.errors import NotFound
from engine.queries.case_replay import case_replay
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import sight
from engine.queries.task import task, task_page
from engine.store.database import transaction
from engine.store.models import Case, Task
from tests.engine.office import Office

ANSWER = "Sudah diperiksa dan diselesaikan."


@pytest.fixture
def lengkap(office: Office) -> Office:
    """The office with the second diagram in force and somebody for its new role."""
    office.deploy_lengkap()
    office.hire("lina", "Sekretaris Dinas")
    return office


def begin(office: Office, **klasifikasi: Any) -> Case:
    case = office.file_complaint()
    office.complete("dewi", case)
    office.complete("hasan", case, **klasifikasi)
    return case


def opened(office: Office, case: Case) -> list[tuple[str, str | None]]:
    return sorted((each.element, each.unit) for each in office.tasks(case, "open"))


def task_of(office: Office, case: Case, unit: str) -> Task:
    return next(each for each in office.tasks(case, "open") if each.unit == unit)


def test_what_was_enough_for_the_first_diagram_is_enough_for_it(lengkap: Office):
    case = lengkap.finish(lengkap.file_complaint())
    assert case.outcome == "Selesai, jawaban diterima"
    assert lengkap.version(case).number == 2


def test_an_answer_goes_back_until_it_is_good_enough(lengkap: Office):
    case = begin(lengkap, jenis="pengaduan", bidang="sd")
    for _ in range(2):
        lengkap.complete("ratna", case, tanggapan=ANSWER)
        lengkap.complete("hasan", case, kembalikan="1", perbaikan="Sebutkan tanggalnya.")
    assert opened(lengkap, case) == [("tanggapi_aduan", "sd")]
    assert lengkap.finish(case).outcome == "Selesai, jawaban diterima"


def test_a_unit_hands_back_what_is_not_its_matter(lengkap: Office):
    case = begin(lengkap, jenis="pengaduan", bidang="sd")
    lengkap.complete("ratna", case, bukan_urusan="1", alasan_kembali="Ini sekolah menengah.")
    assert opened(lengkap, case) == [("klasifikasi", None)]
    lengkap.complete("hasan", case, jenis="pengaduan", bidang="smp")
    assert opened(lengkap, case) == [("tanggapi_aduan", "smp")]


def test_a_matter_of_another_office_is_closed_with_a_referral_that_the_reporter_reads(lengkap: Office):
    case = begin(lengkap, jenis="luar_wewenang")
    closed = lengkap.complete("dewi", case, instansi="Dinas Pendidikan Provinsi", penjelasan="SMA diurus provinsi.")
    assert closed.outcome == "Diarahkan ke instansi berwenang"
    with transaction(lengkap.engine) as session:
        siti = lengkap.actor("siti")
        steps = case_timeline(session, siti, sight(session, siti, case.number)).steps
    (read,) = [each.recorded for each in steps if each.element == "sampaikan_rujukan"]
    assert [each.text for each in read] == ["Dinas Pendidikan Provinsi", "SMA diurus provinsi."]


def test_in_the_replay_each_unit_replaces_its_own_answer_and_not_anothers(lengkap: Office):
    case = begin(lengkap, jenis="pengaduan_bersama", bidang_bersama=["sd", "smp"])
    for who, unit in (("maya", "smp"), ("ratna", "sd")):
        lengkap.complete(who, task_of(lengkap, case, unit), tanggapan=f"Jawaban {unit} yang pertama.")
    with transaction(lengkap.engine) as session:
        played = case_replay(session, sight(session, lengkap.actor("auditor"), case.number), lengkap.now)
    answers = [each for moment in played.moments for each in moment.values if each.text.startswith("Jawaban")]
    assert [(each.text, each.before) for each in answers] == [
        ("Jawaban smp yang pertama.", ""),
        ("Jawaban sd yang pertama.", ""),
    ]


def test_several_units_answer_at_once_each_for_itself_and_one_joins_what_they_wrote(lengkap: Office):
    case = begin(lengkap, jenis="pengaduan_bersama", bidang_bersama=["sd", "smp"])
    assert opened(lengkap, case) == [("tanggapi_bersama", "sd"), ("tanggapi_bersama", "smp")]
    assert [row.number for row in lengkap.worklist("maya")] == [case.number]
    with transaction(lengkap.engine) as session, pytest.raises(NotFound):
        task(session, lengkap.actor("maya"), task_of(lengkap, case, "sd").id)
    for round in (1, 2):
        with transaction(lengkap.engine) as session:
            told = case_timeline(session, lengkap.actor("hasan"), sight(session, lengkap.actor("hasan"), case.number))
        assert told.status.startswith("Sedang ditangani ") and told.status.count(",") == 1
        lengkap.complete("maya", task_of(lengkap, case, "smp"), tanggapan=f"Bagian SMP {round}.")
        assert opened(lengkap, case) == [("tanggapi_bersama", "sd")]
        lengkap.complete("ratna", task_of(lengkap, case, "sd"), tanggapan=f"Bagian SD nomor {round}.")
        joining = lengkap.open_task(case)
        with transaction(lengkap.engine) as session:
            page = task_page(session, lengkap.actor("hasan"), joining.id)
        texts = [f"Bagian SMP {round}.", f"Bagian SD nomor {round}."]
        assert [part.split(":\n")[1] for part in page.start["tanggapan"].split("\n\n")] == texts
        (read,) = [each.recorded for each in page.timeline.steps if each.element == "tanggapi_bersama"]
        assert [each.text for each in read] == texts and all("Bidang" in each.title for each in read)
        (step,) = [each for each in page.timeline.steps if each.element == "tanggapi_bersama"]
        assert (set(step.who.split(", ")), step.recorded_by, step.state) == ({"Maya", "Ratna"}, "", "selesai")
        if round == 1:
            lengkap.complete("hasan", case, kembalikan="1", perbaikan="Samakan tanggalnya.")
    lengkap.complete("hasan", case, tanggapan=page.start["tanggapan"])
    with transaction(lengkap.engine) as session:
        assert task_page(session, lengkap.actor("dewi"), lengkap.open_task(case).id).start == page.start
    assert lengkap.finish(case).outcome == "Selesai, jawaban diterima"


def test_one_of_the_parallel_tasks_is_moved_to_another_unit(lengkap: Office):
    case = begin(lengkap, jenis="pengaduan_bersama", bidang_bersama=["sd", "paud"])
    lengkap.move("hasan", task_of(lengkap, case, "paud"), "smp")
    assert opened(lengkap, case) == [("tanggapi_bersama", "sd"), ("tanggapi_bersama", "smp")]
    lengkap.complete("maya", task_of(lengkap, case, "smp"), tanggapan=ANSWER)
    lengkap.complete("ratna", task_of(lengkap, case, "sd"), tanggapan=ANSWER)
    assert opened(lengkap, case) == [("padukan_tanggapan", None)]


def test_a_complaint_about_a_handler_passes_him_by(lengkap: Office):
    case = lengkap.file_complaint()
    lengkap.complete("dewi", case, tentang_petugas="1")
    assert opened(lengkap, case) == [("periksa_petugas", None)]
    assert lengkap.worklist("hasan") == []
    lengkap.complete("lina", case, tanggapan=ANSWER, catatan_pemeriksaan="Sudah ditegur.")
    assert lengkap.finish(case).outcome == "Selesai, jawaban diterima"


def test_an_unsatisfied_reporter_gets_one_review_and_no_more(lengkap: Office):
    case = begin(lengkap, jenis="informasi")
    lengkap.complete("dewi", case, tanggapan=ANSWER)
    lengkap.complete("siti", case, minta_tinjau="1", alasan_tinjau="Belum terjawab.")
    lengkap.complete("lina", case, hasil="Jawaban dilengkapi.")
    assert opened(lengkap, case) == [("terima_hasil_tinjauan", None)]
    with transaction(lengkap.engine) as session:
        siti = lengkap.actor("siti")
        page = task_page(session, siti, lengkap.open_task(case).id)
    assert not {"minta_tinjau", "alasan_tinjau"} & page.brief.form.properties.keys()
    assert lengkap.complete("siti", case).outcome == "Selesai, jawaban diterima"


def test_a_reviewed_case_closes_by_itself_too(lengkap: Office):
    case = begin(lengkap, jenis="informasi")
    lengkap.complete("dewi", case, tanggapan=ANSWER)
    lengkap.complete("siti", case, minta_tinjau="1", alasan_tinjau="Belum terjawab.")
    lengkap.complete("lina", case, hasil="Jawaban tetap.")
    assert lengkap.worker_round(days=30) == 1
    assert lengkap.case(case).outcome == "Ditutup otomatis tanpa konfirmasi"
