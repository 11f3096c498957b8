"""Cases as a workbook, row by row to disk. Every cell is a text or a number, never a formula or a link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from engine.export.columns import TITLES, rows_of
from engine.export.steps import Case

ROWS = 1_048_575  # of a sheet, without the head
WIDTHS = (18, 10, 28, 34, 18, 11, 20, 34, 18, 24, 9, 14, 11, 10, 60)


def write_xlsx(cases: Iterable[Case], path: Path) -> int:
    """Write the workbook; returns how many rows. More rows than a sheet holds go on in another."""
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False, "tmpdir": str(path.parent)}  # fmt: skip
    with Workbook(str(path), plain) as book:
        count, rows = 0, chain.from_iterable(map(rows_of, cases))
        while (written := _sheet(book, rows)) or not count:
            count += written
            if written < ROWS:
                break
    return count


def _sheet(book: Workbook, rows: Iterator[list[str | int]]) -> int:
    sheet: Worksheet = book.add_worksheet()
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for place, title in enumerate(TITLES):
        sheet.write_string(0, place, title, bold)
    count = 0
    while count < ROWS and (row := next(rows, None)) is not None:
        count += 1
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(count, place, cell)
            elif cell:
                sheet.write_string(count, place, cell)
    return count
