"""The rig holds: databases are fresh, the browser's faults are seen, randomness repeats."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page
from sqlalchemy import Connection, create_engine, inspect, text

from tests.rig.chromium import Faults
from tests.rig.databases import NewDatabase

PAGE = b"<!doctype html><title>Rig</title><link rel='icon' href='data:,'><p>Selamat datang</p>"


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def tables_of(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


@pytest.mark.parametrize("round_number", [1, 2])
def test_an_empty_database_answers_and_is_empty_each_time(empty_database_url: str, round_number: int):
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
        connection.execute(text("CREATE TABLE sisa (id integer)"))
    engine.dispose()
    assert tables_of(empty_database_url) == ["sisa"]


def test_a_migrated_database_has_the_tables(database_url: str, new_database: NewDatabase):
    assert "event" in tables_of(database_url)
    assert tables_of(new_database()) == tables_of(database_url)


def test_the_url_names_the_storage(storage: str, empty_database_url: str):
    assert empty_database_url.startswith(storage)


def test_two_runs_with_one_seed_draw_the_same(rng: random.Random, request: pytest.FixtureRequest):
    again = random.Random(f"{request.config.option.seed}/{request.node.nodeid}")
    assert [rng.random() for _ in range(3)] == [again.random() for _ in range(3)]


def test_chromium_opens_a_page_in_indonesian_at_the_width_asked_for(page_at: Callable[..., Page]):
    page = page_at(360)
    page.goto("data:text/html;charset=utf-8,<title>Rig</title><p>Selamat datang</p>")
    assert page.title() == "Rig"
    assert page.evaluate("[innerWidth, navigator.language]") == [360, "id-ID"]


@pytest.fixture
def strict_site() -> Iterator[str]:
    """A site that answers / under a strict policy, and 404 elsewhere."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), _StrictSite)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    site.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        ("console.error('rusak')", "rusak"),
        ("setTimeout(() => { throw new Error('rusak') })", "uncaught"),
        ("fetch('/tidak-ada')", "status 404"),
    ],
    ids=["style against the policy", "error logged", "exception", "answer 404"],
)
def test_what_a_page_does_wrong_is_seen(strict_site: str, page_at, faults: Faults, act: str, complaint: str):
    page = page_at(1366, base_url=strict_site)
    page.goto("/")
    assert faults.unexpected() == []
    page.evaluate(f"() => {{ {act} }}")
    page.wait_for_timeout(200)
    assert complaint in "\n".join(faults.unexpected())
    faults.seen.clear()


def test_an_announced_status_is_no_fault(strict_site: str, page_at, faults: Faults):
    faults.expect(404)
    page_at(1366, base_url=strict_site).goto("/tidak-ada")
    assert any("404" in fault for fault in faults.seen)
    assert faults.unexpected() == []


class _StrictSite(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        policy = "default-src 'none'; connect-src 'self'; img-src data:"
        for name, value in (("Content-Type", "text/html"), ("Content-Security-Policy", policy)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        """Keep test output clean."""


@pytest.mark.parametrize("storage", ["postgresql"], indirect=True)
@pytest.mark.parametrize("round_number", [1, 2, 3])
def test_a_copy_is_whole_again_whatever_the_test_before_did(new_database: NewDatabase, round_number: int):
    def furnish(url: str) -> None:
        with opened(url) as connection:
            connection.execute(text("CREATE TABLE laci (id serial PRIMARY KEY, isi text NOT NULL)"))
            connection.execute(text("INSERT INTO laci (isi) VALUES ('satu'), ('dua')"))

    with opened(new_database("laci", furnish)) as connection:
        assert connection.execute(text("SELECT id, isi FROM laci ORDER BY id")).all() == [(1, "satu"), (2, "dua")]
        assert connection.execute(text("INSERT INTO laci (isi) VALUES ('tiga') RETURNING id")).scalar_one() == 3
        connection.execute(text("DELETE FROM laci WHERE id = 1"))
        if round_number == 2:
            connection.execute(text("ALTER TABLE laci ALTER COLUMN isi DROP NOT NULL"))
            connection.execute(text("INSERT INTO laci (isi) VALUES (NULL)"))
