"""Messages, signals, errors and escalations: whether each can arrive, and where. Knows no timers and no forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.process.diagram import ERRORS, MESSAGES, Diagram, Element
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.graph import Graph
from engine.process.grammar import meant

_WHAT = {
    "messageEventDefinition": "pesan", "signalEventDefinition": "sinyal", "errorEventDefinition": "galat",
    "escalationEventDefinition": "eskalasi",
}  # fmt: skip
_PROPERTIES = ("formKey", "status", "uraian")


def event_findings(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    """Events that nothing can bring about, that nothing takes up, or that the engine would take up elsewhere."""
    for element in diagram.elements.values():
        if element.awaits_message:
            yield from _awaited(diagram, element)
            yield from _unseen(diagram, graph, element)
        if element.throws and element.event in MESSAGES:
            yield from _thrown(diagram, element)
        if element.throws and element.event in ERRORS and diagram.catcher_of(element) is None:
            what = _WHAT[element.event or ""]
            message = f"Tidak ada yang menangkap {what} «{element.label}». Tempelkan peristiwa batas {what} "
            yield _about(element, message + "dengan kode yang sama pada subproses yang memuatnya.")
        if element.catches_error:
            yield from _caught(diagram, element)
    yield from _ambiguous(diagram)


def _awaited(diagram: Diagram, element: Element) -> Iterator[Finding]:
    what = _WHAT[element.event or ""]
    if element.event_name is None:
        yield _about(element, f"«{element.label}» belum menyebut {what} yang ditunggu. Pilih {what} dan beri nama.")
    elif element.form_key is None and not _matching(diagram, element, throwing=True):
        yield _about(element, f"Tidak ada yang menyampaikan {what} «{element.event_name}» kepada «{element.label}». "
                     f"Isi properti formKey agar petugas lajurnya mencatat, atau lempar {what} itu di diagram ini."
                     )  # fmt: skip
    elif element.form_key is not None and diagram.lane_at(element.id) is None:
        yield _about(
            element, f"«{element.label}» tidak berada dalam lajur mana pun. Pindahkan ke lajur yang mencatatnya."
        )
    for key in element.properties:
        if key not in _PROPERTIES:
            message = f"Properti «{key}» pada «{element.label}» tidak dibaca.{meant(key, _PROPERTIES)}"
            yield warning(message, element.id, element.name)


def _unseen(diagram: Diagram, graph: Graph, element: Element) -> Iterator[Finding]:
    """People record what comes on the page of the case: their lane must see it by then."""
    lane = diagram.lane_at(element.id)
    if lane is None or element.form_key is None or lane.is_reporter or lane.sees == "semua":
        return
    earlier = graph.before([element.id])
    had_one = any(task.id in earlier and task.lane == lane.name for task in diagram.user_tasks)
    if lane.sees != "unit" or not had_one:
        message = f"Lajur «{lane.name}» belum dapat membuka aduannya saat «{element.label}» ditunggu. "
        yield _about(element, message + "Beri lajur itu tugas sebelumnya, atau pindahkan ke lajur yang melihat semua.")


def _thrown(diagram: Diagram, element: Element) -> Iterator[Finding]:
    what = _WHAT[element.event or ""]
    if element.event_name is None:
        yield _about(element, f"«{element.label}» belum menyebut {what} yang dikirim. Pilih {what} dan beri nama.")
    elif not _matching(diagram, element, throwing=False):
        message = f"Tidak ada yang menunggu {what} «{element.event_name}» dari «{element.label}» di diagram ini. "
        yield _about(element, message + "Gambar kejadian yang menunggunya, atau hapus.")


def _matching(diagram: Diagram, element: Element, *, throwing: bool) -> bool:
    return any(
        (each.throws if throwing else each.awaits_message)
        and (each.event, each.event_name) == (element.event, element.event_name)
        for each in diagram.elements.values()
    )


def _caught(diagram: Diagram, element: Element) -> Iterator[Finding]:
    what = _WHAT[element.event or ""]
    host = diagram.elements.get(element.attached_to or "")
    if host is not None and host.kind != "subProcess":
        yield _about(element, f"Peristiwa batas {what} «{element.label}» harus menempel pada subproses atau panggilan "
                     "proses; tugas tidak melempar apa pun.")  # fmt: skip
    if element.event == "errorEventDefinition" and not element.interrupting:
        yield _about(element, f"Peristiwa batas galat «{element.label}» selalu menghentikan subprosesnya. Untuk yang "
                     "tidak menghentikan, pakai eskalasi.")  # fmt: skip


def _ambiguous(diagram: Diagram) -> Iterator[Finding]:
    catching = [each for each in diagram.elements.values() if each.catches_error]
    counted = Counter((each.attached_to, each.event, each.event_name) for each in catching)
    for each in catching:
        if counted[each.attached_to, each.event, each.event_name] > 1:
            yield _about(each, f"Ada lebih dari satu peristiwa batas {_WHAT[each.event or '']} dengan kode yang sama "
                         "pada satu subproses. Sisakan satu.")  # fmt: skip


def _about(element: Element, message: str) -> Finding:
    return error(message, element.id, element.name)
