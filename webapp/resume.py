"""Keeps what was typed when a post arrives without a session or with an old form, and goes on after the login."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, jsonify, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from engine.files import FileRefused
from webapp.limits import count, within
from webapp.login_page import login_page
from webapp.posted import stage, token_of
from webapp.typed import in_words

SECRET_FIELDS = ("sandi", "csrf_token")  # never echoed
ENDED = "Sesi berakhir. Masuk lagi di tab lain; yang belum tersimpan masih ada di halaman ini."
OLD = "Halaman ini sudah terlalu lama terbuka. Muat ulang; yang belum tersimpan masih ada di peramban ini."
KEPT_FOR = 12 * 3600  # seconds in which an interrupted post can be resumed


def local_path(text: str | None) -> str:
    """`text` when it is a path of this site, else "/"."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or "\\" in text:
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else "/"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="tulisan")


def pack(path: str, pairs: list[tuple[str, str]]) -> str:
    """An interrupted post as a signed text for a hidden field."""
    return str(_signer().dumps([path, pairs]))


def unpack(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The interrupted post, None when the text is not ours or too old."""
    try:
        path, pairs = _signer().loads(text, max_age=KEPT_FOR)
    except (BadSignature, ValueError, TypeError):
        return None
    return local_path(path), [(str(name), str(value)) for name, value in pairs]


def typed_pairs() -> list[tuple[str, str]]:
    """All fields of this post but secrets; its files are staged and stand as tokens."""
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET_FIELDS]
    return pairs + _staged_files()


def _staged_files() -> list[tuple[str, str]]:
    pairs = []
    for field, file in request.files.items(multi=True):
        if file.filename and within("unggah", 100):
            count("unggah")
            try:
                pairs.append((f"_berkas_{field}", token_of(stage(field, file))))
            except FileRefused:
                continue  # it is refused by name when the form is sent again
    return pairs


def ask_login() -> Response:
    """The login form in place of the page, with what was typed inside it; a program that sent JSON is told."""
    if request.is_json:
        return make_response(jsonify(message=ENDED), 401)
    pending = pack(request.path, typed_pairs())
    return make_response(login_page({}, {}, isian=pending, berakhir=True), 401)


def ask_again() -> Response:
    """A post whose form is too old or not from this site: shown to the person, who sends it or not."""
    if request.is_json:
        return make_response(jsonify(message=OLD), 400)
    return resume_page(request.path, typed_pairs(), status=400)


def resume_page(path: str, pairs: list[tuple[str, str]], status: int = 200) -> Response:
    """What was typed, with a button that sends it."""
    shown = in_words(pairs)
    kept = sum(name.startswith("_berkas_") for name, _ in pairs)
    if kept:
        shown.append(("Lampiran", f"{kept} berkas sudah diterima"))
    page = render_template("accounts/lanjutkan.html", path=path, pairs=pairs, shown=shown, sesudah_masuk=status == 200)
    return make_response(page, status)
