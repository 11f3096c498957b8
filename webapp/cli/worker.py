"""`aduan worker`: what happens without a click, in the foreground."""

from __future__ import annotations

import click


@click.command()
def worker() -> None:
    """Jalankan pekerja latar: batas waktu yang tiba, berkas yang tidak jadi dikirim, catatan bertanda tangan."""
    from engine.process.spiff import check_injection
    from engine.settings import load_settings
    from engine.worker.loop import run_worker
    from webapp.cli.opened import opened
    from webapp.logs import configure_logs

    configure_logs()
    check_injection()
    settings = load_settings()
    with opened(settings) as engine:
        run_worker(engine, settings.files, settings.keys)
