"""Histories of cases as files: a case's events, the diagram with its forms that it ran on, and where it ended.

A folder holds `<name>.json` for each history, and for each deployment `<checksum>.bpmn` and `<checksum>.forms.json`.
The events carry their own hashes and the digest of every position, so a file is complete evidence by itself.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
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
    """One case from its first event to where it stands now."""

    name: str
    xml: bytes
    forms: bytes
    specs: str  # digest of what the library made of the diagram
    events: list[dict[str, Any]]  # hash, body
    state: bytes  # compressed, as stored
    library: str  # the version of SpiffWorkflow that wrote the state

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
    version = session.get_one(Deployment, case.deployment_id)
    rows = session.execute(
        select(Event.hash, Event.body).where(Event.stream == f"kasus/{case_id}").order_by(Event.seq)
    ).all()
    events = [{"hash": row.hash, "body": orjson.loads(row.body)} for row in rows]
    state, specs = bytes(case.state), digest(bytes(version.specs))
    return History(name, bytes(version.xml), bytes(version.forms), specs, events, state, PINNED_VERSION)


def check(history: History) -> int:
    """Chain, deployment, every position and the end must be what was recorded; returns how many events replayed."""
    bodies = [each["body"] for each in history.events]
    hashes = [digest(canonical(body)) for body in bodies]
    assert hashes == [each["hash"] for each in history.events], f"{history.name}: an event was edited"
    assert [body["previous"] for body in bodies] == [GENESIS, *hashes[:-1]], f"{history.name}: the chain is broken"
    assert bodies[0]["deployment"] == history.checksum, f"{history.name}: another diagram or other forms"
    diagram = diagrams.read(history.xml)
    specs = compile_specs(history.xml, diagram.process_id)
    reached = list(replay(Program(diagram, specs), bodies))
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
    for ending, content in ((".bpmn", history.xml), (".forms.json", history.forms)):
        (folder / f"{history.checksum[:SHORT]}{ending}").write_bytes(content)
    return folder / f"{name}.json"


def _free(name: str, folder: Path) -> str:
    return next(each for number in count(1) if not (folder / f"{(each := f'{name}-{number}')}.json").exists())


def load(path: Path) -> History:
    """Read one."""
    stored = json.loads(path.read_text("utf-8"))
    version = path.parent / stored["deployment"][:SHORT]
    xml, forms = (Path(f"{version}{ending}").read_bytes() for ending in (".bpmn", ".forms.json"))
    state = base64.b64decode(stored["state"])
    return History(path.stem, xml, forms, stored["specs"], stored["events"], state, stored["library"])


def load_all(folder: Path) -> list[History]:
    """Every history of a folder, by name."""
    return [load(path) for path in sorted(folder.glob("*.json")) if not path.name.endswith(".forms.json")]
