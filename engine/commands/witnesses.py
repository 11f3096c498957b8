"""Makes outside witnesses known, and records what they confirm: events of the stream `saksi`.

Commands import no query, so what is known is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.streams import append
from engine.errors import Rejected
from engine.history.event import moment_text
from engine.history.verify import Broken, Key, open_note
from engine.history.witness import Witness, cosignature, read_witness
from engine.store.models import Checkpoint

STREAM = "saksi"
_CONSOLE = {"actor": None, "channel": "sistem"}  # witnesses are made known at the server


def add_witness(session: Session, line: str, known: Sequence[Witness], *, now: datetime) -> Witness:
    """Make a witness known by its C2SP verifier key. Raises Rejected."""
    try:
        witness = read_witness(line)
    except Broken as broken:
        raise Rejected({"kunci": broken.reason}) from broken
    if witness.name in {each.name for each in known}:
        raise Rejected({"kunci": f"Saksi {witness.name} sudah terdaftar. Hapus dulu bila kuncinya berganti."})
    append(session, STREAM, "witness_added", now, {**_CONSOLE, "name": witness.name, "witness": witness.line()})
    return witness


def remove_witness(session: Session, name: str, known: Sequence[Witness], *, now: datetime) -> None:
    """Let a witness count no more; what it confirmed stays in the history. Raises Rejected."""
    if name not in {each.name for each in known}:
        raise Rejected({"nama": f"Saksi {name} tidak terdaftar."})
    append(session, STREAM, "witness_removed", now, {**_CONSOLE, "name": name})


def confirm(
    session: Session, note: str, keys: Sequence[Key], known: Mapping[str, tuple[Witness, int]], *, now: datetime
) -> list[str]:
    """Record which witnesses cosigned this checkpoint of ours; returns their names.

    `known`: by name, with the newest size that each confirmed. Raises Rejected: not our checkpoint, nobody known
    signed it, a signature that does not fit, or nothing new.
    """
    try:
        point = open_note(note, keys)
        found = {name: cosignature(note, witness) for name, (witness, _) in known.items()}
    except Broken as broken:
        raise Rejected({"berkas": str(broken)}) from broken
    stored = session.scalars(select(Checkpoint).where(Checkpoint.size == point.size)).first()
    if stored is None or open_note(stored.note, keys) != point:
        raise Rejected({"berkas": "Titik periksa ini bukan yang diterbitkan catatan ini."})
    lines = {name: each for name, each in found.items() if each is not None}
    if not lines:
        raise Rejected({"berkas": "Tidak ada tanda tangan saksi yang terdaftar di dalamnya."})
    fresh = [name for name in lines if known[name][1] < point.size]
    if not fresh:
        raise Rejected({"berkas": "Kesaksian ini, atau yang lebih baru, sudah dicatat."})
    for name in fresh:
        line, at = lines[name]
        facts = {"name": name, "size": point.size, "line": line, "signed": moment_text(at)}
        append(session, STREAM, "checkpoint_witnessed", now, _CONSOLE | facts)
    return fresh
