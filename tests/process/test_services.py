"""Service tasks before they run: what the gate says of an operation, its recipient and its texts."""

from typing import Any

import pytest

from engine.process.gate import check
from engine.process.operations import OperationFailed, carried_out
from engine.process.templates import Template
from tests.breadth.play import Played
from tests.process.drawing import TEXT, UNIT, Node, choice, draw, end, form, service, small_forms, user

FLOWS = "mulai>isi>p>s>a>selesai"
NOTIFY, DOCUMENT = "kirim_pemberitahuan", "buat_dokumen"
FORMS = {"putus": form(putusan=choice("ya", "tidak"), alasan=TEXT, bidang=UNIT)}


def drawn(task: Node, flows: str = FLOWS) -> bytes:
    return draw([user("p", "putus"), task, user("a"), end()], flows)


def messages(xml: bytes, severity: str = "galat") -> list[str]:
    return [each.message for each in check(xml, small_forms(**FORMS)) if each.severity == severity]


def notify(**parameters: str) -> bytes:
    return drawn(service("s", NOTIFY, **{"kepada": "Admin", "pesan": "Putusan {putusan}"} | parameters))


def document(**parameters: str) -> bytes:
    return drawn(service("s", DOCUMENT, **{"judul_dokumen": "Surat {nomor}", "naskah": "{alasan}"} | parameters))


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (drawn(Node("s", "serviceTask")), "belum menyebut operasinya"),
        (drawn(service("s", "kirim_pemberitahuhan")), "Maksud Anda `kirim_pemberitahuan`?"),
        (drawn(service("s", NOTIFY, kepada="Admin")), "belum memuat pesan"),
        (notify(kepada="Amdin"), "penerima «Amdin» bukan pelapor dan bukan nama lajur. Maksud Anda `Admin`?"),
        (notify(pesan="Putusan {putusn}"), "Maksud Anda `putusan`?"),
        (notify(pesan="Alasan: {alasan}"), "memuat isian bebas «alasan»"),
        (notify(pesan="Putusan { putusan }"), "bukan tempat isian"),
        (notify(pesan="{putusan.__class__}"), "bukan tempat isian"),
        (notify(pesan="x" * 301), "paling panjang 300 huruf"),
        (document(naskah="{alsan}"), "Maksud Anda `alasan`?"),
        (document(naskah="{putus.judul}"), "tidak ada pada formulir mana pun"),
        (document(terbaca_pelapor="yes"), "hanya dapat diisi ya"),
        (document(terbaca_pelapor="ya"), "dokumen terbaca pelapor, tetapi «alasan» pada formulir «putus» tidak"),
        (drawn(service("s", NOTIFY, kepada="Admin", pesan="x"), "mulai>s>isi>p>a>selesai"), "sebelum aduan dikirim"),
        (notify().replace(b"<serviceTask", b'<serviceTask implementation="http://x"'), "menyebut layanan luar"),
    ],
)
def test_the_gate_says_what_is_wrong_with_a_service_task(xml: bytes, says: str):
    assert any(says in each for each in messages(xml)), messages(xml)


@pytest.mark.parametrize(
    "xml",
    [
        notify(), notify(kepada="pelapor"), notify(kepada="Bidang", pesan="Aduan {nomor} untuk {bidang}"), document(),
        document(naskah="{isi.judul}", terbaca_pelapor="ya"), document(naskah="{putus.alasan} {tanggal}"),
    ],
)  # fmt: skip
def test_what_is_sound_passes(xml: bytes):
    assert messages(xml) == [] and messages(xml, "peringatan") == []


def test_a_parameter_misspelt_is_doubted():
    assert any("Maksud Anda `pesan`?" in each for each in messages(notify(psan="x"), "peringatan"))


def test_what_is_filled_in_is_not_read_for_places_again():
    assert Template("{a} dan {b}").filled({"a": "{b}", "b": "x"}) == "{b} dan x"
    assert Template("{a}").filled({}) == Template("{a}").filled({"a": ""}) == "(belum diisi)"


def test_a_message_without_unit_fails_and_a_long_one_too():
    played = Played(notify(kepada="Bidang", pesan="Untuk {bidang}"), FORMS)
    diagram = played.program.diagram
    with pytest.raises(OperationFailed, match="unit penerima"):
        carried_out(diagram, diagram.elements["s"], {}, {"bidang": None})
    with pytest.raises(OperationFailed, match="lebih panjang dari 300"):
        carried_out(diagram, diagram.elements["s"], {"bidang": "x" * 400}, {"bidang": "sd"})


def test_hostile_texts_are_only_text():
    for text in ("{0.__class__}", "{x!r}", "{x:>9999999}", "%s %(x)s", "{{x}}", "{%x%}"):
        words: dict[str, Any] = {"x": "isi"}
        assert "isi" not in Template(text).filled(words) or Template(text).broken
