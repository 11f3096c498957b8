"""Playing a case: each picture's marks are held against its events; by mouse, key, address, and without script."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import docx
import orjson
import pytest
from lxml import html
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.commands.claim_task import claim_task
from engine.commands.close_case import withdraw_case
from engine.commands.deploy import deploy, read_forms
from engine.commands.erase_case import erase_case
from engine.commands.migrate_case import migrate_case
from engine.commands.move_token import consent_move, propose_move, reopen_case
from engine.queries.actors import actor_of_account
from engine.queries.recorded_values import ERASED
from engine.store.database import transaction
from engine.store.models import Case, Event
from tests.process.drawing import ROOT, SOP
from tests.webapp.looks import wrongs
from tests.webapp.site import ANSWERS, COMPLAINT, Site, nodes, text_of

WHY = "Klasifikasinya ternyata keliru."
SECOND = SOP.replace('value="3 hari"', 'value="2 hari"').replace('name="Tanggapi aduan"', 'name="Tanggapi dan periksa"')


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.fixture(scope="module")
def played(shared_site: Site) -> str:
    """A case with everything: moved by hand, moved to another version, withdrawn, reopened, finished, then erased."""
    site = shared_site
    number = site.bring_to("tanggapi_aduan")
    seq = do(site, propose_move, "bidang.sd", number, "klasifikasi", WHY)
    do(site, consent_move, "ketua", number, seq)
    site.bring_to("tanggapi_aduan", number)
    with transaction(site.engine) as session:
        deploy(session, SECOND.encode(), read_forms(ROOT / "forms"), now=datetime.now(UTC))
    do(site, migrate_case, "proses", number, "SOP baru mulai berlaku hari ini.")
    do(site, withdraw_case, "pelapor", number, "Sudah beres.")
    do(site, reopen_case, "ketua", number, "terima_tanggapan", WHY)
    while (at := site.open_element(number)) is not None:
        assert site.person(site.owner_of(number)).complete(number, **ANSWERS[at]).status_code == 303
    do(site, erase_case, "sistem", number, "permintaan")
    return number


def do(site: Site, command: Callable[..., Any], who: str, *arguments: Any) -> Any:
    now = datetime.now(UTC)
    with transaction(site.engine) as session:
        actor = actor_of_account(session, site.ids[who], now)
        assert actor is not None
        return command(session, actor, *arguments, now=now)


def bodies(site: Site, number: str) -> list[dict[str, Any]]:
    with transaction(site.engine) as session:
        case_id = session.scalar(select(Case.id).where(Case.number == number))
        which = select(Event.body).where(Event.stream == f"kasus/{case_id}").order_by(Event.seq)
        return [orjson.loads(each) for each in session.scalars(which)]


def expected(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What each picture must mark, from the events alone."""
    tasks: dict[str, str] = {}
    number = 1
    for body in events:
        effects = body["effects"]
        tasks |= {each["id"]: each["element"] for each in effects["opened"]}
        for closed in effects["closed"]:
            del tasks[closed]
        number = body["versions"][1] if body["type"] == "case_migrated" else number
        jump = body["element"] if body["type"] in ("token_moved", "case_reopened") else None
        yield {
            "version": str(number), "open": sorted(tasks.values()), "taken": sorted(effects["flows"]), "jump": jump,
            "passed": sorted({*effects["elements"]} - {*tasks.values()}),
        }  # fmt: skip


MARKS = """() => {
  const shown = [...document.querySelectorAll('.putar-versi')].find((each) => !each.hidden);
  const ids = (kind) =>
    [...shown.querySelectorAll(`.djs-element.${kind}`)].map((each) => each.dataset.elementId).sort();
  const jumps = [...shown.querySelectorAll('.lompatan')].map((each) => each.dataset.ke);
  return { version: shown.dataset.versi, open: ids('berjalan'), taken: ids('baru'), done: ids('selesai'),
           flows: [...ids('baru'), ...ids('dilalui')], jump: [...new Set(jumps)],
           seq: Number(document.querySelector('.putar').dataset.sekarang),
           row: document.querySelector('[data-kejadian].sorot').dataset.kejadian,
           panel: document.querySelector('.putar-saat').innerText };
}"""


def check(page: Page, seq: int, said: Mapping[str, Any]) -> None:
    page.wait_for_function("seq => document.querySelector('.putar').dataset.sekarang == seq", arg=seq)
    page.wait_for_function(
        "version => [...document.querySelectorAll('.putar-versi')].some((each) => !each.hidden"
        " && each.dataset.versi === version)",
        arg=said["version"],
    )
    marks = page.evaluate(MARKS)
    assert marks["row"] == str(seq) and f"Kejadian {seq} dari" in marks["panel"]
    assert (marks["version"], marks["open"], marks["taken"]) == (said["version"], said["open"], said["taken"]), seq
    assert set(said["passed"]) <= set(marks["done"]), seq
    assert marks["jump"] == ([said["jump"]] if said["jump"] else []), seq


def open_at(page: Page, number: str, seq: int = 1) -> None:
    page.goto(f"/audit/{number}?langkah={seq}")
    expect(page.locator(".putar-gambar[data-siap]")).to_be_visible()


def test_every_picture_is_what_the_events_say_forwards_and_back(
    site: Site, played: str, page_of: Callable[..., Page]
) -> None:
    page = page_of("auditor")
    open_at(page, played)
    pictures = list(expected(bodies(site, played)))
    assert {each["version"] for each in pictures} == {"1", "2"} and any(each["jump"] for each in pictures)
    check(page, 1, pictures[0])
    for seq in range(2, len(pictures) + 1):
        page.get_by_role("link", name=re.compile("Maju$")).click()
        check(page, seq, pictures[seq - 1])
    page.get_by_role("slider").focus()
    for seq in range(len(pictures) - 1, 0, -1):
        page.keyboard.press("ArrowLeft")
        check(page, seq, pictures[seq - 1])
    assert page.locator("a[href*='bpmn.io']").first.is_visible()


def test_it_plays_by_itself_pauses_and_goes_on_by_key(site: Site, played: str, page_of: Callable[..., Page]) -> None:
    page = page_of("auditor")
    open_at(page, played)
    last = len(bodies(site, played))
    page.get_by_label("Kecepatan").select_option("8")
    page.get_by_role("button", name="Putar").click()
    page.wait_for_function("() => Number(document.querySelector('.putar').dataset.sekarang) > 3")
    page.get_by_role("button", name="Jeda").click()
    stopped = page.evaluate(MARKS)["seq"]
    expect(page.locator("[data-putar-kabar]")).to_contain_text(f"Kejadian {stopped} dari {last}")
    page.get_by_role("slider").focus()
    page.keyboard.press(" ")
    page.wait_for_function("last => Number(document.querySelector('.putar').dataset.sekarang) === last", arg=last)
    expect(page.get_by_role("button", name="Putar")).to_be_visible()
    check(page, last, list(expected(bodies(site, played)))[-1])
    page.keyboard.press("Home")
    assert page.evaluate(MARKS)["seq"] == 1


def test_an_address_is_shared_and_gone_back_to(site: Site, played: str, page_of: Callable[..., Page]) -> None:
    page = page_of("auditor")
    open_at(page, played, 3)
    said = list(expected(bodies(site, played)))
    check(page, 3, said[2])
    page.get_by_label("Lompat ke").select_option("7")
    check(page, 7, said[6])
    assert page.url.endswith("?langkah=7")
    page.locator("#kejadian-9 a[href^='?langkah=']").click()
    check(page, 9, said[8])
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**?langkah=10")
    page.go_back()
    check(page, 7, said[6])
    other = page_of("auditor", 1920)
    other.goto(page.url)
    check(other, 7, said[6])


def test_rows_and_elements_point_at_each_other(played: str, page_of: Callable[..., Page]) -> None:
    page = page_of("auditor", 1920)
    open_at(page, played)
    row = page.locator("[data-kejadian]").filter(has=page.locator("th", has_text="Klasifikasi")).first
    row.hover()
    expect(page.locator(".djs-element.sorot[data-element-id=klasifikasi]")).to_have_count(1)
    shape = page.locator(".putar-versi:not([hidden]) [data-element-id=klasifikasi] .djs-hit").first
    shape.scroll_into_view_if_needed()
    shape.hover()
    expect(page.locator("tr.disorot").first).to_be_attached()
    shape.click()
    expect(page.locator(".putar-saat .putar-langkah")).to_have_text("Klasifikasi")


def test_with_reduced_motion_nothing_moves_but_the_moment(played: str, page_of: Callable[..., Page]) -> None:
    page = page_of("auditor", reduced_motion="reduce")
    open_at(page, played)
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate(MARKS)["seq"] == 3


@pytest.mark.parametrize("width", [360, 1366, 1920])
def test_pages_fit_and_hold_no_accessibility_fault(played: str, page_of: Callable[..., Page], width: int) -> None:
    page = page_of("auditor", width)
    open_at(page, played, 6)
    wrong = wrongs(page, axe=width < 1920)
    page.goto(f"/audit/{played}/kronologi")
    assert wrong + wrongs(page, axe=width < 1366) == []


def test_without_javascript_the_links_step_and_the_table_tells_all(
    site: Site, played: str, page_of: Callable[..., Page]
) -> None:
    page = page_of("auditor", java_script_enabled=False)
    page.goto(f"/audit/{played}?langkah=7")
    assert page.locator("tr.sorot").get_attribute("data-kejadian") == "7"
    expect(page.locator(".putar-saat .atas")).to_contain_text("Kejadian 7 dari")
    page.get_by_role("link", name=re.compile("Maju$")).click()
    assert page.url.endswith("?langkah=8")
    page.get_by_label("Lompat ke").select_option("2")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.locator(".putar-saat .atas")).to_contain_text("Kejadian 2 dari")
    assert page.get_by_role("button", name="Putar").count() == 0
    events = bodies(site, played)
    assert page.locator("[data-kejadian]").count() == len(events)


def test_the_table_says_who_what_and_where_and_what_was_erased(site: Site, played: str) -> None:
    answer = site.person("auditor").get(f"/audit/{played}?langkah=999")
    shown = text_of(answer)
    events = bodies(site, played)
    assert f"Kejadian {len(events)} dari {len(events)}" in shown
    assert "Nama pelapor" not in answer.get_data(as_text=True) and COMPLAINT["judul"] not in answer.get_data(
        as_text=True
    )
    erased = events[-1]["erased"]
    for seq in erased:
        cells = nodes(answer, f"//tr[@id='kejadian-{seq}']")[0].text_content()
        for name in erased[seq]:
            assert events[int(seq) - 1]["values"][name] in cells, (seq, name)
        assert ERASED in cells
    assert "di luar diagram: Tanggapi aduan → Klasifikasi" in shown
    assert "gambar berganti ke SOP versi 2" in shown and "Ketua Tim Pengaduan (Ketua Tim)" in shown
    rows = [" ".join(each.text_content().split()) for each in nodes(answer, "//tr[@data-kejadian]")]
    standing = Counter(each for each in rows if "Aduan ditutup; tidak ada yang menunggu" in each)
    assert len(standing) == sum(not each["open"] for each in expected(events))


def test_the_same_player_works_in_a_file_that_stands_alone(
    site: Site, played: str, page_at: Callable[..., Page], tmp_path: Path
) -> None:
    built = ROOT / "webapp" / "static" / "dist"
    (main,) = nodes(site.person("auditor").get(f"/audit/{played}?langkah=1"), "//main")
    script, style = (built / "replay.js").read_text("utf-8"), (built / "replay.css").read_text("utf-8")
    assert "</script" not in script
    alone = tmp_path / "putar.html"
    parts = (
        '<!doctype html><meta charset="utf-8">',
        f"<style>{style}</style>",
        html.tostring(main, encoding="unicode"),
    )
    alone.write_text("".join((*parts, f"<script>{script}</script>")), "utf-8")
    page = page_at(1366, offline=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(alone.as_uri())
    expect(page.locator(".putar-gambar[data-siap]")).to_be_visible()
    for seq, said in enumerate(expected(bodies(site, played)), 1):
        check(page, seq, said)
        page.keyboard.press("ArrowRight")
    assert [each for each in asked if not each.startswith(("file:", "data:"))] == []


def test_of_a_long_case_the_player_adds_the_rows_that_the_server_left_out(
    site: Site, page_of: Callable[..., Page]
) -> None:
    number = site.bring_to("terima_aduan")
    task = site.task_path(number).removeprefix("/tugas/")
    for turn in range(110):
        do(site, partial(claim_task, release=bool(turn % 2)), "admin", task)
    events = site.events(number)
    auditor, page = site.person("auditor"), page_of("auditor")
    page.goto(f"/audit/{number}?langkah=105")
    page.wait_for_function("count => document.querySelectorAll('[data-kejadian]').length === count", arg=events)
    made = page.eval_on_selector_all("[data-kejadian]", "rows => rows.map(each => each.textContent)")
    written = nodes(auditor.get(f"/audit/{number}?langkah=1"), "//tr[@data-kejadian]")
    assert len(written) == 100
    folded = [re.sub(r"\s+", "", each.text_content()) for each in written]
    assert [re.sub(r"\s+", "", each) for each in made[:100]] == folded
    expect(page.locator("tr.sorot")).to_have_attribute("data-kejadian", "105")
    expect(page.locator(".putar-bagian")).to_be_hidden()
    parts = nodes(auditor.get(f"/audit/{number}?langkah=105"), "//p[@class='putar-bagian']/a/text()")
    assert parts == ["1–100", f"101–{events}"]


def test_whoever_looked_at_the_case_stands_beside_the_moment_they_saw(site: Site) -> None:
    number = site.bring_to("klasifikasi")
    site.person("pimpinan").get(f"/aduan/{number}")
    answer = site.person("auditor").get(f"/audit/{number}")
    (last,) = nodes(answer, f"//tr[@id='kejadian-{site.events(number)}']")
    assert "dibaca Nama pimpinan, Kepala Dinas: Membuka aduan: halaman aduan" in " ".join(last.text_content().split())


@pytest.mark.parametrize("step", ["", "0", "-1", "abc", "99999999999999999999", "٣", "7' OR 1=1"])
def test_a_strange_step_shows_a_moment_all_the_same(site: Site, played: str, step: str) -> None:
    answer = site.person("auditor").get(f"/audit/{played}", query_string={"langkah": step})
    assert answer.status_code == 200 and "Kejadian" in text_of(answer)


def test_what_was_typed_cannot_leave_the_document(site: Site) -> None:
    trick = "</script><script>alert(1)</script> \u2028 <!-- x"
    number = site.person("pelapor").file(judul=trick, isi=trick)
    page = site.person("auditor").get(f"/audit/{number}")
    (held,) = nodes(page, "//script[@id='putar-dokumen']/text()")
    assert trick in [each["text"] for moment in orjson.loads(str(held))["moments"] for each in moment["values"]]
    assert b"<script>alert" not in page.data
    assert site.person("auditor").get(f"/audit/{number}/kronologi").data.count(b"<script") == 0


def test_the_chronology_is_a_page_and_a_file(site: Site, played: str) -> None:
    auditor = site.person("auditor")
    shown = text_of(auditor.get(f"/audit/{played}/kronologi"))
    events = bodies(site, played)
    assert "Kronologi penanganan aduan" in shown and "Paraf pemeriksa" in shown
    answer = auditor.get(f"/audit/{played}/kronologi.docx")
    assert f"kronologi-{played}.docx" in answer.headers["Content-Disposition"]
    file = docx.Document(io.BytesIO(answer.data))
    head, rows, _ = file.tables
    assert [row.cells[0].text for row in rows.rows][1:] == [str(each["seq"]) for each in events]
    assert played in head.rows[0].cells[1].text
    words = " ".join(cell.text for row in rows.rows for cell in row.cells)
    assert ERASED in words and "Ketua Tim" in words and COMPLAINT["judul"] not in words
    assert round(file.sections[0].page_width.mm) == 210
    for event in events[:3]:
        for digest in (event["values"][name] for name in events[-1]["erased"].get(str(event["seq"]), [])):
            assert digest in words and digest in shown
