"""What a person was told, and news that Admin passes on to reporters without e-mail. Writes no message itself."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.access import ADMINISTRATOR, Actor, Rights, held_with
from engine.commands.handovers import deliver
from engine.commands.notices import mark_read
from engine.errors import Conflict, NotFound
from engine.queries.bell import notice
from engine.queries.messages import NoticeRow, handovers, notices
from engine.queries.task import task
from engine.store.models import Case, Handover
from webapp.access import anyone_logged_in, needs, own_matters
from webapp.changes import change
from webapp.context import actor, database, now, page_number, settings
from webapp.failures import page
from webapp.reading import record_read

blueprint = Blueprint("messages", __name__)
OWN = "/pesan"
WAITING = "/perlu-disampaikan"
HELD_UP = "held_up"  # the kind of a notice: Pengelola Sistem sees no case, but the list of those held up
NEWS = {
    "answered": "Jawaban sudah ada",
    "closing": "Segera ditutup bila tidak ditanggapi",
    "closed": "Aduan ditutup",
    "reopened": "Aduan dibuka kembali",
    "announced": "Pemberitahuan dari petugas",
}


def knows_reporters(who: Actor, rights: Rights) -> bool:
    """Holds a lane that may know who reporters are (`identitas`)."""
    return held_with(who, rights, "identity") is not None


@blueprint.get(OWN)
@needs(anyone_logged_in)
def index() -> str:
    """One's own notices, newest first."""
    with database() as session:
        listed = notices(session, actor().account_id, page_number(request.args))
    return render_template("messages/pesan.html", listed=listed)


@blueprint.post(f"{OWN}/dibaca")
@needs(anyone_logged_in)
@own_matters
def read_all() -> AnyResponse:
    """Mark all of one's own as read."""
    with database() as session:
        mark_read(session, actor().account_id, None, now())
    return redirect(OWN, code=303)


@blueprint.get(f"{OWN}/<int:notice_id>")
@needs(anyone_logged_in)
def follow(notice_id: int) -> AnyResponse:
    """Mark one as read and go to what it is about. Marking is all that this link does, so it may be a plain one."""
    with database() as session:
        found = notice(session, actor().account_id, notice_id)
        target = _target(session, found)
        if found.read_at is None:
            mark_read(session, actor().account_id, [found.id], now())
    return redirect(target, code=303)


def _target(session: Session, found: NoticeRow) -> str:
    """The task when it is the reader's; those who are only told of it (escalation) read the case."""
    if found.kind == HELD_UP and actor().holds(ADMINISTRATOR):
        return "/kelola/tertahan"
    if found.task_id is not None:
        try:
            return f"/tugas/{task(session, actor(), found.task_id).id}"
        except NotFound:
            pass
    return f"/aduan/{found.number}" if found.number else OWN


@blueprint.get(WAITING)
@needs(knows_reporters)
def waiting() -> str:
    """News that wait for a clerk, the oldest first."""
    with database() as session:
        rows = handovers(session, actor(), now(), settings().address)
    if rows:
        record_read("identities_read", cases=sorted({row.case_id for row in rows}), page="perlu_disampaikan")
    return render_template("messages/perlu_disampaikan.html", rows=rows, news=NEWS)


@blueprint.post(f"{WAITING}/<handover_id>")
@needs(knows_reporters)
def delivered(handover_id: str) -> AnyResponse:
    """A clerk has told the reporter: an event of the case."""
    with database() as session:
        which = select(Case.number).join(Handover, Handover.case_id == Case.id).where(Handover.id == handover_id)
        number = session.scalar(which)
    try:
        change(lambda session: deliver(session, actor(), handover_id, now()), number=number)
    except Conflict as error:
        advice = [{"teks": "Buka daftar yang perlu disampaikan", "url": WAITING}]
        return page(409, "Sudah berubah", error.message, saran=advice)
    flash(f"Tercatat: kabar tentang {number} sudah disampaikan.", "sukses")
    return redirect(WAITING, code=303)
