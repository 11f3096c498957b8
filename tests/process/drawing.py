"""Diagrams for the tests of the gate: the SOP with small edits, and small diagrams drawn from scratch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parents[1] / "data" / "diagrams"
SOP = (ROOT / "process" / "aduan.bpmn").read_text(encoding="utf-8")
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
PROCESS_OPEN = '<bpmn:process id="aduan" name="Pelayanan Pengaduan Masyarakat" isExecutable="true">'
LANES = {
    "Pelapor": {"pemilik": "pelapor", "melihat": "milik", "tanpa_tenggat": "ya"},
    "Admin": {"melihat": "semua"},
    "Bidang": {"pemilik": "unit:bidang", "melihat": "unit"},
}


def sop_forms() -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "forms").glob("*.json")}


def sop_with(*changes: tuple[str, str]) -> bytes:
    """The SOP with each text replaced by another; a text that is not there is a mistake of the test."""
    text = SOP
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def form(**fields: Mapping[str, Any]) -> dict[str, Any]:
    """A form; a field marked `wajib` is required."""
    required = [name for name, each in fields.items() if each.get("wajib")]
    plain = {name: {key: value for key, value in each.items() if key != "wajib"} for name, each in fields.items()}
    return {"title": "Formulir", "type": "object", "additionalProperties": False, "required": required,
            "properties": plain}  # fmt: skip


TEXT = {"type": "string", "maxLength": 100}
UNIT = {"type": "string", "x-pilihan": {"tabel": "unit"}, "wajib": True}


def choice(*values: str, wajib: bool = True) -> dict[str, Any]:
    return {"type": "string", "oneOf": [{"const": each, "title": each} for each in values], "wajib": wajib}


def small_forms(**others: dict[str, Any]) -> dict[str, Any]:
    return {
        "isi": form(judul=TEXT),
        "catat": form(catatan=TEXT),
        "putus": form(putusan=choice("ya", "tidak")),
        **others,
    }


@dataclass
class Node:
    """A flow node to draw."""

    id: str
    kind: str
    lane: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    inner: str = ""

    def xml(self) -> str:
        attributes = "".join(f" {key}={quoteattr(value)}" for key, value in self.attributes.items())
        return f'<{self.kind} id="{self.id}" name="{self.id}"{attributes}>{self.inner}</{self.kind}>'


def properties(values: Mapping[str, str]) -> str:
    """`spiffworkflow:properties` as extension elements."""
    each = "".join(f"<s:property name={quoteattr(key)} value={quoteattr(value)}/>" for key, value in values.items())
    return f"<extensionElements><s:properties>{each}</s:properties></extensionElements>"


def user(id_: str, form_key: str = "catat", lane: str = "Admin", inner: str = "", **values: str) -> Node:
    baku = {"formKey": form_key, "kelengkapan": "Data", "waktu": "1 jam", "output": "Data", "status": "Diproses"}
    return Node(id_, "userTask", lane, {}, properties(baku | values) + inner)


def script(id_: str, text: str) -> Node:
    return Node(id_, "scriptTask", inner=f"<script>{escape(text)}</script>")


def service(id_: str, operation: str, **parameters: str) -> Node:
    return Node(id_, "serviceTask", inner=properties({"operasi": operation} | parameters))


def table(
    id_: str, asked: str, given: str, rows: list[tuple[str, str]], policy: str = "UNIQUE", type_: str = ""
) -> Node:
    """A business rule task with a decision table of one input and one output."""
    drawn = "".join(
        f"<d:rule><d:inputEntry><d:text>{escape(test)}</d:text></d:inputEntry>"
        f"<d:outputEntry><d:text>{escape(answer)}</d:text></d:outputEntry></d:rule>"
        for test, answer in rows
    )
    head = f"<d:input><d:inputExpression><d:text>{escape(asked)}</d:text></d:inputExpression></d:input>"
    head += f"<d:output name={quoteattr(given)} typeRef={quoteattr(type_)}/>"
    inner = f'<d:decisionTable hitPolicy="{policy}">{head}{drawn}</d:decisionTable>'
    decision = f'<d:decision xmlns:d="{DMN}" id="{id_}_tabel">{inner}</d:decision>'
    return Node(id_, "businessRuleTask", inner=f"<extensionElements>{decision}</extensionElements>")


def exclusive(id_: str, default: str = "") -> Node:
    return Node(id_, "exclusiveGateway", "", {"default": default} if default else {})


def parallel(id_: str) -> Node:
    return Node(id_, "parallelGateway")


def inclusive(id_: str, default: str = "") -> Node:
    return Node(id_, "inclusiveGateway", "", {"default": default} if default else {})


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def boundary(id_: str, host: str, text: str = '"P1D"', kind: str = "timeDuration", interrupting: bool = True) -> Node:
    attributes = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    return Node(id_, "boundaryEvent", "", attributes, timer(text, kind))


ROOTS = (
    '<message id="m_surat" name="Surat keterangan"/><signal id="s_libur" name="Libur"/>'
    '<error id="g_batal" name="Batal" errorCode="batal"/><error id="g_lain" name="Lain" errorCode="lain"/>'
    '<escalation id="k_naik" name="Naik" escalationCode="naik"/>'
)


def rooted(xml: bytes) -> bytes:
    """The file with the messages, signals, errors and escalations of `ROOTS`."""
    return xml.replace(b"<process id", ROOTS.encode() + b"<process id", 1)


def trigger(kind: str, reference: str = "") -> str:
    """What an event waits for or throws: message, signal, error, escalation; `reference` is an id of `ROOTS`."""
    attribute = f' {kind}Ref="{reference}"' if reference else ""
    return f"<{kind}EventDefinition{attribute}/>"


def catch(id_: str, inner: str, lane: str = "Admin", form_key: str = "catat") -> Node:
    """An event between two steps that waits; recorded by a lane when it has a form."""
    return Node(
        id_, "intermediateCatchEvent", lane, {}, (properties({"formKey": form_key}) if form_key else "") + inner
    )


def caught(id_: str, host: str, inner: str, lane: str = "", form_key: str = "", interrupting: bool = True) -> Node:
    """An event on the boundary of an activity, of any kind."""
    attributes = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    return Node(id_, "boundaryEvent", lane, attributes, (properties({"formKey": form_key}) if form_key else "") + inner)


def throw(id_: str, inner: str) -> Node:
    return Node(id_, "intermediateThrowEvent", "", {}, inner)


def wait(id_: str, text: str = '"P1D"', kind: str = "timeDuration") -> Node:
    return Node(id_, "intermediateCatchEvent", "", {}, timer(text, kind))


def end(id_: str = "selesai", inner: str = "") -> Node:
    return Node(id_, "endEvent", inner=inner)


def sub(id_: str, nodes: list[Node], flows: str, **attributes: str) -> Node:
    return Node(id_, "subProcess", "", attributes, "".join(each.xml() for each in nodes) + flows_xml(flows))


def flows_xml(flows: str) -> str:
    """`a>b` is a flow named a_b; `a>b: condition` a conditional one; several lines or `;` between them."""
    drawn = []
    for line in filter(None, (line.strip() for line in flows.replace(";", "\n").splitlines())):
        way, _, condition = line.partition(":")
        ids = [each.strip() for each in way.split(">")]
        for source, target in pairwise(ids):
            inner = f"<conditionExpression>{escape(condition.strip())}</conditionExpression>" if condition else ""
            drawn.append(
                f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
            )
    return "".join(drawn)


START = Node("mulai", "startEvent")
FILE = user("isi", "isi", "Pelapor")


def draw(nodes: list[Node], flows: str, lanes: Mapping[str, Mapping[str, str]] = LANES, extra: str = "") -> bytes:
    """A whole file: start and filing task first, then `nodes`. Tasks inside subprocesses take the subprocess's lane."""
    every = [START, FILE, *nodes]
    drawn = ""
    for name, rights in lanes.items():
        refs = "".join(f"<flowNodeRef>{each.id}</flowNodeRef>" for each in every if each.lane == name)
        id_ = name.lower().replace(" ", "_")
        drawn += f'<lane id="lajur_{id_}" name="{name}">{properties(rights)}{refs}</lane>'
    body = "".join(each.xml() for each in every) + flows_xml(flows) + extra
    total = properties({"waktu_total": "5 hari kerja"})
    text = f'<laneSet id="lajur">{drawn}</laneSet>'
    return (f'<definitions xmlns="{BPMN}" xmlns:s="{SPIFF}" targetNamespace="urn:uji">'
            f'<process id="uji" isExecutable="true">{total}{text}{body}</process></definitions>').encode()  # fmt: skip
