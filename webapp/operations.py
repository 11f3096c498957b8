"""What is done to a case beside its diagram: close, move with a second person's word, mend an entry, reopen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.access import held_with
from engine.commands.close_case import cancel_case, withdraw_case
from engine.commands.move_token import consent_move, decline_move, propose_move, reopen_case
from engine.commands.reasons import reason_errors
from engine.commands.set_variable import set_variable, variable_fields
from engine.errors import Conflict, NotFound, Rejected
from engine.process.forms import Cleaned, Field, Form
from engine.queries.cases import Sight, sight
from engine.queries.choices import tables
from engine.queries.operations import operations
from webapp.access import anyone_logged_in, needs, staff
from webapp.case_page import INTO, WAY, RefusedForm, as_typed, case_page, reason_field, step_field
from webapp.changes import change, changed_meanwhile
from webapp.context import actor, database, now

blueprint = Blueprint("operations", __name__)
CLOSED = {
    "dibatalkan": "Aduan dibatalkan. Pelapor membaca alasannya.",
    "diarahkan": "Aduan ditutup dan diarahkan ke instansi berwenang. Pelapor membaca alasannya.",
    "digabung": "Aduan ditutup dan digabungkan. Pelapor membaca alasannya dan nomor aduan tujuannya.",
}
LARGEST_SEQ = 2**31 - 1  # of the column


@blueprint.post("/aduan/<nomor>/tarik")
@needs(anyone_logged_in)
def withdraw(nomor: str) -> AnyResponse:
    """The reporter takes the complaint back; its history stays."""
    reason = request.form.get("alasan_tarik", "")
    return _act(
        nomor, "tarik", (reason_field("tarik"),), "Aduan sudah ditarik. Riwayatnya tetap tersimpan.",
        lambda session: withdraw_case(session, actor(), nomor, reason, now=now()),
    )  # fmt: skip


@blueprint.post("/aduan/<nomor>/batalkan")
@needs(staff)
def cancel(nomor: str) -> AnyResponse:
    """Whoever directs the work ends a case, with a reason that the reporter reads. The command knows who may."""
    reason, way, into = (request.form.get(name, "") for name in ("alasan_batalkan", "cara", "gabung"))
    way = way or "dibatalkan"
    return _act(
        nomor, "batalkan", (WAY, INTO, reason_field("batalkan")), CLOSED.get(way, ""),
        lambda session: cancel_case(session, actor(), nomor, reason, now=now(), way=way, into=into),
    )  # fmt: skip


@blueprint.post("/aduan/<nomor>/pindah")
@needs(staff)
def propose(nomor: str) -> AnyResponse:
    """Propose that the case go on from another step; nothing moves before a second person agrees."""
    target, reason = request.form.get("langkah", ""), request.form.get("alasan_pindah", "")
    return _act(
        nomor, "pindah", (step_field(), reason_field("pindah")),
        "Usulan dicatat. Aduan tetap pada langkahnya sampai orang kedua menyetujui.",
        lambda session: propose_move(session, actor(), nomor, target, reason, now=now()),
    )  # fmt: skip


@blueprint.post("/aduan/<nomor>/pindah/<int:seq>/setujui")
@needs(staff)
def consent(nomor: str, seq: int) -> AnyResponse:
    """Agree to another person's proposal: the case moves."""
    return _settle(nomor, seq, consent_move, "Pemindahan disetujui. Langkah yang baru sudah terbuka.")


@blueprint.post("/aduan/<nomor>/pindah/<int:seq>/tolak")
@needs(staff)
def decline(nomor: str, seq: int) -> AnyResponse:
    """Put a proposal aside; its proposer takes it back the same way."""
    return _settle(nomor, seq, decline_move, "Usulan tidak dilanjutkan. Aduan tetap pada langkahnya.")


@blueprint.post("/aduan/<nomor>/buka")
@needs(staff)
def reopen(nomor: str) -> AnyResponse:
    """Begin a new cycle of a closed case."""
    target, reason = request.form.get("langkah", ""), request.form.get("alasan_buka", "")
    return _act(
        nomor, "buka", (step_field(), reason_field("buka")), "Aduan dibuka kembali.",
        lambda session: reopen_case(session, actor(), nomor, target, reason, now=now()), while_open=False,
    )  # fmt: skip


@blueprint.post("/aduan/<nomor>/isian/<name>")
@needs(staff)
def mend(nomor: str, name: str) -> AnyResponse:
    """Set a variable that the diagram reads, cleaned by the field that asks for it."""
    reason_name = f"alasan_isian_{name}"
    reason = request.form.get(reason_name, "")
    form, cleaned = _clean(nomor, name)

    def command(session: Session) -> None:
        if name in cleaned.errors:
            raise Rejected({name: cleaned.errors[name]} | reason_errors(reason))
        set_variable(session, actor(), nomor, name, cleaned.values.get(name), reason, now=now())

    title = str(form.properties[name].get("title", name))
    fields = (Field(name, title, widget="select"), reason_field(f"isian_{name}"))
    return _act(nomor, f"isian_{name}", fields, f"Isian {title} sudah diperbaiki.", command)


def _clean(number: str, name: str) -> tuple[Form, Cleaned]:
    """What was typed, held against the form as it was filled in. Raises NotFound for those who may not."""
    with database() as session:
        seen = sight(session, actor(), number)
        key = variable_fields(seen.deployed).get(name)
        if key is None or held_with(actor(), seen.deployed.diagram.lanes, "moves") is None:
            raise NotFound
        form = seen.deployed.forms[key]
        posted = _beside(session, seen, form) | {name: request.form.getlist(name)}
        # The whole form: its conditions say whether the field may be left empty.
        return form, form.clean(posted, tables(session, form.tables))


def _beside(session: Session, seen: Sight, form: Form) -> dict[str, list[str]]:
    known = operations(session, actor(), seen).variables
    typed = {name: as_typed(value) for name, value in known.items() if name in form.properties and value is not None}
    return {name: text if isinstance(text, list) else [text] for name, text in typed.items()}


def _act(
    number: str,
    name: str,
    fields: tuple[Field, ...],
    done: str,
    command: Callable[[Session], object],
    *,
    while_open: bool = True,
) -> AnyResponse:
    """Run a command with a small form: 303 to the case, 422 with the form again, or 409 with what was typed."""
    typed = {each.name: request.form.get(each.name, "") for each in fields}
    copy = [(each.title, typed[each.name]) for each in fields if each.widget in ("text", "textarea")]
    copy = [(title, text) for title, text in copy if text.strip()]
    try:
        change(command, number=number)
    except Rejected as error:
        if (late := _too_late(number, while_open)) is not None:
            return changed_meanwhile(late, number, copy)
        errors = {f"alasan_{name}" if key == "alasan" else key: message for key, message in error.errors.items()}
        return make_response(case_page(number, RefusedForm(name, typed, errors)), 422)
    except Conflict as error:
        return changed_meanwhile(error, number, copy)
    flash(done, "sukses")
    return redirect(f"/aduan/{number}", code=303)


def _too_late(number: str, while_open: bool) -> Conflict | None:
    """The form that did not fit is no longer on the page either, so it could not show what was typed."""
    with database() as session:
        is_open = sight(session, actor(), number).case.closed_at is None
    if is_open == while_open:
        return None
    return Conflict("Aduan ini masih berjalan." if is_open else "Aduan ini sudah ditutup.")


def _settle(number: str, seq: int, command: Callable[..., Any], done: str) -> AnyResponse:
    if seq > LARGEST_SEQ:
        raise NotFound
    try:
        change(lambda session: command(session, actor(), number, seq, now=now()), number=number)
    except Conflict as error:
        return changed_meanwhile(error, number)
    flash(done, "sukses")
    return redirect(f"/aduan/{number}", code=303)
