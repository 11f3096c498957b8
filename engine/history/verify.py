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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64  # `previous` of a stream's first event
LATE = timedelta(minutes=5)  # an event that is still not in the log after this long is a finding
RECEIPT_MARK = "=== BUKTI ===\n"
_MOMENT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}Z")  # UTC, so texts sort as times do
_SALT = re.compile("[0-9a-f]{32}")


class Broken(Exception):
    """Something does not hold. `where` names the event or the part, `reason` says what is wrong with it."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


# ---- Encodings: each has exactly one form, so that no bit can be changed without effect.


def canonical_json(data: bytes) -> Any:
    """The value of canonical JSON (RFC 8785 without floats). Raises ValueError for any other encoding of it."""

    def refuse(text: str) -> NoReturn:
        raise ValueError(f"bilangan pecahan {text} tidak dipakai")

    value = json.loads(data.decode(), parse_float=refuse, parse_constant=refuse)
    if json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() != data:
        raise ValueError("tidak ditulis dalam bentuk baku")
    return value


def from_base64(text: str) -> bytes:
    """Decoded bytes. Raises ValueError when they would be encoded otherwise."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 tidak ditulis dalam bentuk baku")
    return data


def _number(text: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,17}", text):
        raise ValueError(f"{text!r} bukan bilangan")
    return int(text)


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


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); None when its length does not fit."""
    if not 0 <= index < size:
        return None
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    return current if last == 0 else None


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the log of `first` entries is the beginning of that of `second` (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# ---- Checkpoints: signed notes (C2SP signed-note and tlog-checkpoint, Ed25519).


@dataclass(frozen=True)
class Key:
    """A public key of the log and the time in which its signatures count (texts as in an event's `at`)."""

    name: str
    id: bytes
    public: bytes
    since: str
    until: str  # empty: still in use

    @staticmethod
    def of(name: str, public: bytes, since: str, until: str = "") -> Key:
        """With the id that C2SP derives from name and key."""
        return Key(name, hashlib.sha256(f"{name}\n\x01".encode() + public).digest()[:4], public, since, until)

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
            key = Key.of(name, from_base64(encoded)[1:], since, *until)
        except (ValueError, TypeError) as error:
            raise Broken("daftar kunci publik", f"baris {line[:60]!r} tidak terbaca") from error
        if key.line() != line:
            raise Broken("daftar kunci publik", f"baris {line[:60]!r} tidak ditulis dalam bentuk baku")
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
        _, streams, heads_root = heads.split(" ")
        point = Checkpoint(
            origin, _number(size), from_base64(root), _number(streams), from_base64(heads_root), at.removeprefix("at ")
        )
        lines = [re.fullmatch("— ([^ +]+) ([^ ]+)", line) for line in signatures.removesuffix("\n").split("\n")]
        signed = [(line[1], from_base64(line[2])) for line in lines if line is not None]
    except ValueError as error:
        raise Broken(where, "tidak terbaca sebagai catatan bertanda tangan") from error
    exact = point.text() == text + "\n" and note.endswith("\n") and len(signed) == len(lines)
    if not (exact and _MOMENT.fullmatch(point.at)):
        raise Broken(where, "tidak ditulis dalam bentuk baku")
    found = [
        key for key in keys for name, blob in signed if name == key.name == origin and _signed_by(key, blob, point)
    ]
    if not found:
        raise Broken(where, f"tanda tangannya bukan dari kunci catatan yang dikenal (ukuran {point.size})")
    if not any(key.since <= point.at and (not key.until or point.at <= key.until) for key in found):
        raise Broken(where, f"ditandatangani dengan kunci yang tidak berlaku pada {point.at} (ukuran {point.size})")
    return point


def _signed_by(key: Key, blob: bytes, point: Checkpoint) -> bool:
    if blob[:4] != key.id:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(blob[4:], point.text().encode())
    except (InvalidSignature, ValueError) as error:
        raise Broken("titik periksa", f"tanda tangan kunci {key.id.hex()} tidak cocok (ukuran {point.size})") from error
    return True


# ---- Events: canonical bodies, each naming the hash of the one before it in its stream.


class Head(NamedTuple):
    """The last event of a stream."""

    seq: int
    hash: str
    at: str


@dataclass
class Chain:
    """Follows streams event by event. `heads` is in the order of the streams' first events."""

    read: Callable[[bytes], Any] = canonical_json  # a faster reader with the same answers may stand in
    heads: dict[str, Head] = field(default_factory=dict)

    def add(self, body: bytes, stated: str, where: str) -> dict[str, Any]:
        """The facts of the next event. Raises Broken."""
        if hashlib.sha256(body).hexdigest() != stated:
            raise Broken(where, "isinya tidak cocok dengan hash-nya")
        try:
            facts: dict[str, Any] = self.read(body)
            stream, seq, previous, at = (facts[name] for name in ("stream", "seq", "previous", "at"))
            if not (isinstance(seq, int) and isinstance(stream, str) and isinstance(facts["values"], dict)):
                raise TypeError("wrong type")
            if not _MOMENT.fullmatch(at):
                raise ValueError(at)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Broken(where, f"isinya tidak terbaca sebagai peristiwa: {error}") from error
        before = self.heads.get(stream, Head(0, GENESIS, ""))
        if seq != before.seq + 1:
            raise Broken(f"{stream} nomor {before.seq + 1}", f"hilang atau tertukar: di tempatnya berdiri nomor {seq}")
        if previous != before.hash:
            raise Broken(f"{stream} nomor {seq}", "tidak menyambung pada hash peristiwa sebelumnya")
        if at < before.at:
            raise Broken(f"{stream} nomor {seq}", "waktunya mendahului peristiwa sebelumnya")
        self.heads[stream] = Head(seq, stated, at)
        return facts


def check_values(facts: Mapping[str, Any], values: Mapping[str, Sequence[str] | None], where: str) -> int:
    """Hold typed values (name -> salt and text, None when erased) against their digests; returns how many are erased.

    Raises Broken.
    """
    if values.keys() != facts["values"].keys():
        raise Broken(where, f"nilai yang tersimpan bukan {sorted(facts['values'])}")
    for name, pair in values.items():
        if pair is None:
            continue
        salt, text = pair
        digest = hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()
        if digest != facts["values"][name] or not _SALT.fullmatch(salt):
            raise Broken(where, f"nilai «{name}» tidak cocok dengan sidik jarinya")
    return sum(pair is None for pair in values.values())


def is_late(at: str, now: str) -> bool:
    """Whether an event of this time should stand in the log by now."""
    return datetime.fromisoformat(now) - datetime.fromisoformat(at) > LATE


# ---- A bundle: the events of some streams, with proofs that they stand in the log and that nothing follows them.


@dataclass
class Report:
    """What was checked and held."""

    checkpoint: Checkpoint
    events: int = 0
    uncovered: list[str] = field(default_factory=list)  # events that are younger than the checkpoint
    erased: int = 0
    heads: dict[str, Head] = field(default_factory=dict)


def check_included(point: Checkpoint, index: int, hash: str, proof: Sequence[str], where: str) -> None:
    """An event's hash must stand in the log at this place. Raises Broken."""
    try:
        path = [from_base64(each) for each in proof]
    except ValueError as error:
        raise Broken(where, str(error)) from error
    if root_from_inclusion(leaf_hash(bytes.fromhex(hash)), index, point.size, path) != point.root:
        raise Broken(where, f"tidak tercantum pada tempat {index} dalam catatan bertanda tangan")


def check_head(point: Checkpoint, stream: str, head: Head, index: int, proof: Sequence[str]) -> None:
    """An event must be the last of its stream at the checkpoint. Raises Broken."""
    where = f"{stream} nomor {head.seq}"
    try:
        path = [from_base64(each) for each in proof]
    except ValueError as error:
        raise Broken(where, str(error)) from error
    if root_from_inclusion(head_leaf(stream, head.seq, head.hash), index, point.streams, path) != point.heads:
        raise Broken(where, "bukan ujung riwayatnya menurut titik periksa: peristiwa sesudahnya hilang")


def check_against(point: Checkpoint, earlier: Checkpoint, proofs: Mapping[str, Sequence[str]]) -> None:
    """The earlier checkpoint's log must be the beginning of this one's. Raises Broken."""
    where = f"titik periksa pembanding (ukuran {earlier.size})"
    if earlier.size > point.size:
        raise Broken(where, f"catatan sekarang lebih pendek, {point.size}: riwayat dipotong")
    if earlier.size == point.size:
        if point.root != earlier.root or point.heads != earlier.heads:
            raise Broken(where, "isi catatan berbeda pada ukuran yang sama: riwayat ditulis ulang")
        return
    if str(earlier.size) not in proofs:
        raise Broken(where, "bundel ini tidak memuat buktinya; buat lagi dengan aduan bundle --against")
    proof = [from_base64(each) for each in proofs[str(earlier.size)]]
    if earlier.size and not consistent(earlier.size, earlier.root, point.size, point.root, proof):
        raise Broken(where, "catatan sekarang bukan kelanjutannya: riwayat ditulis ulang")


def check_bundle(
    files: Mapping[str, bytes], keys: Sequence[Key], earlier: Checkpoint | None = None, now: str = ""
) -> Report:
    """Check a bundle. `now` (default: the checkpoint's time) tells which events are late. Raises Broken."""
    try:
        report = Report(open_note(files["checkpoint.txt"].decode(), keys))
        proofs = canonical_json(files["proofs.json"])
        chain, covered = Chain(), dict[str, Head]()
        for line in files["events.jsonl"].removesuffix(b"\n").split(b"\n"):
            _check_line(canonical_json(line), report, proofs, chain, covered, now)
        for stream, head in covered.items():
            check_head(report.checkpoint, stream, head, **proofs["heads"][stream])
        used = (report.events - len(report.uncovered), covered.keys(), {"inclusion", "heads", "consistency"})
        if (len(proofs["inclusion"]), proofs["heads"].keys(), proofs.keys()) != used:
            raise Broken("bundel", "memuat bukti yang bukan tentang peristiwanya")
        if earlier is not None:
            check_against(report.checkpoint, earlier, proofs["consistency"])
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Broken("bundel", f"tidak lengkap atau tidak terbaca ({error!r})") from error
    report.heads = chain.heads
    return report


def _check_line(
    event: dict[str, Any], report: Report, proofs: Any, chain: Chain, covered: dict[str, Head], now: str
) -> None:
    point, place = report.checkpoint, event["log_index"]
    facts = chain.add(event["body"].encode(), event["hash"], f"peristiwa ke-{report.events + 1} dalam bundel")
    stream, head = facts["stream"], chain.heads[facts["stream"]]
    where = f"{stream} nomor {head.seq}"
    report.events += 1
    report.erased += check_values(facts, event["values"], where)
    if place is None:
        if is_late(head.at, now or point.at):
            raise Broken(where, "sudah lebih dari lima menit tetapi belum tercantum dalam catatan")
        report.uncovered.append(where)
        return
    check_included(point, place, head.hash, proofs["inclusion"][str(place)], where)
    if head.at > point.at or covered.get(stream, Head(0, "", "")).seq != head.seq - 1:
        raise Broken(where, "tercantum dalam catatan sebelum waktunya")
    covered[stream] = head


# ---- A receipt: the last event of one case, for its reporter.


def check_receipt(text: str, keys: Sequence[Key], earlier: Checkpoint | None = None) -> Report:
    """Check a receipt. Raises Broken."""
    try:
        proof, note = text.split(RECEIPT_MARK)[1].split("\n\n", 1)
        facts = canonical_json(proof.encode())
        report = Report(open_note(note, keys), events=1)
        head = Head(facts["seq"], facts["hash"], "")
        where = f"{facts['stream']} nomor {head.seq}"
        check_included(report.checkpoint, facts["log_index"], head.hash, facts["inclusion"], where)
        check_head(report.checkpoint, facts["stream"], head, **facts["head"])
        if earlier is not None:
            check_against(report.checkpoint, earlier, {})
    except (IndexError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise Broken("tanda terima", f"tidak terbaca ({error!r})") from error
    report.heads = {facts["stream"]: head}
    return report


def note_in(text: str) -> str:
    """The signed note in a file: a checkpoint by itself, or a receipt, which ends in one."""
    return text.split(RECEIPT_MARK)[1].split("\n\n", 1)[-1] if RECEIPT_MARK in text else text


def read_files(path: Path) -> dict[str, bytes]:
    """The files of a bundle, or {"receipt": ...}. Raises OSError, Broken."""
    if path.is_dir():
        return {each.name: each.read_bytes() for each in path.iterdir() if each.is_file()}
    if not zipfile.is_zipfile(path):
        return {"receipt": path.read_bytes()}
    try:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
            if len(files) != len(archive.namelist()):
                raise Broken("bundel", "memuat dua berkas dengan nama yang sama")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Broken("bundel", f"arsip rusak ({error})") from error
    return files


def check_files(
    files: Mapping[str, bytes], keys: Sequence[Key] | None, against: str | None = None, now: str = ""
) -> Report:
    """Check a bundle or receipt; without keys from elsewhere those in the bundle are taken. Raises Broken."""
    try:
        known = read_keys(files.get("keys.txt", b"").decode()) if keys is None else keys
        earlier = open_note(note_in(against), known) if against is not None else None
        if "receipt" in files:
            return check_receipt(files["receipt"].decode(), known, earlier)
    except UnicodeDecodeError as error:
        raise Broken("bundel", "bukan bundel dan bukan tanda terima") from error
    return check_bundle(files, known, earlier, now)


def sentences(report: Report, own_keys: bool) -> list[str]:
    """What held, in words."""
    point, told = report.checkpoint, []
    told.append(f"Cocok: {report.events} peristiwa, rantai hash, nilai, dan tempatnya dalam catatan bertanda tangan.")
    told.append(f"Titik periksa: ukuran {point.size}, {point.at}, {point.origin}.")
    told += [f"Ujung riwayat {stream}: nomor {head.seq}, {head.hash}." for stream, head in report.heads.items()]
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
        keys = given.key.read_text("utf-8") if given.key else None
        against = given.against.read_text("utf-8") if given.against else None
        report = check_files(read_files(given.bundle), read_keys(keys) if keys is not None else None, against)
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
