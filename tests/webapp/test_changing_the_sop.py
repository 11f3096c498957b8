"""Pemilik Proses changes the SOP from the first stroke to the proposal: once by mouse, once by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.worker.desk import Desk
from engine.worker.runs import advance_runs
from tests.webapp.at_editor import Editor, reach
from tests.webapp.at_trial import Trial
from tests.webapp.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("storage", ["sqlite"], indirect=True)]
WHY = "Nama langkah ini sering ditanyakan."


def work(site: Site) -> None:
    """What the worker does for a dry run."""
    while advance_runs(site.engine, Desk(Path()), datetime.now(UTC)):
        pass


def to_field(page: Page, name: str) -> None:
    """Tab until the focus is in the field."""
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"never reached the field {name}")


def test_by_mouse(site: Site, page_of: Callable[..., Page]) -> None:
    site.bring_to("tanggapi_aduan")
    page = page_of()
    page.goto("/proses")
    page.get_by_role("button", name="Mulai draf baru").click()
    _draw(Editor(page, site).ready())
    parts = page.get_by_role("navigation", name="Bagian draf")
    parts.get_by_role("link", name="Perubahan").click()
    expect(page.locator("main")).to_contain_text("Pilah aduan")
    expect(page.locator("[data-dua-gambar][data-siap]")).to_be_attached()
    parts.get_by_role("link", name="Coba").click()
    _try(page)
    parts.get_by_role("link", name="Uji pada aduan lama").click()
    page.get_by_role("button", name="Mulai uji").click()
    expect(page.get_by_role("heading", name="Sedang diuji")).to_be_visible()
    work(site)
    expect(page.locator("main")).to_contain_text("1 dari 1 aduan menempuh jalan yang sama")
    parts.get_by_role("link", name="Usulkan").click()
    page.get_by_label("Alasan perubahan").fill(WHY)
    page.get_by_role("button", name="Usulkan 1 perubahan").click()
    expect(page.get_by_role("heading", name="Menunggu orang kedua")).to_be_visible()


def _draw(editor: Editor) -> None:
    page = editor.page
    page.mouse.dblclick(*editor.centre("klasifikasi"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Pilah aduan")
    page.keyboard.press("Enter")
    editor.click("terima_jawaban")
    page.keyboard.press("Delete")
    expect(editor.findings).to_contain_text("Harus diperbaiki (1)")
    editor.findings.get_by_role("button", name="«Ditutup otomatis» tidak pernah tercapai dari mulai").click()
    editor.button("Urungkan").click()
    expect(editor.findings).to_contain_text("Tidak ada temuan")
    assert editor.picture().elements["klasifikasi"].name == "Pilah aduan"


def _try(page: Page) -> None:
    """Both branches behind the decision, then a scenario."""
    trial = Trial(page)
    trial.example()
    trial.finish("terima_aduan")
    trial.view_as("Admin")
    trial.example()
    trial.finish("klasifikasi")
    trial.view_as("Ketua Tim")
    expect(trial.sheet.locator("h3")).to_have_text("Pilah aduan")
    trial.sheet.get_by_label("Pengaduan", exact=True).check()
    trial.sheet.get_by_label("Teruskan ke Bidang/unit kerja").select_option("smp")
    trial.finish("tanggapi_aduan")
    page.get_by_role("button", name="Mundur satu langkah").click()
    trial.now_open("klasifikasi")
    trial.sheet.get_by_label("Permintaan informasi").check()
    trial.finish("input_tanggapan")
    page.get_by_label("Simpan langkah-langkah ini sebagai skenario").fill("Informasi")
    page.get_by_role("button", name="Simpan skenario").click()
    expect(page.locator("#skenario")).to_contain_text("Informasi")
    page.get_by_role("button", name="Jalankan semua pada draf ini").click()
    expect(page.locator("#skenario")).to_contain_text("Sama")


def test_by_keyboard_alone(site: Site, page_of: Callable[..., Page]) -> None:
    site.bring_to("tanggapi_aduan")
    page = page_of()
    keys = page.keyboard

    def press(name: str) -> None:
        reach(page, name)
        keys.press("Enter")

    page.goto("/proses")
    press("Mulai draf baru")
    _draw_by_keyboard(Editor(page, site).ready(), press)
    press("Perubahan")
    expect(page.locator("main")).to_contain_text("Pilah aduan")
    expect(page.locator("[data-dua-gambar][data-siap]")).to_be_attached()
    press("Coba")
    trial = Trial(page)
    for done, following in (("terima_aduan", "Admin"), ("klasifikasi", "Ketua Tim")):
        press("Isi contoh")
        press("Selesaikan langkah ini")
        trial.now_open(done)
        expect(page.locator(":focus")).to_contain_text(f"Lihat sebagai {following}")
        keys.press("Enter")
    press("Isi contoh")
    press("Selesaikan langkah ini")
    trial.now_open("tanggapi_aduan")
    to_field(page, "nama")
    keys.type("Papan ketik")
    keys.press("Enter")
    expect(page.locator("#skenario")).to_contain_text("Papan ketik")
    press("Uji pada aduan lama")
    expect(page.get_by_role("button", name="Mulai uji")).to_be_enabled()
    press("Mulai uji")
    expect(page.get_by_role("heading", name="Sedang diuji")).to_be_visible()
    work(site)
    expect(page.locator("main")).to_contain_text("dari 1 aduan menempuh jalan yang sama")
    press("Usulkan")
    expect(page.get_by_label("Alasan perubahan")).to_be_visible()
    to_field(page, "alasan")
    keys.type(WHY)
    reach(page, page.get_by_role("button", name="Usulkan ").inner_text())
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Menunggu orang kedua")).to_be_visible()


def _draw_by_keyboard(editor: Editor, press: Callable[[str], None]) -> None:
    keys = editor.page.keyboard
    press("Daftar langkah")
    press("Terima jawaban langkah · Pelapor")
    press("Hapus")
    expect(editor.findings).to_contain_text("Harus diperbaiki (1)")
    keys.press("Control+z")
    expect(editor.findings).to_contain_text("Tidak ada temuan")
    press("Klasifikasi langkah · Ketua Tim")
    name = editor.page.locator("[data-bagian=panel]").get_by_label("Nama langkah", exact=True)
    for _ in range(90):
        if name.count() and name.evaluate("field => field === document.activeElement"):
            break
        keys.press("Tab")
    keys.press("Control+A")
    keys.type("Pilah aduan")
    keys.press("Tab")
    expect(editor.drawn("klasifikasi")).to_contain_text("Pilah aduan")
