"""Histories of cases as files: a case's events, the diagram with its forms that it ran on, and where it ended.

A folder holds `<name>.json` for each history, and for each deployment `<checksum>.bpmn` and `<checksum>.forms.json`.
The events carry their own hashes and the digest of every position, so a file is complete evidence by itself.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history.event import GENESIS, canonical, digest
from engine.process import diagram as diagrams
from engine.process.runtime import Program, compile_specs
from engine.process.spiff import PINNED_VERSION
from engine.replay import replay
from engine.store.models import Case, Deployment, Event

SHORT = 16  # digits of a checksum in a file's name


@dataclass(frozen=True)
class History:
    """One case from its first event to where it stands now; `moved_to` are the versions that it was moved to."""

    name: str
    xml: bytes
    forms: bytes
    specs: str  # digest of what the library made of the diagram
    events: list[dict[str, Any]]  # hash, body
    state: bytes  # compressed, as stored
    library: str  # the version of SpiffWorkflow that wrote the state
    moved_to: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)  # checksum -> XML, forms

    def program(self, checksum: str) -> Program:
        """A version that it was moved to."""
        xml, forms = self.moved_to[checksum]
        assert digest(canonical({"xml": digest(xml), "forms": digest(forms)})) == checksum, f"{self.name}: {checksum}"
        diagram = diagrams.read(xml)
        return Program(diagram, compile_specs(xml, diagram.process_id))

    @property
    def types(self) -> set[str]:
        """Types of its events."""
        return {each["body"]["type"] for each in self.events}

    @property
    def checksum(self) -> str:
        """The deployment's, as the engine reckons it."""
        return digest(canonical({"xml": digest(self.xml), "forms": digest(self.forms)}))


def history_of(session: Session, case_id: str, name: str) -> History:
    """The history of a stored case."""
    case = session.get_one(Case, case_id)
    rows = session.execute(
        select(Event.hash, Event.body).where(Event.stream == f"kasus/{case_id}").order_by(Event.seq)
    ).all()
    events = [{"hash": row.hash, "body": orjson.loads(row.body)} for row in rows]
    versions = {row.checksum: row for row in session.scalars(select(Deployment))}
    first, *later = [versions[each] for each in _versions(events)]
    state, specs = bytes(case.state), digest(bytes(first.specs))
    moved_to = {each.checksum: (bytes(each.xml), bytes(each.forms)) for each in later}
    return History(name, bytes(first.xml), bytes(first.forms), specs, events, state, PINNED_VERSION, moved_to)


def _versions(events: list[dict[str, Any]]) -> list[str]:
    """Checksums of the versions that a case ran on, in order."""
    return list(dict.fromkeys(each["body"]["deployment"] for each in events if "deployment" in each["body"]))


def check(history: History) -> int:
    """Chain, deployment, every position and the end must be what was recorded; returns how many events replayed."""
    bodies = [each["body"] for each in history.events]
    hashes = [digest(canonical(body)) for body in bodies]
    assert hashes == [each["hash"] for each in history.events], f"{history.name}: an event was edited"
    assert [body["previous"] for body in bodies] == [GENESIS, *hashes[:-1]], f"{history.name}: the chain is broken"
    assert bodies[0]["deployment"] == history.checksum, f"{history.name}: another diagram or other forms"
    diagram = diagrams.read(history.xml)
    specs = compile_specs(history.xml, diagram.process_id)
    reached = list(replay(Program(diagram, specs), bodies, history.program))
    assert [each.digest for each in reached] == [body["position"] for body in bodies], history.name
    if history.library == PINNED_VERSION:
        assert digest(specs) == history.specs, f"{history.name}: the diagram is compiled otherwise"
        assert _plain(reached[-1].state) == _plain(history.state), f"{history.name}: it ends in another state"
    return len(bodies)


def _plain(state: bytes) -> bytes:
    # Another release of the compressor may write other bytes for the same state.
    return zstandard.decompress(state)


def save(history: History, folder: Path, *, numbered: bool = False) -> Path:
    """Write a new history. Raises FileExistsError: what was recorded once is never written again.

    `numbered` gives it the first number that no other of its name has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = _free(history.name, folder) if numbered else history.name
    head = {"deployment": history.checksum, "specs": history.specs, "library": history.library}
    head["state"] = base64.b64encode(history.state).decode()
    events = ",\n".join(json.dumps(each, sort_keys=True, ensure_ascii=False) for each in history.events)
    text = json.dumps(head, indent=0, sort_keys=True)[:-2] + f',\n"events": [\n{events}\n]\n}}\n'
    with (folder / f"{name}.json").open("x", encoding="utf-8") as file:
        file.write(text)
    for checksum, (xml, forms) in {history.checksum: (history.xml, history.forms), **history.moved_to}.items():
        (folder / f"{checksum[:SHORT]}.bpmn").write_bytes(xml)
        (folder / f"{checksum[:SHORT]}.forms.json").write_bytes(forms)
    return folder / f"{name}.json"


def _free(name: str, folder: Path) -> str:
    return next(each for number in count(1) if not (folder / f"{(each := f'{name}-{number}')}.json").exists())


def load(path: Path) -> History:
    """Read one."""
    stored = json.loads(path.read_text("utf-8"))
    first, *later = _versions(stored["events"])
    xml, forms = _read(path.parent, stored["deployment"])
    assert first == stored["deployment"], f"{path.name}: its head names another version than its first event"
    state = base64.b64decode(stored["state"])
    moved_to = {each: _read(path.parent, each) for each in later}
    return History(path.stem, xml, forms, stored["specs"], stored["events"], state, stored["library"], moved_to)


def _read(folder: Path, checksum: str) -> tuple[bytes, bytes]:
    """XML and forms of a version."""
    version = folder / checksum[:SHORT]
    return Path(f"{version}.bpmn").read_bytes(), Path(f"{version}.forms.json").read_bytes()


def load_all(folder: Path) -> list[History]:
    """Every history of a folder, by name."""
    return [load(path) for path in sorted(folder.glob("*.json")) if not path.name.endswith(".forms.json")]
