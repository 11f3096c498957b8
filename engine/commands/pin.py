"""Pins what a diagram calls: copies the version in force of each called process into the file, with its forms.

A later version of the called process then changes nothing for who calls it, until the caller is drawn anew. Knows no
permission; the gate judges what comes out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lxml import etree
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.process.calls import BPMN, CHECKSUM, VERSION, calls_in, own_processes, prefix_ids, processes_of
from engine.process.diagram import SPIFF, DiagramError, parse_xml, properties_of
from engine.store.deployments import Deployed, latest_deployed

_ROOTS = ("message", "signal", "error", "escalation")
_REFERENCES = tuple(f"{each}Ref" for each in _ROOTS)
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_PLACE = re.compile(r"\{([A-Za-z]\w*)\.")
_SHAPE = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"


def pinned(session: Session, xml: bytes, forms: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The diagram with a copy of everything that it calls and that does not stand in its own file.

    Copies that were pinned before are renewed; what nothing calls any more goes. A file that is no diagram, or that
    calls what was never deployed, comes back as it is: the gate says so. The very same bytes when nothing changes.
    """
    try:
        root = parse_xml(xml)
    except DiagramError:
        return xml, dict(forms)
    known = processes_of(root)
    before = {name for name, process in known.items() if VERSION in properties_of(process)}
    wanted = {call.get("calledElement", "") for process in known.values() for call in calls_in(process)
              if process.get("id") not in before}  # fmt: skip
    found = {name: version for name in sorted(wanted) if name not in known or name in before
             if (version := _in_force(session, name)) is not None}  # fmt: skip
    if not before and not found:
        return xml, dict(forms)
    drawn, kept = etree.tostring(root, method="c14n"), dict(forms)
    for name in sorted((before - wanted) | found.keys()):
        _drop(root, name, kept)
    for name in before & wanted - found.keys():
        _unmark(known[name])  # nothing here vouches for it: from now on it is this file's own
    for name in sorted(found):
        _copy(root, found[name], kept)
    if kept == forms and etree.tostring(root, method="c14n") == drawn:
        return xml, kept
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"), kept


def pins(xml: bytes) -> dict[str, dict[str, Any]]:
    """Process id -> number and checksum of each version that was pinned into a diagram, for the event."""
    found = {name: properties_of(process) for name, process in processes_of(parse_xml(xml)).items()}
    return {
        name: {"number": int(values[VERSION]), "checksum": values[CHECKSUM]}
        for name, values in found.items()
        if values.get(VERSION, "").isdecimal() and CHECKSUM in values
    }


def _in_force(session: Session, process_id: str) -> Deployed | None:
    try:
        return latest_deployed(session, process_id)
    except NotFound:
        return None


def _drop(root: etree._Element, name: str, forms: dict[str, Any]) -> None:
    """Take a copy out: its processes, what they declare, its forms."""
    for node in list(root):
        if (node.get("id") or "").startswith(f"{name}.") or (
            node.get("id") == name and node.tag == f"{BPMN}process" and VERSION in properties_of(node)
        ):
            root.remove(node)
    for key in [each for each in forms if each.startswith(_before_keys(name))]:
        del forms[key]


def _copy(root: etree._Element, version: Deployed, forms: dict[str, Any]) -> None:
    source = parse_xml(version.xml)
    main = own_processes(source)[0]
    callers = {each.get("id") for each in own_processes(root)}
    tops = _tops(source)
    place = max(index for index, each in enumerate(root) if each.tag == f"{BPMN}process") + 1
    inner = {key for key in processes_of(source) if key != version.process_id and key not in callers}
    for name, process in processes_of(source).items():
        if process is not main and name not in inner:
            continue
        copy = deepcopy(process)
        _in_drawn_order(copy, tops)
        prefix_ids(copy, f"{version.process_id}.")
        _follow(copy, version.process_id, inner, frozenset(version.forms))
        copy.set("isExecutable", "false")
        copy.set("id", name if process is main else f"{version.process_id}.{name}")
        _mark(copy, {VERSION: str(version.number), CHECKSUM: version.checksum} if process is main else {})
        copy.tail = "\n"
        root.insert(place, copy)
    for tag in _ROOTS:
        for node in source.findall(f"{BPMN}{tag}"):
            declared = deepcopy(node)
            declared.set("id", f"{version.process_id}.{node.get('id')}")
            declared.tail = "\n"
            root.insert(0, declared)
    first, keys = _before_keys(version.process_id), frozenset(version.forms)
    forms |= {f"{first}{key}": _renamed(form.schema, first, keys) for key, form in version.forms.items()}


def _before_keys(process_id: str) -> str:
    """How keys of a copy's forms begin: a key is a name like those of the fields, `form.field` in texts."""
    return re.sub(r"\W", "_", process_id) + "__"


def _renamed(schema: Mapping[str, Any], first: str, keys: frozenset[str]) -> dict[str, Any]:
    """A form whose starting values come from the copy's forms."""
    kept = deepcopy(dict(schema))
    for field in kept.get("properties", {}).values():
        if isinstance(field, dict) and "x-awal" in field:
            sources = (each.strip() for each in str(field["x-awal"]).split(","))
            field["x-awal"] = ", ".join(first + each if each.partition(".")[0] in keys else each for each in sources)
    return kept


def _follow(copy: etree._Element, process_id: str, inner: set[str], keys: frozenset[str]) -> None:
    """Let what a copy names outside itself be the copy's own: messages, forms, processes that came along."""
    first = _before_keys(process_id)
    for node in copy.iter(f"{BPMN}*"):
        if _TYPE in node.attrib:
            del node.attrib[_TYPE]  # it names a prefix of the other file; what it says goes without saying
        for attribute in _REFERENCES:
            if node.get(attribute):
                node.set(attribute, f"{process_id}.{node.get(attribute)}")
        if node.tag == f"{BPMN}callActivity" and node.get("calledElement") in inner:
            node.set("calledElement", f"{process_id}.{node.get('calledElement')}")
    for each in copy.iter(f"{SPIFF}property"):
        value = each.get("value", "")
        if each.get("name") == "formKey" and value:
            each.set("value", f"{first}{value}")
        else:  # texts with places to fill in: {form.field}
            each.set("value", _PLACE.sub(lambda at: f"{{{first if at[1] in keys else ''}{at[1]}.", value))


def _in_drawn_order(process: etree._Element, tops: Mapping[str, float]) -> None:
    """The library asks conditions from top to bottom of the drawing, which does not come along: write them so."""
    for scope in [process, *process.iter(f"{BPMN}subProcess")]:
        flows = scope.findall(f"{BPMN}sequenceFlow")
        place = scope.index(flows[0]) if flows else 0
        flows.sort(key=lambda each: tops.get(each.get("targetRef", ""), 0.0))
        for index, flow in enumerate(flows):
            scope.remove(flow)
            scope.insert(place + index, flow)


def _tops(source: etree._Element) -> dict[str, float]:
    found = {}
    for shape in source.iter(_SHAPE):
        bounds = next(shape.iter(_BOUNDS), None)
        try:
            found[shape.get("bpmnElement", "")] = float(bounds.get("y", "0")) if bounds is not None else 0.0
        except ValueError:
            continue
    return found


def _unmark(process: etree._Element) -> None:
    for each in process.findall(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"):
        if each.get("name") in (VERSION, CHECKSUM):
            each.getparent().remove(each)  # type: ignore[union-attr]  # it was found below another


def _mark(process: etree._Element, values: Mapping[str, str]) -> None:
    extension = process.find(f"{BPMN}extensionElements")
    if extension is None:
        extension = etree.Element(f"{BPMN}extensionElements")
        process.insert(1 if process.find(f"{BPMN}documentation") is not None else 0, extension)
    properties = extension.find(f"{SPIFF}properties")
    if properties is None:
        properties = etree.SubElement(extension, f"{SPIFF}properties")
    for name, value in values.items():
        etree.SubElement(properties, f"{SPIFF}property", name=name, value=value)
