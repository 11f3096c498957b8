"""Follow a complaint and read its answer; for staff the page of a case with what may be done beside the diagram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from engine.access import held_with
from engine.commands.close_case import cancel_case, withdraw_case
from engine.errors import Conflict, NotFound, Rejected
from engine.process.forms import Choice, Field
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import Sight, own_cases, seen_cases, sight
from engine.queries.choices import choices, labels
from engine.queries.proofs import receipt as receipt_text
from engine.store.database import snapshot
from engine.store.files import path_of
from engine.store.models import Attachment
from webapp.access import anyone_logged_in, needs, sees_cases
from webapp.context import actor, database, engine, now, page_number, rights, settings
from webapp.failures import conflict
from webapp.steps import step_rows
from webapp.text import CHANNEL_NAMES

blueprint = Blueprint("complaints", __name__)


@blueprint.get("/aduan")
@needs(anyone_logged_in)
def mine() -> str:
    """Own cases; for staff the cases their role sees."""
    page, number, state = page_number(request.args), request.args.get("q", ""), request.args.get("keadaan", "")
    by_role = sees_cases(actor(), rights())
    with database() as session:
        if by_role:
            rows, more = seen_cases(session, actor(), number=number, state=state, page=page)
        else:
            rows, more = own_cases(session, actor(), page=page)
    return render_template(
        "complaints/daftar.html", rows=rows, more=more, page=page, q=number, keadaan=state, by_role=by_role
    )


@blueprint.get("/aduan/<nomor>")
@needs(anyone_logged_in)
def show(nomor: str) -> str:
    """One case: status, steps, diagram, and what this person may read of it."""
    return case_page(nomor)


@dataclass(frozen=True)
class RefusedForm:
    """A small form of the case page that did not fit: its name, what was typed, what to mend."""

    name: str = ""
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def case_page(number: str, refused: RefusedForm | None = None) -> str:
    """The page of a case, for its reporter or for staff, perhaps with a form that was refused."""
    with database() as session:
        seen = sight(session, actor(), number)
        timeline = case_timeline(session, actor(), seen)
        units = choices(session, "unit")
        category = labels(session)["kategori"].get(seen.case.kategori or "", "")
    reporter_view = actor().account_id == seen.case.reporter_id and not actor().held
    return render_template(
        "complaints/pelapor.html" if reporter_view else "complaints/kasus.html", seen=seen, case=seen.case,
        timeline=timeline, steps=step_rows(timeline), category=category,
        channel=CHANNEL_NAMES.get(seen.case.channel, seen.case.channel), refused=refused or RefusedForm(),
        move_fields=_move_fields(units), reasons=_REASONS, may_cancel=_may(seen, "moves"),
        may_withdraw=_may(seen, "on_behalf"),
    )  # fmt: skip


def _may(seen: Sight, right: str) -> bool:
    """Whether this person's lane has a right over a case that is still open."""
    return seen.case.closed_at is None and held_with(actor(), seen.deployed.diagram.lanes, right) is not None


# One reason field a form: two controls of one page must not share an id.
_REASONS = {
    "tarik": Field("alasan_tarik", "Alasan", widget="textarea", max_length=1000),
    "batalkan": Field("alasan_batalkan", "Alasan", widget="textarea", required=True, max_length=1000),
}


def _move_fields(units: list[Choice]) -> tuple[Field, ...]:
    return (
        Field("bidang", "Bidang/unit kerja yang baru", widget="select", required=True, choices=tuple(units)),
        Field("alasan", "Alasan", widget="textarea", required=True, max_length=1000),
    )


@blueprint.post("/aduan/<nomor>/tarik")
@needs(anyone_logged_in)
def withdraw(nomor: str) -> AnyResponse:
    """The reporter takes the complaint back; its history stays."""
    return _close(nomor, "tarik", withdraw_case, "Aduan sudah ditarik. Riwayatnya tetap tersimpan.")


@blueprint.post("/aduan/<nomor>/batalkan")
@needs(anyone_logged_in)
def cancel(nomor: str) -> AnyResponse:
    """Whoever directs the work ends a case, with a reason that the reporter reads. The command knows who may."""
    return _close(nomor, "batalkan", cancel_case, "Aduan dibatalkan. Pelapor membaca alasannya.")


def _close(number: str, name: str, command: Callable[..., None], done: str) -> AnyResponse:
    typed_in = _REASONS[name].name
    reason = request.form.get(typed_in, "")
    try:
        with database() as session:
            command(session, actor(), number, reason, now=now())
    except Rejected as error:
        return make_response(
            case_page(number, RefusedForm(name, {typed_in: reason}, {typed_in: error.errors["alasan"]})), 422
        )
    except Conflict as error:
        return conflict(error, [("Alasan", reason)], f"/aduan/{number}")
    flash(done, "sukses")
    return redirect(f"/aduan/{number}", code=303)


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
        steps = case_timeline(session, actor(), seen).steps
        readable = {file.id for step in steps for each in step.recorded for file in each.files}
        row = session.get(Attachment, file_id) if file_id in readable else None
    if row is None or row.case_id != seen.case.id:
        raise NotFound
    path = path_of(settings().files, row.id)
    if not path.is_file():
        raise NotFound
    response = send_file(
        path, mimetype=row.media_type, as_attachment=True, download_name=row.name, etag=row.stored_sha256
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
