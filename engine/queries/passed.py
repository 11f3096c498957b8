"""Which way a case went through its diagram, and what lies ahead. Knows no reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

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
    """Elements that lie ahead of the current ones: within a subprocess, and behind it."""
    seen: set[str] = set()
    around: set[str] = set()  # subprocesses that the current ones stand in: what follows them lies ahead, they do not
    stack = list(current)
    while stack:
        here = stack.pop()
        drawn = diagram.elements.get(here)
        if drawn is not None and drawn.parent is not None and drawn.parent not in around | seen:
            around.add(drawn.parent)
            stack.append(drawn.parent)
        targets = [flow.target for flow in diagram.outgoing(here)]
        if here in seen:
            targets += [
                each.id for each in diagram.elements.values() if each.parent == here and each.kind == "startEvent"
            ]
        fresh = [each for each in targets if each not in seen]
        seen.update(fresh)
        stack.extend(fresh)
    return seen


def waiting_at(events: Sequence[StoredEvent], diagram: Diagram) -> list[str]:
    """Elements between two steps at which a case waits for a message or a time, as its events last said."""
    effects = [each.body["effects"] for each in events if "timers" in each.body.get("effects", {})]
    waiting = (*effects[-1]["timers"], *effects[-1].get("messages", ())) if effects else ()
    places = (diagram.elements.get(each["element"]) for each in waiting)
    return [each.id for each in places if each is not None and each.kind in ("intermediateCatchEvent", "receiveTask")]


def called_at(diagram: Diagram, current: Iterable[str]) -> list[str]:
    """Calls within which a case stands: what is called may have no place in the picture of who calls it."""
    found: dict[str, None] = {}
    for each in current:
        element = diagram.elements.get(each)
        while element is not None and element.parent is not None:
            element = diagram.elements.get(element.parent)
            if element is not None and element.called:
                found[element.id] = None
    return list(found)
