"""What a reporter gets as proof: the receipt, and its short code. Writes nothing.

It is read in one snapshot, so that log, heads and checkpoint agree. docs/bukti.md has the format.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.history.event import canonical
from engine.history.verify import RECEIPT_MARK
from engine.store.log import Proofs, newest_checkpoint
from engine.store.models import Case, Event, StreamHead

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


def pair_of(salt: str | None, text: str | None) -> list[str] | None:
    """Salt and text of a stored value, None when both were erased; one without the other matches no digest."""
    return None if salt is None and text is None else [salt or "", text or ""]
