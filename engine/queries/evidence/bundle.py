"""Writes a bundle of evidence as a ZIP, file by file, with its signed manifest. docs/bukti.md has the format.

What is read is one snapshot, so that events, heads and checkpoint agree. Memory grows with the streams, not the events.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound, Rejected
from engine.history import verify
from engine.history.event import canonical, moment_text
from engine.history.keys import Signer
from engine.history.verify import MANIFEST, SIGNATURE, Manifest, open_note
from engine.queries.evidence.lines import Lines
from engine.queries.evidence.scope import Scope, of_cases, of_period
from engine.queries.evidence.words import README
from engine.store.deployments import all_deployed
from engine.store.files import path_of
from engine.store.log import Proofs, newest_checkpoint
from engine.store.models import Attachment, Checkpoint, Deployment

MOST_PAGES = 25  # cases of a bundle that has a replay of each
RECENT = 100  # earlier checkpoints that a bundle can be held against without asking for it


@dataclass(frozen=True)
class Wanted:
    """What somebody asks a bundle for: `numbers` of cases, or else the period."""

    numbers: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    personal: bool = True
    files: Path | None = None  # folder of the attachments; None: their digests are enough
    most: int | None = None  # events; beyond it the bundle is refused
    against: Iterable[int] = ()  # sizes of checkpoints that it shall be provable against, besides the latest ones


@dataclass(frozen=True)
class Evidence:
    """What a file that shows one case of the bundle may hold: the case's own lines, and what vouches for them."""

    number: str
    lines: list[str]
    checkpoint: str
    keys: str
    personal: bool
    sign: Callable[[str], str]  # the digest of what is shown -> a signed note about it


Page = Callable[[Session, Evidence, datetime], bytes]


@dataclass(frozen=True)
class Bundled:
    """What a bundle holds."""

    point: verify.Checkpoint
    events: int
    streams: int
    left_out: int
    attachments: int
    absent: tuple[str, ...]
    names: tuple[str, ...]
    facts: dict[str, Any]  # of the manifest's scope


def newest_or_none(session: Session) -> Checkpoint:
    """The newest checkpoint. Raises NotFound before the first."""
    point = newest_checkpoint(session)
    if point is None:
        raise NotFound
    return point


def scope_of(session: Session, wanted: Wanted) -> Scope:
    """The streams that are asked for. Raises Rejected, NotFound (nothing is signed yet)."""
    point = newest_or_none(session)
    if wanted.since is not None and wanted.until is not None:
        return of_period(session, point, wanted.since, wanted.until)
    return of_cases(session, wanted.numbers)


def write_bundle(
    session: Session, wanted: Wanted, signer: Signer, out: IO[bytes], now: datetime, page: Page | None = None
) -> Bundled:
    """Write the ZIP to a file that can be read and written at any place. Raises Rejected, NotFound, RuntimeError.

    `page` draws a replay of a case that opens by itself; a bundle of many cases has none.

    The checkpoint is signed afresh: it states that the log still stands so now. RuntimeError: no key signs here.
    """
    stored = newest_or_none(session)
    scope = scope_of(session, wanted)
    newest = open_note(stored.note, signer.keys)
    point = replace(newest, at=max(newest.at, moment_text(now)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        folder = _Folder(archive)
        lines = _write_events(session, folder, stored, scope, wanted)
        absent = _write_attachments(session, folder, lines, wanted.files)
        _write_proofs(session, folder, stored, scope, wanted)
        note, keys = signer.sign(point), "".join(f"{key.line()}\n" for key in signer.keys)
        folder.add("checkpoint.txt", note.encode())
        folder.add("keys.txt", keys.encode())
        if page is not None:
            for each in _evidence(session, stored, scope, wanted, signer, note):
                name = "putar-ulang.html" if len(scope.streams) == 1 else f"putar-ulang/{each.number}.html"
                folder.add(name, page(session, each, now))
        folder.add("BACA-SAYA.txt", README.encode())
        left_out = {
            "personal": not wanted.personal, "values": lines.left_out,
            "attachments": wanted.files is None, "absent": absent,
        }  # fmt: skip
        manifest = canonical({
            "format": verify.FORMAT, "origin": point.origin, "at": point.at, "scope": scope.facts,
            "events": lines.events, "streams": len(scope.streams), "left_out": left_out, "files": folder.stated,
        })  # fmt: skip
        text = Manifest.text(point.origin, point.at, hashlib.sha256(manifest).hexdigest())
        folder.add(MANIFEST, manifest)
        folder.add(SIGNATURE, signer.note(text, point.at).encode())
    return Bundled(
        point, lines.events, len(scope.streams), lines.left_out, len(lines.files), tuple(absent), tuple(folder.stated),
        scope.facts,
    )  # fmt: skip


@dataclass
class _Folder:
    """An archive that grows; notes digest and size of every file. The same files give the same bytes."""

    archive: zipfile.ZipFile
    stated: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        with self.opened(name) as add:
            add(data)

    @contextmanager
    def opened(self, name: str, *, packed: bool = True) -> Iterator[Any]:
        """Gives a function that adds a piece."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        found, size = hashlib.sha256(), 0
        with self.archive.open(info, "w", force_zip64=True) as file:

            def add(piece: bytes) -> None:
                nonlocal size
                size += len(piece)
                found.update(piece)
                file.write(piece)

            yield add
        self.stated[name] = {"sha256": found.hexdigest(), "size": size}


def _evidence(
    session: Session, stored: Checkpoint, scope: Scope, wanted: Wanted, signer: Signer, note: str
) -> Iterator[Evidence]:
    """Each case of a small bundle, with what its page may hold."""
    numbers = scope.facts.get("cases", ())
    if len(numbers) > MOST_PAGES:
        return
    versions = {each.checksum: each for each in all_deployed(session)}
    point, keys = open_note(note, signer.keys), "".join(f"{key.line()}\n" for key in signer.keys)

    def sign(digest: str) -> str:
        return signer.note(f"{point.origin}/replay\n{point.at}\n{digest}\n", point.at)

    for number, stream in zip(numbers, scope.streams, strict=False):
        lines = Lines(session, stored, versions.__getitem__, wanted.personal)
        texts = [line.decode().rstrip("\n") for line in lines.of([stream])]
        yield Evidence(number, texts, note, keys, wanted.personal, sign)


def _write_events(session: Session, folder: _Folder, point: Checkpoint, scope: Scope, wanted: Wanted) -> Lines:
    versions = {each.checksum: each for each in all_deployed(session)}
    lines = Lines(session, point, versions.__getitem__, wanted.personal)
    with folder.opened("events.jsonl") as add:
        for line in lines.of(scope.streams):
            add(line)
            if wanted.most is not None and lines.events > wanted.most:
                raise Rejected({"tentang": f"Memuat lebih dari {wanted.most} kejadian. Minta lewat aduan bundle."})
    for row in session.scalars(select(Deployment).where(Deployment.checksum.in_(lines.deployments))):
        if f"deployments/{row.checksum}/diagram.bpmn" not in folder.stated:  # the same may be in force twice
            folder.add(f"deployments/{row.checksum}/diagram.bpmn", row.xml)
            folder.add(f"deployments/{row.checksum}/forms.json", row.forms)
    return lines


def _write_attachments(session: Session, folder: _Folder, lines: Lines, files: Path | None) -> list[str]:
    """The files themselves where they are wanted; returns those that are not where they should be."""
    if files is None:
        return []
    absent = []
    for file_id in sorted(lines.files):
        path = path_of(files, file_id)
        if session.get(Attachment, file_id) is None or not path.is_file():
            absent.append(file_id)
            continue
        with path.open("rb") as source, folder.opened(f"attachments/{file_id}", packed=False) as add:
            while piece := source.read(1024 * 1024):
                add(piece)
    return absent


def _write_proofs(session: Session, folder: _Folder, point: Checkpoint, scope: Scope, wanted: Wanted) -> None:
    recent = session.scalars(select(Checkpoint.size).order_by(Checkpoint.size.desc()).limit(RECENT))
    bounds = [each.size for each in scope.bounds.values()]
    sizes = sorted({size for size in [*recent, *wanted.against, *bounds] if 0 < size < point.size})
    proofs = Proofs(session, point)
    consistency = {str(size): proofs.consistency(size) for size in sizes}
    folder.add("proofs.json", canonical({"consistency": consistency}))
    for name, bound in scope.bounds.items():
        folder.add(name, bound.note.encode())
