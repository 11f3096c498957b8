"""Follow a complaint and read its answer: lists, the page of a case, its receipt and files."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, send_file

from engine.errors import NotFound
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import own_cases, seen_cases, sight
from engine.queries.proofs import receipt as receipt_text
from engine.store.database import snapshot
from engine.store.files import path_of
from engine.store.models import Attachment
from webapp.access import anyone_logged_in, needs, sees_cases
from webapp.case_page import case_page
from webapp.context import actor, database, engine, now, page_number, rights, settings
from webapp.reading import record_read

blueprint = Blueprint("complaints", __name__)


@blueprint.get("/aduan")
@needs(anyone_logged_in)
def mine() -> str:
    """Own cases; for staff the cases their role sees."""
    page, number, state = page_number(request.args), request.args.get("q", ""), request.args.get("keadaan", "")
    by_role = sees_cases(actor(), rights())
    with database() as session:
        if by_role:
            rows, more = seen_cases(session, actor(), now=now(), number=number, state=state, page=page)
            if number.strip():
                record_read("list_searched", words=number.strip(), page="aduan", found=len(rows))
        else:
            rows, more = own_cases(session, actor(), now=now(), page=page)
    return render_template(
        "complaints/daftar.html", rows=rows, more=more, page=page, q=number, keadaan=state, by_role=by_role
    )


@blueprint.get("/aduan/<nomor>")
@needs(anyone_logged_in)
def show(nomor: str) -> str:
    """One case: status, steps, diagram, and what this person may read of it."""
    return case_page(nomor)


@blueprint.get("/aduan/<nomor>/tanda-terima")
@needs(anyone_logged_in)
def receipt(nomor: str) -> Response:
    """The receipt: words, and the signed proof of how far the history has come."""
    with snapshot(engine()) as session:
        seen = sight(session, actor(), nomor)
        text = receipt_text(session, seen.case, settings().office_name)
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="tanda-terima-{seen.case.number}.txt"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/aduan/<nomor>/lampiran/<file_id>")
@needs(anyone_logged_in)
def attachment(nomor: str, file_id: str) -> Response:
    """A file, for those who may read the value it stands in."""
    with database() as session:
        seen = sight(session, actor(), nomor)
        timeline = case_timeline(session, actor(), seen)
        readable = {
            file.id for step in timeline.steps + timeline.received for each in step.recorded for file in each.files
        }
        row = session.get(Attachment, file_id) if file_id in readable else None
    if row is None or row.case_id != seen.case.id:
        raise NotFound
    path = path_of(settings().files, row.id)
    if not path.is_file():
        raise NotFound
    if actor().account_id != seen.case.reporter_id:
        record_read("file_downloaded", seen.case, file=row.id)
    response = send_file(
        path, mimetype=row.media_type, as_attachment=True, download_name=row.name, etag=row.stored_sha256
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
