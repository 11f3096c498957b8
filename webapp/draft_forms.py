"""The forms of a draft for Pemilik Proses: listed, made, doubled, changed field by field or as JSON, previewed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.drafts import FORMS, save_draft
from engine.errors import Conflict, NotFound, Rejected
from engine.process.form_design import EMPTY, name_from, unique
from engine.queries.drafts import revisions
from engine.store.drafts import draft
from webapp.access import needs, process_owner
from webapp.context import actor, database, now
from webapp.drafts import draft_findings
from webapp.form_editor.findings import About, about_form, diagram_of, label_map, users_of
from webapp.form_editor.page import Sheet, desk, field_names, stamp
from webapp.form_editor.sheets import JSON, PREVIEW, SAVE, clean, posted_sheet, stored_sheet
from webapp.text import time_text

blueprint = Blueprint("draft_forms", __name__)
MAX_FORMS = 200


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/formulir")
@needs(process_owner)
def index(process_id: str, draft_id: int) -> AnyResponse:
    """The forms of a draft: where each is used, how many fields it has, what the gate says about it."""
    return _index(process_id, draft_id)


def _index(process_id: str, draft_id: int, refused: str = "", typed: str = "", code: int = 200) -> AnyResponse:
    with database() as session:
        found = draft(session, process_id, draft_id)
        findings = draft_findings(session, process_id, found.xml, found.forms)
    diagram = diagram_of(found.xml)
    users = users_of(diagram)
    order = {key: place for place, key in enumerate(users)}
    forms = []
    for key, schema in sorted(found.forms.items(), key=lambda each: order.get(each[0], len(order))):
        labels = label_map(schema)
        about: About = about_form(key, set(labels), labels, diagram, findings)
        forms.append((key, str(schema.get("title") or key), users.get(key, []), len(field_names(schema)), about))
    shown = render_template(
        "processes/formulir.html", process_id=process_id, draft=found.draft, rev=found.rev, forms=forms,
        missing={key: steps for key, steps in users.items() if key not in found.forms},
        removable=diagram is not None, refused=refused, typed=typed,
    )  # fmt: skip
    return make_response(shown, code)


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/formulir")
@needs(process_owner)
def change_list(process_id: str, draft_id: int) -> AnyResponse:
    """Make a form, double one, or take away one that no step uses. Raises Conflict."""
    verb, _, key = request.form.get("aksi", "").partition(":")
    title = clean(request.form.get("judul", ""))[:150].strip()
    with database() as session:
        found = draft(session, process_id, draft_id)
        forms = dict(found.forms)
        used = users_of(diagram_of(found.xml))
        refused, made = _changed(forms, verb, key, title, used if diagram_of(found.xml) is not None else None)
        if not refused:
            save_draft(session, actor(), process_id, draft_id, found.rev, now=now(), forms=forms, reason=FORMS)
    if refused:
        return _index(process_id, draft_id, refused, title, 422)
    if made:
        return redirect(_address(process_id, draft_id, made), code=303)
    flash("Formulir dihapus dari draf. Simpanan sebelumnya masih ada dalam riwayat draf.", "sukses")
    return redirect(url_for(".index", process_id=process_id, draft_id=draft_id), code=303)


def _changed(
    forms: dict[str, Any], verb: str, key: str, title: str, used: dict[str, list[str]] | None
) -> tuple[str, str]:
    """Change `forms`; returns why not, and the key of a new one."""
    if verb == "hapus" and key in forms:
        if used is None:
            return "Gambar draf ini belum dapat dibaca, jadi belum diketahui formulir mana yang dipakai.", ""
        if key in used:
            return f"Formulir ini dipakai langkah {', '.join(used[key])}. Lepaskan dahulu dari langkah itu.", ""
        del forms[key]
        return "", ""
    if len(forms) >= MAX_FORMS:
        return f"Satu draf memuat paling banyak {MAX_FORMS} formulir.", ""
    if verb == "ganda" and key in forms:
        made = unique(f"{key}_salinan", forms)
        forms[made] = {**forms[key], "title": f"{forms[key].get('title') or key} (salinan)"}
        return "", made
    if verb == "lengkapi" and used is not None and key in used and key not in forms:
        forms[key] = {**EMPTY, "title": used[key][0]}
        return "", key
    if verb != "baru":
        return "Tindakan itu tidak dikenal. Muat ulang halaman ini.", ""
    if not title:
        return "Tulis judul formulir baru.", ""
    made = name_from(title, forms, "formulir")
    forms[made] = {**EMPTY, "title": title}
    return "", made


def _address(process_id: str, draft_id: int, key: str, view: str | None = None) -> str:
    return url_for(".edit", process_id=process_id, draft_id=draft_id, key=key, tampilan=view)


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/formulir/<key>")
@needs(process_owner)
def edit(process_id: str, draft_id: int, key: str) -> AnyResponse:
    """One form, field by field; `?tampilan=json` as JSON."""
    with database() as session:
        found = desk(session, process_id, draft_id, key)
        if found.stored is None:
            raise NotFound
        return _page(session, stored_sheet(found, as_json=request.args.get("tampilan") == JSON))


def _page(session: Session, sheet: Sheet, code: int = 200) -> AnyResponse:
    template = "processes/formulir_json.html" if sheet.design is None else "processes/formulir_isian.html"
    return make_response(render_template(template, **sheet.context(session)), code)


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/formulir/<key>")
@needs(process_owner)
def change(process_id: str, draft_id: int, key: str) -> AnyResponse:
    """What a button of the page asks for. Everything typed comes back; only "Simpan" changes the draft."""
    action = request.form.get("aksi", SAVE)
    with database() as session:
        sheet = posted_sheet(desk(session, process_id, draft_id, key), action)
        if sheet.problems or action != SAVE:
            return _page(session, sheet, 422 if sheet.problems else 200)
    try:
        with database() as session:
            _save(session, sheet)
    except Conflict as error:
        with database() as session:
            return _overtaken(session, process_id, draft_id, sheet, error)
    except Rejected as error:
        sheet.problems = [error.message]
        with database() as session:
            return _page(session, sheet, 422)
    flash("Formulir disimpan dalam draf.", "sukses")
    return redirect(_address(process_id, draft_id, key, JSON if sheet.design is None else None), code=303)


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/formulir/<key>/pratinjau")
@needs(process_owner)
def preview(process_id: str, draft_id: int, key: str) -> Response:
    """The form as typed right now: how staff would see it, and what the gate says."""
    with database() as session:
        sheet = posted_sheet(desk(session, process_id, draft_id, key), PREVIEW)
        return jsonify(
            pratinjau=sheet.preview,
            temuan=sheet.findings(session),
            baris={str(row.number): {"kunci": row.name, "pesan": {**row.notes, **row.errors}} for row in sheet.rows},
            tampil=sheet.conditions,
            tergantung={str(row.number): sheet.parents(row) for row in sheet.rows},
        )


def _save(session: Session, sheet: Sheet) -> None:
    """Over the newest revision, unless this very form was changed meanwhile. Raises Conflict, Rejected, NotFound."""
    found = sheet.desk.content
    newest = draft(session, found.process_id, found.id)
    key = sheet.desk.key
    if newest.rev != sheet.rev and stamp(newest.forms.get(key)) != sheet.stamp:
        by, at = _last_change(session, newest.process_id, newest.id, key)
        raise Conflict(f"{by} sudah menyimpan formulir ini lebih dahulu, {at}.", by=by)
    if stamp(newest.forms.get(key)) == stamp(sheet.schema):
        return  # nothing but the order of keywords differs
    forms = {**newest.forms, key: sheet.schema}
    save_draft(session, actor(), newest.process_id, newest.id, newest.rev, now=now(), forms=forms, reason=FORMS)


def _last_change(session: Session, process_id: str, draft_id: int, key: str) -> tuple[str, str]:
    """Who made the form what it is now, and when."""
    kept = revisions(session, draft_id)
    now_is = stamp(draft(session, process_id, draft_id).forms.get(key))
    for newer, older in pairwise(kept):
        if stamp(draft(session, process_id, draft_id, older.rev).forms.get(key)) != now_is:
            return newer.by, time_text(newer.at)
    return kept[-1].by, time_text(kept[-1].at)


def _overtaken(session: Session, process_id: str, draft_id: int, sheet: Sheet, error: Conflict) -> AnyResponse:
    """409: what was typed stays on the page and may be saved over what came first."""
    sheet.desk = desk(session, process_id, draft_id, sheet.desk.key)
    sheet.rev, sheet.stamp = sheet.desk.content.rev, stamp(sheet.desk.stored)
    sheet.conflict = (error.message, error.by or "")
    return _page(session, sheet, 409)
