"""Checks what Aduan proves about its history: chain, log, signatures, heads, files. Stands alone; knows no database.

    python verify.py BUNDLE [--key F] [--against CHECKPOINT]

BUNDLE is a ZIP or folder made by `aduan bundle`, or a receipt that a reporter downloaded. It needs Python 3.11 with
the package `cryptography` and nothing else of Aduan; docs/bukti.md describes the format. Exit status: 0 it held,
1 it did not (with the first place that does not hold), 2 wrong use.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64  # `previous` of a stream's first event
LATE = timedelta(minutes=5)  # an event that is still not in the log after this long is a finding
RECEIPT_MARK = "=== BUKTI ===\n"
FORMAT = "aduan-bundle 1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"  # every other file of a bundle stands in the first
LEFT_OUT = "left_out"  # in place of a value that its maker kept out of a bundle; one that was erased is null
SMALL = 64 * 1024 * 1024  # bytes: what is read in one piece, such as a line or the manifest, is never longer
SWELLING = 200  # no honest file of a bundle shrinks to less than a part of so many: its hashes do not shrink
_MOMENT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}Z")  # UTC, so texts sort as times do
_SALT = re.compile("[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[a-z0-9]+)?(/[A-Za-z0-9_-]+(\.[a-z0-9]+)?)*")  # never outside its folder
_UNREADABLE = (ArithmeticError, LookupError, ValueError, TypeError, AttributeError, RecursionError)  # of another form


class Broken(Exception):
    """Something does not hold. `where` names the event or the part, `reason` says what is wrong with it."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = printable(where), printable(reason)
        super().__init__(f"{self.where}: {self.reason}")


def printable(text: str) -> str:
    """Without what could move a terminal's cursor: names in a forged bundle are not ours."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


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

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key in hex, to be compared by eye or telephone."""
        return hashlib.sha256(self.public).hexdigest()

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
    except ValueError as error:
        raise Broken(where, "tidak terbaca sebagai catatan bertanda tangan") from error
    if f"{text}\n" != point.text() or not _MOMENT.fullmatch(point.at):
        raise Broken(where, "tidak ditulis dalam bentuk baku")
    _check_signed(point.text(), signatures, point, keys, f"{where} (ukuran {point.size})")
    return point


def _check_signed(text: str, signatures: str, what: Checkpoint | Manifest, keys: Sequence[Key], where: str) -> None:
    """A known key of this origin must have signed the text, and been in use at the time that it states."""
    try:
        signed = [(name, base64.b64decode(blob)) for _, name, blob in map(str.split, signatures.splitlines())]
    except ValueError as error:
        raise Broken(where, "tanda tangannya tidak terbaca") from error
    if signatures != "".join(f"— {name} {base64.b64encode(blob).decode()}\n" for name, blob in signed):
        raise Broken(where, "tanda tangannya tidak ditulis dalam bentuk baku")
    found = [
        (key, blob) for key in keys for name, blob in signed if name == key.name == what.origin and blob[:4] == key.id
    ]
    if not found:
        raise Broken(where, "tanda tangannya bukan dari kunci catatan yang dikenal")
    for key, blob in found:
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(blob[4:], text.encode())
        except (InvalidSignature, ValueError) as error:
            raise Broken(where, f"tanda tangan kunci {key.id.hex()} tidak cocok") from error
    if not any(key.since <= what.at and (not key.until or what.at <= key.until) for key, _ in found):
        raise Broken(where, f"ditandatangani dengan kunci yang tidak berlaku pada {what.at}")


# ---- Events: canonical bodies, each naming the hash of the one before it in its stream.


class Head(NamedTuple):
    """The last event of a stream."""

    seq: int
    hash: str
    at: str


Values = Mapping[str, Sequence[str] | None]  # name -> salt and text of a typed value, None: erased; or LEFT_OUT
_NOTHING = Head(0, GENESIS, "")


@dataclass
class Chain:
    """Follows streams event by event, with their values. `heads` is in the order of the streams' first events."""

    read: Callable[[bytes], Any] = canonical_json  # a faster reader with the same answers may stand in
    heads: dict[str, Head] = field(default_factory=dict)
    erased: dict[tuple[str, str, str], bool] = field(default_factory=dict)  # stream, seq, name -> told by an erasure?
    left_out: set[tuple[str, str, str]] = field(default_factory=set)  # stream, seq, name

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
            if pair == LEFT_OUT:
                self.left_out.add((*place, name))
                continue
            salt, text = pair
            digest = hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()
            if digest != digests[name] or not _SALT.fullmatch(salt):
                raise Broken(where, f"nilai «{name}» tidak cocok dengan sidik jarinya")

    def _erasure(self, told: Sequence[tuple[str, str, str]]) -> None:
        for each in told:
            if each not in self.erased:
                but = "bundel menyebutnya tidak disertakan" if each in self.left_out else "masih ada"
                raise Broken(f"{each[0]} nomor {each[1]}", f"nilai «{each[2]}» dicatat terhapus, tetapi {but}")
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


# ---- The files of a bundle, each read in pieces, so that none can fill the memory.


@dataclass(frozen=True)
class Files:
    """Names and sizes in bytes, and how one is opened."""

    sizes: Mapping[str, int]
    opened: Callable[[str], IO[bytes]]

    @staticmethod
    def held(files: Mapping[str, bytes]) -> Files:
        """Files that lie in memory."""
        return Files({name: len(data) for name, data in files.items()}, lambda name: BytesIO(files[name]))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, without their ends. Raises Broken."""
        number = 0
        with self._open(name) as file:
            while line := file.readline(SMALL):
                number += 1
                if not line.endswith(b"\n"):
                    raise Broken(f"{name} baris {number}", "terlalu panjang, atau tidak berakhir dengan pindah baris")
                yield line[:-1]

    def read(self, name: str) -> bytes:
        """A small file as a whole. Raises Broken."""
        if self.sizes.get(name, 0) > SMALL:
            raise Broken(name, f"lebih besar daripada {SMALL} byte")
        with self._open(name) as file:
            return file.read()

    def digest(self, name: str) -> str:
        """SHA-256 in hex. Raises Broken."""
        with self._open(name) as file:
            found = hashlib.sha256()
            while piece := file.read(1024 * 1024):
                found.update(piece)
            return found.hexdigest()

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self.sizes:
            raise Broken(name, "hilang dari bundel")
        try:
            with self.opened(name) as file:
                yield file
        except Broken:
            raise
        except Exception as error:  # a damaged archive raises nearly anything
            raise Broken(name, f"rusak atau tidak dapat dibaca ({error})") from error


# ---- The manifest: what a bundle is about, what it leaves out, every file of it; signed with the log's key.


@dataclass(frozen=True)
class Manifest:
    """What the maker of a bundle states, in the form that docs/bukti.md gives."""

    origin: str
    at: str
    facts: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]]

    @staticmethod
    def text(origin: str, at: str, digest: str) -> str:
        """The text that is signed. Its first line is no log's name, so that it passes for no checkpoint."""
        return f"{origin}/bundle\n{at}\n{digest}\n"


def read_manifest(files: Files, keys: Sequence[Key]) -> Manifest:
    """The signed manifest of a bundle that has just the files that it names, none larger. Raises Broken."""
    data, note = files.read(MANIFEST), files.read(SIGNATURE).decode()
    facts = canonical_json(data)
    manifest = Manifest(facts["origin"], facts["at"], facts, facts["files"])
    if facts["format"] != FORMAT or not _MOMENT.fullmatch(manifest.at):
        raise Broken(MANIFEST, f"bukan dalam bentuk {FORMAT}")
    text, signatures = note.split("\n\n")
    stated = Manifest.text(manifest.origin, manifest.at, hashlib.sha256(data).hexdigest())
    if f"{text}\n" != stated:
        raise Broken(MANIFEST, "isinya bukan yang ditandatangani")
    _check_signed(stated, signatures, manifest, keys, MANIFEST)
    for name in sorted(manifest.files.keys() | files.sizes.keys() - {MANIFEST, SIGNATURE}):
        if name not in files.sizes:
            raise Broken(name, "hilang dari bundel")
        if name not in manifest.files or not _NAME.fullmatch(name):
            raise Broken(name, "tidak disebut oleh manifest, atau tidak boleh bernama begitu")
        if files.sizes[name] > manifest.files[name]["size"]:
            raise Broken(name, "lebih besar daripada yang disebut manifest")
    return manifest


def _check_digests(files: Files, manifest: Manifest) -> None:
    for name, stated in manifest.files.items():
        if stated != {"sha256": files.digest(name), "size": files.sizes[name]}:
            raise Broken(name, "isinya bukan yang disebut manifest")


# ---- A bundle: the events of some streams, with proofs that they stand in the log and that nothing follows them.


@dataclass
class Report:
    """What was checked and held."""

    checkpoint: Checkpoint
    events: int = 0
    uncovered: list[str] = field(default_factory=list)  # events that are younger than the checkpoint
    erased: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    left_out: int = 0  # values that this bundle does not hold though the office does
    attachments: int = 0  # files that the events describe
    manifest: Manifest | None = None


def _check_place(point: Checkpoint, stream: str, head: Head, index: int, proof: Sequence[str]) -> None:
    """An event must stand in the log at this place."""
    if root_from_inclusion(leaf_hash(bytes.fromhex(head.hash)), index, point.size, _path(proof)) != point.root:
        raise Broken(f"{stream} nomor {head.seq}", f"tidak tercantum pada tempat {index} dalam catatan bertanda tangan")


def _check_head(point: Checkpoint, stream: str, head: Head, index: int, proof: Sequence[str]) -> None:
    """An event must be the last of its stream at the checkpoint."""
    if root_from_inclusion(head_leaf(stream, head.seq, head.hash), index, point.streams, _path(proof)) != point.heads:
        raise Broken(f"{stream} nomor {head.seq}", _NOT_LAST)


_NOT_LAST = "bukan ujung riwayatnya menurut titik periksa: peristiwa sesudahnya hilang"


def check_against(point: Checkpoint, earlier: Checkpoint, proofs: Mapping[str, Sequence[str]], where: str) -> None:
    """The earlier checkpoint's log must be the beginning of this one's."""
    where = f"{where} (ukuran {earlier.size})"
    if earlier.size > point.size:
        raise Broken(where, f"catatan sekarang lebih pendek, {point.size}: riwayat dipotong")
    if earlier.size == point.size:
        if (point.origin, point.root, point.heads) != (earlier.origin, earlier.root, earlier.heads):
            raise Broken(where, "isi catatan berbeda pada ukuran yang sama: riwayat ditulis ulang")
        return
    if str(earlier.size) not in proofs:
        raise Broken(where, "bundel ini tidak memuat buktinya; buat lagi dengan aduan bundle --against")
    proof = _path(proofs[str(earlier.size)])
    if earlier.size and not consistent(earlier.size, earlier.root, point.size, point.root, proof):
        raise Broken(where, "catatan sekarang bukan kelanjutannya: riwayat ditulis ulang")


OUTSIDE = "titik periksa pembanding"  # a checkpoint that the checking person kept


@dataclass
class Events:
    """Holds the events of a bundle, stream by stream, against a checkpoint. What they name is kept for later."""

    point: Checkpoint
    now: str  # tells which events are late
    current: str = ""  # stream of the last event
    chain: Chain = field(default_factory=Chain)
    covered: dict[str, Head] = field(default_factory=dict)  # last event of a stream that the checkpoint covers
    ended: dict[str, int] = field(default_factory=dict)  # seq that is proved to be a stream's last
    uncovered: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)  # of the cases
    deployments: set[str] = field(default_factory=set)  # that the cases ran on
    attachments: dict[str, tuple[str, str]] = field(default_factory=dict)  # id -> the event's name, SHA-256 as stored

    def read(self, lines: Iterable[bytes]) -> None:
        """Every event, one a line. Raises Broken."""
        for number, line in enumerate(lines, 1):
            where = f"peristiwa ke-{number} dalam bundel"
            try:
                self._add(canonical_json(line), where)
            except _UNREADABLE as error:
                raise Broken(where, f"tidak terbaca ({error})") from error
        self.chain.close()
        for stream, head in self.covered.items():
            if self.ended.get(stream) != head.seq:
                raise Broken(f"{stream} nomor {head.seq}", _NOT_LAST)

    def _add(self, event: Mapping[str, Any], where: str) -> None:
        if event.keys() != {"body", "hash", "log_index", "inclusion", "head", "values"}:
            raise Broken(where, f"memuat bagian lain: {sorted(event)}")
        facts = self.chain.add(event["body"].encode(), event["hash"], event["values"], where)
        stream = facts["stream"]
        if facts["seq"] > 1 and stream != self.current:
            raise Broken(f"{stream} nomor {facts['seq']}", "tidak berdampingan dengan peristiwa sebelumnya")
        self.current = stream
        head = self.chain.heads[stream]
        named = f"{stream} nomor {head.seq}"
        try:
            self._note(facts, event["values"], named)
            if event["log_index"] is not None:
                self._place(event, stream, head)
            elif (event["inclusion"], event["head"]) != (None, None):
                raise Broken(named, "memuat bukti, tetapi belum tercantum")
            else:
                self.uncovered.append(not_late(stream, head, self.now))
        except _UNREADABLE as error:
            raise Broken(named, f"buktinya tidak terbaca ({error})") from error

    def _place(self, event: Mapping[str, Any], stream: str, head: Head) -> None:
        """The event stands in the log; where its stream ends, that is proved, too."""
        if type(event["log_index"]) is not int:
            raise TypeError("log_index")
        _check_place(self.point, stream, head, event["log_index"], event["inclusion"])
        if head.at > self.point.at or self.covered.get(stream, _NOTHING).seq != head.seq - 1:
            raise Broken(f"{stream} nomor {head.seq}", "tercantum dalam catatan sebelum waktunya")
        self.covered[stream] = head
        self.places.append(event["log_index"])
        if event["head"] is not None:
            _check_head(self.point, stream, head, **event["head"])
            self.ended[stream] = head.seq

    def report(self, manifest: Manifest | None = None) -> Report:
        """What was read."""
        heads, left_out, files = self.chain.heads, len(self.chain.left_out), len(self.attachments)
        count = sum(head.seq for head in heads.values())
        return Report(self.point, count, self.uncovered, len(self.chain.erased), heads, left_out, files, manifest)

    def _note(self, facts: Mapping[str, Any], values: Values, named: str) -> None:
        """Which deployments and files belong to the events."""
        if facts["stream"].startswith("kasus/"):
            if "deployment" in facts:
                self.deployments.add(facts["deployment"])
            if facts["seq"] == 1:
                self.numbers.append(facts["number"])
        for pair in values.values():
            described = canonical_json(pair[1].encode()) if pair is not None and pair != LEFT_OUT else None
            for each in described if isinstance(described, list) else ():
                if isinstance(each, dict) and "stored_sha256" in each:
                    self.attachments[each["id"]] = named, each["stored_sha256"]


def check_bundle(files: Files, keys: Sequence[Key], earlier: Checkpoint | None = None, now: str = "") -> Report:
    """Check a bundle. `now` (default: the checkpoint's time) tells which events are late. Raises Broken.

    What the files say is checked before their digests, so that a changed event is named and not just its file.
    """
    try:
        manifest = read_manifest(files, keys)
        point = open_note(files.read("checkpoint.txt").decode(), keys)
        proofs: Mapping[str, Sequence[str]] = canonical_json(files.read("proofs.json"))["consistency"]
        events = Events(point, now or point.at)
        events.read(files.lines("events.jsonl"))
        _check_contents(manifest, events)
        _check_scope(files, manifest, events, proofs, keys)
        _check_deployments(files, events)
        _check_attachments(files, manifest, events)
        _check_digests(files, manifest)
        if earlier is not None:
            check_against(point, earlier, proofs, OUTSIDE)
    except _UNREADABLE as error:
        raise Broken("bundel", f"tidak lengkap atau tidak terbaca ({error!r})") from error
    return events.report(manifest)


def _check_contents(manifest: Manifest, events: Events) -> None:
    """As many events and streams as stated, and nothing left out that the manifest does not say so of."""
    stated, heads, left_out, point = manifest.facts, events.chain.heads, events.chain.left_out, events.point
    if (point.origin, point.at) != (manifest.origin, manifest.at):
        raise Broken("checkpoint.txt", "bukan titik periksa yang dibuat bersama manifest")
    if (stated["events"], stated["streams"]) != (sum(head.seq for head in heads.values()), len(heads)):
        raise Broken(MANIFEST, "menyebut jumlah peristiwa atau riwayat yang lain")
    if left_out and not stated["left_out"]["personal"]:
        stream, seq, name = min(left_out)
        raise Broken(f"{stream} nomor {seq}", f"nilai «{name}» tidak disertakan, lain daripada yang disebut manifest")
    if stated["left_out"]["values"] != len(left_out):
        raise Broken(MANIFEST, f"menyebut jumlah lain daripada {len(left_out)} nilai yang tidak disertakan")


def _check_scope(
    files: Files, manifest: Manifest, events: Events, proofs: Mapping[str, Sequence[str]], keys: Sequence[Key]
) -> None:
    """The bundle holds all that it says it is about: these cases, or all that was logged in a period."""
    scope, point = manifest.facts["scope"], events.point
    if "cases" in scope:
        if sorted(events.numbers) != scope["cases"] or len(events.chain.heads) != len(events.numbers):
            raise Broken(MANIFEST, f"tentang {scope['cases']}, tetapi bundel memuat {sorted(events.numbers)}")
        return
    if not (_MOMENT.fullmatch(scope["from"]) and _MOMENT.fullmatch(scope["until"]) and scope["from"] < scope["until"]):
        raise Broken(MANIFEST, "periodenya tidak terbaca")
    first, end = Checkpoint("", 0, b"", 0, b"", ""), point
    if scope["first"]:
        first = open_note(files.read("first.txt").decode(), keys)
        check_against(point, first, proofs, "first.txt")
        if first.at >= scope["from"]:
            raise Broken("first.txt", "tidak lebih tua daripada awal periode")
    if scope["end"] != point.size:
        end = open_note(files.read("end.txt").decode(), keys)
        check_against(point, end, proofs, "end.txt")
        if datetime.fromisoformat(end.at) < datetime.fromisoformat(scope["until"]) + LATE:
            raise Broken("end.txt", "lebih tua daripada akhir periode")
    if (first.size, end.size) != (scope["first"], scope["end"]):
        raise Broken(MANIFEST, "menyebut batas lain daripada titik periksanya")
    held = {place for place in events.places if first.size <= place < end.size}
    if len(held) != max(0, end.size - first.size):
        missing = next(place for place in range(first.size, end.size) if place not in held)
        raise Broken(f"tempat {missing} dalam catatan", "tercatat dalam periode ini, tetapi hilang dari bundel")


def _check_deployments(files: Files, events: Events) -> None:
    """Every version that a case ran on is there and is the one that its events name; no other one."""
    names = {name for name in files.sizes if name.startswith("deployments/")}
    for checksum in sorted(events.deployments):
        xml, forms = (f"deployments/{checksum}/{name}" for name in ("diagram.bpmn", "forms.json"))
        stated = f'{{"forms":"{files.digest(forms)}","xml":"{files.digest(xml)}"}}'
        if hashlib.sha256(stated.encode()).hexdigest() != checksum:
            raise Broken(xml, "diagram atau formulirnya bukan yang dipakai aduan menurut riwayatnya")
        names -= {xml, forms}
    if names:
        raise Broken(min(names), "tidak dipakai oleh aduan mana pun dalam bundel")


def _check_attachments(files: Files, manifest: Manifest, events: Events) -> None:
    """Every file is as its event says. Where the bundle says that it holds them, none is missing untold."""
    left_out = manifest.facts["left_out"]
    held = {name.removeprefix("attachments/") for name in files.sizes if name.startswith("attachments/")}
    expected = set(left_out["absent"]) if left_out["attachments"] else {*left_out["absent"], *events.attachments}
    for id_ in sorted(held | expected):
        name = f"attachments/{id_}"
        where, stated = events.attachments.get(id_, ("", ""))
        if not stated:
            raise Broken(name, "tidak disebut oleh peristiwa mana pun")
        if (id_ in held) == (id_ in left_out["absent"]):
            raise Broken(name, f"hilang dari bundel (disebut oleh {where})")
        if id_ in held and files.digest(name) != stated:
            raise Broken(name, f"isinya bukan yang dicatat oleh {where}")


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
            check_against(point, earlier, {}, OUTSIDE)
    except _UNREADABLE as error:
        raise Broken("tanda terima", f"tidak terbaca ({error!r})") from error
    return Report(point, 1, heads={stream: head})


def note_in(text: str) -> str:
    """The signed note in a file: a checkpoint by itself, or a receipt, which ends in one."""
    return text.split(RECEIPT_MARK)[1].split("\n\n", 1)[-1] if RECEIPT_MARK in text else text


# ---- What lies on the disk, and the command line.


@contextmanager
def opened(path: Path) -> Iterator[Files]:
    """The files of a bundle: a ZIP or a folder. Raises OSError, Broken."""
    if path.is_dir():
        found = {each.relative_to(path).as_posix(): each for each in path.rglob("*") if not each.is_dir()}
        if links := [name for name, each in found.items() if each.is_symlink() or not each.is_file()]:
            raise Broken(min(links), "bukan berkas biasa")
        yield Files({name: each.stat().st_size for name, each in found.items()}, lambda name: found[name].open("rb"))
        return
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:  # a damaged archive raises nearly anything
        raise Broken("bundel", f"arsip rusak ({error})") from error
    with archive:
        infos = archive.infolist()
        _check_archive(infos, path.stat().st_size)
        yield Files({each.filename: each.file_size for each in infos}, archive.open)


def _check_archive(infos: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Nothing twice, nothing outside, nothing that swells. Raises Broken."""
    seen = set[str]()
    for each in infos:
        name = each.filename
        if name in seen:
            raise Broken(name, "ada dua berkas dengan nama yang sama dalam arsip")
        if not _NAME.fullmatch(name) or each.orig_filename != name:
            raise Broken(repr(name), "nama berkas yang tidak diperbolehkan dalam arsip")
        if each.flag_bits & 1 or each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Broken(name, "tersandi, atau dimampatkan dengan cara lain")
        if each.file_size > SWELLING * each.compress_size + 1024 * 1024:
            raise Broken(name, "mengembang jauh melebihi ukurannya dalam arsip")
        seen.add(name)
    if sum(each.compress_size for each in infos) > size:
        raise Broken("bundel", "berkas-berkas dalam arsip saling menindih")


def check_path(path: Path, keys: Sequence[Key] | None, against: str | None = None) -> Report:
    """Check a bundle or receipt; without keys from elsewhere those in the bundle are taken. Raises OSError, Broken."""
    try:
        if path.is_dir() or zipfile.is_zipfile(path):
            with opened(path) as files:
                known = read_keys(files.read("keys.txt").decode()) if keys is None else keys
                return check_bundle(files, known, _earlier(against, known))
        if path.stat().st_size > SMALL:
            raise Broken("bundel", "bukan arsip ZIP dan bukan tanda terima")
        return check_receipt(path.read_bytes().decode(errors="replace"), keys or [], _earlier(against, keys or []))
    except _UNREADABLE as error:
        raise Broken("bundel", f"tidak terbaca ({error!r})") from error


def _earlier(against: str | None, keys: Sequence[Key]) -> Checkpoint | None:
    if against is None:
        return None
    try:
        return open_note(note_in(against), keys)
    except Broken as broken:
        raise Broken(f"{OUTSIDE}: {broken.where}", broken.reason) from broken


def sentences(report: Report, own_keys: Sequence[Key] = ()) -> list[str]:
    """What held, in words. `own_keys`: those that were taken from the bundle itself."""
    point, heads = report.checkpoint, list(report.heads.items())
    told = [
        f"Cocok: {report.events} peristiwa, rantai hash, nilai, dan tempatnya dalam catatan bertanda tangan.",
        f"Titik periksa: ukuran {point.size}, {point.at}, {point.origin}.",
        *(f"Ujung riwayat {stream}: nomor {head.seq}, {head.hash}." for stream, head in heads[:SHOWN]),
    ]
    if len(heads) > SHOWN:
        told.append(f"Ujung {len(heads) - SHOWN} riwayat lain juga cocok.")
    if report.manifest is not None:
        told += _about(report.manifest, report)
    if report.erased:
        told.append(f"{report.erased} nilai sudah dihapus sesuai prosedur; sidik jarinya tetap ada.")
    if report.left_out:
        told.append(f"{report.left_out} nilai tidak disertakan dalam bundel ini (bukan dihapus); sidik jarinya ada.")
    if report.uncovered:
        told.append(f"Belum tercakup titik periksa ini: {', '.join(report.uncovered)}.")
    if own_keys:
        told.append(
            "Perhatian: kunci publik diambil dari bundel itu sendiri. Bandingkan sidik jarinya dengan yang diumumkan "
            "Dinas, atau pakai --key:"
        )
        told += [f"  {key.name} {key.fingerprint}" for key in own_keys]
    return [printable(each) for each in told]


SHOWN = 20  # heads that are told one by one


def _about(manifest: Manifest, report: Report) -> list[str]:
    scope, left_out = manifest.facts["scope"], manifest.facts["left_out"]
    told = [f"Manifest: {len(manifest.files)} berkas utuh, dibuat {manifest.at}."]
    if "from" in scope:
        told.append(f"Periode {scope['from']} sampai {scope['until']}: semua yang tercatat di dalamnya ada.")
        if scope["end"] == report.checkpoint.size and report.checkpoint.at < scope["until"]:
            told.append(f"Periode itu belum berakhir ketika bundel dibuat ({report.checkpoint.at}).")
    if report.attachments:
        how = "hanya sidik jarinya" if left_out["attachments"] else "isinya cocok"
        told.append(f"Lampiran yang disebut: {report.attachments} ({how}).")
    if left_out["absent"]:
        told.append(f"Tidak ada di tempat penyimpanan Dinas: lampiran {', '.join(left_out['absent'])}.")
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
        report = check_path(given.bundle, keys, against)
        own_keys = own_keys_of(given.bundle) if keys is None else []
    except (OSError, UnicodeDecodeError) as error:
        print(f"Berkas tidak dapat dibaca: {error}", file=sys.stderr)
        return 2
    except Broken as broken:
        print(f"TIDAK COCOK. {broken}", file=sys.stderr)
        return 1
    print("\n".join(sentences(report, own_keys)))
    return 0


def own_keys_of(path: Path) -> list[Key]:
    """The keys that lie in a bundle. Raises OSError, Broken."""
    with opened(path) as files:
        return read_keys(files.read("keys.txt").decode())


if __name__ == "__main__":
    sys.exit(main())
