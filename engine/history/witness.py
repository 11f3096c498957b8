"""Outside witnesses: their keys, and the lines by which they cosign a checkpoint (C2SP tlog-cosignature, Ed25519).

Pure: what a witness says it has seen, checked; which witnesses the office knows comes from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine.history.verify import Broken

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}(/[a-z0-9.-]{1,62})*")  # as C2SP wants: like a host's name
_KIND = b"\x04"  # of a key that makes cosignatures


@dataclass(frozen=True)
class Witness:
    """Who promises to have seen a checkpoint, and never one that contradicts it."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """As C2SP derives it from name, kind and key."""
        return hashlib.sha256(f"{self.name}\n".encode() + _KIND + self.public).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key in hex."""
        return hashlib.sha256(self.public).hexdigest()

    def line(self) -> str:
        """The C2SP verifier key."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_KIND + self.public).decode()}"


def read_witness(line: str) -> Witness:
    """The witness of a C2SP verifier key. Raises Broken."""
    where = "kunci saksi"
    try:
        name, _, encoded = line.strip().split("+", 2)
        witness = Witness(name, base64.b64decode(encoded)[1:])
        Ed25519PublicKey.from_public_bytes(witness.public)
    except ValueError as error:
        raise Broken(where, "bukan kunci saksi dalam bentuk nama+tanda+kunci (C2SP, Ed25519)") from error
    if witness.line() != line.strip() or not _NAME.fullmatch(name):
        raise Broken(where, "nama, tanda, atau jenis kuncinya tidak cocok (diperlukan kunci cosignature/v1)")
    return witness


def cosignature(note: str, witness: Witness) -> tuple[str, datetime] | None:
    """The witness's line in a signed note and when it was written; None when there is none. Raises Broken."""
    text, _, lines = note.partition("\n\n")
    for line in lines.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        try:
            blob = base64.b64decode(encoded, validate=True)
        except ValueError:
            continue
        if (dash, name, blob[:4]) == ("—", witness.name, witness.id):
            return line, _seen_at(f"{text}\n", blob, encoded, witness)
    return None


def _seen_at(text: str, blob: bytes, encoded: str, witness: Witness) -> datetime:
    where = f"kesaksian {witness.name}"
    seconds = int.from_bytes(blob[4:12], "big")
    try:
        signed = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(witness.public).verify(blob[12:], signed)
        at = datetime.fromtimestamp(seconds, UTC)
    except (InvalidSignature, ValueError, OverflowError, OSError) as error:
        raise Broken(where, "tanda tangannya tidak cocok dengan titik periksa ini") from error
    if len(blob) != 4 + 8 + 64 or base64.b64encode(blob).decode() != encoded:
        raise Broken(where, "tanda tangannya tidak ditulis dalam bentuk baku")
    return at
