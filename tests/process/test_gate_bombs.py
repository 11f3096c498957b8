"""Bombs: files made to exhaust the machine. Each is answered with findings, in time and within memory."""
# ruff: noqa: E501  # a bomb is one expression

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from engine.process.gate.findings import Finding
from engine.process.gate.rehearsal import rehearse
from tests.process.drawing import (
    BPMN,
    ROOT,
    Node,
    draw,
    end,
    exclusive,
    form,
    parallel,
    script,
    small_forms,
    sop_forms,
    sop_with,
    sub,
    user,
    wait,
)

SECONDS = 15.0
MEGABYTES = 900  # the trial's own limit is 768 MB of address space
_CHECK = """
import json, resource, sys
from engine.process.gate import check
order = json.load(sys.stdin)
found = check(order["xml"].encode(), order["forms"])
findings = [each.message for each in found]
used = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
json.dump({"findings": findings, "megabytes": max(used)}, sys.stdout)
"""
_REHEARSE = _CHECK.replace("gate import check", "gate.rehearsal import rehearse").replace("check(", "rehearse(")


def checked(xml: bytes, forms: dict[str, Any], program: str = _CHECK) -> tuple[list[str], float, int]:
    """Messages, seconds and megabytes of a check in a process of its own."""
    order = json.dumps({"xml": xml.decode(), "forms": forms})
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program], input=order, capture_output=True, text=True, cwd=ROOT, check=False
    )
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    return answer["findings"], seconds, answer["megabytes"]


def entities() -> bytes:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{grown}]><definitions xmlns="{BPMN}">&e11;</definitions>'.encode()


def deep_nesting() -> bytes:
    return sop_with(("<bpmn:extensionElements>", "<bpmn:extensionElements>" + "<x>" * 5_000 + "</x>" * 5_000))


def deep_subprocesses() -> bytes:
    inner = [Node("m0", "startEvent"), user("c0"), end("e0")]
    flows = "m0>c0>e0"
    for n in range(1, 60):
        inner = [Node(f"m{n}", "startEvent"), sub(f"x{n}", inner, flows), end(f"e{n}")]
        flows = f"m{n}>x{n}>e{n}"
    return draw([Node("x", "subProcess", "Admin", {}, sub("x", inner, flows).inner), end()], "mulai>isi>x>selesai")


def huge_file() -> bytes:
    return sop_with(("Ada aduan", "a" * 5_000_000))


def many_tasks() -> bytes:
    tasks = [user(f"t{n}") for n in range(1_500)]
    return draw([*tasks, end()], "mulai>isi>" + ">".join(each.id for each in tasks) + ">selesai")


def forks() -> bytes:
    """Twenty forks and joins in a row: the library would predict a million tasks."""
    nodes, flows, last = [], [], "isi"
    for n in range(20):
        nodes += [parallel(f"s{n}"), user(f"a{n}"), user(f"b{n}"), parallel(f"j{n}")]
        flows += [f"{last}>s{n}>a{n}>j{n}", f"s{n}>b{n}>j{n}"]
        last = f"j{n}"
    return draw([*nodes, end()], ";".join(["mulai>isi", *flows, f"{last}>selesai"]))


def calls_itself() -> bytes:
    return draw([Node("x", "callActivity", "", {"calledElement": "uji"}), end()], "mulai>isi>x>selesai")


def endless() -> bytes:
    nodes = [user("p", "putus"), exclusive("g", "g_x"), script("x", "n = 1"), end()]
    return draw(nodes, "mulai>isi>p>g; x>g>x; g>selesai: putusan == 'x'".replace("x>g>x", "x>g; g>x"))


def huge_expression() -> bytes:
    return sop_with(("jenis == 'informasi'", "jenis == 'informasi'" + " or jenis == 'informasi'" * 30_000))


def nested_expression() -> bytes:
    return sop_with(("jenis == 'informasi'", "(" * 300_000 + "1" + ")" * 300_000))


def huge_number() -> bytes:
    return sop_with(("jenis == 'informasi'", "1 == " + "9" * 900_000))


def huge_duration() -> bytes:
    return draw([wait("w", f'"P{"9" * 900}M"'), user("a"), end()], "mulai>isi>w>a>selesai")


def form_nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for _ in range(depth):
        inner = {"if": inner}
    return small_forms()["catat"] | {"allOf": [inner]}


SMALL = draw([user("a"), end()], "mulai>isi>a>selesai")
BOMBS: dict[str, tuple[Callable[[], bytes], Callable[[], dict[str, Any]], str]] = {
    "entities": (entities, sop_forms, ""),
    "deep nesting": (deep_nesting, sop_forms, "bukan XML"),
    "deep subprocesses": (deep_subprocesses, small_forms, "bersarang"),
    "a huge file": (huge_file, sop_forms, "1 MB"),
    "many tasks": (many_tasks, small_forms, "paling banyak 300"),
    "forks and joins": (forks, small_forms, "sejajar terlalu banyak"),
    "a process that calls itself": (calls_itself, small_forms, "memanggil prosesnya sendiri"),
    "an endless loop": (endless, small_forms, "tanpa henti"),
    "a huge expression": (huge_expression, sop_forms, "lebih panjang"),
    "a nested expression": (nested_expression, sop_forms, "lebih panjang"),
    "a huge number": (huge_number, sop_forms, "lebih panjang"),
    "a huge duration": (huge_duration, small_forms, "bukan lama waktu"),
    "a form that wants a terabyte": (
        lambda: SMALL,
        lambda: small_forms(catat=form(c={"type": "string", "minLength": 10**12})),
        "minLength",
    ),
    "a form of many fields": (
        lambda: SMALL,
        lambda: small_forms(catat=form(**{f"c{n}": {"type": "string"} for n in range(5_000)})),
        "paling banyak 100",
    ),
    "a form of many choices": (
        lambda: SMALL,
        lambda: small_forms(catat=form(c={"type": "integer", "enum": list(range(30_000))})),
        "200 pilihan",
    ),
    "a nested form": (lambda: SMALL, lambda: small_forms(catat=form_nested(400)), "Formulir «catat»"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_answered_in_time_and_within_memory(name: str):
    xml, forms, says = BOMBS[name]
    findings, seconds, megabytes = checked(xml(), forms())
    assert any(says in each for each in findings), findings
    assert not any("tidak terduga" in each for each in findings), findings
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("xml", [endless, forks], ids=["endless loop", "a million tasks"])
def test_the_trial_is_killed_when_the_earlier_stages_let_a_bomb_through(xml: Callable[[], bytes]):
    program = _REHEARSE.replace('order["forms"])', 'order["forms"], 3.0)')
    findings, seconds, megabytes = checked(xml(), small_forms(), program)
    assert len(findings) == 1
    assert "Uji jalan" in findings[0]
    assert seconds < 6.0
    assert megabytes < MEGABYTES


def test_the_trial_may_not_take_the_memory_of_the_machine():
    greedy = small_forms(catat=form(c={"type": "string", "minLength": 1_500_000_000}))
    findings, seconds, megabytes = checked(SMALL, greedy, _REHEARSE)
    assert ["kehabisan memori" in each for each in findings] == [True], findings
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.long
@pytest.mark.parametrize("xml", [endless, forks], ids=["endless loop", "a million tasks"])
def test_the_trial_is_killed_after_ten_seconds(xml: Callable[[], bytes]):
    started = time.monotonic()
    findings: list[Finding] = rehearse(xml(), small_forms())
    assert time.monotonic() - started < SECONDS
    assert "Uji jalan" in findings[0].message


def test_the_largest_diagram_allowed_is_checked_in_time():
    tasks = [user(f"t{n}") for n in range(297)]
    flows = "mulai>isi>" + ">".join(each.id for each in tasks) + ">selesai"
    findings, seconds, megabytes = checked(draw([*tasks, end()], flows), small_forms())
    assert not any("Uji jalan" in each for each in findings), findings
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_a_diamond_after_another_is_covered_without_trying_every_way():
    nodes, flows, last = [], [], "isi"
    for n in range(12):
        nodes += [user(f"p{n}", f"putus{n}"), exclusive(f"g{n}", f"g{n}_b{n}"), user(f"a{n}"), user(f"b{n}")]
        flows += [
            f"{last}>p{n}",
            *([f"a{n - 1}>p{n}"] if n else []),
            f"p{n}>g{n}>b{n}",
            f"g{n}>a{n}: putusan{n} == 'ya'",
        ]
        last = f"b{n}"
    xml = draw([*nodes, end()], ";".join(["mulai>isi", *flows, "b11>selesai", "a11>selesai"]))
    forms = small_forms()["putus"]
    every = {f"putus{n}": form(**{f"putusan{n}": {**forms["properties"]["putusan"], "wajib": True}}) for n in range(12)}
    findings, seconds, _ = checked(xml, small_forms(**every))
    assert findings == []
    assert seconds < SECONDS


def test_bombs_are_enough():
    assert len(BOMBS) >= 8
