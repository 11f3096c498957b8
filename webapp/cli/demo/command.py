"""`aduan demo`: people and cases to look at, in demo mode or on an empty database only."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from webapp.cli.front import answer


@click.command()
@click.option("--cases", type=click.IntRange(0, 2000), default=14, show_default=True, help="Banyaknya aduan.")
@click.option("--seed", type=int, default=1, show_default=True, help="Benih: angka yang sama memberi isi yang sama.")
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
def demo(cases: int, seed: int, as_json: bool) -> None:
    """Buat akun dan aduan contoh."""
    from engine.errors import NotAllowed
    from engine.settings import load_settings
    from engine.store.database import open_database, transaction
    from webapp.cli.demo.make import make_demo, nobody_else

    settings = load_settings()
    engine = open_database(settings.database)
    with transaction(engine) as session:
        if not (settings.demo or nobody_else(session)):
            raise NotAllowed(
                "Kata sandi akun demo diketahui umum, jadi data demo hanya dibuat dalam basis data yang kosong "
                "atau dengan ADUAN_DEMO=1."
            )
    with click.progressbar(length=cases, label="Menyiapkan aduan contoh", hidden=as_json, file=sys.stderr) as bar:
        numbers = make_demo(
            settings, engine, count=cases, seed=seed, now=datetime.now(UTC), tell=lambda: bar.update(1)
        )
    sentence = f"{len(numbers)} aduan contoh siap" + (f": {numbers[0]} sampai {numbers[-1]}." if numbers else ".")
    answer(sentence, {"cases": numbers}, as_json=as_json)
