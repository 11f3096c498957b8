"""A form on its way to the page: as the draft has it, or as it was posted, with what a pressed button does to it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from engine.process.form_design import EMPTY, NotShowable, design_of, schema_of
from webapp.form_editor.page import Desk, Sheet, stamp
from webapp.form_editor.rows import MAX_ROWS, act, posted_rows, rows_of
from webapp.form_editor.text import NotJson, read_object, written
from webapp.form_editor.typed import designed

FIELDS, JSON, SAVE, PREVIEW = "isian", "json", "simpan", "pratinjau"
MAX_POST = 2_000_000  # bytes; the largest form that the gate takes is a tenth


def stored_sheet(found: Desk, as_json: bool = False) -> Sheet:
    """The form as the draft has it."""
    schema = found.stored if found.stored is not None else dict(EMPTY)
    sheet = Sheet(found, schema, rev=found.content.rev, stamp=stamp(found.stored))
    return sheet if as_json else _as_fields(sheet, schema)


def _as_fields(sheet: Sheet, schema: dict[str, Any]) -> Sheet:
    """Show a schema as fields; as JSON, with the reason, when it has none that can be told apart."""
    sheet.schema, sheet.base = schema, schema
    try:
        read_object(sheet.base_text)  # the page carries it and must be able to take it back
        sheet.design = design_of(schema)
    except (NotShowable, NotJson) as wrong:
        sheet.told = f"{wrong} Formulir ini hanya dapat diubah sebagai JSON."
        return sheet
    if len(sheet.design.fields) > MAX_ROWS:
        sheet.design = None
        sheet.told = f"Formulir ini memuat lebih dari {MAX_ROWS} isian, jadi hanya dapat diubah sebagai JSON."
        return sheet
    sheet.rows = rows_of(sheet.design, sheet.desk.fixed)
    sheet.typed = {"judul_formulir": sheet.design.title, "petunjuk": sheet.design.description}
    return sheet


def posted_sheet(found: Desk, action: str) -> Sheet:
    """The page as it was sent. Raises RequestEntityTooLarge."""
    if (request.content_length or 0) > MAX_POST:
        raise RequestEntityTooLarge
    sheet = Sheet(found, dict(EMPTY), rev=_number("rev"), stamp=request.form.get("sidik", "")[:16], unsaved=True)
    if request.form.get("tampilan") == JSON:
        return _posted_json(sheet, action)
    base = _posted_base(found)
    sheet.base = dict(EMPTY) if base is None else base
    sheet.rows, sent = posted_rows(list(request.form.lists()))
    for row in sheet.rows:
        row.fixed = row.texts.get("asal", "") in found.fixed
    sheet.told = act(sheet.rows, action)
    sheet.typed = {name: clean(request.form.get(name, "")) for name in ("judul_formulir", "petunjuk")}
    sheet.design = designed(sheet.rows, sheet.typed["judul_formulir"], sheet.typed["petunjuk"], sheet.base)
    sheet.schema = schema_of(sheet.design)
    wrong = [row for row in sheet.rows if row.errors]
    for row in wrong:
        row.open = True
    if action in (SAVE, JSON, PREVIEW):
        sheet.problems = [f"{row.title}: {told}" for row in wrong for told in row.errors.values()]
    if base is None:
        sheet.problems.append("Halaman ini tidak terkirim lengkap. Buka lagi formulirnya.")
    if sent > MAX_ROWS:
        sheet.problems.append(f"Kiriman memuat {sent} isian; yang diterima paling banyak {MAX_ROWS}.")
    if action == JSON and not sheet.problems:
        sheet.design, sheet.text = None, written(sheet.schema)
    return sheet


def _posted_base(found: Desk) -> dict[str, Any] | None:
    """The schema that the page's rows began from. Whatever else was sent in its place counts as none."""
    for text in (request.form.get("dasar", ""), written(found.stored if found.stored is not None else EMPTY)):
        try:
            base = read_object(text)
            design_of(base)
        except (NotJson, NotShowable):
            continue
        return base
    return None


def _posted_json(sheet: Sheet, action: str) -> Sheet:
    text = request.form.get("json", "").replace("\r\n", "\n")
    sheet.text = text
    try:
        sheet.schema = read_object(text)
    except NotJson as wrong:
        sheet.schema = sheet.desk.stored if sheet.desk.stored is not None else dict(EMPTY)
        sheet.problems, sheet.line = [str(wrong)], wrong.line
        return sheet
    if action == FIELDS:
        _as_fields(sheet, sheet.schema)
        sheet.problems = [sheet.told] if sheet.design is None else []
        sheet.told = ""
    return sheet


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def clean(text: str) -> str:
    """Without letters that no page shows."""
    return "".join(each for each in text.replace("\r\n", "\n") if each == "\n" or each.isprintable())
