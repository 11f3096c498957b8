"""Fixtures: Chromium through Playwright; a page that logs an error or breaks the policy fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from tests.rig.absent import leave_out

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these Chromium looks up hosts of its maker at every start, which a closed network refuses noisily.
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
HEIGHTS = {360: 740, 1366: 768, 1920: 1080}


class Faults:
    """What went wrong in the pages of one test, beside what the test itself asserts."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._expected: set[int] = set()

    def expect(self, *statuses: int) -> None:
        """Say that this test provokes answers with these statuses; any from 400 on is a fault otherwise."""
        self._expected.update(statuses)

    def watch(self, page: Page) -> None:
        """Collect console errors, policy violations, uncaught exceptions and answers of 400 or more."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"{page.url}: uncaught {error}"))
        page.on("response", self._response)

    def unexpected(self) -> list[str]:
        """The faults that the test did not announce."""
        announced = tuple(f"status {status} " for status in self._expected)
        return [fault for fault in self.seen if not (announced and fault.startswith(announced))]

    def _console(self, message: ConsoleMessage) -> None:
        # A failed load is recorded as a response, with its status. Violations of the policy come here.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.seen.append(f"{message.location.get('url')}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.seen.append(f"status {response.status} from {response.request.method} {response.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each test process; tests take contexts and pages from `page_at` or `new_context`."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        leave_out("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # as root the sandbox refuses
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        yield chromium
        chromium.close()


@pytest.fixture
def faults() -> Iterator[Faults]:
    """The faults of this test's pages; at the end an unannounced one fails the test."""
    faults = Faults()
    yield faults
    unexpected = faults.unexpected()
    assert not unexpected, "the browser complained:\n" + "\n".join(unexpected)


def open_context(browser: Browser, width: int = 1366, **keywords: object) -> BrowserContext:
    """The browser of a person: own cookies, in Indonesian, Jakarta time."""
    size = {"width": width, "height": HEIGHTS.get(width, 800)}
    defaults = {"locale": "id-ID", "timezone_id": "Asia/Jakarta", "viewport": size}
    context = browser.new_context(**{**defaults, **keywords})  # type: ignore[arg-type]  # Playwright checks them
    context.set_default_timeout(10_000)
    return context


@pytest.fixture
def new_context(browser: Browser, faults: Faults) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser context for each person: own cookies, in Indonesian, Jakarta time."""
    made: list[BrowserContext] = []

    def make(width: int = 1366, **keywords: object) -> BrowserContext:
        context = open_context(browser, width, **keywords)
        context.on("page", faults.watch)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page_at(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Open a page of a new person at a width: page_at(360), page_at(1366, base_url=...)."""
    return lambda width=1366, **keywords: new_context(width, **keywords).new_page()
