"""A diagram as the official document of a government SOP: header, table with symbols, total time. Knows no page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.process.diagram import NOTIFY, Diagram, Element
from engine.process.operations import DOCUMENT, operation_of

__all__ = ["HEADER", "Document", "Row", "Way", "document"]

Symbol = Literal["terminator", "process", "decision"]
_AUTOMATIC = ("scriptTask", "serviceTask", "businessRuleTask")
_CHOICES = ("exclusiveGateway", "inclusiveGateway")
HEADER = (
    ("dasar_hukum", "Dasar Hukum"), ("kualifikasi_pelaksana", "Kualifikasi Pelaksana"),
    ("keterkaitan", "Keterkaitan"), ("peralatan", "Peralatan/Perlengkapan"),
    ("peringatan", "Peringatan"), ("pencatatan_pendataan", "Pencatatan dan Pendataan"),
)  # fmt: skip  # in the order of the form: left and right, from the top


@dataclass(frozen=True)
class Row:
    """A step as the table tells it. `column` counts the columns of the Pelaksana, from 0."""

    number: int
    element: str
    text: str
    column: int
    symbol: Symbol
    requirement: str  # kelengkapan
    time: str
    output: str
    note: str  # keterangan


@dataclass(frozen=True)
class Way:
    """From one row to another. `interrupts` when a timer or an error leads there instead of the finished step."""

    source: int
    target: int
    label: str
    interrupts: bool = False


@dataclass(frozen=True)
class Document:
    """What is printed. The header's texts may have several lines."""

    name: str
    header: dict[str, str]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    ways: tuple[Way, ...]
    notes: tuple[str, ...]  # what the table's form has no place for

    @property
    def total(self) -> str:
        """The time of the whole, as the SOP says it."""
        return self.header.get("waktu_total", "")


def document(diagram: Diagram) -> Document:
    """Read the SOP off its diagram."""
    tasks = diagram.user_tasks
    used = [name for name in diagram.lanes if any(task.lane == name for task in tasks)]
    index = {task.id: number for number, task in enumerate(tasks)}
    rows = tuple(_row(diagram, task, number, used) for number, task in enumerate(tasks))
    ways = dict.fromkeys(way for task in tasks for way in _ways(diagram, task, index))
    return Document(
        name=diagram.properties.get("judul") or diagram.name,
        header=dict(diagram.properties),
        columns=tuple(used),
        rows=rows,
        ways=tuple(ways),
        notes=tuple(_notes(diagram)),
    )


def _row(diagram: Diagram, task: Element, number: int, columns: list[str]) -> Row:
    values = task.properties
    return Row(
        number=number + 1,
        element=task.id,
        text=values.get("uraian") or task.label,
        column=columns.index(task.lane) if task.lane in columns else 0,
        symbol=_symbol(diagram, task),
        requirement=values.get("kelengkapan", ""),
        time=values.get("waktu", ""),
        output=values.get("output", ""),
        note=values.get("ket", ""),
    )


def _symbol(diagram: Diagram, task: Element) -> Symbol:
    """A capsule where the SOP begins and ends, a diamond where the step decides, else a box."""
    following = list(_after_automatic(diagram, task))
    if any(each.kind in _CHOICES and len(diagram.outgoing(each.id)) > 1 for each in following):
        return "decision"
    ends = bool(following) and all(each.kind == "endEvent" for each in following)
    return "terminator" if ends or task == diagram.first_task else "process"


def _after_automatic(diagram: Diagram, task: Element) -> Iterator[Element]:
    """What follows a step for people: what the system does in between is no symbol of the table."""
    waiting, seen = [task.id], {task.id}
    while waiting:
        for flow in diagram.outgoing(waiting.pop()):
            element = diagram.elements.get(flow.target)
            if element is None or element.id in seen:
                continue
            seen.add(element.id)
            if element.kind in _AUTOMATIC:
                waiting.append(element.id)
            else:
                yield element


def _ways(diagram: Diagram, task: Element, index: dict[str, int]) -> Iterator[Way]:
    """Where the flow goes from a task, through whatever is no task."""
    beginnings = [(task.id, "", False)]
    beginnings += [(each.id, each.name, True) for each in diagram.elements.values() if each.attached_to == task.id]
    for start, said, interrupts in beginnings:
        waiting, seen = [(start, said)], {start}
        while waiting:
            node, label = waiting.pop(0)
            for target, name in _next(diagram, node):
                words = label if interrupts else name or label  # of several decisions the last one tells the most
                if target in index:
                    yield Way(index[task.id], index[target], words, interrupts)
                elif target not in seen:
                    seen.add(target)
                    waiting.append((target, words))


def _next(diagram: Diagram, node: str) -> Iterator[tuple[str, str]]:
    """Following nodes with the name of the way: into a subprocess by its start, out of it after its ends."""
    element = diagram.elements[node]
    inner = [e.id for e in diagram.elements.values() if e.parent == node and e.kind == "startEvent"]
    if inner:
        yield from ((each, "") for each in inner)
        return
    out = diagram.outgoing(node)
    while not out and element.parent:
        out = diagram.outgoing(element.parent)
        element = diagram.elements[element.parent]
    for flow in out:
        if flow.target in diagram.elements:
            yield flow.target, flow.name


def _notes(diagram: Diagram) -> Iterator[str]:
    """What happens without a person, and repetitions, in document order."""
    for each in diagram.elements.values():
        if each.attached_to and each.attached_to in diagram.elements:
            host = diagram.elements[each.attached_to]
            ends = ", ".join(diagram.elements[target].label for target, _ in _next(diagram, each.id))
            yield f"{host.label}: {each.label}{f' ({ends})' if ends and ends != each.label else ''}."
        elif each.multi is not None:
            yield f"{each.label}: dikerjakan beberapa kali, {'berurutan' if each.multi.sequential else 'bersamaan'}."
        elif operation_of(each) == NOTIFY:
            yield f"{each.label}: pemberitahuan otomatis kepada {each.properties.get('kepada', '')}."
        elif operation_of(each) == DOCUMENT:
            yield f"{each.label}: dokumen yang dibuat otomatis."
        elif each.decision is not None:
            yield f"{each.label}: diputuskan menurut tabel keputusan."
