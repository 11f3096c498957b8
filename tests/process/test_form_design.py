"""A form as its author sees it: nothing is lost on the way there and back, and a change changes that alone."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.process.diagram import read
from engine.process.form_design import (
    EMPTY,
    KINDS,
    OTHER,
    FieldDesign,
    FormDesign,
    NotShowable,
    Option,
    design_of,
    name_from,
    schema_of,
    settled,
)
from engine.process.forms import Choice, Cleaned, Form
from engine.process.gate.answers import answers
from engine.process.gate.schemas import read_forms
from engine.process.shown import Condition
from tests.process.drawing import draw, end, form, small_forms, user

ROOT = Path(__file__).parents[2]
DRAWN = read(draw([user("a", "catat"), end()], "mulai>isi>a>selesai"))
EVERY_FORM = sorted([*ROOT.glob("forms/*.json"), *ROOT.glob("tests/replay/diagrams/*/forms/*.json")])
NAMES = ["jenis", "bidang", "catatan", "nilai", "setuju"]


def shipped(key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "forms" / f"{key}.json").read_text(encoding="utf-8"))
    return found


def accepted(schema: Any) -> bool:
    return "catat" in read_forms(DRAWN, small_forms(catat=schema))[0]


def told(schema: Any) -> list[str]:
    return [each.message for each in read_forms(DRAWN, small_forms(catat=schema))[1]]


def changed(design: FormDesign, name: str, **aspects: Any) -> FormDesign:
    fields = tuple(replace(each, **aspects) if each.name == name else each for each in design.fields)
    return replace(design, fields=fields)


# Any field that the gate takes, those no page of ours would write among them.
words = st.sampled_from(["", "Jenis", " Jenis laporan ", "baris\nsatu"])
whole = st.integers(0, 10)
types = st.sampled_from(["string", "integer", "boolean", "array"])
scalars = st.sampled_from(["a", "b", 1, 0, True])
own_lists = st.lists(
    st.fixed_dictionaries({"const": scalars}, optional={"title": words, "description": words}), max_size=3
)
keywords: dict[str, st.SearchStrategy[Any]] = {
    "title": words, "description": words, "minLength": whole, "maxLength": st.sampled_from([5, 200, 201, 5000]),
    "minimum": st.integers(-3, 3), "maximum": st.sampled_from([3, 5, 12, 90]), "minItems": st.just(1),
    "maxItems": st.integers(1, 5), "uniqueItems": st.booleans(), "items": st.just({"type": "string"}),
    "oneOf": own_lists, "enum": st.lists(scalars, min_size=1, max_size=2, unique_by=repr), "const": scalars,
    "format": st.just("date"), "default": scalars, "examples": st.just(["a"]), "$comment": words,
    "x-pilihan": st.fixed_dictionaries({"tabel": st.sampled_from(["unit", "kategori"])},
                                       optional={"tergantung": st.sampled_from(NAMES), "lain": whole}),
    "x-lampiran": st.fixed_dictionaries({}, optional={"jenis": st.lists(words, max_size=2), "ukuran_mb": whole,
                                                      "lain": whole}),
    "x-kasus": st.sampled_from(["judul", "bidang"]), "x-pribadi": st.sampled_from([True, False, "ya"]),
    "x-terlihat": st.lists(st.sampled_from(["Admin", "Pelapor"]), unique=True),
    "x-awal": st.sampled_from(["isi.judul", "", 5]),
    "x-pesan": st.dictionaries(st.sampled_from(["required", "maxLength"]), st.sampled_from(["Isi dulu.", 5])),
    "x-tampil-bila": st.fixed_dictionaries({"isian": st.sampled_from(NAMES), "nilai": scalars}),
}  # fmt: skip
fields = st.fixed_dictionaries({"type": types}, optional=keywords)
name_lists = st.lists(st.sampled_from(NAMES), max_size=3, unique=True)
asked = st.fixed_dictionaries(
    {"properties": st.dictionaries(st.sampled_from(NAMES), st.fixed_dictionaries({"const": scalars}), max_size=2)},
    optional={"required": name_lists, "not": st.just({"required": ["jenis"]})},
)
then = st.fixed_dictionaries({"required": name_lists})
rules = st.fixed_dictionaries({"if": asked, "then": then}, optional={"else": then})


@st.composite
def schemas(draw_: st.DrawFn) -> dict[str, Any]:
    """Schemas of forms, most of them such as the gate accepts."""
    properties = draw_(st.dictionaries(st.sampled_from(NAMES), fields, max_size=4))
    known = st.lists(st.sampled_from(sorted(properties)), unique=True) if properties else st.just([])
    shell = {"type": "object", "additionalProperties": False, "properties": properties}
    more = {"$schema": st.just(EMPTY["$schema"]), "$id": st.just("urn:a"), "title": words, "description": words,
            "required": known, "x-urutan": known, "allOf": st.lists(rules, max_size=3)}  # fmt: skip
    optional = draw_(st.fixed_dictionaries({}, optional=more))
    return dict(draw_(st.permutations(list({**shell, **optional}.items()))))


generated = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


class TestThereAndBack:
    @pytest.mark.parametrize("path", EVERY_FORM, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
    def test_our_own_forms_come_back_letter_by_letter(self, path: Path) -> None:
        schema = json.loads(path.read_text(encoding="utf-8"))
        assert json.dumps(schema_of(design_of(schema))) == json.dumps(schema)

    @generated
    @given(schemas())
    def test_whatever_is_shown_comes_back_as_it_was_and_what_the_gate_accepts_is_shown(self, schema: Any) -> None:
        try:
            design = design_of(schema)
        except NotShowable:
            assert not accepted(schema)
            return
        assert json.dumps(schema_of(design)) == json.dumps(schema)

    @pytest.mark.parametrize("schema", [None, [], "x", {"properties": []}, {"properties": {"a": 1}},
                                        {"required": "a"}, {"x-urutan": [1]}, {"allOf": {}}])  # fmt: skip
    def test_what_has_no_fields_is_not_shown_as_fields(self, schema: Any) -> None:
        with pytest.raises(NotShowable):
            design_of(schema)

    def test_our_forms_are_shown_in_kinds_that_people_know(self) -> None:
        shown = {key: [each.kind for each in design_of(shipped(key)).fields] for key in ("isi_aduan", "klasifikasi")}
        assert shown["isi_aduan"] == ["teks", "panjang", "teks", "tabel", "tabel", "berkas"]
        assert shown["klasifikasi"] == ["pilihan", "tabel", "panjang"]
        unit = design_of(shipped("klasifikasi")).fields[1]
        assert (unit.required, unit.shown_when, unit.ruled) == (True, Condition("jenis", "pengaduan"), False)

    def test_a_rule_of_another_kind_is_carried_and_told(self) -> None:
        rule = {"if": {"required": ["jenis"]}, "then": {"required": ["catatan"]}, "else": {"required": ["bidang"]}}
        design = design_of(shipped("klasifikasi") | {"allOf": [rule]})
        assert [each.ruled for each in design.fields] == [True, True, True]
        assert schema_of(changed(design, "catatan", label="Lain"))["allOf"] == [rule]


def fresh_fields() -> st.SearchStrategy[FieldDesign]:
    """Fields as the page makes them, with what only their kind has."""
    common: dict[str, Any] = {
        "label": words.map(str.strip), "help": words.map(str.strip), "required": st.booleans(),
        "personal": st.booleans(), "readers": st.none() | st.just(("Admin",)), "start": st.sampled_from(["", "isi.a"]),
        "column": st.sampled_from(["", "judul"]), "messages": st.sampled_from([{}, {"required": "Isi dulu."}]),
        "shown_when": st.none() | st.sampled_from([Condition("jenis", "a"), Condition("setuju", True)]),
    }  # fmt: skip
    limits = {"low": st.none() | whole, "high": st.none() | st.sampled_from([5, 300])}
    own: dict[str, dict[str, Any]] = dict.fromkeys(["teks", "panjang", "angka", "skala"], limits) | {
        "pilihan": {"choices": st.just((Option("a", "A"), Option("b")))},
        "tabel": {"table": st.just("unit"), "depends_on": st.sampled_from(["", "bidang"])},
        "ya_tidak": {},
        "berkas": {"high": st.just(3), "file_kinds": st.just(("image/png",)), "file_mb": st.just(2)},
    }
    of_kind = [st.builds(FieldDesign, name=st.just(""), kind=st.just(kind), **common, **own[kind]) for kind in KINDS]
    return st.one_of(of_kind).map(settled)


def plain(one: FieldDesign) -> FieldDesign:
    """Without where it came from, and with the white space that nobody means."""
    return replace(one, origin=None, ruled=False, label=one.label.strip(), help=one.help.strip())


class TestWriting:
    @generated
    @given(schemas(), st.lists(fresh_fields(), max_size=3), st.randoms())
    def test_what_is_written_is_read_again_as_it_was_meant(
        self, schema: dict[str, Any], fresh: list[FieldDesign], rng: random.Random
    ) -> None:
        assume(accepted(schema))
        old = list(design_of(schema).fields)
        kept = [each for each in old if rng.random() < 0.7]
        turned = [replace(new, name=each.name, origin=each.name, ruled=each.ruled)
                  for each, new in zip(kept, fresh, strict=False)]  # fmt: skip
        added = [replace(each, name=f"baru_{at}") for at, each in enumerate(fresh)]
        wanted = [*turned, *kept[len(turned) :], *added]
        rng.shuffle(wanted)
        meant = FormDesign("Judul", "Petunjuk", tuple(wanted), schema)
        again = design_of(schema_of(meant))
        assert (again.title, again.description) == ("Judul", "Petunjuk")
        assert list(map(plain, again.fields)) == list(map(plain, wanted))

    @pytest.mark.parametrize("kind", [*KINDS])
    def test_a_new_field_of_each_kind_passes_the_gate(self, kind: str) -> None:
        new = FieldDesign("baru", kind, "Baru", choices=(Option("a", "A"),), table="unit", file_kinds=("image/png",))
        own = {"pilihan": ("choices",), "tabel": ("table",), "berkas": ("file_kinds",)}.get(kind, ())
        blank = {key: getattr(FieldDesign(""), key) for key in ("choices", "table", "file_kinds") if key not in own}
        design = FormDesign("Catat", "", (settled(replace(new, **blank)),))
        assert told(schema_of(design)) == []
        assert design_of(schema_of(design)).fields[0].kind == kind

    def test_one_change_changes_one_thing(self) -> None:
        schema = shipped("klasifikasi")
        again = schema_of(changed(design_of(schema), "catatan", label="Arahan"))
        assert again["properties"]["catatan"].pop("title") == "Arahan"
        schema["properties"]["catatan"].pop("title")
        assert json.dumps(again) == json.dumps(schema)

    def test_a_change_of_line_ends_is_none(self) -> None:
        schema = {"type": "object", "properties": {}, "description": "satu\ndua "}
        assert schema_of(replace(design_of(schema), description="satu\r\ndua")) == schema

    def test_another_name_is_followed_wherever_the_form_says_it(self) -> None:
        schema = shipped("klasifikasi")
        schema["allOf"] += [{"if": {"properties": {"jenis": {"const": "a"}}}, "then": {"required": ["catatan"]}}]
        design = design_of(schema)
        unit = replace(design.fields[1], shown_when=Condition("macam", "pengaduan"))
        renamed = replace(design, fields=(replace(design.fields[0], name="macam"), unit, design.fields[2]))
        again = schema_of(renamed)
        assert json.dumps(again) == json.dumps(schema).replace('"jenis"', '"macam"')

    def test_names_may_be_exchanged(self) -> None:
        design = design_of(shipped("tanggapi_aduan"))
        one, other = design.fields
        swapped = (replace(one, name="lampiran"), replace(other, name="tanggapan"))
        again = schema_of(replace(design, fields=swapped))
        assert again["required"] == ["lampiran"]
        assert {name: each["title"] for name, each in again["properties"].items()} == {
            "lampiran": "Tanggapan Bidang", "tanggapan": "Lampiran tanggapan"
        }  # fmt: skip

    def test_a_field_that_goes_leaves_nothing_behind_and_its_name_is_free(self) -> None:
        schema = shipped("klasifikasi")
        schema["properties"]["bidang"]["$comment"] = "lama"
        design = design_of(schema)
        assert schema_of(replace(design, fields=design.fields[1:]))["required"] == []
        fresh = FieldDesign("bidang", "ya_tidak", "Lain")
        again = schema_of(replace(design, fields=(design.fields[0], design.fields[2], fresh)))
        assert again["properties"]["bidang"] == {"title": "Lain", "type": "boolean"}
        assert ("allOf" in again, again["required"], again["x-urutan"]) == (
            False,
            ["jenis"],
            ["jenis", "catatan", "bidang"],
        )
        assert told(again) == []

    def test_required_when_shown_is_a_rule_and_shown_alone_is_none(self) -> None:
        design = design_of(shipped("klasifikasi"))
        loose = schema_of(changed(design, "bidang", required=False))
        assert "allOf" not in loose
        assert loose["properties"]["bidang"]["x-tampil-bila"] == {"isian": "jenis", "nilai": "pengaduan"}
        strict = schema_of(changed(design_of(loose), "bidang", required=True))
        assert strict["allOf"] == shipped("klasifikasi")["allOf"]
        always = schema_of(changed(design_of(strict), "bidang", shown_when=None))
        assert always["required"] == ["jenis", "bidang"]
        assert "x-tampil-bila" not in always["properties"]["bidang"]

    def test_another_kind_begins_without_what_made_the_old_one(self) -> None:
        again = schema_of(changed(design_of(shipped("klasifikasi")), "bidang", kind="angka", table="", low=1, high=90))
        assert again["properties"]["bidang"].keys() & {"x-pilihan", "maxLength", "minimum"} == {"minimum"}
        assert again["properties"]["bidang"]["x-kasus"] == "bidang"

    def test_limits_make_the_kind(self) -> None:
        kinds = [
            ("teks", None, 201),
            ("panjang", None, 200),
            ("angka", 1, 11),
            ("skala", 1, 12),
            ("panjang", None, None),
        ]
        found = [settled(FieldDesign("a", kind, low=low, high=high)) for kind, low, high in kinds]
        assert [each.kind for each in found] == ["panjang", "teks", "skala", "angka", "panjang"]
        assert found[-1].high == 2000
        assert (settled(FieldDesign("a", "skala")).low, settled(FieldDesign("a", "skala")).high) == (1, 5)


class TestNames:
    @pytest.mark.parametrize(
        ("label", "name"),
        [("Jenis laporan", "jenis_laporan"), ("  Hôtel & É  ", "hotel_e"), ("2 saksi", "isian_2_saksi"), ("", "isian"),
         ("if", "isian_if"), ("CSRF token", "isian_csrf_token"), ("日本", "isian"), ("_a_", "a"), ("a" * 99, "a" * 40)],
    )  # fmt: skip
    def test_a_name_comes_from_the_label(self, label: str, name: str) -> None:
        assert name_from(label) == name

    def test_a_taken_name_gets_a_number(self) -> None:
        assert name_from("Catatan", {"catatan", "catatan_2"}) == "catatan_3"

    @given(st.text(max_size=60), st.sets(st.sampled_from(["isian", "a"])))
    def test_every_label_gives_a_name_that_the_gate_takes(self, label: str, taken: set[str]) -> None:
        name = name_from(label, taken)
        assert name not in taken
        assert told(form() | {"properties": {name: {"type": "string"}}}) == []


def form_of(**properties: dict[str, Any]) -> Form:
    return Form("catat", form() | {"properties": properties, "required": []})


WHEN_OTHER = {"isian": "jenis", "nilai": "lain"}
KIND = {"type": "string", "oneOf": [{"const": "biasa"}, {"const": "lain"}]}
TICK = {"type": "boolean"}


class TestShownWhen:
    FORM = form_of(
        jenis=KIND,
        uraian={"type": "string", "maxLength": 5, "x-tampil-bila": WHEN_OTHER},
        lanjut={"type": "boolean", "x-tampil-bila": WHEN_OTHER},
        alasan={"type": "string", "x-tampil-bila": {"isian": "lanjut", "nilai": True}},
    )

    def test_what_is_not_shown_counts_as_absent_whatever_was_sent(self) -> None:
        typed = {"jenis": ["biasa"], "uraian": ["terlalu panjang\x00"], "lanjut": ["1"], "alasan": ["x"]}
        assert self.FORM.clean(typed, {}) == Cleaned({"jenis": "biasa"}, {})

    def test_what_is_shown_is_checked(self) -> None:
        found = self.FORM.clean({"jenis": ["lain"], "uraian": ["terlalu panjang"], "alasan": ["x"]}, {})
        assert (set(found.errors), found.values.get("alasan")) == ({"uraian"}, None)
        typed = {"jenis": ["lain"], "lanjut": ["1"], "alasan": ["x"]}
        assert self.FORM.clean(typed, {}).values == {"jenis": "lain", "lanjut": True, "alasan": "x"}

    def test_the_page_is_told_when_and_that_it_may_stay_empty(self) -> None:
        shown = {each.name: (each.shown_if, each.shown_optional) for each in self.FORM.fields({})}
        assert shown == {"jenis": (None, True), "uraian": ("jenis=lain", True), "lanjut": ("jenis=lain", True),
                         "alasan": ("lanjut=1", True)}  # fmt: skip
        ruled = Form("klasifikasi", shipped("klasifikasi")).fields({"unit": [Choice("sd", "SD")]})[1]
        assert (ruled.shown_if, ruled.shown_optional) == ("jenis=pengaduan", False)

    def test_a_rule_on_a_tick_is_told_as_a_browser_sends_it(self) -> None:
        rule = {"if": {"properties": {"a": {"const": True}}, "required": ["a"]}, "then": {"required": ["b"]}}
        made = Form("x", form() | {"properties": {"a": TICK, "b": {"type": "string"}}, "allOf": [rule]})
        assert made.fields({})[1].shown_if == "a=1"

    def test_one_value_alone_is_set_whatever_is_shown(self) -> None:
        assert self.FORM.only(["uraian"]).clean({"uraian": ["abc"]}, {}).values == {"uraian": "abc"}

    def test_the_gates_trial_answers_as_people_can(self) -> None:
        found = answers(self.FORM, ["jenis", "lanjut", "alasan"], ["x"], random.Random(1))
        assert found
        for each in found:
            assert "lanjut" not in each or each["jenis"] == "lain"
            assert "alasan" not in each or each.get("lanjut") is True
        assert any("alasan" in each for each in found)

    @pytest.mark.parametrize(
        ("keyword", "says"),
        [
            (5, "harus memuat"),
            ({"isian": "jenis"}, "harus memuat"),
            ({"isian": "jenis", "nilai": None}, "harus memuat"),
            ({"isian": "jenis", "nilai": "lain", "x": 1}, "harus memuat"),
            ({"isian": "tidak_ada", "nilai": "a"}, "tidak ada"),
            ({"isian": "jenis", "nilai": "luar biasa"}, "tidak dapat dipilih"),
            ({"isian": "jenis", "nilai": 1}, "tidak dapat dipilih"),
            ({"isian": "setuju", "nilai": False}, "tidak dapat dipilih"),
            ({"isian": "nilai", "nilai": 6}, "tidak dapat dipilih"),
            ({"isian": "uraian", "nilai": "a"}, "menunggu isian ini sendiri"),
            ({"isian": "balik", "nilai": "a"}, "menunggu isian ini sendiri"),
        ],
    )
    def test_what_can_never_be_shown_is_a_finding(self, keyword: Any, says: str) -> None:
        balik = {"type": "string", "x-tampil-bila": {"isian": "uraian", "nilai": "a"}}
        number = {"type": "integer", "minimum": 1, "maximum": 5}
        fields = {
            "jenis": KIND,
            "setuju": TICK,
            "nilai": number,
            "uraian": {"type": "string", "x-tampil-bila": keyword},
        }
        fields |= {"balik": balik} if "balik" in str(keyword) else {}
        found = told(form() | {"properties": fields})
        assert any("isian «uraian»" in each and says in each for each in found), found

    def test_required_without_condition_is_a_finding_and_with_a_rule_it_is_none(self) -> None:
        hidden = {"type": "string", "x-tampil-bila": WHEN_OTHER}
        plain = form() | {"properties": {"jenis": KIND, "uraian": hidden}, "required": ["uraian"]}
        assert any("wajib walaupun tidak selalu tampil" in each for each in told(plain))
        rule = {
            "if": {"properties": {"jenis": {"const": "lain"}}, "required": ["jenis"]},
            "then": {"required": ["uraian"]},
        }
        ruled = Form("catat", {**plain, "required": [], "allOf": [rule]})
        assert told(ruled.schema) == []
        assert ruled.clean({"jenis": ["lain"]}, {}).errors == {"uraian": "Wajib diisi."}
        assert ruled.clean({"jenis": ["biasa"]}, {}).errors == {}


def test_kinds_are_told_apart() -> None:
    assert all(one != other for one, other in combinations([*KINDS, OTHER], 2))
