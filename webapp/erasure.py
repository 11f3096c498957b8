"""For Pengelola Sistem: what is personal taken out of a closed case, by its number alone. Shows no contents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.erase_case import BASES, Erased, erase_case, finish_erasures
from engine.errors import Conflict, NotFound, Rejected
from engine.process.forms import Choice, Field
from engine.queries.erasures import last_erasures
from webapp.access import administrator, needs
from webapp.changes import change
from webapp.context import actor, database, engine, now, settings

blueprint = Blueprint("erasure", __name__)
PAGE = "/kelola/penghapusan"
FIELDS = (
    Field("nomor", "Nomor aduan", required=True, max_length=40, autocomplete="off",
          help="Hanya aduan yang sudah ditutup."),
    Field("dasar", "Dasar penghapusan", widget="radio", required=True,
          choices=tuple(Choice(code, words) for code, words in BASES.items())),
    Field("ulang", "Ketik nomornya sekali lagi", required=True, max_length=40, autocomplete="off",
          help="Yang sudah dihapus tidak dapat dikembalikan."),
)  # fmt: skip


@blueprint.get(PAGE)
@needs(administrator)
def index() -> str:
    """The form, and the last erasures as their events tell them."""
    return _page({}, {})


def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    with database() as session:
        rows = last_erasures(session)
    return render_template(
        "manage/penghapusan.html", fields=FIELDS, values=values, errors=errors, rows=rows, bases=BASES
    )


@blueprint.post(PAGE)
@needs(administrator)
def erase() -> AnyResponse:
    """Erase one case, then take its files off the disk and its text out of the database's files."""
    values = {each.name: request.form.get(each.name, "").strip() for each in FIELDS}
    number, errors = values["nomor"].upper(), _errors(values)
    if errors:
        return make_response(_page(values, errors), 422)
    try:
        done = change(partial(_one, number, values["dasar"]), number=number)
    except NotFound:
        return make_response(_page(values, {"nomor": "Tidak ada aduan dengan nomor ini."}), 422)
    except Rejected as error:
        return make_response(_page(values, error.errors), 422)
    except Conflict as error:
        return make_response(_page(values, {"nomor": error.message}), 409)
    flash(f"Isi pribadi {number} sudah dihapus: {done.values} isian, {len(done.files)} berkas.", "sukses")
    if not finish_erasures(engine(), settings().files):
        flash("Berkas basis data sedang dibaca. Sisa tulisan lama dibersihkan pada penghapusan berikutnya, atau "
              "dengan perintah aduan erase.", "peringatan")  # fmt: skip
    return redirect(PAGE, code=303)


def _errors(values: Mapping[str, str]) -> dict[str, str]:
    errors = {each.name: "Wajib diisi." for each in FIELDS if not values[each.name]}
    if not errors and values["ulang"].upper() != values["nomor"].upper():
        errors["ulang"] = "Kedua nomor tidak sama. Periksa lagi aduan mana yang dimaksud."
    return errors


def _one(number: str, basis: str, session: Session) -> Erased:
    return erase_case(session, actor(), number, basis, now=now())
