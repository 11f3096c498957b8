"""File a complaint: a visitor, a reporter, or a clerk for someone at the counter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.access import Actor, held_with
from engine.commands.accounts import person_errors, register_account
from engine.commands.open_case import CHANNELS, Opened, open_case, opened_with
from engine.errors import NotFound, Rejected
from engine.process.forms import Choice, Field, Form
from engine.queries.actors import account_with_contact, actor_of_account
from engine.queries.choices import tables
from engine.store.deployments import latest_deployed
from engine.store.models import Account
from webapp.access import public
from webapp.accounts import PERSON_FIELDS, log_in
from webapp.context import database, now, rights, settings, visitor_or_actor
from webapp.limits import count, within
from webapp.posted import Posted, new_key, posted_key, read_post
from webapp.text import CHANNEL_NAMES

blueprint = Blueprint("filing", __name__)
COUNTER_FIELDS = (
    Field("kanal", "Aduan diterima melalui", widget="radio", required=True,
          choices=tuple(Choice(code, CHANNEL_NAMES[code]) for code in CHANNELS if code != "web")),
    Field("nama", "Nama pelapor", required=True, max_length=100, autocomplete="off"),
    Field("akun", "Surel atau nomor HP pelapor", autocomplete="off", inputmode="email",
          help="Kosongkan bila pelapor tidak punya. Kabar dan jawabannya lalu Anda sampaikan langsung."),
)  # fmt: skip
MAX_FILED = 300  # by visitors from one address in a window


def _beside() -> tuple[Field, ...]:
    """Fields about the person, below the form: for visitors, and for a clerk who files for someone."""
    found = visitor_or_actor()
    if found is None:
        return PERSON_FIELDS
    return COUNTER_FIELDS if held_with(found, rights(), "on_behalf") else ()


def _first_form() -> tuple[Form, str]:
    """The form of the first user task of the diagram in force, and that task's name."""
    with database() as session:
        version = latest_deployed(session, settings().process_id)
    return version.form_of(version.first_task.id), version.first_task.label


@blueprint.get("/aduan/baru")
@public
def new() -> str:
    """The form that opens a case; open to visitors."""
    return _page({}, {}, {}, new_key())


def _page(values: dict[str, Any], errors: dict[str, str], kept: dict[str, Any], key: str) -> str:
    form, _ = _first_form()
    with database() as session:
        fields = form.fields(tables(session, form.tables))
    beside = _beside()
    return render_template(
        "complaints/baru.html", form=form, fields=fields, beside=beside, values=values, errors=errors, kept=kept,
        key=key, clerk=beside is COUNTER_FIELDS, multipart=bool(form.file_fields),
    )  # fmt: skip


@blueprint.post("/aduan/baru")
@public
def create() -> AnyResponse:
    """Open the case, give the number, complete the first task: one transaction, once per `_kunci`."""
    form, _ = _first_form()
    beside = _beside()
    posted = read_post(form, tuple(each.name for each in beside))
    key = posted_key() or new_key()
    with database() as session:
        earlier = opened_with(session, key)
    if earlier is not None:
        return _arrived(earlier)
    try:
        opened = _file(posted, beside, key)
    except Rejected as error:
        values = {each.name: request.form.get(each.name, "") for each in beside if each.name != "sandi"}
        page = _page({**values, **posted.typed}, error.errors, posted.kept, key)
        return make_response(page, 422)
    return _arrived(opened)


def _arrived(opened: Opened) -> AnyResponse:
    found = visitor_or_actor()
    flash("aduan-baru", "hapus-simpanan")
    if found is None:
        # A visitor's second press of the same button: the case exists, but only its reporter may enter.
        flash(f"Aduan Anda sudah terkirim dengan nomor {opened.number}. Masuk untuk melihatnya.", "sukses")
        return redirect(f"/masuk?lanjut=/aduan/{opened.number}", code=303)
    advice = "Simpan nomor ini." if opened.reporter_id == found.account_id else "Beri tahukan nomor ini kepada pelapor."
    flash(f"Aduan terkirim. Nomor aduan: {opened.number}. {advice}", "sukses")
    return redirect(f"/aduan/{opened.number}?terkirim=1", code=303)


def _file(posted: Posted, beside: tuple[Field, ...], key: str) -> Opened:
    """Validate everything at once, then write everything at once. Raises Rejected with all messages."""
    cleaned = posted.clean()
    person = _person_errors(beside)
    if cleaned.errors or person:
        raise Rejected({**cleaned.errors, **person})
    try:
        return _write(cleaned.values, beside, key)
    except IntegrityError:
        # Two posts with one `_kunci`, or one new contact, at the same moment: the first one stands.
        with database() as session:
            earlier = opened_with(session, key)
        if earlier is None:
            raise Rejected({"akun": "Surel atau nomor ini baru saja didaftarkan. Masuk, lalu kirim lagi."}) from None
        return earlier


def _write(values: dict[str, Any], beside: tuple[Field, ...], key: str) -> Opened:
    found = visitor_or_actor()
    with database() as session:
        earlier = opened_with(session, key)
        if earlier is not None:
            return earlier
        reporter_id = _new_person(session, beside, found)
        filer = found or actor_of_account(session, str(reporter_id), now())
        if filer is None:
            raise NotFound
        channel = request.form.get("kanal", "") if beside is COUNTER_FIELDS else "web"
        opened = open_case(
            session, filer, settings().process_id, values, now=now(), reporter_id=reporter_id, channel=channel, key=key
        )
    if found is None:
        count("kirim")
        log_in(str(reporter_id))
    return opened


def _new_person(session: Session, beside: tuple[Field, ...], found: Actor | None) -> str | None:
    """The account of a visitor, or of the person a clerk files for; None when the actor files for himself."""
    if not beside:
        return None
    registered_by = found.account_id if found else None
    return _known(session, beside) or register_account(session, **_person(beside), now=now(), actor=registered_by)


def _person_errors(beside: tuple[Field, ...]) -> dict[str, str]:
    errors = {}
    for each in beside:
        if each.required and not request.form.get(each.name, "").strip():
            errors[each.name] = "Wajib diisi."
    if beside is COUNTER_FIELDS and request.form.get("kanal") not in CHANNELS[1:]:
        errors["kanal"] = "Pilih salah satu."
    if beside is PERSON_FIELDS and not within("kirim", MAX_FILED):
        errors["akun"] = "Terlalu banyak aduan dari jaringan ini. Coba lagi nanti."
    if beside:
        with database() as session:
            known = _known(session, beside)
            refused = person_errors(session, **_person(beside)) if known is None else _other_name(session, known)
            errors = {**refused, **errors}
    return errors


def _other_name(session: Session, account_id: str) -> dict[str, str]:
    """A contact that belongs to somebody else by name: one wrong digit must not file under a stranger."""
    name = session.get_one(Account, account_id).name
    if name.casefold() == request.form.get("nama", "").strip().casefold():
        return {}
    return {"akun": f"Kontak ini terdaftar atas nama {name}. Samakan namanya, atau periksa lagi kontaknya."}


def _known(session: Session, beside: tuple[Field, ...]) -> str | None:
    """The account of someone whom a clerk files for and who has one already."""
    return account_with_contact(session, request.form.get("akun", "")) if beside is COUNTER_FIELDS else None


def _person(beside: tuple[Field, ...]) -> dict[str, Any]:
    password = request.form.get("sandi", "") if beside is PERSON_FIELDS else None
    return {"name": request.form.get("nama", ""), "contact": request.form.get("akun", ""), "password": password}
