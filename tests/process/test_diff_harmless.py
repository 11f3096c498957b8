"""What changed: nothing is told of what the engine does not read, whichever tool wrote the file again."""

import random
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from lxml import etree

from engine.process.diff import Source, changes
from tests.process.drawing import UNIT, draw, end, form, parallel, small_forms, user
from tests.process.test_diff import STORED, edited, told
from tests.process.test_gate_tools import SHAPES, TOOLS

Edit = Callable[[str], str]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
MORE_FORMS = small_forms(pilih=form(bidang=UNIT))


def in_tree(edit: Callable[[etree._Element], object]) -> Edit:
    def whole(text: str) -> str:
        root = etree.fromstring(text.encode())
        edit(root)
        return str(etree.tostring(root, encoding="unicode"))

    return whole


def no_picture(root: etree._Element) -> None:
    for each in root.findall(f"{DI}BPMNDiagram"):
        root.remove(each)


def moved_aside(text: str) -> str:
    return re.sub(r' x="([0-9]+)"', lambda found: f' x="{int(found[1]) + 70}"', text)


def bigger(text: str) -> str:
    return re.sub(r'width="120" height="80"', 'width="160" height="90"', text)


def other_flow_ids(text: str) -> str:
    for number, each in enumerate(sorted(set(re.findall(r'sequenceFlow id="(\w+)"', text)), key=len, reverse=True)):
        text = re.sub(rf'(["> ]){each}(["<])', rf"\1Flow_{number}x\2", text)
    return text


def other_definition_ids(text: str) -> str:
    return re.sub(r'(EventDefinition|laneSet|collaboration|participant) id="(\w+)"', r'\1 id="Id_\2"', text)


def other_prefix(prefix: str) -> Edit:
    def edit(text: str) -> str:
        text = re.sub(r"<(/?)bpmn:", rf"<\1{prefix + ':' if prefix else ''}", text)
        return text.replace("xmlns:bpmn=", f"xmlns:{prefix}=" if prefix else "xmlns=")

    return edit


def no_way_lists(root: etree._Element) -> None:
    for each in [*root.iter(f"{BPMN}incoming", f"{BPMN}outgoing")]:
        each.getparent().remove(each)


def dense(root: etree._Element) -> None:
    for each in root.iter():
        each.tail = None
        if len(each) and not (each.text or "").strip():
            each.text = None


def indented(root: etree._Element) -> None:
    dense(root)
    etree.indent(root, "\t")


def defaults_written(root: etree._Element) -> None:
    for each in root.iter(f"{BPMN}boundaryEvent"):
        each.set("cancelActivity", each.get("cancelActivity", "true"))
    for each in root.iter(f"{BPMN}startEvent"):
        each.set("isInterrupting", each.get("isInterrupting", "true"))
    for each in root.iter(f"{BPMN}userTask", f"{BPMN}scriptTask", f"{BPMN}subProcess"):
        for key, value in (("isForCompensation", "false"), ("startQuantity", "1"), ("completionQuantity", "1")):
            each.set(key, value)
    for each in root.iter(f"{BPMN}multiInstanceLoopCharacteristics"):
        each.set("behavior", "All")
        each.set("isSequential", each.get("isSequential", "false"))
    for each in root.iter(f"{BPMN}exclusiveGateway"):
        each.set("gatewayDirection", "Diverging")


def defaults_left_out(root: etree._Element) -> None:
    for key, value in (("cancelActivity", "true"), ("isInterrupting", "true"), ("isSequential", "false")):
        for each in root.iter():
            if each.get(key) == value:
                del each.attrib[key]
    del root.find(f"{BPMN}process").attrib["isExecutable"]


def turned_around(root: etree._Element) -> None:
    process = root.find(f"{BPMN}process")
    flows = process.findall(f"{BPMN}sequenceFlow")
    steps = [each for each in process if each.get("id") and each not in flows and each.tag != f"{BPMN}laneSet"]
    # Among flows that leave one gateway the order stays: it decides.
    ordered = sorted(flows, key=lambda each: each.get("sourceRef", ""), reverse=True)
    for each in [*steps, *flows]:
        process.remove(each)
    process.extend([*ordered, *reversed(steps)])


def properties_turned(root: etree._Element) -> None:
    for each in root.iter("{http://spiffworkflow.org/bpmn/schema/1.0/core}properties"):
        each[:] = reversed(each)


def attributes_turned(root: etree._Element) -> None:
    for each in root.iter():
        items = list(each.attrib.items())
        each.attrib.clear()
        each.attrib.update(items[::-1])


def foreign(root: etree._Element) -> None:
    for number, each in enumerate(root.iter(f"{BPMN}userTask", f"{BPMN}sequenceFlow", f"{BPMN}lane")):
        each.set("{urn:alat}warna", f"#{number}")
        inner = each.find(f"{BPMN}extensionElements")
        if inner is None:
            inner = etree.Element(f"{BPMN}extensionElements")
            each.insert(0, inner)
        etree.SubElement(etree.SubElement(inner, "{urn:alat}tampilan"), "{urn:alat}warna").text = "biru"


def annotated(root: etree._Element) -> None:
    process = root.find(f"{BPMN}process")
    note = etree.SubElement(process, f"{BPMN}textAnnotation", {"id": "catatan_1"})
    etree.SubElement(note, f"{BPMN}text").text = "Lihat SOP"
    etree.SubElement(process, f"{BPMN}association", {"id": "a_1", "sourceRef": "mulai", "targetRef": "catatan_1"})
    etree.SubElement(process, f"{BPMN}group", {"id": "kelompok_1"})


def no_pool(root: etree._Element) -> None:
    root.remove(root.find(f"{BPMN}collaboration"))


def boundary_without_lane(root: etree._Element) -> None:
    tags = (f"{BPMN}{tag}" for tag in ("userTask", "manualTask", "scriptTask", "subProcess"))
    work = {each.get("id") for each in root.iter(*tags)}
    for each in [*root.iter(f"{BPMN}flowNodeRef")]:
        if each.text not in work:
            each.getparent().remove(each)


def in_cdata(root: etree._Element) -> None:
    for each in root.iter(f"{BPMN}conditionExpression", f"{BPMN}script", f"{BPMN}timeDuration"):
        each.text = etree.CDATA(f"\n  {each.text}  ")


def untyped(root: etree._Element) -> None:
    for each in root.iter():
        each.attrib.pop("{http://www.w3.org/2001/XMLSchema-instance}type", None)


def lanes_named_otherwise(text: str) -> str:
    return re.sub(r"lajur_(\w+)", r"Lane_\1", text)


def empty_specifications(root: etree._Element) -> None:
    for each in root.iter(f"{BPMN}userTask"):
        inner = etree.SubElement(each, f"{BPMN}ioSpecification")
        etree.SubElement(inner, f"{BPMN}inputSet", {"id": "i"})
        etree.SubElement(inner, f"{BPMN}outputSet")


def people(root: etree._Element) -> None:
    for each in root.iter(f"{BPMN}userTask"):
        etree.SubElement(each, f"{BPMN}potentialOwner", {"name": "admin"})


def spelled_otherwise(text: str) -> str:
    """Spaces, brackets and quotes of expressions, and the spaces and capitals of waktu."""
    text = re.sub(r"(tFormalExpression\">)([^<]+)<", r"\1 ( \2 )\n<", text)
    text = re.sub(r"== '(\w+)'", r'=="\1"', text)
    text = re.sub(r"<bpmn:script>(\w+) = ([^<\n]+)<", r"<bpmn:script>\n\1=(\2)\n\n<", text)
    return re.sub(
        r'name="waktu" value="(\d+) (\w+)"', lambda found: f'name="waktu" value="{found[1]}  {found[2].upper()}"', text
    )


def exporter(text: str) -> str:
    return text.replace(
        "<bpmn:definitions ",
        '<bpmn:definitions exporter="alat" exporterVersion="2" expressionLanguage="urn:x" typeLanguage="urn:y" ',
    )


HARMLESS: dict[str, Edit] = {
    "no picture, where no gateway reads it": in_tree(no_picture),
    "everything moved aside": moved_aside,
    "bigger shapes": bigger,
    "other ids of flows": other_flow_ids,
    "other ids of definitions, pools and sets": other_definition_ids,
    "other ids of lanes": lanes_named_otherwise,
    "no prefix": other_prefix(""),
    "prefix bpmn2": other_prefix("bpmn2"),
    "prefix semantic": other_prefix("semantic"),
    "without incoming and outgoing": in_tree(no_way_lists),
    "all on one line": in_tree(dense),
    "indented by tabs": in_tree(indented),
    "defaults written out": in_tree(defaults_written),
    "defaults left out": in_tree(defaults_left_out),
    "another order of elements": in_tree(turned_around),
    "another order of properties": in_tree(properties_turned),
    "another order of attributes": in_tree(attributes_turned),
    "another tool's extensions": in_tree(foreign),
    "annotations and groups": in_tree(annotated),
    "without a pool": in_tree(no_pool),
    "gateways and events in no lane": in_tree(boundary_without_lane),
    "CDATA": in_tree(in_cdata),
    "untyped expressions": in_tree(untyped),
    "empty specifications": in_tree(empty_specifications),
    "people whom nobody reads": in_tree(people),
    "expressions and times spelled otherwise": spelled_otherwise,
    "another exporter": exporter,
}


@pytest.mark.parametrize("diagram", STORED)
@pytest.mark.parametrize("name", HARMLESS)
def test_what_the_engine_does_not_read_is_no_change(name: str, diagram: str):
    old = STORED[diagram]
    text = HARMLESS[name](re.sub(r"<\?xml[^>]*>", "", old.xml.decode()))
    new = Source(text.encode(), old.forms)
    assert [each.sentence for each in changes(old, new)] == []
    assert changes(new, old) == []
    assert changes(new, new) == []


def test_the_edits_do_change_the_files():
    texts = {name: re.sub(r"<\?xml[^>]*>", "", each.xml.decode()).strip() for name, each in STORED.items()}
    idle = [name for name, edit in HARMLESS.items() if all(edit(text).strip() == text for text in texts.values())]
    assert idle == []
    assert len(HARMLESS) + len(TOOLS) >= 12


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_diagram_out_of_another_tool_is_no_change(tool: str, shape: str):
    plain = draw(*SHAPES[shape]).decode().replace('<process id="uji" ', '<process id="uji" name="Uji" ')
    dressed = TOOLS[tool](plain)
    if tool == "Signavio":  # its edit looks for a process without a name
        dressed = TOOLS[tool](plain.replace(' name="Uji"', "", 1)).replace(
            '<process id="uji" ', '<process id="uji" name="Uji" '
        )
    found = changes(Source(plain.encode(), MORE_FORMS), Source(dressed.encode(), MORE_FORMS))
    assert [each.sentence for each in found] == []


def rounds(text: str, rng: random.Random, count: int) -> tuple[str, list[str]]:
    """Harmless edits one after another; those that look for a prefix come before those that change it."""
    names = rng.sample(sorted(HARMLESS), count)
    names.sort(key=lambda name: name.startswith(("no prefix", "prefix")))
    for name in names:
        text = HARMLESS[name](text)
    return text, names


def test_any_sequence_of_harmless_edits_is_no_change_and_hides_none(rng: random.Random):
    name = rng.choice(sorted(STORED))
    plain = re.sub(r"<\?xml[^>]*>", "", STORED[name].xml.decode())
    tried = 0
    for _ in range(12):
        try:
            text, names = rounds(plain, rng, rng.randint(2, 8))
        except (AttributeError, KeyError):
            continue  # one edit took away what the next looks for
        tried += 1
        print(name, names)  # noqa: T201  # shown only when it fails
        new = Source(text.encode(), STORED[name].forms)
        assert [each.sentence for each in changes(STORED[name], new)] == []
        shorter = re.sub(r'(name="Admin")', 'name="Petugas"', text)
        found = {kind for kind, _ in told(changes(STORED[name], Source(shorter.encode(), STORED[name].forms)))}
        assert found & {"lane_name", "lane"}  # with another id as well, it is another lane

    assert tried


def every_id_another(text: str) -> str:
    ids = set(re.findall(r'<bpmn:(?:\w+Task|\w+Event|\w+Gateway|subProcess) id="(\w+)"', text))
    return re.sub(
        r'(id="|Ref="|Element="|>)(\w+)(?=["<])',
        lambda found: found[1] + (f"n_{found[2]}" if found[2] in ids else found[2]),
        text,
    )


@pytest.mark.parametrize("diagram", STORED)
def test_other_ids_of_steps_are_told_once_each_and_nothing_else(diagram: str):
    old = STORED[diagram]
    new = Source(every_id_another(other_flow_ids(old.xml.decode())).encode(), old.forms)
    found = changes(old, new)
    assert {each.kind for each in found} == {"code"}
    assert all(each.new == f"n_{each.old}" for each in found)


SETUJU, PINDAH = "putusan == 'setuju'", "putusan == 'pindah' and putaran_jawaban &lt; 6"
TERIMA = '<bpmndi:BPMNShape id="terima_di" bpmnElement="terima">\n        <dc:Bounds x="1560" y="120"'


def test_a_step_moved_in_the_picture_is_told_where_a_gateway_then_asks_in_another_order():
    # Terima stands above Telaah; conditions are asked from top to bottom of the picture.
    below = (TERIMA, TERIMA.replace("120", "990"))
    assert changes(STORED["putaran"], edited("putaran", below)) == []  # either this or that: the order is all one
    both = ((SETUJU, "nilai_a == 1"), (PINDAH, "nilai_b == 1"))
    found = changes(edited("putaran", *both), edited("putaran", *both, below))
    assert told(found) == [("order", "disetujui")]
    assert (found[0].old, found[0].new) == ("Terima jawaban, Telaah permohonan", "Telaah permohonan, Terima jawaban")


def test_the_order_of_conditions_in_the_file_decides_where_no_picture_does():
    flows = "mulai>isi>p>g>selesai; a>selesai; b>selesai; g>a: putusan == 'ya'; g>b: judul == 'x'"
    nodes = [*SHAPES["choice"][0][:-1], *SHAPES["parallel"][0][2:3], SHAPES["choice"][0][-1]]
    turned = "mulai>isi>p>g>selesai; a>selesai; b>selesai; g>b: judul == 'x'; g>a: putusan == 'ya'"
    old, new = (Source(draw(nodes, each), small_forms()) for each in (flows, turned))
    assert told(changes(old, new)) == [("order", "g")]
    either = [each.replace("judul == 'x'", "putusan == 'tidak'") for each in (flows, turned)]
    old, new = (Source(draw(nodes, each), small_forms()) for each in either)
    assert changes(old, new) == []
    tried = [each.replace("judul == 'x'", "putusan in ['tidak', 'entah']") for each in (flows, turned)]
    old, new = (Source(draw(nodes, each), small_forms()) for each in tried)
    assert changes(old, new) == []  # no answer of the form is both


def test_steps_that_look_alike_are_told_apart_by_what_is_around_them():
    names = ["a", "b", "c", "d", "e"]
    nodes = [user(name) for name in names]
    plain = draw([*nodes, end()], "mulai>isi>a>b>c>d>e>selesai")
    again = draw([*nodes[::-1], end()], "mulai>isi>a>b>c>d>e>selesai")
    alike = [re.sub(rb'name="[a-e]"', b'name="Periksa"', each) for each in (plain, again)]
    renamed = re.sub(rb'(id="|Ref="|>)([a-e])(?=["<])', rb"\1langkah_\2", alike[1])
    found = changes(Source(alike[0], small_forms()), Source(renamed, small_forms()))
    assert [(each.kind, each.new) for each in found] == [("code", f"langkah_{each.old}") for each in found]
    assert len(found) == 5


def test_twins_are_paired_in_their_order():
    nodes = [parallel("s"), user("a"), user("b"), parallel("j"), end()]
    plain = (
        draw(nodes, "mulai>isi>s>a>j>selesai; s>b>j")
        .replace(b'name="a"', b'name="x"')
        .replace(b'name="b"', b'name="x"')
    )
    renamed = re.sub(rb'(id="|Ref="|>)([ab])(?=["<])', rb"\1langkah_\2", plain)
    found = changes(Source(plain, small_forms()), Source(renamed, small_forms()))
    assert [(each.kind, each.old, each.new) for each in found] == [
        ("code", "a", "langkah_a"),
        ("code", "b", "langkah_b"),
    ]


HARMLESS_FORMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a comment": lambda form: form.update({"$comment": "x", "$id": "urn:x"}),
    "the order of keys": lambda form: form["properties"].update({"jenis": form["properties"].pop("jenis")}),
    "a minimum of nothing": lambda form: form["properties"]["catatan"].update(minLength=0),
    "not personal, written out": lambda form: form["properties"]["jenis"].update({"x-pribadi": False}),
    "spaces": lambda form: form["properties"]["catatan"].update(title="Catatan  klasifikasi "),
    "the order of required fields": lambda form: form["allOf"][0]["if"]["required"].reverse(),
    "a number with a point": lambda form: form["properties"]["catatan"].update(maxLength=2000.0),
    "examples": lambda form: form["properties"]["catatan"].update(examples=["x"]),
    "no rules, written out": lambda form: form.update(allOf=[*form["allOf"], *form["allOf"]]),
}  # fmt: skip


def test_the_order_within_a_rule_is_no_change():
    def ruled(*names: str) -> Source:
        forms = deepcopy(dict(STORED["aduan"].forms))
        forms["klasifikasi"]["allOf"][0]["if"]["required"] = list(names)
        return Source(STORED["aduan"].xml, forms)

    assert changes(ruled("jenis", "bidang"), ruled("bidang", "jenis")) == []
    assert [each.kind for each in changes(ruled("jenis", "bidang"), ruled("jenis"))] == ["rule"]


@pytest.mark.parametrize("name", HARMLESS_FORMS)
def test_another_spelling_of_a_form_is_no_change(name: str):
    forms = deepcopy(dict(STORED["aduan"].forms))
    HARMLESS_FORMS[name](forms["klasifikasi"])
    forms["tidak_dipakai"] = {"type": "object"}
    found = changes(STORED["aduan"], Source(STORED["aduan"].xml, forms))
    assert [each.sentence for each in found] == []
