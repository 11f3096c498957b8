"""Which lane, element and flow of one version is which of the other, also after its id was changed. Judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from engine.process.diagram import Flow
from engine.process.diff.normal import expression
from engine.process.diff.side import Side

T = TypeVar("T")
_LOOKS = (1, 2, 3, 4)  # how far around an element its neighbours are looked at


@dataclass(frozen=True)
class Pairs:
    """Old name or id -> new one, and the flows; what is in none of them was added or removed."""

    lanes: Mapping[str, str]
    elements: Mapping[str, str]
    flows: tuple[tuple[Flow, Flow], ...]

    def lane(self, old: str | None) -> str | None:
        """What an old lane is called now."""
        return self.lanes.get(old, old) if old else None

    def element(self, old: str | None) -> str | None:
        """The new id of an old element; an id that has no partner stays, and so differs from every new one."""
        return self.elements.get(old, f"{old} lama") if old else None

    def flow(self, old: str | None) -> str | None:
        """The new id of an old flow, in the same way."""
        return self._renamed.get(old, f"{old} lama") if old else None

    @cached_property
    def _renamed(self) -> dict[str, str]:
        return {before.id: now.id for before, now in self.flows}


def pair(old: Side, new: Side) -> Pairs:
    """Find what belongs together."""
    lanes = _lanes(old, new)
    elements = _elements(old, new, lanes)
    return Pairs(lanes, elements, _flows(old, new, elements))


def _lanes(old: Side, new: Side) -> dict[str, str]:
    before, now = old.diagram.lanes, new.diagram.lanes
    found = {name: name for name in before if name in now}

    def match(key_old: Callable[[str], object], key_new: Callable[[str], object]) -> None:
        left = {key_new(name): name for name in now if name not in found.values()}
        for name in [name for name in before if name not in found]:
            if key_old(name) and key_old(name) in left:
                found[name] = left.pop(key_old(name))

    match(lambda name: before[name].id, lambda name: now[name].id)
    match(_members(old), _members(new))
    return found


def _members(side: Side) -> Callable[[str], object]:
    held: dict[str, set[str]] = {}
    for element in side.diagram.elements.values():
        held.setdefault(element.lane or "", set()).add(element.id)
    return lambda name: frozenset(held.get(name, ()))


def _elements(old: Side, new: Side, lanes: Mapping[str, str]) -> dict[str, str]:
    found = {id_: id_ for id_ in old.diagram.elements if id_ in new.diagram.elements}
    for look in _LOOKS:
        while _left(old, found) and _left(new, found.values()):
            fresh = _alone(*_colours(old, new, found, lanes, look))
            found |= fresh
            if not fresh:
                break
    # What still looks alike is alike: twins are told apart by their order only.
    found |= _in_order(*_colours(old, new, found, lanes, _LOOKS[0]))
    return found


def _left(side: Side, known: Iterable[str]) -> list[str]:
    taken = set(known)
    return [id_ for id_ in side.diagram.elements if id_ not in taken]


Coloured = dict[Hashable, list[str]]


def _colours(
    old: Side, new: Side, found: Mapping[str, str], lanes: Mapping[str, str], look: int
) -> tuple[Coloured, Coloured]:
    """Unpaired elements of both versions by how they and what is around them look."""
    back = {now: now for now in found.values()}
    return _look(old, found, lanes, look), _look(new, back, {}, look)


def _look(side: Side, known: Mapping[str, str], lanes: Mapping[str, str], look: int) -> Coloured:
    elements = side.diagram.elements
    colour: dict[str | None, int] = {None: 0}
    for each in elements.values():
        plain = (each.kind, each.name, lanes.get(each.lane or "", each.lane))
        colour[each.id] = hash(known.get(each.id) or plain)
    for _ in range(look):
        seen = {
            each.id: (
                colour[each.id],
                tuple(sorted(colour.get(flow.source, 0) for flow in side.arriving.get(each.id, ()))),
                tuple(sorted(colour.get(flow.target, 0) for flow in side.leaving.get(each.id, ()))),
                colour.get(each.attached_to, 0),
                colour.get(each.parent, 0),
            )
            for each in elements.values()
        }
        colour |= {id_: colour[id_] if id_ in known else hash(value) for id_, value in seen.items()}
    found: Coloured = {}
    for id_ in _left(side, known):
        found.setdefault(colour[id_], []).append(id_)
    return found


def _alone(old: Coloured, new: Coloured) -> dict[str, str]:
    pairs = ((each, new.get(colour, [])) for colour, each in old.items())
    return {each[0]: others[0] for each, others in pairs if len(each) == len(others) == 1}


def _in_order(old: Coloured, new: Coloured) -> dict[str, str]:
    pairs = ((each, new.get(colour, [])) for colour, each in old.items())
    return {one: other for each, others in pairs for one, other in zip(each, others, strict=False)}


def _flows(old: Side, new: Side, elements: Mapping[str, str]) -> tuple[tuple[Flow, Flow], ...]:
    """Flows by where they run, then by id or as the only one left where one and the same element sends them on."""
    left_old, left_new = list(old.diagram.flows.values()), list(new.diagram.flows.values())
    back = {now: now for now in elements.values()}
    found: list[tuple[Flow, Flow]] = []

    def match(key: Callable[[Flow, Mapping[str, str]], Hashable], *, alone: bool = False) -> None:
        groups: dict[Hashable, tuple[list[Flow], list[Flow]]] = {}
        for index, (flows, known) in enumerate(((left_old, elements), (left_new, back))):
            for flow in flows:
                if (named := key(flow, known)) is not None:
                    groups.setdefault(named, ([], []))[index].append(flow)
        for before, now in groups.values():
            for one, other in zip(before, now, strict=False):
                if not alone or len(before) == len(now) == 1:
                    found.append((one, other))
                    left_old.remove(one)
                    left_new.remove(other)

    def ends(flow: Flow, known: Mapping[str, str]) -> tuple[str, str] | None:
        source, target = known.get(flow.source), known.get(flow.target)
        return (source, target) if source and target else None

    match(lambda flow, known: (way, expression(flow.condition)) if (way := ends(flow, known)) else None)
    match(ends)
    match(lambda flow, known: (source, flow.id) if (source := known.get(flow.source)) else None)
    match(lambda flow, known: known.get(flow.source), alone=True)
    match(_same_goal)
    return tuple(found)


def _same_goal(flow: Flow, known: Mapping[str, str]) -> Hashable:
    target = known.get(flow.target)
    return (target, flow.id) if target and flow.source in known else None
