"""An event's canonical body, its hash, and the salted digests of what people typed. Knows no storage.

The body is canonical JSON (RFC 8785): ASCII keys sorted, no floats, so that one meaning has one encoding.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from engine.history import verify

GENESIS = verify.GENESIS


def canonical(value: Any) -> bytes:
    """Canonical JSON. Raises ValueError for floats and non-ASCII keys, whose canonical form we do not use."""
    _check(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _check(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("no floats in history: write a string or an integer")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"key {key!r} is not ASCII text")
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def moment_text(at: datetime) -> str:
    """An instant as it stands in a body: UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_from(text: str) -> datetime:
    """The instant that `moment_text` wrote."""
    at = datetime.fromisoformat(text)  # strptime knows the one form, but is slow
    if moment_text(at) != text:
        raise ValueError(f"{text!r} is no instant of a body")
    return at


@dataclass(frozen=True)
class Value:
    """A value that a person typed, with the salt of its digest."""

    salt: str
    text: str  # canonical JSON

    @staticmethod
    def of(value: Any) -> Value:
        """With a fresh salt."""
        return Value(secrets.token_hex(16), canonical(value).decode())

    @property
    def digest(self) -> str:
        """SHA-256 over salt and text: what stays in the body after an erasure."""
        return digest(f"{self.salt}:{self.text}".encode())


@dataclass(frozen=True)
class Event:
    """One event, ready to be stored."""

    stream: str
    seq: int
    type: str
    at: datetime
    body: bytes
    hash: str
    values: dict[str, Value] = field(default_factory=dict)


def make_event(
    stream: str,
    seq: int,
    previous: str,
    type: str,
    at: datetime,
    facts: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
) -> Event:
    """Build the next event of a stream.

    `facts` are plain JSON data of the body: actor, appointment, effects, position ...; `values` maps a field's name
    to what a person typed, of which the body holds only the salted digest. `previous` is the hash of event seq - 1.
    """
    salted = {name: Value.of(value) for name, value in (values or {}).items()}
    body = canonical(
        {
            **facts,
            "stream": stream,
            "seq": seq,
            "type": type,
            "at": moment_text(at),
            "previous": previous,
            "values": {name: value.digest for name, value in salted.items()},
        }
    )
    return Event(stream, seq, type, at, body, digest(body), salted)


def not_before(now: datetime, last: datetime | None) -> datetime:
    """`now`, or just after the stream's last event when the machine's clock went back."""
    if last is None or now > last:
        return now
    return last + timedelta(microseconds=1)
