"""The committed SOP: its diagram, drawing, forms and seed data. Reads the files only, never the engine."""

import json
from importlib.util import find_spec
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

ROOT = Path(__file__).parents[2]
NS = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
    "s": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
LANES = ["Pelapor", "Admin", "Ketua Tim", "Bidang Terkait"]
FIELDS = {
    "isi_aduan": {"kategori", "subkategori", "judul", "isi", "sekolah", "lampiran"},
    "terima_aduan": {"catatan", "judul_kerja"},
    "klasifikasi": {"jenis", "bidang", "catatan"},
    "tanggapi_aduan": {"tanggapan", "lampiran"},
    "terima_tanggapan": {"catatan"},
    "input_tanggapan": {"tanggapan"},
    "terima_jawaban": {"penilaian", "komentar"},
}
NODES = ("startEvent", "endEvent", "userTask", "exclusiveGateway", "boundaryEvent")


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


def _load(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


def _properties(node: Any) -> dict[str, str]:
    found = node.findall("b:extensionElements/s:properties/s:property", NS)
    return {each.get("name"): each.get("value") for each in found}


def _box(shape: Any) -> Box:
    x, y, width, height = (float(shape.find("dc:Bounds", NS).get(k)) for k in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


class Drawing:
    """The diagram and where everything lies on paper; every line is horizontal or vertical."""

    def __init__(self, path: Path) -> None:
        self.tree = etree.parse(path)
        self.process = self.tree.find("b:process", NS)
        self.nodes = {each.get("id"): each for kind in NODES for each in self.process.findall(f"b:{kind}", NS)}
        self.flows = {each.get("id"): each for each in self.process.findall("b:sequenceFlow", NS)}
        self.lanes = {each.get("id"): each for each in self.process.findall("b:laneSet/b:lane", NS)}
        shapes = self.tree.findall(".//di:BPMNShape", NS)
        edges = self.tree.findall(".//di:BPMNEdge", NS)
        self.boxes = {each.get("bpmnElement"): _box(each) for each in shapes}
        self.points = {
            each.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in each.findall("dd:waypoint", NS)]
            for each in edges
        }
        self.labels = {
            each.get("bpmnElement"): _box(each.find("di:BPMNLabel", NS))
            for each in [*shapes, *edges]
            if each.find("di:BPMNLabel", NS) is not None
        }

    def lane_of(self, node: str) -> list[str]:
        return [
            lane.get("id")
            for lane in self.lanes.values()
            if node in [each.text for each in lane.findall("b:flowNodeRef", NS)]
        ]

    def segments(self, flow: str) -> list[Box]:
        points = self.points[flow]
        return [Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])) for a, b in pairwise(points)]

    def ends(self, flow: str) -> tuple[str, str]:
        return self.flows[flow].get("sourceRef"), self.flows[flow].get("targetRef")


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return Drawing(ROOT / "process" / "aduan.bpmn")


@pytest.fixture(scope="module", params=["aduan", "aduan_lengkap"])
def either(request: pytest.FixtureRequest) -> Drawing:
    """Each diagram that is committed."""
    return Drawing(ROOT / "process" / f"{request.param}.bpmn")


@pytest.fixture(scope="module")
def table() -> Any:
    return _load("tests/data/sop_tabel.json")


def test_the_diagram_is_valid_against_the_bpmn_schema(either: Drawing) -> None:
    found = find_spec("SpiffWorkflow")  # it ships the OMG's schema; found without importing the package
    assert found is not None
    assert found.submodule_search_locations
    schema = Path(found.submodule_search_locations[0]) / "bpmn/parser/schema/BPMN20.xsd"
    etree.XMLSchema(etree.parse(schema)).assertValid(either.tree)


def test_the_tasks_carry_the_table_word_for_word_in_its_order(drawing: Drawing, table: Any) -> None:
    tasks = drawing.process.findall("b:userTask", NS)
    said = []
    for task in tasks:
        own = _properties(task)
        (lane,) = drawing.lane_of(task.get("id"))
        said.append(
            {
                "peran": drawing.lanes[lane].get("name"),
                **{key: own[key] for key in ("uraian", "kelengkapan", "waktu", "output")},
            }
        )
    assert said == [{key: row[key] for key in said[0]} for row in table["baris"]]


def test_the_process_carries_the_header_and_leaves_empty_what_the_sop_leaves_empty(
    drawing: Drawing, table: Any
) -> None:
    assert _properties(drawing.process) == table["kepala"]
    assert [key for key, value in table["kepala"].items() if not value] == [
        "nomor",
        "keterkaitan",
        "pencatatan_pendataan",
    ]


def test_lanes_stand_in_the_order_of_the_sop_with_their_rights(drawing: Drawing) -> None:
    assert {lane.get("name"): _properties(lane) for lane in drawing.lanes.values()} == {
        "Pelapor": {"pemilik": "pelapor", "melihat": "milik", "tanpa_tenggat": "ya"},
        "Admin": {"melihat": "semua", "identitas": "ya", "atas_nama": "ya"},
        "Ketua Tim": {"melihat": "semua", "memindah": "ya"},
        "Bidang Terkait": {"pemilik": "unit:bidang", "melihat": "unit"},
    }
    assert [lane.get("name") for lane in drawing.lanes.values()] == LANES
    tops = [drawing.boxes[lane].top for lane in drawing.lanes]
    assert tops == sorted(tops)


def test_every_node_is_in_exactly_one_lane_and_drawn_inside_it(either: Drawing) -> None:
    for node in either.nodes:
        lanes = either.lane_of(node)
        assert len(lanes) == 1, node
        assert either.boxes[lanes[0]].holds(either.boxes[node]), node


def test_every_task_has_its_form_and_a_sentence_for_the_reporter(either: Drawing) -> None:
    for task in either.process.findall("b:userTask", NS):
        own = _properties(task)
        assert own["formKey"] == task.get("id")
        assert own["status"].strip()


def test_every_end_says_the_outcome(drawing: Drawing) -> None:
    assert [_properties(end).get("hasil") for end in drawing.process.findall("b:endEvent", NS)] == [
        "Selesai, jawaban diterima",
        "Ditutup otomatis tanpa konfirmasi",
    ]


def test_only_a_declared_information_request_leaves_the_way_of_a_complaint(drawing: Drawing) -> None:
    gateway = drawing.nodes["jenis_laporan"]
    assert drawing.ends(gateway.get("default")) == ("jenis_laporan", "tanggapi_aduan")
    conditions = {key: flow.findtext("b:conditionExpression", None, NS) for key, flow in drawing.flows.items()}
    assert {drawing.ends(key): text for key, text in conditions.items() if text} == {
        ("jenis_laporan", "input_tanggapan"): "jenis == 'informasi'"
    }


def test_a_timer_ends_the_wait_for_the_reporter(drawing: Drawing) -> None:
    (timer,) = drawing.process.findall("b:boundaryEvent", NS)
    assert (timer.get("attachedToRef"), timer.get("cancelActivity")) == ("terima_jawaban", "true")
    assert timer.find("b:timerEventDefinition/b:timeDuration", NS) is not None


def test_everything_is_drawn_once(either: Drawing) -> None:
    participant = either.tree.find("b:collaboration/b:participant", NS).get("id")
    shapes = [each.get("bpmnElement") for each in either.tree.findall(".//di:BPMNShape", NS)]
    edges = [each.get("bpmnElement") for each in either.tree.findall(".//di:BPMNEdge", NS)]
    assert sorted(shapes) == sorted([participant, *either.lanes, *either.nodes])
    assert sorted(edges) == sorted(either.flows)
    named = {key for key, node in (either.nodes | either.flows).items() if node.get("name")}
    tasks = {task.get("id") for task in either.process.findall("b:userTask", NS)}
    assert set(either.labels) == named - tasks


def test_no_two_shapes_overlap(either: Drawing) -> None:
    for one, other in combinations(either.nodes, 2):
        attached = {either.nodes[one].get("attachedToRef"), either.nodes[other].get("attachedToRef")}
        if attached.isdisjoint({one, other}):
            assert not either.boxes[one].meets(either.boxes[other]), (one, other)


def test_lines_are_straight_and_join_their_shapes(either: Drawing) -> None:
    for flow in either.flows:
        for (x1, y1), (x2, y2) in pairwise(either.points[flow]):
            assert (x1 == x2) != (y1 == y2), flow
        for node, (x, y) in zip(either.ends(flow), (either.points[flow][0], either.points[flow][-1]), strict=True):
            box = either.boxes[node]
            assert x in (box.left, box.right) or y in (box.top, box.bottom), (flow, node)
            assert box.holds(Box(x, y, x, y)), (flow, node)


def test_no_line_runs_through_a_shape(either: Drawing) -> None:
    for flow in either.flows:
        for node in either.nodes:
            for segment in either.segments(flow):
                assert not segment.meets(either.boxes[node]), (flow, node)


def test_no_two_lines_touch_unless_they_share_an_end(either: Drawing) -> None:
    for one, other in combinations(either.flows, 2):
        for a in either.segments(one):
            for b in either.segments(other):
                grown = Box(a.left - 1, a.top - 1, a.right + 1, a.bottom + 1)
                assert not grown.meets(b), (one, other)


def test_labels_are_clear_of_lines_shapes_lane_borders_and_each_other(either: Drawing) -> None:
    for key, label in either.labels.items():
        assert any(either.boxes[lane].holds(label) for lane in either.lanes), key
        assert not any(label.meets(either.boxes[node]) for node in either.nodes), key
        for flow in either.flows:
            assert not any(segment.meets(label) for segment in either.segments(flow)), (key, flow)
    for one, other in combinations(either.labels, 2):
        assert not either.labels[one].meets(either.labels[other]), (one, other)


def test_every_step_lies_right_of_the_one_before(drawing: Drawing) -> None:
    for flow in drawing.flows:
        source, target = drawing.ends(flow)
        assert drawing.boxes[source].left < drawing.boxes[target].left, flow


def test_the_second_diagram_keeps_the_steps_of_the_first_in_their_lanes() -> None:
    first, second = (Drawing(ROOT / "process" / f"{each}.bpmn") for each in ("aduan", "aduan_lengkap"))
    assert second.process.get("id") == first.process.get("id")
    for task in first.process.findall("b:userTask", NS):
        assert second.lane_of(task.get("id")) == first.lane_of(task.get("id"))
        assert _properties(second.nodes[task.get("id")]) == _properties(task)
    names = {each.get("id") for each in second.process.findall("b:userTask", NS)}
    assert names >= FIELDS.keys() and len(names) == 13
    other = {path.stem for path in (ROOT / "forms" / "aduan_lengkap").glob("*.json")}
    assert other < FIELDS.keys()  # forms of the steps that only it has lie beside the others
    assert names <= {path.stem for path in (ROOT / "forms").glob("*.json")}


@pytest.fixture(scope="module")
def forms() -> dict[str, Any]:
    return {key: _load(f"forms/{key}.json") for key in FIELDS}


def test_forms_are_valid_schemas_with_exactly_the_fixed_fields(forms: dict[str, Any]) -> None:
    for schema in forms.values():
        Draft202012Validator.check_schema(schema)
    assert {key: set(schema["properties"]) for key, schema in forms.items()} == FIELDS


def test_forms_refuse_unknown_fields_and_name_every_field_in_an_order(forms: dict[str, Any]) -> None:
    for key, schema in forms.items():
        assert schema["additionalProperties"] is False, key
        assert sorted(schema["x-urutan"]) == sorted(schema["properties"]), key
        for name, field in schema["properties"].items():
            assert field["title"], (key, name)
            assert field["description"], (key, name)
            assert field.get("minLength", 0) <= 10, (key, name)


def test_forms_name_only_lanes_fields_and_tables_that_exist(forms: dict[str, Any]) -> None:
    for key, schema in forms.items():
        for name, field in schema["properties"].items():
            assert set(field.get("x-terlihat", [])) <= set(LANES)
            choices = field.get("x-pilihan", {"tabel": "unit"})
            assert choices["tabel"] in {"kategori", "subkategori", "unit"}
            assert choices.get("tergantung", name) in schema["properties"]
            source, _, origin = field.get("x-awal", f"{key}.{name}").partition(".")
            assert origin in forms[source]["properties"]


def test_the_answer_is_readable_to_everyone_in_the_case(forms: dict[str, Any]) -> None:
    assert forms["input_tanggapan"]["properties"]["tanggapan"]["x-terlihat"] == LANES


def test_the_unit_is_required_for_a_complaint_only(forms: dict[str, Any]) -> None:
    check = Draft202012Validator(forms["klasifikasi"])
    assert check.is_valid({"jenis": "informasi"})
    assert check.is_valid({"jenis": "pengaduan", "bidang": "sd"})
    assert not check.is_valid({"jenis": "pengaduan"})
    assert not check.is_valid({})


def test_the_reporter_may_close_without_filling_anything(forms: dict[str, Any]) -> None:
    check = Draft202012Validator(forms["terima_jawaban"])
    assert check.is_valid({})
    assert not check.is_valid({"penilaian": 6})


def test_categories_offer_belum_tahu_and_codes_are_unique() -> None:
    categories = _load("engine/store/seed/kategori.json")
    assert 6 <= len(categories) <= 8
    assert {"Penyalahgunaan wewenang", "Pelayanan tidak sesuai standar"} <= {each["nama"] for each in categories}
    codes = [each["kode"] for each in categories]
    codes += [sub["kode"] for each in categories for sub in each["subkategori"]]
    assert len(codes) == len(set(codes))
    assert all(code.isascii() and code.replace("_", "").isalnum() and code.islower() for code in codes)
    for each in categories:
        assert 4 <= len(each["subkategori"]) <= 7
        assert "Belum tahu" in {sub["nama"] for sub in each["subkategori"]}, each["kode"]


def test_demo_texts_fit_the_forms_and_their_pairs_belong_together(forms: dict[str, Any]) -> None:
    texts = _load("webapp/cli/demo/isian.json")
    pairs = {(c["kode"], s["kode"]) for c in _load("engine/store/seed/kategori.json") for s in c["subkategori"]}
    units = {unit["kode"] for unit in _load("engine/store/seed/unit.json")}
    mails = {account["surel"] for account in _load("webapp/cli/demo/akun.json")}
    assert len({each["id"] for each in texts["isi_aduan"]}) == len(texts["isi_aduan"]) >= 16
    for entry in texts["isi_aduan"]:
        values = {key: value for key, value in entry.items() if key != "id" and not key.startswith("_")}
        Draft202012Validator(forms["isi_aduan"]).validate(values)
        assert (entry["kategori"], entry["subkategori"]) in pairs
        assert entry["_pelapor"] in mails
        assert texts["klasifikasi"][entry["id"]]["jenis"] == entry["_jenis"]
        assert entry["_jenis"] == "informasi" or entry["_bidang"] in units
        for key in set(FIELDS) - {"isi_aduan"}:
            if entry["_jenis"] == "pengaduan" or key not in ("tanggapi_aduan", "terima_tanggapan"):
                Draft202012Validator(forms[key]).validate(texts[key][entry["id"]])


def test_demo_accounts_hold_roles_and_units_that_exist() -> None:
    beside = {"Pemilik Proses", "Auditor", "Pimpinan", "Pengelola Sistem"}
    units = {unit["kode"] for unit in _load("engine/store/seed/unit.json")} | {None}
    accounts = _load("webapp/cli/demo/akun.json")
    assert len({account["surel"] for account in accounts}) == len(accounts)
    for appointment in (each for account in accounts for each in account["penugasan"]):
        assert appointment["peran"] in {*LANES, *beside}
        assert appointment["unit"] in units
        assert appointment["jenis"] in {"definitif", "plt", "plh"}
