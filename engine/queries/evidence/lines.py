"""Events as lines of a bundle, each with its proofs, chunk by chunk. Knows what may be left out, not why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history.event import canonical
from engine.history.verify import LEFT_OUT
from engine.queries.proofs import pair_of
from engine.recorded import Version, personal_names
from engine.store.log import Proofs
from engine.store.models import Checkpoint, Event, EventValue, StreamHead

CHUNK = 200  # streams read at once; what is kept in memory is theirs
VersionOf = Callable[[str], Version]  # checksum of a deployment -> its forms
_Values = dict[tuple[str, int], dict[str, Any]]


@dataclass
class Lines:
    """Reads the events of some streams and remembers what they name. `personal` False leaves personal values out."""

    session: Session
    point: Checkpoint
    version_of: VersionOf
    personal: bool = True
    events: int = 0
    left_out: int = 0
    deployments: dict[str, None] = field(default_factory=dict)  # checksums that the cases ran on, in order
    files: dict[str, str] = field(default_factory=dict)  # attachments that are named: id -> SHA-256 as stored
    _running: dict[str, str] = field(default_factory=dict)  # stream of a case -> the deployment that it runs on

    def of(self, streams: Sequence[str]) -> Iterator[bytes]:
        """One line an event, stream by stream."""
        proofs = Proofs(self.session, self.point)
        for start in range(0, len(streams), CHUNK):
            chunk = streams[start : start + CHUNK]
            yield from self._chunk(chunk, proofs)
            proofs.forget()
            self._running.clear()

    def _chunk(self, streams: Sequence[str], proofs: Proofs) -> Iterator[bytes]:
        columns = (Event.stream, Event.seq, Event.body, Event.hash, Event.log_index)
        rows = self.session.execute(select(*columns).where(Event.stream.in_(streams)).order_by(Event.stream, Event.seq))
        found: dict[str, list[Any]] = {}
        for row in rows:
            found.setdefault(row.stream, []).append(row)
        values = self._values(streams)
        heads = select(StreamHead.stream, StreamHead.seq, StreamHead.index.label("place")).where(
            StreamHead.stream.in_(streams)
        )
        last = {row.stream: row for row in self.session.execute(heads)}
        proofs.prepare(
            [row.log_index for rows in found.values() for row in rows if self._covered(row)],
            [head.place for head in last.values()],
        )
        for stream in streams:
            for row in found.get(stream, ()):
                yield self._line(row, values.get((stream, row.seq), {}), last.get(stream), proofs)

    def _covered(self, row: Any) -> bool:
        return row.log_index is not None and row.log_index < self.point.size

    def _values(self, streams: Sequence[str]) -> _Values:
        found: _Values = {}
        columns = (EventValue.stream, EventValue.seq, EventValue.name, EventValue.salt, EventValue.value)
        for row in self.session.execute(select(*columns).where(EventValue.stream.in_(streams))):
            found.setdefault((row.stream, row.seq), {})[row.name] = pair_of(row.salt, row.value)
        return found

    def _line(self, row: Any, values: Mapping[str, Any], head: Any, proofs: Proofs) -> bytes:
        self.events += 1
        covered = self._covered(row)
        last = covered and head is not None and head.seq == row.seq
        line = {
            "body": row.body.decode(errors="replace"), "hash": row.hash, "values": self._kept(row, values),
            "log_index": row.log_index if covered else None,
            "inclusion": proofs.inclusion(row.log_index) if covered else None,
            "head": proofs.head_at(head.place) if last else None,
        }  # fmt: skip
        return canonical(line) + b"\n"

    def _kept(self, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values as they leave the office; notes deployment and files on the way."""
        body = _parsed(row.body)
        checksum = str(body.get("deployment", self._running.get(row.stream, "")))
        if row.stream.startswith("kasus/") and checksum:
            self._running[row.stream] = checksum
            self.deployments[checksum] = None
        hidden = set() if self.personal else {*self._personal(row.stream, body, checksum)}
        kept = {name: LEFT_OUT if name in hidden and pair is not None else pair for name, pair in values.items()}
        for pair in kept.values():
            if pair is not None and pair != LEFT_OUT:
                self.files.update(_described(pair[1]))
        self.left_out += sum(1 for pair in kept.values() if pair == LEFT_OUT)
        return kept

    def _personal(self, stream: str, body: Mapping[str, Any], checksum: str) -> Sequence[str]:
        """What is personal in a case; beside cases everything that was typed."""
        if not stream.startswith("kasus/"):
            return list(body.get("values", ()))
        return personal_names(body, self.version_of(checksum))


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except ValueError:
        return {}  # for whoever checks to report
    return value if isinstance(value, dict) else {}


def _described(text: str) -> dict[str, str]:
    """Files that a value describes."""
    if '"stored_sha256"' not in text:
        return {}
    value = orjson.loads(text)
    files = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    return {str(each["id"]): str(each["stored_sha256"]) for each in files if "stored_sha256" in each}
