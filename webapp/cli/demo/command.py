"""`aduan demo`: people and a history of cases to look at, in demo mode or where nobody else has an account."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from webapp.cli.front import answer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.settings import Settings

_OLDEST = date(2024, 5, 1)  # the calendar's first schedule and a year of history after it


@click.command()
@click.option("--cases", type=click.IntRange(0, 2000), default=60, metavar="N", help="Banyaknya aduan (bawaan: 60).")
@click.option("--seed", type=int, default=7, metavar="N", help="Angka yang sama memberi isi yang sama (bawaan: 7).")
@click.option("--until", metavar="TANGGAL", help="Hari terakhir riwayatnya, misalnya 2026-06-30 (bawaan: sekarang).")
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
def demo(cases: int, seed: int, until: str | None, as_json: bool) -> None:
    """Buat akun contoh dan riwayat aduan contoh: dua hari untuk setiap aduan, paling lama setahun."""
    from engine.settings import load_settings
    from webapp.cli.demo.make import make_demo
    from webapp.cli.opened import opened

    now = _end(until)
    settings = load_settings()
    _prepare(settings)
    with opened(settings) as engine:
        _check_nobody_is_endangered(settings, engine)
        _open_office(engine, now, cases)
        with click.progressbar(length=cases, label="Menyiapkan aduan contoh", hidden=as_json, file=sys.stderr) as bar:
            numbers = make_demo(settings, engine, count=cases, seed=seed, now=now, tell=lambda: bar.update(1))
    sentence = f"{len(numbers)} aduan contoh siap" + (f": {numbers[0]} sampai {numbers[-1]}." if numbers else ".")
    answer(sentence, {"cases": numbers}, as_json=as_json)


def _end(until: str | None) -> datetime:
    """The moment at which history ends."""
    from engine.worktime import WIB, read_date

    now = datetime.now(UTC)
    if until is None:
        return now
    day = read_date(until)
    if day is None:
        raise click.UsageError(f"--until: «{until}» bukan tanggal. Contoh: 2026-06-30")
    if not _OLDEST <= day <= now.astimezone(WIB).date():
        raise click.UsageError(f"--until: pilih tanggal antara {_OLDEST.isoformat()} dan hari ini")
    return min(now, datetime.combine(day, time(0), WIB) + timedelta(days=1, seconds=-1))


def _prepare(settings: Settings) -> None:
    """Tables and keys, on a fresh machine too."""
    from engine.history.keys import load_signer
    from engine.process.spiff import check_injection
    from engine.store.migrate import upgrade

    check_injection()
    os.umask(0o077)  # database and attachments hold personal data: for this user only
    settings.var.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)
    load_signer(settings.keys)


def _open_office(engine: Engine, now: datetime, cases: int) -> None:
    """Put the diagrams in force from before the first case, where none ever was."""
    from engine.commands.seed import seed_tables
    from engine.settings import FORMS, PROCESSES
    from engine.store.database import transaction
    from engine.store.deployments import all_deployed
    from webapp.cli.demo.make import opening
    from webapp.cli.prepare import deploy_missing

    with transaction(engine) as session:
        seed_tables(session)
        fresh = not all_deployed(session)
    if fresh:
        deploy_missing(engine, PROCESSES, FORMS, opening(now, cases))


def _check_nobody_is_endangered(settings: Settings, engine: Engine) -> None:
    from engine.errors import Conflict, NotAllowed
    from engine.store.database import transaction
    from webapp.cli.demo.make import has_cases, nobody_else

    with transaction(engine) as session:
        if has_cases(session):
            raise Conflict(
                "Basis data ini sudah berisi aduan, dan data demo hanya dibuat dari awal. Pakai basis data baru: "
                "hentikan Aduan lalu pindahkan folder datanya (ADUAN_VAR), atau tunjuk folder lain dengan ADUAN_VAR."
            )
        if not (settings.demo or nobody_else(session)):
            raise NotAllowed(
                "Kata sandi akun demo diketahui umum, jadi data demo hanya dibuat dalam basis data yang kosong "
                "atau dengan ADUAN_DEMO=1."
            )
