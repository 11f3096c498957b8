"""gunicorn's settings (their names are gunicorn's): threads, our port, our form of log."""

from __future__ import annotations

from typing import Any

from engine.settings import load_settings

_settings = load_settings()
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

bind = [f"{_host}:{_settings.port}"]
worker_class = "gthread"
workers = _settings.web_processes
threads = _settings.threads
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True  # we start and stop it; nobody else should
proc_name = "aduan"
loglevel = "warning"
# Through the root logger, which webapp.logs shapes. gunicorn logs no bodies; access is counted at /metrics.
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "root": {"level": "WARNING", "handlers": []},
    "loggers": {"gunicorn.error": {"level": "WARNING", "propagate": True, "handlers": []}},
}


def on_starting(_: object) -> None:
    """Shape the log before gunicorn writes its first line."""
    from webapp.logs import configure_logs

    configure_logs()
