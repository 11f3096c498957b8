"""Calls of other processes: whether each leads somewhere, and whether roles of both mean the same. Knows no forms."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.process.calls import astray, calls_in, own_processes, processes_of
from engine.process.diagram import BPMN, lanes_of
from engine.process.gate.findings import Finding, error

_WHY = {
    "none": "belum menyebut proses yang dipanggil. Isi calledElement dengan id prosesnya.",
    "unknown": "memanggil proses «{called}», yang tidak ada di berkas ini dan belum ada versinya yang berlaku.",
    "own": "memanggil prosesnya sendiri. Gambar putaran dengan gerbang.",
    "round": "memanggil proses «{called}», yang memanggil balik proses ini. Putuskan lingkarannya.",
}


def call_findings(root: etree._Element) -> Iterator[Finding]:
    """Calls that lead nowhere or back into themselves, and lanes of one name that mean two things."""
    for call, why in astray(root):
        label = call.get("name") or call.get("id", "")
        message = _WHY[why].format(called=call.get("calledElement", ""))
        yield error(f"Panggilan proses «{label}» {message}", call.get("id", ""), call.get("name", ""))
    for call in calls_in(root):
        if any(str(each.tag) == f"{BPMN}ioSpecification" for each in call):
            yield error("Masukan dan keluaran panggilan proses tidak dibaca: isian diteruskan seperti pada subproses. "
                        "Hapus ioSpecification.", call.get("id", ""), call.get("name", ""))  # fmt: skip
    yield from _lanes(root)


def _lanes(root: etree._Element) -> Iterator[Finding]:
    own = own_processes(root)
    if len(own) != 1:
        return
    rights = {lane.name: lane for lane in lanes_of(own[0])}
    called = {call.get("calledElement") for call in calls_in(root)}
    for name, process in processes_of(root).items():
        for lane in lanes_of(process) if name in called and process is not own[0] else ():
            first = rights.setdefault(lane.name, lane)
            if first.rights != lane.rights:
                yield error(f"Lajur «{lane.name}» pada proses «{name}» punya hak lain daripada lajur bernama sama pada "
                            "proses yang memanggilnya. Samakan haknya, atau beri nama lain.", lane.id, lane.name
                            )  # fmt: skip
