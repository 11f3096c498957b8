"""What people are told, in words: kinds, sentences, subjects, bodies. Knows no database and no mail server.

No message names a complaint's title, content or person: number, step, time and link are all it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.worktime import WIB, Duration

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
          "November", "Desember")  # fmt: skip
SHORT_STEP = Duration(4, "jam")  # steps with a shorter standard send no mail of their own (issue: Reminders)
ITEM = "- "  # begins a line of a list
MOST_ITEMS = 50  # longer lists are cut: the worklist has them all

# To the reporter.
RECEIVED, ANSWERED, CLOSING, CLOSED, REOPENED = "received", "answered", "closing", "closed", "reopened"
ANNOUNCED = "announced"  # by a service task of the diagram, to the reporter or to a role
# To staff.
NEW_TASK, RETURNED, PROPOSAL = "new_task", "returned", "proposal"
NEARLY, LATE, TOTAL = "nearly", "late", "total"
HELD_UP, UNDELIVERED = "held_up", "undelivered"
DIGEST = "digest"  # only as mail

HANDED_OVER = frozenset(
    {ANSWERED, CLOSING, CLOSED, REOPENED, ANNOUNCED}
)  # what a clerk passes on to reporters without e-mail
OF_A_STEP = frozenset({NEW_TASK, RETURNED, NEARLY, LATE})  # mail of their own depends on the step's standard
IN_THE_DIGEST = OF_A_STEP | {UNDELIVERED}
_COUNTED = {
    NEW_TASK: "tugas baru",
    RETURNED: "tugas kembali kepada Anda",
    PROPOSAL: "usulan pemindahan menunggu persetujuan",
    NEARLY: "tugas hampir lewat waktu baku",
    LATE: "tugas terlambat",
    TOTAL: "aduan melewati batas waktu jawaban",
    HELD_UP: "aduan tertahan",
    ANNOUNCED: "pemberitahuan dari proses",
    UNDELIVERED: "kabar belum disampaikan kepada pelapor",
}


class Way(StrEnum):
    """How something reaches a person, beside the bell."""

    BELL = "bell"  # not at all; the digest may name it
    GATHERED = "gathered"  # by mail, several of a kind in one
    OWN = "own"  # by a mail of its own, or by a clerk: to the reporter


@dataclass(frozen=True)
class Note:
    """Something to be said once to one person."""

    key: str  # makes it one
    account_id: str
    email: str | None
    kind: str
    text: str  # one sentence
    case_id: str
    number: str
    task_id: str | None = None
    way: Way = Way.BELL
    body: str = ""  # of a mail of its own


def way_of_step(standard: Duration | None) -> Way:
    """How news of a step reach its people: short ones, and those without a standard, wait for the digest."""
    if standard is None:
        return Way.BELL
    long = standard.in_days or standard.microseconds >= SHORT_STEP.microseconds
    return Way.GATHERED if long else Way.BELL


def day_text(at: datetime) -> str:
    """ "Senin, 28 Desember 2026"."""
    local = at.astimezone(WIB)
    return f"{DAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"


def time_text(at: datetime) -> str:
    """ "Senin, 28 Desember 2026 07.35 WIB"."""
    return f"{day_text(at)} {at.astimezone(WIB):%H.%M} WIB"


def step_sentence(kind: str, number: str, step: str, due: datetime | None) -> str:
    """What is said about a task."""
    until = f", batas {time_text(due)}" if due is not None else ""
    words = {
        NEW_TASK: f"tugas baru, {step}{until}.",
        RETURNED: f"kembali pada langkah {step}{until}.",
        NEARLY: f"{step} hampir lewat waktu baku{until}.",
        LATE: f"{step} melewati waktu baku{until}.",
    }
    return f"Aduan {number}: {words[kind]}"


def case_sentence(kind: str, number: str, due: datetime | None = None) -> str:
    """What staff are told about a case as a whole."""
    since = f" pada {time_text(due)}" if due is not None else ""
    words = {
        PROPOSAL: "ada usulan pemindahan yang menunggu persetujuan.",
        TOTAL: f"belum dijawab, padahal batas waktunya sudah lewat{since}.",
        HELD_UP: "tertahan dan perlu dilihat.",
        UNDELIVERED: "kabar untuk pelapor belum disampaikan, padahal sudah lewat satu hari kerja.",
    }
    return f"Aduan {number}: {words[kind]}"


def reporter_sentence(
    kind: str, number: str, *, status: str = "", outcome: str = "", until: datetime | None = None
) -> str:
    """What the reporter is told. `status`: the diagram's sentence; `until`: when the case closes by itself."""
    words = {
        RECEIVED: "sudah kami terima.",
        ANSWERED: f"{status or 'sudah dijawab, silakan baca'}.",
        CLOSING: f"akan ditutup {day_text(until)} bila tidak ada tanggapan dari Anda." if until else "akan ditutup.",
        CLOSED: f"{outcome or 'selesai'}.",
        REOPENED: "dibuka kembali dan ditangani lagi.",
    }
    return f"Aduan {number}: {words[kind]}"


def announcement(number: str, text: str) -> str:
    """What a service task tells. The gate has let only choices, numbers and decisions into it."""
    return text if number in text else f"Aduan {number}: {text}"


def reporter_body(sentence: str, link: str, code: str, until: datetime | None = None) -> str:
    """The text of a mail to the reporter. `code`: short code of the last event, to be held against the history."""
    closing = f"Bila tidak ada tanggapan dari Anda, aduan ditutup {time_text(until)}." if until else ""
    kept = f"Kode riwayat: {code}. Simpan surel ini; kode itu menunjukkan sampai di mana aduan Anda tercatat."
    return "\n\n".join(filter(None, ("Yth. Pelapor,", sentence, closing, f"Baca selengkapnya: {link}", kept)))


def counted(kind: str, count: int) -> str:
    """ "3 tugas terlambat"."""
    return f"{count} {_COUNTED[kind]}"


def item(text: str, link: str) -> str:
    """A line of a list, with where to look."""
    return f"{ITEM}{text} {link}"


def listed(kind: str, items: Sequence[str], count: int) -> str:
    """How many there are, and the list, which is cut when it is long."""
    shown = items[:MOST_ITEMS]
    rest = [f"dan {count - len(shown)} lainnya"] if count > len(shown) else []
    return "\n".join([f"{counted(kind, count)}:", *shown, *rest])
