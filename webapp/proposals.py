"""A changed SOP goes before a second person: proposed with a reason, looked at, approved or returned."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.commands import proposals as commands
from engine.commands.deploy import NotDeployable
from engine.errors import NotFound, Rejected
from engine.process.forms import Field
from engine.queries.proposals import ProposalRow, proposal, proposals
from engine.store.deployments import Deployed, all_deployed, latest_deployed
from engine.store.drafts import DraftContent, draft
from engine.worktime import read_date
from webapp.access import needs, process_owner
from webapp.comparison import MARKS, compare
from webapp.context import actor, database, now
from webapp.dry_runs import last_tried

blueprint = Blueprint("proposals", __name__)
PROPOSING = (
    Field("alasan", "Alasan perubahan", widget="textarea", required=True, max_length=commands.MAX_REASON,
          help="Dibaca penyetuju sekarang dan auditor kelak."),
    Field("berlaku", "Tanggal berlaku", max_length=40, autocomplete="off",
          help="Misalnya 28/12/2026. Kosongkan bila berlaku segera sesudah disetujui."),
)  # fmt: skip
RETURNING = (
    Field("catatan", "Yang perlu diperbaiki", widget="textarea", required=True, max_length=commands.MAX_REASON,
          help="Dibaca pengusul. Drafnya dapat diubah lagi sesudah dikembalikan."),
)  # fmt: skip
STATES = {
    "waiting": ("info", "Menunggu persetujuan"), "returned": ("peringatan", "Dikembalikan"),
    "withdrawn": ("netral", "Ditarik"), "approved": ("sukses", "Disetujui, menunggu tanggal berlaku"),
    "in_force": ("sukses", "Diberlakukan"),
}  # fmt: skip


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/usul")
@needs(process_owner)
def ask(process_id: str, draft_id: int) -> str:
    """What is about to be proposed, and the form for it; `?dari=` names the version that is to come back."""
    earlier = request.args.get("dari", "")
    known = earlier.isdecimal() and len(earlier) < 10
    return _ask(process_id, draft_id, {"alasan": f"Kembali ke versi {earlier}: "} if known else {}, {})


@blueprint.post("/proses/<process_id>/draf/<int:draft_id>/usul")
@needs(process_owner)
def propose(process_id: str, draft_id: int) -> AnyResponse:
    """Propose a draft. Raises Conflict when it has changed since the page was shown."""
    rev = request.form.get("rev", "")
    if not (rev.isdecimal() and len(rev) < 10):
        raise NotFound
    try:
        day = _day(request.form.get("berlaku", ""))
        with database() as session:
            made = commands.propose(
                session, actor(), process_id, draft_id, int(rev), reason=request.form.get("alasan", ""),
                effective_on=day, now=now(),
            )  # fmt: skip
    except Rejected as wrong:
        return make_response(_ask(process_id, draft_id, request.form, wrong.errors), 422)
    except NotDeployable as wrong:
        return make_response(_ask(process_id, draft_id, request.form, {"alasan": wrong.message}), 422)
    flash("Draf diusulkan. Pemilik Proses yang lain dapat memeriksa dan menyetujuinya.", "sukses")
    return redirect(url_for("proposals.show", process_id=process_id, proposal_id=made), code=303)


def _day(text: str) -> date | None:
    """A day as people write it; empty means at once. Raises Rejected."""
    if not text.strip():
        return None
    found = read_date(text)
    if found is None:
        raise Rejected({"berlaku": "Tulis tanggal seperti 28/12/2026, atau kosongkan."})
    return found


def _ask(process_id: str, draft_id: int, typed: object, errors: dict[str, str]) -> str:
    with database() as session:
        found = draft(session, process_id, draft_id)
        force = latest_deployed(session, process_id)
        return render_template(
            "processes/usul.html", process_id=process_id, draft=found.draft, force=force, fields=PROPOSING,
            typed=typed, errors=errors,
            compared=compare(session, force, found), marks=MARKS, states=STATES,
            earlier=proposals(session, process_id, draft_id),
            tried=last_tried(session, process_id, draft_id, found.rev),
        )  # fmt: skip


@blueprint.get("/proses/<process_id>/usulan/<int:proposal_id>")
@needs(process_owner)
def show(process_id: str, proposal_id: int) -> str:
    """A proposal with everything that the second person needs to decide."""
    return _show(process_id, proposal_id, {})


def _show(process_id: str, proposal_id: int, errors: dict[str, str]) -> str:
    with database() as session:
        found = proposal(session, process_id, proposal_id)
        content, base = _sides(session, found)
        return render_template(
            "processes/usulan.html", process_id=process_id, proposal=found, base=base, states=STATES, marks=MARKS,
            compared=compare(session, base, content), own=found.proposed_by == actor().account_id,
            fields=RETURNING, errors=errors, typed=request.form, force=latest_deployed(session, process_id),
            tried=last_tried(session, process_id, found.draft_id, found.rev),
        )  # fmt: skip


def _sides(session: Session, found: ProposalRow) -> tuple[DraftContent, Deployed]:
    content = draft(session, found.process_id, found.draft_id, found.rev)
    versions = [each for each in all_deployed(session) if each.process_id == found.process_id]
    return content, next(each for each in versions if each.number == found.base)


@blueprint.post("/proses/<process_id>/usulan/<int:proposal_id>/setujui")
@needs(process_owner)
def approve(process_id: str, proposal_id: int) -> AnyResponse:
    """Approve somebody else's proposal. Raises Conflict."""
    try:
        with database() as session:
            proposal(session, process_id, proposal_id)
            done = commands.approve(session, actor(), proposal_id, now=now())
    except (Rejected, NotDeployable) as wrong:
        return make_response(_show(process_id, proposal_id, {"keputusan": wrong.message}), 422)
    if done is None:
        flash("Disetujui. Versi ini berlaku dengan sendirinya pada tanggalnya.", "sukses")
        return redirect(url_for("proposals.show", process_id=process_id, proposal_id=proposal_id), code=303)
    flash(f"Versi {done.number} berlaku mulai sekarang bagi aduan baru. Aduan yang berjalan tetap pada versinya.",
          "sukses")  # fmt: skip
    return redirect(url_for("processes.show", process_id=process_id, number=done.number), code=303)


@blueprint.post("/proses/<process_id>/usulan/<int:proposal_id>/kembalikan")
@needs(process_owner)
def send_back(process_id: str, proposal_id: int) -> AnyResponse:
    """Return a proposal with a comment. Raises Conflict."""
    try:
        with database() as session:
            proposal(session, process_id, proposal_id)
            comment = request.form.get("catatan", "")
            commands.return_proposal(session, actor(), proposal_id, comment=comment, now=now())
    except Rejected as wrong:
        return make_response(_show(process_id, proposal_id, wrong.errors), 422)
    flash("Usulan dikembalikan. Pengusul dapat memperbaiki drafnya dan mengusulkannya lagi.", "sukses")
    return redirect(url_for("processes.index"), code=303)


@blueprint.post("/proses/<process_id>/usulan/<int:proposal_id>/tarik")
@needs(process_owner)
def take_back(process_id: str, proposal_id: int) -> AnyResponse:
    """Withdraw one's own proposal. Raises Conflict."""
    with database() as session:
        found = proposal(session, process_id, proposal_id)
        commands.withdraw_proposal(session, actor(), proposal_id, now=now())
    flash("Usulan ditarik. Draf dapat diubah lagi.", "sukses")
    return redirect(url_for("drafts.editor", process_id=process_id, draf=found.draft_id), code=303)
