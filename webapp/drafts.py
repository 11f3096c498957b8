"""Drafts of the SOP for Pemilik Proses: the editor and what it asks of the server while one draws."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from engine.commands import drafts as commands
from engine.errors import NotFound, Rejected
from engine.process.diagram import MAX_BYTES, DiagramError, read
from engine.process.gate import Finding, check
from engine.process.gate.findings import error
from engine.process.gate.typed import KINDS, typed
from engine.queries.drafts import others_present, revisions
from engine.store.deployments import Deployed, latest_deployed
from engine.store.drafts import DraftContent, draft, drafts
from engine.store.models import Appointment
from webapp.access import needs, process_owner, staff
from webapp.context import actor, database, now
from webapp.ready_diagrams import ready_content, ready_diagrams
from webapp.security import POLICY

blueprint = Blueprint("drafts", __name__)
MAX_JSON = 8 * MAX_BYTES  # bytes of a post: a diagram of 1 MB, escaped, with its forms
MAX_REV = 2**31 - 1
REASONS = {
    "mulai": "Draf dimulai", "otomatis": "Tersimpan otomatis", "impor": "Berkas diimpor",
    "pulih": "Dikembalikan dari riwayat", "formulir": "Formulir diubah",
}  # fmt: skip
# bpmn-js writes the colour and place of what it draws into style attributes; nothing else is let in.
_EDITOR_POLICY = f"{POLICY}; style-src-attr 'unsafe-inline'"


@blueprint.get("/proses/<process_id>")
@needs(staff)
def editor(process_id: str) -> AnyResponse:
    """The editor for Pemilik Proses, with the newest open draft or the one of `?draf=`; others see what is in force."""
    with database() as session:
        version = latest_deployed(session, process_id)
        if not process_owner(actor(), {}):
            return redirect(url_for("processes.show", process_id=process_id, number=version.number), code=303)
        chosen = _chosen(session, process_id)
        shown = None if chosen is None else draft(session, process_id, chosen)
        source = _source(version) if shown is None else {"xml": shown.xml.decode(), "forms": shown.forms}
        page = render_template(
            "processes/editor.html", process_id=process_id, process_name=version.diagram.name, version=version,
            draft=shown.draft if shown else None, source=source,
        )  # fmt: skip
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _EDITOR_POLICY
    return response


def _chosen(session: Session, process_id: str) -> int | None:
    wanted = request.args.get("draf", "")
    if wanted:
        if not (wanted.isdecimal() and len(wanted) < 19):
            raise NotFound
        return int(wanted)
    newest = drafts(session, process_id)
    return newest[0].id if newest and "baru" not in request.args else None


def _source(version: Deployed) -> dict[str, Any]:
    return {"xml": version.xml.decode(), "forms": {key: form.schema for key, form in version.forms.items()}}


@blueprint.post("/proses/<process_id>/draf")
@needs(process_owner)
def begin(process_id: str) -> AnyResponse:
    """A new draft: from what was drawn (JSON), a file, what lies ready, a version. Raises NotFound, Rejected.

    With `tujuan=usul` it goes before a second person as it is: an earlier version is to be in force again.
    """
    if request.is_json:
        body = _body()
        with database() as session:
            made = commands.begin_draft(
                session, actor(), process_id, now=now(), xml=_xml(body), forms=_forms(body), number=None
            )
        address = url_for("drafts.editor", process_id=process_id, draf=made)
        return make_response(jsonify(draft=made, rev=1, url=address), 201)
    file, number = request.files.get("berkas"), request.form.get("versi", "")
    imported = file.stream.read(MAX_BYTES + 1) if file is not None and file.filename else None
    forms = None
    if "siap" in request.form:
        ready = ready_diagrams(process_id).get(request.form["siap"])
        if ready is None:
            raise NotFound
        imported, forms = ready_content(ready)
    with database() as session:
        made = commands.begin_draft(
            session, actor(), process_id, now=now(), xml=imported, forms=forms, reason="impor" if imported else "mulai",
            number=int(number) if number.isdecimal() and len(number) < 10 else None,
        )  # fmt: skip
    if request.form.get("tujuan") == "usul":
        return redirect(url_for("proposals.ask", process_id=process_id, draft_id=made, dari=number), code=303)
    return redirect(url_for("drafts.editor", process_id=process_id, draf=made), code=303)


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/isi")
@needs(process_owner)
def content(process_id: str, draft_id: int) -> AnyResponse:
    """A draft as it was last saved."""
    found = _draft(process_id, draft_id)
    return jsonify(draft=found.id, rev=found.rev, xml=found.xml.decode(), forms=found.forms)


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/diagram.bpmn")
@needs(process_owner)
def download(process_id: str, draft_id: int) -> Response:
    """The diagram of a draft (or of its revision `?rev=`) as a file."""
    wanted = request.args.get("rev", "")
    with database() as session:
        found = draft(session, process_id, draft_id, int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None)
    response = Response(found.xml, mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{process_id}-draf-{draft_id}.bpmn"'
    return response


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/simpan")
@needs(process_owner)
def save(process_id: str, draft_id: int) -> AnyResponse:
    """Save what was drawn over revision `rev`. Raises Conflict when someone else saved in between, Rejected."""
    body = _body()
    with database() as session:
        rev = commands.save_draft(
            session, actor(), process_id, draft_id, _number(body, "rev"), now=now(), xml=_xml(body), forms=_forms(body),
            reason=commands.IMPORTED if body.get("impor") is True else commands.AUTOMATIC,
        )  # fmt: skip
        return jsonify(rev=rev, at=now().isoformat(), others=_present(session, draft_id, body))


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/hadir")
@needs(process_owner)
def present(process_id: str, draft_id: int) -> AnyResponse:
    """Say that this tab still has the draft open; answers who else has, and the newest revision."""
    body = _body()
    with database() as session:
        found = draft(session, process_id, draft_id).draft
        return jsonify(rev=found.rev, by=found.changed_by, others=_present(session, draft_id, body))


@blueprint.post("/proses/<process_id>/periksa")
@needs(process_owner)
def findings(process_id: str) -> AnyResponse:
    """What the gate says to a diagram and its forms, as they are drawn right now."""
    body = _body()
    with database() as session:
        found = draft_findings(session, process_id, (_xml(body) or b""), _forms(body) or {})
    return jsonify(findings=[asdict(each) for each in found])


def draft_findings(session: Session, process_id: str, xml: bytes, forms: dict[str, Any]) -> list[Finding]:
    """The gate's findings, with the roles that people hold, and whether this is still the same process."""
    held = frozenset(session.scalars(select(Appointment.role).distinct()))
    found = check(xml, forms, held or None)
    try:
        drawn = read(xml).process_id
    except DiagramError:
        return found
    if drawn != process_id:
        found.insert(0, error(f"Kode proses harus tetap «{process_id}»; dalam gambar ini tertulis «{drawn}».", drawn))
    return found


@blueprint.post("/proses/<process_id>/ekspresi")
@needs(process_owner)
def expression(process_id: str) -> AnyResponse:  # noqa: ARG001  # the language is the same for every process
    """Whether a condition, a script or a timer's time can be read, while it is typed; by `kind`."""
    body = _body()
    text, kind = body.get("text"), body.get("kind")
    if not isinstance(text, str) or kind not in KINDS:
        raise Rejected({"text": "Ungkapan harus berupa teks."}, "Ungkapan harus berupa teks, dengan kegunaannya.")
    message, names = typed(text, kind)
    return jsonify(message=message, names=names)


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/riwayat")
@needs(process_owner)
def history(process_id: str, draft_id: int) -> str:
    """The revisions that are kept of a draft."""
    with database() as session:
        found = draft(session, process_id, draft_id)
        return render_template(
            "processes/riwayat_draf.html", process_id=process_id, draft=found.draft, reasons=REASONS,
            revisions=revisions(session, draft_id),
        )  # fmt: skip


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/pulihkan")
@needs(process_owner)
def restore(process_id: str, draft_id: int) -> AnyResponse:
    """Bring an earlier revision back as the newest one. Raises Conflict, NotFound."""
    earlier, newest = (request.form.get(name, "") for name in ("lama", "rev"))
    if not all(each.isdecimal() and len(each) < 10 for each in (earlier, newest)):
        raise NotFound
    with database() as session:
        commands.restore_revision(session, actor(), process_id, draft_id, int(earlier), int(newest), now=now())
    flash("Draf dikembalikan ke simpanan itu. Yang sesudahnya tetap ada dalam riwayat.", "sukses")
    return redirect(url_for("drafts.editor", process_id=process_id, draf=draft_id), code=303)


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/buang")
@needs(process_owner)
def discard(process_id: str, draft_id: int) -> AnyResponse:
    """Put a draft away."""
    with database() as session:
        commands.discard_draft(session, actor(), process_id, draft_id, now=now())
    flash(f"Draf {draft_id} dibuang. Riwayatnya masih dapat dibuka dari daftar draf.", "sukses")
    return redirect(url_for("processes.index"), code=303)


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/ambil-lagi")
@needs(process_owner)
def reopen(process_id: str, draft_id: int) -> AnyResponse:
    """Take a discarded draft up again."""
    with database() as session:
        commands.reopen_draft(session, actor(), process_id, draft_id, now=now())
    return redirect(url_for("drafts.editor", process_id=process_id, draf=draft_id), code=303)


def _draft(process_id: str, draft_id: int) -> DraftContent:
    with database() as session:
        return draft(session, process_id, draft_id)


def _present(session: Session, draft_id: int, body: dict[str, Any]) -> list[dict[str, Any]]:
    tab = body.get("tab")
    if isinstance(tab, str) and tab.isalnum() and len(tab) <= 16:
        commands.note_presence(session, actor(), draft_id, tab, now=now())
    others = others_present(session, draft_id, actor().account_id, now())
    return [{"name": each.name, "at": each.since.isoformat()} for each in others]


def _body() -> dict[str, Any]:
    """The post's JSON object. Raises Rejected for anything else, RequestEntityTooLarge."""
    request.max_content_length = MAX_JSON
    data = request.get_data(cache=False)
    if len(data) > MAX_JSON:
        raise RequestEntityTooLarge
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Rejected({}, "Kiriman ini bukan objek JSON.")
    return body


def _number(body: dict[str, Any], name: str) -> int:
    found = body.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found <= MAX_REV:
        raise Rejected({name: "Bukan bilangan."}, f"«{name}» harus berupa bilangan bulat.")
    return found


def _xml(body: dict[str, Any]) -> bytes | None:
    found = body.get("xml")
    if found is not None and not isinstance(found, str):
        raise Rejected({"xml": "Bukan teks."}, "Diagram harus dikirim sebagai teks.")
    return found.encode() if found is not None else None


def _forms(body: dict[str, Any]) -> dict[str, Any] | None:
    found = body.get("forms")
    if found is not None and not isinstance(found, dict):
        raise Rejected({"forms": "Bukan objek."}, "Formulir harus dikirim sebagai objek JSON.")
    return found
