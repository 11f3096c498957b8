"""The pages of messages over HTTP: the bell, news to pass on, mail that failed, reminder rules; each for its people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select
from werkzeug.test import TestResponse

from engine.commands.rules import START, rules_of
from engine.store.database import transaction
from engine.store.models import Account, Case, Event, Handover, Heartbeat, Job, Mail, Notice, Task
from tests.webapp.site import COMPLAINT, Site, nodes, text_of

NOW = datetime.now(UTC)
EVERYONE = ("pelapor", "warga", "admin", "ketua", "bidang.sd", "proses", "auditor", "pimpinan", "sistem")
PHONE = "628123456789"


def send(site: Site, who: str, path: str, **fields: Any) -> TestResponse:
    person = site.person(who)
    token = person.token("/aduan/baru")["csrf_token"]
    return person.client.post(path, data={"csrf_token": token, **fields}, buffered=True)


def tell(site: Site, who: str, text: str, number: str | None = None, *, task: bool = False, kind: str = "late") -> int:
    """A notice as the worker writes it; returns its id."""
    with transaction(site.engine) as session:
        case_id = session.scalar(select(Case.id).where(Case.number == number))
        opened = select(Task.id).where(Task.case_id == case_id, Task.status == "open")
        values = {
            "key": uuid4().hex, "account_id": site.ids[who], "case_id": case_id, "kind": kind, "text": text,
            "task_id": session.scalar(opened) if task else None, "at": datetime.now(UTC),
        }  # fmt: skip
        return session.execute(insert(Notice).values(values).returning(Notice.id)).scalar_one()


def bell(answer: TestResponse) -> str:
    """What the bell says, heard as a screen reader hears it."""
    (found,) = nodes(answer, "//header//a[@href='/pesan']")
    return " ".join(found.text_content().split())


class TestNotices:
    def test_the_bell_counts_what_is_unread_and_is_silent_at_none(self, site: Site) -> None:
        for name in EVERYONE:
            assert bell(site.person(name).get("/akun")) == "Pemberitahuan", name
        tell(site, "ketua", "Aduan A terlambat.")
        tell(site, "ketua", "Aduan B terlambat.")
        assert bell(site.person("ketua").get("/akun")) == "Pemberitahuan, 2 belum dibaca"
        assert bell(site.person("admin").get("/akun")) == "Pemberitahuan"
        assert not nodes(site.visitor().get("/"), "//a[@href='/pesan']")

    def test_the_head_of_a_page_costs_one_statement(self, site: Site) -> None:
        said: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            said.append(statement)

        people = [site.person(name) for name in ("pelapor", "admin")]
        event.listen(site.engine, "before_cursor_execute", note)
        for person in people:
            said.clear()
            assert person.get("/akun").status_code == 200
            assert len([each for each in said if "FROM notice" in each or "FROM handover" in each]) == 1

    def test_newest_first_and_unread_said_in_words(self, site: Site) -> None:
        tell(site, "ketua", "Kabar lama.")
        tell(site, "ketua", "Kabar baru.")
        page = site.person("ketua").get("/pesan")
        assert nodes(page, "//main//li/a/text()") == ["Kabar baru.", "Kabar lama."]
        assert text_of(page).count("Belum dibaca") == 2
        assert send(site, "ketua", "/pesan/dibaca").status_code == 303
        page = site.person("ketua").get("/pesan")
        assert "Belum dibaca" not in text_of(page) and text_of(page).count("Sudah dibaca") == 2
        assert bell(page) == "Pemberitahuan" and not nodes(page, "//main//button")

    def test_opening_one_marks_it_and_leads_to_the_task_or_the_case(self, site: Site) -> None:
        number = site.bring_to("tanggapi_aduan")
        path = site.task_path(number)
        for who, leads in (("bidang.sd", path), ("pimpinan", f"/aduan/{number}")):
            notice = tell(site, who, f"Aduan {number}: terlambat.", number, task=True)
            other = tell(site, who, "Yang lain.")
            answer = site.person(who).get(f"/pesan/{notice}")
            assert (answer.status_code, answer.headers["Location"]) == (303, leads)
            assert site.person(who).get(leads).status_code == 200
            assert bell(site.person(who).get("/pesan")).endswith("1 belum dibaca")
            assert site.person(who).get(f"/pesan/{other}").headers["Location"] == "/pesan"
        held_up = tell(site, "sistem", f"Aduan {number} tertahan.", number, kind="held_up")
        assert site.person("sistem").get(f"/pesan/{held_up}").headers["Location"] == "/kelola/tertahan"

    def test_those_of_others_do_not_exist_and_stay_unread(self, site: Site) -> None:
        notice = tell(site, "ketua", "Kabar untuk ketua.")
        for name in EVERYONE:
            if name != "ketua":
                assert site.person(name).get(f"/pesan/{notice}").status_code == 404, name
                assert "Kabar untuk ketua" not in text_of(site.person(name).get("/pesan"))
                assert send(site, name, "/pesan/dibaca").status_code == 303
        assert site.person("ketua").get(f"/pesan/{2**70}").status_code == 404
        assert bell(site.person("ketua").get("/pesan")).endswith("1 belum dibaca")

    def test_without_a_token_nothing_is_marked(self, site: Site) -> None:
        tell(site, "ketua", "Kabar.")
        assert site.person("ketua").client.post("/pesan/dibaca").status_code == 400
        assert bell(site.person("ketua").get("/pesan")).endswith("1 belum dibaca")


def news(site: Site, number: str, *, late: bool = False, kind: str = "answered") -> str:
    """News that wait for a clerk, about a reporter with a telephone."""
    found, since = uuid4().hex, NOW - timedelta(days=5 if late else 0)
    with transaction(site.engine) as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        session.get_one(Account, case.reporter_id).phone = PHONE
        due = since + timedelta(days=1)
        row = {"id": found, "case_id": case.id, "kind": kind, "created_at": since, "due_at": due}
        session.execute(insert(Handover), row)
    return found


class TestHandovers:
    def test_admin_reads_whom_to_tell_what_and_by_when(self, site: Site) -> None:
        number = site.bring_to("terima_jawaban")
        news(site, number, late=True)
        text = text_of(page := site.person("admin").get("/perlu-disampaikan"))
        for said in (number, "Nama pelapor", PHONE, "Jawaban sudah ada", "Terlambat disampaikan"):
            assert said in text
        assert COMPLAINT["judul"] not in text and COMPLAINT["isi"] not in text
        (ready,) = nodes(page, "//main//textarea[@readonly]/text()")
        (link,) = nodes(page, "//main//a[starts-with(@href, 'https://wa.me/')]")
        assert "noopener" in link.get("rel")
        where = urlsplit(link.get("href"))
        assert where.path == f"/{PHONE}" and parse_qs(where.query) == {"text": [ready]}
        assert ready == f"Ada kabar tentang aduan {number}: {site.settings.address}/aduan/{number}"
        (entry,) = nodes(page, "//nav[@aria-label='Menu utama']//a[@href='/perlu-disampaikan']")
        assert " ".join(entry.text_content().split()) == "Perlu disampaikan 1 menunggu"

    def test_passed_on_is_an_event_and_leaves_the_list(self, site: Site) -> None:
        number = site.bring_to("terima_jawaban")
        waiting, before = news(site, number), site.events(number)
        assert site.person("admin").client.post(f"/perlu-disampaikan/{waiting}").status_code == 400
        assert site.events(number) == before
        assert send(site, "admin", f"/perlu-disampaikan/{waiting}").status_code == 303
        page = site.person("admin").get("/perlu-disampaikan")
        assert f"kabar tentang {number} sudah disampaikan" in text_of(page)
        assert "Tidak ada yang menunggu" in text_of(page) and "menunggu" not in text_of(page).split("Langsung")[0]
        assert site.events(number) == before + 1
        again = send(site, "admin", f"/perlu-disampaikan/{waiting}")
        assert again.status_code == 409 and "sudah disampaikan" in text_of(again)
        assert send(site, "admin", f"/perlu-disampaikan/{uuid4().hex}").status_code == 404

    def test_for_all_others_there_is_no_such_page(self, site: Site) -> None:
        waiting = news(site, site.bring_to("terima_jawaban"))
        for name in EVERYONE:
            if name != "admin":
                assert site.person(name).get("/perlu-disampaikan").status_code == 404, name
                assert send(site, name, f"/perlu-disampaikan/{waiting}").status_code == 404, name
                assert "Perlu disampaikan" not in text_of(site.person(name).get("/akun"))


def letter(site: Site, to: str = "bidang.sd", *, dead: bool = True) -> int:
    """A mail and its job; returns the job's id."""
    mail, failed = uuid4().hex, {"attempts": 16, "last_error": "Server surat menolak surat ini (550).", "dead_at": NOW}
    with transaction(site.engine) as session:
        row = {"id": mail, "account_id": site.ids[to], "kind": "late", "recipient": f"{to}@demo.test",
               "subject": "1 tugas terlambat", "text": "Isi.", "created_at": NOW}  # fmt: skip
        session.execute(insert(Mail), row)
        job = {"kind": "mail", "key": f"mail/{mail}", "due_at": NOW, "attempts": 0} | (failed if dead else {})
        return session.execute(insert(Job).values(job).returning(Job.id)).scalar_one()


PAGES = ("/kelola/pesan-keluar", "/kelola/pengingat")


class TestOutgoing:
    def test_it_says_whether_the_worker_lives_and_mail_is_set_up(self, site: Site) -> None:
        letter(site, dead=False)
        text = text_of(site.person("sistem").get("/kelola/pesan-keluar"))
        assert "Pekerja latar berhenti" in text and "Belum diatur" in text and "Surel menunggu1" in text
        with transaction(site.engine) as session:
            session.execute(insert(Heartbeat), {"name": "worker", "at": datetime.now(UTC)})
            job = {"kind": "remind", "key": "remind", "every": 60, "due_at": NOW, "attempts": 3, "last_error": "Macet."}
            session.execute(insert(Job), job)
        text = text_of(site.person("sistem").get("/kelola/pesan-keluar"))
        assert "Pekerja latar berhenti" not in text and "Pekerja latarBerjalan" in text
        assert "Menulis pengingat dan eskalasi" in text and "Gagal 3 kali Macet." in text

    def test_a_dead_letter_shows_its_reason_and_a_masked_address(self, site: Site) -> None:
        letter(site)
        page = site.person("sistem").get("/kelola/pesan-keluar")
        assert "(550)" in text_of(page) and "b•••@demo.test" in text_of(page)
        assert "Nama bidang.sd" not in text_of(page) and "bidang.sd@demo.test" not in text_of(page)

    @pytest.mark.parametrize(("verb", "kind"), [("coba-lagi", "job_retried"), ("buang", "job_dropped")])
    def test_it_is_tried_again_or_given_up_once_with_an_event(self, site: Site, verb: str, kind: str) -> None:
        job = letter(site)
        path = f"/kelola/pesan-keluar/{job}/{verb}"
        assert site.person("sistem").client.post(path).status_code == 400
        assert send(site, "sistem", path).status_code == 303
        assert "Tidak ada pesan yang gagal" in text_of(site.person("sistem").get("/kelola/pesan-keluar"))
        with transaction(site.engine) as session:
            found = session.get_one(Job, job)
            assert [found.dead_at is None, found.done_at is None] == [verb == "coba-lagi"] * 2
            last = select(Event.body).where(Event.stream == "sistem").order_by(Event.seq.desc()).limit(1)
            assert f'"{kind}"' in session.scalars(last).one().decode()
        assert send(site, "sistem", path).status_code == 409
        for unknown in (job + 1, 2**70):
            assert send(site, "sistem", f"/kelola/pesan-keluar/{unknown}/{verb}").status_code == 404

    def test_only_pengelola_sistem(self, site: Site) -> None:
        job = letter(site)
        for name in EVERYONE:
            expected = 200 if name == "sistem" else 404
            assert [site.person(name).get(path).status_code for path in PAGES] == [expected] * 2, name
            if name != "sistem":
                for path in (f"{PAGES[0]}/{job}/coba-lagi", f"{PAGES[0]}/{job}/buang", PAGES[1]):
                    assert send(site, name, path, proses="aduan").status_code == 404, (name, path)
        links = nodes(site.person("sistem").get("/kelola"), "//main//a/@href")
        assert {*PAGES, "/kelola/penghapusan"} <= set(links)


class TestRules:
    def ticked(self, site: Site) -> list[str]:
        page = site.person("sistem").get("/kelola/pengingat")
        return [str(each) for each in nodes(page, "//main//input[@name='aturan'][@checked]/@value")]

    def test_what_is_ticked_is_in_force_and_nothing_else(self, site: Site) -> None:
        assert self.ticked(site) == ["hampir-pemilik", "lewat-pengarah", "total-pimpinan"], "the rules of the start"
        text = text_of(site.person("sistem").get("/kelola/pengingat"))
        assert "Ketua Tim" in text and "5 hari kerja" in text
        wanted = ["hampir-pengarah", "total-pimpinan"]
        assert send(site, "sistem", "/kelola/pengingat", proses="aduan", aturan=wanted).status_code == 303
        assert self.ticked(site) == wanted
        assert send(site, "sistem", "/kelola/pengingat", proses="aduan").status_code == 303
        assert self.ticked(site) == []

    def test_what_the_page_does_not_offer_changes_nothing(self, site: Site) -> None:
        for fields, status in (
            ({"proses": "aduan", "aturan": ["hampir-semua"]}, 400),
            ({"proses": "lain", "aturan": ["hampir-pemilik"]}, 404),
        ):
            assert send(site, "sistem", "/kelola/pengingat", **fields).status_code == status
        assert site.person("sistem").client.post("/kelola/pengingat", data={"proses": "aduan"}).status_code == 400
        with transaction(site.engine) as session:
            assert rules_of(session, "aduan") == START
