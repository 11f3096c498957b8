"""Running cases move to the version in force from every position of the SOP, or are told why not."""

import re
from datetime import timedelta

import pytest

from engine.commands.cases import load_by_number
from engine.commands.claim_task import claim_task
from engine.commands.migrate_case import migrate_case
from engine.commands.move_token import propose_move
from engine.commands.rebuild import rebuild_case
from engine.errors import Conflict, NotFound, Rejected
from engine.queries.case_replay import case_replay
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import sight
from engine.queries.stored_cases import CaseCheck
from engine.store.database import transaction
from engine.store.models import Case, FormerUnit, Task
from tests.engine.office import SOP, Office

REASON = "SOP baru mulai berlaku hari ini."
STEPS = ["terima_aduan", "klasifikasi", "tanggapi_aduan", "terima_tanggapan", "input_tanggapan", "terima_jawaban"]
QUICKER = (b'name="waktu" value="3 hari"', b'name="waktu" value="2 hari"')


def redeploy(office: Office, *changes: tuple[bytes, bytes]) -> None:
    xml = SOP.read_bytes()
    for old, new in changes:
        assert old in xml, old
        xml = xml.replace(old, new)
    office.deploy(xml)


def rename(office: Office) -> None:
    """The same SOP, in which a step is another element."""
    pairs = ('id="{}"', 'sourceRef="{}"', 'targetRef="{}"', 'bpmnElement="{}"', ">{}<")
    redeploy(office, *((each.format("klasifikasi").encode(), each.format("pilah").encode()) for each in pairs))


def migrate(office: Office, case: Case, by: str = "pemilik") -> Case:
    office.do(migrate_case, by, case.number, REASON)
    return office.case(case)


def broken(office: Office, case: Case) -> object:
    with transaction(office.engine) as session:
        return CaseCheck(session).one(case.number)


def facts(task: Task) -> tuple[object, ...]:
    return (task.id, task.element, task.lane, task.unit, task.owner_id, task.assignee_id, task.due_at, task.opened_at)


def test_at_every_step_what_is_open_stays_and_the_case_runs_to_its_end(office: Office):
    cases = {step: office.file_complaint() for step in STEPS}
    for step, case in cases.items():
        office.go_to(case, step)
    redeploy(office, QUICKER)
    for step, case in cases.items():
        before, task = office.case(case), office.open_task(case)
        moved = migrate(office, case)
        assert facts(office.open_task(case)) == facts(task), step
        assert (moved.due_at, moved.next_timer_at) == (before.due_at, before.next_timer_at), step
        assert moved.deployment_id != before.deployment_id
        assert office.bodies(case)[-1]["versions"] == [1, 2]
        assert broken(office, moved) is None
        ended = office.finish(case)
        assert ended.closed_at is not None
        assert broken(office, ended) is None


def test_who_took_the_task_and_when_it_closes_by_itself_are_kept(office: Office):
    taken, waiting = office.file_complaint(), office.file_complaint()
    office.do(claim_task, "dewi", office.go_to(taken, "terima_aduan").id)
    office.go_to(waiting, "terima_jawaban")
    timer = office.case(waiting).next_timer_at
    redeploy(office, QUICKER)
    migrate(office, taken)
    migrate(office, waiting)
    assert office.open_task(taken).assignee_id == office.people["dewi"]
    assert timer is not None
    office.now = timer - timedelta(minutes=2)
    assert office.worker_round() == 0
    assert office.worker_round(minutes=3) == 1
    closed = office.case(waiting)
    assert closed.closed_at is not None
    assert (broken(office, closed), broken(office, office.case(taken))) == (None, None)


def test_a_step_that_another_role_does_goes_to_that_role_and_is_free_again(office: Office):
    case = office.file_complaint()
    task = office.go_to(case, "tanggapi_aduan")
    office.do(claim_task, "ratna", task.id)
    xml = SOP.read_bytes()
    lane = re.search(rb'<bpmn:lane [^>]*name="Bidang Terkait".*?</bpmn:lane>', xml, re.DOTALL)
    other = re.search(rb'<bpmn:lane [^>]*name="Ketua Tim".*?</bpmn:lane>', xml, re.DOTALL)
    assert lane and other
    ref = b"<bpmn:flowNodeRef>tanggapi_aduan</bpmn:flowNodeRef>"
    redeploy(
        office,
        (lane[0], lane[0].replace(ref, b"")),
        (other[0], other[0].replace(b"</bpmn:lane>", ref + b"</bpmn:lane>")),
    )
    migrate(office, case)
    moved = office.open_task(case)
    assert (moved.id, moved.lane, moved.unit, moved.assignee_id) == (task.id, "Ketua Tim", None, None)
    assert moved.due_at == task.due_at
    with transaction(office.engine) as session:
        assert session.get(FormerUnit, (task.id, "sd")) is not None  # who had it goes on seeing the case
    assert [row.number for row in office.worklist("hasan")] == [case.number]
    assert broken(office, office.case(case)) is None


def test_pages_and_rebuilding_tell_the_case_across_its_versions(office: Office):
    case = office.file_complaint()
    office.go_to(case, "tanggapi_aduan")
    rename(office)
    migrate(office, case)
    with transaction(office.engine) as session:
        actor = office.actor("auditor")
        seen = sight(session, actor, case.number)
        last = case_replay(session, seen, office.now).moments[-1]
        timeline = case_timeline(session, actor, seen)
    assert last.what == "Dipindah ke versi SOP lain"
    assert "dari versi 1 ke versi 2" in [each.text for each in last.lines]
    assert "terima_aduan" in timeline.done
    assert "klasifikasi" not in timeline.done
    before = office.case(case)
    with transaction(office.engine) as session:
        rebuild_case(session, load_by_number(session, case.number))
    assert office.case(case).state == before.state
    assert broken(office, office.case(case)) is None


def test_a_case_whose_step_is_gone_stays_and_says_why(office: Office):
    case = office.file_complaint()
    office.go_to(case, "klasifikasi")
    rename(office)
    before = office.case(case)
    with pytest.raises(Conflict, match="tidak ada lagi pada versi baru"):
        migrate(office, case)
    after = office.case(case)
    assert (after.rev, after.state, after.deployment_id) == (before.rev, before.state, before.deployment_id)
    assert office.finish(case).closed_at is not None


def test_what_may_not_be_moved_is_refused_in_words(office: Office):
    case, closed, proposed = office.file_complaint(), office.file_complaint(), office.file_complaint()
    office.finish(closed)
    office.go_to(proposed, "tanggapi_aduan")
    office.do(propose_move, "hasan", proposed.number, "klasifikasi", "Bidangnya ternyata lain.")
    with pytest.raises(Conflict, match="sudah berjalan menurut versi yang berlaku"):
        migrate(office, case)
    redeploy(office, QUICKER)
    with pytest.raises(NotFound):
        migrate(office, case, by="hasan")
    with pytest.raises(Rejected):
        office.do(migrate_case, "pemilik", case.number, "pendek")
    with pytest.raises(Conflict, match="sudah ditutup"):
        migrate(office, closed)
    with pytest.raises(Conflict, match="usulan pemindahan langkah"):
        migrate(office, proposed)
    assert "case_migrated" not in office.types(case) + office.types(closed) + office.types(proposed)


def test_what_only_the_new_version_reads_is_filled_from_what_was_typed(office: Office):
    case = office.file_complaint()
    office.go_to(case, "tanggapi_aduan")
    xml = SOP.read_bytes()
    asked = re.search(rb"<bpmn:conditionExpression[^>]*>([^<]*)<", xml)
    assert asked
    redeploy(office, (asked[0], asked[0][:-1] + b" and kategori != 'tidak_ada'<"))
    migrate(office, case)
    assert office.bodies(case)[-1]["set"] == {"kategori": "wewenang"}
    assert broken(office, office.case(case)) is None
    assert office.finish(case).closed_at is not None
