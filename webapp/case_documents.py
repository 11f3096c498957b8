"""Documents that service tasks made: read, printed, taken along as DOCX. What is in them the history says."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx as library
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from flask import Blueprint, Response, render_template

from engine.queries.case_services import CaseDocument, case_document
from engine.queries.cases import sight
from webapp.access import anyone_logged_in, needs
from webapp.context import actor, database
from webapp.reading import record_read

blueprint = Blueprint("case_documents", __name__)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/aduan/<nomor>/dokumen/<int:seq>/<name>")
@needs(anyone_logged_in)
def show(nomor: str, seq: int, name: str) -> str:
    """One document, to be read and printed."""
    with database() as session:
        seen = sight(session, actor(), nomor)
        document = case_document(session, actor(), seen, seq, name)
    if actor().account_id != seen.case.reporter_id:
        record_read("case_read", seen.case, page="dokumen", document=f"{seq}/{name}", identity=False)
    return render_template("complaints/dokumen.html", case=seen.case, document=document, seq=seq, name=name)


@blueprint.get("/aduan/<nomor>/dokumen/<int:seq>/<name>/docx")
@needs(anyone_logged_in)
def download(nomor: str, seq: int, name: str) -> Response:
    """The same as a DOCX file."""
    with database() as session:
        seen = sight(session, actor(), nomor)
        document = case_document(session, actor(), seen, seq, name)
    if actor().account_id != seen.case.reporter_id:
        record_read("file_downloaded", seen.case, document=f"{seq}/{name}")
    response = Response(docx(document), mimetype=DOCX)
    response.headers["Content-Disposition"] = f'attachment; filename="dokumen-{seen.case.number}-{seq}.docx"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def docx(document: CaseDocument) -> bytes:
    """The file's bytes: a title and its paragraphs on A4."""
    file = library.Document()
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    style = file.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(11)
    title = file.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(_clean(document.title)).bold = True
    for text in document.paragraphs:
        file.add_paragraph(_clean(text))
    made: datetime = document.at.astimezone(UTC).replace(tzinfo=None)
    file.core_properties.created = file.core_properties.modified = made
    file.core_properties.author, file.core_properties.title = "", _clean(document.title)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _clean(text: str) -> str:
    """Without control characters, which XML cannot hold."""
    return "".join(sign for sign in text if sign.isprintable())
