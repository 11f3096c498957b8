"""A private PostgreSQL server in a temporary folder, for tests and benchmarks; knows none of our tables."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
START_LIMIT_S = 30


@dataclass(frozen=True)
class Server:
    """A running server, reached over a Unix socket that only its owner and root can open."""

    folder: Path
    user: str

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one statement as the owner, outside any transaction (CREATE DATABASE needs that)."""
        with self.connect("postgres") as connection:
            connection.execute(statement.encode())

    def connect(self, database: str) -> psycopg.Connection:
        """The owner's connection to a database, in autocommit."""
        return psycopg.connect(f"host={self.folder} user={self.user} dbname={database}", autocommit=True)


def find_programs() -> Path | None:
    """The folder that holds initdb and postgres: on PATH, or the newest one of Debian's."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((p.parent for p in debian), key=lambda p: float(p.parent.name), default=None)


@contextmanager
def private_server(*, durable: bool = False) -> Iterator[Server]:
    """Start a server, stop it at the end whatever happens. `durable` keeps fsync on (benchmarks, kill tests).

    Raises FileNotFoundError when PostgreSQL is not installed.
    """
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("postgresql")
    # Below /tmp, not below pytest's folder: a socket path may have only 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="aduan-pg-"))
    user = _owner()
    shutil.chown(folder, user)
    try:
        _create(programs, folder, user, durable)
        yield from _run(programs, Server(folder, user), durable)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str:
    """PostgreSQL refuses to run as root: then it runs as the user that Debian's package made."""
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _as_owner(command: list[str | Path]) -> list[str | Path]:
    """The command run as the owner; on Linux it also ends when we are killed and cannot stop it."""
    if shutil.which("setpriv") is None:
        return command
    become = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *become, "--pdeathsig=INT", "--", *command]


def _create(programs: Path, folder: Path, user: str, durable: bool) -> None:
    command: list[str | Path] = [programs / "initdb", "-D", folder / "data", "-U", user]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    if not durable:
        command.append("--no-sync")
    made = subprocess.run(_as_owner(command), cwd=folder, capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{made.stderr}")


def _run(programs: Path, server: Server, durable: bool) -> Iterator[Server]:
    command: list[str | Path] = [programs / "postgres", "-D", server.folder / "data"]
    command += ["-k", server.folder, "-c", "listen_addresses=", "-c", "max_connections=60"]
    command += [] if durable else FAST
    log = server.folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(_as_owner(command), cwd=server.folder, stdout=out, stderr=out)
    try:
        _wait_until_it_answers(server, process, log)
        yield server
    finally:
        # SIGINT is PostgreSQL's fast shutdown: it ends open sessions itself.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            return server.execute("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
