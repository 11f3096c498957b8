"""Where a token may be put by hand without a join waiting for ever. Knows the diagram, not the library."""

from __future__ import annotations

from collections.abc import Iterable

from engine.process.diagram import Diagram, Element


def token_targets(diagram: Diagram) -> tuple[Element, ...]:
    """User tasks that one token alone may stand before, in the order of the flow.

    Not those within a fork, a subprocess or a repetition, where other tokens belong to it; none at all in a diagram
    with an event subprocess, which waits beside every token.
    """
    places = standing_places(diagram)
    return tuple(task for task in diagram.user_tasks if task.id in places)


def standing_places(diagram: Diagram) -> frozenset[str]:
    """Every element at which one token alone may wait: user tasks as in `token_targets`, and waiting events."""
    if any(each.triggered_by_event for each in diagram.elements.values()):
        return frozenset()
    guarded = _within_forks(diagram)
    waiting = [
        *diagram.user_tasks,
        *(e for e in diagram.elements.values() if e.kind in ("intermediateCatchEvent", "receiveTask")),
    ]
    return frozenset(
        each.id for each in waiting if each.parent is None and each.multi is None and each.id not in guarded
    )


def begun_anew(diagram: Diagram, element: str) -> frozenset[str]:
    """Variables of repetitions from here on, which belong to an earlier round. A unit that owns tasks is kept."""
    ahead = _reach(diagram, [element])
    repeated = [each.multi for each in diagram.elements.values() if each.multi and each.id in ahead]
    units = {lane.unit_variable for lane in diagram.lanes.values()}
    return frozenset(name for multi in repeated for name in (multi.item, multi.answer, multi.result) if name) - units


def _within_forks(diagram: Diagram) -> set[str]:
    found: set[str] = set()
    for element in diagram.elements.values():
        ways = [flow.target for flow in diagram.outgoing(element.id)]
        if element.kind in ("parallelGateway", "inclusiveGateway") and len(ways) > 1:
            found |= _region(diagram, element.id)
        elif element.kind == "boundaryEvent" and not element.interrupting:
            # Its own way only: where it meets the main one, the main token passes too.
            main = _reach(diagram, [flow.target for flow in diagram.outgoing(element.attached_to or "")])
            found |= _reach(diagram, ways) - main
    return found


def _region(diagram: Diagram, fork: str) -> set[str]:
    """What lies between a fork and the first element that every way from it passes."""
    ways = [flow.target for flow in diagram.outgoing(fork)]
    behind = _reach(diagram, ways)
    meeting = {each for each in behind - {fork} if not _ends(diagram, _reach(diagram, ways, without=each))}
    return _reach(diagram, ways, without=meeting)


def _ends(diagram: Diagram, reached: Iterable[str]) -> bool:
    return any(diagram.elements[each].kind == "endEvent" for each in reached)


def _reach(diagram: Diagram, starts: Iterable[str], without: str | set[str] = "") -> set[str]:
    barred = {without} if isinstance(without, str) else without
    boundary: dict[str, list[str]] = {}
    for element in diagram.elements.values():
        if element.attached_to:
            boundary.setdefault(element.attached_to, []).append(element.id)
    seen: set[str] = set()
    stack = [each for each in starts if each not in barred]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        ahead = [*(flow.target for flow in diagram.outgoing(current)), *boundary.get(current, ())]
        stack.extend(each for each in ahead if each not in seen and each not in barred)
    return seen
