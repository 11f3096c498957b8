"""`aduan run`: everything in one command, in the foreground."""

from __future__ import annotations

import errno
import os
import socket
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from engine.settings import Settings


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Siapkan yang perlu, lalu jalankan web dan pekerja latar sampai dihentikan (Ctrl+C)."""
    from engine.settings import ensure_secrets, load_settings
    from webapp.cli.prepare import prepare
    from webapp.cli.supervise import Child, supervise
    from webapp.logs import configure_logs

    settings = load_settings()
    _check_port(settings)
    configure_logs()
    os.umask(0o077)  # database and attachments hold personal data: for this user only
    settings.var.mkdir(parents=True, exist_ok=True)
    prepare(ensure_secrets(settings))
    web = Child(
        "web", [sys.executable, "-m", "gunicorn", "-c", "python:webapp.cli.gunicorn_settings", "webapp.wsgi:app"]
    )
    background = Child("worker", [sys.executable, "-m", "webapp.cli", "worker"])
    ctx.exit(supervise([web, background], f"{_local(settings)}/healthz", lambda: _welcome(settings)))


def _local(settings: Settings) -> str:
    """The address at which this machine reaches the web server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return f"http://{host}:{settings.port}"


def _check_port(settings: Settings) -> None:
    """Say at once that the port is taken, before anything is prepared."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            why = (
                "sedang dipakai program lain"
                if error.errno == errno.EADDRINUSE
                else f"tidak dapat dibuka: {error.strerror}"
            )
            raise click.ClickException(
                f"Port {settings.port} {why}. Hentikan program itu, atau pilih port lain, misalnya: "
                f"ADUAN_PORT={settings.port + 1 if settings.port < 65535 else 8001} aduan run"
            ) from error


def _welcome(settings: Settings) -> None:
    """Say where to open it and, in demo mode, how to log in."""
    from webapp.cli.demo.stories import PASSWORD, people

    click.echo(f"\nBuka {settings.base_url or _local(settings)}\n")
    if settings.demo:
        click.echo(f"Mode demo. Semua akun memakai kata sandi: {PASSWORD}\n")
        for person in people():
            if person.shown:
                click.echo(f"  {person.email:<24} {person.title}")
        click.echo()
    click.echo("Hentikan dengan Ctrl+C.")
    sys.stdout.flush()
