"""The replay document of a case: who did what, where it stood, what is left of what was erased, what is hidden."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import text

from engine.access import HIDDEN_REPORTER
from engine.commands.claim_task import claim_task
from engine.commands.close_case import withdraw_case
from engine.commands.erase_case import erase_case
from engine.commands.migrate_case import migrate_case
from engine.commands.move_token import consent_move, propose_move, reopen_case
from engine.commands.set_variable import set_variable
from engine.queries.case_replay import Replay, case_replay
from engine.queries.case_replay.document import Jump, Line
from engine.queries.cases import sight
from engine.queries.recorded_values import ERASED
from engine.store.database import snapshot, transaction
from engine.store.models import Case
from tests.engine.office import SOP, Office

WHY = "Klasifikasinya ternyata keliru."
SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)


def document(office: Office, case: Case, who: str = "auditor") -> Replay:
    actor = office.actor(who)
    with snapshot(office.engine) as session:
        return case_replay(session, sight(session, actor, case.number), office.now)


def test_a_case_of_every_day_is_told_step_by_step(office: Office):
    case = office.file_complaint()
    office.do(claim_task, "dewi", office.go_to(case, "terima_aduan").id)
    office.move("hasan", office.go_to(case, "tanggapi_aduan"), "smp", "Ini sekolah menengah.")
    found = document(office, office.finish(case))
    assert [each.what for each in found.moments[:4]] == [
        "Aduan dibuka", "Tugas diselesaikan", "Tugas diambil", "Tugas diselesaikan",
    ]  # fmt: skip
    opened, filed, taken, received = found.moments[:4]
    assert (opened.by, filed.by, taken.by) == (HIDDEN_REPORTER, HIDDEN_REPORTER, "Dewi")
    assert taken.title.startswith("Admin (Admin)") and taken.step == "Terima aduan"
    assert [(each.element, each.holder) for each in taken.tokens] == [("terima_aduan", "Dewi")]
    assert [each.clock_kind for each in taken.tokens] == ["aman"]
    assert received.flows == office.bodies(case)[3]["effects"]["flows"] != []
    title = next(each for each in filed.values if each.name == "judul")
    assert (title.title, title.text, title.erased) == ("Judul aduan", "Uang sampul rapor kelas empat", False)
    assert any(each.label == "Lama" and "dari waktu baku" in each.text for each in received.lines)
    moved = next(each for each in found.moments if each.type == "task_moved")
    assert [each.text for each in moved.values] == ["Ini sekolah menengah."]
    assert [each.unit for each in moved.tokens] == ["Bidang Pembinaan Sekolah Menengah Pertama"]
    last = found.moments[-1]
    assert (last.tokens, found.outcome) == ([], "Selesai, jawaban diterima")
    assert Line("Hasil", found.outcome) in last.lines
    assert "Siti" not in found.json(), "the reporter's name stays with who may know it"
    assert found.working and all(each.start < each.end for each in found.working)


def test_a_case_that_was_moved_to_another_version_changes_its_picture_there(office: Office):
    case = office.file_complaint()
    office.go_to(case, "tanggapi_aduan")
    office.deploy(SOP.read_bytes().replace(b'name="waktu" value="3 hari"', b'name="waktu" value="2 hari"'))
    office.do(migrate_case, "pemilik", case.number, "SOP baru mulai berlaku hari ini.")
    found = document(office, office.finish(case))
    at = next(each.seq for each in found.moments if each.type == "case_migrated")
    assert [each.version for each in found.moments] == [0] * (at - 1) + [1] * (len(found.moments) - at + 1)
    assert [each.number for each in found.versions] == [1, 2]
    assert "2 hari" in found.versions[1].xml and "2 hari" not in found.versions[0].xml
    assert [each.element for each in found.moment(at).tokens] == ["tanggapi_aduan"]
    assert found.moment(at).jumps == []


def test_what_was_done_beside_the_diagram_is_a_jump(office: Office):
    case = office.file_complaint()
    office.go_to(case, "tanggapi_aduan")
    seq = office.do(propose_move, "ratna", case.number, "klasifikasi", WHY)
    office.do(consent_move, "hasan", case.number, seq)
    office.do(withdraw_case, "siti", case.number, "Sudah beres.")
    office.do(reopen_case, "hasan", case.number, "tanggapi_aduan", WHY)
    office.do(set_variable, "hasan", case.number, "bidang", "smp", WHY)
    found = document(office, case)
    jumps = {each.type: each.jumps for each in found.moments if each.jumps}
    assert jumps == {
        "token_moved": [Jump("tanggapi_aduan", "klasifikasi")],
        "case_withdrawn": [Jump("klasifikasi")],
        "case_reopened": [Jump("klasifikasi", "tanggapi_aduan")],
    }
    moved = next(each for each in found.moments if each.type == "token_moved")
    assert "klasifikasi" not in found.marks[moved.marks].done, "it lies ahead again"
    assert "isi_aduan" in found.marks[moved.marks].done
    mended = found.moments[-1]
    assert any("dari" in each.text and "menjadi" in each.text for each in mended.lines)


def test_what_was_erased_is_shown_as_erased_with_its_digest(office: Office):
    case = office.finish(office.file_complaint())
    office.do(erase_case, "sistem", case.number, "permintaan")
    found, bodies = document(office, case), office.bodies(case)
    erased = {(at.seq, each.name): each for at in found.moments for each in at.values if each.erased}
    names = bodies[-1]["erased"]
    assert {(int(seq), name) for seq in names for name in names[seq]} == erased.keys()
    for (seq, name), value in erased.items():
        assert (value.text, value.digest) == (ERASED, bodies[seq - 1]["values"][name])
    assert "Zulfikar" not in found.json()
    kept = [each for at in found.moments for each in at.values if each.name == "jenis"]
    assert [(each.text, each.erased) for each in kept] == [("Pengaduan", False)]


def test_without_the_right_to_contents_nothing_typed_is_in_it(office: Office):
    case = office.finish(office.file_complaint())
    found = document(office, case, "pemilik")
    assert [at.values for at in found.moments if at.values] == [] and found.title == ""
    assert "Zulfikar" not in found.json() and "sampul" not in found.json()
    assert "Siti" in document(office, case, "dewi").json()


@SQLITE
def test_from_the_event_that_does_not_hold_on_no_token_is_shown(office: Office):
    case = office.finish(office.file_complaint())
    body = orjson.loads(office.events(case)[3].body) | {"position": "0" * 64}
    with transaction(office.engine) as session:
        session.execute(text("DROP TRIGGER IF EXISTS event_no_update"))
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='event'")):
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(
            text("UPDATE event SET body = :body WHERE stream = :stream AND seq = 4"),
            {"body": orjson.dumps(body), "stream": f"kasus/{case.id}"},
        )
    found = document(office, case)
    assert found.broken.startswith("event 4")
    assert [each.known for each in found.moments] == [True] * 3 + [False] * (len(found.moments) - 3)
    assert all(each.tokens == [] for each in found.moments[3:])
    assert [each.what for each in found.moments][-1] == "Tugas diselesaikan"


def test_long_pauses_and_office_hours_lie_on_the_axis(office: Office):
    case = office.file_complaint()
    office.now += timedelta(days=4)  # from Monday to Friday
    office.go_to(case, "klasifikasi")
    found = document(office, case)
    (pause,) = found.idle
    assert pause.seq == 2 and pause.words.startswith("4 hari tanpa kejadian, termasuk ")
    assert len({each.start[:10] for each in found.working}) == 5
    assert max(each.end for each in found.working) <= found.until
