"""A case's chronology as a document: what happened, in order, in words. Made from its replay; knows no request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.history.event import moment_from
from engine.queries.case_replay import Moment, Replay
from engine.queries.case_replay.document import Line, Value
from webapp.text import CHANNEL_NAMES, date_text, short_time, time_text


@dataclass(frozen=True)
class Row:
    """One event on paper."""

    number: int
    when: str
    what: str
    who: str
    title: str  # the appointment acted under
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Chronology:
    """The document: its head, its rows, what stands below them."""

    title: str
    head: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    note: str
    place: str  # and day, above the signature


def chronology(played: Replay, now: datetime) -> Chronology:
    """The chronology as of `now`."""
    versions = ", lalu ".join(f"versi {each.number}" for each in played.versions)
    head = (
        ("Nomor aduan", played.number),
        ("Judul", played.title or "—"),
        ("SOP", f"{played.process}, {versions}"),
        ("Diterima", time_text(moment_from(played.opened))),
        ("Batas jawaban", time_text(moment_from(played.due)) if played.due else "—"),
        ("Ditutup", time_text(moment_from(played.closed)) if played.closed else "Belum"),
        ("Hasil", played.outcome or "Masih berjalan"),
    )
    last = played.moments[-1]
    note = (
        f"Disusun dari {len(played.moments)} kejadian dalam riwayat pada {time_text(now)}. "
        f"Sidik kejadian terakhir: {last.hash}. Dokumen ini ringkasan; buktinya adalah bundel bukti aduan ini."
    )
    rows = tuple(_row(played, each) for each in played.moments)
    return Chronology(
        f"Kronologi penanganan aduan {played.number}", head, rows, note, f"Serang, {date_text(now).partition(', ')[2]}"
    )


def _row(played: Replay, moment: Moment) -> Row:
    who = f"{moment.by} atas nama pelapor" if moment.on_behalf else moment.by
    if moment.channel not in ("web", "sistem"):
        who = f"{who}, melalui {CHANNEL_NAMES.get(moment.channel, moment.channel)}"
    what = f"{moment.what}: {moment.step}" if moment.step else moment.what
    notices, reads = played.of_moment[moment.seq]
    told = [Line("Pemberitahuan", f"{len(notices)} pesan")] if notices else []
    told += [Line("Dibaca", f"{len(reads)} kali")] if reads else []
    lines = (*map(_typed, moment.values), *moment.lines, *told)
    return Row(moment.seq, short_time(moment_from(moment.at)), what, who, moment.title, lines)


def _typed(value: Value) -> Line:
    if value.digest:
        return Line(value.title, f"{value.text} Sidik isian: {value.digest}")
    text = value.text or ", ".join(each.name for each in value.files)
    return Line(value.title, f"{text} (sebelumnya: {value.before})" if value.before else text)
