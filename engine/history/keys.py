"""The log's signing keys: private ones in files of mode 0600 outside the database, public ones in a list beside them.

Knows how a checkpoint becomes a signed note; what it states comes from the worker.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.history.event import moment_text
from engine.history.verify import Checkpoint, Key, read_keys

LIST = "public.txt"
OVERLAP = timedelta(days=30)  # both keys sign, so that whoever holds only the old public key can still check
ALWAYS = "1970-01-01T00:00:00.000000Z"  # the first key signs whatever the machine's clock says


@dataclass(frozen=True)
class Signer:
    """The keys of a folder: those it holds privately sign, the newest first; all are listed."""

    folder: Path
    keys: tuple[Key, ...]
    private: dict[bytes, Ed25519PrivateKey]

    @property
    def origin(self) -> str:
        """The name of the log, which every key of it bears."""
        return self.keys[0].name

    def sign(self, point: Checkpoint) -> str:
        """The signed note (C2SP). Raises RuntimeError when no key may sign at the checkpoint's time."""
        return self.note(point.text(), point.at)

    def note(self, text: str, at: str) -> str:
        """A text of this time as a signed note. Raises RuntimeError when no key may sign then."""
        lines = [
            f"— {key.name} {base64.b64encode(key.id + self.private[key.id].sign(text.encode())).decode()}\n"
            for key in reversed(self.keys)
            if key.id in self.private and key.since <= at and (not key.until or at <= key.until)
        ]
        if not lines:
            raise RuntimeError("no key of the log may sign now; see docs/keamanan.md")
        return f"{text}\n{''.join(lines)}"

    def drop_expired(self, now: datetime) -> None:
        """Take the private keys off the disk whose time is over: they sign nothing any more. They stay listed."""
        for key in self.keys:
            if key.id in self.private and key.until and key.until < moment_text(now):
                (self.folder / _file_of(key)).unlink(missing_ok=True)


def public_keys(folder: Path) -> list[Key]:
    """Every public key of the log, also retired ones; empty when there is none yet. Raises Broken."""
    try:
        return read_keys((folder / LIST).read_text("utf-8"))
    except FileNotFoundError:
        return []


def load_signer(folder: Path) -> Signer:
    """The keys of this folder; on a first start one is made, also when two processes start at once."""
    keys = public_keys(folder)
    if not keys:
        _make_first(folder)
        keys = public_keys(folder)
    found = {key.id: _read_private(folder / _file_of(key)) for key in keys}
    return Signer(folder, tuple(keys), {key_id: private for key_id, private in found.items() if private is not None})


def rotate(folder: Path, now: datetime) -> Key:
    """Make a new key that signs from now on; those before it still sign beside it for the overlap, then retire."""
    signer = load_signer(folder)
    signer.drop_expired(now)
    keys = list(signer.keys)
    since, until = moment_text(now), moment_text(now + OVERLAP)
    new = _make(folder, keys[0].name, since)
    kept = [Key(each.name, each.public, each.since, each.until or until) for each in keys]
    draft = folder / f"{LIST}.{new.id.hex()}"
    draft.write_text("".join(f"{key.line()}\n" for key in [*kept, new]), "utf-8")
    draft.replace(folder / LIST)
    return new


def _make_first(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = _make(folder, f"aduan-{os.urandom(4).hex()}", ALWAYS)
    draft = folder / f"{LIST}.{key.id.hex()}"
    draft.write_text(f"{key.line()}\n", "utf-8")
    try:
        (folder / LIST).hardlink_to(draft)  # fails when another process was first: its key is the log's
    except FileExistsError:
        (folder / _file_of(key)).unlink()
    finally:
        draft.unlink()


def _make(folder: Path, name: str, since: str) -> Key:
    private = Ed25519PrivateKey.generate()
    key = Key(name, private.public_key().public_bytes_raw(), since)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(folder / _file_of(key), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())  # a signature must not outlive the key it was made with
    return key


def _file_of(key: Key) -> str:
    return f"log-{key.id.hex()}.pem"


def _read_private(path: Path) -> Ed25519PrivateKey | None:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None  # its time is over, or it lies on another machine
    if not isinstance(key, Ed25519PrivateKey):
        raise RuntimeError(f"{path.name} is no Ed25519 key")
    return key
