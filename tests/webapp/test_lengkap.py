"""The worked example of the guide: two people put the second diagram in force, then the running cases move to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.worker.desk import Desk
from engine.worker.runs import advance_runs
from tests.webapp.at_editor import Editor
from tests.webapp.looks import wrongs
from tests.webapp.site import Site

WHY = "Jawaban sering perlu diperbaiki, dan ada aduan untuk beberapa Bidang."


def in_force(site: Site) -> int:
    with transaction(site.engine) as session:
        return latest_deployed(session, "aduan").number


def work(site: Site) -> None:
    while advance_runs(site.engine, Desk(Path()), datetime.now(UTC)):
        pass


def test_only_what_lies_ready_can_be_begun_from(site: Site) -> None:
    person = site.person("proses")
    for name in ("aduan", "../forms/aduan_lengkap", "tidak_ada", ""):
        assert person.post("/proses/aduan/draf", {"siap": name}, page="/proses").status_code == 404
    assert site.person("admin").post("/proses/aduan/draf", {"siap": "aduan_lengkap"}, page="/akun").status_code == 404


def propose(author: Page, why: str) -> None:
    author.get_by_role("navigation", name="Bagian draf").get_by_role("link", name="Usulkan").click()
    author.get_by_label("Alasan perubahan").fill(why)
    author.get_by_role("button", name="Usulkan ").click()
    expect(author.get_by_role("heading", name="Menunggu orang kedua")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_begun_edited_proposed_returned_proposed_again_approved_and_moved(
    site: Site, page_of: Callable[..., Page]
) -> None:
    site.bring_to("tanggapi_aduan")
    author, judge = page_of("proses"), page_of("proses2")
    author.goto("/proses")
    author.get_by_role("button", name="Mulai dari aduan_lengkap").click()
    editor = Editor(author, site).ready()
    expect(editor.findings).to_contain_text("Belum ada yang memegang peran «Sekretaris Dinas»")
    propose(author, WHY)
    judge.goto("/proses")
    judge.get_by_role("link", name="Usulan 1").click()
    expect(judge.locator("main")).to_contain_text("Peran baru «Sekretaris Dinas»")
    judge.get_by_text("Kembalikan untuk diperbaiki").click()
    judge.get_by_label("Yang perlu diperbaiki").fill("Sebut nama langkahnya dengan jelas.")
    judge.get_by_role("button", name="Kembalikan", exact=True).click()
    author.goto("/proses/aduan")
    editor = Editor(author, site).ready()
    author.mouse.dblclick(*editor.centre("padukan_tanggapan"))
    author.keyboard.press("Control+A")
    author.keyboard.type("Padukan tanggapan Bidang")
    author.keyboard.press("Enter")
    author.get_by_role("navigation", name="Bagian draf").get_by_role("link", name="Perubahan").click()
    expect(author.locator("main")).to_contain_text("Padukan tanggapan Bidang")
    propose(author, "Nama langkahnya sudah jelas.")
    judge.goto("/proses")
    judge.get_by_role("link", name="Usulan 2").click()
    expect(judge.locator("[data-dua-gambar][data-siap]")).to_be_attached()
    assert wrongs(judge, axe=False) == []
    judge.get_by_role("button", name="Setujui", exact=False).first.click()
    expect(judge.get_by_role("heading", level=1)).to_contain_text("Pelayanan Pengaduan")
    assert in_force(site) == 2
    author.goto("/proses/aduan/pindahan")
    expect(author.locator("main")).to_contain_text("Tanggapi aduan")
    author.get_by_label("Alasan pemindahan").fill("SOP baru mulai berlaku hari ini.")
    author.get_by_role("button", name="Pindahkan semua").click()
    work(site)
    author.reload()
    expect(author.locator("main")).to_contain_text("1 dipindahkan")
