"""`aduan db`: the database's schema."""

from __future__ import annotations

import os

import click

from webapp.cli.front import Front, answer
from webapp.cli.opened import one_transaction


@click.group(cls=Front)
def db() -> None:
    """Basis data."""


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
def upgrade(as_json: bool) -> None:
    """Siapkan basis data, atau perbarui ke bentuk terbaru."""
    from engine.commands.seed import seed_tables
    from engine.settings import load_settings
    from engine.store.migrate import upgrade as migrate

    os.umask(0o077)  # a SQLite file holds personal data: for this user only
    settings = load_settings()
    settings.var.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    with one_transaction() as session:
        seed_tables(session)
    answer("Basis data siap.", {"ready": True}, as_json=as_json)
