"""A message or signal is recorded by whose lane it stands in, for one case and one element; it replays as all does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.commands.deliver_message import Delivered, deliver_message
from engine.commands.erase_case import erase_case
from engine.commands.open_case import open_case
from engine.errors import Conflict, NotFound, Rejected, TooLate
from engine.process.runtime import WaitingMessage
from engine.queries.case_replay import case_replay
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import sight
from engine.queries.stored_cases import CaseCheck
from engine.queries.waiting_messages import waiting_messages
from engine.store.database import snapshot, transaction
from engine.store.models import Case
from tests.engine.office import Office
from tests.process.drawing import (
    TEXT,
    UNIT,
    boundary,
    catch,
    caught,
    choice,
    draw,
    end,
    exclusive,
    form,
    rooted,
    trigger,
    user,
)
from tests.process.drawing import small_forms as small

LANES = {
    "Pelapor": {"pemilik": "pelapor", "melihat": "milik", "tanpa_tenggat": "ya"},
    "Admin": {"melihat": "semua", "identitas": "ya", "atas_nama": "ya"},
    "Ketua Tim": {"melihat": "semua", "memindah": "ya"},
    "Bidang Terkait": {"pemilik": "unit:bidang", "melihat": "unit"},
}
FORMS = small(
    isi=form(judul={**TEXT, "x-kasus": "judul", "x-pribadi": True}),
    surat=form(putusan=choice("ya", "tidak"), nomor={**TEXT, "x-pribadi": True}, perihal=TEXT),
    pilih=form(bidang=UNIT),
)
LETTER, HOLIDAY = trigger("message", "m_surat"), trigger("signal", "s_libur")


def drawn() -> bytes:
    """Ketua Tim chooses a unit; its letter is awaited; while Admin works a signal may end the work."""
    nodes = [
        user("p", "pilih", "Ketua Tim"),
        user("b", "catat", "Bidang Terkait"),
        catch("x", LETTER, "Bidang Terkait", "surat"),
        exclusive("g", "g_a"),
        user("a"),
        caught("t", "a", HOLIDAY, "Admin", "catat"),
        *(end(each) for each in ("selesai", "y", "z")),
    ]
    return rooted(draw(nodes, "mulai>isi>p>b>x>g>a>selesai; g>y: putusan == 'tidak'; t>z", LANES))


def filed(office: Office) -> Case:
    return office.case(office.do(open_case, "siti", "uji", {"judul": "Rapor"}).case_id)


@pytest.fixture
def waiting(office: Office) -> Case:
    """A case that waits for the letter of SD's unit."""
    office.deploy(drawn(), FORMS)
    case = filed(office)
    office.complete("hasan", case, bidang="sd")
    office.complete("ratna", case)
    return case


def message(office: Office, case: Case, element: str) -> WaitingMessage:
    position = office.version(case).program.position(office.case(case).state)
    return next(each for each in position.messages if each.element == element)


def deliver(office: Office, who: str, case: Case, id_: str, values: dict[str, Any], **more: Any) -> Delivered:
    found: Delivered = office.do(deliver_message, who, case.number, id_, values, **more)
    return found


def verified(office: Office) -> None:
    with snapshot(office.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


SAID = {"putusan": "ya", "nomor": "470/12/2026", "perihal": "Keterangan"}


class TestWhoMayRecord:
    def test_the_unit_in_whose_lane_it_stands_and_nobody_else(self, office: Office, waiting: Case):
        letter = message(office, waiting, "x")
        for who in ("dewi", "hasan", "maya", "siti", "auditor", "kepala", "sistem", "pemilik"):
            with pytest.raises(NotFound):
                deliver(office, who, waiting, letter.id, SAID)
        done = deliver(office, "ratna", waiting, letter.id, SAID)
        assert (done.next_lanes, done.outcome, done.repeated) == (("Admin",), None, False)

    def test_it_is_offered_to_those_alone(self, office: Office, waiting: Case):
        offered = {}
        for who in ("dewi", "hasan", "ratna", "joko", "maya", "siti"):
            with transaction(office.engine) as session:
                try:
                    seen = sight(session, office.actor(who), waiting.number)
                except NotFound:
                    continue
                offered[who] = [each.element.id for each in waiting_messages(office.actor(who), seen)]
        assert offered == {"dewi": [], "hasan": [], "ratna": ["x"], "joko": ["x"], "siti": []}

    def test_another_case_or_element_is_not_reached(self, office: Office, waiting: Case):
        letter = message(office, waiting, "x")
        deliver(office, "ratna", waiting, letter.id, SAID)
        signal = message(office, waiting, "t")
        with pytest.raises(Conflict):  # the letter has come; its id does not stand for what waits now
            deliver(office, "ratna", waiting, letter.id, SAID)
        with pytest.raises(NotFound):
            deliver(office, "dewi", office.file_complaint(), signal.id, {})
        assert message(office, waiting, "t").id == signal.id


class TestWhatItDoes:
    def test_its_values_are_recorded_and_what_is_read_decides(self, office: Office, waiting: Case):
        done = deliver(office, "ratna", waiting, message(office, waiting, "x").id, SAID | {"putusan": "tidak"})
        assert done.outcome == "y"
        body = office.bodies(waiting)[-1]
        assert (body["type"], body["element"], body["name"]) == ("message_received", "x", "Surat keterangan")
        assert body["set"] == {"putusan": "tidak"}
        assert set(body["values"]) == set(SAID) and SAID["nomor"] not in str(body)
        assert office.values(waiting, body["seq"])["nomor"] == "470/12/2026"
        assert office.case(waiting).closed_at is not None
        verified(office)

    def test_a_waiting_message_stands_in_events_and_position(self, office: Office, waiting: Case):
        (said,) = office.bodies(waiting)[-1]["effects"]["messages"]
        letter = message(office, waiting, "x")
        assert said == {"id": letter.id, "element": "x", "name": "Surat keterangan", "unit": "sd"}
        verified(office)

    def test_a_case_that_waits_for_it_alone_is_not_held_up(self, office: Office, waiting: Case):
        office.worker_round(days=30)
        assert (office.case(waiting).awaits, office.case(waiting).incident) == (True, None)
        with transaction(office.engine) as session:
            seen = sight(session, office.actor("siti"), waiting.number)
            timeline = case_timeline(session, office.actor("siti"), seen)
            assert (timeline.status, timeline.current) == ("Menunggu: x", ["x"])
            states = {each.element: each.state for each in timeline.steps}
            assert states == {"isi": "selesai", "p": "selesai", "b": "selesai", "a": "nanti"}
            session.execute(update(Case).where(Case.id == waiting.id).values(awaits=False))
        with snapshot(office.engine) as session:
            (found,) = [found for _, found in CaseCheck(session).all() if found is not None]
        assert "bukan yang dicatat" in str(found)

    def test_a_signal_takes_the_task_that_it_stands_at_away(self, office: Office, waiting: Case):
        deliver(office, "ratna", waiting, message(office, waiting, "x").id, SAID)
        done = deliver(office, "dewi", waiting, message(office, waiting, "t").id, {"catatan": "Libur"})
        assert done.outcome == "z"
        assert [task.status for task in office.tasks(waiting)][-1] == "cancelled"
        verified(office)

    def test_a_task_that_is_done_takes_its_signal_away(self, office: Office, waiting: Case):
        deliver(office, "ratna", waiting, message(office, waiting, "x").id, SAID)
        signal = message(office, waiting, "t")
        office.complete("dewi", waiting)
        with pytest.raises(Conflict, match="tidak ditunggu lagi"):
            deliver(office, "dewi", waiting, signal.id, {})
        verified(office)

    def test_pages_tell_what_it_said(self, office: Office, waiting: Case):
        deliver(office, "ratna", waiting, message(office, waiting, "x").id, SAID)
        with transaction(office.engine) as session:
            seen = sight(session, office.actor("hasan"), waiting.number)
            (received,) = case_timeline(session, office.actor("hasan"), seen).received
            assert (received.name, received.role, received.recorded_by) == ("x", "Bidang Terkait", "Ratna")
            assert [each.text for each in received.recorded] == ["470/12/2026", "Keterangan", "ya"]
            seen = sight(session, office.actor("auditor"), waiting.number)
            last = case_replay(session, seen, office.now).moments[-1]
        assert last.what == "Pesan diterima" and "«Surat keterangan» bagi x" in [each.text for each in last.lines]
        with transaction(office.engine) as session:  # the reporter reads what a form shows to reporters, nothing else
            seen = sight(session, office.actor("siti"), waiting.number)
            assert [each.recorded for each in case_timeline(session, office.actor("siti"), seen).received] == [()]

    def test_what_is_personal_in_it_is_erased_with_the_case(self, office: Office, waiting: Case):
        deliver(office, "ratna", waiting, message(office, waiting, "x").id, SAID | {"putusan": "tidak"})
        office.do(erase_case, "sistem", waiting.number, "permintaan")
        stored = office.stored_values(waiting, next(b["seq"] for b in office.bodies(waiting) if "message" in b))
        assert {name for name, row in stored.items() if row.value is None} == {"nomor"}
        verified(office)


class TestRaces:
    def test_the_same_post_twice_is_recorded_once(self, office: Office, waiting: Case):
        letter = message(office, waiting, "x")
        deliver(office, "ratna", waiting, letter.id, SAID, key="k" * 12)
        assert deliver(office, "ratna", waiting, letter.id, SAID, key="k" * 12).repeated
        assert office.types(waiting).count("message_received") == 1

    @pytest.mark.parametrize(("second", "by"), [("joko", "Ratna"), ("ratna", "Anda")])
    def test_who_comes_second_learns_who_was_first(self, office: Office, waiting: Case, second: str, by: str):
        letter = message(office, waiting, "x")
        deliver(office, "ratna", waiting, letter.id, SAID, key="k" * 12)
        with pytest.raises(Conflict, match=f"sudah dicatat {by}") as refused:
            deliver(office, second, waiting, letter.id, SAID, key="l" * 12)
        assert refused.value.by == by

    def test_a_due_timer_goes_first(self, office: Office):
        nodes = [user("a"), caught("x", "a", LETTER, "Admin", "catat"), boundary("t", "a", '"PT1H"'), end(), end("y")]
        office.deploy(rooted(draw([*nodes, end("z")], "mulai>isi>a>selesai; x>y; t>z", LANES)), FORMS)
        case = filed(office)
        waits = message(office, case, "x")
        office.now += timedelta(hours=2)
        actor = office.actor("dewi")
        with pytest.raises(TooLate), office.transaction() as session:
            deliver_message(session, actor, case.number, waits.id, {}, now=office.now)
        assert office.types(case)[-1] == "timer_fired"
        verified(office)

    def test_a_lost_file_is_told_and_nothing_is_half_done(self, office: Office, waiting: Case):
        file = {"type": "array", "items": {"type": "string"}, "x-lampiran": {}}
        forms = FORMS | {"surat": form(**FORMS["surat"]["properties"], berkas=file)}
        office.deploy(drawn(), forms)
        case = filed(office)
        office.complete("hasan", case, bidang="sd")
        office.complete("ratna", case)
        before = office.types(case)
        with pytest.raises(Rejected):
            deliver(office, "ratna", case, message(office, case, "x").id, SAID | {"berkas": ["f" * 32]})
        assert office.types(case) == before
