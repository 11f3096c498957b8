"""A message that a case waits for, on the web: offered to whose lane it is, recorded once, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from engine.commands.deploy import deploy
from engine.commands.pin import pins
from engine.process.diff import Source, changes
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot, transaction
from tests.process.drawing import draw, end, form, properties, small_forms, sop_forms, sop_with, user
from tests.webapp.at_editor import Editor, begun
from tests.webapp.looks import wrongs_at
from tests.webapp.site import Site, nodes, text_of

LETTER = {
    "perihal": {"title": "Perihal surat", "type": "string", "maxLength": 200, "wajib": True, "x-pribadi": True},
    "isi_surat": {"title": "Ringkasan isi surat", "type": "string", "maxLength": 2000},
}
_EVENT = (
    '<bpmn:boundaryEvent id="surat_sekolah" name="Surat sekolah diterima" attachedToRef="tanggapi_aduan" '
    'cancelActivity="false">'
    + properties({"formKey": "surat_sekolah", "uraian": "Catat surat sekolah yang datang."})
    .replace("extensionElements", "bpmn:extensionElements")
    .replace("s:prop", "spiffworkflow:prop")
    + '<bpmn:messageEventDefinition messageRef="pesan_surat" /></bpmn:boundaryEvent>'
    '<bpmn:endEvent id="surat_dicatat" name="Surat dicatat" />'
    '<bpmn:sequenceFlow id="alur_surat" sourceRef="surat_sekolah" targetRef="surat_dicatat" />'
)
_DRAWN = (
    '<bpmndi:BPMNShape id="surat_sekolah_di" bpmnElement="surat_sekolah"><dc:Bounds x="{x}" y="{y}" width="36" '
    'height="36" /></bpmndi:BPMNShape><bpmndi:BPMNShape id="surat_dicatat_di" bpmnElement="surat_dicatat"><dc:Bounds '
    'x="{end}" y="{y}" width="36" height="36" /></bpmndi:BPMNShape><bpmndi:BPMNEdge id="alur_surat_di" '
    'bpmnElement="alur_surat"><di:waypoint x="{out}" y="{mid}" /><di:waypoint x="{end}" y="{mid}" /></bpmndi:BPMNEdge>'
)


def with_a_letter(x: int = 892, y: int = 732) -> bytes:
    """The SOP in which a school's letter may come while Bidang works; Admin records it."""
    flow = '<bpmn:sequenceFlow id="alur_aduan_diterima"'
    drawn = _DRAWN.format(x=x, y=y, end=x + 90, out=x + 36, mid=y + 18)
    return sop_with(
        ("<bpmn:collaboration", '<bpmn:message id="pesan_surat" name="Surat sekolah" /><bpmn:collaboration'),
        ("<bpmn:flowNodeRef>terima_aduan</bpmn:flowNodeRef>",
         "<bpmn:flowNodeRef>terima_aduan</bpmn:flowNodeRef><bpmn:flowNodeRef>surat_sekolah</bpmn:flowNodeRef>"
         "<bpmn:flowNodeRef>surat_dicatat</bpmn:flowNodeRef>"),
        (flow, _EVENT + flow),
        ("</bpmndi:BPMNPlane>", drawn + "</bpmndi:BPMNPlane>"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def letters(shared_site: Site) -> Site:
    forms = sop_forms() | {"surat_sekolah": {**form(**LETTER), "title": "Surat sekolah"}}
    with transaction(shared_site.engine) as session:
        deploy(session, with_a_letter(), forms, now=datetime.now(UTC))
    return shared_site


@pytest.fixture
def site(letters: Site) -> Site:
    return letters


def links(site: Site, who: str, number: str) -> list[str]:
    """Addresses of what this person may record on the page of the case."""
    return [each for each in nodes(site.person(who).get(f"/aduan/{number}"), "//main//a/@href") if "/pesan/" in each]


def test_it_is_offered_to_its_lane_and_recorded(site: Site):
    number = site.bring_to("tanggapi_aduan")
    assert links(site, "ketua", number) == links(site, "bidang.sd", number) == links(site, "auditor", number) == []
    (path,) = links(site, "admin", number)
    assert "Catat: Surat sekolah diterima" in text_of(site.person("admin").get(path))
    done = site.person("admin").post(path, {"perihal": "Klarifikasi", "isi_surat": "Uang sudah kembali."})
    assert (done.status_code, done.headers["Location"]) == (303, f"/aduan/{number}")
    shown = text_of(site.person("admin").get(f"/aduan/{number}"))
    assert "Sudah dicatat." in shown and "Uang sudah kembali." in shown and "Surat sekolah diterima" in shown
    assert links(site, "admin", number) == []
    assert "Uang sudah kembali." in text_of(site.person("bidang.sd").get(site.task_path(number)))
    assert "Uang sudah kembali." not in text_of(site.person("pelapor").get(f"/aduan/{number}"))
    assert "Pesan diterima" in text_of(site.person("auditor").get(f"/audit/{number}"))
    assert site.open_element(number) == "tanggapi_aduan"
    with snapshot(site.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


def test_what_does_not_fit_comes_back_with_what_was_typed(site: Site):
    number = site.bring_to("tanggapi_aduan")
    (path,) = links(site, "admin", number)
    before = site.events(number)
    answer = site.person("admin").post(path, {"perihal": "", "isi_surat": "Jangan hilang."})
    assert answer.status_code == 422
    assert "Ada 1 isian yang perlu diperbaiki" in text_of(answer) and "Jangan hilang." in text_of(answer)
    assert site.events(number) == before


def test_the_second_post_is_told_and_keeps_its_text(site: Site):
    number = site.bring_to("tanggapi_aduan")
    (path,) = links(site, "admin", number)
    fields = {**site.person("admin").token(path), "perihal": "Klarifikasi"}
    first = site.person("admin").client.post(path, data=fields)
    assert first.status_code == 303
    again = site.person("admin").client.post(path, data=fields)
    assert again.status_code == 303, "the same form sent twice is one message"
    other = site.person("admin").client.post(path, data={**fields, "_kunci": "x" * 16, "perihal": "Surat kedua"})
    assert other.status_code == 409
    assert "sudah dicatat Anda" in text_of(other) and "Surat kedua" in text_of(other)
    assert site.person("admin").get(path).status_code == 303


def test_it_does_not_exist_for_others(site: Site):
    number = site.bring_to("tanggapi_aduan")
    (path,) = links(site, "admin", number)
    token = site.person("admin").token(path)["csrf_token"]
    before = site.events(number)
    for who in ("ketua", "bidang.sd", "pelapor", "auditor", "pimpinan", "proses", "warga", "sistem"):
        page = site.person(who).get("/aduan/baru")
        fields = {"csrf_token": nodes(page, "//main//form//input[@name='csrf_token']/@value")[0], "perihal": "Palsu"}
        assert site.person(who).client.post(path, data=fields).status_code == 404, who
        assert site.person(who).get(path).status_code in (303, 404), who
    wrong = path.rpartition("/")[0]
    for id_ in ("0" * 32, "bukan-id", "1" * 31 + "x"):
        fields = {"csrf_token": token, "perihal": "Palsu"}
        assert site.person("admin").client.post(f"{wrong}/{id_}", data=fields).status_code == 404
    assert site.events(number) == before


@pytest.mark.browser
def test_its_page_fits_and_can_be_read_by_all(site: Site, page_of: Callable[..., Page]):
    number = site.bring_to("tanggapi_aduan")
    (path,) = links(site, "admin", number)
    page = page_of("admin")
    page.goto(path)
    assert wrongs_at(page, (360, 1366, 1920)) == []


def with_a_call() -> bytes:
    """The same SOP, in which a step is a call of a process that is in force."""
    text = with_a_letter().decode()
    begin = text.index('<bpmn:userTask id="terima_tanggapan"')
    stop = text.index("</bpmn:userTask>", begin) + len("</bpmn:userTask>")
    drawn = '<bpmn:callActivity id="terima_tanggapan" name="Periksa tanggapan" calledElement="uji" />'
    return (text[:begin] + drawn + text[stop:]).encode()


@pytest.mark.browser
def test_the_editor_keeps_messages_and_calls_and_says_what_they_are(site: Site, page_of: Callable[..., Page]):
    lanes = {
        "Pelapor": {"pemilik": "pelapor", "melihat": "milik", "tanpa_tenggat": "ya"},
        "Ketua Tim": {"melihat": "semua", "memindah": "ya"},
    }
    with transaction(site.engine) as session:
        called = draw([user("periksa", lane="Ketua Tim"), end()], "mulai>isi>periksa>selesai", lanes)
        deploy(session, called, small_forms(), now=datetime.now(UTC))
    forms = sop_forms() | {"surat_sekolah": {**form(**LETTER), "title": "Surat sekolah"}}
    editor = Editor(page_of("proses"), site).open(begun(site, with_a_call(), forms))
    before = editor.saved_xml()
    assert pins(before)["uji"]["number"] == 1 and b'id="uji.periksa"' in before
    editor.click("surat_sekolah")
    panel = editor.page.locator(".sifat")
    expect(panel).to_contain_text("Menunggu pesan «Surat sekolah».")
    expect(panel.get_by_label("Formulir", exact=True)).to_have_value("surat_sekolah")
    editor.click("terima_tanggapan")
    expect(panel).to_contain_text("Menjalankan proses «uji»")
    panel.get_by_label("Nama panggilan").fill("Periksa bersama")
    panel.get_by_label("Nama panggilan").blur()
    expect(editor.state).to_contain_text("Tersimpan ")
    now = editor.saved()
    assert now.elements["terima_tanggapan"].name == "Periksa bersama"
    assert now.elements["uji.periksa"].lane == "Ketua Tim"
    assert now.elements["surat_sekolah"].event_name == "Surat sekolah"
    assert pins(editor.saved_xml()) == pins(before)
    told = [each.kind for each in changes(Source(before, forms), Source(editor.saved_xml(), forms))]
    assert told == ["name"]
