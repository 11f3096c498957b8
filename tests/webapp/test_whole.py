"""The auditor's search over all history and summary of all cases, as pages: over HTTP and in the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from lxml import html
from playwright.sync_api import Page

from engine.worker import trace
from engine.worker.rounds import log_events
from tests.webapp.looks import wrongs_at
from tests.webapp.site import ANSWERS, Person, Site
from tests.webapp.test_trail import readings


@pytest.fixture(scope="module")
def site(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Two closed cases and one that runs; the worker has taken all in."""
    for _ in range(2):
        number = shared_site.bring_to("terima_jawaban")
        shared_site.person("pelapor").complete(number, **ANSWERS["terima_jawaban"])
    shared_site.bring_to("tanggapi_aduan")
    log_events(shared_site.engine, tmp_path_factory.mktemp("kunci"), datetime.now(UTC))
    while trace.follow(shared_site.engine, datetime.now(UTC)):
        pass
    return shared_site


@pytest.fixture
def auditor(site: Site) -> Person:
    return site.person("auditor")


def tree(page: str) -> Any:
    return html.fromstring(page)


def rows(page: str) -> list[str]:
    return [" ".join(row.text_content().split()) for row in tree(page).xpath(".//tbody/tr")]


def test_events_are_found_and_lead_to_their_moment(auditor: Person, site: Site):
    page = auditor.get("/audit?teks=pungutan&jenis=task_completed&langkah=isi_aduan").text
    links = tree(page).xpath(".//tbody//th/a")
    assert len(links) == 3 and all("langkah=2" in each.get("href") for each in links)
    assert auditor.get(links[0].get("href")).status_code == 200
    words = [each["words"] for each in readings(site, "auditor") if each["type"] == "list_searched" and each["words"]]
    assert words == ['"teks: pungutan, langkah: isi_aduan, jenis: task_completed"']


@pytest.mark.parametrize("address", [
    "/audit?teks=%00%22*)(&jenis=x&orang=%27&sebelum=9999999999999999999999&versi=99999999999",
    "/audit?dari=32/13/2026&teks=NEAR(a+b)&alur=%25_",
    "/audit/ringkasan?masuk_dari=besok&unit=%27--&jalur=zzz",
])  # fmt: skip
def test_odd_filters_are_answered_with_a_page(auditor: Person, address: str):
    answer = auditor.get(address)
    assert answer.status_code == 200
    wrong = tree(answer.text).xpath(".//p[@class='isian-galat']")
    assert bool(wrong) == ("dari=" in address)


def test_a_version_that_never_was_is_no_page(auditor: Person):
    assert auditor.get("/audit/ringkasan?versi=99").status_code == 404


@pytest.mark.parametrize("name", ["pimpinan", "ketua", "admin", "proses", "sistem", "pelapor"])
def test_others_have_neither_page(site: Site, name: str):
    assert [site.person(name).get(path).status_code for path in ("/audit", "/audit/ringkasan")] == [404, 404]


def test_every_figure_opens_as_many_as_it_says(auditor: Person):
    page = tree(auditor.get("/audit/ringkasan").text)
    figures = [
        (int(link.text), link.get("href")) for link in page.xpath(".//main//a") if "/audit?" in link.get("href", "")
    ]
    assert len(figures) > 8
    for number, address in figures:
        assert len(rows(auditor.get(address).text)) == number, address


def test_the_picture_and_the_table_say_the_same(auditor: Person):
    page = tree(auditor.get("/audit/ringkasan").text)
    picture = orjson.loads(page.get_element_by_id("data-peta").text)
    table = {
        row.get("id").removeprefix("langkah-"): row for row in page.xpath(".//table[@id='tabel-langkah']/tbody/tr")
    }
    assert picture["langkah"].keys() == {step for step, row in table.items() if row.xpath("./td")[0].text != "0"}
    for step, figures in picture["langkah"].items():
        assert figures["teks"].startswith(f"{table[step].xpath('./td')[0].text}×")
    assert picture["alur"]["alur_pengaduan"] == [3, "3"] and len(picture["jalur"]) == 1


def test_figures_that_are_old_say_so(auditor: Person, monkeypatch: pytest.MonkeyPatch):
    assert "Diperbarui baru saja" in auditor.get("/audit/ringkasan").text
    later = datetime.now(UTC) + timedelta(minutes=7)
    monkeypatch.setattr("webapp.process_map.now", lambda: later)
    assert "terakhir diperbarui" in auditor.get("/audit/ringkasan").text


@pytest.mark.browser
def test_the_pages_look_right_and_a_way_lights_up(page_of: Callable[..., Page]):
    page = page_of("auditor")
    page.goto("/audit/ringkasan")
    page.wait_for_selector("[data-peta][data-siap]")
    assert wrongs_at(page, (360, 1366, 1920)) == []
    drawn = page.evaluate("""() => [...document.querySelectorAll('.djs-connection.dilalui')].length""")
    assert drawn == len(
        page.evaluate("() => Object.keys(JSON.parse(document.getElementById('data-peta').textContent).alur)")
    )
    page.get_by_role("link", name="Tampilkan jalur 1 pada gambar").click()
    page.wait_for_selector("[data-peta][data-siap]")
    code = parse_qs(urlsplit(page.url).query)["jalur"][0]
    way = page.evaluate("(code) => JSON.parse(document.getElementById('data-peta').textContent).jalur[code]", code)
    lit = page.evaluate(
        """() => [...document.querySelectorAll('.djs-connection.dilalui')].map((e) => e.dataset.elementId)"""
    )
    assert sorted(lit) == sorted(set(way))
    page.goto("/audit?teks=pungutan")
    assert wrongs_at(page, (360, 1366, 1920)) == []
