"""Runs the cases of a bundle again from its own deployments, event by event. Needs no database; the bundle must hold.

What it proves stands in engine.history.verify; this tells whether the diagrams really lead where the events say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from engine.history.verify import Broken, Files
from engine.process import diagram as diagrams
from engine.process.gate import check, holds
from engine.process.runtime import Program, RunError, compile_specs
from engine.replay import Diverged, replay


def replay_bundle(files: Files, *, trusted: bool) -> int:
    """How many cases were run again, all of them with success. Raises Broken at the first event that does not hold.

    Diagrams of a bundle whose signature nobody vouched for (`trusted` False) must pass the gate before they may run.
    """
    programs = _programs(files, trusted)
    cases = 0
    for stream, bodies in _streams(files):
        try:
            for _ in replay(programs(str(bodies[0]["deployment"])), bodies, programs):
                pass
        except Diverged as diverged:
            raise Broken(
                f"{stream} nomor {diverged.seq}", f"diputar ulang tidak cocok: {diverged.reason}"
            ) from diverged
        except (LookupError, TypeError, ValueError) as error:
            raise Broken(stream, f"tidak dapat diputar ulang ({error!r})") from error
        cases += 1
    return cases


def _streams(files: Files) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The bodies of one case after the other."""
    bodies: list[dict[str, Any]] = []
    for line in files.lines("events.jsonl"):
        body = orjson.loads(orjson.loads(line)["body"])
        if bodies and body["stream"] != bodies[0]["stream"]:
            yield str(bodies[0]["stream"]), bodies
            bodies = []
        if str(body["stream"]).startswith("kasus/"):
            bodies.append(body)
    if bodies:
        yield str(bodies[0]["stream"]), bodies


def _programs(files: Files, trusted: bool) -> Callable[[str], Program]:
    ready: dict[str, Program] = {}

    def program(checksum: str) -> Program:
        if checksum not in ready:
            ready[checksum] = _compiled(files, f"deployments/{checksum}", trusted)
        return ready[checksum]

    return program


def _compiled(files: Files, folder: str, trusted: bool) -> Program:
    xml = files.read(f"{folder}/diagram.bpmn")
    try:
        findings = [] if trusted else check(xml, orjson.loads(files.read(f"{folder}/forms.json")))
        if not holds(findings):
            first = next(each for each in findings if not holds([each]))
            raise Broken(folder, f"tidak dijalankan tanpa --key, karena tidak lolos pemeriksaan: {first.message}")
        drawn = diagrams.read(xml)
        return Program(drawn, compile_specs(xml, drawn.process_id))
    except (diagrams.DiagramError, RunError, ValueError) as error:
        raise Broken(folder, f"diagramnya tidak dapat dijalankan ({error})") from error
