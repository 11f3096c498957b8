"""Sends the latest checkpoint to addresses outside the house once a day. Knows no witness's key."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from engine.store.database import transaction
from engine.store.log import newest_checkpoint
from engine.store.models import Checkpoint, Cursor
from engine.worker.desk import Desk
from engine.worker.writing import Letter, add_mail, ensure_cursor, take_turn
from engine.worktime import WIB

SENT_AT = time(8)  # WIB, every day of the week
DAY = "outsiders"  # cursor: the day of the last mail
KIND = "checkpoint"
TEXT = """\
Titik periksa catatan riwayat {office}, {at} WIB, ukuran {size}.

Simpan surat ini apa adanya, di luar jangkauan Dinas. Dengan titik periksa di bawah, siapa pun kelak dapat \
memastikan bahwa tidak ada yang ditulis ulang di antara {size} peristiwa yang tercatat sampai saat itu.

{note}
Berkas yang sama: {address}/bukti/titik/{size}.txt

Artinya dan cara memeriksanya: {address}/bukti"""


def tell_outsiders(engine: Engine, desk: Desk, now: datetime) -> int:
    """Write the mails of the day, once; returns how many. Nothing happens without addresses or without mail server."""
    local = now.astimezone(WIB)
    today = local.date().toordinal()
    if local.time() < SENT_AT or desk.server is None or not desk.outsiders:
        return 0
    with transaction(engine) as session:
        ensure_cursor(session, DAY, today - 1)
        if session.scalars(select(Cursor.place).where(Cursor.name == DAY)).one() >= today:
            return 0
        take_turn(session)
        moved = update(Cursor).where(Cursor.name == DAY, Cursor.place < today).values(place=today)
        point = newest_checkpoint(session)
        if point is None or session.execute(moved.returning(Cursor.place)).first() is None:
            return 0
        _write(session, desk, point, now)
    return len(desk.outsiders)


def _write(session: Session, desk: Desk, point: Checkpoint, now: datetime) -> None:
    at = f"{point.at.astimezone(WIB):%d-%m-%Y %H.%M}"
    text = TEXT.format(office=desk.office, at=at, size=point.size, note=point.note, address=desk.address)
    subject = f"Titik periksa catatan riwayat, ukuran {point.size}"
    for address in desk.outsiders:
        add_mail(session, Letter(None, address, KIND, subject, text), now)
