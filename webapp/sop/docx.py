"""The SOP as a DOCX file, the same rows and symbols as on the page. Knows no request."""

from __future__ import annotations

import io
from typing import Any

import docx as library
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from engine.process.document import HEADER, Document
from engine.process.document.layout import PAGE, WIDTHS, Layout, layout
from webapp.sop import Issue
from webapp.sop.pictures import strip_png

LEFT = 110.0  # mm of the head's left half
LABEL = 45.0
BESIDE, ABOVE = 1.3, 0.8  # mm between a cell's border and its text


def docx(document: Document, issue: Issue) -> bytes:
    """The file's bytes."""
    file = library.Document()
    _page(file)
    _head(file, document, issue)
    _blocks(file, document)
    title = file.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.page_break_before = True
    title.paragraph_format.space_after = Mm(2)
    _large(title, document.name)
    _steps(file, document, layout(document))
    total = file.add_paragraph("Waktu pelaksanaan seluruhnya: ")
    total.paragraph_format.space_before = Mm(2)
    total.add_run(document.total or "—").bold = True
    if document.notes:
        file.add_paragraph(f"Catatan: {' '.join(document.notes)}")
    if issue.source:
        file.add_paragraph().add_run(issue.source).font.size = Pt(8)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _page(file: Any) -> None:
    section = file.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(10)
    style = file.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)


def _table(file: Any, rows: int, widths: list[float], above: float = ABOVE) -> Table:
    """`above` counts for all cells of a row alike, whatever one of them says for itself."""
    table: Table = file.add_table(rows=rows, cols=len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _insert(table._tblPr, _margins("w:tblCellMar", BESIDE, above), before="w:tblLook")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return table


def _head(file: Any, document: Document, issue: Issue) -> None:
    facts = issue.rows(document.header)
    table = _table(file, len(facts), [LEFT, LABEL, PAGE - LEFT - LABEL])
    for row, (label, text) in zip(table.rows, facts, strict=True):
        row.cells[1].text = label
        row.cells[2].text = text
        if label == "Disahkan oleh":
            row.cells[1].vertical_alignment = row.cells[2].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
            signed = row.cells[2].add_paragraph(issue.approver)
            signed.paragraph_format.space_before = Mm(14)
    office = table.cell(0, 0).merge(table.cell(len(facts) - 1, 0))
    office.text = ""
    name = office.paragraphs[0]
    name.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _large(name, document.header.get("unit_kerja", ""))


def _large(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text.upper())
    run.bold, run.font.size = True, Pt(11)


def _blocks(file: Any, document: Document) -> None:
    # Two tables that touch would become one: what stands between them is as good as nothing.
    between = file.add_paragraph()
    between.paragraph_format.line_spacing = Pt(1)
    table = _table(file, len(HEADER) // 2, [PAGE / 2, PAGE / 2])
    for index, (key, title) in enumerate(HEADER):
        cell = table.cell(index // 2, index % 2)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
        cell.paragraphs[0].add_run(f"{title}:").bold = True
        lines = document.header.get(key, "").splitlines()
        for number, line in enumerate(lines, 1):
            cell.add_paragraph(f"{number}. {line}" if len(lines) > 1 else line)


def _steps(file: Any, document: Document, placed: Layout) -> None:
    count = max(1, len(document.columns))
    widths = [WIDTHS["no"], WIDTHS["uraian"], *[placed.column] * count,
              WIDTHS["kelengkapan"], WIDTHS["waktu"], WIDTHS["output"], WIDTHS["ket"]]  # fmt: skip
    table = _table(file, 2 + len(document.rows), widths, above=0)  # pictures reach from border to border
    _headings(table, document, count)
    for index, row in enumerate(document.rows):
        line = table.rows[index + 2]
        line.height, line.height_rule = Mm(placed.height(index)), WD_ROW_HEIGHT_RULE.EXACTLY
        _stay_whole(line)
        after = 2 + count
        texts = {0: str(row.number), 1: row.text, after: row.requirement, after + 1: row.time, after + 2: row.output,
                 after + 3: row.note}  # fmt: skip
        for column, text in texts.items():
            line.cells[column].text = text
        for column in (0, after + 1):
            line.cells[column].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        _picture(line.cells[2].merge(line.cells[1 + count]), placed, index, document.columns[row.column])


def _headings(table: Table, document: Document, count: int) -> None:
    top, below = table.rows[0], table.rows[1]
    after = 2 + count
    for row in (top, below):
        _stay_whole(row)
        _repeat(row)
    for column, text in ((0, "No"), (1, "Uraian Kegiatan"), (after + 3, "Ket.")):
        _heading(top.cells[column].merge(below.cells[column]), text)
    _heading(top.cells[2].merge(top.cells[1 + count]), "Pelaksana")
    _heading(top.cells[after].merge(top.cells[after + 2]), "Mutu Baku")
    for index, name in enumerate(document.columns):
        _heading(below.cells[2 + index], name, 9 if len(document.columns) < 5 else 7.5)  # long words must not break
    for index, name in enumerate(("Kelengkapan", "Waktu", "Output")):
        _heading(below.cells[after + index], name)


def _heading(cell: _Cell, text: str, size: float = 9) -> None:
    cell.text = ""
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Mm(ABOVE)
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def _picture(cell: _Cell, placed: Layout, row: int, role: str) -> None:
    """A strip of the flow fills its cell to the borders, so that the strips of all rows join."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
    _insert(cell._tc.get_or_add_tcPr(), _margins("w:tcMar", 0, 0), before="w:vAlign")
    for extra in cell.paragraphs[1:]:  # merging leaves one for each cell
        extra._p.getparent().remove(extra._p)
    run = cell.paragraphs[0].add_run()
    run.font.size = Pt(1)  # a line's own height would stand below the picture
    shape = run.add_picture(io.BytesIO(strip_png(placed, row)), Mm(placed.width), Mm(placed.height(row) - 0.2))
    shape._inline.docPr.set("descr", f"Pelaksana: {role}")
    for side in ("distT", "distB", "distL", "distR"):  # without them LibreOffice keeps text 3 mm away
        shape._inline.set(side, "0")


def _insert(properties: Any, node: Any, *, before: str) -> None:
    """The order of properties is fixed."""
    place = properties.find(qn(before))
    properties.append(node) if place is None else place.addprevious(node)


def _margins(name: str, beside: float, above: float) -> Any:
    margins = OxmlElement(name)
    for side, width in (("top", above), ("left", beside), ("bottom", above), ("right", beside)):
        node = OxmlElement(f"w:{side}")
        node.set(qn("w:w"), str(Mm(width).twips))
        node.set(qn("w:type"), "dxa")
        margins.append(node)
    return margins


def _stay_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
