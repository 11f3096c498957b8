"""The printed SOP: the rows, words and symbols of the office's own document, read off the diagram."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx as library
import pytest
from lxml import etree, html
from playwright.sync_api import Page

from engine.process.diagram import read
from engine.process.document import Document, document
from engine.process.document.layout import PAGE, Layout, layout
from engine.process.document.svg import strip
from tests.engine.served import served_sop
from tests.process.drawing import SOP, boundary, draw, end, exclusive, sop_with, user
from webapp.sop import Issue
from webapp.sop.docx import docx
from webapp.sop.page import page

TABLE = json.loads((Path(__file__).parents[1] / "data" / "sop_tabel.json").read_text(encoding="utf-8"))
DIAGRAMS = sorted((Path(__file__).parents[1] / "replay" / "diagrams").glob("*/*.bpmn"))


@pytest.fixture(scope="module")
def printed() -> Document:
    return document(read(SOP.encode()))


def test_the_table_is_the_sops_own_row_for_row(printed: Document) -> None:
    rows = [
        {"no": each.number, "uraian": each.text, "peran": printed.columns[each.column], "kelengkapan": each.requirement,
         "waktu": each.time, "output": each.output, "ket": each.note}
        for each in printed.rows
    ]  # fmt: skip
    assert rows == TABLE["baris"]
    assert {key: printed.header.get(key, "") for key in TABLE["kepala"]} == TABLE["kepala"]


def test_symbols_and_ways_are_those_of_the_flow(printed: Document) -> None:
    assert [each.symbol for each in printed.rows] == [
        "terminator", "process", "decision", "process", "process", "process", "terminator",
    ]  # fmt: skip
    ways = {(each.source + 1, each.target + 1, each.label) for each in printed.ways}
    assert ways == {(1, 2, ""), (2, 3, ""), (3, 4, "Pengaduan"), (3, 6, "Permintaan informasi"), (4, 5, ""),
                    (5, 6, ""), (6, 7, "")}  # fmt: skip
    assert printed.notes == ("Terima jawaban: 10 hari kerja tanpa konfirmasi (Ditutup otomatis).",)


def test_a_timer_that_leads_to_another_step_is_a_way_of_its_own() -> None:
    xml = draw([user("a"), boundary("batas", "a"), user("b"), end()], "mulai>isi>a>selesai; batas>b>selesai")
    ways = document(read(xml)).ways
    assert [(each.source, each.target) for each in ways if each.interrupts] == [(1, 2)]


def test_a_loop_leads_back() -> None:
    xml = draw([user("p", "putus"), exclusive("g", "g_selesai"), end()], "mulai>isi>p>g>selesai; g>isi: putusan == 'x'")
    assert (1, 0) in {(each.source, each.target) for each in document(read(xml)).ways}


@pytest.mark.parametrize("path", [None, *DIAGRAMS], ids=lambda path: path.stem if path else "sop")
def test_every_symbol_stands_in_the_column_of_its_role_and_lines_run_along_the_axes(path: Path | None) -> None:
    shown = document(read(path.read_bytes() if path else SOP.encode()))
    placed: Layout = layout(shown)
    for row, shape in zip(shown.rows, placed.shapes, strict=True):
        assert row.column * placed.column < shape.x - shape.width / 2
        assert shape.x + shape.width / 2 < (row.column + 1) * placed.column
        assert placed.tops[row.number - 1] < shape.y - shape.height / 2
        assert shape.y + shape.height / 2 < placed.tops[row.number]
    for line in placed.lines:
        for (x0, y0), (x1, y1) in pairwise(line.points):
            assert abs(x0 - x1) < 1e-6 or abs(y0 - y1) < 1e-6
            assert 0 <= x1 <= placed.width
    for index in range(len(shown.rows)):
        etree.fromstring(strip(placed, index))


def test_the_file_holds_the_same_rows_and_a_picture_in_each(printed: Document) -> None:
    file = library.Document(io.BytesIO(docx(printed, Issue())))
    table = file.tables[2]
    assert [each.cells[0].text for each in table.rows[2:]] == [str(row["no"]) for row in TABLE["baris"]]
    assert [each.cells[1].text for each in table.rows[2:]] == [row["uraian"] for row in TABLE["baris"]]
    assert [each.cells[-3].text for each in table.rows[2:]] == [row["waktu"] for row in TABLE["baris"]]
    described = [each.get("descr") for each in file.element.body.iter("{*}docPr")]
    assert described == [f"Pelaksana: {row['peran']}" for row in TABLE["baris"]]
    pictures = list(file.element.body.iter("{*}inline"))
    assert {each.get(side) for each in pictures for side in ("distT", "distB", "distL", "distR")} == {"0"}  # no gaps
    properties = [[etree.QName(each).localname for each in cell] for cell in file.element.body.iter("{*}tcPr")]
    order = ("tcW", "gridSpan", "vMerge", "tcMar", "vAlign")  # another one is no valid file
    assert all(sorted(each, key=order.index) == each for each in properties)
    section = file.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)


def test_what_is_typed_is_not_markup() -> None:
    wild = SOP.replace('value="Form Pengaduan"', 'value="&lt;script&gt;alert(1)&lt;/script&gt;"')
    wild = wild.replace('name="Permintaan informasi"', 'name="&lt;b&gt;&amp;"')
    shown = html.fromstring(page(document(read(wild.encode())), Issue()))
    assert shown.xpath("//script | //b") == []
    assert "<script>alert(1)</script>" in str(shown.xpath("string()"))


@pytest.mark.parametrize(("name", "rows", "pages"), [("aduan", 7, 2), ("aduan_lengkap", 13, 3)])
def test_in_a_browser_it_fits_a4_and_no_row_outgrows_its_strip(
    name: str, rows: int, pages: int, page_at: Callable[..., Page]
) -> None:
    paper = page_at(1366)
    drawn = (Path(__file__).parents[2] / "process" / f"{name}.bpmn").read_bytes()
    printed_from = Issue(2, source="Dicetak dari versi 2, diusulkan A, disetujui B. Sidik 0123456789ab.")
    paper.set_content(page(document(read(drawn)), printed_from))
    heights = paper.evaluate(
        "() => [...document.querySelectorAll('.langkah tbody tr')].map((row) => "
        "[row.getBoundingClientRect().height, row.querySelector('svg').getBoundingClientRect().height])"
    )
    assert len(heights) == rows
    assert all(abs(row - picture) < 3 for row, picture in heights), heights
    millimetre = 96 / 25.4
    assert paper.evaluate("document.querySelector('.langkah').offsetWidth") <= PAGE * millimetre + 2
    assert paper.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == pages


def test_what_the_system_does_between_two_steps_is_noted_and_changes_no_symbol():
    plain, served = document(read(sop_with())), document(read(served_sop()))
    assert served.rows == plain.rows and served.ways == plain.ways
    assert served.notes[-4:] == (
        "tentukan: diputuskan menurut tabel keputusan.",
        "beritahu: pemberitahuan otomatis kepada Admin.",
        "surat: dokumen yang dibuat otomatis.",
        "kabari: pemberitahuan otomatis kepada pelapor.",
    )
