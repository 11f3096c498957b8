"""Checks what Aduan proves about its history: chain, log, signatures, heads. Stands alone; knows no database.

    python verify.py BUNDLE [--key F] [--against CHECKPOINT]

BUNDLE is a ZIP or folder made by `aduan bundle`, or a receipt that a reporter downloaded. It needs Python 3.11 with
the package `cryptography` and nothing else of Aduan; docs/decisions/0008-proofs.md describes the format. Exit status:
0 it held, 1 it did not (with the first event that does not hold), 2 wrong use.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64  # `previous` of a stream's first event
LATE = timedelta(minutes=5)  # an event that is still not in the log after this long is a finding
RECEIPT_MARK = "=== BUKTI ===\n"
_MOMENT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}Z")  # UTC, so texts sort as times do
_SALT = re.compile("[0-9a-f]{32}")
_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, RecursionError)  # what data of another form raises


class Broken(Exception):
    """Something does not hold. `where` names the event or the part, `reason` says what is wrong with it."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


# ---- Encodings: each has exactly one form, so that no bit can be changed without effect.


def canonical_json(data: bytes) -> Any:
    """The value of canonical JSON (RFC 8785 without floats). Raises ValueError for any other encoding of it."""
    value = json.loads(data.decode(), parse_float=int, parse_constant=int)  # int raises ValueError for 1.5 and NaN
    if json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() != data:
        raise ValueError("tidak ditulis dalam bentuk baku")
    return value


def _path(proof: Sequence[str]) -> list[bytes]:
    """The hashes of a proof. Raises ValueError when their base64 would be written otherwise."""
    path = [base64.b64decode(each) for each in proof]
    if [base64.b64encode(each).decode() for each in path] != proof:
        raise ValueError("base64 tidak ditulis dalam bentuk baku")
    return path


# ---- The Merkle log (RFC 9162, 2.1).


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry. The log's entries are the events' hashes (32 bytes each)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def head_leaf(stream: str, seq: int, hash: str) -> bytes:
    """Leaf of a stream's last event in the tree `heads`, which stands in the order of the streams' first events."""
    return leaf_hash(f"{seq} {hash} {stream}".encode())


def _sides(index: int, size: int, proof: Sequence[bytes]) -> list[tuple[bool, bytes]]:
    """The siblings from leaf `index` up to the root, and whether each stands left. Raises ValueError: not so many."""
    shared = (index ^ (size - 1)).bit_length()  # levels below which the way up is not yet the tree's right edge
    if not 0 <= index < size or len(proof) != shared + (index >> shared).bit_count():
        raise ValueError("panjang bukti tidak sesuai")
    return [(level >= shared or bool(index >> level & 1), sibling) for level, sibling in enumerate(proof)]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root of `size` leaves that the inclusion proof of leaf `index` leads to. Raises ValueError."""
    for is_left, sibling in _sides(index, size, proof):
        leaf = node_hash(sibling, leaf) if is_left else node_hash(leaf, sibling)
    return leaf


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the log of `first` entries, 0 < first < second, is the beginning of the other. Raises ValueError."""
    level = (first & -first).bit_length() - 1  # of the complete subtree that the first entries end in
    start, *path = proof if first & (first - 1) else [first_root, *proof]
    old = new = start
    for is_left, sibling in _sides((first - 1) >> level, ((second - 1) >> level) + 1, path):
        new = node_hash(sibling, new) if is_left else node_hash(new, sibling)
        old = node_hash(sibling, old) if is_left else old
    return (old, new) == (first_root, second_root)


# ---- Checkpoints: signed notes (C2SP signed-note and tlog-checkpoint, Ed25519).


@dataclass(frozen=True)
class Key:
    """A public key of the log and the time in which its signatures count (texts as in an event's `at`)."""

    name: str
    public: bytes
    since: str
    until: str = ""  # empty: still in use

    @property
    def id(self) -> bytes:
        """As C2SP derives it from name and key."""
        return hashlib.sha256(f"{self.name}\n\x01".encode() + self.public).digest()[:4]

    def line(self) -> str:
        """As it stands in a list of keys: the C2SP verifier key, since, until."""
        encoded = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded} {self.since} {self.until}".strip()


def read_keys(text: str) -> list[Key]:
    """The keys of a list, one a line. Raises Broken."""
    keys = []
    for line in text.splitlines():
        try:
            verifier, since, *until = line.split(" ")
            name, _, encoded = verifier.split("+", 2)
            key = Key(name, base64.b64decode(encoded)[1:], since, *until)
            if key.line() != line:
                raise ValueError("tidak ditulis dalam bentuk baku")
        except (ValueError, TypeError) as error:
            raise Broken("daftar kunci publik", f"baris {line[:60]!r} tidak terbaca ({error})") from error
        keys.append(key)
    return keys


@dataclass(frozen=True)
class Checkpoint:
    """What a signed checkpoint states: the log's size and root, and the root over the last event of each stream."""

    origin: str
    size: int
    root: bytes
    streams: int
    heads: bytes
    at: str

    def text(self) -> str:
        """The text that is signed."""
        root, heads = (base64.b64encode(each).decode() for each in (self.root, self.heads))
        return f"{self.origin}\n{self.size}\n{root}\nheads {self.streams} {heads}\nat {self.at}\n"


def open_note(note: str, keys: Sequence[Key]) -> Checkpoint:
    """The checkpoint in a signed note, which a known key must have signed in its time. Raises Broken."""
    where = "titik periksa"
    try:
        text, signatures = note.split("\n\n")
        origin, size, root, heads, at = text.split("\n")
        _, streams, head_root = heads.split(" ")
        roots = base64.b64decode(root), base64.b64decode(head_root)
        point = Checkpoint(origin, int(size), roots[0], int(streams), roots[1], at.removeprefix("at "))
        signed = [(name, base64.b64decode(blob)) for _, name, blob in map(str.split, signatures.splitlines())]
    except ValueError as error:
        raise Broken(where, "tidak terbaca sebagai catatan bertanda tangan") from error
    lines = "".join(f"— {name} {base64.b64encode(blob).decode()}\n" for name, blob in signed)
    if note != f"{point.text()}\n{lines}" or not _MOMENT.fullmatch(at.removeprefix("at ")):
        raise Broken(where, "tidak ditulis dalam bentuk baku")
    found = [(key, blob) for key in keys for name, blob in signed if name == key.name == origin and blob[:4] == key.id]
    if not found:
        raise Broken(where, f"tanda tangannya bukan dari kunci catatan yang dikenal (ukuran {point.size})")
    for key, blob in found:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(blob[4:], point.text().encode())
        except (InvalidSignature, ValueError) as error:
            raise Broken(where, f"tanda tangan kunci {key.id.hex()} tidak cocok (ukuran {point.size})") from error
    if not any(key.since <= point.at and (not key.until or point.at <= key.until) for key, _ in found):
        raise Broken(where, f"ditandatangani dengan kunci yang tidak berlaku pada {point.at} (ukuran {point.size})")
    return point


# ---- Events: canonical bodies, each naming the hash of the one before it in its stream.


class Head(NamedTuple):
    """The last event of a stream."""

    seq: int
    hash: str
    at: str


Values = Mapping[str, Sequence[str] | None]  # name -> salt and text of a typed value, None when both are gone
_NOTHING = Head(0, GENESIS, "")


@dataclass
class Chain:
    """Follows streams event by event, with their values. `heads` is in the order of the streams' first events."""

    read: Callable[[bytes], Any] = canonical_json  # a faster reader with the same answers may stand in
    heads: dict[str, Head] = field(default_factory=dict)
    erased: dict[tuple[str, str, str], bool] = field(default_factory=dict)  # stream, seq, name -> told by an erasure?

    def add(self, body: bytes, stated: str, values: Values, where: str) -> dict[str, Any]:
        """The facts of the next event. `where` names it until its stream and seq are known. Raises Broken."""
        if hashlib.sha256(body).hexdigest() != stated:
            raise Broken(where, "isinya tidak cocok dengan hash-nya")
        try:
            facts: dict[str, Any] = self.read(body)
            stream, seq, previous, at = facts["stream"], facts["seq"], facts["previous"], facts["at"]
            if not (isinstance(seq, int) and isinstance(stream, str) and isinstance(facts["values"], dict)):
                raise TypeError("wrong type")
            if not _MOMENT.fullmatch(at):
                raise ValueError(at)
            lists = facts["erased"].items() if facts["type"] == "case_erased" else ()
            told = [(stream, str(number), str(name)) for number, names in lists for name in names]
        except _UNREADABLE as error:
            raise Broken(where, f"isinya tidak terbaca sebagai peristiwa: {error}") from error
        before = self.heads.get(stream, _NOTHING)
        if seq != before.seq + 1:
            raise Broken(f"{stream} nomor {before.seq + 1}", f"hilang atau tertukar: di tempatnya berdiri nomor {seq}")
        where = f"{stream} nomor {seq}"
        if previous != before.hash:
            raise Broken(where, "tidak menyambung pada hash peristiwa sebelumnya")
        if at < before.at:
            raise Broken(where, "waktunya mendahului peristiwa sebelumnya")
        self._erasure(told)
        self._values(facts["values"], values, where, (stream, str(seq)))
        self.heads[stream] = Head(seq, stated, at)
        return facts

    def _values(self, digests: Mapping[str, str], values: Values, where: str, place: tuple[str, str]) -> None:
        if values.keys() != digests.keys():
            raise Broken(where, f"nilai yang tersimpan bukan {sorted(digests)}")
        for name, pair in values.items():
            if pair is None:
                self.erased[*place, name] = False
                continue
            salt, text = pair
            digest = hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()
            if digest != digests[name] or not _SALT.fullmatch(salt):
                raise Broken(where, f"nilai «{name}» tidak cocok dengan sidik jarinya")

    def _erasure(self, told: Sequence[tuple[str, str, str]]) -> None:
        for each in told:
            if each not in self.erased:
                raise Broken(f"{each[0]} nomor {each[1]}", f"nilai «{each[2]}» dicatat terhapus, tetapi masih ada")
            self.erased[each] = True

    def close(self) -> None:
        """After the last event: a later event of its stream must have told every erasure. Raises Broken."""
        for (stream, seq, name), told in self.erased.items():
            if not told:
                raise Broken(f"{stream} nomor {seq}", f"nilai «{name}» dikosongkan tanpa peristiwa penghapusan")


def not_late(stream: str, head: Head, now: str) -> str:
    """The name of an event that the log does not hold yet. Raises Broken when it should by now."""
    where = f"{stream} nomor {head.seq}"
    if datetime.fromisoformat(now) - datetime.fromisoformat(head.at) > LATE:
        raise Broken(where, "sudah lebih dari lima menit tetapi belum tercantum dalam catatan")
    return where


# ---- A bundle: the events of some streams, with proofs that they stand in the log and that nothing follows them.


@dataclass
class Report:
    """What was checked and held."""

    checkpoint: Checkpoint
    events: int = 0
    uncovered: list[str] = field(default_factory=list)  # events that are younger than the checkpoint
    erased: int = 0
    heads: dict[str, Head] = field(default_factory=dict)


def _check_place(point: Checkpoint, stream: str, head: Head, index: int, proof: Sequence[str]) -> None:
    """An event must stand in the log at this place."""
    if root_from_inclusion(leaf_hash(bytes.fromhex(head.hash)), index, point.size, _path(proof)) != point.root:
        raise Broken(f"{stream} nomor {head.seq}", f"tidak tercantum pada tempat {index} dalam catatan bertanda tangan")


def _check_head(point: Checkpoint, stream: str, head: Head, index: int, proof: Sequence[str]) -> None:
    """An event must be the last of its stream at the checkpoint."""
    if root_from_inclusion(head_leaf(stream, head.seq, head.hash), index, point.streams, _path(proof)) != point.heads:
        reason = "bukan ujung riwayatnya menurut titik periksa: peristiwa sesudahnya hilang"
        raise Broken(f"{stream} nomor {head.seq}", reason)


def _check_against(point: Checkpoint, earlier: Checkpoint, proofs: Mapping[str, Sequence[str]]) -> None:
    """The earlier checkpoint's log must be the beginning of this one's."""
    where = f"titik periksa pembanding (ukuran {earlier.size})"
    if earlier.size > point.size:
        raise Broken(where, f"catatan sekarang lebih pendek, {point.size}: riwayat dipotong")
    if earlier.size == point.size:
        if point.root != earlier.root or point.heads != earlier.heads:
            raise Broken(where, "isi catatan berbeda pada ukuran yang sama: riwayat ditulis ulang")
        return
    if str(earlier.size) not in proofs:
        raise Broken(where, "bundel ini tidak memuat buktinya; buat lagi dengan aduan bundle --against")
    proof = _path(proofs[str(earlier.size)])
    if earlier.size and not consistent(earlier.size, earlier.root, point.size, point.root, proof):
        raise Broken(where, "catatan sekarang bukan kelanjutannya: riwayat ditulis ulang")


def check_bundle(
    files: Mapping[str, bytes], keys: Sequence[Key], earlier: Checkpoint | None = None, now: str = ""
) -> Report:
    """Check a bundle. `now` (default: the checkpoint's time) tells which events are late. Raises Broken."""
    chain, covered, uncovered = Chain(), dict[str, Head](), list[str]()
    try:
        point, proofs = open_note(files["checkpoint.txt"].decode(), keys), canonical_json(files["proofs.json"])
        for stream, head, place in _events(files["events.jsonl"], chain):
            if place is None:
                uncovered.append(not_late(stream, head, now or point.at))
                continue
            _check_place(point, stream, head, place, proofs["inclusion"][str(place)])
            if head.at > point.at or covered.get(stream, _NOTHING).seq != head.seq - 1:
                raise Broken(f"{stream} nomor {head.seq}", "tercantum dalam catatan sebelum waktunya")
            covered[stream] = head
        chain.close()
        for stream, head in covered.items():
            _check_head(point, stream, head, **proofs["heads"][stream])
        used = (sum(head.seq for head in covered.values()), covered.keys(), {"inclusion", "heads", "consistency"})
        if (len(proofs["inclusion"]), proofs["heads"].keys(), proofs.keys()) != used:
            raise Broken("bundel", "memuat bukti yang bukan tentang peristiwanya")
        if earlier is not None:
            _check_against(point, earlier, proofs["consistency"])
    except _UNREADABLE as error:
        raise Broken("bundel", f"tidak lengkap atau tidak terbaca ({error!r})") from error
    return Report(point, sum(head.seq for head in chain.heads.values()), uncovered, len(chain.erased), chain.heads)


def _events(lines: bytes, chain: Chain) -> Iterator[tuple[str, Head, int | None]]:
    """Stream, head and place in the log of each event, held against the chain."""
    for number, line in enumerate(lines.removesuffix(b"\n").split(b"\n"), 1):
        event, unread = canonical_json(line), f"peristiwa ke-{number} dalam bundel"
        stream = chain.add(event["body"].encode(), event["hash"], event["values"], unread)["stream"]
        yield stream, chain.heads[stream], event["log_index"]


# ---- A receipt: the last event of one case, for its reporter.


def check_receipt(text: str, keys: Sequence[Key], earlier: Checkpoint | None = None) -> Report:
    """Check a receipt. Raises Broken."""
    try:
        point = open_note(note_in(text), keys)
        facts = canonical_json(text.split(RECEIPT_MARK)[1].split("\n\n", 1)[0].encode())
        stream, head = facts["stream"], Head(facts["seq"], facts["hash"], "")
        _check_place(point, stream, head, facts["log_index"], facts["inclusion"])
        _check_head(point, stream, head, **facts["head"])
        if earlier is not None:
            _check_against(point, earlier, {})
    except _UNREADABLE as error:
        raise Broken("tanda terima", f"tidak terbaca ({error!r})") from error
    return Report(point, 1, heads={stream: head})


def note_in(text: str) -> str:
    """The signed note in a file: a checkpoint by itself, or a receipt, which ends in one."""
    return text.split(RECEIPT_MARK)[1].split("\n\n", 1)[-1] if RECEIPT_MARK in text else text


# ---- Files, and the command line.


def read_files(path: Path) -> dict[str, bytes]:
    """The files of a bundle, or {"receipt": ...}. Raises OSError, Broken."""
    if path.is_dir():
        return {each.name: each.read_bytes() for each in path.iterdir() if each.is_file()}
    if not zipfile.is_zipfile(path):
        return {"receipt": path.read_bytes()}
    try:
        with zipfile.ZipFile(path) as archive:
            files = [(name, archive.read(name)) for name in archive.namelist()]
    except Exception as error:  # a damaged archive raises nearly anything
        raise Broken("bundel", f"arsip rusak ({error})") from error
    if len(dict(files)) != len(files):
        raise Broken("bundel", "memuat dua berkas dengan nama yang sama")
    return dict(files)


def check_files(files: Mapping[str, bytes], keys: Sequence[Key] | None, against: str | None = None) -> Report:
    """Check a bundle or receipt; without keys from elsewhere those in the bundle are taken. Raises Broken."""
    known = read_keys(files.get("keys.txt", b"").decode(errors="replace")) if keys is None else keys
    earlier = open_note(note_in(against), known) if against is not None else None
    if "receipt" in files:
        return check_receipt(files["receipt"].decode(errors="replace"), known, earlier)
    return check_bundle(files, known, earlier)


def sentences(report: Report, own_keys: bool) -> list[str]:
    """What held, in words."""
    point = report.checkpoint
    told = [
        f"Cocok: {report.events} peristiwa, rantai hash, nilai, dan tempatnya dalam catatan bertanda tangan.",
        f"Titik periksa: ukuran {point.size}, {point.at}, {point.origin}.",
        *(f"Ujung riwayat {stream}: nomor {head.seq}, {head.hash}." for stream, head in report.heads.items()),
    ]
    if report.erased:
        told.append(f"{report.erased} nilai sudah dihapus sesuai prosedur; sidik jarinya tetap ada.")
    if report.uncovered:
        told.append(f"Belum tercakup titik periksa ini: {', '.join(report.uncovered)}.")
    if own_keys:
        told.append(
            "Perhatian: kunci publik diambil dari bundel itu sendiri. Bandingkan dengan kunci dari Dinas (--key)."
        )
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names."""
    parser = argparse.ArgumentParser(description="Memeriksa bundel atau tanda terima Aduan.")
    parser.add_argument("bundle", type=Path, help="ZIP atau folder dari aduan bundle, atau berkas tanda terima")
    parser.add_argument("--key", type=Path, help="daftar kunci publik yang diperoleh langsung dari Dinas")
    parser.add_argument("--against", type=Path, help="titik periksa atau tanda terima lama sebagai pembanding")
    given = parser.parse_args(arguments)
    try:
        keys = read_keys(given.key.read_text("utf-8")) if given.key else None
        against = given.against.read_text("utf-8") if given.against else None
        report = check_files(read_files(given.bundle), keys, against)
    except (OSError, UnicodeDecodeError) as error:
        print(f"Berkas tidak dapat dibaca: {error}", file=sys.stderr)
        return 2
    except Broken as broken:
        print(f"TIDAK COCOK. {broken}", file=sys.stderr)
        return 1
    print("\n".join(sentences(report, keys is None)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
