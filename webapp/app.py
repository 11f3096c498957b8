"""The application factory: settings, database, guards, blueprints. Knows every face of the web by name."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.process.spiff import check_injection
from engine.settings import Settings, load_settings
from engine.store.database import open_database
from webapp import (
    accounts,
    audit,
    bundles,
    calendar,
    case_documents,
    case_messages,
    checkpoints,
    comparison,
    complaints,
    draft_forms,
    drafts,
    dry_runs,
    erasure,
    exports,
    failures,
    filing,
    incidents,
    manage,
    messages,
    migrations,
    navigation,
    operations,
    outgoing,
    process_map,
    processes,
    proposals,
    public,
    replays,
    reports,
    security,
    simulation,
    tasks,
    trail,
)
from webapp import text as words

log = logging.getLogger(__name__)
BLUEPRINTS = (
    replays,
    public, accounts, filing, complaints, case_messages, operations, tasks, processes, drafts, draft_forms,
    comparison, proposals, audit, bundles, checkpoints, manage, calendar, incidents, erasure, reports, messages,
    outgoing, simulation, dry_runs, migrations, case_documents,
    trail, exports, process_map,
)  # fmt: skip
MAX_POST = 120 * 1024 * 1024  # bytes: five files of 10 MB fit, too large ones still arrive and are refused by name


def create_app(settings: Settings | None = None) -> Flask:
    """The web application. Raises RuntimeError without a secret key or with another SpiffWorkflow."""
    settings = settings or load_settings()
    if not settings.secret_key:
        raise RuntimeError("ADUAN_SECRET_KEY belum ada. Jalankan `aduan run`, yang membuatnya pada mulai pertama.")
    check_injection()
    app = Flask("webapp", root_path=str(Path(__file__).parent))
    app.extensions["aduan_settings"] = settings
    app.extensions["aduan_engine"] = open_database(settings.database)
    app.config.update(_configuration(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        waktu=words.time_text, tanggal=words.date_text, ringkas=words.short_time, lalu=words.ago
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.trusted_proxies, settings.trusted_proxies)  # type: ignore[method-assign]
    security.protect(app)
    failures.register(app)
    navigation.register(app)
    app.url_defaults(_versioned)
    for face in BLUEPRINTS:
        app.register_blueprint(face.blueprint)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": MAX_POST,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "aduan",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "WTF_CSRF_CHECK_DEFAULT": False,  # the guard asks, after it knows whether a login is needed first
        "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open for a day; its token ends with the session
        "WTF_CSRF_SSL_STRICT": False,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),  # addresses of static files carry their digest
    }


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _versioned(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        path = Path(__file__).parent / "static" / str(values.get("filename", ""))
        if path.is_file():
            values["v"] = _digest(path)
