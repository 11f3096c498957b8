"""Lets everything happen in the order of time: a heap of lives, each with the moment at which it wants to act."""

from __future__ import annotations

import heapq
from contextlib import suppress
from datetime import datetime
from itertools import count

from webapp.cli.demo.life import Life, wait_for_timer
from webapp.cli.demo.office import Office


class Agenda:
    """What is still to happen before the end."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._waiting: list[tuple[datetime, int, Life]] = []
        self._order = count()

    def add(self, life: Life) -> None:
        """Begin a life."""
        heapq.heappush(self._waiting, (next(life), next(self._order), life))

    def run(self, until: datetime) -> None:
        """Let everything happen up to a moment."""
        while self._waiting and self._waiting[0][0] <= until:
            at, order, life = heapq.heappop(self._waiting)
            with suppress(StopIteration):
                heapq.heappush(self._waiting, (max(at, life.send(at)), order, life))
            self._watch_timers()

    def _watch_timers(self) -> None:
        while self.office.new_timers:
            case_id, due = self.office.new_timers.pop()
            self.add(wait_for_timer(self.office, case_id, due))
