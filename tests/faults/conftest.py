"""An office whose cases wait for two timers in a row, copied for each test, and the process that forks its workers."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.office import ROOT, Office
from tests.faults.aftermath import Place
from tests.process.drawing import sop_with
from tests.rig.databases import NewDatabase

_numbers = itertools.count(1)
_FLOW = '<bpmn:sequenceFlow id="alur_batas_lewat" sourceRef="batas_konfirmasi" targetRef="{}" />'
# After the reporter's time a second one runs, so that one worker may find both over.
TWO_TIMERS = sop_with(
    ("<bpmn:flowNodeRef>batas_konfirmasi</bpmn:flowNodeRef>",
     "<bpmn:flowNodeRef>batas_konfirmasi</bpmn:flowNodeRef><bpmn:flowNodeRef>tenggang</bpmn:flowNodeRef>"),
    ("<bpmn:incoming>alur_batas_lewat</bpmn:incoming>", "<bpmn:incoming>alur_tenggang</bpmn:incoming>"),
    (_FLOW.format("selesai_ditutup_otomatis"), _FLOW.format("tenggang") + """
    <bpmn:intermediateCatchEvent id="tenggang" name="Masa tenggang">
      <bpmn:incoming>alur_batas_lewat</bpmn:incoming><bpmn:outgoing>alur_tenggang</bpmn:outgoing>
      <bpmn:timerEventDefinition id="tenggang_waktu"><bpmn:timeDuration>"P1D"</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="alur_tenggang" sourceRef="tenggang" targetRef="selesai_ditutup_otomatis" />"""),
)  # fmt: skip


def found(url: str) -> None:
    """Seeded, staffed, the diagram in force."""
    with Office.at(url, Path()) as office:
        office.deploy(TWO_TIMERS)


@pytest.fixture
def new_place(new_database: NewDatabase, tmp_path: Path) -> Callable[[], Place]:
    """Make offices that vanish after the test."""

    def make() -> Place:
        folder = tmp_path / str(next(_numbers))
        folder.mkdir()
        return Place(new_database("gugur", found), folder)

    return make


@pytest.fixture(scope="session")
def fork() -> Iterator[Callable[[dict[str, Any]], int]]:
    """Run a worker to its end in a process of its own; returns its wait status."""
    command = [sys.executable, "-m", "tests.faults.child"]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as warm:

        def run(plan: dict[str, Any]) -> int:
            warm.stdin.write(json.dumps(plan) + "\n")
            warm.stdin.flush()
            return int(warm.stdout.readline())

        yield run
        warm.stdin.close()
