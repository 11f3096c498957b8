"""Trying a draft: over HTTP, and in a real browser by mouse and by keyboard. Nothing of it touches real work."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from lxml import html
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.commands.drafts import begin_draft, save_draft
from engine.queries.actors import actor_of_account
from engine.store.database import transaction
from engine.store.drafts import draft
from engine.store.models import Base, Event
from tests.webapp.at_trial import Trial
from tests.webapp.looks import wrongs
from tests.webapp.site import ANSWERS, COMPLAINT, Person, Site, nodes, text_of

TYPED = {**COMPLAINT, "subkategori": "biaya_belum_tahu"}
FILED = {"isi": "isi_aduan", "nilai": TYPED}
RECEIVED = {"isi": "terima_aduan", "nilai": ANSWERS["terima_aduan"]}
STARTED = "2026-01-05T08:30+07:00"


def send(person: Person, path: str, body: Any) -> TestResponse:
    """Post JSON as the page does, with its token."""
    token = nodes(person.get("/proses/aduan/1/coba"), "//@data-token")[0]
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    headers = {"X-CSRFToken": str(token)}
    return person.client.post(path, data=data, content_type="application/json", headers=headers)


@pytest.fixture
def owner(site: Site) -> Person:
    return site.person("proses")


@pytest.fixture
def draft_id(site: Site) -> int:
    with transaction(site.engine) as session:
        actor = actor_of_account(session, site.ids["proses"], datetime.now(UTC))
        return begin_draft(session, actor, "aduan", now=datetime.now(UTC))


def change_draft(site: Site, draft_id: int, *, change: Callable[[dict[str, Any]], None]) -> None:
    """Somebody saves other forms into the draft."""
    now = datetime.now(UTC)
    with transaction(site.engine) as session:
        actor = actor_of_account(session, site.ids["proses2"], now)
        found = draft(session, "aduan", draft_id)
        change(found.forms)
        save_draft(session, actor, "aduan", draft_id, found.rev, now=now, forms=found.forms, reason="formulir")


def require_a_note(forms: dict[str, Any]) -> None:
    forms["terima_aduan"]["required"] = ["catatan"]


def rows(site: Site) -> dict[str, int]:
    with transaction(site.engine) as session:
        every = Base.metadata.tables.items()
        return {name: session.scalar(select(func.count()).select_from(table)) for name, table in every}


def part(answer: TestResponse, name: str) -> str:
    return " ".join(str(html.fromstring(answer.get_json()[name]).xpath("string()")).split())


@pytest.fixture
def path(draft_id: int) -> str:
    return f"/proses/aduan/draf/{draft_id}/coba"


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
class TestOverHttp:
    def test_the_page_says_what_is_tried(self, owner: Person, path: str, draft_id: int) -> None:
        page = owner.get(path)
        assert f"Draf {draft_id}, dari versi 1" in text_of(page)
        assert nodes(page, "//@data-gambar") == [f"/proses/aduan/draf/{draft_id}/diagram.bpmn"]
        assert "Versi 1, yang berlaku" in text_of(owner.get("/proses/aduan/1/coba"))

    def test_a_step_opens_the_next_with_its_form_and_its_clock(self, owner: Person, path: str) -> None:
        answer = send(owner, path, {"started": STARTED, "actions": [FILED]})
        found = answer.get_json()
        assert (answer.status_code, found["applied"], found["role"]) == (200, 1, "Admin")
        assert found["marks"]["open"] == ["terima_aduan"]
        assert "alur_aduan_terkirim" in found["marks"]["flows"]
        panel = part(answer, "panel")
        assert "Sisa 10 menit kerja" in panel
        assert "Pelapor membaca: «Menunggu diterima Admin»" in panel
        assert 'value="Pungutan uang komite di SD Cibaregbeg"' in found["panel"]  # prefilled from the first form
        assert "Subkategori" in part(answer, "record")

    def test_what_was_typed_stays_with_its_mistake(self, owner: Person, path: str) -> None:
        wrong = {**FILED, "nilai": {"judul": "<b>Atap</b>", "isi": ""}}
        answer = send(owner, path, {"started": STARTED, "actions": [wrong]})
        found = answer.get_json()
        assert found["applied"] == 0
        assert "Ada 3 isian yang perlu diperbaiki" in part(answer, "panel")
        assert 'id="galat-t0_isi"' in found["panel"]  # beside its own field of this form
        assert 'value="&lt;b&gt;Atap&lt;/b&gt;"' in found["panel"]

    def test_a_file_is_only_named(self, owner: Person, path: str) -> None:
        with_file = {**FILED, "nilai": TYPED | {"lampiran": "foto.jpg"}}
        answer = send(owner, path, {"started": STARTED, "actions": [with_file]})
        assert answer.get_json()["applied"] == 1
        assert "foto.jpg" in part(answer, "record")
        assert 'type="file"' not in send(owner, path, {"actions": []}).get_json()["panel"]

    def test_after_a_change_of_the_draft_the_rest_is_dropped_and_said(
        self, site: Site, owner: Person, path: str, draft_id: int
    ) -> None:
        change_draft(site, draft_id, change=lambda forms: forms["isi_aduan"]["required"].append("sekolah"))
        first = {**FILED, "nilai": {name: text for name, text in TYPED.items() if name != "sekolah"}}
        answer = send(owner, path, {"started": STARTED, "actions": [first, RECEIVED]})
        assert (answer.get_json()["applied"], answer.get_json()["rev"]) == (0, 2)
        assert "1 isian yang perlu diperbaiki" in part(answer, "panel")

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"{", b"[]", b"null", {"actions": 1}, {"actions": [{}]}, {"actions": [{"isi": "a"}] * 301},
            {"started": "besok", "actions": []}, {"started": 5, "actions": []}, {"actions": [{"waktu": "x"}]},
            b'{"actions": [{"isi": "\\udc00"}]}',
        ],
    )  # fmt: skip
    def test_what_is_no_simulation_is_refused_in_words(self, owner: Person, path: str, body: Any) -> None:
        for address in (path, f"{path}/simpan"):
            answer = send(owner, address, body)
            assert answer.status_code == 422, answer.get_data(as_text=True)
            assert len(answer.get_json()["message"]) > 10

    def test_a_drawing_that_cannot_be_tried_says_why(self, site: Site, owner: Person, path: str, draft_id: int) -> None:
        now = datetime.now(UTC)
        with transaction(site.engine) as session:
            actor = actor_of_account(session, site.ids["proses"], now)
            save_draft(session, actor, "aduan", draft_id, 1, now=now, xml=b"<a/>")
        answer = send(owner, path, {"actions": [FILED]})
        assert answer.status_code == 200
        assert "belum dapat dicoba" in part(answer, "panel")
        assert owner.get(path).status_code == 200

    @pytest.mark.parametrize("name", ["pelapor", "admin", "ketua", "auditor", "pimpinan", "sistem"])
    def test_for_others_it_does_not_exist(self, site: Site, name: str, path: str) -> None:
        person = site.person(name)
        for base in (path, "/proses/aduan/1/coba"):
            assert person.get(base).status_code == 404
            for end in ("", "/simpan", "/skenario", "/skenario/1"):
                assert person.client.post(f"{base}{end}", json={}).status_code == 404

    def test_what_is_not_there_is_not_found(self, owner: Person) -> None:
        for path in ("/proses/aduan/draf/99/coba", "/proses/lain/1/coba", "/proses/aduan/9/coba"):
            assert owner.get(path).status_code == 404
            assert send(owner, path, {"actions": []}).status_code == 404
            assert send(owner, f"{path}/skenario", {}).status_code == 404
        for scenario in (1, 2**70):
            assert send(owner, f"/proses/aduan/1/coba/skenario/{scenario}", {"hapus": True}).status_code == 404


class TestOnBothStorages:
    def test_a_scenario_is_saved_run_again_renamed_and_deleted(
        self, site: Site, owner: Person, path: str, draft_id: int
    ) -> None:
        actions = [FILED, RECEIVED | {"nilai": {}}]
        saved = send(owner, f"{path}/simpan", {"nama": "Sampai klasifikasi", "started": STARTED, "actions": actions})
        assert "Isi aduan → Terima aduan" in part(saved, "list")
        twice = send(owner, f"{path}/simpan", {"nama": "Sampai klasifikasi", "started": STARTED, "actions": actions})
        assert (twice.status_code, "Sudah ada" in twice.get_json()["message"]) == (422, True)
        assert "Sama" in part(send(owner, f"{path}/skenario", {}), "list")
        change_draft(site, draft_id, change=require_a_note)
        differs = send(owner, f"{path}/skenario", {})
        assert differs.get_json()["said"] == "1 dari 1 skenario berbeda."
        assert "isian «Catatan untuk Ketua Tim» wajib diisi" in part(differs, "list")
        number = re.search(r"skenario/(\d+)", saved.get_json()["list"])
        assert number is not None
        renamed = send(owner, f"{path}/skenario/{number[1]}", {"nama": "Awal"})
        assert "Awal" in part(renamed, "list")
        assert "Belum ada skenario" in part(send(owner, f"{path}/skenario/{number[1]}", {"hapus": True}), "list")

    def test_a_new_outcome_is_accepted_with_a_click_and_recorded(
        self, site: Site, owner: Person, path: str, draft_id: int
    ) -> None:
        actions = [FILED, RECEIVED | {"nilai": {}}]
        saved = send(owner, f"{path}/simpan", {"nama": "Awal", "started": STARTED, "actions": actions})
        number = re.search(r"skenario/(\d+)", saved.get_json()["list"])
        assert number is not None
        where = f"{path}/skenario/{number[1]}"
        same = send(owner, where, {"terima": True})
        assert (same.status_code, "sama dengan yang diharapkan" in same.get_json()["message"]) == (422, True)
        change_draft(site, draft_id, change=require_a_note)
        offered = html.fromstring(send(owner, f"{path}/skenario", {}).get_json()["list"])
        assert offered.xpath("//button/@data-terima") == [where]
        accepted = part(send(owner, where, {"terima": True}), "list")
        assert "Hasil ini yang diharapkan." in accepted and "Terima sebagai" not in accepted
        assert "diterima Nama proses" in accepted and f"pada draf {draft_id}, simpanan 2" in accepted
        usul = text_of(owner.get(f"/proses/aduan/draf/{draft_id}/usul"))
        assert "Sesuai hasil yang diharapkan, diterima Nama proses" in usul
        with transaction(site.engine) as session:
            newest = select(Event.body).where(Event.stream == "proses/aduan").order_by(Event.seq.desc())
            found = orjson.loads(session.scalars(newest).first() or b"")
        assert (found["type"], found["actor"]) == ("scenario_accepted", site.ids["proses"])
        assert found["scenario"] == int(number[1])
        assert send(owner, where, {"terima": True}).status_code == 422  # nothing new any more

    def test_nothing_of_it_touches_real_work(self, site: Site, owner: Person, path: str) -> None:
        number = site.bring_to("klasifikasi")
        send(owner, path, {"actions": []})
        before, events = rows(site), site.events(number)
        for actions in ([FILED], [FILED, RECEIVED], [FILED, RECEIVED, {"waktu": "2030-01-01T00:00"}]):
            assert send(owner, path, {"started": STARTED, "actions": actions}).get_json()["applied"] == len(actions)
        send(owner, f"{path}/simpan", {"nama": "Satu", "started": STARTED, "actions": [FILED, RECEIVED]})
        send(owner, f"{path}/skenario", {})
        assert rows(site) == before | {"scenario": 1}
        assert site.events(number) == events
        assert site.person("warga").file().endswith("000002")  # no number was used up


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
class TestInTheBrowser:
    def test_by_mouse_both_branches_the_clock_and_a_scenario(
        self, site: Site, page_of: Callable[..., Page], draft_id: int
    ) -> None:
        page = page_of()
        trial = Trial(page, f"/proses/aduan/draf/{draft_id}/coba")
        trial.example()
        trial.finish("terima_aduan")
        trial.sheet.get_by_role("button", name="Lihat sebagai Admin").click()
        trial.example()
        trial.finish("klasifikasi")
        trial.view_as("Ketua Tim")
        trial.sheet.get_by_role("button", name="Selesaikan langkah ini").click()
        expect(trial.sheet.get_by_role("alert")).to_contain_text("1 isian yang perlu diperbaiki")

        trial.sheet.get_by_label("Pengaduan", exact=True).check()
        trial.sheet.get_by_label("Teruskan ke Bidang/unit kerja").select_option("smp")
        trial.finish("tanggapi_aduan")
        expect(page.locator("#variabel")).to_contain_text("Sekolah Menengah Pertama")
        expect(page.locator("[data-element-id=alur_pengaduan].dilalui")).to_have_count(1)
        page.get_by_role("button", name="Mundur satu langkah").click()
        trial.now_open("klasifikasi")
        expect(page.locator("[data-element-id=alur_pengaduan].dilalui")).to_have_count(0)

        trial.sheet.get_by_label("Permintaan informasi").check()
        expect(trial.sheet.get_by_label("Teruskan ke Bidang/unit kerja")).to_be_hidden()
        trial.finish("input_tanggapan")
        page.reload()
        trial.now_open("input_tanggapan")
        page.locator("[data-element-id=input_tanggapan].djs-shape").click()
        expect(trial.sheet.locator("h3")).to_have_text("Input tanggapan")
        trial.example()
        trial.finish("terima_jawaban")
        self._closes_itself(page, trial)
        self._scenario(site, page, draft_id)

    @staticmethod
    def _closes_itself(page: Page, trial: Trial) -> None:
        now = page.locator("[data-sekarang] time")
        for name in ("+1 jam kerja", "+1 hari kerja"):
            before = now.inner_text()
            page.get_by_role("button", name=name).click()
            expect(now).not_to_have_text(before)
        page.get_by_role("button", name="Ke batas waktu berikutnya").click()
        expect(page.locator("[data-panel]")).to_contain_text("Ditutup otomatis tanpa konfirmasi")
        trial.now_open("")
        expect(page.locator("#jalannya")).to_contain_text("Pengatur waktu «10 hari kerja tanpa konfirmasi» berbunyi")

    @staticmethod
    def _scenario(site: Site, page: Page, draft_id: int) -> None:
        page.get_by_label("Simpan langkah-langkah ini sebagai skenario").fill("Informasi")
        page.get_by_role("button", name="Simpan skenario").click()
        page.get_by_role("button", name="Jalankan semua pada draf ini").click()
        expect(page.locator("#skenario")).to_contain_text("Sama")
        page.get_by_role("button", name="Mulai lagi").click()
        page.get_by_role("button", name="Buka skenario Informasi").click()
        expect(page.locator("#jalannya")).to_contain_text("Ditutup otomatis")
        change_draft(site, draft_id, change=lambda forms: forms["klasifikasi"]["required"].append("bidang"))
        page.get_by_role("button", name="Jalankan semua pada draf ini").click()
        row = page.locator("#skenario tr[data-nama=Informasi]")
        expect(row).to_contain_text("Berbeda")
        expect(row).to_contain_text("sekarang berhenti di «Klasifikasi»: isian «Teruskan ke Bidang/unit kerja»")

    def test_by_keyboard_alone(self, site: Site, page_of: Callable[..., Page], draft_id: int) -> None:
        page = page_of()
        trial = Trial(page, f"/proses/aduan/draf/{draft_id}/coba")
        keys = page.keyboard

        def walk_to(name: str) -> None:
            for _ in range(60):
                keys.press("Tab")
                if page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()").startswith(name):
                    return
            raise AssertionError(f"{name} is out of reach of the keyboard")

        page.locator("[data-panel] button").first.focus()
        for element in ("terima_aduan", "klasifikasi"):
            walk_to("Isi contoh")
            keys.press("Enter")
            walk_to("Selesaikan langkah ini")
            keys.press("Enter")
            trial.now_open(element)
            focused = page.evaluate("document.activeElement.textContent")
            assert focused.startswith("Lihat sebagai"), focused  # where the work goes on
            keys.press("Enter")
        walk_to("Isi contoh")
        keys.press("Enter")
        keys.press("Tab")
        keys.press("ArrowDown")  # from "Pengaduan" to "Permintaan informasi"
        walk_to("Selesaikan langkah ini")
        keys.press("Enter")
        trial.now_open("input_tanggapan")
        keys.press("Enter")
        walk_to("Isi contoh")
        keys.press("Enter")
        walk_to("Selesaikan langkah ini")
        keys.press("Enter")
        trial.now_open("terima_jawaban")
        self._close_and_save_by_keyboard(page, walk_to)
        change_draft(site, draft_id, change=lambda forms: forms["klasifikasi"]["required"].append("bidang"))
        walk_to("Jalankan semua")
        keys.press("Enter")
        expect(page.locator("#skenario")).to_contain_text("sekarang berhenti di «Klasifikasi»")

    @staticmethod
    def _close_and_save_by_keyboard(page: Page, walk_to: Callable[[str], None]) -> None:
        page.locator("[data-panel] button").first.focus()
        walk_to("Ke batas waktu berikutnya")
        page.keyboard.press("Enter")
        expect(page.locator("[data-panel]")).to_contain_text("Ditutup otomatis tanpa konfirmasi")
        walk_to("Mulai lagi")
        page.keyboard.press("Tab")  # to the scenario's name
        page.keyboard.type("Papan ketik")
        page.keyboard.press("Enter")
        expect(page.locator("#skenario")).to_contain_text("Papan ketik")

    def test_it_serves_on_a_phone_and_axe_finds_nothing(self, page_of: Callable[..., Page], draft_id: int) -> None:
        page = page_of("proses", 360)
        trial = Trial(page, f"/proses/aduan/draf/{draft_id}/coba")
        trial.example()
        trial.finish("terima_aduan")
        page.get_by_label("Simpan langkah-langkah ini sebagai skenario").fill("Ponsel")
        page.get_by_role("button", name="Simpan skenario").click()
        expect(page.locator("#skenario")).to_contain_text("Ponsel")
        assert wrongs(page) == []
