"""Service and business rule tasks on a running office: told once, kept with the event, never done again by a replay."""

from __future__ import annotations

import orjson
import pytest

from engine.commands.deploy import put_in_force, read_forms
from engine.commands.erase_case import erase_case
from engine.commands.incidents import report_incident
from engine.errors import Incident, NotFound
from engine.queries.case_replay import case_replay
from engine.queries.case_services import case_document
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import sight
from engine.queries.recorded_values import ERASED
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot, transaction
from engine.store.models import Case
from tests.engine.office import ROOT
from tests.engine.served import NODES, served_sop
from tests.process.drawing import service
from tests.worker.bureau import Bureau

ANSWER = "Uang sampul sudah dikembalikan. Terima kasih."


def walked(bureau: Bureau) -> Case:
    """A case at its last task, on the SOP that decides, tells and writes."""
    office = bureau.office
    office.deploy(served_sop())
    case = office.file_complaint("siti")
    office.go_to(case, "terima_jawaban")
    return office.case(case)


def check(bureau: Bureau) -> None:
    with snapshot(bureau.office.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


def test_a_decision_tells_a_role_and_the_reporter_once_each(bureau: Bureau):
    case = walked(bureau)
    for _ in range(3):
        bureau.round()
    told = [each.text for each in bureau.notices("dewi", "announced")]
    assert told == [f"Aduan {case.number}: Pengaduan, prioritas tinggi."]
    assert bureau.mailbox.subjects("dewi").count("1 pemberitahuan dari proses") == 1
    assert [each.text for each in bureau.notices("siti", "announced")] == [
        f"Aduan {case.number}: Surat jawaban sudah dibuat."
    ]
    assert bureau.mailbox.subjects("siti").count(f"Aduan {case.number}: Surat jawaban sudah dibuat") == 1
    assert bureau.notices("hasan", "announced") == []
    check(bureau)
    bureau.office.finish(case)
    check(bureau)


def test_a_unit_is_told_by_its_own_people_and_who_has_no_mail_by_a_clerk(bureau: Bureau):
    office = bureau.office
    told = service("beritahu", "kirim_pemberitahuan", kepada="Bidang Terkait", pesan="Perhatikan {bidang}.")
    office.deploy(served_sop(nodes=(NODES[0], told, *NODES[2:])))
    bureau.walk_in("slamet")
    case = office.file_complaint("dewi", reporter="slamet")
    office.go_to(case, "input_tanggapan", bidang="smp")
    bureau.round()
    assert [each.text for each in bureau.notices("maya", "announced")] == [
        f"Aduan {case.number}: Perhatikan Bidang Pembinaan Sekolah Menengah Pertama."
    ]
    assert bureau.notices("ratna", "announced") == []
    office.complete("dewi", office.open_task(case), tanggapan=ANSWER)
    bureau.round()
    assert "announced" in [each.kind for each in bureau.handovers(case)]
    check(bureau)


def test_what_a_service_task_did_stands_in_the_event_of_the_step(bureau: Bureau):
    case = walked(bureau)
    done = {body["element"]: body["effects"]["services"] for body in bureau.office.bodies(case)
            if body["effects"].get("services")}  # fmt: skip
    assert [each["element"] for each in done["klasifikasi"]] == ["beritahu"]
    assert [each["element"] for each in done["input_tanggapan"]] == ["surat", "kabari"]
    text = orjson.dumps(bureau.office.bodies(case)).decode()
    assert ANSWER not in text  # what people typed is a salted value, not in the body


def test_a_document_is_read_by_whom_it_concerns_and_goes_with_an_erasure(bureau: Bureau):
    office = bureau.office
    case = walked(bureau)
    seq = case.rev
    with transaction(office.engine) as session:
        for who in ("siti", "dewi", "auditor"):
            actor = office.actor(who)
            seen = sight(session, actor, case.number)
            document = case_document(session, actor, seen, seq, "dokumen_1")
            assert document.title == f"Jawaban {case.number}"
            assert document.paragraphs[0] == "Serang, 5 Januari 2026"
            assert document.paragraphs[-1] == ANSWER
        owner = office.actor("pemilik")  # sees steps, never contents
        with pytest.raises(NotFound):
            case_document(session, owner, sight(session, owner, case.number), seq, "dokumen_1")
        rows = case_timeline(session, office.actor("siti"), sight(session, office.actor("siti"), case.number)).services
        assert [(each.step, each.title) for each in rows] == [("surat", f"Jawaban {case.number}")]
        last = case_replay(session, sight(session, office.actor("auditor"), case.number), office.now).moments[-1]
        assert any(
            "pemberitahuan dikirim kepada pelapor: «Surat jawaban sudah dibuat.»" in each.text for each in last.lines
        )
        assert f"Dokumen: Jawaban {case.number}" in [each.title for each in last.values]
    office.finish(case)
    office.do(erase_case, "sistem", case.number, "permintaan")
    with transaction(office.engine) as session:
        seen = sight(session, office.actor("dewi"), case.number)
        titles = [each.title for each in case_timeline(session, office.actor("dewi"), seen).services if each.title]
        assert titles == [ERASED]
    check(bureau)


def test_an_operation_that_fails_holds_the_case_up_and_changes_nothing(bureau: Bureau):
    office = bureau.office
    office.deploy(served_sop(("{input_tanggapan.tanggapan}", "{input_tanggapan.tanggapan} " * 100)))
    case = office.file_complaint("siti")
    task = office.go_to(case, "input_tanggapan")
    before = office.case(case)
    with pytest.raises(Incident, match="Langkah otomatis «surat» gagal: dokumennya lebih panjang") as raised:
        office.complete("dewi", task, tanggapan="Panjang sekali. " * 300)
    assert office.case(case).rev == before.rev
    with office.transaction() as session:
        report_incident(session, raised.value, now=office.now, task_id=task.id)
    held = office.case(case)
    assert "gagal" in (held.incident or "") and office.bodies(case)[-1]["reason"] == "service"
    office.complete("dewi", office.open_task(case), tanggapan=ANSWER)
    assert office.case(case).incident is None
    check(bureau)


def test_a_case_that_no_row_covers_is_held_up_and_goes_on_when_it_is_mended(bureau: Bureau):
    office = bureau.office
    xml = served_sop(("'informasi'</d:text></d:inputEntry>", "'lain'</d:text></d:inputEntry>"))
    with office.transaction() as session:  # as a gate that could not try every value would let it pass
        put_in_force(session, xml, read_forms(ROOT / "forms"), [], now=office.now)
    case = office.file_complaint("siti")
    task = office.go_to(case, "klasifikasi")
    with pytest.raises(Incident, match="Tabel keputusan tidak memberi tepat satu jawaban") as raised:
        office.complete("hasan", task, jenis="informasi")
    assert raised.value.code == "undecided"
    office.complete("hasan", task, jenis="pengaduan", bidang="sd")
    check(bureau)
