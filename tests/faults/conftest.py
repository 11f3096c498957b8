"""An office whose cases wait for two timers in a row, copied for each test, and the process that forks its workers."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.office import ROOT, Office
from tests.faults.aftermath import Place
from tests.process.drawing import sop_with
from tests.rig.postgres import Server

_numbers = itertools.count(1)
_TEMPLATE = "aduan_gugur"
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


@pytest.fixture(scope="session")
def sqlite_founded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office in a file that nobody has open, so that a plain copy is whole."""
    path = tmp_path_factory.mktemp("gugur") / "aduan.db"
    shutil.copyfile(sqlite_template, path)
    found(f"sqlite:///{path}")
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return path


@pytest.fixture(scope="session")
def postgres_founded(postgres_server: Server, postgres_template: str) -> str:
    """The same as a database to copy from."""
    postgres_server.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE {postgres_template}")
    found(postgres_server.url(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def new_place(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Make offices that vanish after the test."""
    made: list[str] = []

    def make() -> Place:
        number = next(_numbers)
        folder = tmp_path / str(number)
        folder.mkdir()
        if storage == "sqlite":
            shutil.copyfile(request.getfixturevalue("sqlite_founded"), folder / "aduan.db")
            return Place(f"sqlite:///{folder / 'aduan.db'}", folder)
        made.append(f"aduan_gugur_{os.getpid()}_{number}")
        template = request.getfixturevalue("postgres_founded")
        server.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return Place(server.url(made[-1]), folder)

    server: Server = request.getfixturevalue("postgres_server") if storage == "postgresql" else None
    yield make
    for name in made:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
