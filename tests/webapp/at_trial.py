"""One person trying a draft step by step, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class Trial:
    """The page in a browser, as Pemilik Proses uses it."""

    def __init__(self, page: Page, path: str = "") -> None:
        self.page = page
        if path:  # otherwise the page is there already
            page.goto(path)
        expect(page.locator("[data-gambar]")).to_have_attribute("data-siap", "")
        expect(self.sheet).to_be_visible()

    @property
    def sheet(self) -> Locator:
        return self.page.locator("[data-peran]:not([hidden])")

    def view_as(self, role: str) -> None:
        self.page.get_by_role("group", name="Lihat sebagai").get_by_role("button", name=role).click()

    def example(self) -> None:
        self.sheet.get_by_role("button", name="Isi contoh").click()

    def finish(self, next_open: str) -> None:
        self.sheet.get_by_role("button", name="Selesaikan langkah ini").click()
        self.now_open(next_open)

    def now_open(self, elements: str) -> None:
        expect(self.page.locator("[data-gambar]")).to_have_attribute("data-sekarang", elements)
