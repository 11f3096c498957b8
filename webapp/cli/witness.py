"""`aduan witness`: who outside the house keeps checkpoints, and what they confirmed. Knows no signature's form."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from webapp.cli.front import Front, answer
from webapp.cli.opened import one_transaction

_json = click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")


@click.group(cls=Front)
def witness() -> None:
    """Saksi luar yang menyimpan titik periksa."""


@witness.command()
@click.argument("kunci")
@_json
def add(kunci: str, as_json: bool) -> None:
    """Daftarkan saksi dengan kunci publiknya: nama+tanda+kunci (C2SP, cosignature/v1)."""
    from engine.commands.witnesses import add_witness
    from engine.queries.witnesses import witnesses

    with one_transaction() as session:
        known = [each.witness for each in witnesses(session)]
        made = add_witness(session, kunci, known, now=datetime.now(UTC))
    answer(f"Saksi {made.name} terdaftar, sidik kunci {made.fingerprint}.", {"name": made.name}, as_json=as_json)


@witness.command()
@click.argument("nama")
@_json
def remove(nama: str, as_json: bool) -> None:
    """Hapus saksi dari daftar; kesaksiannya tetap ada dalam riwayat."""
    from engine.commands.witnesses import remove_witness
    from engine.queries.witnesses import witnesses

    with one_transaction() as session:
        known = [each.witness for each in witnesses(session)]
        remove_witness(session, nama, known, now=datetime.now(UTC))
    answer(f"Saksi {nama} tidak dipakai lagi.", {"name": nama}, as_json=as_json)


@witness.command("list")
@_json
def listed(as_json: bool) -> None:
    """Tampilkan saksi yang terdaftar dan yang terakhir disaksikannya."""
    from engine.queries.witnesses import witnesses

    with one_transaction() as session:
        found = witnesses(session)
    lines = [
        f"{each.witness.line()}  " + (f"ukuran {each.size}, {each.at:%Y-%m-%d %H.%M} UTC" if each.at else "belum ada")
        for each in found
    ]
    facts = [{"name": each.witness.name, "key": each.witness.line(), "size": each.size} for each in found]
    answer("\n".join(lines) or "Belum ada saksi.", {"witnesses": facts}, as_json=as_json)


@witness.command()
@click.argument("berkas", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@_json
def confirm(berkas: Path, as_json: bool) -> None:
    """Catat kesaksian: titik periksa yang ditandatangani juga oleh saksi terdaftar."""
    from engine.commands.witnesses import confirm as record
    from engine.history.keys import public_keys
    from engine.queries.witnesses import witnesses
    from engine.settings import load_settings

    note = berkas.read_text("utf-8")
    with one_transaction() as session:
        known = {each.witness.name: (each.witness, each.size) for each in witnesses(session)}
        names = record(session, note, public_keys(load_settings().keys), known, now=datetime.now(UTC))
    answer(f"Kesaksian dicatat: {', '.join(names)}.", {"names": names}, as_json=as_json)
