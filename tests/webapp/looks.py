"""How a page looks to those who cannot be asked: does it fit its width, and does the accessibility check find fault?"""

from __future__ import annotations

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.rig.chromium import HEIGHTS

ONLY_FAULTS = {"resultTypes": ["violations"]}  # what is in order is not described in full: that is most of the time


def wrongs_at(page: Page, widths: Iterable[int], *, axe_at: Iterable[int] = (360, 1366)) -> list[str]:
    """The same at several widths, one after the other: loading a page again for each takes far longer."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        found += wrongs(page, axe=width in axe_at)
    return found


def wrongs(page: Page, *, axe: bool = True) -> list[str]:
    """What is wrong with the page as it stands, each with its path."""
    width, path = page.evaluate("[innerWidth, location.pathname]")
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{path}: {wide} wide on {width}"] if wide > width else []
    violations = Axe().run(page, options=ONLY_FAULTS).response["violations"] if axe else []
    return found + [f"{path}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in violations]
