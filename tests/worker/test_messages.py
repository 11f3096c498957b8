"""Who is told what, when and in which words; nothing for what was rolled back, nothing twice, nothing personal."""

import pytest
from sqlalchemy import select

from engine.commands.claim_task import claim_task
from engine.commands.close_case import withdraw_case
from engine.commands.handovers import deliver
from engine.commands.incidents import report_incident
from engine.commands.move_token import propose_move, reopen_case
from engine.commands.notices import mark_read
from engine.commands.open_case import open_case
from engine.errors import Conflict, Incident, NotFound
from engine.queries.messages import handovers, notices, unread
from engine.queries.proofs import short_code
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.store.models import Cursor, Notice
from engine.worker.news import skip_history
from tests.engine.office import COMPLAINT, PROCESS
from tests.worker.bureau import ADDRESS, Bureau

REASON = "Ternyata urusan lain lagi."


class TestTheReporter:
    def test_is_told_received_answered_and_closed_and_nothing_else(self, bureau: Bureau):
        office = bureau.office
        case = office.file_complaint("siti")
        bureau.round()
        while office.tasks(case, "open"):
            office.do_routine(office.open_task(case))
            bureau.round()
        n = case.number
        assert bureau.mailbox.subjects("siti") == [
            f"Aduan {n}: sudah kami terima",
            f"Aduan {n}: Sudah dijawab, silakan baca",
            f"Aduan {n}: Selesai, jawaban diterima",
        ]
        assert bureau.kinds("siti") == ["received", "answered", "closed"]

    def test_reads_number_link_and_short_code_but_neither_title_nor_content_nor_names(self, bureau: Bureau):
        office = bureau.office
        case = office.finish(office.file_complaint("siti"))
        bureau.round(days=1)
        assert len(bureau.mailbox.arrived) >= 2
        secrets = [COMPLAINT["judul"], COMPLAINT["isi"], COMPLAINT["sekolah"], "Siti", "Ratna", "Uang sampul"]
        for _, message in bureau.mailbox.arrived:
            text = message.get_body(("plain",)).get_content() + message.get_body(("html",)).get_content()
            assert not [each for each in secrets if each in f"{message['Subject']} {text}"]
        (closed,) = [each for each in bureau.mailbox.to("siti") if "Selesai" in each["Subject"]]
        text = closed.get_body(("plain",)).get_content()
        assert f"{ADDRESS}/aduan/{case.number}" in text and short_code(case.head) in text

    def test_who_withdrew_is_not_told_so(self, bureau: Bureau):
        office = bureau.office
        for who in ("siti", "dewi"):
            case = office.file_complaint("siti")
            office.do(withdraw_case, who, case.number, REASON)
        bureau.round()
        assert bureau.kinds("siti").count("closed") == 1

    def test_is_told_that_the_case_was_reopened(self, bureau: Bureau):
        office = bureau.office
        case = office.finish(office.file_complaint("siti"))
        office.do(reopen_case, "hasan", case.number, "tanggapi_aduan", REASON)
        bureau.round()
        assert bureau.kinds("siti")[-1] == "reopened"
        assert "returned" in bureau.kinds("ratna")


class TestStaff:
    def test_of_a_short_step_a_notice_is_all(self, bureau: Bureau):
        bureau.office.file_complaint("siti")
        bureau.round()
        assert bureau.kinds("dewi") == ["new_task"]
        assert bureau.mailbox.to("dewi") == []

    def test_of_a_long_step_each_owner_has_one_mail(self, bureau: Bureau):
        case = bureau.office.file_complaint("siti")
        bureau.office.go_to(case, "tanggapi_aduan")
        bureau.round()
        assert bureau.mailbox.subjects("ratna") == bureau.mailbox.subjects("joko") == ["1 tugas baru"]
        assert bureau.mailbox.to("maya") == []

    def test_a_flood_is_one_mail_and_then_one_in_a_quarter_of_an_hour(self, bureau: Bureau):
        office = bureau.office
        for _ in range(3):
            office.go_to(office.file_complaint("siti"), "tanggapi_aduan")
        bureau.round()
        assert bureau.mailbox.subjects("ratna") == ["3 tugas baru"]
        for _ in range(3):  # they come one by one, each in a round of its own
            office.go_to(office.file_complaint("siti"), "tanggapi_aduan")
            bureau.round()
        assert len(bureau.mailbox.to("ratna")) == 1 or bureau.mailbox.subjects("ratna")[1:] != ["1 tugas baru"] * 3
        bureau.round(minutes=16)
        subjects = bureau.mailbox.subjects("ratna")
        assert sum(int(each.split()[0]) for each in subjects) == 6 and len(subjects) <= 3

    def test_who_took_the_task_is_the_one_who_is_told(self, bureau: Bureau):
        office = bureau.office
        task = office.go_to(office.file_complaint("siti"), "tanggapi_aduan")
        office.do(claim_task, "joko", task.id)
        bureau.round()
        assert bureau.kinds("joko") == ["new_task"] and bureau.kinds("ratna") == []

    def test_the_unit_that_a_task_was_moved_to_is_told_also_when_it_comes_back(self, bureau: Bureau):
        office = bureau.office
        case = office.file_complaint("siti")
        task = office.go_to(case, "tanggapi_aduan")
        office.move("hasan", task, "smp")
        bureau.round()
        assert bureau.kinds("maya") == ["new_task"] and bureau.kinds("ratna") == []
        for unit in ("sd", "smp"):
            office.move("hasan", office.open_task(case), unit)
            bureau.round()
        assert bureau.kinds("maya") == ["new_task"] * 2 and bureau.kinds("ratna") == ["new_task"]

    def test_a_task_that_is_done_already_is_news_to_nobody(self, bureau: Bureau):
        bureau.office.finish(bureau.office.file_complaint("siti"))
        bureau.round()
        assert bureau.kinds("dewi") == bureau.kinds("ratna") == []

    def test_a_proposal_reaches_who_may_agree(self, bureau: Bureau):
        office = bureau.office
        case = office.file_complaint("siti")
        office.go_to(case, "klasifikasi")
        office.do(propose_move, "dewi", case.number, "terima_aduan", REASON)
        bureau.round()
        assert "proposal" in bureau.kinds("hasan")
        assert "proposal" not in bureau.kinds("dewi") + bureau.kinds("ratna")

    def test_an_incident_reaches_pengelola_sistem_once(self, bureau: Bureau):
        office = bureau.office
        case = office.file_complaint("siti")
        with office.transaction() as session:
            report_incident(session, Incident("Tidak cocok.", "digest"), now=office.now, case_id=case.id)
        for _ in range(3):
            bureau.round(minutes=2)
        assert bureau.kinds("sistem") == ["held_up"]
        assert bureau.mailbox.subjects("sistem") == ["1 aduan tertahan"]


class TestOnceAndOnlyWhatHappened:
    def test_nothing_is_said_of_work_that_was_rolled_back(self, bureau: Bureau):
        office, before = bureau.office, bureau.said()
        siti = office.actor("siti")

        def fail_at_the_very_end() -> None:
            with office.transaction() as session:
                version = latest_deployed(session, PROCESS)
                values = office.clean(session, version.form_of(version.first_task.id), COMPLAINT)
                open_case(session, siti, PROCESS, values, now=office.now)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail_at_the_very_end()
        bureau.round()
        assert bureau.said() == before
        office.file_complaint("siti")
        bureau.round()
        assert bureau.said() > before

    def test_a_restart_repeats_nothing(self, bureau: Bureau):
        office = bureau.office
        office.go_to(office.file_complaint("siti"), "tanggapi_aduan")
        bureau.round(days=9)
        before, arrived = bureau.said(), len(bureau.mailbox.arrived)
        for each in range(3):
            worker = bureau.worker(f"neu{each}")
            while worker.round():
                pass
            bureau.round()
        assert bureau.said() == before and len(bureau.mailbox.arrived) == arrived

    def test_even_a_cursor_put_back_says_nothing_twice(self, bureau: Bureau):
        bureau.office.go_to(bureau.office.file_complaint("siti"), "tanggapi_aduan")
        bureau.round()
        before = bureau.said()
        with transaction(bureau.office.engine) as session:
            session.get_one(Cursor, "notify").place = 0
            session.flush()
        bureau.round()
        assert bureau.said() == before

    def test_a_history_that_was_made_up_can_be_left_out(self, bureau: Bureau):
        bureau.office.go_to(bureau.office.file_complaint("siti"), "tanggapi_aduan")
        with transaction(bureau.office.engine) as session:
            skip_history(session)
        bureau.round()
        assert bureau.kinds("siti") == bureau.kinds("ratna") == []
        bureau.office.file_complaint("budi")
        bureau.round()
        assert bureau.kinds("budi") == ["received"]

    def test_without_a_mail_server_no_mail_is_written(self, bureau: Bureau):
        bureau.office.go_to(bureau.office.file_complaint("siti"), "tanggapi_aduan")
        silent = type(bureau.desk)(bureau.desk.files, bureau.desk.keys, ADDRESS)
        bureau.round(silent)
        bureau.round(silent, days=1)
        assert bureau.mails() == [] and bureau.jobs() == [] and "new_task" in bureau.kinds("ratna")


class TestReportersWithoutMail:
    def test_a_clerk_passes_the_answer_on_and_that_is_an_event(self, bureau: Bureau):
        office = bureau.office
        case = office.file_complaint("dewi", reporter=bureau.walk_in("tuti"), channel="loket")
        office.go_to(case, "terima_jawaban")
        bureau.round()
        with transaction(office.engine) as session:
            (row,) = handovers(session, office.actor("dewi"), office.now, ADDRESS)
        assert row.text == f"Ada kabar tentang aduan {case.number}: {ADDRESS}/aduan/{case.number}"
        assert row.whatsapp.startswith("https://wa.me/6281234567890?text=Ada%20kabar")
        with pytest.raises(NotFound):
            office.do(handovers, "ratna")
        for who in ("ratna", "hasan", "sistem"):
            with pytest.raises(NotFound):
                office.do(deliver, who, row.id)
        office.do(deliver, "dewi", row.id)
        assert office.bodies(case)[-1]["type"] == "news_delivered"
        with pytest.raises(Conflict):
            office.do(deliver, "dewi", row.id)
        bureau.round(days=4)
        assert bureau.notices("hasan", "undelivered") == []

    def test_not_passed_on_in_a_working_day_warns_who_directs_once(self, bureau: Bureau):
        office = bureau.office
        case = office.file_complaint("dewi", reporter=bureau.walk_in("tuti"), channel="loket")
        office.go_to(case, "terima_jawaban")
        bureau.round()
        (news,) = bureau.handovers(case)
        assert (news.kind, news.due_at.date()) == ("answered", office.now.date().replace(day=office.now.day + 1))
        for _ in range(8):
            bureau.round(hours=12)
        assert len(bureau.notices("hasan", "undelivered")) == 1


def test_the_bell_counts_lists_and_forgets(bureau: Bureau):
    office = bureau.office
    for _ in range(2):
        office.file_complaint("siti")
    bureau.round()
    dewi, siti = office.people["dewi"], office.people["siti"]
    with office.transaction() as session:
        rows = notices(session, dewi).rows
        assert unread(session, dewi) == 2 and [each.kind for each in rows] == ["new_task"] * 2
        mark_read(session, siti, [rows[0].id], office.now)  # somebody else's: nothing happens
        mark_read(session, dewi, [rows[0].id], office.now)
    with office.transaction() as session:
        assert unread(session, dewi) == 1
        mark_read(session, dewi, None, office.now)
        assert unread(session, dewi) == 0 and unread(session, siti) == 2
        assert session.scalars(select(Notice.read_at).where(Notice.account_id == siti)).all() == [None, None]
