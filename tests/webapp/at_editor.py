"""One person at the SOP's editor, in a real browser: what is on the page, and what the draft holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from engine.process.diagram import Diagram, read
from engine.store.database import transaction
from engine.store.drafts import draft
from tests.process.drawing import sop_forms
from tests.webapp.drafting import SOP
from tests.webapp.site import Site


class Editor:
    """One person at the editor."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site

    def open(self, address: str = "/proses/aduan") -> Editor:
        self.page.goto(address)
        return self.ready()

    def ready(self) -> Editor:
        expect(self.page.locator("#penyunting[data-siap]")).to_be_visible()
        return self

    @property
    def state(self) -> Locator:
        return self.page.locator(".simpan-keadaan")

    @property
    def findings(self) -> Locator:
        return self.page.get_by_role("region", name="Temuan pemeriksaan")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def bar(self, key: str) -> Locator:
        return self.page.locator(f"[data-pesan={key}]")

    def drawn(self, element: str) -> Locator:
        return self.page.locator(f"g.djs-shape[data-element-id='{element}']")

    def centre(self, element: str) -> tuple[float, float]:
        box = self.drawn(element).locator("> .djs-visual").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def click(self, element: str) -> None:
        self.page.mouse.click(*self.centre(element))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()

    def picture(self) -> Diagram:
        """What is drawn at this moment."""
        return read(self.picture_xml())

    def picture_xml(self) -> bytes:
        text = self.page.evaluate("document.getElementById('penyunting').editor.content().xml")
        return str(text).encode()

    def saved(self) -> Diagram:
        """What the draft of this page holds, once everything is saved."""
        return read(self.saved_xml())

    def saved_xml(self) -> bytes:
        expect(self.state).to_contain_text("Tersimpan ")
        number = int(self.page.url.rpartition("draf=")[2])
        with transaction(self.site.engine) as session:
            return draft(session, "aduan", number).xml

    def download(self, choice: str) -> tuple[str, bytes]:
        self.page.locator("summary", has_text="Unduh").click()
        with self.page.expect_download() as waiting:
            self.button(choice).click()
        return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()

    def take(self, name: str, content: bytes) -> None:
        self.page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )


def begun(site: Site, xml: bytes = SOP.encode(), forms: dict[str, Any] | None = None) -> str:
    """Address of a draft that Pemilik Proses has begun."""
    person = site.person("proses")
    token = person.token("/proses")["csrf_token"]
    body = {"xml": xml.decode(), "forms": forms or sop_forms(), "tab": "a1"}
    answer = person.client.post("/proses/aduan/draf", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["url"])


def reach(page: Page, name: str) -> None:
    """Tab until the focus is on what is called `name`."""
    for _ in range(90):
        text = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
        )
        if " ".join(text.split()) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"never reached {name}")
