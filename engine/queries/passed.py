"""Which way a case went through its diagram, and what lies ahead. Knows no reader."""

from __future__ import annotations

from collections.abc import Iterable, Set

from engine.process.diagram import Diagram
from engine.queries.stored_events import StoredEvent


def passed(events: Iterable[StoredEvent], diagram: Diagram, ahead: Set[str]) -> tuple[list[str], list[str]]:
    """Elements and flows passed, without those that a move or a new cycle has put ahead again."""
    done: dict[str, None] = {}
    flows: dict[str, None] = {}
    later = {flow.id for flow in diagram.flows.values() if flow.target in ahead}
    for event in events:
        if event.type in ("token_moved", "case_reopened"):
            done = {each: None for each in done if each not in ahead}
            flows = {each: None for each in flows if each not in later}
        done |= dict.fromkeys(event.body.get("effects", {}).get("elements", ()))
        flows |= dict.fromkeys(event.body.get("effects", {}).get("flows", ()))
    # What a case passed in another version is marked where this one draws it too.
    return [each for each in done if each in diagram.elements], [each for each in flows if each in diagram.flows]


def reachable(diagram: Diagram, current: Iterable[str]) -> set[str]:
    """Elements that lie ahead of the current ones."""
    seen: set[str] = set()
    stack = list(current)
    while stack:
        for flow in diagram.outgoing(stack.pop()):
            if flow.target not in seen:
                seen.add(flow.target)
                stack.append(flow.target)
    return seen
