"""A message or signal that a case waits for: show its form to whoever may record it, check it, deliver it."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.deliver_message import Delivered, deliver_message
from engine.errors import Conflict, Rejected
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import Sight, sight
from engine.queries.choices import tables
from engine.queries.waiting_messages import Awaited, waiting_messages
from webapp.access import anyone_logged_in, needs
from webapp.changes import change, changed_meanwhile
from webapp.context import actor, database, now
from webapp.failures import typed
from webapp.posted import Posted, new_key, posted_key, read_post
from webapp.steps import step_rows

blueprint = Blueprint("case_messages", __name__)


@blueprint.get("/aduan/<nomor>/pesan/<message_id>")
@needs(anyone_logged_in)
def show(nomor: str, message_id: str) -> AnyResponse:
    """The form of a message that the case waits for; what has come already is on the page of the case."""
    seen, awaited = _find(nomor, message_id)
    if awaited is None:
        flash("Ini sudah dicatat, atau tidak ditunggu lagi.", "info")
        return redirect(f"/aduan/{nomor}", code=303)
    return _page(seen, awaited, None, {}, new_key())


def _find(number: str, message_id: str) -> tuple[Sight, Awaited | None]:
    with database() as session:
        seen = sight(session, actor(), number)
    return seen, next((each for each in waiting_messages(actor(), seen) if each.id == message_id), None)


def _page(
    seen: Sight, awaited: Awaited, posted: Posted | None, errors: dict[str, str], key: str, code: int = 200
) -> AnyResponse:
    with database() as session:
        timeline = case_timeline(session, actor(), seen)
        fields = awaited.form.fields(tables(session, awaited.form.tables))
    shown = render_template(
        "complaints/pesan.html", seen=seen, case=seen.case, awaited=awaited, timeline=timeline, fields=fields,
        values=posted.typed if posted is not None else awaited.form.prefill({}), errors=errors,
        kept=posted.kept if posted is not None else {}, key=key, multipart=bool(awaited.form.file_fields),
        steps=step_rows(timeline, None), own=actor().account_id == seen.case.reporter_id and not actor().held,
    )  # fmt: skip
    return make_response(shown, code)


@blueprint.post("/aduan/<nomor>/pesan/<message_id>")
@needs(anyone_logged_in)
def deliver(nomor: str, message_id: str) -> AnyResponse:
    """Deliver it: 303 to the case, 422 with the form again, or 409 with what was typed."""
    seen, awaited = _find(nomor, message_id)
    posted = read_post(awaited.form) if awaited is not None else None
    key = posted_key() or new_key()
    cleaned = posted.clean() if posted is not None else None
    if awaited is not None and cleaned is not None and cleaned.errors:
        return _page(seen, awaited, posted, cleaned.errors, key, 422)
    values = cleaned.values if cleaned is not None else {}
    try:
        done = change(
            lambda session: deliver_message(session, actor(), nomor, message_id, values, now=now(), key=key),
            number=nomor,
        )
    except Rejected as error:
        if awaited is None:
            raise
        return _page(seen, awaited, posted, error.errors, key, 422)
    except Conflict as error:
        return changed_meanwhile(error, nomor, posted.copy() if posted is not None else typed())
    flash(_told(done), "sukses")
    flash(f"pesan-{message_id}", "hapus-simpanan")
    return redirect(f"/aduan/{done.number}", code=303)


def _told(done: Delivered) -> str:
    if done.outcome:
        return f"Sudah dicatat. Aduan {done.number}: {done.outcome}."
    return f"Sudah dicatat. Aduan {done.number} berjalan terus."
