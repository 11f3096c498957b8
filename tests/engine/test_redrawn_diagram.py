"""A process owner redraws the SOP: the office follows the new diagram, and no line of code names the new step."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from lxml import etree

from engine.commands.deploy import NotDeployable, read_forms
from engine.process.gate.findings import ERROR, WARNING
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import sight
from engine.queries.statistics import figures
from engine.queries.task import next_roles, task_page
from engine.store.database import transaction
from tests.engine.office import ROOT, SOP, Office

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
MUTU_BAKU = {"kelengkapan": "Laporan Tanggapan Pengaduan", "waktu": "15 Menit", "output": "Laporan Tanggapan Pengaduan"}
CHECK_FORM = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Periksa jawaban",
    "type": "object",
    "additionalProperties": False,
    "required": ["setuju"],
    "properties": {
        "setuju": {
            "title": "Jawaban ini",
            "type": "string",
            "oneOf": [{"const": "ya", "title": "Disetujui"}, {"const": "tidak", "title": "Perlu diperbaiki"}],
        },
        "catatan_periksa": {"title": "Catatan", "type": "string", "maxLength": 500, "x-pribadi": True},
    },
}


class Drawing:
    """A copy of the committed diagram, to be redrawn as a modeler would, picture included."""

    def __init__(self) -> None:
        self.root = etree.fromstring(SOP.read_bytes())
        self.forms: dict[str, Any] = read_forms(ROOT / "forms")
        self.process = self.root.find(f"{{{BPMN}}}process")
        self.plane = self.root.find(f".//{{{DI}}}BPMNPlane")

    @property
    def xml(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def element(self, element_id: str) -> Any:
        return self.process.find(f".//*[@id='{element_id}']")

    def lane(self, name: str, **properties: str) -> str:
        """A new lane below the others."""
        lane_id = f"lajur_{name.lower().replace(' ', '_')}"
        node = etree.SubElement(self.process.find(f"{{{BPMN}}}laneSet"), f"{{{BPMN}}}lane", id=lane_id, name=name)
        self._properties(node, properties)
        self._shape(lane_id, 190, 800, 1370, 180)
        return lane_id

    def task(self, element_id: str, name: str, lane_id: str, form: Mapping[str, Any] | None, **properties: str) -> Any:
        properties = {"formKey": element_id, **MUTU_BAKU, "status": f"{name} sedang dikerjakan"} | properties
        node = self._node("userTask", element_id, name, lane_id)
        self._properties(node, properties)
        if form is not None:
            self.forms[element_id] = form
        self._shape(element_id, 1130, 490, 120, 80)
        return node

    def gateway(self, element_id: str, name: str, lane_id: str, default: str) -> Any:
        node = self._node("exclusiveGateway", element_id, name, lane_id)
        node.set("default", default)
        self._shape(element_id, 1290, 505, 50, 50)
        return node

    def flow(self, flow_id: str, source: str, target: str, condition: str | None = None, name: str = "") -> None:
        node = etree.SubElement(
            self.process, f"{{{BPMN}}}sequenceFlow", id=flow_id, name=name, sourceRef=source, targetRef=target
        )
        if condition is not None:
            etree.SubElement(node, f"{{{BPMN}}}conditionExpression").text = condition
        self._end("outgoing", source, flow_id)
        self._end("incoming", target, flow_id)
        edge = etree.SubElement(self.plane, f"{{{DI}}}BPMNEdge", id=f"{flow_id}_di", bpmnElement=flow_id)
        for x in (1200, 1300):
            etree.SubElement(edge, f"{{{DD}}}waypoint", x=str(x), y="530")

    def lead_to(self, flow_id: str, target: str) -> None:
        """Let a flow that exists end elsewhere."""
        flow = self.element(flow_id)
        for incoming in self.element(flow.get("targetRef")).findall(f"{{{BPMN}}}incoming"):
            if incoming.text == flow_id:
                incoming.getparent().remove(incoming)
        flow.set("targetRef", target)
        self._end("incoming", target, flow_id)

    def remove(self, element_id: str) -> None:
        node = self.element(element_id)
        node.getparent().remove(node)
        for each in self.root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge"):
            if each.get("bpmnElement") == element_id:
                each.getparent().remove(each)

    def _node(self, kind: str, element_id: str, name: str, lane_id: str) -> Any:
        etree.SubElement(self.element(lane_id), f"{{{BPMN}}}flowNodeRef").text = element_id
        return etree.SubElement(self.process, f"{{{BPMN}}}{kind}", id=element_id, name=name)

    def _properties(self, node: Any, properties: Mapping[str, str]) -> None:
        inner = etree.SubElement(etree.SubElement(node, f"{{{BPMN}}}extensionElements"), f"{{{SPIFF}}}properties")
        for name, value in properties.items():
            etree.SubElement(inner, f"{{{SPIFF}}}property", name=name, value=value)

    def _end(self, kind: str, element_id: str, flow_id: str) -> None:
        """`incoming` stands before `outgoing`, and both behind the properties."""
        node = self.element(element_id)
        before = {"documentation", "extensionElements", "incoming"} | ({"outgoing"} if kind == "outgoing" else set())
        at = sum(etree.QName(each).localname in before for each in node)
        end = etree.Element(f"{{{BPMN}}}{kind}")
        end.text = flow_id
        node.insert(at, end)

    def _shape(self, element_id: str, x: int, y: int, width: int, height: int) -> None:
        shape = etree.SubElement(self.plane, f"{{{DI}}}BPMNShape", id=f"{element_id}_di", bpmnElement=element_id)
        etree.SubElement(shape, f"{{{DC}}}Bounds", x=str(x), y=str(y), width=str(width), height=str(height))


def with_an_eighth_task(lane_id: str = "lajur_ketua_tim") -> Drawing:
    """Before the reporter reads the answer, someone checks it."""
    drawing = Drawing()
    drawing.task("periksa_jawaban", "Periksa jawaban", lane_id, CHECK_FORM)
    drawing.lead_to("alur_jawaban_terkirim", "periksa_jawaban")
    drawing.flow("alur_jawaban_diperiksa", "periksa_jawaban", "terima_jawaban")
    return drawing


def with_a_way_back() -> Drawing:
    """What is not approved goes back to whoever wrote it."""
    drawing = with_an_eighth_task()
    drawing.gateway("disetujui", "Disetujui?", "lajur_ketua_tim", default="alur_perbaiki")
    drawing.lead_to("alur_jawaban_diperiksa", "disetujui")
    drawing.flow("alur_disetujui", "disetujui", "terima_jawaban", "setuju == 'ya'", "Ya")
    drawing.flow("alur_perbaiki", "disetujui", "input_tanggapan", name="Tidak")
    return drawing


def elements(office: Office, case) -> list[str]:
    return [task.element for task in office.tasks(case)]


class TestAnEighthTask:
    def test_it_runs_with_no_change_of_code(self, office: Office):
        drawing = with_an_eighth_task()
        deployed = office.deploy(drawing.xml, drawing.forms)
        assert deployed.number == 2
        case = office.file_complaint()
        task = office.go_to(case, "input_tanggapan")
        assert office.do_routine(task).next_lanes == ("Ketua Tim",)
        check = office.open_task(case)
        assert (check.element, check.lane, check.unit, check.owner_id) == ("periksa_jawaban", "Ketua Tim", None, None)
        assert [row.step for row in office.worklist("hasan")] == ["Periksa jawaban"]
        office.complete("hasan", check, setuju="ya", catatan_periksa="Sudah santun.")
        office.do_routine(office.open_task(case))
        assert office.case(case).outcome == "Selesai, jawaban diterima"
        assert elements(office, case)[-3:] == ["input_tanggapan", "periksa_jawaban", "terima_jawaban"]
        assert {"setuju": "ya", "catatan_periksa": "Sudah santun."} in [
            office.values(case, seq) for seq in range(1, office.case(case).rev + 1)
        ]

    def test_pages_of_the_case_know_it(self, office: Office):
        drawing = with_an_eighth_task()
        office.deploy(drawing.xml, drawing.forms)
        case = office.file_complaint()
        office.do_routine(office.go_to(case, "input_tanggapan"))
        with transaction(office.engine) as session:
            hasan = office.actor("hasan")
            page = task_page(session, hasan, office.open_task(case).id)
            story = case_timeline(session, office.actor("siti"), sight(session, office.actor("siti"), case.number))
            counted = figures(session, hasan, "aduan", office.now)
        assert page.brief.form.title == "Periksa jawaban" and page.next_roles == ("Pelapor",)
        assert next_roles(page.brief.version, page.brief.version.diagram.elements["input_tanggapan"]) == ("Ketua Tim",)
        assert len(story.steps) == 8 and story.current == ["periksa_jawaban"]
        assert story.status == "Periksa jawaban sedang dikerjakan"
        assert ("Periksa jawaban", "Ketua Tim", 1) in counted.by_step

    def test_running_cases_stay_on_their_version(self, office: Office):
        old = office.file_complaint()
        office.go_to(old, "klasifikasi")
        drawing = with_an_eighth_task()
        office.deploy(drawing.xml, drawing.forms)
        new = office.file_complaint()
        assert (office.version(old).number, office.version(new).number) == (1, 2)
        assert office.finish(old).outcome == "Selesai, jawaban diterima"
        assert "periksa_jawaban" not in elements(office, old)
        assert office.bodies(old)[0]["deployment"] != office.bodies(new)[0]["deployment"]

    def test_a_decision_on_a_field_of_the_new_form_may_send_it_back_again_and_again(self, office: Office):
        drawing = with_a_way_back()
        office.deploy(drawing.xml, drawing.forms)
        case = office.file_complaint()
        office.go_to(case, "input_tanggapan")
        for number in range(3):
            office.complete("dewi", case, tanggapan=f"Jawaban yang ke-{number}.")
            office.complete("hasan", case, setuju="tidak", catatan_periksa="Perbaiki salamnya.")
        office.complete("dewi", case, tanggapan="Jawaban yang terakhir.")
        office.complete("hasan", case, setuju="ya")
        assert office.open_task(case).element == "terima_jawaban"
        assert elements(office, case).count("periksa_jawaban") == 4
        assert len({task.id for task in office.tasks(case)}) == len(office.tasks(case))
        office.do_routine(office.open_task(case))
        assert office.case(case).closed_at is not None
        variables = [body["set"] for body in office.bodies(case) if body.get("element") == "periksa_jawaban"]
        assert variables == [{"setuju": "tidak"}] * 3 + [{"setuju": "ya"}], "personal notes never enter the workflow"

    def test_no_code_names_a_step_of_the_sop(self):
        """`terima_aduan` and the rest stand in the diagram and the forms only."""
        steps = [path.stem for path in (ROOT / "forms").rglob("*.json")]
        assert len(set(steps)) == 13  # of both diagrams in process/
        pattern = re.compile(rf"\b({'|'.join(steps)})\b")
        found = [
            f"{path.relative_to(ROOT)}: {line.strip()}"
            for folder in ("engine", "webapp")
            for path in (ROOT / folder).rglob("*.py")
            if "node_modules" not in path.parts
            for line in path.read_text(encoding="utf-8").splitlines()
            if pattern.search(line)
        ]
        assert found == []


class TestANewLane:
    def drawing(self) -> Drawing:
        drawing = Drawing()
        lane_id = drawing.lane("Kepala Dinas", melihat="semua")
        drawing.task("setujui_jawaban", "Setujui jawaban", lane_id, CHECK_FORM)
        drawing.lead_to("alur_jawaban_terkirim", "setujui_jawaban")
        drawing.flow("alur_jawaban_disetujui", "setujui_jawaban", "terima_jawaban")
        return drawing

    def test_it_is_a_new_role_that_the_gate_names_until_someone_holds_it(self, office: Office):
        drawing = self.drawing()
        warnings = office.deploy(drawing.xml, drawing.forms).warnings
        (finding,) = [each for each in warnings if "Kepala Dinas" in each.name + each.message]
        assert finding.severity == WARNING
        office.hire("lina", "Kepala Dinas")
        drawing.element("setujui_jawaban").set("name", "Setujui isi jawaban")
        again = office.deploy(drawing.xml, drawing.forms)
        assert not [each for each in again.warnings if "Kepala Dinas" in each.name + each.message]

    def test_its_tasks_belong_to_who_holds_the_role(self, office: Office):
        drawing = self.drawing()
        office.deploy(drawing.xml, drawing.forms)
        case = office.file_complaint()
        office.do_routine(office.go_to(case, "input_tanggapan"))
        assert office.open_task(case).lane == "Kepala Dinas"
        assert [who for who in office.people if case.number in {row.number for row in office.worklist(who)}] == []
        office.hire("lina", "Kepala Dinas")
        assert [row.number for row in office.worklist("lina")] == [case.number]
        office.complete("lina", case, setuju="ya")
        assert office.open_task(case).element == "terima_jawaban"


def _without_lane(drawing: Drawing) -> None:
    for each in drawing.process.iter(f"{{{BPMN}}}flowNodeRef"):
        if each.text == "periksa_jawaban":
            each.getparent().remove(each)
            return


def _condition(text: str) -> Any:
    def change(drawing: Drawing) -> None:
        drawing.element("alur_permintaan_informasi")[-1].text = text

    return change


def _timer(text: str) -> Any:
    def change(drawing: Drawing) -> None:
        next(drawing.process.iter(f"{{{BPMN}}}timeDuration")).text = text

    return change


def _unknown_kind(drawing: Drawing) -> None:
    drawing.element("periksa_jawaban").tag = f"{{{BPMN}}}serviceTask"


# What is wrong -> how it came about, and the element that the finding must name.
BROKEN = {
    "a task in no lane": (_without_lane, "periksa_jawaban"),
    "a task without its form": (lambda drawing: drawing.forms.pop("periksa_jawaban"), "periksa_jawaban"),
    "a form that is none": (lambda drawing: drawing.forms.update(periksa_jawaban="bukan formulir"), "periksa_jawaban"),
    "a condition that is program code": (_condition("__import__('os').getcwd()"), "alur_permintaan_informasi"),
    "a condition on an unknown name": (_condition("jenisnya == 'informasi'"), "alur_permintaan_informasi"),
    "a condition that no choice meets": (_condition("jenis == 'informatika'"), "alur_permintaan_informasi"),
    "a timer that is program code": (_timer("__import__('os').getcwd()"), "batas_konfirmasi"),
    "a task that leads nowhere": (lambda drawing: drawing.remove("alur_jawaban_diperiksa"), "periksa_jawaban"),
    "a task of an unsupported kind": (_unknown_kind, "periksa_jawaban"),
}


NO_DIAGRAM = {
    "empty": b"",
    "cut off": SOP.read_bytes()[:5_000],
    "text": b"bukan diagram",
    "a page": b"<html/>",
    "a doctype": b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>',
    "bytes": b"\xff\xfe\x00",
    "large": b"<x/>" * 400_000,
}


class TestABrokenDiagram:
    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("fault", BROKEN)
    def test_it_is_refused_naming_the_element_and_the_reason(self, office: Office, fault: str):
        change, element = BROKEN[fault]
        drawing = with_an_eighth_task()
        change(drawing)
        with pytest.raises(NotDeployable) as refusal:
            office.deploy(drawing.xml, drawing.forms)
        errors = [each for each in refusal.value.findings if each.severity == ERROR]
        assert element in {each.element for each in errors}, errors
        assert all(len(each.message) > 20 for each in errors)

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("name", NO_DIAGRAM)
    def test_what_is_no_diagram_is_refused_without_a_traceback(self, office: Office, name: str):
        with pytest.raises(NotDeployable) as refusal:
            office.deploy(NO_DIAGRAM[name], {})
        assert refusal.value.findings and refusal.value.findings[0].message

    def test_the_deployment_before_it_keeps_running(self, office: Office):
        running = office.file_complaint()
        office.go_to(running, "klasifikasi")
        drawing = with_an_eighth_task()
        _without_lane(drawing)
        events = office.count_events()
        with pytest.raises(NotDeployable):
            office.deploy(drawing.xml, drawing.forms)
        assert office.count_events() == events
        new = office.file_complaint()
        assert office.version(new).number == 1
        for case in (running, new):
            assert office.finish(case).outcome == "Selesai, jawaban diterima"


def test_the_committed_diagram_has_no_error_and_its_forms_are_untouched():
    from engine.process.gate import check

    forms = read_forms(ROOT / "forms")
    before = deepcopy(forms)
    findings = check(SOP.read_bytes(), forms, None)
    assert [each for each in findings if each.severity == ERROR] == []
    assert json.dumps(forms) == json.dumps(before)
