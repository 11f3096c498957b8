"""A browser without pages: one kept connection, cookies, and the hidden fields of a form. Knows no measuring."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import cast
from urllib.parse import urlencode

from lxml import html

from engine.settings import ROOT

START_LIMIT_S = 40


class Browser:
    """One person's connection to one server."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> bytes:
        """The page, over a connection that the next post can go on with. Raises RuntimeError when it is not 200."""
        self.connection.close()  # the server may have closed it by itself since
        return self._send("GET", path, b"", expect=200)

    def post(self, path: str, body: bytes) -> None:
        """Send an encoded form. Raises RuntimeError when the answer is not 303."""
        self._send("POST", path, body, expect=303)

    def filled_in(self, path: str, values: Mapping[str, object]) -> bytes:
        """Open the page of a form and fill it in: the encoded body, hidden fields included."""
        forms = cast("html.HtmlElement", html.fromstring(self.get(path))).forms
        form = next(each for each in forms if {"_kunci", "sandi"} & set(each.fields.keys()))
        return urlencode({**dict(form.form_values()), **values}).encode()

    def log_in(self, contact: str, password: str) -> None:
        """Log in as a person would, by the form."""
        self.post("/masuk", self.filled_in("/masuk", {"akun": contact, "sandi": password}))

    def _send(self, method: str, path: str, body: bytes, *, expect: int) -> bytes:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        page = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status != expect:
            raise RuntimeError(f"{method} {path}: {answer.status}, expected {expect}")
        return page


@contextmanager
def served(application: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Run an application under gunicorn as the office does; the port it answers on."""
    port = _free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ADUAN_")}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:webapp.cli.gunicorn_settings", application]
    process = subprocess.Popen(command, cwd=ROOT, env={**inherited, **environment, "ADUAN_PORT": str(port)})
    try:
        _wait_until_it_answers(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            Browser(port).get("/healthz")
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn did not start")
