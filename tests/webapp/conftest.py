"""The office on the web: one per test and database, or one per module; and browsers of people who are logged in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.rig.chromium import Faults, open_context
from tests.rig.databases import NewDatabase, Templates, copy_sqlite
from tests.webapp.site import Site, furnish, make_site


@pytest.fixture
def site(new_database: NewDatabase, tmp_path: Path) -> Iterator[Site]:
    made = make_site(new_database("situs", furnish), tmp_path / "var")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def shared_site(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For modules whose tests do not disturb each other: they override `site` with it. On SQLite."""
    folder = tmp_path_factory.mktemp("situs")
    copy_sqlite(templates.sqlite("situs", furnish), folder / "situs.db")
    made = make_site(f"sqlite:///{folder / 'situs.db'}", folder / "var")
    yield made
    made.engine.dispose()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the office is served."""
    with site.served() as address:
        yield address


@pytest.fixture(scope="module")
def kept_context(site: Site, address: str, browser: Browser) -> Iterator[BrowserContext]:
    """One browser of Pemilik Proses for all tests of a module that shares its office: it compiles scripts once."""
    context = open_context(browser, base_url=address)
    context.add_cookies([cookie_of(site, "proses", address)])
    yield context
    context.close()


@pytest.fixture
def kept_page(kept_context: BrowserContext, faults: Faults) -> Iterator[Page]:
    """A new page in it; nothing that an earlier page has stored is there any more."""
    page = kept_context.new_page()
    page.goto("/healthz")
    page.evaluate("localStorage.clear()")
    faults.watch(page)
    yield page
    page.close()


def cookie_of(site: Site, name: str, address: str) -> Any:
    """What the browser of someone who is logged in sends."""
    cookie = site.person(name).client.get_cookie("aduan")
    assert cookie is not None
    return {"name": "aduan", "value": cookie.value, "url": address}


@pytest.fixture
def context_of(site: Site, address: str, new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """A browser of a person who is logged in already: the form for that has its own tests."""

    def make(name: str = "proses", width: int = 1366, **keywords: object) -> BrowserContext:
        context = new_context(width, base_url=address, **keywords)
        context.add_cookies([cookie_of(site, name, address)])
        return context

    return make


@pytest.fixture
def page_of(context_of: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A page of such a browser: page_of("ketua", 360)."""
    return lambda name="proses", width=1366, **keywords: context_of(name, width, **keywords).new_page()
