"""What a worker announces and acknowledges: one JSON line each, and the reading of them. Knows no database."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_fsync = os.fsync  # the children stop others at os.fsync; the journal itself must not be stopped there

Totals = tuple[int, int, int]  # events, attachments, events in the log


class Journal:
    """Where a worker writes. An acknowledgement is on the disk before the worker goes on."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def begin(self, verb: str, promise: Totals, given: Mapping[str, Any]) -> None:
        """Announce a command: what it is given, and by how much the totals grow when it is done."""
        self._write({"begin": verb, "promise": promise, "given": given})

    def done(self, facts: Mapping[str, Any]) -> None:
        """Acknowledge the command that was announced last. Called after its transaction has returned."""
        self._write({"done": facts})
        _fsync(self._file)

    def struck(self, where: str) -> None:
        """The last words of a worker that ends itself."""
        self._write({"struck": where})

    def close(self) -> None:
        """Release the file."""
        os.close(self._file)

    def _write(self, line: Mapping[str, Any]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")


@dataclass
class Told:
    """What the world outside was told, over any number of workers."""

    totals: Totals = (0, 0, 0)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)  # case -> last acknowledged rev and hash
    files: set[str] = field(default_factory=set)  # acknowledged attachments
    note: str | None = None  # newest acknowledged checkpoint
    commands: int = 0
    struck: str | None = None
    unfinished: dict[str, Any] | None = None  # the command that was announced and not acknowledged

    def read(self, path: Path) -> None:
        """Go on with the journal of one worker."""
        self.struck = self.unfinished = None
        for line in map(json.loads, path.read_bytes().splitlines()):
            if "begin" in line:
                self.unfinished = line
            elif "done" in line:
                self.unfinished = None
                self._acknowledged(line["done"])
            else:
                self.struck = line["struck"]

    def _acknowledged(self, facts: dict[str, Any]) -> None:
        self.commands += 1
        first, second, third = facts["totals"]
        self.totals = first, second, third
        self.heads |= {case: (rev, head) for case, rev, head in facts.get("cases", ())}
        self.files |= set(facts.get("staged", ()))
        self.files -= set(facts.get("dropped", ()))
        self.note = facts.get("note", self.note)
