"""What a draft changes: told in the words of the SOP, marked in two pictures, for Pemilik Proses alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from engine.commands.drafts import begin_draft, save_draft
from engine.queries.actors import actor_of_account
from engine.settings import PROCESSES
from engine.store.database import transaction
from engine.store.drafts import draft
from tests.webapp.site import PASSWORD, Site, nodes, text_of

SOP = (PROCESSES / "aduan.bpmn").read_text()
pytestmark = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)  # it stores nothing


def drafted(site: Site, *changes: tuple[str, str], form: Callable[[dict[str, Any]], None] | None = None) -> int:
    """A draft of the SOP with each text replaced, and forms changed in place; returns its number."""
    text, now = SOP, datetime.now(UTC)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    with transaction(site.engine) as session:
        owner = actor_of_account(session, site.ids["proses"], now)
        made = begin_draft(session, owner, "aduan", now=now, xml=text.encode())
        if form is not None:
            forms = draft(session, "aduan", made).forms
            form(forms)
            save_draft(session, owner, "aduan", made, 1, now=now, forms=forms)
    return made


def required(forms: dict[str, Any]) -> None:
    forms["terima_tanggapan"]["required"] = ["catatan"]


def log_in(page: Page) -> None:
    page.goto("/masuk")
    page.get_by_label("Surel atau nomor HP").fill("proses@demo.test")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: "/masuk" not in url)


FASTER = ('name="waktu" value="3 hari"', 'name="waktu" value="2 hari"')
MOVED = (
    ("<bpmn:flowNodeRef>terima_tanggapan</bpmn:flowNodeRef>", ""),
    ("<bpmn:flowNodeRef>input_tanggapan</bpmn:flowNodeRef>",
     "<bpmn:flowNodeRef>input_tanggapan</bpmn:flowNodeRef><bpmn:flowNodeRef>terima_tanggapan</bpmn:flowNodeRef>"),
)  # fmt: skip


def test_changes_are_told_in_the_words_of_the_sop_forms_included(site: Site) -> None:
    made = drafted(site, FASTER, *MOVED, form=required)
    page = site.person("proses").get(f"/proses/aduan/draf/{made}/perubahan")
    told = text_of(page)
    assert "Tanggapi aduan: waktu 3 → 2 hari" in told
    assert "Terima tanggapan: dari Ketua Tim ke Admin" in told
    marked = {(each.get("data-perubahan"), each.get("data-tanda")) for each in nodes(page, "//li[@data-perubahan]")}
    assert {("tanggapi_aduan", "ubah"), ("terima_tanggapan", "pindah")} <= marked
    assert [str(each) for each in nodes(page, "//section[h2]/h2/text()[1]")] == ["Langkah ", "Formulir ", "Skenario"]
    assert "3 perubahan" in told


def test_a_draft_without_changes_says_so(site: Site) -> None:
    page = site.person("proses").get(f"/proses/aduan/draf/{drafted(site)}/perubahan")
    assert "bekerja persis seperti versi 1" in text_of(page)


def test_a_drawing_that_cannot_be_read_is_said(site: Site) -> None:
    made = drafted(site, ('isExecutable="true"', 'isExecutable="false"'))
    page = site.person("proses").get(f"/proses/aduan/draf/{made}/perubahan")
    assert page.status_code == 200
    assert "belum dapat dibandingkan" in text_of(page)


@pytest.mark.parametrize("query", ["?versi=9", "?versi=99999999999"])
def test_a_version_that_is_not_there(site: Site, query: str) -> None:
    answer = site.person("proses").get(f"/proses/aduan/draf/{drafted(site)}/perubahan{query}")
    assert answer.status_code == (404 if query == "?versi=9" else 200)


@pytest.mark.parametrize("width", [1366, 360])
def test_in_a_browser_both_pictures_are_marked_and_go_in_step(
    site: Site, page_at: Callable[..., Page], width: int
) -> None:
    made = drafted(site, FASTER, *MOVED, form=required)
    with site.served() as address:
        page = page_at(width, base_url=address)
        log_in(page)
        page.goto(f"/proses/aduan/draf/{made}/perubahan")
        expect(page.locator("[data-dua-gambar][data-siap]")).to_be_attached()
        old, new = (page.locator("[data-banding]").nth(index) for index in (0, 1))
        for picture in (old, new):
            expect(picture.locator(".djs-element.beda-ubah[data-element-id=tanggapi_aduan]")).to_have_count(1)
            expect(picture.locator(".djs-element.beda-pindah[data-element-id=terima_tanggapan]")).to_have_count(1)
            expect(picture.locator(".bjs-powered-by")).to_be_visible()
        page.get_by_role("button", name="Perbesar").click(click_count=3)
        row = page.get_by_role("button", name="Tanggapi aduan: waktu 3 → 2 hari")
        row.focus()
        row.press("Enter")
        for picture in (old, new):
            expect(picture.locator(".sorot[data-element-id=tanggapi_aduan]")).to_have_count(1)
        page.evaluate("document.querySelectorAll('.djs-container')[0].scrollTo(120, 40)")
        page.wait_for_function(
            "() => { const [a, b] = document.querySelectorAll('.djs-container');"
            " return a.scrollLeft > 0 && Math.abs(a.scrollLeft - b.scrollLeft) < 3; }"
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [360, 1366, 1920])
def test_no_page_of_a_draft_overflows_and_axe_finds_nothing(
    site: Site, page_at: Callable[..., Page], width: int
) -> None:
    made = drafted(site, FASTER, *MOVED, form=required)
    draft = f"/proses/aduan/draf/{made}"
    pages = ("/proses", f"/proses/aduan?draf={made}", f"{draft}/formulir", f"{draft}/formulir/klasifikasi",
             f"{draft}/perubahan", f"{draft}/coba", f"{draft}/uji", f"{draft}/riwayat", f"{draft}/usul")  # fmt: skip
    wrong = []
    with site.served() as address:
        page = page_at(width, base_url=address)
        log_in(page)
        for path in pages:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path}: wider than {width}")
            found = Axe().run(page).response["violations"]
            wrong += [f"{path}: {each['id']} {each['nodes'][0]['html'][:90]}" for each in found]
    assert wrong == []
