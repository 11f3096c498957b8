"""Keeps child programs running in our own process group until told to stop; knows nothing of what they do."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

TICK = 0.1  # seconds between looks
PATIENCE = 15.0  # seconds that children get to finish what they do
LONGEST_WAIT = 30.0  # seconds before a child that keeps dying is started again
STEADY = 60.0  # seconds after which a child counts as healthy
GIVE_UP = 3  # deaths before the web answered for the first time: then something is wrong that waiting does not mend

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own address: past any proxy


@dataclass
class Child:
    """A program that should always run."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0  # in a row
    _started: float = 0.0
    _due: float = field(default=0.0)

    def look(self, now: float) -> None:
        """Start it when it is due; when it died, say so and wait a while."""
        if self.process is None:
            if now >= self._due:
                self.process = subprocess.Popen(self.command)
                self._started = now
            return
        status = self.process.poll()
        if status is None:
            return
        self.deaths = 1 if now - self._started > STEADY else self.deaths + 1
        wait = min(LONGEST_WAIT, 0.5 * 2 ** (self.deaths - 1))
        log.error("%s ended with status %s; starting again in %.1f s", self.name, status, wait)
        self.process, self._due = None, now + wait

    def end(self, number: signal.Signals) -> None:
        """Pass on a signal, when it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def supervise(children: Sequence[Child], health: str, ready: Callable[[], None]) -> int:
    """Run until SIGTERM, SIGINT or SIGHUP; returns the exit status. `ready` is called once `health` answers."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, lambda *_: stop.set())
    answered, status = False, 0
    try:
        while not stop.is_set():
            for child in children:
                child.look(time.monotonic())
            if not answered and _answers(health):
                answered = True
                ready()
            if not answered and any(child.deaths >= GIVE_UP for child in children):
                log.error("giving up: a program cannot start; its reason stands above")
                status = 1
                break
            stop.wait(TICK)
    finally:
        _end(children)
    return status


def _answers(url: str) -> bool:
    try:
        with _direct.open(url, timeout=1):
            return True
    except urllib.error.HTTPError:
        return True  # it speaks; what is wrong stands in its answer
    except OSError:
        return False


def _end(children: Sequence[Child]) -> None:
    """Ask all to finish, then end those that do not."""
    for child in children:
        child.end(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("%s did not end; ending it by force", child.name)
            child.process.kill()
            child.process.wait()
