"""`aduan run` for real: a child process on a free port with a fresh ADUAN_VAR. Waits on conditions, within bounds."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.settings import ROOT

LIMIT_S = 60.0
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Program:
    """A running `aduan run`, with what it said so far."""

    def __init__(self, checkout: Path, var: Path, port: int, **settings: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ADUAN_")}
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", "run"],
            cwd=checkout,
            env=clean | {"ADUAN_VAR": str(var), "ADUAN_PORT": str(port), "ADUAN_WEB_PROCESSES": "1"} | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that its process group is its own and can be looked at
        )
        self.said = {"stdout": "", "stderr": ""}
        self._readers = [threading.Thread(target=self._read, args=(name,)) for name in self.said]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str) -> None:
        for line in getattr(self.process, name):
            self.said[name] += line

    def wait(self, limit: float = LIMIT_S) -> int:
        """Exit status; everything it said has been read then."""
        status = self.process.wait(limit)
        for reader in self._readers:
            reader.join(limit)
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    def health(self) -> dict[str, Any] | None:
        """The answer of /healthz, None while nobody answers 200."""
        try:
            with NO_PROXY.open(f"{self.address}/healthz", timeout=5) as answer:
                return dict(json.load(answer))
        except OSError:
            return None

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until something holds; say what was waited for when it never does."""
        deadline = time.monotonic() + LIMIT_S
        while not holds():
            ended = self.process.poll() is not None
            assert not ended, f"ended while waiting for {what}: {self.said}"
            assert time.monotonic() < deadline, f"never saw {what}: {self.said}"
            time.sleep(0.05)

    def ready(self) -> bool:
        """The web answered, and the welcome was printed to its end."""
        return "Hentikan dengan" in self.said["stdout"] and self.health() is not None


def _group(leader: int) -> list[int]:
    """Processes of a group that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, _, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            found.append(int(entry.name))
    return found


def _commands(leader: int, part: str) -> list[int]:
    return [each for each in _group(leader) if part in Path(f"/proc/{each}/cmdline").read_text()]


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Callable[..., Program]]:
    """Start `aduan run`; whatever still runs after the test is ended."""
    made: list[Program] = []

    def begin(checkout: Path = ROOT, **settings: str) -> Program:
        made.append(Program(checkout, tmp_path / "var", port, **settings))
        return made[-1]

    yield begin
    for program in made:
        if program.process.poll() is None:
            os.killpg(program.process.pid, signal.SIGKILL)
        program.wait()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout whose diagram may be broken."""
    copy = tmp_path / "checkout"
    for name in ("engine", "webapp", "process", "forms"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    return copy


def _break(checkout: Path) -> None:
    path = checkout / "process" / "aduan.bpmn"
    path.write_text(path.read_text().replace('value="klasifikasi"', 'value="formulir_hilang"', 1))


def test_a_first_start_prepares_everything_and_sigterm_ends_every_child(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    program = start(ADUAN_DEMO="1")
    program.until(program.ready, "the welcome")
    welcome = program.said["stdout"]
    assert f"Buka {program.address}" in welcome
    assert "aduan-demo" in welcome
    assert "bidang.smp@demo.test" in welcome
    secrets = tmp_path / "var" / "aduan.env"
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert "ADUAN_SECRET_KEY=" in secrets.read_text()
    assert (tmp_path / "var" / "aduan.db").stat().st_mode & 0o077 == 0
    # supervisor, gunicorn and its one web process, worker: one process group
    program.until(lambda: len(_group(program.process.pid)) >= 4, "all children")
    program.process.terminate()
    assert program.wait() == 0
    assert _group(program.process.pid) == []
    assert "Traceback" not in program.said["stderr"]


def test_a_child_that_dies_is_started_again_and_a_second_start_keeps_secrets_and_data(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    first = start()
    first.until(first.ready, "the welcome")
    assert "demo.test" not in first.said["stdout"]
    secrets = (tmp_path / "var" / "aduan.env").read_text()
    group = first.process.pid
    (worker,) = _commands(group, "worker")
    os.kill(worker, signal.SIGKILL)
    first.until(lambda: [each for each in _commands(group, "worker") if each != worker], "another worker")
    assert "worker ended with status -9" in first.said["stderr"]
    web = _commands(group, "gunicorn")
    for each in web:
        os.kill(each, signal.SIGKILL)
    first.until(lambda: set(_commands(group, "gunicorn")) - set(web) and first.health(), "the web again")
    first.process.send_signal(signal.SIGINT)
    assert first.wait() == 0
    assert _group(group) == []
    began = time.monotonic()
    second = start()
    second.until(second.ready, "the welcome")
    assert time.monotonic() - began < 15
    assert (tmp_path / "var" / "aduan.env").read_text() == secrets
    second.process.terminate()
    assert second.wait() == 0


def test_a_busy_port_is_one_clear_sentence(start: Callable[..., Program], port: int, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        program = start()
        assert program.wait() == 1
    assert program.said["stderr"].count("\n") == 1
    assert f"Port {port} sedang dipakai" in program.said["stderr"]
    assert not (tmp_path / "var").exists()


def test_a_broken_diagram_without_an_earlier_deployment_does_not_start(
    start: Callable[..., Program], checkout: Path
) -> None:
    _break(checkout)
    program = start(checkout)
    assert program.wait() == 1
    said = program.said["stderr"]
    assert "aduan.bpmn" in said
    assert "klasifikasi" in said
    assert "formulir_hilang" in said
    assert "Traceback" not in said


def test_a_broken_diagram_is_named_and_the_previous_deployment_keeps_running(
    start: Callable[..., Program], checkout: Path
) -> None:
    first = start(checkout)
    first.until(first.ready, "the welcome")
    first.process.terminate()
    assert first.wait() == 0
    _break(checkout)
    second = start(checkout)
    second.until(second.ready, "the welcome")
    lines = [line for line in second.said["stderr"].splitlines() if "formulir_hilang" in line]
    assert any(line.startswith("{") and "aduan.bpmn" in line and "klasifikasi" in line for line in lines)  # the log
    assert any(not line.startswith("{") and "klasifikasi" in line for line in lines)  # for people
    second.process.terminate()
    assert second.wait() == 0
