"""What changed: every kind of change that alters behaviour is found, at its element, and nothing beside it."""
# ruff: noqa: E501  # a row of a table is one line

import json
import re
import time
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from itertools import pairwise, product
from typing import Any

import pytest

from engine.process.diagram import DiagramError
from engine.process.diff import Change, Source, changes
from tests.process.drawing import (
    ROOT,
    SOP,
    Node,
    catch,
    draw,
    end,
    exclusive,
    rooted,
    service,
    small_forms,
    sop_forms,
    sub,
    table,
    trigger,
    user,
)

FOLDER = ROOT / "tests" / "replay" / "diagrams"
Forms = dict[str, Any]
Found = set[tuple[str, str]]


def stored(name: str) -> Source:
    if name == "aduan":
        return Source(SOP.encode(), sop_forms())
    forms = {path.stem: json.loads(path.read_text()) for path in (FOLDER / name / "forms").glob("*.json")}
    return Source((FOLDER / name / f"{name}.bpmn").read_bytes(), forms)


STORED = {name: stored(name) for name in ("aduan", "tenggat", "kunjungan", "putaran")}


def edited(name: str, *edits: tuple[str, str]) -> Source:
    """A stored diagram with texts replaced; one that is not there, or there twice, is a mistake of the test."""
    text = STORED[name].xml.decode()
    for old, new in edits:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    return Source(text.encode(), STORED[name].forms)


def with_forms(name: str, edit: Callable[[Forms], object]) -> Source:
    forms = deepcopy(dict(STORED[name].forms))
    edit(forms)
    return Source(STORED[name].xml, forms)


def told(found: list[Change]) -> list[tuple[str, str]]:
    return [(each.kind, each.element) for each in found]


def task(id_: str, name: str, form: str) -> str:
    return (
        f'<bpmn:userTask id="{id_}" name="{name}"><bpmn:extensionElements><spiffworkflow:properties>'
        f'<spiffworkflow:property name="formKey" value="{form}" /><spiffworkflow:property name="waktu" value="1 jam" />'
        "</spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>"
    )


def prop(name: str, value: str) -> str:
    return f'<spiffworkflow:property name="{name}" value="{value}" />'


def flow(id_: str, source: str, target: str, condition: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{id_}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def part(name: str, tag: str, id_: str) -> str:
    """The XML of one element of a stored diagram."""
    text = STORED[name].xml.decode()
    begin = text.index(f'<bpmn:{tag} id="{id_}"')
    return text[begin : text.index(f"</bpmn:{tag}>", begin)] + f"</bpmn:{tag}>"


MULTI = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality '
    'xsi:type="bpmn:tFormalExpression">peninjau</bpmn:loopCardinality><bpmn:loopDataOutputRef>temuan_semua'
    '</bpmn:loopDataOutputRef><bpmn:outputDataItem id="temuan" name="temuan" /></bpmn:multiInstanceLoopCharacteristics>'
)
KLASIFIKASI = "<bpmn:flowNodeRef>klasifikasi</bpmn:flowNodeRef>"
ADMIN = "<bpmn:flowNodeRef>terima_aduan</bpmn:flowNodeRef>"
TO_KLASIFIKASI = '<bpmn:sequenceFlow id="alur_aduan_diterima" sourceRef="terima_aduan" targetRef="klasifikasi" />'
RETARGETED = '<bpmn:sequenceFlow id="alur_aduan_diterima" sourceRef="terima_aduan" targetRef="catat" />'
DEFAULT = '<bpmn:sequenceFlow id="alur_pengaduan" name="Pengaduan"'
INFORMASI = "jenis == 'informasi'"
HEAD = '<bpmn:process id="aduan" name="Pelayanan Pengaduan Masyarakat" isExecutable="true">'

DIAGRAM: dict[str, tuple[str, list[tuple[str, str]], Found]] = {
    # steps
    "a step is added": (
        "aduan",
        [(TO_KLASIFIKASI, task("catat", "Catat", "terima_aduan") + RETARGETED + flow("baru", "catat", "klasifikasi")),
         (KLASIFIKASI, KLASIFIKASI + "<bpmn:flowNodeRef>catat</bpmn:flowNodeRef>")],
        {("step", "catat"), ("flow", "alur_aduan_diterima")},
    ),
    "a step is removed": (
        "aduan",
        [(part("aduan", "userTask", "terima_tanggapan"), ""),
         ('targetRef="terima_tanggapan"', 'targetRef="input_tanggapan"'),
         ('<bpmn:sequenceFlow id="alur_tanggapan_diterima" sourceRef="terima_tanggapan" targetRef="input_tanggapan" />', ""),
         ("<bpmn:flowNodeRef>terima_tanggapan</bpmn:flowNodeRef>", "")],
        {("step", "terima_tanggapan"), ("flow", "alur_tanggapan_bidang"), ("form", "terima_tanggapan")},
    ),
    "a step is called otherwise": ("aduan", [('name="Klasifikasi"', 'name="Tentukan jenis"')], {("name", "klasifikasi")}),
    "a step goes to another role": (
        "aduan",
        [(KLASIFIKASI, ""), (ADMIN, ADMIN + KLASIFIKASI)],
        {("role", "klasifikasi")},
    ),
    "a step leaves every role": ("aduan", [(KLASIFIKASI, "")], {("role", "klasifikasi")}),
    "a step is of another type": (
        "tenggat",
        [('<bpmn:scriptTask id="hitung" ', '<bpmn:manualTask id="hitung" '),
         ("<bpmn:script>ulangan = 0</bpmn:script>\n    </bpmn:scriptTask>",
          "<bpmn:script>ulangan = 0</bpmn:script>\n    </bpmn:manualTask>")],
        {("type", "hitung")},
    ),
    "an id is changed": (
        "aduan",
        [(KLASIFIKASI, KLASIFIKASI.replace("klasifikasi", "tentukan")),
         ('<bpmn:userTask id="klasifikasi"', '<bpmn:userTask id="tentukan"'),
         ('targetRef="klasifikasi"', 'targetRef="tentukan"'), ('sourceRef="klasifikasi"', 'sourceRef="tentukan"')],
        {("code", "tentukan")},
    ),
    "a gateway is of another type": (
        "kunjungan",
        [('<bpmn:parallelGateway id="bagi" name="">', '<bpmn:inclusiveGateway id="bagi" name="">'),
         ("<bpmn:outgoing>alur_bagi_siapkan</bpmn:outgoing>\n    </bpmn:parallelGateway>",
          "<bpmn:outgoing>alur_bagi_siapkan</bpmn:outgoing>\n    </bpmn:inclusiveGateway>")],
        {("type", "bagi")},
    ),
    # Mutu Baku and words
    "waktu": ("aduan", [(prop("waktu", "3 hari"), prop("waktu", "2 hari"))], {("standard", "tanggapi_aduan")}),
    "the unit of waktu": ("aduan", [(prop("waktu", "3 hari"), prop("waktu", "3 jam"))], {("standard", "tanggapi_aduan")}),
    "kelengkapan": ("aduan", [("Data pemberi Aduan\" />\n          <spiffworkflow:property name=\"waktu\"",
                               "Surat\" />\n          <spiffworkflow:property name=\"waktu\"")],
                    {("standard", "terima_aduan")}),
    "output": ("aduan", [(prop("output", "Data Pengaduan"), prop("output", "Lembar"))], {("standard", "terima_aduan")}),
    "status": ("aduan", [("Sedang ditangani {unit}", "Ditangani {unit}")], {("property", "tanggapi_aduan")}),
    "uraian": ("aduan", [("Menerima input pengaduan", "Menerima aduan")], {("property", "terima_aduan")}),
    "the sentence of an end": ("aduan", [("Selesai, jawaban diterima", "Selesai")],
                               {("property", "selesai_jawaban_diterima")}),
    "an unknown property": (
        "aduan",
        [(prop("status", "Menunggu diterima Admin"), prop("status", "Menunggu diterima Admin") + prop("warna", "biru"))],
        {("property", "terima_aduan")},
    ),
    "another form for a step": (
        "aduan",
        [(prop("formKey", "terima_tanggapan"), prop("formKey", "terima_aduan"))],
        {("form_key", "terima_tanggapan"), ("form", "terima_tanggapan")},
    ),
    "a note": ("aduan", [("Sepuluh hari kerja menurut", "10 hari kerja menurut")], {("note", "batas_konfirmasi")}),
    # roles
    "a role is called otherwise": ("tenggat", [('name="Ketua Tim"', 'name="Ketua"')], {("lane_name", "lajur_ketua_tim")}),
    "a role is called otherwise and loses a step": (
        "tenggat",
        [('name="Ketua Tim"', 'name="Ketua"'), ("<bpmn:flowNodeRef>tegur</bpmn:flowNodeRef>", "")],
        {("lane_name", "lajur_ketua_tim"), ("role", "tegur")},
    ),
    "a role is added": (
        "aduan",
        [('<bpmn:lane id="lajur_admin"', '<bpmn:lane id="lajur_baru" name="Baru" /><bpmn:lane id="lajur_admin"')],
        {("lane", "lajur_baru")},
    ),
    "a role is removed": (
        "aduan",
        [(part("aduan", "lane", "lajur_bidang_terkait"), "")],
        {("lane", "lajur_bidang_terkait"), ("role", "tanggapi_aduan")},
    ),
    "pemilik": ("aduan", [(prop("pemilik", "unit:bidang"), "")], {("right", "lajur_bidang_terkait")}),
    "melihat": ("aduan", [(prop("melihat", "milik"), prop("melihat", "unit"))], {("right", "lajur_pelapor")}),
    "identitas": ("aduan", [(prop("identitas", "ya"), "")], {("right", "lajur_admin")}),
    "atas_nama": ("aduan", [(prop("atas_nama", "ya"), prop("atas_nama", "tidak"))], {("right", "lajur_admin")}),
    "memindah": ("aduan", [(prop("memindah", "ya"), "")], {("right", "lajur_ketua_tim")}),
    "tanpa_tenggat": ("aduan", [(prop("tanpa_tenggat", "ya"), "")], {("right", "lajur_pelapor")}),
    "an unknown right": ("aduan", [(prop("memindah", "ya"), prop("memindah", "ya") + prop("menutup", "ya"))],
                         {("property", "lajur_ketua_tim")}),
    # flows
    "a condition": ("aduan", [(INFORMASI, "jenis != 'pengaduan'")], {("condition", "alur_permintaan_informasi")}),
    "a value within a condition": ("putaran", [("putaran_berkas &gt;= 4", "putaran_berkas &gt;= 5")],
                                   {("condition", "alur_habis")}),
    "and becomes or": ("putaran", [("putusan == 'pindah' and", "putusan == 'pindah' or")], {("condition", "alur_pindah")}),
    "a condition falls away": (
        "aduan",
        [(f"""<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{INFORMASI}</bpmn:conditionExpression>""", "")],
        {("condition", "alur_permintaan_informasi")},
    ),
    "a condition in another language": (
        "aduan",
        [('<bpmn:conditionExpression xsi:type', '<bpmn:conditionExpression language="feel" xsi:type')],
        {("technical", "alur_permintaan_informasi")},
    ),
    "another default": ("aduan", [('default="alur_pengaduan"', 'default="alur_permintaan_informasi"')],
                        {("default", "jenis_laporan")}),
    "no default": ("aduan", [(' default="alur_pengaduan"', "")], {("default", "jenis_laporan")}),
    "another order of steps": ("aduan", [('targetRef="klasifikasi"', 'targetRef="tanggapi_aduan"')],
                               {("flow", "alur_aduan_diterima")}),
    "another order of steps by a new flow": (
        "aduan",
        [(TO_KLASIFIKASI, flow("lain", "terima_aduan", "tanggapi_aduan"))],
        {("flow", "lain")},
    ),
    "another source": ("aduan", [('sourceRef="tanggapi_aduan" targetRef="terima_tanggapan"',
                                  'sourceRef="klasifikasi" targetRef="terima_tanggapan"')],
                       {("flow", "alur_tanggapan_bidang")}),
    "a flow is added": ("aduan", [(TO_KLASIFIKASI, TO_KLASIFIKASI + flow("balik", "jenis_laporan", "terima_aduan", "x == 1"))],
                        {("flow", "balik")}),
    "a flow is removed": ("aduan", [('<bpmn:sequenceFlow id="alur_jawaban_diterima" sourceRef="terima_jawaban" '
                                     'targetRef="selesai_jawaban_diterima" />', "")],
                          {("flow", "alur_jawaban_diterima")}),
    "the words on a flow": ("aduan", [(DEFAULT, DEFAULT.replace('"Pengaduan"', '"Aduan"'))],
                            {("flow_name", "alur_pengaduan")}),
    # events
    "how long a timer waits": ("aduan", [("hari_kerja(10)", "hari_kerja(5)")], {("timer", "batas_konfirmasi")}),
    "a timer of another kind": (
        "tenggat",
        [("<bpmn:timeDuration xsi:type=\"bpmn:tFormalExpression\">\"P14D\"</bpmn:timeDuration>",
          "<bpmn:timeDate>\"2030-01-01T00:00:00+07:00\"</bpmn:timeDate>")],
        {("timer", "batas_terima")},
    ),
    "the same text as a timer of another kind": (
        "tenggat",
        [("timeDuration xsi:type=\"bpmn:tFormalExpression\">\"P14D\"</bpmn:timeDuration",
          "timeCycle xsi:type=\"bpmn:tFormalExpression\">\"P14D\"</bpmn:timeCycle")],
        {("timer", "batas_terima")},
    ),
    "how often a timer repeats": ("tenggat", [("R3/P1D", "R2/P1D")], {("timer", "ingat_tiap_hari")}),
    "a choice of times": ("tenggat", [("mendesak == 'ya' else \"P5D\"", "mendesak == 'ya' else \"P4D\"")],
                          {("timer", "batas_tangani")}),
    "a timer no longer interrupts": (
        "tenggat",
        [('attachedToRef="terima" cancelActivity="true"', 'attachedToRef="terima" cancelActivity="false"')],
        {("interrupting", "batas_terima")},
    ),
    "the start of an event subprocess interrupts": ("tenggat", [(' isInterrupting="false"', "")],
                                                    {("interrupting", "sehari")}),
    "a timer on another step": ("tenggat", [('attachedToRef="terima"', 'attachedToRef="jawab"')],
                                {("attachment", "batas_terima")}),
    "an event of another kind": (
        "aduan",
        [('<bpmn:timerEventDefinition id="batas_konfirmasi_waktu">', "<bpmn:messageEventDefinition>"),
         ("</bpmn:timerEventDefinition>", "</bpmn:messageEventDefinition>")],
        {("event", "batas_konfirmasi")},
    ),
    "an end that ends everything": (
        "aduan",
        [("<bpmn:incoming>alur_batas_lewat</bpmn:incoming>",
          "<bpmn:incoming>alur_batas_lewat</bpmn:incoming><bpmn:terminateEventDefinition />")],
        {("event", "selesai_ditutup_otomatis")},
    ),
    "a second event definition": (
        "aduan",
        [("</bpmn:timerEventDefinition>", '</bpmn:timerEventDefinition><bpmn:signalEventDefinition id="s" />')],
        {("technical", "batas_konfirmasi")},
    ),
    # scripts, repetitions, subprocesses
    "a script": ("tenggat", [("ulangan = ulangan + 1", "ulangan = ulangan + 2")], {("script", "hitung_ulangan")}),
    "one by one instead of at once": (
        "kunjungan",
        [('isSequential="false"', 'isSequential="true"')],
        {("repeat", "tinjau")},
    ),
    "how often a step is repeated": ("kunjungan", [(">peninjau<", ">peninjau + 1<")], {("repeat", "tinjau")}),
    "the list that is gone through": ("kunjungan", [(">tempat<", ">tempat_lain<")], {("repeat", "ukur")}),
    "the name of an item": ("kunjungan", [('id="satu_tempat"', 'id="sebuah_tempat"')], {("repeat", "ukur")}),
    "the list of results": ("kunjungan", [(">temuan_semua<", ">temuan_lain<")], {("repeat", "tinjau")}),
    "the name of a result": ("kunjungan", [('id="temuan"', 'id="catatan_temuan"')], {("repeat", "tinjau")}),
    "when it is enough": ("kunjungan", [("luas &gt;= 90", "luas &gt; 90")], {("repeat", "ukur")}),
    "a step is repeated no more": ("kunjungan", [(MULTI, "")], {("repeat", "tinjau")}),
    "a subprocess starts by itself": ("tenggat", [(' triggeredByEvent="true"', "")], {("trigger", "pemantauan")}),
    "a subprocess goes to another role": (
        "tenggat",
        [("<bpmn:flowNodeRef>penanganan</bpmn:flowNodeRef>", ""),
         ("<bpmn:flowNodeRef>jawab</bpmn:flowNodeRef>",
          "<bpmn:flowNodeRef>jawab</bpmn:flowNodeRef><bpmn:flowNodeRef>penanganan</bpmn:flowNodeRef>")],
        {("role", "penanganan")},
    ),
    "a step leaves its subprocess": (
        "tenggat",
        [(part("tenggat", "endEvent", "akhir_jelaskan"), ""),
         ("</bpmn:subProcess>\n    <bpmn:boundaryEvent",
          f"</bpmn:subProcess>{part('tenggat', 'endEvent', 'akhir_jelaskan')}\n    <bpmn:boundaryEvent")],
        {("subprocess", "akhir_jelaskan")},
    ),
    # the whole
    "the process's id": ("aduan", [(HEAD, HEAD.replace('id="aduan"', 'id="aduan2"'))], {("process_id", "")}),
    "the process's name": ("aduan", [(HEAD, HEAD.replace("Masyarakat", "Warga"))], {("process_name", "")}),
    "the SOP's header": ("aduan", [('name="nomor" value=""', 'name="nomor" value="7"')], {("header", "")}),
    "the time for everything": ("aduan", [("5 hari kerja\" />", "6 hari kerja\" />")], {("header", "")}),
    # what has no words of its own
    "an attribute that the library reads": ("aduan", [('id="klasifikasi" name', 'isForCompensation="true" id="klasifikasi" name')],
                                            {("technical", "klasifikasi")}),
    "an extension that the library reads": (
        "aduan",
        [(prop("status", "Menunggu diterima Admin") + "\n        </spiffworkflow:properties>",
          prop("status", "Menunggu diterima Admin")
          + "</spiffworkflow:properties><spiffworkflow:preScript>x = 1</spiffworkflow:preScript>")],
        {("technical", "terima_aduan")},
    ),
    "an element hidden in another tool's extension": (
        "aduan",
        [(HEAD + "\n    <bpmn:extensionElements>",
          HEAD + '<bpmn:extensionElements><x:y xmlns:x="urn:x"><bpmn:dataObject id="d" /></x:y>')],
        {("technical", "")},
    ),
    "a loop of the task itself": (
        "aduan",
        [("<bpmn:outgoing>alur_terklasifikasi</bpmn:outgoing>",
          '<bpmn:outgoing>alur_terklasifikasi</bpmn:outgoing><bpmn:standardLoopCharacteristics loopMaximum="3" />')],
        {("technical", "klasifikasi")},
    ),
    "a data object": ("aduan", [('<bpmn:startEvent id="mulai"', '<bpmn:dataObject id="d" /><bpmn:startEvent id="mulai"')],
                      {("technical", "")}),
    "a message that nothing waits for": (
        "aduan", [("<bpmn:collaboration", '<bpmn:message id="m" name="x" /><bpmn:collaboration')], set()),
    "a message with a part that nobody here reads": (
        "aduan", [("<bpmn:collaboration", '<bpmn:message id="m" name="x" itemRef="i" /><bpmn:collaboration')],
        {("technical", "")}),
}  # fmt: skip


def field(form: str, name: str, **values: Any) -> Callable[[Forms], object]:
    return lambda forms: forms[form]["properties"][name].update(values)


def without(form: str, name: str, key: str) -> Callable[[Forms], object]:
    return lambda forms: forms[form]["properties"][name].pop(key)


def rename_field(forms: Forms) -> None:
    form = forms["klasifikasi"]
    form["properties"]["keterangan"] = form["properties"].pop("catatan")
    form["x-urutan"] = ["jenis", "bidang", "keterangan"]


def remove_field(forms: Forms) -> None:
    del forms["klasifikasi"]["properties"]["catatan"]
    forms["klasifikasi"]["x-urutan"].remove("catatan")


KIND = ("field_rule", "klasifikasi")
JENIS = [{"const": "pengaduan", "title": "Pengaduan"}, {"const": "informasi", "title": "Permintaan informasi"}]
UNLESS = {
    "if": {"properties": {"jenis": {"const": "informasi"}}, "required": ["jenis"]},
    "then": {"required": ["bidang"]},
}
FORMS: dict[str, tuple[Callable[[Forms], object], list[tuple[str, str]]]] = {
    "title": (lambda forms: forms["klasifikasi"].update(title="Jenis"), [("form", "klasifikasi")]),
    "description": (lambda forms: forms["klasifikasi"].update(description="Pilih."), [("form", "klasifikasi")]),
    "a field is added": (lambda forms: forms["klasifikasi"]["properties"].update(baru={"type": "string", "title": "Baru"}),
                         [("field", "klasifikasi")]),
    "a field is removed": (remove_field, [("field", "klasifikasi")]),
    "a field's data is called otherwise": (rename_field, [("field", "klasifikasi")]),
    "a label": (field("klasifikasi", "catatan", title="Arahan"), [KIND]),
    "help": (field("klasifikasi", "catatan", description="Tulis arahan."), [KIND]),
    "type": (field("isi_aduan", "sekolah", type="integer"), [("field_rule", "isi_aduan")]),
    "required": (lambda forms: forms["klasifikasi"]["required"].append("catatan"), [KIND]),
    "no longer required": (lambda forms: forms["klasifikasi"]["required"].clear(), [KIND]),
    "a choice is added": (field("klasifikasi", "jenis", oneOf=[*JENIS, {"const": "saran", "title": "Saran"}]),
                          [("choice", "klasifikasi")]),
    "a choice is removed": (field("klasifikasi", "jenis", oneOf=JENIS[:1]), [("choice", "klasifikasi")]),
    "a choice is called otherwise": (field("klasifikasi", "jenis", oneOf=[JENIS[0], JENIS[1] | {"title": "Info"}]),
                                     [("choice", "klasifikasi")]),
    "the order of choices": (field("klasifikasi", "jenis", oneOf=JENIS[::-1]), [("choice", "klasifikasi")]),
    "choices from a table": (
        lambda forms: (without("klasifikasi", "jenis", "oneOf")(forms),
                       field("klasifikasi", "jenis", **{"x-pilihan": {"tabel": "kategori"}})(forms)),
        [("choice", "klasifikasi")],
    ),
    "another table": (field("klasifikasi", "bidang", **{"x-pilihan": {"tabel": "kategori"}}), [("choice", "klasifikasi")]),
    "choices that depend on another field": (field("isi_aduan", "subkategori", **{"x-pilihan": {"tabel": "subkategori"}}),
                                             [("choice", "isi_aduan")]),
    "minLength": (field("isi_aduan", "isi", minLength=5), [("field_rule", "isi_aduan")]),
    "maxLength": (field("klasifikasi", "catatan", maxLength=100), [KIND]),
    "minimum": (field("isi_aduan", "sekolah", minimum=3), [("field_rule", "isi_aduan")]),
    "maximum": (field("isi_aduan", "sekolah", maximum=3), [("field_rule", "isi_aduan")]),
    "maxItems": (field("isi_aduan", "lampiran", maxItems=2), [("field_rule", "isi_aduan")]),
    "const": (field("klasifikasi", "catatan", const="x"), [KIND]),
    "personal": (without("klasifikasi", "catatan", "x-pribadi"), [KIND]),
    "who may read it": (field("klasifikasi", "catatan", **{"x-terlihat": ["Admin"]}), [KIND]),
    "that nobody may read it": (field("klasifikasi", "catatan", **{"x-terlihat": []}), [KIND]),
    "the column of the case": (without("klasifikasi", "bidang", "x-kasus"), [KIND]),
    "what it starts with": (field("klasifikasi", "catatan", **{"x-awal": "isi_aduan.isi"}), [KIND]),
    "a message": (field("klasifikasi", "catatan", **{"x-pesan": {"maxLength": "Terlalu panjang."}}), [KIND]),
    "when it is shown": (field("klasifikasi", "catatan", **{"x-tampil-bila": {"isian": "jenis", "nilai": "informasi"}}), [KIND]),
    "when it is shown, unreadably": (field("klasifikasi", "catatan", **{"x-tampil-bila": 3}), [KIND]),
    "kinds of files": (field("isi_aduan", "lampiran", **{"x-lampiran": {"jenis": ["image/png"], "ukuran_mb": 10}}),
                       [("field_rule", "isi_aduan")]),
    "size of files": (lambda forms: forms["isi_aduan"]["properties"]["lampiran"]["x-lampiran"].update(ukuran_mb=5),
                      [("field_rule", "isi_aduan")]),
    "files at all": (field("klasifikasi", "catatan", **{"x-lampiran": {}}), [KIND]),
    "files no more": (without("isi_aduan", "lampiran", "x-lampiran"),
                      [("field_rule", "isi_aduan"), ("field_rule", "isi_aduan")]),
    "the order of fields": (lambda forms: forms["klasifikasi"]["x-urutan"].reverse(), [KIND]),
    "a condition for a required field": (lambda forms: forms["klasifikasi"].update(allOf=[UNLESS]), [("rule", "klasifikasi")]),
    "no condition any more": (lambda forms: forms["klasifikasi"].pop("allOf"), [("rule", "klasifikasi")]),
    "a second rule": (lambda forms: forms["klasifikasi"]["allOf"].append({"if": {}, "else": {"required": ["catatan"]}}),
                      [("rule", "klasifikasi")]),
    "a field of the condition need not be there": (
        lambda forms: forms["klasifikasi"]["allOf"][0]["if"].pop("required"),
        [("rule", "klasifikasi")],
    ),
    "a keyword that no page knows": (field("klasifikasi", "catatan", pattern="x"), [("technical", "klasifikasi")]),
    "a keyword of the whole form": (lambda forms: forms["klasifikasi"].update(minProperties=1), [("technical", "klasifikasi")]),
    "a required field that is none": (lambda forms: forms["klasifikasi"]["required"].append("hantu"),
                                      [("technical", "klasifikasi")]),
    "a form is missing": (lambda forms: forms.pop("klasifikasi"), [("form", "klasifikasi")]),
    "a form cannot be read": (lambda forms: forms.update(klasifikasi="klasifikasi.json: rusak"), [("form", "klasifikasi")]),
}  # fmt: skip


@pytest.mark.parametrize("name", DIAGRAM)
def test_a_change_of_the_diagram_is_found_once_and_nothing_else(name: str):
    base, edits, expected = DIAGRAM[name]
    new = edited(base, *edits)
    found = changes(STORED[base], new)
    assert sorted(told(found)) == sorted(expected), [each.sentence for each in found]
    back = changes(new, STORED[base])
    assert sorted(each.kind for each in back) == sorted(each.kind for each in found)
    assert sorted(each.mark for each in back) == sorted(_turned(each.mark) for each in found)


@pytest.mark.parametrize("name", FORMS)
def test_a_change_of_a_form_is_found_and_nothing_else(name: str):
    edit, expected = FORMS[name]
    new = with_forms("aduan", edit)
    found = changes(STORED["aduan"], new)
    assert told(found) == expected, [each.sentence for each in found]
    back = changes(new, STORED["aduan"])
    assert sorted(each.mark for each in back) == sorted(_turned(each.mark) for each in found)


def _turned(mark: str) -> str:
    return {"baru": "hapus", "hapus": "baru"}.get(mark, mark)


def test_there_are_enough_kinds_of_change():
    kinds = {kind for _, _, found in DIAGRAM.values() for kind, _ in found} | {
        kind for _, found in FORMS.values() for kind, _ in found
    }
    assert len(DIAGRAM) + len(FORMS) >= 40
    assert len(kinds) >= 28


SENTENCES: dict[str, tuple[Source, str]] = {
    "waktu": (edited("aduan", (prop("waktu", "3 hari"), prop("waktu", "2 hari"))), "Tanggapi aduan: waktu 3 → 2 hari"),
    "another unit": (
        edited("aduan", (prop("waktu", "3 hari"), prop("waktu", "5 jam"))),
        "Tanggapi aduan: waktu 3 hari → 5 jam",
    ),
    "role": (edited("aduan", (KLASIFIKASI, ""), (ADMIN, ADMIN + KLASIFIKASI)), "Klasifikasi: dari Ketua Tim ke Admin"),
    "condition": (
        edited("aduan", (INFORMASI, "jenis == 'saran'")),
        "Jenis laporan? → Input tanggapan: syarat «jenis == 'informasi'» menjadi «jenis == 'saran'»",
    ),
    "timer": (
        edited("aduan", ("hari_kerja(10)", "hari_kerja(5)")),
        "10 hari kerja tanpa konfirmasi: waktu tunggu 10 → 5 hari kerja",
    ),
    "required": (
        with_forms("aduan", lambda forms: forms["klasifikasi"]["required"].append("catatan")),
        "Formulir Klasifikasi: isian «Catatan klasifikasi» menjadi wajib",
    ),
    "shown": (
        with_forms(
            "aduan", field("klasifikasi", "bidang", **{"x-tampil-bila": {"isian": "jenis", "nilai": "pengaduan"}})
        ),
        "Formulir Klasifikasi: isian «Teruskan ke Bidang/unit kerja» tampil bila «Jenis laporan» = «Pengaduan», semula selalu",
    ),
    "rule": (
        with_forms("aduan", lambda forms: forms["klasifikasi"].update(allOf=[UNLESS])),
        "Formulir Klasifikasi: isian «Teruskan ke Bidang/unit kerja» wajib bila «Jenis laporan» = «Permintaan informasi»; "
        "semula isian «Teruskan ke Bidang/unit kerja» wajib bila «Jenis laporan» = «Pengaduan»",
    ),
    "right": (edited("aduan", (prop("identitas", "ya"), "")), "Peran Admin: tidak lagi melihat identitas pelapor"),
    "name": (edited("aduan", ('name="Klasifikasi"', 'name="Pilah"')), "Klasifikasi: kini bernama «Pilah»"),
    "flow": (
        edited("aduan", ('targetRef="klasifikasi"', 'targetRef="tanggapi_aduan"')),
        "Terima aduan: dilanjutkan ke «Tanggapi aduan», semula ke «Klasifikasi»",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_change_is_told_as_the_sop_speaks(name: str):
    source, sentence = SENTENCES[name]
    assert [each.sentence for each in changes(STORED["aduan"], source)] == [sentence]


def test_a_new_step_tells_who_does_it_and_where_it_stands():
    _, edits, _ = DIAGRAM["a step is added"]
    step = next(each for each in changes(STORED["aduan"], edited("aduan", *edits)) if each.kind == "step")
    assert step.mark == "baru"
    assert step.sentence == (
        "Langkah baru «Catat» (Ketua Tim), waktu 1 jam, sesudah «Terima aduan», dilanjutkan ke «Klasifikasi»"
    )


def test_a_new_gateway_tells_its_conditions():
    plain = draw([user("a"), end()], "mulai>isi>a>selesai")
    forked = draw(
        [user("a"), exclusive("g", "g_selesai"), end()], "mulai>isi>g>selesai; a>selesai; g>a: judul == 'penting'"
    )
    found = changes(Source(plain, small_forms()), Source(forked, small_forms()))
    gateway = next(each for each in found if each.element == "g")
    assert "«a» bila «judul == 'penting'»" in gateway.sentence
    assert "«selesai» (bila tidak ada syarat lain)" in gateway.sentence


def test_a_role_that_is_called_otherwise_takes_its_readers_along():
    new = edited("aduan", ('name="Admin"', 'name="Petugas"'))
    alone = changes(STORED["aduan"], new)
    assert [each.sentence for each in alone] == [
        "Peran Admin: kini bernama «Petugas»",
        "Formulir Input tanggapan: isian «Jawaban untuk pelapor»: dapat dibaca Admin, Bidang Terkait, Ketua Tim, Pelapor, "
        "semula Bidang Terkait, Ketua Tim, Pelapor, Petugas",
    ]
    forms = json.loads(json.dumps(dict(new.forms)).replace('"Admin"', '"Petugas"'))
    assert told(changes(STORED["aduan"], Source(new.xml, forms))) == [("lane_name", "lajur_admin")]


def test_another_message_of_the_same_kind_of_event_is_found():
    def waiting(message: str) -> Source:
        begin = f'<bpmn:messageEventDefinition messageRef="{message}">'
        both = '<bpmn:message id="m1" name="Surat" /><bpmn:message id="m2" name="Kabar" />'
        return edited(
            "aduan",
            ("<bpmn:collaboration", both + "<bpmn:collaboration"),
            ('<bpmn:timerEventDefinition id="batas_konfirmasi_waktu">', begin),
            ("</bpmn:timerEventDefinition>", "</bpmn:messageEventDefinition>"),
        )

    assert told(changes(waiting("m1"), waiting("m2"))) == [("event", "batas_konfirmasi")]


def test_a_form_under_another_key_is_compared_with_what_it_was():
    new = edited("aduan", (prop("formKey", "klasifikasi"), prop("formKey", "jenis")))
    forms = deepcopy(dict(new.forms))
    forms["jenis"] = forms.pop("klasifikasi")
    assert told(changes(STORED["aduan"], Source(new.xml, forms))) == [("form_key", "klasifikasi")]
    forms["jenis"]["required"].append("catatan")
    assert told(changes(STORED["aduan"], Source(new.xml, forms))) == [("form_key", "klasifikasi"), KIND]


@pytest.mark.parametrize("old", STORED)
@pytest.mark.parametrize("new", STORED)
def test_any_two_diagrams_can_be_compared_and_the_way_back_is_as_long(old: str, new: str):
    there, back = changes(STORED[old], STORED[new]), changes(STORED[new], STORED[old])
    assert len(there) == len(back)
    assert sorted(_turned(each.mark) for each in there) == sorted(each.mark for each in back)
    assert (there == []) == (old == new)


def test_every_change_names_an_element_of_either_picture_and_speaks():
    for old, new in product(STORED, repeat=2):
        known = (STORED[old].xml + STORED[new].xml).decode()
        for each in changes(STORED[old], STORED[new]):
            assert each.element == "" or f'id="{each.element}"' in known
            assert each.sentence and each.what and each.name
            assert "None" not in each.sentence


@pytest.mark.parametrize("xml", [b"", b"<x/>", b"<!DOCTYPE x><x/>", b"\xff\xfe", b"<a" * 1000])
def test_what_cannot_be_read_is_refused_on_either_side(xml: bytes):
    for pair in ((xml, STORED["aduan"].xml), (STORED["aduan"].xml, xml)):
        with pytest.raises(DiagramError):
            changes(*map(Source, pair))


ODD: list[Any] = [None, 7, "teks", [], {"properties": []}, {"properties": {"a": True}, "required": "a"},
                  {"properties": {"a": {"oneOf": {}, "x-pilihan": 3, "x-pesan": [], "x-terlihat": "x", "enum": [[1], None]}}},
                  {"allOf": {"if": 1}, "x-urutan": {"a": 1}}, {"allOf": [1, {"if": [], "then": {"required": [1]}}]},
                  {"allOf": [{"if": {"properties": {"a": {"not": 1}}}, "then": {"required": ["a"]}}], "title": ["x"]}]  # fmt: skip


def test_forms_that_are_no_forms_are_compared_all_the_same():
    odd = [with_forms("aduan", partial(dict.update, klasifikasi=each)) for each in ODD]
    for one, other in pairwise([STORED["aduan"], *odd, STORED["aduan"]]):
        assert changes(one, other)
        assert changes(one, one) == []


def test_a_hundred_elements_are_compared_within_a_tenth_of_a_second():
    names = [f"t{number}" for number in range(98)]
    nodes = [user(name, "catat") for name in names]
    flows = "mulai>isi>" + ">".join(names) + ">selesai"
    old = Source(draw([*nodes, end()], flows), small_forms())
    changed = [
        user(name, "catat", waktu="2 jam") if name > "t5" else node for name, node in zip(names, nodes, strict=True)
    ]
    for new in (
        Source(draw([*changed, end()], flows), small_forms()),
        Source(re.sub(rb'(id="|Ref="|_|>)t([0-9])', rb"\1u\2", old.xml), small_forms()),  # every id another
    ):
        best = min(_seconds(old, new) for _ in range(3))
        assert best < 0.1, best


def _seconds(old: Source, new: Source) -> float:
    begin = time.perf_counter()
    assert changes(old, new)
    return time.perf_counter() - begin


TABLE = [("'ya'", "1"), ("'tidak'", "2")]


def deciding(*rows: tuple[str, str], policy: str = "UNIQUE", given: str = "hasil") -> Source:
    nodes = [user("p", "putus"), table("k", "putusan", given, list(rows), policy), user("a"), end()]
    return Source(draw(nodes, "mulai>isi>p>k>a>selesai"), small_forms())


@pytest.mark.parametrize(
    ("now", "sentences"),
    [
        (deciding(*TABLE), []),
        (deciding(("'ya'", "1"), ("'tidak'", "3")), ["k: baris 2, kolom «hasil» 2 → 3"]),
        (deciding(("-", "1"), ("'tidak'", "2")), ["k: baris 1, kolom «putusan» «'ya'» menjadi «apa saja»"]),
        (deciding(*TABLE, ("-", "3")), ["k: baris 3 baru: bila apa saja, maka hasil 3"]),
        (deciding(TABLE[0]), ["k: baris dihapus: bila putusan 'tidak', maka hasil 2"]),
        (
            deciding(*TABLE, policy="FIRST"),
            ["k: baris yang dipakai «tepat satu baris berlaku» menjadi «yang teratas menang»"],
        ),
        (
            deciding(*TABLE, given="akhir"),
            ["k: kolom tabel keputusan «bila putusan; maka hasil» menjadi «bila putusan; maka akhir»"],
        ),
    ],
)
def test_a_changed_decision_table_is_told_cell_by_cell(now: Source, sentences: list[str]):
    found = changes(deciding(*TABLE), now)
    assert [each.sentence for each in found] == sentences
    assert {each.kind for each in found} <= {"decision"} and {each.element for each in found} <= {"k"}


def test_what_a_service_task_does_is_told_in_words():
    def served(**parameters: str) -> Source:
        nodes = [service("s", "kirim_pemberitahuan", **parameters), user("a"), end()]
        return Source(draw(nodes, "mulai>isi>s>a>selesai"), small_forms())

    found = changes(served(kepada="Admin", pesan="Satu"), served(kepada="pelapor", pesan="Dua"))
    assert [each.sentence for each in found] == [
        "s: penerima «Admin» menjadi «pelapor»",
        "s: pesan «Satu» menjadi «Dua»",
    ]


@pytest.mark.parametrize(
    ("old", "new", "element", "says"),
    [
        (
            'name="Surat keterangan"',
            'name="Surat balasan"',
            "x",
            "pesan «Surat keterangan» menjadi «Surat balasan»",
        ),
        ('errorRef="g_batal"', 'errorRef="g_lain"', "gagal", "galat «batal» menjadi «lain»"),
        ('errorCode="batal"', 'errorCode="tidak jadi"', "gagal", "galat «batal» menjadi «tidak jadi»"),
        ('calledElement="satu"', 'calledElement="dua"', "p", "proses yang dipanggil «satu» menjadi «dua»"),
    ],
)
def test_what_an_event_waits_for_and_a_call_runs_is_told(old: str, new: str, element: str, says: str):
    nodes = [catch("x", trigger("message", "m_surat")), end(), Node("p", "callActivity", "", {"calledElement": "satu"}),
             sub("s", [Node("m2", "startEvent"), end("gagal", trigger("error", "g_batal"))], "m2>gagal")]  # fmt: skip
    one, two = (
        f'<process id="{id_}" isExecutable="false"><startEvent id="m{id_}"/><endEvent id="e{id_}"/>'
        f'<sequenceFlow id="f{id_}" sourceRef="m{id_}" targetRef="e{id_}"/></process>'
        for id_ in ("satu", "dua")
    )
    xml = rooted(draw(nodes, "mulai>isi>x>s>p>selesai"))
    before = xml.replace(b"</definitions>", f"{one}{two}</definitions>".encode())
    now = before.replace(old.encode(), new.encode(), 1)
    assert now != before
    found = [each for each in changes(Source(before), Source(now)) if each.element == element]
    assert [each.sentence.partition(": ")[2] or each.sentence for each in found] == [says], found
    assert not [each for each in changes(Source(before), Source(now)) if each.kind == "technical"]
