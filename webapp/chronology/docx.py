"""The chronology as a DOCX file on A4 upright, with room for a paraf. Knows no request."""

from __future__ import annotations

import io
from typing import Any

import docx as library
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell

from webapp.chronology import Chronology, Row

WIDTHS = (11.0, 28.0, 95.0, 46.0)  # mm: number, time, event, person
HEADINGS = ("No", "Waktu (WIB)", "Kejadian", "Pelaksana")
_FAINT = RGBColor(0x44, 0x44, 0x44)


def docx(document: Chronology, office: str, title: str, name: str) -> bytes:
    """The file's bytes. `title` and `name` stand under the place for the signature."""
    file = library.Document()
    _page(file)
    for text, size in ((office.upper(), 11), (document.title.upper(), 13)):
        line = file.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = line.add_run(_clean(text))
        run.bold, run.font.size = True, Pt(size)
    _head(file, document)
    _rows(file, document)
    file.add_paragraph()
    file.add_paragraph(document.note)
    _signature(file, document, title, name)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _page(file: Any) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin, section.bottom_margin = Mm(16), Mm(18)
    style = file.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(10)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)


def _table(file: Any, rows: int, widths: tuple[float, ...], style: str) -> Table:
    table: Table = file.add_table(rows=rows, cols=len(widths))
    table.style = style
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _head(file: Any, document: Chronology) -> None:
    file.add_paragraph()
    table = _table(file, len(document.head), (42.0, 138.0), "Normal Table")
    for row, (label, text) in zip(table.rows, document.head, strict=True):
        _write(row.cells[0], label)
        _write(row.cells[1], f": {text}")
    file.add_paragraph()


def _rows(file: Any, document: Chronology) -> None:
    table = _table(file, 1 + len(document.rows), WIDTHS, "Table Grid")
    top, *rows = table.rows
    for cell, text in zip(top.cells, HEADINGS, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    top._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for line, row in zip(rows, document.rows, strict=True):
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        _row(line.cells, row)


def _row(cells: Any, row: Row) -> None:
    number, when, what, who = cells
    _write(number, str(row.number))
    _write(when, row.when)
    what.paragraphs[0].add_run(_clean(row.what)).bold = True
    for each in row.lines:
        line = what.add_paragraph()
        line.add_run(f"{_clean(each.label)}: ").font.color.rgb = _FAINT
        line.add_run(_clean(each.text))
    _write(who, row.who)
    if row.title:
        who.add_paragraph().add_run(_clean(row.title)).font.color.rgb = _FAINT


def _signature(file: Any, document: Chronology, title: str, name: str) -> None:
    file.add_paragraph()
    table = _table(file, 1, (50.0, 60.0, 70.0), "Normal Table")
    left, _, right = table.rows[0].cells
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _write(left, "Paraf pemeriksa:\n\n\n\n\n................................")
    right.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    right.paragraphs[0].add_run(_clean(f"{document.place}\n{title}\n\n\n\n\n{name}"))


def _write(cell: _Cell, text: str) -> None:
    cell.paragraphs[0].add_run(_clean(text))


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold: people paste them."""
    return "".join(each for each in text if each in "\n\t" or ord(each) >= 32 and each not in "\ufffe\uffff")  # noqa: RUF021
