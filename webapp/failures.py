"""Refusals and mistakes as pages: what happened, what was kept, what to do. Never a traceback."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from engine.errors import Conflict, Incident, NotAllowed, NotFound, Refusal, Rejected

log = logging.getLogger(__name__)
_PAGES = {
    404: ("Halaman tidak ditemukan", "Halaman tidak ada, atau Anda tidak berhak membukanya."),
    405: ("Tidak dapat dilakukan", "Halaman ini tidak menerima kiriman seperti itu."),
    413: ("Kiriman terlalu besar", "Kiriman Anda melebihi batas. Kembali ke halaman sebelumnya: tulisan Anda masih "
          "ada. Kurangi ukuran atau jumlah berkas (paling banyak 5 berkas, masing-masing 10 MB)."),
    429: ("Terlalu banyak percobaan", "Terlalu banyak percobaan. Coba lagi beberapa menit lagi."),
}  # fmt: skip


def register(app: Flask) -> None:
    """Answer every refusal and mistake with a page."""
    app.register_error_handler(NotFound, lambda _: page(404, *_PAGES[404]))
    app.register_error_handler(NotAllowed, lambda error: page(403, "Tidak diizinkan", error.message, typed()))
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(Incident, lambda error: page(500, "Aduan ini tertahan", error.message))
    app.register_error_handler(
        Rejected, lambda error: page(400 if not request.is_json else 422, "Tidak dapat diterima", error.message)
    )
    app.register_error_handler(Refusal, lambda error: page(400, "Tidak dapat diterima", error.message))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _mistake)


def page(code: int, title: str, message: str, copy: list[tuple[str, str]] | None = None, **more: Any) -> Response:
    """An error page; `copy` gives back what was typed. A program that sent JSON gets {message} instead."""
    if request.is_json:
        return make_response(jsonify(message=message), code)
    shown = render_template("errors/galat.html", kode=code, judul=title, pesan=message, salinan=copy or [], **more)
    return make_response(shown, code)


def _conflict(error: Conflict) -> Response:
    if request.is_json:
        at = error.at.isoformat() if error.at else None
        return make_response(jsonify(message=error.message, by=error.by, at=at), 409)
    return page(409, "Sudah berubah", error.message)


def conflict(error: Conflict, copy: list[tuple[str, str]], back: str) -> Response:
    """The friendly 409: who was first, and the text that was typed."""
    advice = [{"teks": "Buka daftar tugas", "url": "/tugas"}, {"teks": "Lihat aduan ini", "url": back}]
    return page(409, "Tugas sudah diselesaikan", error.message, copy, saran=advice)


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code in (301, 302, 303, 307, 308):
        return make_response(error.get_response())
    return page(code, *_PAGES.get(code, ("Permintaan tidak dimengerti", "Muat ulang halaman, lalu coba lagi.")))


def _database_away(error: OperationalError) -> Response:
    log.error("database not reachable or busy: %s", error.orig)
    text = "Basis data sedang sibuk atau tidak terjangkau. Tidak ada yang berubah. Coba lagi sebentar lagi."
    return page(503, "Sistem sedang sibuk", text, typed())


def _mistake(error: Exception) -> Response:
    code = secrets.token_hex(4)
    log.error("mistake %s at %s %s", code, request.method, request.path, exc_info=error)
    text = f"Sistem bermasalah. Periksa Aduan saya sebelum mengirim ulang. Kode {code}"
    return page(500, "Sistem bermasalah", text, typed())


def typed() -> list[tuple[str, str]]:
    """What was typed into whatever form was posted, by the names of its fields."""
    fields = request.form.items(multi=True) if request.method == "POST" else ()
    hidden = ("csrf_token", "sandi")
    return [(name, text) for name, text in fields if name not in hidden and not name.startswith("_") and text.strip()]
