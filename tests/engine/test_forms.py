"""What people type becomes values that fit the form, or a message beside the field. No database."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.commands.seed import SEED
from engine.process.forms import Choice, Cleaned, Form, form_from

FORMS = Path(__file__).parents[2] / "forms"


def form(key: str) -> Form:
    return form_from(key, json.loads((FORMS / f"{key}.json").read_text(encoding="utf-8")))


def made(**properties: dict[str, Any]) -> Form:
    return form_from("contoh", {"type": "object", "additionalProperties": False, "properties": properties})


def seed_tables() -> dict[str, list[Choice]]:
    """The tables as a first start fills them."""
    categories = json.loads((SEED / "kategori.json").read_text(encoding="utf-8"))
    units = json.loads((SEED / "unit.json").read_text(encoding="utf-8"))
    inner = [(one, sub) for one in categories for sub in one["subkategori"]]
    return {
        "kategori": [Choice(each["kode"], each["nama"]) for each in categories],
        "subkategori": [Choice(s["kode"], s["nama"], parent=c["kode"], group=c["nama"]) for c, s in inner],
        "unit": [Choice(each["kode"], each["nama"]) for each in units],
    }


TABLES = seed_tables()
COMPLAINT = {
    "kategori": "wewenang",
    "subkategori": "pungutan_liar",
    "judul": "Uang sampul rapor",
    "isi": "Orang tua diminta membayar uang sampul rapor.",
}


def clean(key: str | Form, typed: Mapping[str, Any]) -> Cleaned:
    posted = {name: texts if isinstance(texts, list) else [texts] for name, texts in typed.items()}
    return (key if isinstance(key, Form) else form(key)).clean(posted, TABLES)


def test_a_complaint_that_fits_becomes_its_values():
    assert clean("isi_aduan", COMPLAINT) == Cleaned(COMPLAINT, {})


def test_texts_are_trimmed_and_what_is_left_empty_is_absent():
    typed = COMPLAINT | {"judul": "  Uang sampul rapor \r\n", "sekolah": "   "}
    assert clean("isi_aduan", typed | {"lampiran": ["", ""]}) == Cleaned(COMPLAINT, {})


@pytest.mark.parametrize("name", ["kategori", "subkategori", "judul", "isi"])
@pytest.mark.parametrize("typed", [None, "", " \r\n\t "])
def test_a_required_field_without_text_says_so_in_its_own_words(name: str, typed: str | None):
    post = {key: text for key, text in COMPLAINT.items() if key != name} | ({} if typed is None else {name: typed})
    found = clean("isi_aduan", post)
    assert set(found.errors) == {name}
    assert found.errors[name] == form("isi_aduan").properties[name]["x-pesan"]["required"]
    assert set(found.values) == COMPLAINT.keys() - {name}, "the other texts are kept"


def test_every_fault_of_one_post_is_told_at_once():
    found = clean("isi_aduan", {"judul": "abc", "kategori": "tidak_ada", "nomor": "1"})
    assert set(found.errors) == {"judul", "kategori", "isi", "subkategori", "nomor"}


@pytest.mark.parametrize("name", ["nomor", "state", "__class__", "", "judul.isi", "Judul"])
def test_a_field_that_the_form_does_not_have_is_refused(name: str):
    found = clean("isi_aduan", COMPLAINT | {name: "1"})
    assert found.errors == {name: "Isian ini tidak dikenal formulir."}
    assert name not in found.values


def test_a_subcategory_of_another_category_is_refused_with_its_name():
    found = clean("isi_aduan", COMPLAINT | {"subkategori": "layanan_lambat"})
    assert set(found.errors) == {"subkategori"}
    assert "Layanan lambat" in found.errors["subkategori"]


@pytest.mark.parametrize("value", ["tidak_ada", "pungutan_liar", "WEWENANG", "wewenang'--"])
def test_a_category_outside_the_table_is_refused(value: str):
    assert "kategori" in clean("isi_aduan", COMPLAINT | {"kategori": value}).errors


def test_every_pair_of_the_seed_that_belongs_together_is_accepted():
    for each in TABLES["subkategori"]:
        typed = COMPLAINT | {"kategori": each.parent or "", "subkategori": each.value}
        assert clean("isi_aduan", typed).errors == {}


def test_a_complaint_needs_a_unit_and_a_request_for_information_does_not():
    unit_missing = form("klasifikasi").properties["bidang"]["x-pesan"]["required"]
    assert clean("klasifikasi", {"jenis": "pengaduan"}).errors == {"bidang": unit_missing}
    assert clean("klasifikasi", {"jenis": "pengaduan", "bidang": ""}).errors == {"bidang": unit_missing}
    assert clean("klasifikasi", {"jenis": "informasi"}) == Cleaned({"jenis": "informasi"}, {})
    assert clean("klasifikasi", {"jenis": "pengaduan", "bidang": "sd"}).errors == {}
    assert set(clean("klasifikasi", {}).errors) == {"jenis"}
    assert set(clean("klasifikasi", {"jenis": "pengaduan", "bidang": "tidak_ada"}).errors) == {"bidang"}


@pytest.mark.parametrize("value", ["Pengaduan", "aspirasi", "pengaduan;informasi", "0"])
def test_a_choice_that_the_form_does_not_offer_is_refused(value: str):
    found = clean("klasifikasi", {"jenis": value})
    assert found.errors == {"jenis": "Pilih pengaduan atau permintaan informasi."}


@pytest.mark.parametrize(("typed", "value"), [("1", 1), ("5", 5), (" 3 ", 3), ("03", 3)])
def test_a_rating_is_a_number(typed: str, value: int):
    assert clean("terima_jawaban", {"penilaian": typed}) == Cleaned({"penilaian": value}, {})


@pytest.mark.parametrize(
    "typed",
    ["0", "6", "-1", "--5", "-", "3.5", "3,0", "1e1", "tiga", "0x3", "٣٣", "²", "9" * 400, "-" + "9" * 400, "NaN"],
)
def test_what_is_no_rating_is_refused_by_the_field(typed: str):
    found = clean("terima_jawaban", {"penilaian": typed})
    assert found.errors == {"penilaian": "Pilih angka 1 sampai 5."}


def test_a_rating_may_be_left_out():
    assert clean("terima_jawaban", {"penilaian": "", "komentar": ""}) == Cleaned({}, {})


@pytest.mark.parametrize(("typed", "value"), [("1", True), ("on", True), ("ya", True), ("0", False), ("tidak", False)])
def test_a_box_is_true_or_false(typed: str, value: bool):
    assert clean(made(setuju={"type": "boolean"}), {"setuju": typed}).values == {"setuju": value}


def test_a_box_left_empty_is_absent():
    assert clean(made(setuju={"type": "boolean"}), {}) == Cleaned({}, {})


def test_a_line_end_counts_as_one_letter_as_the_browser_counts_it():
    """Browsers send CRLF and count LF: a text that the page let pass must not be refused here."""
    limit = form("isi_aduan").properties["isi"]["maxLength"]
    just_fits = "\r\n".join(["a" * 9] * (limit // 10)) + "a"
    assert len(just_fits.replace("\r\n", "\n")) == limit
    found = clean("isi_aduan", COMPLAINT | {"isi": just_fits})
    assert found.errors == {}
    assert "\r" not in found.values["isi"]
    assert set(clean("isi_aduan", COMPLAINT | {"isi": just_fits + "a"}).errors) == {"isi"}


@pytest.mark.parametrize(("length", "fits"), [(4, False), (5, True), (150, True), (151, False)])
def test_lengths_are_counted_in_letters(length: int, fits: bool):
    """In letters as people see them stored, not in bytes: an emoji is one."""
    assert (clean("isi_aduan", COMPLAINT | {"judul": "😀" * length}).errors == {}) is fits


@pytest.mark.parametrize("key", ["judul", "kategori"])
def test_a_field_sent_twice_is_refused(key: str):
    found = clean("isi_aduan", COMPLAINT | {key: [COMPLAINT[key], COMPLAINT[key]]})
    assert set(found.errors) == {key}


def test_a_choice_and_a_number_sent_twice_are_refused():
    assert set(clean("klasifikasi", {"jenis": ["informasi", "pengaduan"]}).errors) == {"jenis"}
    assert set(clean("terima_jawaban", {"penilaian": ["1", "5"]}).errors) == {"penilaian"}


def test_the_empty_twin_of_a_field_does_not_count():
    assert clean("isi_aduan", COMPLAINT | {"judul": ["", "Uang sampul rapor"]}) == Cleaned(COMPLAINT, {})


def test_at_most_five_files():
    assert clean("isi_aduan", COMPLAINT | {"lampiran": ["a" * 32] * 5}).errors == {}
    found = clean("isi_aduan", COMPLAINT | {"lampiran": ["a" * 32] * 6})
    assert found.errors == {"lampiran": form("isi_aduan").properties["lampiran"]["x-pesan"]["maxItems"]}


def test_a_form_starts_with_what_an_earlier_step_recorded():
    earlier = {"isi_aduan": {"judul": "Uang sampul rapor"}, "tanggapi_aduan": {"tanggapan": "Sudah dikembalikan."}}
    assert form("terima_aduan").prefill(earlier) == {"judul_kerja": "Uang sampul rapor"}
    assert form("input_tanggapan").prefill(earlier) == {"tanggapan": "Sudah dikembalikan."}
    assert form("input_tanggapan").prefill({}) == {}, "the branch without a unit's answer starts empty"
    assert form("klasifikasi").prefill(earlier) == {}


@pytest.mark.parametrize("text", ["Uang\x00sampul", "\x00" * 10, "Uang \ud800 rapor", "Uang\x1b[2J rapor"])
@pytest.mark.parametrize("name", ["judul", "isi"])
def test_letters_that_no_storage_and_no_page_can_hold_are_refused(name: str, text: str):
    """PostgreSQL refuses a NUL in text, JSON a lone surrogate: both must end as a message and not as an error."""
    found = clean("isi_aduan", COMPLAINT | {name: text})
    assert set(found.errors) == {name}
    assert "disimpan" in found.errors[name]


def test_every_kind_of_line_end_becomes_one_line_end():
    """Word processors paste vertical tabs; nobody should be refused for that."""
    found = clean("isi_aduan", COMPLAINT | {"isi": "satu\r\n\tdua\rtiga\vempat\flima"})
    assert found == Cleaned(COMPLAINT | {"isi": "satu\n\tdua\ntiga\nempat\nlima"}, {})


def test_a_huge_post_is_answered_quickly():
    begin = time.perf_counter()
    unknown = {f"x{number}": "1" for number in range(5_000)}
    typed: dict[str, Any] = COMPLAINT | {"isi": "a" * 5_000_000} | unknown
    found = clean("isi_aduan", typed | {"lampiran": ["b" * 32] * 20_000})
    assert time.perf_counter() - begin < 2
    assert {"isi", "lampiran", "x4999"} <= set(found.errors)
    assert max(map(len, found.errors.values())) < 300, "a message never repeats what was typed"


def test_the_columns_of_the_case_come_from_the_form():
    assert form("isi_aduan").case_columns(COMPLAINT) == {
        "judul": "Uang sampul rapor", "kategori": "wewenang", "subkategori": "pungutan_liar",
    }  # fmt: skip
    left_empty = {"bidang": None}
    assert form("klasifikasi").case_columns({"jenis": "informasi"}) == left_empty, "what was there is taken back"
    sneaky = made(a={"type": "string", "x-kasus": "state"}, b={"type": "string", "x-kasus": "judul"})
    assert sneaky.case_columns({"a": "x", "b": "y"}) == {"judul": "y"}, "a form fills only columns meant for it"


def test_widgets_follow_from_the_schema():
    widgets = {name: field.widget for key in ("isi_aduan", "klasifikasi", "terima_jawaban") for name, field in
               ((each.name, each) for each in form(key).fields(TABLES))}  # fmt: skip
    assert widgets == {
        "judul": "text", "isi": "textarea", "sekolah": "text", "kategori": "select", "subkategori": "select",
        "lampiran": "files", "jenis": "radio", "bidang": "select", "catatan": "textarea", "penilaian": "radio",
        "komentar": "textarea",
    }  # fmt: skip
    fields = {each.name: each for each in form("klasifikasi").fields(TABLES)}
    assert fields["bidang"].shown_if == "jenis=pengaduan"
    assert [each.value for each in fields["bidang"].choices] == [each.value for each in TABLES["unit"]]


@pytest.mark.parametrize(
    "schema",
    [None, [], "teks", {"type": "array"}, {"type": "object"}, {"type": "object", "additionalProperties": True}],
)
def test_what_is_no_form_is_refused(schema: Any):
    with pytest.raises(ValueError, match="formulir"):
        form_from("contoh", schema)


def test_several_choices_of_a_table_are_ticked_each_once_and_only_from_the_table():
    field = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 3, "uniqueItems": True,
             "title": "Bidang", "x-pilihan": {"tabel": "unit"}}  # fmt: skip
    schema = {"type": "object", "additionalProperties": False, "required": ["bidang"], "properties": {"bidang": field}}
    units = {"unit": [Choice(each, each.upper()) for each in ("sd", "smp", "paud", "gtk")]}
    picked = form_from("pilih", schema)
    (drawn,) = picked.fields(units)
    assert (drawn.widget, [each.label for each in drawn.choices]) == ("checkboxes", ["SD", "SMP", "PAUD", "GTK"])
    assert picked.clean({"bidang": ["sd", "smp"]}, units) == Cleaned({"bidang": ["sd", "smp"]})
    wrong = {("sd",): "paling sedikit 2", ("sd", "smp", "paud", "gtk"): "paling banyak 3", ("sd", "sd"): "sekali",
             ("sd", "kota"): "dari daftar", (): "Wajib"}  # fmt: skip
    for typed, told in wrong.items():
        assert told in picked.clean({"bidang": list(typed)}, units).errors["bidang"], typed


def test_of_several_sources_the_one_filled_in_last_gives_the_first_value():
    field = {"type": "string", "x-awal": "satu.teks, dua.teks"}
    begun = made(teks=field)
    assert begun.prefill({"satu": {"teks": "a"}, "dua": {"teks": "b"}}) == {"teks": "b"}
    assert begun.prefill({"dua": {"teks": "b"}, "satu": {"teks": "a"}}) == {"teks": "a"}
    assert begun.prefill({"dua": {}, "tiga": {"teks": "c"}}) == {}


def test_a_field_that_another_one_excuses_is_not_called_optional():
    answer = form("aduan_lengkap/tanggapi_aduan")
    assert {each.name: each.required for each in answer.fields({})}["tanggapan"] is True
    assert answer.clean({}, {}).errors.keys() == {"tanggapan"}
    assert answer.clean({"bukan_urusan": ["1"]}, {}).errors.keys() == {"alasan_kembali"}
    assert answer.clean({"bukan_urusan": ["1"], "alasan_kembali": ["Ini SMP."]}, {}).errors == {}
