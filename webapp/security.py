"""Stands before every view: who asks, is the route theirs, is the post genuine; and adds headers after it."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, current_app, g, redirect, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from engine.access import AUDITOR
from engine.errors import NotAllowed, NotFound
from webapp.context import load_actor, rights, visitor_or_actor
from webapp.resume import ask_again, ask_login

csrf = CSRFProtect()
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
MAX_TYPED = 2 * 1024 * 1024  # bytes of a form without files
READS_ONLY = "Auditor membaca semuanya dan tidak mengubah apa pun. Yang Anda kirim tidak disimpan."
_SAFE = ("GET", "HEAD", "OPTIONS")


def protect(app: Flask) -> None:
    """Install the guard and the headers."""
    csrf.init_app(app)
    app.before_request(_guard)
    app.after_request(_add_headers)


def _guard() -> AnyResponse | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = MAX_TYPED  # the parser's own limit of memory holds for multipart only
    load_actor()
    view = current_app.view_functions[request.endpoint]
    access = getattr(view, "access", None)
    if access is None:
        raise NotFound
    actor = visitor_or_actor()
    if access != "public":
        if actor is None:
            return _to_login()
        if not access(actor, rights()):
            raise NotFound
    if request.method not in _SAFE:
        try:
            csrf.protect()
        except CSRFError:
            return ask_again()
        if actor is not None and actor.holds(AUDITOR) and not getattr(view, "own_matters", False):
            raise NotAllowed(READS_ONLY) if access == "public" else NotFound  # the others are not theirs
    return None


def _to_login() -> AnyResponse:
    """A lost session loses no text: a post comes back with the login form."""
    if request.method in _SAFE:
        return redirect(f"/masuk?lanjut={quote(request.full_path.rstrip('?'))}", code=303)
    return ask_login()


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        # Pages of a case must not stay in the cache of a shared computer.
        private = g.get("actor") is not None or request.method not in _SAFE
        response.headers.setdefault("Cache-Control", "no-store" if private else "no-cache")
    return response
