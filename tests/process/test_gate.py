"""The gate: what is broken or hostile is named, with element and advice; what is sound passes."""
# ruff: noqa: E501  # a diagram drawn in a case is one text

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.process.gate import Finding, check, holds
from tests.process.drawing import (
    DATA,
    LANES,
    PROCESS_OPEN,
    START,
    TEXT,
    UNIT,
    Node,
    boundary,
    choice,
    draw,
    end,
    exclusive,
    form,
    inclusive,
    parallel,
    script,
    small_forms,
    sop_forms,
    sop_with,
    sub,
    timer,
    user,
    wait,
)

ERROR, WARNING = "galat", "peringatan"
CONDITION = "jenis == 'informasi'"
DURATION = "hari_kerja(10)"
SIMPLE = "mulai>isi>a>selesai"
DECIDE = "mulai>isi>p>g>selesai; a>selesai; g>a: "
SPAN = {"type": "integer", "minimum": 0, "maximum": 50, "wajib": True}
LIST = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3, "wajib": True}


class Expected(NamedTuple):
    severity: str
    element: str
    says: str


# Where a task of the SOP begins; a case adds something behind it.
RECEIVE = '<bpmn:userTask id="terima_aduan" name="Terima aduan">\n      <bpmn:extensionElements>'


class Case(NamedTuple):
    xml: bytes
    expected: list[Expected]
    forms: Mapping[str, Any] | None = None


def wrong(xml: bytes, element: str, says: str, forms: Mapping[str, Any] | None = None) -> Case:
    return Case(xml, [Expected(ERROR, element, says)], forms)


def doubtful(xml: bytes, element: str, says: str, forms: Mapping[str, Any] | None = None) -> Case:
    return Case(xml, [Expected(WARNING, element, says)], forms)


def in_sop(element: str, says: str, *changes: tuple[str, str]) -> Case:
    return wrong(sop_with(*changes), element, says, sop_forms())


def condition(text: str) -> tuple[str, str]:
    return CONDITION, text.replace("<", "&lt;").replace("&&", "&amp;&amp;")


def repeated(inner: str, **attributes: str) -> str:
    drawn = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<multiInstanceLoopCharacteristics{drawn}>{inner}</multiInstanceLoopCharacteristics>"


def sop_form(key: str, **changes: Any) -> dict[str, Any]:
    forms = sop_forms()
    return forms | {key: forms[key] | changes}


def with_field(field: Mapping[str, Any]) -> dict[str, Any]:
    return small_forms(catat=form(catatan=field))


def decided(text: str, says: str, **fields: dict[str, Any]) -> Case:
    """A gateway after a form with `fields`; the condition `text` on one way is wrong."""
    xml = draw([user("p", "putus"), exclusive("g", "g_selesai"), user("a"), end()], DECIDE + text)
    return wrong(xml, "g_a", says, small_forms(putus=form(**fields)))


PARALLEL = "mulai>isi>s>a>j>selesai; s>b>j"
BRANCHES = [parallel("s"), user("a"), user("b"), parallel("j"), end()]
INNER = [Node("m2", "startEvent"), user("c"), end("e2")]
REMINDER = Node("m2", "startEvent", "", {"isInterrupting": "false"}, timer('"P1D"'))
SIMPLE_XML = draw([user("a"), end()], SIMPLE)

BROKEN: dict[str, Case] = {
    # the file
    "no XML at all": wrong(b"bukan xml", "", "bukan XML"),
    "an empty file": wrong(b"", "", "bukan XML"),
    "another XML": wrong(b"<html><body/></html>", "", "bukan BPMN 2.0"),
    "cut off in the middle": wrong(sop_with()[:5000], "", "bukan XML"),
    "a DOCTYPE": in_sop(
        "", "DOCTYPE", ("<bpmn:definitions xmlns", "<!DOCTYPE x SYSTEM 'http://x.test/'><bpmn:definitions xmlns")
    ),
    "not in the schema": in_sop(
        "terima_aduan",
        "tidak mengikuti BPMN 2.0",
        ("<bpmn:incoming>alur_aduan_terkirim</bpmn:incoming>", "<bpmn:incoming>tidak ada gunanya</bpmn:incoming>"),
    ),
    "an element in the wrong place": in_sop(
        "mulai",
        "tidak boleh berada di sini",
        (
            '<bpmn:startEvent id="mulai" name="Ada aduan">',
            '<bpmn:startEvent id="mulai" name="Ada aduan"><bpmn:script/>',
        ),
    ),
    "two elements with one id": in_sop("terima_aduan", "nilainya tidak sah", ('id="klasifikasi"', 'id="terima_aduan"')),
    "not executable": in_sop("aduan", "isExecutable", ('isExecutable="true"', 'isExecutable="false"')),
    "two processes": in_sop(
        "", "tepat satu proses", (PROCESS_OPEN, '<bpmn:process id="lain" isExecutable="true"/>' + PROCESS_OPEN)
    ),
    # what is not supported
    "a service task": in_sop(
        "terima_aduan",
        "belum menyebut operasinya",
        ('<bpmn:userTask id="terima_aduan"', '<bpmn:serviceTask id="terima_aduan"'),
        (
            '</bpmn:userTask>\n    <bpmn:sequenceFlow id="alur_aduan_diterima"',
            '</bpmn:serviceTask>\n    <bpmn:sequenceFlow id="alur_aduan_diterima"',
        ),
    ),
    "a call activity": wrong(
        draw([Node("x", "callActivity", "", {"calledElement": "uji"}), end()], "mulai>isi>x>selesai"),
        "x",
        "memanggil prosesnya sendiri",
    ),
    "a message start": wrong(
        draw([user("a"), end(), Node("m2", "startEvent", inner="<messageEventDefinition/>")], SIMPLE),
        "m2",
        "kejadian pesan",
    ),
    "a signal on the boundary": wrong(
        draw(
            [user("a"), end(), Node("x", "boundaryEvent", "", {"attachedToRef": "a"}, "<signalEventDefinition/>")],
            SIMPLE,
        ),
        "x",
        "belum menyebut sinyal",
    ),
    "an error end": wrong(
        draw([user("a"), end("selesai", "<errorEventDefinition/>")], SIMPLE),
        "selesai",
        "Tidak ada yang menangkap galat",
    ),
    "a task without kind": wrong(draw([Node("a", "task", "Admin"), end()], SIMPLE), "a", "jadikan User Task"),
    "an event gateway": wrong(
        draw([Node("x", "eventBasedGateway"), wait("w"), end()], "mulai>isi>x>w>selesai"),
        "x",
        "gerbang berbasis kejadian",
    ),
    "a standard loop": wrong(
        draw([user("a", inner="<standardLoopCharacteristics/>"), end()], SIMPLE), "a", "perulangan tugas"
    ),
    "an ad hoc subprocess": wrong(
        draw([Node("x", "adHocSubProcess"), end()], "mulai>isi>x>selesai"), "x", "subproses ad hoc"
    ),
    "a data object": wrong(draw([user("a"), end()], SIMPLE, extra='<dataObject id="x"/>'), "x", "objek data"),
    "a script of SpiffWorkflow's own": in_sop(
        "terima_aduan",
        "preScript",
        (RECEIVE, RECEIVE + '<spiffworkflow:preScript>__import__("os")</spiffworkflow:preScript>'),
    ),
    "a flow hidden in an extension": in_sop(
        "terima_aduan",
        "menyembunyikan elemen BPMN",
        (RECEIVE, RECEIVE + '<x:sequenceFlow xmlns:x="urn:x" sourceRef="terima_aduan" targetRef="x"/>'),
    ),
    "a condition hidden in an extension": in_sop(
        "alur_permintaan_informasi",
        "menyembunyikan",
        (
            'targetRef="input_tanggapan">\n      <bpmn:conditionExpression',
            'targetRef="input_tanggapan"><bpmn:extensionElements><x:x xmlns:x="urn:x"><bpmn:conditionExpression>1</bpmn:conditionExpression></x:x></bpmn:extensionElements>\n      <bpmn:conditionExpression',
        ),
    ),
    "a yes written as 1": in_sop(
        "batas_konfirmasi", "true atau false", ('cancelActivity="true"', 'cancelActivity="1"')
    ),
    # ids and references
    "an id of the library": wrong(draw([user("Root"), end()], "mulai>isi>Root>selesai"), "Root", "dipakai sistem"),
    "the library's start": wrong(draw([user("a"), end("End")], "mulai>isi>a>End"), "End", "dipakai sistem"),
    "a name that hides a join": wrong(
        draw([user("a"), end("uji.EndJoin")], "mulai>isi>a>uji.EndJoin"), "uji.EndJoin", "dipakai sistem"
    ),
    "a flow to nowhere": in_sop(
        "alur_aduan_diterima", "tidak tersambung", ('targetRef="klasifikasi"', 'targetRef="hilang"')
    ),
    "a boundary on nothing": in_sop(
        "batas_konfirmasi", "harus menempel", ('attachedToRef="terima_jawaban"', 'attachedToRef="mulai"')
    ),
    "a foreign default flow": in_sop(
        "jenis_laporan", "bukan alur yang keluar darinya", ('default="alur_pengaduan"', 'default="alur_mulai"')
    ),
    "a lane that names nothing": in_sop(
        "", "elemen «hilang» yang tidak ada", ("<bpmn:flowNodeRef>jenis_laporan<", "<bpmn:flowNodeRef>hilang<")
    ),
    # people, forms, Mutu Baku
    "a task in no lane": in_sop(
        "klasifikasi", "tidak berada dalam lajur", ("<bpmn:flowNodeRef>klasifikasi</bpmn:flowNodeRef>", "")
    ),
    "a lane without a name": in_sop(
        "lajur_admin", "belum diberi nama", ('id="lajur_admin" name="Admin"', 'id="lajur_admin"')
    ),
    "two lanes of one name": in_sop(
        "lajur_admin", "2 lajur bernama", ('id="lajur_admin" name="Admin"', 'id="lajur_admin" name="Ketua Tim"')
    ),
    "an owner nobody knows": in_sop("lajur_bidang_terkait", "Pemilik «unit»", ('value="unit:bidang"', 'value="unit"')),
    "a sight nobody knows": wrong(
        draw([user("a"), end()], SIMPLE, LANES | {"Admin": {"melihat": "banyak"}}), "lajur_admin", "Nilai melihat"
    ),
    "no lane of the reporter": in_sop("", "Tidak ada lajur pelapor", ('value="pelapor"', 'value=""')),
    "a task without form": in_sop(
        "terima_aduan", "belum punya formulir", ('name="formKey" value="terima_aduan"', 'name="formKey" value=""')
    ),
    "a form that is missing": in_sop(
        "terima_aduan",
        "Maksud Anda `terima_aduan`?",
        ('name="formKey" value="terima_aduan"', 'name="formKey" value="terima_adun"'),
    ),
    "a form that is no JSON": wrong(
        sop_with(), "klasifikasi", "baris 3", sop_forms() | {"klasifikasi": "klasifikasi.json: baris 3"}
    ),
    "a form that is a list": wrong(sop_with(), "klasifikasi", "tidak dapat dibaca", sop_forms() | {"klasifikasi": []}),
    "a form with a keyword unknown": wrong(
        SIMPLE_XML, "a", "kata kunci «pattern» tidak didukung", with_field(TEXT | {"pattern": "(a+)+$"})
    ),
    "a form that fetches": wrong(
        SIMPLE_XML, "a", "kata kunci «$ref» tidak didukung", with_field({"type": "string", "$ref": "http://x.test/"})
    ),
    "a form with a broken schema": wrong(
        sop_with(), "klasifikasi", "tidak dapat dibaca", sop_form("klasifikasi", required="jenis")
    ),
    "a field that is control": wrong(SIMPLE_XML, "a", "csrf_token", small_forms(catat=form(csrf_token=TEXT))),
    "a table unknown": wrong(
        SIMPLE_XML, "a", "tabel «kota» tidak dikenal", with_field({"type": "string", "x-pilihan": {"tabel": "kota"}})
    ),
    "a form nobody can fill": wrong(
        draw([user("p", "putus"), end()], "mulai>isi>p>selesai"),
        "p",
        "tidak dapat diisi",
        small_forms(putus=form(putusan=choice("ya", "ya"))),
    ),
    "no standard time": wrong(draw([user("a", waktu=""), end()], SIMPLE), "a", "belum memuat waktu baku"),
    "a standard time in poetry": in_sop(
        "tanggapi_aduan", "Waktu baku «secepatnya»", ('value="3 hari"', 'value="secepatnya"')
    ),
    "two first tasks": wrong(
        draw(BRANCHES, "mulai>s; s>isi>j>selesai; s>b>j; a>j"), "mulai", "Tepat satu tugas pengguna"
    ),
    "a first task of the office": wrong(draw([user("a"), end()], "mulai>a>isi>selesai"), "a", "lajur pelapor"),
    "a first task one comes back to": wrong(
        draw([user("p", "putus"), exclusive("g", "g_selesai"), end()], "mulai>isi>p>g>selesai; g>isi: putusan == 'ya'"),
        "isi",
        "hanya dikerjakan sekali",
    ),
    "a wait before filing": wrong(
        draw([wait("w"), user("a"), end()], "mulai>w>isi>a>selesai"), "mulai", "Tepat satu tugas pengguna"
    ),
    "a unit that is free text": wrong(
        draw([user("p", "pilih"), user("b", "catat", "Bidang"), end()], "mulai>isi>p>b>selesai"),
        "lajur_bidang",
        "pilihan dari tabel unit",
        small_forms(pilih=form(bidang=TEXT | {"wajib": True})),
    ),
    "a unit left empty": wrong(
        draw([user("p", "pilih"), user("b", "catat", "Bidang"), end()], "mulai>isi>p>b>selesai"),
        "b",
        "dapat terbuka tanpa unit",
        small_forms(pilih=form(bidang=UNIT | {"wajib": False})),
    ),
    # expressions
    "one equals sign": in_sop(
        "alur_permintaan_informasi", "Maksud Anda `==`? (kolom 7)", condition("jenis = 'informasi'")
    ),
    "code in a condition": in_sop("alur_permintaan_informasi", "(kolom 1)", condition("__import__('os').system('x')")),
    "a variable misspelt": in_sop(
        "alur_permintaan_informasi", "Maksud Anda `jenis`?", condition("jeni == 'informasi'")
    ),
    "a variable nobody fills": in_sop(
        "alur_permintaan_informasi", "tidak ada pada formulir mana pun", condition("warna == 'merah'")
    ),
    "a variable filled too late": in_sop(
        "alur_permintaan_informasi", "ada jalan yang belum mengisinya", condition("penilaian == 5")
    ),
    "a personal variable": in_sop("alur_permintaan_informasi", "isian pribadi", condition("isi == 'informasi'")),
    "a choice that does not exist": in_sop(
        "alur_permintaan_informasi", "Maksud Anda `informasi`?", condition("jenis == 'infomasi'")
    ),
    "a condition nobody meets": decided(
        "nilai > 5", "tidak dapat dipenuhi", nilai={"type": "integer", "minimum": 1, "maximum": 5, "wajib": True}
    ),
    "a number that may be empty": decided(
        "nilai > 3", "isian «nilai» kosong", nilai={"type": "integer", "minimum": 1, "maximum": 5}
    ),
    "the library's own word": decided("typename == 'x'", "dipakai sistem", typename=choice("x", "y")),
    "a script with code": wrong(
        draw([script("x", "import os"), user("a"), end()], "mulai>isi>x>a>selesai"), "x", "bukan pengisian"
    ),
    "an empty script": wrong(draw([script("x", ""), user("a"), end()], "mulai>isi>x>a>selesai"), "x", "skrip kosong"),
    "a counter never begun": wrong(
        draw([script("x", "n = n + 1"), user("a"), end()], "mulai>isi>x>a>selesai"),
        "x",
        "ada jalan yang belum mengisinya",
    ),
    # timers
    "a time without quotes": in_sop("batas_konfirmasi", "dalam tanda petik", (DURATION, "P14D")),
    "code in a timer": in_sop("batas_konfirmasi", "tidak dikenal", (DURATION, "open('/etc/passwd').read()")),
    "no working days": in_sop("batas_konfirmasi", "dari 1 sampai 1000", (DURATION, "hari_kerja(0)")),
    "working time with more": in_sop("batas_konfirmasi", "ditulis sendirian", (DURATION, "max(hari_kerja(1), 2)")),
    "working time in a condition": in_sop(
        "alur_permintaan_informasi", "hanya berlaku pada", (CONDITION, "hari_kerja(1) == 'x'")
    ),
    "a time in words": in_sop("batas_konfirmasi", "bukan lama waktu", (DURATION, '"14 hari"')),
    "a wait of centuries": in_sop("batas_konfirmasi", "paling lama 5 tahun", (DURATION, '"P99999M"')),
    "a date without zone": wrong(
        draw([wait("w", '"2026-12-28T08:00:00"', "timeDate"), user("a"), end()], "mulai>isi>w>a>selesai"),
        "w",
        "zona waktu",
    ),
    "a cycle without end": wrong(
        draw([user("a"), boundary("t", "a", '"R/PT1H"', "timeCycle", False), end("x"), end()], SIMPLE + "; t>x"),
        "t",
        "bukan waktu berulang",
    ),
    "a cycle that interrupts": wrong(
        draw([user("a"), boundary("t", "a", '"R3/PT1H"', "timeCycle"), end("x"), end()], SIMPLE + "; t>x"),
        "t",
        "tidak menghentikan",
    ),
    "a timer without time": wrong(
        draw(
            [Node("w", "intermediateCatchEvent", inner="<timerEventDefinition/>"), user("a"), end()],
            "mulai>isi>w>a>selesai",
        ),
        "w",
        "belum memuat waktu",
    ),
    "a timer on a field": wrong(
        draw([wait("w", "judul"), user("a"), end()], "mulai>isi>w>a>selesai"), "w", "ditulis langsung"
    ),
    "a timer that starts": wrong(
        draw([user("a"), end()], SIMPLE).replace(
            START.xml().encode(), Node("mulai", "startEvent", inner=timer('"P1D"')).xml().encode()
        ),
        "mulai",
        "Hapus pengatur waktu",
    ),
    "an interrupting event subprocess": wrong(
        draw(
            [
                user("a"),
                end(),
                Node(
                    "x",
                    "subProcess",
                    "Admin",
                    {"triggeredByEvent": "true"},
                    sub("x", [Node("m2", "startEvent", inner=timer('"P1D"')), user("c"), end("e2")], "m2>c>e2").inner,
                ),
            ],
            SIMPLE,
        ),
        "m2",
        "belum didukung",
    ),
    # ways
    "an island": wrong(draw([user("a"), end(), user("b"), end("x")], SIMPLE + "; b>x"), "b", "tidak pernah tercapai"),
    "no end": wrong(draw([user("a")], "mulai>isi>a"), "", "tidak memuat peristiwa selesai"),
    "a dead end": wrong(
        draw([parallel("s"), user("a"), user("b"), end()], "mulai>isi>s>a>selesai; s>b"),
        "b",
        "tidak ada jalan ke peristiwa selesai",
    ),
    "no start": wrong(
        sop_with(
            ('<bpmn:startEvent id="mulai"', '<bpmn:intermediateCatchEvent id="mulai"'),
            (
                "</bpmn:startEvent>",
                '<bpmn:timerEventDefinition><bpmn:timeDuration>"P1D"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>',
            ),
        ),
        "",
        "tepat satu peristiwa mulai",
        sop_forms(),
    ),
    "two starts": wrong(
        draw([Node("m2", "startEvent"), user("a"), end()], SIMPLE + "; m2>a"), "", "tepat satu peristiwa mulai"
    ),
    "two ways out of a task": wrong(
        draw([user("a"), user("b"), end()], SIMPLE + "; a>b>selesai"), "a", "Pakai gerbang"
    ),
    "a way out of the end": wrong(
        draw([user("a"), end(), end("x")], SIMPLE + "; selesai>x"), "selesai", "tidak boleh ditinggalkan"
    ),
    "a gateway without default": in_sop("jenis_laporan", "alur bawaan", (' default="alur_pengaduan"', "")),
    "a flow without condition": in_sop(
        "alur_permintaan_informasi",
        "tanpa syarat",
        (
            '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">' + CONDITION + "</bpmn:conditionExpression>",
            "",
        ),
    ),
    "a condition on a task's flow": wrong(
        draw([user("a"), end()], "mulai>isi>a; a>selesai: 1 == 1"), "a_selesai", "tidak akan dibaca"
    ),
    "two flows to one task": wrong(
        draw(
            [user("p", "putus"), exclusive("g", "g_a"), user("a"), end()],
            "mulai>isi>p>g>a>selesai; g>a: putusan == 'ya'",
        ),
        "g_a",
        "nilainya tidak sah",
    ),
    "a subprocess without start": wrong(
        draw([sub("x", [user("c"), end("e2")], "c>e2"), end()], "mulai>isi>x>selesai"), "x", "satu mulai"
    ),
    "a flow through the wall": wrong(
        draw([sub("x", INNER, "m2>c>e2"), user("a"), end()], "mulai>isi>x>a>selesai; a>c"),
        "a_c",
        "menembus batas subproses",
    ),
    "a boundary past a join": wrong(
        draw([*BRANCHES, boundary("t", "a"), end("x")], PARALLEL + "; t>x"), "t", "menunggu selamanya"
    ),
    "a branch past a join": wrong(
        draw(
            [parallel("s"), user("p", "putus"), exclusive("g", "g_j"), user("b"), parallel("j"), end(), end("x")],
            "mulai>isi>s>p>g>j>selesai; s>b>j; g>x: putusan == 'ya'",
        ),
        "g",
        "menunggu selamanya",
    ),
    "a choice into a join": wrong(
        draw(
            [user("p", "putus"), exclusive("g", "g_b"), user("a"), user("b"), parallel("j"), end()],
            "mulai>isi>p>g>b>j>selesai; g>a: putusan == 'ya'; a>j",
        ),
        "b",
        "Uji jalan gagal",
    ),
    "one field in two branches": wrong(
        draw(
            [
                user("q", "putus"),
                parallel("s"),
                user("p", "putus"),
                user("b"),
                parallel("j"),
                exclusive("g", "g_selesai"),
                user("c"),
                end(),
            ],
            "mulai>isi>q>s>p>j>g>selesai; s>b>j; g>c: putusan == 'ya'; c>selesai",
        ),
        "p",
        "cabang lain",
    ),
    "a loop without people": wrong(
        draw(
            [user("p", "putus"), exclusive("g", "g_selesai"), script("x", "n = 1"), end()],
            "mulai>isi>p>g>selesai; g>x: putusan == 'ya'; x>g",
        ),
        "g",
        "tanpa henti",
    ),
    # repeated tasks
    "repeated without bound": wrong(
        draw(
            [user("p", "pilih"), user("m", inner=repeated("<loopCardinality>kali</loopCardinality>")), end()],
            "mulai>isi>p>m>selesai",
        ),
        "m",
        "1 sampai 20",
        small_forms(pilih=form(kali={"type": "integer", "wajib": True})),
    ),
    "repeated a billion times": wrong(
        draw(
            [user("m", inner=repeated("<loopCardinality>1000000000</loopCardinality>")), end()], "mulai>isi>m>selesai"
        ),
        "m",
        "1 sampai 20",
    ),
    "repeated over a text": wrong(
        draw([user("m", inner=repeated("<loopDataInputRef>judul</loopDataInputRef>")), end()], "mulai>isi>m>selesai"),
        "m",
        "bertipe array",
    ),
    "collected without item": wrong(
        draw(
            [
                user("p", "pilih"),
                user(
                    "m",
                    inner=repeated(
                        "<loopDataInputRef>daftar</loopDataInputRef><loopDataOutputRef>hasil</loopDataOutputRef>"
                    ),
                ),
                end(),
            ],
            "mulai>isi>p>m>selesai",
        ),
        "m",
        "diisi berdua",
        small_forms(pilih=form(daftar=LIST)),
    ),
    # doubts
    "another vendor's form": doubtful(
        sop_with(
            (
                '<bpmn:userTask id="terima_aduan"',
                '<bpmn:userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:formKey="x" id="terima_aduan"',
            )
        ),
        "terima_aduan",
        "camunda:formKey",
        sop_forms(),
    ),
    "a property misspelt": doubtful(
        sop_with(('name="uraian" value="Menerima input', 'name="urian" value="Menerima input')),
        "terima_aduan",
        "Maksud Anda `uraian`?",
        sop_forms(),
    ),
    "a right misspelt": doubtful(
        draw([user("a"), end()], SIMPLE, LANES | {"Admin": {"melihat": "semua", "memindahh": "ya"}}),
        "lajur_admin",
        "Maksud Anda `memindah`?",
    ),
    "steps longer than the whole": doubtful(
        sop_with(('value="3 hari"', 'value="6 hari"')), "", "lebih lama dari waktu keseluruhan", sop_forms()
    ),
    "input that nobody made": doubtful(
        sop_with(('name="kelengkapan" value="Data Pengaduan"', 'name="kelengkapan" value="Surat kuasa"')),
        "klasifikasi",
        "bukan output",
        sop_forms(),
    ),
    "two conditions at once": doubtful(
        draw(
            [user("p", "putus"), exclusive("g", "g_selesai"), user("a"), user("b"), end()],
            DECIDE + "putusan == 'ya'; g>b: putusan != 'tidak'; b>selesai",
        ),
        "g",
        "bisa sama-sama benar",
    ),
    "a default with condition": doubtful(
        draw(
            [user("p", "putus"), exclusive("g", "g_selesai"), user("a"), end()],
            "mulai>isi>p>g; g>selesai: putusan == 'tidak'; g>a: putusan == 'ya'; a>selesai",
        ),
        "g_selesai",
        "tidak dibaca",
    ),
    "a default nobody takes": doubtful(
        draw(
            [user("p", "putus"), exclusive("g", "g_c"), user("a"), user("b"), user("c"), end()],
            DECIDE.replace("g>selesai; ", "g>c>selesai; ") + "putusan == 'ya'; g>b: putusan == 'tidak'; b>selesai",
        ),
        "c",
        "tidak pernah dilewati",
    ),
    "a reminder that keeps cases open": doubtful(
        draw(
            [
                user("a"),
                end(),
                Node(
                    "x",
                    "subProcess",
                    "Admin",
                    {"triggeredByEvent": "true"},
                    sub("x", [REMINDER, user("c"), end("e2")], "m2>c>e2").inner,
                ),
            ],
            SIMPLE,
        ),
        "m2",
        "belum dianggap selesai",
    ),
}


def shown(findings: list[Finding]) -> str:
    return "\n".join(f"{each.severity} [{each.element}] {each.message}" for each in findings)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named_with_its_element_and_how_to_mend_it(name: str):
    case = BROKEN[name]
    findings = check(case.xml, small_forms() if case.forms is None else case.forms)
    for severity, element, says in case.expected:
        found = [each for each in findings if each.severity == severity and each.element == element]
        assert any(says in each.message for each in found), f"expected {says!r} at {element!r}, got\n{shown(findings)}"
    assert holds(findings) == all(each.severity == WARNING for each in case.expected), shown(findings)
    assert not any("tidak terduga" in each.message for each in findings), shown(findings)


def test_there_are_enough_broken_diagrams():
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("path", sorted(DATA.glob("*.bpmn")), ids=lambda path: path.stem)
def test_a_stored_hostile_diagram_is_refused_with_a_reason(path):
    findings = check(path.read_bytes(), small_forms())
    assert not holds(findings)
    assert all(each.message for each in findings)


def test_the_sop_passes_without_a_word():
    assert check(sop_with(), sop_forms()) == []


def test_a_role_that_nobody_holds_is_a_warning():
    findings = check(sop_with(), sop_forms(), frozenset({"Admin", "Bidang Terkait"}))
    assert [(each.severity, each.element) for each in findings] == [(WARNING, "lajur_ketua_tim")]


def test_every_slip_is_told_at_once():
    xml = sop_with(('value="3 hari"', 'value="lama"'), (CONDITION, "jenis = 1"), (DURATION, "P14D"))
    assert {each.element for each in check(xml, sop_forms())} == {
        "tanggapi_aduan",
        "alur_permintaan_informasi",
        "batas_konfirmasi",
    }


SOUND = {
    "a choice": (
        draw([user("p", "putus"), exclusive("g", "g_selesai"), user("a"), end()], DECIDE + "putusan == 'ya'"),
        {},
    ),
    "a loop": (
        draw(
            [user("p", "putus"), exclusive("g", "g_selesai"), user("a"), end()],
            "mulai>isi>p>g>selesai; g>a>p".replace("g>a>p", "a>p; g>a: putusan == 'ya'"),
        ),
        {},
    ),
    "parallel branches": (draw(BRANCHES, PARALLEL), {}),
    "inclusive branches": (
        draw(
            [user("p", "putus"), inclusive("s", "s_b"), inclusive("j"), user("a"), user("b"), end()],
            "mulai>isi>p>s>b>j>selesai; s>a: putusan == 'ya'; a>j",
        ),
        {},
    ),
    "a deadline": (draw([user("a"), boundary("t", "a"), end("x"), end()], SIMPLE + "; t>x"), {}),
    "a reminder": (
        draw([user("a"), boundary("t", "a", interrupting=False), user("b"), end("x"), end()], SIMPLE + "; t>b>x"),
        {},
    ),
    "three reminders": (
        draw(
            [user("a"), boundary("t", "a", '"R3/P1D"', "timeCycle", False), user("b"), end("x"), end()],
            SIMPLE + "; t>b>x",
        ),
        {},
    ),
    "a wait": (draw([wait("w", '"P1D" if judul == "x" else "P2D"'), user("a"), end()], "mulai>isi>w>a>selesai"), {}),
    "a subprocess with a deadline": (
        draw(
            [
                Node("x", "subProcess", "Admin", {}, sub("x", INNER, "m2>c>e2").inner),
                boundary("t", "x"),
                end("y"),
                end(),
            ],
            "mulai>isi>x>selesai; t>y",
        ),
        {},
    ),
    "a script": (
        draw(
            [
                user("p", "putus"),
                script("x", "n = 1 if putusan == 'ya' else 2"),
                exclusive("g", "g_selesai"),
                user("a"),
                end(),
            ],
            "mulai>isi>p>x>g>selesai; g>a: n == 1; a>selesai",
        ),
        {},
    ),
    "a task for each item": (
        draw(
            [
                user("p", "pilih"),
                user(
                    "m",
                    "putus",
                    inner=repeated(
                        '<loopDataInputRef>daftar</loopDataInputRef><loopDataOutputRef>hasil</loopDataOutputRef><inputDataItem id="satu"/><outputDataItem id="putusan"/>'
                    ),
                ),
                end(),
            ],
            "mulai>isi>p>m>selesai",
        ),
        {"pilih": form(daftar=LIST)},
    ),
    "a task for each item in turn": (
        draw(
            [
                user("p", "pilih"),
                user("m", "putus", inner=repeated("<loopDataInputRef>daftar</loopDataInputRef>", isSequential="true")),
                end(),
            ],
            "mulai>isi>p>m>selesai",
        ),
        {"pilih": form(daftar=LIST)},
    ),
    "a task three times": (
        draw([user("m", inner=repeated("<loopCardinality>3</loopCardinality>")), end()], "mulai>isi>m>selesai"),
        {},
    ),
    "a task of a unit": (
        draw([user("p", "pilih"), user("b", "catat", "Bidang"), end()], "mulai>isi>p>b>selesai"),
        {"pilih": form(bidang=UNIT)},
    ),
    "a task by hand": (draw([Node("m", "manualTask", "Admin", {}, user("x").inner), end()], "mulai>isi>m>selesai"), {}),
    "an end for all": (
        draw(
            [parallel("s"), user("a"), user("b"), end("x", "<terminateEventDefinition/>"), end()],
            "mulai>isi>s>a>selesai; s>b>x",
        ),
        {},
    ),
    "ways that wide ranges of numbers open": (
        draw(
            [user("p", "putus"), exclusive("g", "g_h"), user("a"), exclusive("h", "h_selesai"), user("b"), end()],
            "mulai>isi>p>g>h>selesai; g>a: murid > 30; a>h; h>b: sisa == 7; b>selesai",
        ),
        {"putus": form(**dict.fromkeys(("murid", "guru", "sisa", "ruang"), SPAN))},
    ),
    "a field of one branch read after the join": (
        draw(
            [
                parallel("s"),
                user("p", "putus"),
                user("b"),
                parallel("j"),
                exclusive("g", "g_selesai"),
                user("c"),
                end(),
            ],
            "mulai>isi>s>p>j>g>selesai; s>b>j; g>c: putusan == 'ya'; c>selesai",
        ),
        {},
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_passes(name: str):
    xml, forms = SOUND[name]
    findings = check(xml, small_forms(**forms))
    assert findings == [], shown(findings)


HOSTILE = [
    "",
    "x" * 50,
    "]]>",
    "&#0;",
    "' or 1",
    "__import__('os')",
    "true",
    "1",
    "-1",
    "mulai",
    "Root",
    "{}",
    "${x}",
    "<x/>",
]


def changed(data: st.DataObject) -> bytes:
    """The SOP's process with one to three lines deleted, repeated, moved, or one value made hostile."""
    text = sop_with().decode()
    lines = text[: text.index("</bpmn:process>")].splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["delete", "repeat", "move", "value", "value"]))
        line = lines.pop(at)
        if kind == "repeat":
            lines[at:at] = [line, line]
        elif kind == "move":
            lines.insert(data.draw(st.integers(0, len(lines))), line)
        elif kind == "value":
            parts = line.split('"')
            place = data.draw(st.integers(0, len(parts) - 1)) | 1
            parts[min(place, len(parts) - 1)] = data.draw(st.sampled_from(HOSTILE))
            lines.insert(at, '"'.join(parts))
    return ("\n".join(lines) + "</bpmn:process></bpmn:definitions>").encode()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_changed_in_the_sop_the_answer_is_findings(data: st.DataObject):
    findings = check(changed(data), sop_forms())
    assert not any("tidak terduga" in each.message for each in findings), shown(findings)


@pytest.mark.long
@settings(max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_changed_in_the_sop_the_answer_is_findings_at_length(data: st.DataObject):
    findings = check(changed(data), sop_forms())
    assert not any("tidak terduga" in each.message for each in findings), shown(findings)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "properties", "required", "oneOf", "allOf", "x-pilihan", "const"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_a_form_holds_the_answer_is_findings(schema: Any):
    for form_ in (schema, small_forms()["catat"] | {"properties": {"catatan": schema}}):
        findings = check(SIMPLE_XML, small_forms(catat=form_))
        assert not any("tidak terduga" in each.message for each in findings), shown(findings) + json.dumps(form_)
