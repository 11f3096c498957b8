"""The command line: the verbs by which Aduan is run and looked after. Knows which module holds which verb."""

from __future__ import annotations

import click

from webapp.cli.bundle import bundle
from webapp.cli.calendar import calendar
from webapp.cli.database import db
from webapp.cli.demo.command import demo
from webapp.cli.erase import erase
from webapp.cli.export import export
from webapp.cli.front import Front
from webapp.cli.people import user
from webapp.cli.process import process
from webapp.cli.proofs import key, verify
from webapp.cli.run import run
from webapp.cli.witness import witness
from webapp.cli.worker import worker

__all__ = ["main"]


@click.group("aduan", cls=Front)
def main() -> None:
    """Menjalankan dan merawat aplikasi Aduan."""


for verb in (run, worker, db, demo, user, process, calendar, verify, bundle, key, witness, export, erase):
    main.add_command(verb)
