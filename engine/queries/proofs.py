"""What leaves the office as proof: the bundle of a case for auditors, the receipt for its reporter. Writes nothing.

Both are read in one snapshot, so that log, heads and checkpoint agree. docs/decisions/0008-proofs.md has the format.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.history.event import canonical
from engine.history.verify import RECEIPT_MARK, Key
from engine.store.log import Proofs, newest_checkpoint
from engine.store.models import Case, Checkpoint, Event, EventValue, StreamHead

RECENT = 100  # earlier checkpoints that a bundle can be held against without asking for it
NOT_YET = "Bukti bertanda tangan dibuat paling lama satu menit setelah aduan terkirim. Unduh lagi sebentar lagi.\n"
WORDS = """\
Tanda terima aduan {number}
{office}

Simpan berkas ini. Bagian di bawah garis adalah bukti bertanda tangan bahwa
riwayat aduan Anda sudah sampai pada langkah ke-{seq}{when}.
Siapa pun yang kelak menghapus atau mengubah langkah itu akan ketahuan:
serahkan berkas ini kepada auditor atau Ombudsman, yang dapat memeriksanya
dengan program verify.py tanpa bantuan Dinas. Berkas ini tidak memuat nama
Anda dan tidak memuat isi aduan.

Nomor aduan     : {number}
Langkah terakhir: ke-{seq} dalam riwayat
Kode pendek     : {code}
Dicatat         : {at} (UTC)
{newer}
"""


def short_code(hash: str) -> str:
    """The first digits of an event's hash, short enough to be read aloud."""
    return f"{hash[:4]}-{hash[4:8]}-{hash[8:12]}".upper()


def case_code(session: Session, case_id: str) -> str:
    """The short code of a case's last event, for mails to its reporter. Raises NotFound."""
    head = session.scalar(select(Case.head).where(Case.id == case_id))
    if head is None:
        raise NotFound
    return short_code(head)


def receipt(session: Session, case: Case, office: str) -> str:
    """The receipt of a case: words, then the proof of its last event in the log."""
    point = newest_checkpoint(session)
    stream = f"kasus/{case.id}"
    head = session.get(StreamHead, stream)
    if point is None or head is None:
        return f"Tanda terima aduan {case.number}\n{office}\n\n{NOT_YET}"
    last = select(Event.log_index).where(Event.stream == stream, Event.seq == head.seq)
    place, proofs = session.scalars(last).one(), Proofs(session, point)
    facts = {
        "number": case.number, "stream": stream, "seq": head.seq, "hash": head.hash, "log_index": place,
        "inclusion": proofs.inclusion(int(place or 0)), "head": proofs.head(stream),
    }  # fmt: skip
    rev = session.scalar(select(Case.rev).where(Case.id == case.id)) or head.seq
    newer = f"\nLangkah yang lebih baru sedang dicatat. {NOT_YET}" if rev > head.seq else ""
    words = WORDS.format(
        number=case.number, office=office, seq=head.seq, code=short_code(head.hash), newer=newer,
        when="" if case.closed_at is None or newer else " dan selesai", at=f"{point.at:%Y-%m-%d %H.%M.%S}",
    )  # fmt: skip
    return f"{words}{RECEIPT_MARK}{canonical(facts).decode()}\n\n{point.note}"


def case_bundle(session: Session, number: str, keys: Sequence[Key], against: Iterable[int] = ()) -> dict[str, bytes]:
    """The files of a case's bundle. Raises NotFound when there is no such case or nothing is signed yet.

    `against`: sizes of checkpoints that it shall be provable against, besides the most recent ones.
    """
    case_id = session.scalar(select(Case.id).where(Case.number == number))
    point = newest_checkpoint(session)
    if case_id is None or point is None:
        raise NotFound
    return _bundle(session, point, f"kasus/{case_id}", keys, against)


def _bundle(
    session: Session, point: Checkpoint, stream: str, keys: Sequence[Key], against: Iterable[int]
) -> dict[str, bytes]:
    events = session.scalars(select(Event).where(Event.stream == stream).order_by(Event.seq)).all()
    values, proofs = stored_values(session, stream), Proofs(session, point)
    places = [event.log_index for event in events if event.log_index is not None and event.log_index < point.size]
    inclusion = {str(place): proofs.inclusion(place) for place in places}
    heads = {stream: proofs.head(stream)} if places else {}
    recent = session.scalars(select(Checkpoint.size).order_by(Checkpoint.size.desc()).limit(RECENT))
    sizes = {size for size in [*recent, *against] if 0 < size < point.size}
    consistency = {str(size): proofs.consistency(size) for size in sorted(sizes)}
    return {
        "events.jsonl": b"".join(_line(event, values.get(event.seq, {})) for event in events),
        "checkpoint.txt": point.note.encode(),
        "proofs.json": canonical({"inclusion": inclusion, "heads": heads, "consistency": consistency}),
        "keys.txt": "".join(f"{key.line()}\n" for key in keys).encode(),
    }


def _line(event: Event, values: Mapping[str, list[str] | None]) -> bytes:
    return canonical({
        "body": event.body.decode(errors="replace"), "hash": event.hash, "log_index": event.log_index, "values": values,
    }) + b"\n"  # fmt: skip


def stored_values(session: Session, stream: str) -> dict[int, dict[str, list[str] | None]]:
    """The typed values of a stream by seq and name; None where they were erased."""
    found: dict[int, dict[str, list[str] | None]] = {}
    for value in session.scalars(select(EventValue).where(EventValue.stream == stream)):
        found.setdefault(value.seq, {})[value.name] = pair_of(value.salt, value.value)
    return found


def pair_of(salt: str | None, text: str | None) -> list[str] | None:
    """Salt and text of a stored value, None when both were erased; one without the other matches no digest."""
    return None if salt is None and text is None else [salt or "", text or ""]


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files; the same files give the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
