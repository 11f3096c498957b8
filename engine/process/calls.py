"""Draws a called process out where it is called, as a subprocess. Knows BPMN XML and nothing of running it.

What is called stands in the same file, so that a deployed version holds all that it runs: a process of the file
itself, or the copy of a deployed one that was pinned into it (engine/commands/pin.py). A call then is a subprocess
like any other to everyone who reads the diagram, also to the library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
VERSION, CHECKSUM = "versi_terpasang", "sidik_terpasang"  # properties of a process that was pinned
MAX_DRAWN = 600  # flow nodes once all calls are drawn out; processes that call each other twice grow without bound
_REFERENCES = ("id", "default", "attachedToRef", "sourceRef", "targetRef")
_IN_TEXT = ("incoming", "outgoing", "flowNodeRef")
_OF_THE_PROCESS = ("extensionElements", "documentation", "ioSpecification", "property", "auditing", "monitoring")


class TooLarge(ValueError):
    """Calls within calls make the diagram too large."""


def processes_of(root: etree._Element) -> dict[str, etree._Element]:
    """Every process of the file by id."""
    return {each.get("id", ""): each for each in root.findall(f"{BPMN}process")}


def calls_in(node: etree._Element) -> Iterator[etree._Element]:
    """Every call below a node."""
    return node.iter(f"{BPMN}callActivity")


def own_processes(root: etree._Element) -> list[etree._Element]:
    """Processes to be run by themselves: executable, and where there are several, called by none of the others."""
    executable = [each for each in processes_of(root).values() if each.get("isExecutable", "true") == "true"]
    if len(executable) < 2:
        return executable
    called = {
        call.get("calledElement")
        for process in processes_of(root).values()
        for call in calls_in(process)
        if call.get("calledElement") != process.get("id")
    }
    return [each for each in executable if each.get("id") not in called]


def drawn_out(root: etree._Element) -> etree._Element:
    """The file with every call replaced by a subprocess that holds what is called; the very same without calls.

    A call that leads nowhere, or back into itself, stays as it is. Ids of a process that is called once stay; of one
    that is called from several places each place has its own: `<id of the call>.<id>`. Raises TooLarge.
    """
    if next(calls_in(root), None) is None:
        return root
    drawn = deepcopy(root)
    known = processes_of(drawn)
    own = own_processes(drawn)
    if len(own) != 1:
        return root
    (main,) = own
    places = _places(main, known, (main.get("id", ""),), Counter())
    _draw(main, known, places, (main.get("id", ""),))
    for name, process in known.items():
        if process is not main and places[name]:
            drawn.remove(process)
            for participant in drawn.findall(f"{BPMN}collaboration/{BPMN}participant"):
                if participant.get("processRef") == name:
                    del participant.attrib["processRef"]
    return drawn


def _places(
    process: etree._Element, known: dict[str, etree._Element], stack: tuple[str, ...], found: Counter[str]
) -> Counter[str]:
    """How often each process is called, calls within calls counted each time."""
    for call in calls_in(process):
        name = call.get("calledElement", "")
        if name not in known or name in stack:
            continue
        found[name] += 1
        if found.total() > MAX_DRAWN:
            raise TooLarge
        _places(known[name], known, (*stack, name), found)
    return found


def _draw(
    process: etree._Element, known: dict[str, etree._Element], places: Counter[str], stack: tuple[str, ...]
) -> None:
    for call in list(calls_in(process)):
        name = call.get("calledElement", "")
        if name not in known or name in stack:
            continue
        body = deepcopy(known[name])
        if places[name] > 1:
            prefix_ids(body, f"{call.get('id')}.")
        _draw(body, known, places, (*stack, name))
        call.tag = f"{BPMN}subProcess"
        for each in known[name].findall(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"):
            if each.get("name") == VERSION:
                call.set(VERSION, each.get("value", ""))
        call.extend(each for each in list(body) if str(each.tag).rpartition("}")[2] not in _OF_THE_PROCESS)
        if sum(1 for _ in process.iter(f"{BPMN}*")) > 20 * MAX_DRAWN:
            raise TooLarge


def prefix_ids(node: etree._Element, prefix: str) -> None:
    """Give everything below a node ids that begin with `prefix`, and follow them in every reference within it."""
    own = {each.get("id") for each in node.iterdescendants(f"{BPMN}*") if each.get("id")}
    for each in node.iterdescendants(f"{BPMN}*"):
        for attribute in _REFERENCES:
            if each.get(attribute) in own:
                each.set(attribute, f"{prefix}{each.get(attribute)}")
        if str(each.tag).rpartition("}")[2] in _IN_TEXT and (each.text or "").strip() in own:
            each.text = f"{prefix}{(each.text or '').strip()}"


def astray(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Each call that cannot be drawn out, with why: "none" named, "unknown", "own" process or "round" in a ring."""
    known = processes_of(root)
    for process in known.values():
        for call in calls_in(process):
            name = call.get("calledElement", "")
            if not name:
                yield call, "none"
            elif name not in known:
                yield call, "unknown"
            elif name == process.get("id"):
                yield call, "own"
            elif process.get("id") in _called_from(name, known):
                yield call, "round"


def _called_from(name: str, known: dict[str, etree._Element]) -> set[str]:
    seen: set[str] = set()
    stack = [name]
    while stack:
        current = stack.pop()
        if current in known and current not in seen:
            seen.add(current)
            stack.extend(call.get("calledElement", "") for call in calls_in(known[current]))
    return seen
