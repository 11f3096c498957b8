"""The forms editor: by posts, by mouse, by keyboard and without JavaScript; whatever is sent, the answer is words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect
from werkzeug.test import TestResponse

from engine.store.database import transaction
from engine.store.drafts import draft
from tests.rig.chromium import Faults
from tests.webapp.site import Site, nodes, text_of
from tests.webapp.test_drafts import send

KEYS = ["isi_aduan", "terima_aduan", "klasifikasi", "tanggapi_aduan", "terima_tanggapan", "input_tanggapan",
        "terima_jawaban"]  # fmt: skip
Fields = list[tuple[str, str]]


class Desk:
    """The forms of one draft in the hands of its owner."""

    def __init__(self, site: Site, name: str = "proses", number: int | None = None) -> None:
        self.site, self.person = site, site.person(name)
        if number is None:
            answer = self.person.post("/proses/aduan/draf", {"versi": "1"}, page="/akun")
            number = int(answer.headers["Location"].partition("draf=")[2])
        self.number = number
        self.path = f"/proses/aduan/draf/{number}/formulir"

    def forms(self) -> dict[str, Any]:
        with transaction(self.site.engine) as session:
            return draft(session, "aduan", self.number).forms

    def rev(self) -> int:
        with transaction(self.site.engine) as session:
            return draft(session, "aduan", self.number).rev

    def get(self, key: str = "", **query: str) -> TestResponse:
        return self.person.get(f"{self.path}/{key}".rstrip("/") + (f"?{urlencode(query)}" if query else ""))

    def post(self, fields: Fields, key: str = "", action: str | None = "simpan", more: str = "") -> TestResponse:
        """Post as a browser does; the pressed button comes last."""
        sent = [*fields, *([("aksi", action)] if action is not None else [])]
        if "csrf_token" not in dict(sent):
            sent.append(("csrf_token", self.person.token("/akun")["csrf_token"]))
        path = f"{self.path}/{key}".rstrip("/") + more
        return self.person.client.post(path, data=urlencode(sent), content_type="application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """One office: each test has a draft of its own. Saving on both storages: test_drafts.py."""
    return shared_site


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with site.served() as address:
        yield address


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


def fields_of(answer: TestResponse) -> Fields:
    """What a browser would send of the page's form, as it stands."""
    form = nodes(answer, "//form[@data-rancang]")[0]
    return [(name, value or "") for name, value in form.form_values() if name != "aksi"]


def changed(fields: Fields, **others: str) -> Fields:
    """Other values; `i0_label` is the field i0-label. One that is not there is added."""
    wanted = {re.sub(r"^(i\d+)_", r"\1-", name): value for name, value in others.items()}
    known = {name for name, _ in fields}
    return [(name, wanted.get(name, value)) for name, value in fields] + [
        (name, value) for name, value in wanted.items() if name not in known
    ]


def without(fields: Fields, name: str) -> Fields:
    return [each for each in fields if each[0] != name]


def rows(answer: TestResponse) -> list[str]:
    return [str(each) for each in nodes(answer, "//form[@data-rancang]//*[@data-judul]/text()")]


def problems(answer: TestResponse) -> str:
    return " ".join(" ".join(each.itertext()) for each in nodes(answer, "//*[@role='alert']"))


class TestList:
    def test_it_tells_steps_fields_and_findings(self, desk: Desk) -> None:
        page = desk.get()
        assert [str(each) for each in nodes(page, "//table[@id='formulir']//th/span/code/text()")] == KEYS
        row = " ".join(nodes(page, "//table[@id='formulir']//tr[th/a[text()='Klasifikasi']]")[0].itertext()).split()
        assert [each for each in ("3", "Baik") if each in row] == ["3", "Baik"]

    def test_a_new_form_gets_a_key_and_may_go_again_while_no_step_uses_it(self, desk: Desk) -> None:
        made = desk.post([("judul", "Verifikasi berkas")], action="baru")
        assert made.headers["Location"].endswith("/formulir/verifikasi_berkas")
        assert desk.forms()["verifikasi_berkas"]["title"] == "Verifikasi berkas"
        assert desk.post([], action="hapus:verifikasi_berkas").status_code == 303
        assert "verifikasi_berkas" not in desk.forms()

    def test_a_used_form_stays(self, desk: Desk) -> None:
        answer = desk.post([], action="hapus:klasifikasi")
        assert (answer.status_code, "dipakai langkah Klasifikasi" in text_of(answer)) == (422, True)
        assert "klasifikasi" in desk.forms()

    def test_a_double_is_the_same_form_with_another_key(self, desk: Desk) -> None:
        assert desk.post([], action="ganda:klasifikasi").status_code == 303
        forms = desk.forms()
        assert forms["klasifikasi_salinan"] == forms["klasifikasi"] | {"title": "Klasifikasi (salinan)"}

    def test_a_form_that_a_step_waits_for_is_made_with_one_press(self, desk: Desk) -> None:
        forms = {key: each for key, each in desk.forms().items() if key != "klasifikasi"}
        send(desk.person, f"/proses/aduan/draf/{desk.number}/simpan", {"rev": 1, "forms": forms})
        assert "Formulir «klasifikasi» belum ada" in text_of(desk.get())
        assert desk.post([], action="lengkapi:klasifikasi").status_code == 303
        assert desk.forms()["klasifikasi"]["title"] == "Klasifikasi"

    def test_nonsense_is_refused_in_words(self, desk: Desk) -> None:
        nonsense = [("baru", ""), ("baru", "  \x00 "), ("", "a"), ("hapus:", "a"), ("hapus:tidak_ada", "a"),
                    ("x" * 5000, "a"), ("ganda:tidak_ada", ""), ("lengkapi:x", "a")]  # fmt: skip
        for action, title in nonsense:
            answer = desk.post([("judul", title)], action=action)
            assert (answer.status_code, bool(problems(answer))) == (422, True), action[:20]
        assert desk.rev() == 1


class TestFields:
    def test_saving_without_a_change_changes_nothing(self, desk: Desk) -> None:
        before = desk.forms()
        for key in KEYS:
            assert desk.post(fields_of(desk.get(key)), key).status_code == 303
            assert (desk.forms(), desk.rev()) == (before, 1), key

    def test_what_is_typed_is_saved_and_the_rest_stays(self, desk: Desk) -> None:
        form = changed(fields_of(desk.get("klasifikasi")), i2_label="Arahan", i2_huruf_maks="1.500", petunjuk="Pilah.")
        assert desk.post(form, "klasifikasi").status_code == 303
        schema = desk.forms()["klasifikasi"]
        assert (schema["description"], schema["properties"]["catatan"]["title"]) == ("Pilah.", "Arahan")
        assert schema["properties"]["catatan"]["maxLength"] == 1500
        assert schema["properties"]["catatan"]["x-pesan"] == {"maxLength": "Catatan paling banyak 2.000 huruf."}
        assert schema["allOf"][0]["then"] == {"required": ["bidang"]}

    def test_buttons_add_move_double_and_take_away_without_saving(self, desk: Desk) -> None:
        page = desk.get("klasifikasi")
        for action, expected in [
            ("tambah", ["Jenis laporan", "Teruskan ke Bidang/unit kerja", "Catatan klasifikasi", "isian"]),
            ("turun:0", ["Teruskan ke Bidang/unit kerja", "Jenis laporan", "Catatan klasifikasi", "isian"]),
            ("naik:2", ["Teruskan ke Bidang/unit kerja", "Catatan klasifikasi", "Jenis laporan", "isian"]),
            ("ganda:2", ["Teruskan ke Bidang/unit kerja", "Catatan klasifikasi", "Catatan klasifikasi (salinan)",
                         "Jenis laporan", "isian"]),
            ("hapus:0", ["Teruskan ke Bidang/unit kerja", "Catatan klasifikasi", "Catatan klasifikasi (salinan)",
                         "isian"]),
        ]:  # fmt: skip
            page = desk.post(fields_of(page), "klasifikasi", action)
            assert (page.status_code, rows(page)) == (200, expected)
        assert "Sekarang selalu tampil: Teruskan ke Bidang/unit kerja." in text_of(page)
        assert not nodes(page, "//select[@name='i1-tampil']//option[@selected]")
        assert desk.rev() == 1
        desk.post(fields_of(page), "klasifikasi")
        schema = desk.forms()["klasifikasi"]
        assert schema["x-urutan"] == ["bidang", "catatan", "catatan_klasifikasi_salinan", "isian"]
        assert ("allOf" in schema, schema["required"]) == (False, ["bidang"])

    def test_choices_are_added_moved_and_taken_away(self, desk: Desk) -> None:
        page = desk.post(fields_of(desk.get("klasifikasi")), "klasifikasi", "pilihan:0")
        form = fields_of(page)
        last = max(at for at, (name, _) in enumerate(form) if name == "i0-judul")
        form[last] = ("i0-judul", "Salah alamat")
        page = desk.post(form, "klasifikasi", "pilihan-naik:0:2")
        page = desk.post(fields_of(page), "klasifikasi", "pilihan-hapus:0:2")
        desk.post(fields_of(page), "klasifikasi")
        assert desk.forms()["klasifikasi"]["properties"]["jenis"]["oneOf"] == [
            {"const": "pengaduan", "title": "Pengaduan"}, {"const": "salah_alamat", "title": "Salah alamat"}
        ]  # fmt: skip

    def test_a_name_in_force_stays_and_a_new_one_comes_from_the_label(self, desk: Desk) -> None:
        page = desk.post(fields_of(desk.get("klasifikasi")), "klasifikasi", "tambah")
        form = changed(fields_of(page), i0_kunci="lain", i3_label="Jenis", i3_kunci="")
        desk.post(form, "klasifikasi")
        assert desk.forms()["klasifikasi"]["x-urutan"] == ["jenis", "bidang", "catatan", "jenis_2"]
        renamed = changed(fields_of(desk.get("klasifikasi")), i3_kunci="macam")
        desk.post(renamed, "klasifikasi")
        assert desk.forms()["klasifikasi"]["x-urutan"] == ["jenis", "bidang", "catatan", "macam"]

    def test_who_may_read_and_when_it_is_shown(self, desk: Desk) -> None:
        form = [*changed(fields_of(desk.get("klasifikasi")), i2_terbaca="hanya", i2_tampil="0=informasi"),
                ("i2-pembaca", "Admin"), ("i2-pembaca", "Ketua Tim")]  # fmt: skip
        assert desk.post(form, "klasifikasi").status_code == 303
        note = desk.forms()["klasifikasi"]["properties"]["catatan"]
        assert note["x-terlihat"] == ["Admin", "Ketua Tim"]
        assert note["x-tampil-bila"] == {"isian": "jenis", "nilai": "informasi"}
        page = desk.get("klasifikasi")
        assert nodes(page, "//select[@name='i2-tampil']/optgroup/option[@selected]/@value") == ["0=informasi"]

    def test_another_kind_shows_what_only_it_has(self, desk: Desk) -> None:
        page = desk.post(changed(fields_of(desk.get("klasifikasi")), i2_jenis="skala"), "klasifikasi", "segarkan")
        shown = nodes(page, "//li[@id='baris-2']//div[@data-jenis and not(@hidden)]/@data-jenis")
        assert {str(each) for each in shown} == {"angka skala", "*"}
        assert len(nodes(page, "//form[@data-pratinjau]//input[@name='catatan' and @type='radio']")) == 5

    def test_what_is_no_number_is_said_beside_it_and_nothing_is_saved(self, desk: Desk) -> None:
        form = changed(fields_of(desk.get("klasifikasi")), i2_huruf_maks="banyak", i2_label="Arahan")
        answer = desk.post(form, "klasifikasi")
        assert (answer.status_code, desk.rev()) == (422, 1)
        assert "«banyak» bukan bilangan bulat" in problems(answer)
        assert ("i2-huruf_maks", "banyak") in fields_of(answer)
        assert ("i2-label", "Arahan") in fields_of(answer)

    def test_the_gate_speaks_of_the_form_in_words_and_of_the_condition_that_lost_its_field(self, desk: Desk) -> None:
        page = desk.post(fields_of(desk.get("klasifikasi")), "klasifikasi", "hapus:0")
        told = " ".join(nodes(page, "//*[@data-temuan]")[0].itertext())
        assert "Syarat «Permintaan informasi»" in told
        form = changed(fields_of(desk.get("klasifikasi")), i2_huruf_min="50")
        answer = desk.post(form, "klasifikasi")
        assert answer.status_code == 303  # a draft may be saved whatever the gate says
        told = " ".join(nodes(desk.get("klasifikasi"), "//*[@data-temuan]")[0].itertext())
        assert "Isian «Catatan klasifikasi»: jumlah huruf paling sedikit tidak boleh lebih dari 10." in " ".join(
            told.split()
        )

    def test_the_preview_is_the_form_that_staff_see(self, desk: Desk) -> None:
        form = changed(fields_of(desk.get("klasifikasi")), i2_label="<b>Arahan</b> & saran")
        found = desk.post(form, "klasifikasi", None, "/pratinjau").get_json()
        assert "&lt;b&gt;Arahan&lt;/b&gt; &amp; saran" in found["pratinjau"]
        assert 'data-tampil-jika="jenis=pengaduan"' in found["pratinjau"]
        assert found["baris"]["2"]["kunci"] == "catatan"
        assert [each[1] for each in found["tampil"]] == ["Jenis laporan", "Teruskan ke Bidang/unit kerja"]
        assert desk.rev() == 1


class TestTogether:
    def test_who_saves_second_is_told_who_was_first_and_keeps_every_word(self, site: Site, desk: Desk) -> None:
        other = Desk(site, "proses2", desk.number)
        mine, theirs = fields_of(desk.get("klasifikasi")), fields_of(other.get("klasifikasi"))
        assert other.post(changed(theirs, i2_label="Punya mereka"), "klasifikasi").status_code == 303
        other.post(changed(fields_of(other.get("isi_aduan")), i0_label="Lain"), "isi_aduan")
        late = desk.post(changed(mine, i2_label="Punya saya"), "klasifikasi")
        assert late.status_code == 409
        assert "Nama proses2 sudah menyimpan formulir ini lebih dahulu" in text_of(late)
        assert ("i2-label", "Punya saya") in fields_of(late)
        assert desk.forms()["klasifikasi"]["properties"]["catatan"]["title"] == "Punya mereka"
        assert desk.post(fields_of(late), "klasifikasi").status_code == 303
        assert desk.forms()["klasifikasi"]["properties"]["catatan"]["title"] == "Punya saya"
        assert desk.forms()["isi_aduan"]["properties"]["judul"]["title"] == "Lain"

    def test_another_form_or_the_drawing_changed_meanwhile_is_no_conflict(self, site: Site, desk: Desk) -> None:
        other = Desk(site, "proses2", desk.number)
        mine = fields_of(desk.get("klasifikasi"))
        other.post(changed(fields_of(other.get("isi_aduan")), i0_label="Lain"), "isi_aduan")
        assert desk.post(changed(mine, i2_label="Arahan"), "klasifikasi").status_code == 303
        forms = desk.forms()
        assert forms["klasifikasi"]["properties"]["catatan"]["title"] == "Arahan"
        assert forms["isi_aduan"]["properties"]["judul"]["title"] == "Lain"

    def test_a_discarded_draft_keeps_what_was_typed_on_the_page(self, desk: Desk) -> None:
        form = changed(fields_of(desk.get("klasifikasi")), i2_label="Arahan")
        desk.person.post(f"/proses/aduan/draf/{desk.number}/buang", page=f"/proses/aduan/draf/{desk.number}/riwayat")
        late = desk.post(form, "klasifikasi")
        assert (late.status_code, "Draf ini sudah dibuang." in text_of(late)) == (409, True)
        assert ("i2-label", "Arahan") in fields_of(late)

    def test_for_others_it_does_not_exist(self, site: Site, desk: Desk) -> None:
        for name in ("admin", "auditor", "sistem", "pelapor"):
            stranger = Desk(site, name, desk.number)
            assert [stranger.get(key).status_code for key in ("", "klasifikasi")] == [404, 404]
            assert stranger.post([], "klasifikasi").status_code == 404
            assert stranger.post([], "klasifikasi", None, "/pratinjau").status_code == 404
            assert stranger.post([("judul", "a")], action="baru").status_code == 404

    def test_what_is_not_there_is_not_found(self, desk: Desk) -> None:
        assert desk.get("tidak_ada").status_code == 404
        assert desk.person.get("/proses/aduan/draf/999/formulir").status_code == 404
        assert desk.person.get(f"/proses/lain/draf/{desk.number}/formulir/klasifikasi").status_code == 404


def as_json(desk: Desk, text: str, action: str = "simpan") -> TestResponse:
    fields = fields_of(desk.get("klasifikasi", tampilan="json"))
    return desk.post(changed(fields, json=text), "klasifikasi", action)


NO_JSON = {
    '{\n "a": 1,\n "b" 2\n}': "Baris 3", '{\n "a": 1,\n}': "Baris 3", "": "Baris 1", "[]": "Baris 1", '"a"': "Baris 1",
    "null": "Baris 1", '{"a": 1, "a": 2}': "«a» tertulis dua kali", '{"a": NaN}': "bukan bilangan",
    '{"a": 1e999}': "terlalu besar", '{"a": 1' + "0" * 400 + "}": "terlalu besar",
    '{"a": 1' + "0" * 5000 + "}": "terlalu besar", '{"a": "\\u0000"}': "huruf yang tidak dapat disimpan",
    '{"a": "\\ud800"}': "huruf yang tidak dapat disimpan", '{"\\ud800": 1}': "huruf yang tidak dapat disimpan",
    '{"a":' * 41 + "1" + "}" * 41: "bersarang", '{"a":' * 60_000: "bersarang",
    '{"a": "' + "x" * 400_001 + '"}': "lebih panjang",
}  # fmt: skip
ODD_OBJECTS: list[dict[str, Any]] = [
    {}, {"properties": []}, {"properties": {"a": 5}}, {"required": {"a": 1}}, {"x-urutan": [[]]}, {"allOf": 5},
    {"type": "object", "additionalProperties": False, "properties": {"a": {"type": ["x"], "oneOf": 5}}},
    {"title": {"a": 1}, "description": [], "properties": {"a": {"title": 5, "x-terlihat": 5, "x-pesan": []}}},
    {"properties": {"a": {"type": "integer", "minimum": "1", "maximum": 10**12}}},
    {"type": "object", "additionalProperties": False, "properties": {
        "a": {"type": "string", "x-pilihan": {}}, "b": {"type": "array", "x-lampiran": 5}, "x y": {"type": "string"},
        "c": {"type": "string", "x-pilihan": {"tabel": [], "tergantung": {}}},
        "d": {"type": "string", "x-tampil-bila": {"isian": "d", "nilai": "a"}, "x-awal": 5, "x-kasus": [1]}}},
    {"allOf": [True, {"if": {"properties": 5}, "then": {"required": 5}}, {"if": [], "then": {}}]},
    {"properties": {f"a{at}": {"type": "string"} for at in range(400)}},
]  # fmt: skip


class TestJson:
    def test_it_is_the_same_form_and_saving_it_changes_nothing(self, desk: Desk) -> None:
        before = desk.forms()
        fields = fields_of(desk.get("klasifikasi", tampilan="json"))
        assert json.loads(dict(fields)["json"]) == before["klasifikasi"]
        assert desk.post(fields, "klasifikasi").status_code == 303
        assert (desk.forms(), desk.rev()) == (before, 1)

    def test_the_switch_takes_along_what_is_typed_in_both_directions(self, desk: Desk) -> None:
        form = changed(fields_of(desk.get("klasifikasi")), i2_label="Arahan")
        page = desk.post(form, "klasifikasi", "json")
        text = dict(fields_of(page))["json"]
        assert json.loads(text)["properties"]["catatan"]["title"] == "Arahan"
        back = desk.post(changed(fields_of(page), json=text.replace("Arahan", "Saran")), "klasifikasi", "isian")
        assert rows(back)[2] == "Saran"
        assert desk.rev() == 1
        desk.post(fields_of(back), "klasifikasi")
        assert desk.forms()["klasifikasi"]["properties"]["catatan"]["title"] == "Saran"

    def test_keywords_that_no_page_shows_survive_the_page(self, desk: Desk) -> None:
        schema = desk.forms()["klasifikasi"] | {"$comment": "a"}
        schema["properties"]["catatan"] |= {"format": "date", "examples": ["b"]}
        assert as_json(desk, json.dumps(schema)).status_code == 303
        desk.post(changed(fields_of(desk.get("klasifikasi")), i2_label="Arahan"), "klasifikasi")
        schema["properties"]["catatan"]["title"] = "Arahan"
        assert desk.forms()["klasifikasi"] == schema

    def test_what_is_no_json_is_said_and_the_text_stays(self, desk: Desk) -> None:
        page = fields_of(desk.get("klasifikasi", tampilan="json"))
        for text, says in NO_JSON.items():
            for action in ("simpan", "isian"):
                answer = desk.post(changed(page, json=text), "klasifikasi", action)
                assert (answer.status_code, says in problems(answer)) == (422, True), text[:40]
                assert dict(fields_of(answer))["json"].strip() == text.strip()
        assert desk.rev() == 1

    def test_any_object_is_saved_shown_listed_and_checked(self, desk: Desk) -> None:
        for schema in ODD_OBJECTS:
            assert as_json(desk, json.dumps(schema)).status_code == 303
            assert desk.forms()["klasifikasi"] == schema
            assert [desk.get(key).status_code for key in ("", "klasifikasi")] == [200, 200]
            assert as_json(desk, json.dumps(schema), "isian").status_code in (200, 422)
            fields = fields_of(desk.get("klasifikasi"))
            assert desk.post(fields, "klasifikasi", None, "/pratinjau").get_json()["pratinjau"]
            assert desk.post(fields, "klasifikasi").status_code == 303
            assert desk.forms()["klasifikasi"] == schema

    def test_what_the_page_could_not_take_back_is_shown_as_json(self, desk: Desk) -> None:
        deep: dict[str, Any] = {}
        for _ in range(60):
            deep = {"a": deep}
        forms = desk.forms() | {"klasifikasi": {**desk.forms()["klasifikasi"], "default": deep}}
        send(desk.person, f"/proses/aduan/draf/{desk.number}/simpan", {"rev": 1, "forms": forms})
        page = desk.get("klasifikasi")
        assert ("json" in dict(fields_of(page)), "bersarang" in text_of(page)) == (True, True)
        answer = desk.post([("rev", "2"), ("dasar", "{"), ("i0-label", "a")], "klasifikasi")
        assert (answer.status_code, "tidak terkirim lengkap" in problems(answer)) == (422, True)


HUGE = "x" * 60_000
DEEP = '{"a":' * 60_000
ANY: dict[str, Fields] = {
    "nothing": [],
    "no names": [("", "a"), ("i", "a"), ("i-", "a"), ("i1-", "a"), ("i99999-label", "a"), ("-label", "a")],
    "a label alone": [("tampilan", "isian"), ("i5-label", "Baru")],
    "ten thousand fields": [("tampilan", "isian"), *((f"i{at}-label", "a") for at in range(10_000))],
    "ten thousand times one field": [("i1-label", "a")] * 10_000,
    "ten thousand choices": [("i1-jenis", "pilihan")] + [("i1-judul", "sama"), ("i1-kode", "")] * 2_500,
    "twice the same name": [("i1-label", "a"), ("i1-kunci", "a"), ("i2-kunci", "a"), ("i2-asal", "jenis"),
                            ("i3-asal", "jenis"), ("i3-kunci", "jenis")],
    "huge texts": [("judul_formulir", HUGE), ("petunjuk", HUGE), *((f"i1-{name}", HUGE) for name in (
        "label", "kunci", "jenis", "bantuan", "huruf_maks", "tabel", "tampil", "awal", "kasus", "pembaca", "asal",
        "berkas_jenis", "pesan_required", "tergantung"))],
    "numbers of every kind": [(f"i{at}-{name}", text) for at, text in enumerate(
        ["-", "1e5", "٣", "²", "9" * 40, "-5", "1.5", "0x1", "NaN", "1.000.000.000", " 7 "])
        for name in ("huruf_min", "huruf_maks", "angka_min", "angka_maks", "berkas_mb")],
    "rules that lead nowhere": [("i1-label", "a"), ("i1-tampil", "1=a"), ("i2-tampil", "99=a"), ("i3-tampil", "asal"),
                                ("i4-tampil", "=="), ("i5-jenis", "tabel"), ("i5-tergantung", "asal"),
                                ("i6-jenis", "tabel"), ("i6-tergantung", "٣"), ("i7-tampil", "٣=1")],
    "a deep base": [("tampilan", "isian"), ("dasar", DEEP), ("i1-label", "a")],
    "a base that is none": [("dasar", '{"properties": 5}'), ("i1-label", "a"), ("i1-asal", "a")],
    "another base": [("dasar", '{"properties": {"a": {"type": "string"}}}'), ("i1-asal", "a"), ("i1-jenis", "lain")],
    "letters that cannot be kept": [("i1-label", "\x00a\x1b"), ("judul_formulir", "\x00"), ("i1-kunci", "a\x00")],
    "an unknown view": [("tampilan", "x"), ("json", "{}"), ("rev", "-1"), ("sidik", "é" * 99)],
    "a deep json": [("tampilan", "json"), ("json", DEEP)],
}  # fmt: skip
ACTIONS = ["tambah", "json", "isian", "naik:1", "hapus:1", "ganda:1", "pilihan:1", "pilihan-hapus:1:0", "naik:", "x",
           "pilihan-naik:1:99", "hapus:" + "9" * 50, "turun:٣", "pilihan:1:1:1", ":::"]  # fmt: skip


class TestAnythingPosted:
    def test_whatever_is_sent_the_answer_is_a_page(self, desk: Desk) -> None:
        for name, fields in ANY.items():
            answer = desk.post(fields, "klasifikasi")
            assert answer.status_code in (303, 409, 422), name
            assert answer.status_code != 422 or problems(answer), name
            assert desk.post(fields, "klasifikasi", None, "/pratinjau").status_code == 200, name

    def test_any_button_may_be_pressed(self, desk: Desk) -> None:
        fields = fields_of(desk.get("klasifikasi"))
        for action in ACTIONS:
            assert desk.post(fields, "klasifikasi", action).status_code == 200, action
        assert desk.rev() == 1

    def test_too_many_fields_are_refused_as_one_and_the_draft_stays(self, desk: Desk) -> None:
        answer = desk.post(ANY["ten thousand fields"], "klasifikasi")
        assert (answer.status_code, desk.rev()) == (422, 1)
        assert "10000 isian" in problems(answer)

    def test_more_than_a_post_may_hold_is_a_page_too(self, desk: Desk) -> None:
        answer = desk.post([("i1-label", "x" * 2_200_000)], "klasifikasi")
        assert (answer.status_code, "terlalu besar" in text_of(answer)) == (413, True)

    def test_without_rev_the_unchanged_form_is_no_conflict_only_with_its_mark(self, desk: Desk) -> None:
        fields = without(changed(fields_of(desk.get("klasifikasi")), i2_label="Arahan"), "rev")
        assert desk.post(without(fields, "sidik"), "klasifikasi").status_code == 409
        assert desk.post(fields, "klasifikasi").status_code == 303


@pytest.fixture
def open_form(desk: Desk, page_of: Callable[..., Page]) -> Callable[..., tuple[Page, Locator]]:
    """Open a form in a browser; gives the page and its form."""

    def opened(key: str = "klasifikasi", width: int = 1366, **keywords: Any) -> tuple[Page, Locator]:
        page = page_of("proses", width, **keywords)
        page.goto(f"{desk.path}/{key}")
        return page, page.locator("[data-rancang]")

    return opened


def card(form: Locator, label: str) -> Locator:
    return form.locator("[data-baris]").filter(has=form.page.locator("[data-judul]", has_text=re.compile(f"^{label}$")))


def titles(form: Locator) -> list[str]:
    return form.locator("[data-judul]").all_inner_texts()


def press(form: Locator, name: str) -> None:
    form.get_by_role("button", name=name, exact=True).last.click()


def saved(page: Page) -> None:
    expect(page.locator(".kotak.sukses")).to_contain_text("Formulir disimpan dalam draf.")


KINDS = {
    "Nomor telepon": "Teks pendek", "Kronologi": "Teks panjang", "Jumlah saksi": "Angka", "Mendesak": "Skala, misalnya",
    "Sudah ditelepon": "Ya atau tidak", "Surat tugas": "Berkas", "Unit pendamping": "Pilihan tunggal dari tabel",
    "Cara": "Pilihan tunggal, daftar sendiri",
}  # fmt: skip


class TestByMouse:
    def test_a_field_of_each_kind_is_added_ruled_ordered_seen_and_saved(self, desk: Desk, open_form: Any) -> None:
        page, form = open_form()
        preview = page.locator("[data-pratinjau]")
        for label, kind in KINDS.items():
            press(form, "Tambah isian")
            new = form.locator("[data-baris]").last
            new.get_by_label("Label", exact=True).fill(label)
            found = new.get_by_label("Jenis isian").locator("option", has_text=kind).first.get_attribute("value")
            new.get_by_label("Jenis isian").select_option(found)
        ways = card(form, "Cara")
        ways.get_by_role("textbox", name="Pilihan 1", exact=True).fill("Telepon")
        ways.get_by_role("textbox", name="Pilihan 2", exact=True).fill("Kunjungan")
        expect(preview.get_by_label("Kunjungan")).to_be_visible()
        card(form, "Unit pendamping").get_by_label("Tabel", exact=True).select_option("unit")
        phone = card(form, "Nomor telepon")
        phone.get_by_label("Wajib diisi").check()
        phone.get_by_label("Tampilkan isian ini").select_option(label="Cara: Telepon")
        while titles(form)[-1] != "Nomor telepon":
            phone.get_by_role("button", name="Turunkan Nomor telepon").click()

        expect(preview.get_by_label("Nomor telepon")).to_be_hidden()
        preview.get_by_label("Telepon", exact=True).check()
        expect(preview.get_by_label("Nomor telepon")).to_be_visible()
        expect(page.locator("[data-temuan]")).to_contain_text("Tidak ada yang perlu diperbaiki")
        press(form, "Simpan formulir")
        saved(page)

        schema = desk.forms()["klasifikasi"]
        assert schema["x-urutan"][3:] == [
            "kronologi", "jumlah_saksi", "mendesak", "sudah_ditelepon", "surat_tugas", "unit_pendamping", "cara",
            "nomor_telepon",
        ]  # fmt: skip
        fields = schema["properties"]
        assert fields["nomor_telepon"]["x-tampil-bila"] == {"isian": "cara", "nilai": "telepon"}
        assert schema["allOf"][1]["then"] == {"required": ["nomor_telepon"]}
        assert [fields[name]["type"] for name in schema["x-urutan"][3:]] == [
            "string", "integer", "integer", "boolean", "array", "string", "string", "string"
        ]  # fmt: skip
        assert (fields["mendesak"]["minimum"], fields["mendesak"]["maximum"]) == (1, 5)
        assert fields["surat_tugas"]["x-lampiran"]["jenis"] == ["image/jpeg", "image/png", "application/pdf"]
        assert fields["unit_pendamping"]["x-pilihan"] == {"tabel": "unit"}

    def test_the_gates_findings_follow_the_typing_and_lead_to_the_field(self, desk: Desk, open_form: Any) -> None:
        page, form = open_form()
        finding = page.locator("[data-temuan]")
        note = card(form, "Catatan klasifikasi")
        note.locator("summary").first.click()
        note.get_by_label("Jumlah huruf paling sedikit").fill("50")
        note.locator("summary").first.click()
        finding.get_by_role("link", name=re.compile("Catatan klasifikasi.*tidak boleh lebih dari 10")).click()
        expect(note.get_by_label("Label", exact=True)).to_be_focused()
        note.get_by_label("Jumlah huruf paling sedikit").fill("lima")
        expect(note).to_contain_text("«lima» bukan bilangan bulat")
        note.get_by_label("Jumlah huruf paling sedikit").fill("5")
        expect(finding).to_contain_text("Tidak ada yang perlu diperbaiki")

        kind = card(form, "Jenis laporan")
        kind.locator("summary").first.click()
        kind.get_by_role("button", name="Hapus isian").click()
        expect(finding).to_contain_text("Syarat «Permintaan informasi»")
        expect(page.locator("[data-kabar]")).to_contain_text("Sekarang selalu tampil: Teruskan ke Bidang/unit kerja.")
        page.get_by_role("button", name="Urungkan").click()
        expect(finding).to_contain_text("Tidak ada yang perlu diperbaiki")
        assert titles(form)[0] == "Jenis laporan"
        press(form, "Simpan formulir")
        saved(page)
        assert desk.forms()["klasifikasi"]["properties"]["catatan"]["minLength"] == 5
        assert desk.forms()["klasifikasi"]["allOf"][0]["then"] == {"required": ["bidang"]}

    def test_json_is_a_switch_away_and_what_cannot_be_read_is_marked(
        self, desk: Desk, open_form: Any, faults: Faults
    ) -> None:
        faults.expect(422)
        page, form = open_form()
        card(form, "Catatan klasifikasi").locator("summary").first.click()
        card(form, "Catatan klasifikasi").get_by_label("Label", exact=True).fill("Arahan")
        press(form, "Lihat sebagai JSON")
        text = form.get_by_label("Formulir sebagai JSON Schema")
        good = text.input_value()
        assert json.loads(good)["properties"]["catatan"]["title"] == "Arahan"
        text.fill(good.replace('"type": "object",', '"type": "object"'))
        expect(page.locator("[data-temuan]")).to_contain_text("koma atau penutup kurang")
        press(form, "Simpan formulir")
        expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Baris \d+"))
        marked = text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
        assert marked.strip().startswith('"additionalProperties"')
        text.fill(good.replace("Arahan", "Saran"))
        expect(page.locator("[data-pratinjau]")).to_contain_text("Saran")
        press(form, "Kembali ke daftar isian")
        assert titles(form)[2] == "Saran"
        press(form, "Simpan formulir")
        saved(page)

    def test_nothing_sticks_out_at_any_width(self, desk: Desk, open_form: Any) -> None:
        page, form = open_form()
        form.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true })")
        page.get_by_role("button", name="Komputer").click()
        for width in (360, 1366, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function("innerWidth === document.documentElement.clientWidth")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            paper, frame = (page.locator(f"[data-{name}]").bounding_box() for name in ("pratinjau", "bingkai"))
            assert paper is not None and frame is not None
            assert paper["width"] <= frame["width"] + 1


class TestByKeyboard:
    def test_a_field_is_added_moved_and_saved_and_the_focus_goes_along(self, desk: Desk, open_form: Any) -> None:
        page, form = open_form()
        keys = page.keyboard
        form.get_by_role("button", name="Tambah isian").focus()
        keys.press("Enter")
        keys.type("Nama saksi")
        keys.press("Enter")  # a line of text: nothing is saved half
        expect(card(form, "Nama saksi").get_by_label("Label", exact=True)).to_be_focused()
        keys.press("Alt+ArrowUp")
        keys.press("Alt+ArrowUp")
        assert titles(form) == ["Jenis laporan", "Nama saksi", "Teruskan ke Bidang/unit kerja", "Catatan klasifikasi"]
        expect(page.locator("[data-kabar]")).to_contain_text("«Nama saksi» sekarang nomor 2 dari 4")
        form.get_by_role("button", name="Naikkan Nama saksi").focus()
        keys.press("Space")
        assert titles(form)[0] == "Nama saksi"
        expect(form.get_by_role("button", name="Turunkan Nama saksi")).to_be_focused()
        card(form, "Catatan klasifikasi").locator("summary").first.focus()
        keys.press("Enter")
        card(form, "Catatan klasifikasi").get_by_role("button", name="Hapus isian").focus()
        keys.press("Enter")
        assert len(titles(form)) == 3
        page.get_by_role("button", name="Urungkan").focus()
        keys.press("Enter")
        expect(card(form, "Catatan klasifikasi").locator("summary").first).to_be_focused()
        keys.press("Control+s")
        saved(page)
        assert desk.forms()["klasifikasi"]["x-urutan"] == ["nama_saksi", "jenis", "bidang", "catatan"]


class TestWithoutJavaScript:
    def test_every_button_is_a_post(self, desk: Desk, open_form: Any) -> None:
        page, form = open_form(java_script_enabled=False)
        press(form, "Tambah isian")
        new = form.locator("[data-baris]").last
        new.get_by_label("Label", exact=True).fill("Cara")
        new.get_by_label("Jenis isian").select_option("pilihan")
        new.get_by_role("button", name="Terapkan jenis").click()
        ways = card(form, "Cara")
        ways.locator("summary").first.click()
        ways.get_by_role("textbox", name="Pilihan 1", exact=True).fill("Telepon")
        ways.get_by_role("textbox", name="Pilihan 2", exact=True).fill("Kunjungan")
        ways.get_by_role("button", name="Tambah pilihan").click()
        ways.get_by_role("textbox", name="Pilihan 3", exact=True).fill("Surat")
        ways.get_by_role("button", name="Naikkan Cara").click()
        expect(page.locator("[data-kabar]")).to_contain_text("«Cara» sekarang nomor 3 dari 4")
        note = card(form, "Catatan klasifikasi")
        note.locator("summary").first.click()
        note.get_by_label("Tampilkan isian ini").select_option(label="Cara: Surat")
        press(form, "Simpan formulir")
        saved(page)
        schema = desk.forms()["klasifikasi"]
        assert schema["x-urutan"] == ["jenis", "bidang", "cara", "catatan"]
        assert [each["const"] for each in schema["properties"]["cara"]["oneOf"]] == ["telepon", "kunjungan", "surat"]
        assert schema["properties"]["catatan"]["x-tampil-bila"] == {"isian": "cara", "nilai": "surat"}
        expect(page.locator("[data-pratinjau]")).to_contain_text("Kunjungan")
