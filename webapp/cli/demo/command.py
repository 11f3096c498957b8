"""`aduan demo`: people and cases to look at, in demo mode or on an empty database only."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from webapp.cli.front import answer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.settings import Settings


@click.command()
@click.option("--cases", type=click.IntRange(0, 2000), default=14, metavar="N", help="Banyaknya aduan (bawaan: 14).")
@click.option("--seed", type=int, default=1, metavar="N", help="Angka yang sama memberi isi yang sama (bawaan: 1).")
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
def demo(cases: int, seed: int, as_json: bool) -> None:
    """Buat akun dan aduan contoh."""
    from engine.settings import load_settings
    from webapp.cli.demo.make import make_demo
    from webapp.cli.opened import opened

    settings = load_settings()
    with opened(settings) as engine:
        _check_nobody_is_endangered(settings, engine)
        with click.progressbar(length=cases, label="Menyiapkan aduan contoh", hidden=as_json, file=sys.stderr) as bar:
            now = datetime.now(UTC)
            numbers = make_demo(settings, engine, count=cases, seed=seed, now=now, tell=lambda: bar.update(1))
    sentence = f"{len(numbers)} aduan contoh siap" + (f": {numbers[0]} sampai {numbers[-1]}." if numbers else ".")
    answer(sentence, {"cases": numbers}, as_json=as_json)


def _check_nobody_is_endangered(settings: Settings, engine: Engine) -> None:
    from engine.errors import NotAllowed
    from engine.store.database import transaction
    from webapp.cli.demo.make import nobody_else

    with transaction(engine) as session:
        if not (settings.demo or nobody_else(session)):
            raise NotAllowed(
                "Kata sandi akun demo diketahui umum, jadi data demo hanya dibuat dalam basis data yang kosong "
                "atau dengan ADUAN_DEMO=1."
            )
