"""The file itself: hardened parse, the BPMN 2.0 schema, size. Knows nothing of what a diagram means."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

from engine.process.calls import TooLarge, drawn_out
from engine.process.diagram import BPMN
from engine.process.gate.findings import Finding, error

MAX_NODES = 300  # flow nodes; a diagram that fits on a wall has fewer
MAX_SCHEMA_FINDINGS = 10  # one slip can make many follow-ups; the first few tell it

_validating = threading.Lock()  # the schema object keeps its last error log
_PHRASES = (
    (r"Element '(?P<what>[^']+)': This element is not expected\.(?: Expected is (?P<rest>.*)\.)?",
     "Elemen {what} tidak boleh berada di sini{rest}"),
    (r"Element '(?P<what>[^']+)': Missing child element\(s\)\.(?: Expected is (?P<rest>.*)\.)?",
     "Elemen {what} belum lengkap isinya{rest}"),
    (r"Element '(?P<what>[^']+)', attribute '(?P<rest>[^']+)': The attribute '[^']+' is not allowed\.",
     "Elemen {what} memuat atribut yang tidak dikenal{rest}"),
    (r"Element '(?P<what>[^']+)': The attribute '(?P<rest>[^']+)' is required but missing\.",
     "Elemen {what} belum memuat atribut wajib{rest}"),
    (r"Element '(?P<what>[^']+)': No matching global (?:element )?declaration(?P<rest>).*",
     "Berkas ini bukan BPMN 2.0: elemen terluarnya {what}{rest}"),
    (r"Element '(?P<what>[^']+)', attribute '(?P<rest>[^']+)': .*",
     "Elemen {what} memuat atribut yang nilainya tidak sah{rest}"),
    (r"Element '(?P<what>[^']+)': (?P<rest>)Character content .*",
     "Elemen {what} memuat tulisan yang tidak pada tempatnya{rest}"),
)  # fmt: skip


def schema_findings(root: etree._Element) -> list[Finding]:
    """Where the file departs from the BPMN 2.0 schema."""
    with _validating:
        schema = _schema()
        if schema.validate(root.getroottree()):
            return []
        log: Any = schema.error_log  # the stubs do not know that it is a sequence
        entries = [(entry.line, entry.path, entry.message) for entry in log]
    found: dict[str, Finding] = {}
    for line, path, message in entries:
        node = _nearest(root, path)
        text = f"Baris {line}: {_translated(message)} Perbaiki di aplikasi penggambarnya, lalu simpan lagi."
        finding = error(text, node.get("id", ""), node.get("name", "")) if node is not None else error(text)
        found.setdefault(f"{finding.element} {line}", finding)
    return list(found.values())[:MAX_SCHEMA_FINDINGS]


def size_findings(root: etree._Element) -> list[Finding]:
    """Too many elements to be a diagram that people read."""
    try:
        whole = drawn_out(root)
    except TooLarge:
        return []  # said by who reads the diagram
    nodes = sum(1 for process in whole.iter(f"{BPMN}process") for _ in _flow_nodes(process))
    if nodes <= MAX_NODES:
        return []
    return [error(f"Diagram memuat {nodes} elemen; paling banyak {MAX_NODES}. Bagi menjadi beberapa proses.")]


def _flow_nodes(process: etree._Element) -> Iterator[etree._Element]:
    for node in process.iter():
        tag = str(node.tag).rpartition("}")[2]
        if tag == "task" or tag.endswith(("Task", "Event", "Gateway", "Activity", "ubProcess")):
            yield node


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    # The schema files come with SpiffWorkflow; its code is not needed to read them.
    place = find_spec("SpiffWorkflow")
    assert place is not None
    assert place.submodule_search_locations is not None
    folder = Path(place.submodule_search_locations[0]) / "bpmn" / "parser" / "schema"
    return etree.XMLSchema(etree.parse(str(folder / "BPMN20.xsd"), etree.XMLParser(no_network=True)))


def _nearest(root: etree._Element, path: str | None) -> etree._Element | None:
    """The element at `path` or its nearest ancestor with an id."""
    prefixes = {key: value for each in root.iter() for key, value in each.nsmap.items() if key}
    try:
        found: Any = root.getroottree().xpath(path, namespaces=prefixes) if path else []
    except etree.XPathError:
        return None
    node: etree._Element | None = found[0] if found else None
    while node is not None and node.get("id") is None:
        node = node.getparent()
    return node


def _translated(message: str) -> str:
    plain = re.sub(r"\{[^}]*\}", "", message)
    for pattern, phrase in _PHRASES:
        found = re.fullmatch(pattern, plain.strip(), re.DOTALL)
        if found:
            rest = found["rest"]
            return phrase.format(what=f"«{found['what']}»", rest=f": {rest[:200]}" if rest else "") + "."
    return f"Isi berkas tidak mengikuti BPMN 2.0 ({plain[:200]})."
