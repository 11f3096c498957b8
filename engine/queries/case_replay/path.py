"""The positions of a case, by a real replay of its events, as far as history holds. Knows no words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.process.diagram import Diagram
from engine.queries.passed import reachable
from engine.replay import Diverged, Others, Replayed, confirm, replay

Body = Mapping[str, Any]
BROUGHT = ("token_moved", "case_reopened")


@dataclass(frozen=True)
class Path:
    """Where the case stood after each event; shorter than the events when `broken` says why it stopped."""

    positions: list[Replayed]
    broken: str = ""


def path_of(first: Any, bodies: Sequence[Body], state: bytes, others: Others) -> Path:
    """Replay the events on the program `first`; `others` finds the programs of later versions."""
    quick = confirm(first, bodies, state, others)
    if quick is not None:
        return Path(quick)
    reached: list[Replayed] = []
    try:
        reached.extend(replay(first, bodies, others))  # what was reached before it diverges stays
    except (Diverged, LookupError) as error:
        return Path(reached, str(error))
    return Path(reached)


def marks_along(bodies: Iterable[Body], diagrams: Iterable[Diagram], open_after: Iterable[Sequence[str]]) -> Iterable[
    tuple[tuple[str, ...], tuple[str, ...]]
]:  # fmt: skip
    """After each event: elements and flows passed, without those that a move has put ahead again.

    `diagrams` are those in force after each event, `open_after` the elements where the case stands then.
    """
    done: dict[str, None] = {}
    flows: dict[str, None] = {}
    for body, diagram, standing in zip(bodies, diagrams, open_after, strict=True):
        if body["type"] in BROUGHT:
            ahead = reachable(diagram, standing) | {*standing}
            later = {flow.id for flow in diagram.flows.values() if flow.target in ahead}
            done = {each: None for each in done if each not in ahead}
            flows = {each: None for each in flows if each not in later}
        effects = body.get("effects", {})
        done |= dict.fromkeys(effects.get("elements", ()))
        flows |= dict.fromkeys(effects.get("flows", ()))
        # What was passed in another version is marked where this one draws it too.
        yield (
            tuple(each for each in done if each in diagram.elements),
            tuple(each for each in flows if each in diagram.flows),
        )
