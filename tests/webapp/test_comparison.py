"""What a draft changes: told in the words of the SOP, marked in two pictures, for Pemilik Proses alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.webapp.drafting import FASTER, MOVED, NOT_RUNNABLE, drafted
from tests.webapp.looks import wrongs_at
from tests.webapp.site import Site, nodes, text_of


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """One office: each test has a draft of its own. On one storage, since comparing stores nothing."""
    return shared_site


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with site.served() as address:
        yield address


def required(forms: dict[str, Any]) -> None:
    forms["terima_tanggapan"]["required"] = ["catatan"]


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
    made = drafted(site, NOT_RUNNABLE)
    page = site.person("proses").get(f"/proses/aduan/draf/{made}/perubahan")
    assert page.status_code == 200
    assert "belum dapat dibandingkan" in text_of(page)


@pytest.mark.parametrize("query", ["?versi=9", "?versi=99999999999"])
def test_a_version_that_is_not_there(site: Site, query: str) -> None:
    answer = site.person("proses").get(f"/proses/aduan/draf/{drafted(site)}/perubahan{query}")
    assert answer.status_code == (404 if query == "?versi=9" else 200)


@pytest.mark.parametrize("width", [1366, 360])
def test_in_a_browser_both_pictures_are_marked_and_go_in_step(
    site: Site, page_of: Callable[..., Page], width: int
) -> None:
    made = drafted(site, FASTER, *MOVED, form=required)
    page = page_of(width=width)
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


def test_no_page_of_a_draft_overflows_and_axe_finds_nothing(site: Site, page_of: Callable[..., Page]) -> None:
    made = drafted(site, FASTER, *MOVED, form=required)
    draft = f"/proses/aduan/draf/{made}"
    pages = ("/proses", f"/proses/aduan?draf={made}", f"{draft}/formulir", f"{draft}/formulir/klasifikasi",
             f"{draft}/perubahan", f"{draft}/coba", f"{draft}/uji", f"{draft}/riwayat", f"{draft}/usul")  # fmt: skip
    page, wrong = page_of(width=360), []
    for path in pages:
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(path)
        page.wait_for_load_state("networkidle")
        wrong += wrongs_at(page, (360, 1366, 1920))  # the widest differs from the middle one in nothing but width
    assert wrong == []
