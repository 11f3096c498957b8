"""Where a case stands in time, as each page says it: in words with a sign, explained, never held against reporters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import insert
from werkzeug.test import TestResponse

from engine.store.database import transaction
from engine.store.models import Heartbeat, Job
from tests.webapp.looks import wrongs
from tests.webapp.site import PASSWORD, Site, nodes, text_of

SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)  # the pages are the same on both
MONDAY = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)  # 10.00 WIB; three working days later is Thursday 16.00
# Whoever came in at MONDAY has a cookie signed a little later, which an earlier clock refuses: time goes on instead.
SOON = MONDAY + timedelta(minutes=10)
THURSDAY = datetime(2026, 11, 5, 1, 30, tzinfo=UTC)  # 08.30 WIB: more than three quarters have run
NEXT_MONDAY = datetime(2026, 11, 9, 1, 30, tzinfo=UTC)
NEXT_TUESDAY = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)  # the five working days of the whole are over


@pytest.fixture
def number(site: Site) -> str:
    """A case that came to its unit on Monday."""
    with time_machine.travel(MONDAY, tick=True):
        return site.bring_to("tanggapi_aduan")


def seen(site: Site, who: str, path: str, at: datetime) -> TestResponse:
    """A page as someone who has just logged in sees it at a moment."""
    with time_machine.travel(at, tick=True):
        site._people.pop(who, None)  # sessions end within days
        return site.person(who).get(path)


def clocks(answer: TestResponse) -> list[tuple[str, str]]:
    """Every clock of a page's main part: how it is drawn, what it says."""
    found = nodes(answer, "//main//*[starts-with(@class, 'jam ')]")
    assert all(each.xpath(".//*[name()='svg']") for each in found), "never by colour alone"
    return [(each.get("class").removeprefix("jam "), " ".join(each.text_content().split())) for each in found]


@SQLITE
@pytest.mark.parametrize(
    ("at", "kind", "words"),
    [
        (MONDAY, "aman", "Sisa 3 hari kerja"),
        (THURSDAY, "dekat", "Hampir lewat, sisa 6 jam kerja"),
        (NEXT_MONDAY, "lewat", "Terlambat 1 hari kerja"),
    ],
)
def test_a_task_says_how_it_stands_in_words_and_why(site: Site, number: str, at: datetime, kind: str, words: str):
    for path in ("/tugas", site.task_path(number)):
        answer = seen(site, "bidang.sd", path, at)
        assert (kind, words) in clocks(answer), path
    assert "3 hari kerja sejak Senin 2 Nov: 3, 4, 5 Nov." in text_of(answer)


@SQLITE
def test_staff_read_the_whole_and_both_explanations_on_the_case_page(site: Site, number: str):
    answer = seen(site, "ketua", f"/aduan/{number}", NEXT_MONDAY)
    said = text_of(answer)
    assert clocks(answer)[0] == ("dekat", "Hampir lewat, sisa 6 jam kerja")
    assert "Jawaban paling lambat Senin, 9 November 2026 16.00 WIB" in said
    assert "3 hari kerja sejak Senin 2 Nov: 3, 4, 5 Nov." in said
    assert "5 hari kerja sejak Senin 2 Nov: 3, 4, 5, 6, 9 Nov; kantor tutup Sabtu dan Minggu." in said


@SQLITE
def test_a_finished_step_says_what_it_took_of_its_standard(site: Site, number: str):
    with time_machine.travel(NEXT_MONDAY, tick=True):
        site._people.clear()
        site.bring_to("terima_tanggapan", number)
    answer = seen(site, "ketua", f"/aduan/{number}", NEXT_MONDAY)
    late = ("lewat", "Terlambat: 5 hari kerja dari waktu baku 3 hari kerja")
    assert late in clocks(answer) and "Kurang dari 1 menit dari waktu baku 10 menit" in text_of(answer)
    played = text_of(seen(site, "auditor", f"/audit/{number}", NEXT_MONDAY))
    assert "terlambat, 5 hari kerja dari waktu baku 3 hari kerja" in played
    assert "Terlambat:" not in text_of(seen(site, "pelapor", f"/aduan/{number}", NEXT_MONDAY))


@SQLITE
def test_one_day_counts_as_none_until_the_next_opens(site: Site, number: str):
    with time_machine.travel(SOON, tick=True):
        site.bring_to("terima_tanggapan", number)
    said = text_of(seen(site, "ketua", f"/aduan/{number}", SOON))
    assert "Kurang dari 1 hari kerja dari waktu baku 3 hari kerja" in said


@SQLITE
def test_after_the_answer_pages_say_when_it_closes_by_itself(site: Site, number: str):
    with time_machine.travel(SOON, tick=True):
        site.bring_to("terima_jawaban", number)
    task, closing = site.task_path(number), "Senin, 16 November 2026 16.00 WIB"  # ten working days
    for who, path, words in [
        ("pelapor", f"/aduan/{number}", f"ditutup sendiri pada {closing}"),
        ("pelapor", task, f"ditutup sendiri pada {closing}"),
        ("pelapor", "/tugas", "ditutup sendiri 16 Nov 2026 16.00"),
        ("ketua", f"/aduan/{number}", f"Ditutup sendiri {closing} bila pelapor tidak mengonfirmasi"),
        ("admin", task, f"Ditutup sendiri {closing} bila tidak dikonfirmasi"),
        ("ketua", f"/aduan/{number}", "Dijawab dalam kurang dari 1 hari kerja dari waktu baku 5 hari kerja"),
    ]:
        answer = seen(site, who, path, NEXT_TUESDAY)
        assert words in text_of(answer), (who, path)
        assert not {kind for kind, _ in clocks(answer)} & {"dekat", "lewat"}, (who, path)


@SQLITE
def test_an_answer_that_came_late_stays_said(site: Site, number: str):
    with time_machine.travel(NEXT_TUESDAY, tick=True):
        site._people.clear()
        site.bring_to("terima_jawaban", number)
    answer = seen(site, "ketua", f"/aduan/{number}", NEXT_TUESDAY)
    assert clocks(answer)[0] == ("lewat", "Terlambat dijawab: 6 hari kerja dari waktu baku 5 hari kerja")


@SQLITE
def test_late_answers_are_found_from_the_figures(site: Site, number: str):
    with time_machine.travel(NEXT_TUESDAY, tick=True):
        site._people.clear()
        fresh = site.person("pelapor").file()
    for who, page in [("ketua", "/aduan"), ("pimpinan", "/aduan"), ("auditor", "/audit")]:
        figures = seen(site, who, "/laporan", NEXT_TUESDAY)
        assert nodes(figures, "//main//a[text()='aduan terlambat dijawab']/@href") == [f"{page}?keadaan=terlambat"]
        listed = seen(site, who, f"{page}?keadaan=terlambat", NEXT_TUESDAY)
        assert number in text_of(listed) and fresh not in text_of(listed), who
        assert clocks(listed) == [("lewat", "Terlambat 1 jam 30 menit kerja")], who
        assert ("aman", "Sisa 5 hari kerja") in clocks(seen(site, who, page, NEXT_TUESDAY))


@SQLITE
def test_a_year_without_approval_warns_on_the_dashboards(site: Site):
    for who, path in [("sistem", "/kelola"), ("ketua", "/laporan"), ("pimpinan", "/laporan")]:
        assert "Hari libur tahun 2027 belum disahkan" in text_of(seen(site, who, path, THURSDAY)), who
        assert "tahun 2027" not in text_of(seen(site, who, path, datetime(2026, 9, 30, 3, 0, tzinfo=UTC))), who
    assert "/kelola/kalender?tahun=2027" in nodes(seen(site, "sistem", "/kelola", THURSDAY), "//main//a/@href")


@SQLITE
def test_pengelola_sistem_reads_at_once_what_stands_still(site: Site):
    said = text_of(site.person("sistem").get("/kelola"))
    assert "Pekerja latar berhenti" in said and "tidak terkirim" not in said
    now = datetime.now(UTC)
    with transaction(site.engine) as session:
        session.execute(insert(Heartbeat), {"name": "worker", "at": now})
        dead = {"kind": "mail", "key": "mail/hilang", "due_at": now, "attempts": 16, "dead_at": now}
        session.execute(insert(Job), dead)
    said = text_of(site.person("sistem").get("/kelola"))
    assert "Pekerja latar berhenti" not in said and "1 pesan tidak terkirim" in said


@SQLITE
@pytest.mark.parametrize("width", [360, 1366])
def test_in_a_browser_lists_and_figures_fit(site: Site, number: str, page_at: Callable[..., Page], width: int) -> None:
    with site.served() as address:
        page = page_at(width, base_url=address)
        page.goto("/masuk")
        page.get_by_label("Surel atau nomor HP").fill("ketua@demo.test")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_label("Lihat yang diketik").check()
        expect(page.get_by_label("Kata sandi")).to_have_attribute("type", "text")
        page.get_by_label("Lihat yang diketik").uncheck()
        expect(page.get_by_label("Kata sandi")).to_have_attribute("type", "password")
        page.locator("main").get_by_role("button", name="Masuk").click()
        for path in ("/laporan", "/aduan", f"/aduan/{number}"):
            page.goto(path)
            assert wrongs(page) == []
        page.goto("/laporan")
        figure = page.locator(".batang td.angka").first
        heights = figure.evaluate(
            "(e) => { const one = e.offsetHeight; e.textContent = '1234'; return [one, e.offsetHeight] }"
        )
        assert heights[0] == heights[1], "a figure stays on one line"
