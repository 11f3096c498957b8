"""Lanes, forms and the Mutu Baku: who does what with which form in which time. Knows no flow conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.process.diagram import Diagram, Element, Lane
from engine.process.forms import Form
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.graph import WAITS, Graph
from engine.process.grammar import meant

WORK = ("userTask", "manualTask")
_BAKU = re.compile(r"(?P<number>[1-9][0-9]{0,3})\s*(?P<unit>menit|jam|hari kerja|hari)", re.IGNORECASE)
_HOURS = {"menit": 1 / 60, "jam": 1.0, "hari": 7.5, "hari kerja": 7.5}  # Perpres 21/2023: 37.5 hours in five days
_TASK_PROPERTIES = ("formKey", "kelengkapan", "waktu", "output", "status", "uraian")
_LANE_PROPERTIES = ("pemilik", "melihat", "identitas", "atas_nama", "memindah", "tanpa_tenggat")
_SEES = ("semua", "unit", "milik")


def standard_hours(text: str) -> float | None:
    """Working hours that a `waktu` of the Mutu Baku means ("15 Menit", "3 hari"); None when it cannot be read."""
    found = _BAKU.fullmatch(" ".join(text.split()))
    return int(found["number"]) * _HOURS[found["unit"].lower()] if found else None


def lane_findings(diagram: Diagram, lanes: list[tuple[str, str, dict[str, str]]]) -> Iterator[Finding]:
    """Lanes whose role or rights cannot be read. `lanes`: id, name and properties of each lane as drawn."""
    names = [name for _, name, _ in lanes]
    for id_, name, properties in lanes:
        if not name.strip():
            yield error("Lajur belum diberi nama. Nama lajur adalah perannya.", id_)
        elif names.count(name) > 1:
            yield error(f"Ada {names.count(name)} lajur bernama «{name}». Beri setiap lajur nama sendiri.", id_, name)
        yield from _right_findings(id_, name, properties)
    if lanes and diagram.reporter_lane is None:
        yield error("Tidak ada lajur pelapor. Isi properti pemilik = pelapor pada lajurnya.")


def _right_findings(id_: str, name: str, properties: Mapping[str, str]) -> Iterator[Finding]:
    owner = properties.get("pemilik", "")
    if owner not in ("", "pelapor") and not re.fullmatch(r"unit:[A-Za-z][A-Za-z0-9_]*", owner):
        yield error(f"Pemilik «{owner}» pada lajur «{name}» tidak dikenal. Tulis pelapor atau unit:<isian>.", id_, name)
    if properties.get("melihat", "semua") not in _SEES:
        yield error(f"Nilai melihat pada lajur «{name}» harus salah satu dari {', '.join(_SEES)}.", id_, name)
    for key, value in properties.items():
        if key not in _LANE_PROPERTIES:
            yield warning(
                f"Properti «{key}» pada lajur «{name}» tidak dibaca.{meant(key, _LANE_PROPERTIES)}", id_, name
            )
        elif key not in ("pemilik", "melihat") and value not in ("ya", ""):
            yield warning(f"Properti «{key}» pada lajur «{name}» hanya berlaku bila bernilai ya.", id_, name)


def task_findings(diagram: Diagram, forms: Mapping[str, Any]) -> Iterator[Finding]:
    """Every task for a person stands in a lane, has its form and a readable Mutu Baku."""
    for task in (each for each in diagram.elements.values() if each.kind in WORK):
        if task.lane is None:
            yield _about(task, f"«{task.label}» tidak berada dalam lajur mana pun. Pindahkan ke lajur pelaksananya.")
        if not task.name:
            yield _warn(task, f"Tugas «{task.id}» belum diberi nama.")
        yield from _form_key_findings(task, forms)
        hours = task.properties.get("waktu", "")
        if not hours.strip():
            yield _about(task, f"«{task.label}» belum memuat waktu baku. Isi properti waktu, misalnya 30 menit.")
        elif standard_hours(hours) is None:
            yield _about(
                task,
                f"Waktu baku «{hours}» pada «{task.label}» tidak terbaca. Tulis seperti 15 menit atau 3 hari kerja.",
            )
        for key in ("kelengkapan", "output", "status"):
            if not task.properties.get(key, "").strip():
                yield _warn(task, f"«{task.label}» belum memuat {key}.")
        for key in task.properties:
            if key not in _TASK_PROPERTIES:
                yield _warn(task, f"Properti «{key}» pada «{task.label}» tidak dibaca.{meant(key, _TASK_PROPERTIES)}")


def _form_key_findings(task: Element, forms: Mapping[str, Any]) -> Iterator[Finding]:
    key = task.form_key
    if key is None:
        yield _about(task, f"«{task.label}» belum punya formulir. Pilih atau buat formulirnya.")
    elif key not in forms:
        hint = meant(key, forms)
        yield _about(task, f"Formulir «{key}» untuk «{task.label}» tidak ada. Buat forms/{key}.json.{hint}")


def first_task_findings(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    """Exactly one first user task, reached at once, in the reporter's lane: its form opens the case."""
    first = _first_waits(diagram, graph)
    tasks = [diagram.elements[each] for each in first]
    if len(tasks) != 1 or tasks[0].kind != "userTask":
        names = ", ".join(f"«{task.label}»" for task in tasks) or "tidak ada"
        yield error(f"Tepat satu tugas pengguna harus langsung mengikuti mulai; sekarang: {names}.", *graph.starts[:1])
    elif (lane := diagram.lanes.get(tasks[0].lane or "")) is not None and not lane.is_reporter:
        yield _about(tasks[0], f"Tugas pertama «{tasks[0].label}» harus berada di lajur pelapor (pemilik = pelapor).")
    elif tasks[0].multi or graph.in_loop(tasks[0].id):
        yield _about(tasks[0], f"Tugas pertama «{tasks[0].label}» hanya dikerjakan sekali; jangan diulang.")
    for start in (diagram.elements[each] for each in graph.starts):
        if start.timer is not None:
            yield _about(start, "Aduan dimulai oleh pelapor. Hapus pengatur waktu pada mulai.")


def _first_waits(diagram: Diagram, graph: Graph) -> list[str]:
    seen: set[str] = set()
    stack, found = list(graph.starts), []
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        element = diagram.elements.get(node)
        if element is not None and element.triggered_by_event:
            continue
        if element is not None and element.kind in WAITS:
            found.append(node)
        else:
            stack.extend(graph.successors[node])
    return sorted(found)


def role_findings(diagram: Diagram, held_roles: frozenset[str] | None) -> Iterator[Finding]:
    """Roles whose tasks nobody could do today."""
    working = {each.lane for each in diagram.elements.values() if each.kind in WORK}
    for lane in diagram.lanes.values():
        if held_roles is not None and lane.name in working and not lane.is_reporter and lane.name not in held_roles:
            yield warning(
                f"Belum ada yang memegang peran «{lane.name}»; tugasnya tidak akan dikerjakan.", lane.id, lane.name
            )


def unit_findings(diagram: Diagram, forms: Mapping[str, Form]) -> Iterator[Finding]:
    """A lane owned by a unit needs a form that chooses among the units."""
    for lane in diagram.lanes.values():
        name = lane.unit_variable
        fields = [form.properties[name] for form in forms.values() if name is not None and name in form.properties]
        if fields and not any(each.get("x-pilihan", {}).get("tabel") == "unit" for each in fields):
            yield _about_lane(
                lane, f"Isian «{name}» yang menentukan unit lajur «{lane.name}» harus berupa pilihan dari tabel unit."
            )


def _about(element: Element, message: str) -> Finding:
    return error(message, element.id, element.name)


def _warn(element: Element, message: str) -> Finding:
    return warning(message, element.id, element.name)


def _about_lane(lane: Lane, message: str) -> Finding:
    return error(message, lane.id, lane.name)
