"""For Pengelola Sistem: the worker, mail that could not be sent, and whom to remind when. Shows no contents."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.access import LEADER
from engine.commands.jobs import drop_job, retry_job
from engine.commands.rules import rules_of, set_rules
from engine.errors import Conflict, NotFound
from engine.queries.bell import MOST_ID
from engine.queries.jobs import DeadLetter, dead_letters, waiting_mail, worker_state
from engine.queries.messages import MOMENTS, WHOM
from engine.store.deployments import Deployed, all_deployed
from engine.store.models import Mail
from webapp.access import administrator, needs
from webapp.context import actor, database, now, settings
from webapp.failures import page

blueprint = Blueprint("outgoing", __name__)
MAIL = "/kelola/pesan-keluar"
RULES = "/kelola/pengingat"
WORK = {
    "calendar": "Mengikuti perubahan kalender",
    "calendar_again": "Mengikuti kalender: aduan yang tadinya tertahan",
    "deploy": "Memberlakukan SOP pada tanggalnya",
    "digest": "Menyusun ringkasan harian",
    "log": "Menandatangani catatan riwayat",
    "mail": "Mengirim surel",
    "notify": "Menulis pemberitahuan",
    "outsiders": "Mengirim titik periksa ke luar Dinas",
    "remind": "Menulis pengingat dan eskalasi",
    "sweep": "Membuang sisa berkas yang tidak terpakai",
    "tidy": "Merapikan berkas dan pekerjaan lama",
    "timers": "Menjalankan batas waktu dalam diagram",
}
MOMENT_NAMES = {
    "hampir": ("Langkah hampir lewat waktu baku", "75% waktu baku sudah terpakai"),
    "lewat": ("Langkah lewat waktu baku", "100% waktu baku sudah terpakai"),
    "total": ("Aduan lewat batas waktu jawaban", "waktu baku seluruhnya sudah terpakai"),
}
Settle = Callable[..., None]


@blueprint.get(MAIL)
@needs(administrator)
def index() -> str:
    """The state of all work without a click."""
    with database() as session:
        letters = dead_letters(session)
        return render_template(
            "messages/pesan_keluar.html", worker=worker_state(session, now()), mail=waiting_mail(session),
            letters=letters, addresses=_addresses(session, letters), work=WORK, own=settings(),
        )  # fmt: skip


def _addresses(session: Session, letters: list[DeadLetter]) -> dict[str, str]:
    """Mail id -> masked address, enough to see a mistyped domain and not who it is."""
    ids = [each.mail_id for each in letters if each.mail_id]
    rows = session.execute(select(Mail.id, Mail.recipient).where(Mail.id.in_(ids))) if ids else ()
    return {mail_id: masked(address) for mail_id, address in rows}


def masked(address: str) -> str:
    """ "rahmat@kantor.test" -> "r•••@kantor.test"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


@blueprint.post(f"{MAIL}/<int:job_id>/coba-lagi")
@needs(administrator)
def retry(job_id: int) -> AnyResponse:
    """Let a dead letter be tried again."""
    return _settle(retry_job, job_id, "Akan dicoba lagi oleh pekerja latar, biasanya dalam satu menit.")


@blueprint.post(f"{MAIL}/<int:job_id>/buang")
@needs(administrator)
def drop(job_id: int) -> AnyResponse:
    """Give a dead letter up."""
    return _settle(drop_job, job_id, "Dibuang dan tidak akan dicoba lagi. Perbuatan ini tercatat.")


def _settle(command: Settle, job_id: int, said: str) -> AnyResponse:
    if job_id > MOST_ID:
        raise NotFound
    try:
        with database() as session:
            command(session, actor(), job_id, now())
    except Conflict as error:
        advice = [{"teks": "Buka pesan keluar", "url": MAIL}]
        return page(409, "Sudah berubah", error.message, saran=advice)
    flash(said, "sukses")
    return redirect(MAIL, code=303)


@blueprint.get(RULES)
@needs(administrator)
def rules() -> str:
    """The rules of every process, each a form of its own."""
    with database() as session:
        latest = {each.process_id: each for each in all_deployed(session)}  # the oldest first: the newest stays
        processes = [
            {"id": each.process_id, "name": each.diagram.name, "rules": rules_of(session, each.process_id),
             "whom": _whom(each), "total": each.diagram.properties.get("waktu_total", "")}
            for each in latest.values()
        ]  # fmt: skip
    return render_template("messages/pengingat.html", processes=processes, moments=MOMENTS, names=MOMENT_NAMES)


def _whom(version: Deployed) -> list[tuple[str, str]]:
    """(code, words) of those who can be told; who directs the work is what the diagram says."""
    directing = ", ".join(name for name, lane in version.diagram.lanes.items() if lane.moves)
    words = {
        "pemilik": "Pelaksana langkah",
        "pengarah": directing or "Pengarah (belum ada dalam diagram)",
        "pimpinan": LEADER,
    }
    return [(code, words[code]) for code in WHOM]


@blueprint.post(RULES)
@needs(administrator)
def save_rules() -> AnyResponse:
    """Put exactly the ticked rules of one process in force. Raises Rejected for what the page does not offer."""
    wanted = {_rule(text) for text in request.form.getlist("aturan")}
    with database() as session:
        set_rules(session, actor(), request.form.get("proses", ""), wanted, now=now())
    flash("Pengingat disimpan dan berlaku mulai sekarang.", "sukses")
    return redirect(RULES, code=303)


def _rule(text: str) -> tuple[str, str]:
    moment, _, whom = text.partition("-")
    return moment, whom
