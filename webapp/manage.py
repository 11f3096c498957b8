"""For Pengelola Sistem: people and appointments, units, categories."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.access import ADMINISTRATOR, FIXED_ROLES, lane_rights
from engine.commands.accounts import end_appointment, give_appointment, register_account, set_password
from engine.errors import NotAllowed, Rejected
from engine.process.forms import Choice, Field
from engine.queries.actors import account_with_contact, actor_of_account
from engine.queries.calendar import unapproved_years
from engine.queries.choices import choices, labels
from engine.queries.incidents import count_held_up
from engine.queries.jobs import dead_letters, worker_state
from engine.queries.people import people
from engine.worktime import read_date
from webapp.access import administrator, needs
from webapp.context import actor, database, now
from webapp.text import ZONE

blueprint = Blueprint("manage", __name__)
KINDS = (
    Choice("definitif", "Definitif"),
    Choice("plt", "Plt. (pelaksana tugas)"),
    Choice("plh", "Plh. (pelaksana harian)"),
)

PASSWORD_FIELDS = (
    Field("akun_lama", "Surel atau nomor HP", required=True, max_length=200, autocomplete="off"),
    Field("sandi_baru", "Kata sandi baru", widget="password", required=True, autocomplete="new-password",
          help="Paling sedikit 8 huruf atau angka. Semua perangkat orang itu dikeluarkan."),
)  # fmt: skip


def _fields(session: Session) -> tuple[Field, ...]:
    roles = [name for name, lane in lane_rights(session).items() if not lane.is_reporter] + list(FIXED_ROLES)
    return (
        Field("akun", "Surel", required=True, max_length=200, autocomplete="off", inputmode="email",
              help="Bila sudah punya akun, penugasan ditambahkan padanya."),
        Field("nama", "Nama", max_length=100, autocomplete="off", help="Untuk akun baru."),
        Field("sandi", "Kata sandi awal", widget="password", autocomplete="new-password",
              help="Untuk akun baru, paling sedikit 8 huruf atau angka."),
        Field("peran", "Peran", widget="select", required=True, choices=tuple(Choice(role, role) for role in roles)),
        Field("unit", "Bidang/unit kerja", widget="select", choices=tuple(choices(session, "unit")),
              help="Wajib untuk peran yang bekerja per unit."),
        Field("jabatan", "Jabatan", required=True, max_length=100, autocomplete="off"),
        Field("jenis", "Sifat penugasan", widget="radio", required=True, choices=KINDS),
        Field("nomor_sk", "Nomor SK atau surat tugas", max_length=100, autocomplete="off", help="Wajib untuk Auditor."),
        Field("sampai", "Bertugas sampai", max_length=40, autocomplete="off",
              help="Hari terakhir, misalnya 31 Desember 2026. Wajib untuk Auditor; kosong berarti tanpa batas."),
    )  # fmt: skip


@blueprint.get("/kelola")
@needs(administrator)
def index() -> str:
    """Everything on one page."""
    return _page({"jenis": "definitif"}, {})


def _page(values: dict[str, str], errors: dict[str, str]) -> str:
    with database() as session:
        return render_template(
            "manage/kelola.html", people=people(session), units=choices(session, "unit"),
            categories=choices(session, "kategori"), subcategories=choices(session, "subkategori"),
            fields=_fields(session), password_fields=PASSWORD_FIELDS, values=values, errors=errors, today=_today(),
            nama_unit=labels(session)["unit"], held_up=count_held_up(session), worker=worker_state(session, now()),
            unsent=len(dead_letters(session)), missing=unapproved_years(session, now()),
        )  # fmt: skip


def _today() -> date:
    return now().astimezone(ZONE).date()


@blueprint.post("/kelola/penugasan")
@needs(administrator)
def appoint() -> AnyResponse:
    """Create the account when it is new, and appoint."""
    names = ("akun", "nama", "peran", "unit", "jabatan", "jenis", "nomor_sk", "sampai")
    values = {name: request.form.get(name, "").strip() for name in names}
    try:
        with database() as session:
            _check(session, values)
            account_id = account_with_contact(session, values["akun"]) or register_account(
                session, name=values["nama"], contact=values["akun"], password=request.form.get("sandi", ""),
                now=now(), actor=actor().account_id,
            )  # fmt: skip
            give_appointment(
                session, account_id, role=values["peran"], unit=values["unit"] or None, position=values["jabatan"],
                kind=values["jenis"], decree=values["nomor_sk"], valid_from=_today(),
                valid_until=_day(values["sampai"]), now=now(), actor=actor().account_id,
            )  # fmt: skip
    except Rejected as error:
        return make_response(_page(values, error.errors), 422)
    flash("Penugasan dicatat dan berlaku mulai hari ini.", "sukses")
    return redirect("/kelola", code=303)


def _day(typed: str) -> date | None:
    """The last day; None without. Raises Rejected."""
    found = read_date(typed)
    if typed and found is None:
        raise Rejected({"sampai": "Tulis tanggal, bulan, dan tahun, misalnya 31 Desember 2026."})
    return found


def _check(session: Session, values: dict[str, str]) -> None:
    errors = {each.name: "Wajib diisi." for each in _fields(session) if each.required and not values.get(each.name)}
    rights = lane_rights(session)
    role = values["peran"]
    if role and role not in FIXED_ROLES and (role not in rights or rights[role].is_reporter):
        errors["peran"] = "Pilih salah satu dari daftar."
    if role in rights and rights[role].unit_variable and not values["unit"]:
        errors["unit"] = "Peran ini bekerja per unit. Pilih Bidang/unit kerjanya."
    if not errors and _mixes(session, values["akun"], role):
        errors["peran"] = "Pengelola Sistem tidak memegang peran dalam diagram, dan sebaliknya."
    if errors:
        raise Rejected(errors)


def _mixes(session: Session, contact: str, role: str) -> bool:
    """Whether the person would both manage accounts and work on cases (design: Roles and appointments)."""
    account_id = account_with_contact(session, contact)
    person = actor_of_account(session, account_id, now()) if account_id is not None else None
    if person is None:
        return False
    roles = person.roles | {role}
    return ADMINISTRATOR in roles and not roles <= set(FIXED_ROLES)


@blueprint.post("/kelola/sandi")
@needs(administrator)
def reset_password() -> AnyResponse:
    """A new password for someone who has none or forgot it; told in person, changed by them at /akun."""
    contact = request.form.get("akun_lama", "").strip()
    try:
        with database() as session:
            account_id = account_with_contact(session, contact)
            if account_id is None:
                raise Rejected({"akun_lama": "Tidak ada akun dengan surel atau nomor ini."})
            set_password(session, account_id, request.form.get("sandi_baru", ""), now=now(), actor=actor().account_id)
    except Rejected as error:
        errors = {{"sandi": "sandi_baru"}.get(name, name): message for name, message in error.errors.items()}
        return make_response(_page({"jenis": "definitif", "akun_lama": contact}, errors), 422)
    flash("Kata sandi baru sudah berlaku. Sampaikan langsung kepada orangnya.", "sukses")
    return redirect("/kelola", code=303)


@blueprint.post("/kelola/penugasan/<appointment_id>/akhiri")
@needs(administrator)
def end(appointment_id: str) -> AnyResponse:
    """Let an appointment end with yesterday, so that it gives nothing from now on; never one's own."""
    if appointment_id in {held.id for held in actor().held}:
        raise NotAllowed("Penugasan Anda sendiri hanya dapat diakhiri oleh Pengelola Sistem lain.")
    yesterday = date.fromordinal(_today().toordinal() - 1)
    with database() as session:
        end_appointment(session, appointment_id, last_day=yesterday, now=now(), actor=actor().account_id)
    flash("Penugasan diakhiri.", "sukses")
    return redirect("/kelola", code=303)
