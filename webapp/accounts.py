"""Register, log in, log out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask import session as cookie
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.accounts import (
    check_password,
    end_session,
    knows_password,
    register_account,
    set_password,
    start_session,
)
from engine.errors import Rejected
from engine.process.forms import Field
from webapp.access import anyone_logged_in, needs, own_matters, public
from webapp.context import actor, database, load_actor, now, visitor_or_actor
from webapp.limits import WINDOW, count, within
from webapp.login_page import login_page
from webapp.resume import local_path, resume_page, unpack
from webapp.text import ZONE

blueprint = Blueprint("accounts", __name__)
PERSON_FIELDS = (
    Field("nama", "Nama Anda", required=True, max_length=100, autocomplete="name",
          help="Hanya petugas yang menyampaikan jawaban melihat nama dan kontak Anda; yang menanganinya tidak."),
    Field("akun", "Surel atau nomor HP", required=True, autocomplete="username", inputmode="email",
          help="Untuk masuk lagi dan membaca jawaban."),
    Field("sandi", "Buat kata sandi", widget="password", required=True, autocomplete="new-password",
          help="Paling sedikit 8 huruf atau angka."),
)  # fmt: skip
PASSWORD_FIELDS = (
    Field("sandi_lama", "Kata sandi sekarang", widget="password", required=True, autocomplete="current-password"),
    Field("sandi", "Kata sandi baru", widget="password", required=True, autocomplete="new-password",
          help="Paling sedikit 8 huruf atau angka."),
)  # fmt: skip
MAX_FAILURES, MAX_FAILURES_ADDRESS = 10, 100  # a window, per account and per address


def log_in(account_id: str) -> None:
    """Begin a session of this browser; an earlier one, and its form token, end."""
    with database() as session:
        if cookie.get("sid"):
            end_session(session, str(cookie["sid"]))
        token = start_session(session, account_id, now())
    cookie.clear()
    cookie.permanent = True
    cookie["sid"] = token
    load_actor()


def home() -> str:
    """Where this person's work is."""
    actor = visitor_or_actor()
    if actor is None or not actor.held:
        return "/aduan"
    fixed = {"Auditor": "/audit", "Pimpinan": "/laporan", "Pengelola Sistem": "/kelola", "Pemilik Proses": "/proses"}
    return next((fixed[role] for role in sorted(actor.roles) if role in fixed), "/tugas")


@blueprint.get("/masuk")
@public
def login_form() -> AnyResponse | str:
    """The login form."""
    if visitor_or_actor() is not None:
        return redirect(local_path(request.args.get("lanjut")) if request.args.get("lanjut") else home(), code=303)
    return login_page({}, {}, lanjut=request.args.get("lanjut", ""))


@blueprint.post("/masuk")
@public
@own_matters
def login() -> AnyResponse | str:
    """Check the password, at a limited pace, and go on where the person was."""
    name, pending = request.form.get("akun", "").strip(), request.form.get("_isian", "")
    goal = request.form.get("_lanjut", "")

    def again(errors: dict[str, str], code: int) -> AnyResponse:
        page = login_page({"akun": name}, errors, lanjut=goal, isian=pending, berakhir=bool(pending))
        return make_response(page, code)

    if not within("masuk", MAX_FAILURES, name.lower()[:200]) or not within("masuk", MAX_FAILURES_ADDRESS):
        at = (now() + WINDOW).astimezone(ZONE)
        text = f"Terlalu banyak percobaan. Coba lagi pukul {at:%H.%M}."
        return again({"akun": text}, 429)
    with database() as session:
        account_id = check_password(session, name, request.form.get("sandi", ""))
    if account_id is None:
        count("masuk", name.lower()[:200])
        count("masuk")
        return again({"sandi": "Surel, nomor, atau kata sandi tidak cocok."}, 422)
    log_in(account_id)
    interrupted = unpack(pending) if pending else None
    if interrupted is not None:
        return resume_page(*interrupted)
    return redirect(local_path(goal) if goal else home(), code=303)


@blueprint.post("/keluar")
@needs(anyone_logged_in)
@own_matters
def logout() -> AnyResponse:
    """End the session on the server, so that the cookie is worth nothing."""
    with database() as session:
        end_session(session, str(cookie["sid"]))
    cookie.clear()
    flash("Anda sudah keluar.", "sukses")
    flash("*", "hapus-simpanan")
    return redirect("/?keluar=1", code=303)


@blueprint.get("/daftar")
@public
def register_form() -> str:
    """A new account without a complaint."""
    return render_template("accounts/daftar.html", fields=PERSON_FIELDS, values={}, errors={})


@blueprint.post("/daftar")
@public
def register() -> AnyResponse | Response:
    """Create the account and log in."""
    values = {each.name: request.form.get(each.name, "").strip() for each in PERSON_FIELDS if each.name != "sandi"}
    try:
        account_id = register_person()
    except Rejected as error:
        page = render_template("accounts/daftar.html", fields=PERSON_FIELDS, values=values, errors=error.errors)
        return make_response(page, 422)
    log_in(account_id)
    flash("Akun Anda sudah dibuat.", "sukses")
    return redirect("/aduan", code=303)


def register_person() -> str:
    """The account that the person fields of this post describe. Raises Rejected."""
    if not within("daftar", 200):
        raise Rejected({"akun": "Terlalu banyak pendaftaran dari jaringan ini. Coba lagi nanti."})
    count("daftar")
    with database() as session:
        return register_account(
            session, name=request.form.get("nama", ""), contact=request.form.get("akun", ""),
            password=request.form.get("sandi", ""), now=now(),
        )  # fmt: skip


@blueprint.get("/akun")
@needs(anyone_logged_in)
def own() -> str:
    """One's own account: change the password."""
    return render_template("accounts/akun.html", fields=PASSWORD_FIELDS, values={}, errors={})


@blueprint.post("/akun")
@needs(anyone_logged_in)
@own_matters
def change_password() -> AnyResponse:
    """Set a new password; other devices are logged out, this one stays."""
    account_id = actor().account_id
    try:
        if not within("masuk", MAX_FAILURES, account_id):
            raise Rejected({"sandi_lama": "Terlalu banyak percobaan. Coba lagi beberapa menit lagi."})
        with database() as session:
            if not knows_password(session, account_id, request.form.get("sandi_lama", "")):
                raise Rejected({"sandi_lama": "Kata sandi sekarang tidak cocok."})
            set_password(session, account_id, request.form.get("sandi", ""), now=now(), actor=account_id)
    except Rejected as error:
        if "sandi_lama" in error.errors:
            count("masuk", account_id)
        page = render_template("accounts/akun.html", fields=PASSWORD_FIELDS, values={}, errors=error.errors)
        return make_response(page, 422)
    log_in(account_id)
    flash("Kata sandi sudah diganti. Perangkat lain sudah dikeluarkan.", "sukses")
    return redirect("/akun", code=303)
