"""What differs in what follows what: flows, their conditions, defaults, and the order in which conditions are asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.process.diagram import Element, Flow
from engine.process.diff import remainder
from engine.process.diff.change import Change, Subject, quoted
from engine.process.diff.lanes import rest_changes
from engine.process.diff.normal import expression
from engine.process.diff.pairing import Pairs
from engine.process.diff.side import Side
from engine.process.diff.together import together


def flow_changes(old: Side, new: Side, pairs: Pairs) -> Iterator[Change]:
    """Flows between steps that both versions have; those of a new or a removed step are told with it."""
    known_old = {before.id for before, _ in pairs.flows}
    known_new = {now.id for _, now in pairs.flows}
    for before, now in pairs.flows:
        yield from _of_flow(old, new, before, now, pairs)
    for flow in new.diagram.flows.values():
        if flow.id not in known_new and flow.source in pairs.elements.values():
            yield _flow(new, flow).came("flow", "alur", new.label(flow.target), _told(new, flow, "kini dilanjutkan"))
    for flow in old.diagram.flows.values():
        if flow.id not in known_old and flow.source in pairs.elements:
            yield _flow(old, flow).went(
                "flow", "alur", old.label(flow.target), _told(old, flow, "tidak lagi dilanjutkan")
            )
    for one, other in pairs.elements.items():
        elements = old.diagram.elements[one], new.diagram.elements[other]
        yield from _default(old, new, elements, pairs)
        if "exclusiveGateway" in (elements[0].kind, elements[1].kind):
            yield from _order(old, new, elements, pairs)


def _flow(side: Side, flow: Flow) -> Subject:
    return Subject(flow.id, side.flow_label(flow))


def _told(side: Side, flow: Flow, verb: str) -> str:
    condition = f" bila {quoted(flow.condition)}" if flow.condition else ""
    return f"{side.label(flow.source)}: {verb} ke {quoted(side.label(flow.target))}{condition}"


def _of_flow(old: Side, new: Side, before: Flow, now: Flow, pairs: Pairs) -> Iterator[Change]:
    subject = _flow(new, now)
    if pairs.element(before.source) != now.source:
        told = f"kini sesudah {quoted(new.label(now.source))}, semula sesudah {quoted(old.label(before.source))}"
        goal = Subject(now.id, new.label(now.target))
        yield goal.changed("flow", "alur", (old.flow_label(before), new.flow_label(now)), told, "pindah")
    elif pairs.element(before.target) != now.target:
        told = f"dilanjutkan ke {quoted(new.label(now.target))}, semula ke {quoted(old.label(before.target))}"
        source = Subject(now.id, new.label(now.source))
        yield source.changed("flow", "alur", (old.label(before.target), new.label(now.target)), told, "pindah")
    if expression(before.condition) != expression(now.condition):
        yield subject.changed("condition", "syarat", (before.condition or "", now.condition or ""))
    names = " ".join(before.name.split()), " ".join(now.name.split())
    if names[0] != names[1]:
        yield subject.changed("flow_name", "tulisan pada alur", names)
    rests = remainder.of_flow(old, before.id), remainder.of_flow(new, now.id)
    yield from rest_changes(subject, (old.nodes.get(before.id), rests[0]), (new.nodes.get(now.id), rests[1]))


def _default(old: Side, new: Side, elements: tuple[Element, Element], pairs: Pairs) -> Iterator[Change]:
    before, now = elements
    if (pairs.flow(before.default) or None) != (now.default or None):
        goals = [_goal(side, each) for side, each in ((old, before), (new, now))]
        yield Subject(now.id, new.label(now.id)).changed("default", "jalan bila tidak ada syarat yang terpenuhi", goals)


def _goal(side: Side, element: Element) -> str:
    flow = side.diagram.flows.get(element.default or "")
    return side.label(flow.target) if flow is not None else element.default or ""


def _order(old: Side, new: Side, elements: tuple[Element, Element], pairs: Pairs) -> Iterator[Change]:
    """Conditions asked in another order, where two of them can both hold: the first one decides."""
    now = {flow.id: (place, flow) for place, flow in enumerate(_asked(new, elements[1]))}
    kept = [(flow, *now[key]) for flow in _asked(old, elements[0]) if (key := pairs.flow(flow.id) or "") in now]
    swapped = [(one, other) for one, other in combinations(kept, 2) if one[1] > other[1]]
    if any(together(old, one[0], other[0]) or together(new, one[2], other[2]) for one, other in swapped):
        goals = (
            ", ".join(new.label(flow.target) for _, _, flow in kept),
            ", ".join(new.label(flow.target) for _, _, flow in sorted(kept, key=lambda each: each[1])),
        )
        subject = Subject(elements[1].id, new.label(elements[1].id))
        yield subject.changed("order", "urutan memeriksa syarat", goals)


def _asked(side: Side, element: Element) -> list[Flow]:
    return [each for each in side.leaving.get(element.id, ()) if each.condition and each.id != element.default]
