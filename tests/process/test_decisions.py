"""Decision tables: what cells mean, which rows answer, what is refused, hostile cells among it."""

import time
from typing import Any

import pytest

from engine.process.decisions import Column, DecisionTable, Rule, Undecided, carried_table, cell_messages, test_of
from engine.process.diagram import read
from engine.process.expressions import ExpressionError
from engine.process.gate import check
from engine.process.runtime import RunError
from tests.breadth.play import Played
from tests.process.drawing import Node, choice, draw, end, form, small_forms, table, user
from tests.process.hostile import ESCAPES, RESOURCE_ATTACKS

FLOWS = "mulai>isi>p>k>a>selesai"


def drawn(*rows: tuple[str, str], asked: str = "putusan", policy: str = "UNIQUE", type_: str = "") -> bytes:
    return draw([user("p", "putus"), table("k", asked, "hasil", list(rows), policy, type_), user("a"), end()], FLOWS)


def messages(xml: bytes, forms: Any = None, severity: str = "galat") -> list[str]:
    return [each.message for each in check(xml, small_forms(**(forms or {}))) if each.severity == severity]


def decision(*rows: tuple[str, str], policy: str = "UNIQUE") -> DecisionTable:
    return DecisionTable(policy, (Column("nilai"),), (Column("hasil"),), tuple(Rule((a,), (b,)) for a, b in rows))


@pytest.mark.parametrize(
    ("cell", "holds", "fails"),
    [
        ("", 1, None), ("-", "apa saja", None), ("3", 3, 4), ("'a'", "a", "b"), ("> 3", 4, 3), ("!= 'a'", "b", "a"),
        ("in ['a', 'b']", "b", "c"), ("not in ['a']", "b", "a"),
        ("nilai > 1 and nilai < 5", 3, 5), ("kosong(nilai)", "", 1),
        ("1 < nilai < 5", 4, 5), ("2 + 1", 3, 4), ("None", None, 1),
    ],
)  # fmt: skip
def test_a_cell_is_a_value_a_comparison_or_a_whole_condition(cell: str, holds: object, fails: object):
    test = test_of("nilai", cell)
    assert test is None or test.value({"nilai": holds})
    assert fails is None or (test is not None and not test.value({"nilai": fails}))


@pytest.mark.parametrize("cell", ["> 3 or nilai < 1", "> 5 and < 9", "> 3) or (1", "3, 4", "=3", "== == 3", ">"])
def test_a_cell_that_could_be_read_in_two_ways_is_refused(cell: str):
    with pytest.raises(ExpressionError):
        test_of("nilai", cell)


def test_the_first_row_wins_only_where_the_table_says_so():
    rows = [("> 3", "1"), ("> 2", "2"), ("-", "3")]
    assert decision(*rows, policy="FIRST").decide({"nilai": 4}) == {"hasil": 1}
    assert decision(*rows, policy="FIRST").decide({"nilai": 3}) == {"hasil": 2}
    with pytest.raises(Undecided, match="Baris 1 dan 2"):
        decision(*rows).decide({"nilai": 4})
    with pytest.raises(Undecided, match="Tidak ada baris"):
        decision(("> 9", "1")).decide({"nilai": 4})


def test_a_table_is_carried_to_the_engine_as_it_is_written():
    one = decision(("'é\"'", "nilai + 'x'"), ("-", "2"))
    assert carried_table(one.carried) == one


HARMLESS = ("== 1", "nilai * 999999999999999")  # a comparison; a product that stays within bounds for 1


def survives(table: DecisionTable) -> bool:
    """Whether its cells are admitted and give something."""
    if [*cell_messages(table)]:
        return False
    try:
        table.decide({"nilai": 1, "daftar": ["x"], "jenis": "x"})
    except ExpressionError:
        return False
    return True


def test_no_hostile_cell_gives_anything():
    for text in (*ESCAPES, *RESOURCE_ATTACKS):
        if text.strip() and text not in HARMLESS:
            assert not survives(decision((text, "1"), policy="FIRST")), text
            assert not survives(decision(("-", text))), text
    assert survives(decision(("-", "1")))


def test_the_gate_names_hostile_cells():
    for text in (each for each in ESCAPES[::25] if "\0" not in each):  # no XML can hold it
        assert any("Tabel keputusan «k»" in each for each in messages(drawn((text, "1"), ("-", "2"), policy="FIRST")))
        assert any("Tabel keputusan «k»" in each for each in messages(drawn(("-", text))))


SOUND = (("'ya'", "1"), ("'tidak'", "2"))


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (drawn(*SOUND, policy="ANY"), "kebijakan ANY belum didukung. Pakai UNIQUE"),
        (drawn(("'ya'", "1"), ("= 'tidak'", "2")), "baris 2, kolom «putusan»: Tanda `=`"),
        (drawn(("'ya'", "1"), ("-", "2")), "baris 1 dan 2 yang sama-sama berlaku untuk putusan = ya"),
        (drawn(("'ya'", "1")), "tidak memuat baris untuk putusan = tidak"),
        (drawn(("'ya'", "hari_kerja(1)"), ("!= 'ya'", "2")), "fungsi waktu kerja hanya berlaku"),
        (drawn(*SOUND, asked="putusn"), "Maksud Anda `putusan`?"),
        (drawn(("> 3", "1"), ("-", "2"), policy="FIRST"), "untuk putusan = ya tidak dapat dihitung"),
        (drawn(("'ya'", "biasa"), ("!= 'ya'", "'biasa'")), "Isian `biasa` tidak ada"),
        (drawn(("'ya'", "1.5"), ("!= 'ya'", "2")), "baris 1, kolom «hasil»: Hasilnya pecahan (1.5)"),
        (drawn(("'ya'", "1"), ("!= 'ya'", "'2'"), type_="number"), "baris 2, kolom «hasil»: '2' bukan bilangan"),
        (
            draw([Node("k", "businessRuleTask"), user("a"), end()], "mulai>isi>k>a>selesai"),
            "tepat satu tabel keputusan",
        ),
        (
            drawn(*SOUND).replace(b"<d:rule>", b"<d:rule><d:inputEntry><d:text>1</d:text></d:inputEntry>"),
            "jumlah selnya",
        ),
        (drawn(*SOUND).replace(b'name="hasil"', b'name="kosong"'), "harus diberi nama variabel"),
        (
            drawn(*SOUND).replace(b"<d:inputExpression>", b'<d:inputExpression expressionLanguage="x">'),
            "bahasa ungkapan lain",
        ),
        (drawn(*[("'ya'", "1")] * 101), "paling banyak 100 baris"),
    ],
)
def test_the_gate_says_what_is_wrong_with_a_table(xml: bytes, says: str):
    assert any(says in each for each in messages(xml)), messages(xml)


def test_the_largest_table_is_checked_in_a_bounded_time():
    rows = [(f"kosong(putusan) and panjang('x') == {each}", "1") for each in range(99)]
    begun = time.process_time()
    assert messages(drawn(*rows, ("-", "2"), policy="FIRST")) == []
    assert time.process_time() - begun < 5


def test_a_table_on_open_values_is_only_doubted():
    field = {"type": "integer", "minimum": 0, "maximum": 100_000, "wajib": True}
    xml = drawn(("< 10", "1"), ("> 10", "2"), asked="nilai")
    forms = {"putus": form(nilai=field, putusan=choice("ya", "tidak"))}
    assert messages(xml, forms) == []
    assert any("untuk nilai = 10" in each for each in messages(xml, forms, "peringatan"))


def test_what_the_gate_could_not_foresee_is_an_incident_with_a_name_of_its_own():
    field = {"type": "integer", "minimum": 0, "maximum": 100_000, "wajib": True}
    xml = drawn(("< 10", "1"), ("> 10", "2"), asked="nilai")
    played = Played(xml, {"putus": form(nilai=field, putusan=choice("ya", "tidak"))})
    with pytest.raises(RunError) as raised:
        played.do("p", nilai=10, putusan="ya")
    assert raised.value.code == "undecided"


def test_variables_of_a_table_are_read_variables():
    assert {"putusan", "hasil"} <= read(drawn(*SOUND)).read_variables
