"""The expression language: what it computes, what it refuses, and that nothing gets out of it."""

import ast
import builtins
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import SpiffWorkflow
from hypothesis import given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.script_engine import TaskDataEnvironment

from engine.process import diagram
from engine.process.expressions import FUNCTIONS, ExpressionError, parse, parse_script
from engine.process.runtime import Program, RunError, compile_specs
from engine.process.spiff import Moment, expressions
from tests.process.drawing import Node, boundary, draw, end, exclusive, script, table, user, wait
from tests.process.hostile import ESCAPES, HEAVY_VALUES, RESOURCE_ATTACKS

QUICK = 0.1  # seconds of computing in which every attack must be answered; other work of the machine does not count
VALUES = {"jenis": "informasi", "nilai": 4, "kosongan": None, "daftar": ["a", "b"], "setuju": True}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("jenis == 'informasi'", True),
        ('jenis != "informasi"', False),
        ("jenis in ['informasi', 'pengaduan']", True),
        ("jenis not in ('a', 'b')", True),
        ("nilai >= 3 and setuju", True),
        ("nilai < 3 or not setuju", False),
        ("1 < nilai <= 4", True),
        ("nilai * 2 + 1", 9),
        ("nilai - 10 // 3", 1),
        ("nilai / 8", 0.5),
        ("nilai % 3", 1),
        ("-nilai", -4),
        ("'P' + 'T1H'", "PT1H"),
        ("'lama' if nilai > 3 else 'baru'", "lama"),
        ("panjang(daftar)", 2),
        ("panjang(kosongan)", 0),
        ("kosong(kosongan)", True),
        ("kosong(jenis)", False),
        ("min(nilai, 2) + max(nilai, 7)", 9),
        ("kosongan is None", True),
        ("setuju is not None", True),
        ("tak_pernah_diisi == None", True),
        ("not kosong(kosongan) and kosongan > 3", False),
        ("  jenis ==\n  'informasi'  ", True),
        ('"it\'s"', "it's"),
        ("'a' in daftar", True),
    ],
)
def test_it_computes(text: str, value: Any):
    assert parse(text).value(VALUES) == value


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("jenis = 'informasi'", 7, "Maksud Anda `==`?"),
        ("jenis === 'x'", 7, "Maksud Anda `==`?"),
        ("nilai => 3", 7, "`>=`"),
        ("nilai <> 3", 7, "Maksud Anda `!=`?"),
        ("a && b", 3, "Maksud Anda `and`?"),
        ("a || b", 3, "Maksud Anda `or`?"),
        ("!a", 1, "Maksud Anda `not`?"),
        ("a dan b", 3, "Maksud Anda `and`?"),
        ("a atau b", 3, "Maksud Anda `or`?"),
        ("${jenis == 'x'}", 1, "tanpa ${ }"),
        ("panjan(daftar)", 1, "Maksud Anda `panjang`?"),
        ("len(daftar)", 1, "Maksud Anda `panjang`?"),
        ("panjang(daftar, 2)", 1, "memerlukan 1 nilai"),
        ("1 + min", 5, "tulis `min(...)`"),
        ("jenis is 'x'", 1, "Maksud Anda `==`?"),
        ("nilai > 1,5", None, "titik"),
        ("jenis == “x”", 10, "petik lurus"),
        ("jenis == 'x", 10, "belum berpasangan"),
        ("(jenis == 'x'", 13, "belum ditutup"),
        ("jenis) == 'x'", 6, "tidak berpasangan"),
        ("isi.judul", 1, "Titik di antara nama"),
        ("daftar[0]", 1, "[ ]"),
        ("_rahasia == 1", 1, "garis bawah"),
        ("typename == 1", 1, "dipakai sistem"),
        ("", None, "kosong"),
        ("2 ** 3", 3, "Pangkat"),
    ],
)
def test_a_slip_is_told_with_its_column_and_what_was_meant(text: str, column: int | None, says: str):
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert says in refused.value.message
    assert refused.value.column == column


@pytest.mark.parametrize(
    "text", ["nilai + jenis", "jenis * 2", "nilai / 0", "kosongan > 3", "jenis < nilai", "setuju + 1"]
)
def test_values_that_do_not_fit_are_told(text: str):
    with pytest.raises(ExpressionError):
        parse(text).value(VALUES)


def test_what_is_empty_is_named():
    with pytest.raises(ExpressionError, match="isian «kosongan» kosong"):
        parse("kosongan > nilai").value(VALUES)


def test_a_function_wins_over_a_field_of_its_name():
    assert parse("panjang(jenis)").value({"jenis": "abc", "panjang": lambda _: 99}) == 3


def test_a_script_assigns():
    values = {"nilai": 4}
    parse_script("ganda = nilai * 2\n\nbesar = ganda > 5").apply(values)
    assert values == {"nilai": 4, "ganda": 8, "besar": True}


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "a == b",
        "a, b = 1, 2",
        "a.b = 1",
        "a[0] = 1",
        "a += 1",
        "x = (y := 1)",
        "panjang = 1",
        "__a = 1",
        "typename = 1",
        "del a",
        "a = b = 1",
        "if a:\n  b = 1",
        "\n".join(["a = 1"] * 99),
        "a",
        "=",
        "a =",
        "None = 1",
    ],
)
def test_a_script_does_nothing_else(text: str):
    with pytest.raises(ExpressionError):
        parse_script(text)


@contextmanager
def quickly() -> Iterator[None]:
    """What stands inside takes no time to speak of. Rubbish that other tests left is not collected meanwhile."""
    gc.disable()
    started = time.thread_time()
    try:
        yield
        assert time.thread_time() - started < QUICK
    finally:
        gc.enable()


def test_there_are_enough_attacks():
    assert len(set(ESCAPES)) + len(set(RESOURCE_ATTACKS)) + len(HEAVY_VALUES) >= 150


@pytest.mark.parametrize("text", ESCAPES, ids=range(len(ESCAPES)))
def test_no_escape_succeeds(text: str):
    with quickly(), pytest.raises(ExpressionError):
        parse(text).value(VALUES | {"x": "teks", "f": "f"})


@pytest.mark.parametrize("text", RESOURCE_ATTACKS, ids=range(len(RESOURCE_ATTACKS)))
def test_no_text_exhausts_the_machine(text: str):
    with quickly(), pytest.raises(ExpressionError):
        parse(text).value(VALUES)


@pytest.mark.parametrize("name", HEAVY_VALUES)
def test_no_value_exhausts_the_machine(name: str):
    text, values = HEAVY_VALUES[name]
    with quickly(), pytest.raises(ExpressionError):
        parse(text).value(values)


# --- generated -------------------------------------------------------------------------------------------------------

WORDS = [
    "jenis",
    "nilai",
    "daftar",
    "kosongan",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "None",
    "True",
    "'a'",
    "1",
    "0",
    "999999999999999",
    "1.5",
    "(",
    ")",
    "[",
    "]",
    ",",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    "panjang(",
    "kosong(",
    "min(",
    "max(",
    "lambda",
    "for",
    "yield",
    "await",
    "=",
    ":",
    ":=",
    ".",
    "{",
    "}",
    "**",
    "@",
    "__class__",
    "\\",
    "\n",
    "#",
    ";",
    "f'",
    "b'",
    "'",
    '"',
    "~",
    "|",
    "&",
    "\0",
    "é",
    "＿",
    "import",
    "x",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANY_VALUES = st.fixed_dictionaries(
    {name: SCALARS | st.lists(SCALARS, max_size=3) for name in ("jenis", "nilai", "daftar", "kosongan", "x")}
)


@settings(max_examples=600)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=60), ANY_VALUES)
def test_whatever_is_written_it_is_a_value_or_an_expression_error(text: str, values: dict[str, Any]):
    refused = None
    try:
        value = parse(text).value(values)
    except ExpressionError as error:
        refused = error
    if refused is None:
        assert isinstance(value, str | int | float | bool | list | tuple | None)
    else:
        assert refused.message
        assert refused.column is None or 1 <= refused.column <= len(text) + 1


NUMBERS = st.recursive(
    st.sampled_from(["nilai", "x", "1", "7", "2.5", "999999999999999"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(
            lambda part: f"({' '.join(part)})"
        )
        | inner.map(lambda each: f"min({each}, 5)")
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(NUMBERS, st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_arithmetic_is_pythons_or_refused(text: str, nilai: int, x: int):
    try:
        value = parse(text).value({"nilai": nilai, "x": x})
    except ExpressionError:
        return
    assert value == eval(text, {"nilai": nilai, "x": x})  # noqa: S307  # generated above from numbers and signs


@settings(max_examples=200)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=60))
def test_whatever_a_script_holds_it_is_run_or_an_expression_error(text: str):
    values = dict(VALUES)
    try:
        parse_script(text).apply(values)
    except ExpressionError:
        return
    assert all(isinstance(each, str | int | float | bool | list | tuple | None) for each in values.values())


# --- every hook of the library ---------------------------------------------------------------------------------------

CANARY = "__import__('builtins').__dict__.__setitem__('kenari', True)"
MOMENT = Moment("uji", datetime(2026, 1, 5, tzinfo=UTC))


class Task:
    """What a hook of the library hands over, as far as the engine looks at it."""

    task_spec = type("Spec", (), {"name": "x", "bpmn_name": "x", "file": None})

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def canary(monkeypatch: pytest.MonkeyPatch):
    """No test may have run hostile text, and the library's own evaluation is never reached."""

    def reached(*_: Any, **__: Any) -> None:
        raise AssertionError("the library evaluated text itself")

    monkeypatch.setattr(TaskDataEnvironment, "evaluate", reached)
    monkeypatch.setattr(TaskDataEnvironment, "execute", reached)
    yield
    assert not hasattr(builtins, "kenari")


def library_calls(wanted: set[str]) -> set[tuple[str, str]]:
    """(file, what is called) for every call of a wanted name in the library's sources."""
    root = Path(SpiffWorkflow.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name in wanted:
                    found.add((str(path.relative_to(root)), name))
    return found


def test_the_library_evaluates_text_only_where_we_stand_in_its_place():
    assert library_calls({"eval", "exec", "compile"}) == {
        ("bpmn/script_engine/python_environment.py", "eval"),  # replaced: the fixture proves that it is not reached
        ("bpmn/script_engine/python_environment.py", "exec"),
        ("bpmn/serializer/migration/version_1_2.py", "eval"),  # files of older versions; we read none
        ("specs/Transform.py", "exec"),  # no BPMN element makes one
    }


def hooks() -> set[str]:
    """Methods that the library calls on a script engine or its environment."""
    root = Path(SpiffWorkflow.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        if path.parent.name == "script_engine":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and "script_engine." in (called := ast.unparse(node.func)):
                found.add(called.rpartition("script_engine.")[2])
    return found


def test_every_hook_that_the_library_calls_is_known():
    assert hooks() == {"evaluate", "execute", "validate", "call_service", "environment.evaluate"}


@pytest.mark.parametrize("text", [CANARY, *ESCAPES[:20]])
@pytest.mark.parametrize("hook", ["evaluate", "execute", "validate", "call_service", "environment.evaluate"])
def test_no_hook_runs_hostile_text(hook: str, text: str):
    target: Any = expressions
    for part in hook.split("."):
        target = getattr(target, part)
    arguments: tuple[Any, ...] = {
        "evaluate": (Task(), text),
        "execute": (Task(), text),
        "validate": (text,),
        "call_service": (Task(),),
        "environment.evaluate": (text, {}),  # as the library does it
    }[hook]
    with pytest.raises(Exception) as refused:  # noqa: PT011  # the library's exceptions and ours, but never a value
        target(*arguments)
    assert not isinstance(refused.value, AssertionError)


def repeated(inner: str, tag: str = "multiInstanceLoopCharacteristics") -> bytes:
    return draw([user("p"), user("m", inner=f"<{tag}>{inner}</{tag}>"), end()], "mulai>isi>p>m>selesai")


def extended(tag: str) -> bytes:
    task = Node("p", "userTask", "Admin", {}, f"<extensionElements><s:{tag}>{CANARY}</s:{tag}></extensionElements>")
    return draw([task, end()], "mulai>isi>p>selesai")


def waiting(kind: str, boundary_too: bool = False) -> bytes:
    if boundary_too:
        return draw([user("p"), boundary("t", "p", CANARY, kind), end("x"), end()], "mulai>isi>p>selesai; t>x")
    return draw([user("p"), wait("w", CANARY, kind), end()], "mulai>isi>p>w>selesai")


def hostile_diagrams() -> dict[str, bytes]:
    choice = [user("p"), exclusive("g", "g_selesai"), user("a"), end()]
    twice = "<loopCardinality>2</loopCardinality>"
    return {
        "condition": draw(choice, f"mulai>isi>p>g>selesai; a>selesai; g>a: {CANARY}"),
        "duration": waiting("timeDuration"),
        "date": waiting("timeDate"),
        "deadline": waiting("timeDuration", boundary_too=True),
        "cycle": waiting("timeCycle", boundary_too=True),
        "script": draw([user("p"), script("s", CANARY), end()], "mulai>isi>p>s>selesai"),
        "cardinality": repeated(f"<loopCardinality>{CANARY}</loopCardinality>"),
        "completion": repeated(f"{twice}<completionCondition>{CANARY}</completionCondition>"),
        "loop": repeated(f"<loopCondition>{CANARY}</loopCondition>", "standardLoopCharacteristics"),
        "test of a decision": draw(
            [user("p"), table("k", "jalur", "x", [(CANARY, "1")]), end()], "mulai>isi>p>k>selesai"
        ),
        "answer of a decision": draw(
            [user("p"), table("k", "1", "x", [("-", CANARY)]), end()], "mulai>isi>p>k>selesai"
        ),
        "before": extended("preScript"),
        "after": extended("postScript"),
    }


def run_through(program: Program) -> None:
    step = program.start(MOMENT)
    for _ in range(6):
        step = program.complete(step.state, step.position.tasks[0].id, {}, MOMENT)


@pytest.mark.parametrize("place", hostile_diagrams())
def test_no_element_of_a_diagram_runs_hostile_text_even_without_the_gate(place: str):
    xml = hostile_diagrams()[place]
    read = diagram.read(xml)
    program = Program(read, compile_specs(xml, read.process_id))
    with pytest.raises(RunError):
        run_through(program)


def test_the_functions_are_the_documented_ones():
    guide = (Path(__file__).parents[2] / "docs" / "panduan" / "ekspresi.md").read_text(encoding="utf-8")
    assert all(f"`{name}(" in guide for name in FUNCTIONS)


def test_a_fraction_that_history_cannot_hold_is_refused_where_it_is_assigned():
    variables: dict[str, Any] = {"nilai": 9}
    parse_script("a = nilai / 3\nb = [nilai / 9, 'x']").apply(variables)
    assert (variables["a"], type(variables["a"]), variables["b"]) == (3, int, [1, "x"])
    with pytest.raises(ExpressionError, match="pecahan"):
        parse_script("a = nilai / 2").apply(variables)
