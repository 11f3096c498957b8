"""The SOP in a real browser: five people take one complaint through each branch; a visitor files from a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.rig.chromium import Faults
from tests.webapp.looks import wrongs_at
from tests.webapp.site import Site


class People:
    """One browser context a person, logged in."""

    def __init__(self, page_of: Callable[..., Page]) -> None:
        self.page_of = page_of
        self.pages: dict[str, Page] = {}

    def page(self, name: str, width: int = 1366) -> Page:
        if name not in self.pages:
            self.pages[name] = self.page_of(name, width)
        return self.pages[name]

    def open_task(self, name: str, number: str) -> Page:
        """From the worklist, as a person does."""
        page = self.page(name)
        page.goto("/tugas")
        page.get_by_label("Nomor aduan", exact=True).fill(number)
        page.get_by_label("Nomor aduan", exact=True).press("Enter")
        page.locator("main a[href^='/tugas/']").first.click()
        expect(page.locator("main")).to_contain_text(number)
        return page

    def finish(self, page: Page) -> None:
        page.get_by_role("button", name=re.compile("^(Selesaikan|Kirim konfirmasi)")).click()
        expect(page.get_by_role("status").first).to_be_visible()


@pytest.fixture
def people(page_of: Callable[..., Page]) -> People:
    return People(page_of)


def file(page: Page, title: str) -> str:
    page.goto("/aduan/baru")
    page.get_by_label("Judul aduan").fill(title)
    page.get_by_label("Isi aduan").fill("Ceritanya cukup panjang untuk dipahami petugas.")
    page.get_by_label("Kategori", exact=True).select_option("biaya")
    page.get_by_label("Subkategori").select_option("biaya_belum_tahu")
    return title


def number_on(page: Page) -> str:
    expect(page.locator("main")).to_contain_text(re.compile(r"ADU-\d{4}-\d{6}"))
    found = re.search(r"ADU-\d{4}-\d{6}", page.locator("main").inner_text())
    assert found is not None
    return found.group()


def test_a_complaint_reaches_its_answer_through_five_people(people: People) -> None:
    pelapor = people.page("pelapor")
    file(pelapor, "Atap kelas bocor")
    pelapor.get_by_role("button", name=re.compile("Kirim aduan")).click()
    number = number_on(pelapor)

    people.finish(people.open_task("admin", number))
    ketua = people.open_task("ketua", number)
    ketua.get_by_label("Pengaduan", exact=True).check()
    ketua.get_by_label("Teruskan ke Bidang/unit kerja").select_option("sd")
    people.finish(ketua)
    bidang = people.open_task("bidang.sd", number)
    bidang.get_by_label("Tanggapan Bidang").fill("Perbaikan dijadwalkan bulan depan.")
    people.finish(bidang)
    people.finish(people.open_task("ketua", number))
    admin = people.open_task("admin", number)
    answer = admin.get_by_label("Jawaban untuk pelapor")
    expect(answer).to_have_value("Perbaikan dijadwalkan bulan depan.")
    answer.fill("Atap diperbaiki bulan depan; kami kabari sekolah.")
    people.finish(admin)

    pelapor.goto(f"/aduan/{number}")
    expect(pelapor.locator("main")).to_contain_text("Atap diperbaiki bulan depan; kami kabari sekolah.")
    people.finish(people.open_task("pelapor", number))
    expect(pelapor.locator("main")).to_contain_text("Selesai, jawaban diterima")


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_a_request_for_information_takes_the_short_way(people: People) -> None:
    pelapor = people.page("pelapor")
    file(pelapor, "Jadwal SPMB tahun depan")
    pelapor.get_by_role("button", name=re.compile("Kirim aduan")).click()
    number = number_on(pelapor)
    people.finish(people.open_task("admin", number))
    ketua = people.open_task("ketua", number)
    ketua.get_by_label("Permintaan informasi").check()
    expect(ketua.get_by_label("Teruskan ke Bidang/unit kerja")).to_be_hidden()
    people.finish(ketua)
    admin = people.open_task("admin", number)
    admin.get_by_label("Jawaban untuk pelapor").fill("Jadwal diumumkan bulan Mei di situs dinas.")
    people.finish(admin)
    pelapor.goto(f"/aduan/{number}")
    expect(pelapor.locator("main")).to_contain_text("Jadwal diumumkan bulan Mei di situs dinas.")


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_a_new_visitor_files_from_a_phone(page_at: Callable[..., Page], address: str, faults: Faults) -> None:
    faults.expect(422)
    phone = page_at(360, base_url=address)
    phone.goto("/")
    phone.locator("main").get_by_role("link", name=re.compile("Kirim aduan")).first.click()
    file(phone, "Seragam wajib dibeli di sekolah")
    phone.get_by_label("Nama Anda").fill("Ibu Sumiati")
    phone.get_by_label("Surel atau nomor HP").fill("0813-7000-2211")
    phone.get_by_label("Buat kata sandi").fill("pendek")
    phone.get_by_role("button", name=re.compile("Kirim aduan")).click()
    expect(phone.get_by_role("alert")).to_contain_text("1 isian yang perlu diperbaiki")
    expect(phone.get_by_label("Judul aduan")).to_have_value("Seragam wajib dibeli di sekolah")
    expect(phone.get_by_label("Subkategori")).to_have_value("biaya_belum_tahu")
    phone.get_by_label("Buat kata sandi").fill("cukup-panjang")
    phone.get_by_role("button", name=re.compile("Kirim aduan")).click()
    assert number_on(phone)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_the_case_page_shows_the_diagram_with_the_current_step(people: People, site: Site) -> None:
    number = site.bring_to("klasifikasi")
    page = people.page("ketua")
    page.goto(f"/aduan/{number}")
    drawing = page.locator("[data-diagram]")
    expect(drawing).to_have_attribute("data-siap", re.compile(".*"))
    expect(page.locator("[data-element-id=klasifikasi]").first).to_be_visible()
    expect(page.locator("a[href*='bpmn.io']")).to_be_visible()
    expect(page.locator("tr[data-langkah=klasifikasi]")).to_contain_text("Sedang")


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_choosing_a_category_leaves_only_its_subcategories(people: People) -> None:
    page = people.page("pelapor")
    page.goto("/aduan/baru")
    page.get_by_label("Kategori", exact=True).select_option("guru")
    groups = page.locator("select[name=subkategori] optgroup")
    expect(groups).to_have_count(1)


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_pages_work_without_javascript(page_at: Callable[..., Page], address: str) -> None:
    page = page_at(360, base_url=address, java_script_enabled=False)
    file(page, "Tanpa JavaScript")
    page.get_by_label("Nama Anda").fill("Bapak Udin")
    page.get_by_label("Surel atau nomor HP").fill("udin@contoh.test")
    page.get_by_label("Buat kata sandi").fill("cukup-panjang")
    page.get_by_role("button", name=re.compile("Kirim aduan")).click()
    assert number_on(page)


PAGES = {
    "": ("/", "/tanya-jawab", "/masuk", "/daftar", "/aduan/baru", "/tidak-ada"),
    "pelapor": ("/aduan", "/aduan/{number}", "/tugas", "/aduan/baru"),
    "admin": ("/tugas", "/aduan", "/aduan/baru", "/aduan/{number}"),
    "ketua": ("/tugas", "{task}", "/aduan/{number}", "/laporan"),
    "proses": ("/proses", "/proses/aduan/1"),
    "auditor": ("/audit", "/audit/{number}", "/audit/jejak", "/audit/ekspor"),
    "sistem": ("/kelola", "/kelola/tertahan"),
}


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_no_page_overflows_and_axe_finds_nothing(
    site: Site, address: str, page_at: Callable[..., Page], page_of: Callable[..., Page], faults: Faults
) -> None:
    faults.expect(404)
    number = site.bring_to("klasifikasi")
    wrong = []
    for name, paths in PAGES.items():
        page = page_of(name, 360) if name else page_at(360, base_url=address)
        for pattern in paths:
            page.set_viewport_size({"width": 360, "height": 740})
            page.goto(pattern.format(number=number, task=site.task_path(number)))
            wrong += [f"{name}: {each}" for each in wrongs_at(page, (360, 1366))]
    assert wrong == []
