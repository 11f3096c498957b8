"""Diagrams as real tools write them: other prefixes, vendors' attributes, extensions, drawings. They pass the gate."""
# ruff: noqa: E501  # a tool's XML is one text

import re
from collections.abc import Callable

import pytest

from engine.process import diagram
from engine.process.gate import check, holds
from engine.process.runtime import Program, compile_specs
from tests.process.drawing import (
    UNIT,
    Node,
    boundary,
    draw,
    end,
    exclusive,
    form,
    inclusive,
    parallel,
    small_forms,
    sub,
    user,
    wait,
)

DRAWING = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
CHOICE = "mulai>isi>p>g>selesai; a>selesai; g>a: putusan == 'ya'"
SHAPES: dict[str, tuple[list[Node], str]] = {
    "sequence": ([user("a"), end()], "mulai>isi>a>selesai"),
    "choice": ([user("p", "putus"), exclusive("g", "g_selesai"), user("a"), end()], CHOICE),
    "parallel": ([parallel("s"), user("a"), user("b"), parallel("j"), end()], "mulai>isi>s>a>j>selesai; s>b>j"),
    "inclusive": (
        [user("p", "putus"), inclusive("s", "s_b"), user("a"), user("b"), inclusive("j"), end()],
        "mulai>isi>p>s>b>j>selesai; a>j; s>a: putusan == 'ya'",
    ),
    "deadline": ([user("a"), boundary("t", "a"), end("batas"), end()], "mulai>isi>a>selesai; t>batas"),
    "subprocess": (
        [
            Node(
                "x",
                "subProcess",
                "Admin",
                {},
                sub("x", [Node("m2", "startEvent"), user("c"), end("e2")], "m2>c>e2").inner,
            ),
            wait("w"),
            end(),
        ],
        "mulai>isi>x>w>selesai",
    ),
    "unit": ([user("p", "pilih"), user("b", "catat", "Bidang"), end()], "mulai>isi>p>b>selesai"),
}
FORMS = small_forms(pilih=form(bidang=UNIT))


def with_prefix(text: str, prefix: str) -> str:
    text = re.sub(r"<(/?)([a-zA-Z]+)(?=[\s/>])", rf"<\1{prefix}:\2", text)
    return text.replace('xmlns="', f'xmlns:{prefix}="')


def with_drawing(text: str, prefix: str = "", shape: str = "", inside: str = "") -> str:
    """A plane with a shape for each node and an edge for each flow; `shape` are attributes a tool adds."""
    nodes = re.findall(
        r'<(?:\w+:)?(?:userTask|startEvent|endEvent|\w+Gateway|subProcess|boundaryEvent)[^>]* ?id="([^"]+)"', text
    )
    flows = re.findall(r'<(?:\w+:)?sequenceFlow id="([^"]+)"', text)
    drawn = "".join(
        f'<bpmndi:BPMNShape id="{each}_di" bpmnElement="{each}"{shape}>{inside}<dc:Bounds x="{100 + 150 * n}" y="{80 + n}.5" '
        'width="100" height="80"/><bpmndi:BPMNLabel/></bpmndi:BPMNShape>'
        for n, each in enumerate(nodes)
    ) + "".join(
        f'<bpmndi:BPMNEdge id="{each}_di" bpmnElement="{each}"><di:waypoint x="1" y="1"/><di:waypoint x="2" y="2"/></bpmndi:BPMNEdge>'
        for each in flows
    )
    plane = f'<bpmndi:BPMNDiagram id="gambar"><bpmndi:BPMNPlane id="bidang" bpmnElement="uji">{drawn}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    close = f"</{prefix + ':' if prefix else ''}definitions>"
    return text.replace(close, plane + close)


def bpmn_io(text: str) -> str:
    """Prefix `bpmn`, ids of all kinds, colours on the shapes, incoming and outgoing on the nodes."""
    text = with_drawing(
        with_prefix(text, "bpmn"), "bpmn", ' bioc:stroke="#0d4372" bioc:fill="#bbdefb" color:background-color="#bbdefb"'
    )
    return text.replace("<bpmn:definitions ", f'<bpmn:definitions {DRAWING} id="Definitions_0yl3a" exporter="bpmn-js (https://demo.bpmn.io)" '
                        'exporterVersion="18.0.0" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" '
                        'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" ')  # fmt: skip


def camunda_modeler(text: str) -> str:
    """Vendor attributes on tasks and process, an execution platform, conditions typed, text annotations."""
    text = with_drawing(with_prefix(text, "bpmn"), "bpmn")
    text = text.replace(
        "<bpmn:userTask ", '<bpmn:userTask camunda:formKey="embedded:app:forms/x.html" camunda:candidateGroups="admin" '
    )
    text = text.replace("<bpmn:conditionExpression>", '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">')
    note = '<bpmn:textAnnotation id="catatan1"><bpmn:text>Lihat SOP</bpmn:text></bpmn:textAnnotation><bpmn:association id="asosiasi1" associationDirection="None" sourceRef="isi" targetRef="catatan1"/>'
    text = text.replace("</bpmn:process>", note + "</bpmn:process>")
    return text.replace("<bpmn:definitions ", f'<bpmn:definitions {DRAWING} exporter="Camunda Modeler" exporterVersion="5.30.0" '
                        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
                        'modeler:executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.22.0" ')  # fmt: skip


def camunda_8(text: str) -> str:
    """The same tool for its newer engine: zeebe's elements beside ours."""
    text = with_drawing(with_prefix(text, "bpmn"), "bpmn")
    extra = '<zeebe:formDefinition formId="isi"/><zeebe:assignmentDefinition candidateGroups="admin"/>'
    text = re.sub(r"(<bpmn:userTask [^>]*><bpmn:extensionElements>)", rf"\1{extra}", text)
    return text.replace(
        "<bpmn:definitions ", f'<bpmn:definitions {DRAWING} xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    )


def signavio(text: str) -> str:
    """No prefix, metadata on every node, a pool beside ours without a process, language declarations."""
    meta = '<signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/><signavio:signavioLabel ref="text_name" top="30.0"/>'
    text = text.replace("<extensionElements>", f"<extensionElements>{meta}")
    text = with_drawing(text, "", ' isHorizontal="true"')
    pools = (
        '<collaboration id="sid-k"><participant id="sid-p1" name="Dinas" processRef="uji"/><participant id="sid-p2" name="Warga"/>'
        '<messageFlow id="sid-m" sourceRef="sid-p2" targetRef="isi"/></collaboration>'
    )
    text = text.replace(
        '<process id="uji" isExecutable="true">',
        f'{pools}<process id="uji" isClosed="false" isExecutable="true" processType="None">',
    )
    text = text.replace("<laneSet ", '<laneSet name="" ')
    return text.replace("<definitions ", f'<definitions {DRAWING} xmlns:signavio="http://www.signavio.com" exporter="Signavio Process Editor" '
                        'expressionLanguage="http://www.w3.org/TR/XPath" typeLanguage="http://www.w3.org/2001/XMLSchema" '
                        'xsi:schemaLocation="http://www.omg.org/spec/BPMN/20100524/MODEL http://x.test/BPMN20.xsd" ')  # fmt: skip


def bizagi(text: str) -> str:
    """Prefix `bpmn2`, its own extensions with nested elements, empty input and output sets, loop-free markers."""
    own = '<bizagi:BizagiExtensions><bizagi:BizagiProperties><bizagi:BizagiProperty name="textColor" value="Black"/></bizagi:BizagiProperties></bizagi:BizagiExtensions>'
    text = text.replace("<extensionElements>", f"<extensionElements>{own}")
    text = re.sub(
        r"(<userTask [^>]*>.*?</extensionElements>)",
        r"\1<ioSpecification><inputSet/><outputSet/></ioSpecification>",
        text,
    )
    text = with_drawing(with_prefix(text, "bpmn2"), "bpmn2")
    text = text.replace(
        "<bpmn2:userTask ", '<bpmn2:userTask startQuantity="1" completionQuantity="1" isForCompensation="false" '
    )
    return text.replace(
        "<bpmn2:definitions ",
        f'<bpmn2:definitions {DRAWING} xmlns:bizagi="http://www.bizagi.com/bpmn20" exporter="Bizagi Modeler" ',
    )


TOOLS: dict[str, Callable[[str], str]] = {
    "bpmn.io": bpmn_io,
    "Camunda Modeler": camunda_modeler,
    "Camunda 8": camunda_8,
    "Signavio": signavio,
    "Bizagi": bizagi,
}
IGNORED = {
    "Camunda Modeler": {"camunda:formKey": "properti formKey", "camunda:candidateGroups": "lajurnya"},
    "Camunda 8": {"zeebe:formDefinition": "properti formKey", "zeebe:assignmentDefinition": "lajurnya"},
}


def tasks_of(xml: bytes) -> int:
    return sum(each.kind == "userTask" for each in diagram.read(xml).elements.values())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_diagram_of_a_real_tool_passes_and_only_what_is_ignored_is_said(tool: str, shape: str):
    plain = draw(*SHAPES[shape])
    xml = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + TOOLS[tool](plain.decode())).encode()
    findings = check(xml, FORMS)
    assert holds(findings), findings
    said = IGNORED.get(tool, {})
    assert len(findings) == len(said) * tasks_of(xml), findings
    for finding in findings:
        what, advice = next((each, words) for each, words in said.items() if each in finding.message)
        assert advice in finding.message, what


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_tool_adds_does_not_change_what_is_run(tool: str):
    plain = draw(*SHAPES["choice"])
    dressed = TOOLS[tool](plain.decode()).encode()
    one, other = diagram.read(plain), diagram.read(dressed)
    assert (one.elements, one.flows, one.lanes) == (other.elements, other.flows, other.lanes)
    Program(other, compile_specs(dressed, other.process_id))


def test_other_encodings_and_line_ends_are_read():
    xml = draw(*SHAPES["sequence"]).decode().replace("><", ">\r\n<")
    for encoding in ("utf-8-sig", "utf-16", "iso-8859-1"):
        declared = "utf-8" if encoding == "utf-8-sig" else encoding
        text = f'<?xml version="1.0" encoding="{declared}"?>\r\n<!-- dibuat dengan tangan -->{xml}'
        assert check(text.encode(encoding), FORMS) == []


def test_there_are_enough_good_diagrams():
    assert len(TOOLS) * len(SHAPES) >= 20
