"""A worker of the office for the kill tests: each verb is one command, announced before and acknowledged after."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PIL import Image
from sqlalchemy import func, select

from engine.commands.attachments import receive_file
from engine.commands.claim_task import claim_task
from engine.commands.close_case import withdraw_case
from engine.commands.fire_timers import fire_timers
from engine.store.database import transaction
from engine.store.models import Attachment, Case, Checkpoint, Event, Task
from engine.worker.log import extend_log
from engine.worker.rounds import one_round
from tests.engine.office import ROUTINE
from tests.faults.journal import Journal, Totals
from tests.history.ledger import Ledger

TIMERS = 2  # of the diagram in force: the second one begins when the first fires
UNITS = {"sd": "smp", "smp": "sd"}  # where a task is moved to


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    return out.getvalue()


PHOTO = photo()


class Clerk:
    """Does the work of everyone in the office, one command after the other."""

    def __init__(self, ledger: Ledger, journal: Journal, rng: random.Random) -> None:
        self.ledger, self.office, self.journal, self.rng = ledger, ledger.office, journal, rng
        self._keys = (f"{rng.getrandbits(64):016x}{number:016x}" for number in itertools.count())

    def do(self, verb: str, promise: Totals, **given: Any) -> Any:
        """Run one command between its announcement and its acknowledgement; returns what it answered."""
        self.journal.begin(verb, promise, given)
        facts, answer = getattr(self, f"_{verb}")(**given)
        self.journal.done({**facts, "totals": self.totals()})
        return answer

    def totals(self) -> Totals:
        """How many events, attachments, and events in the log there are."""
        columns = (func.count(Event.id), func.count(Event.log_index))
        with transaction(self.office.engine) as session:
            events, logged = session.execute(select(*columns)).one()
            return events, session.scalar(select(func.count(Attachment.id))) or 0, logged

    # ---- verbs: announced here ----

    def file(self) -> Case:
        """File a complaint."""
        opened = self.do("file", (2, 0, 0), key=next(self._keys))
        return self.office.case(opened.case_id)

    def step(self, case: Case, **typed: Any) -> None:
        """Complete the open task, as every day."""
        task = self.office.open_task(case)
        typed = ROUTINE[task.element][1] | typed
        self.do("step", (1, 0, 0), task=task.id, who=self.who(task), typed=typed, key=next(self._keys))

    def claim(self, case: Case) -> None:
        """Take the open task, or lay it back."""
        task = self.office.open_task(case)
        self.do("claim", (1, 0, 0), task=task.id, who=self.who(task), release=task.assignee_id is not None)

    def move(self, case: Case) -> None:
        """Hand the open task to the other unit."""
        task = self.office.open_task(case)
        self.do("move", (1, 0, 0), task=task.id, unit=UNITS[task.unit])

    def fire(self, case: Case) -> None:
        """Come back after so long that both timers of a case are due."""
        self.do("fire", (TIMERS, 0, 0), case=case.id)

    def withdraw(self, case: Case) -> None:
        """The reporter takes the complaint back."""
        self.do("withdraw", (1, 0, 0), case=case.id, number=case.number)

    def stage(self, who: str = "ratna") -> str:
        """Receive a file; returns its id."""
        return str(self.do("stage", (0, 1, 0), who=who))

    def sweep(self) -> None:
        """A round of the worker a day later: what was never sent is dropped."""
        with transaction(self.office.engine) as session:
            stale = list(session.scalars(select(Attachment.id).where(Attachment.case_id.is_(None))))
        self.do("sweep", (0, -len(stale), 0), stale=stale)

    def log(self, batch: int = 500) -> None:
        """Take new events into the log."""
        events, _, logged = self.totals()
        self.do("log", (0, 0, min(batch, events - logged)), batch=batch)

    def who(self, task: Task) -> str:
        """Whose the task is."""
        return {"sd": "ratna", "smp": "maya"}[task.unit] if task.unit else ROUTINE[task.element][0]

    # ---- the commands themselves, each with what is acknowledged ----

    def _file(self, key: str) -> tuple[dict[str, Any], Any]:
        opened = self.office.open(key=key)
        return self._case(opened.case_id), opened

    def _step(self, task: str, who: str, typed: dict[str, Any], key: str) -> tuple[dict[str, Any], Any]:
        with transaction(self.office.engine) as session:
            row = session.get_one(Task, task)
        done = self.office.complete(who, row, key=key, **typed)
        return self._case(done.case_id), done

    def _claim(self, task: str, who: str, release: bool) -> tuple[dict[str, Any], Any]:
        actor = self.office.actor(who)
        with self.office.transaction() as session:
            claim_task(session, actor, task, now=self.office.now, release=release)
        return self._case_of(task), None

    def _move(self, task: str, unit: str) -> tuple[dict[str, Any], Any]:
        with transaction(self.office.engine) as session:
            row = session.get_one(Task, task)
        self.office.move("hasan", row, unit)
        return self._case(row.case_id), None

    def _fire(self, case: str) -> tuple[dict[str, Any], Any]:
        due = self.office.case(case).next_timer_at
        assert due is not None
        with transaction(self.office.engine) as session:
            fired = fire_timers(session, case, due + timedelta(days=60))
        assert fired == TIMERS
        return self._case(case), fired

    def _withdraw(self, case: str, number: str) -> tuple[dict[str, Any], Any]:
        siti = self.office.actor("siti")
        with self.office.transaction() as session:
            withdraw_case(session, siti, number, "Sudah selesai di sekolah.", now=self.office.now)
        return self._case(case), None

    def _stage(self, who: str) -> tuple[dict[str, Any], Any]:
        with self.office.transaction() as session:
            file_id = receive_file(
                session, self.office.files, field="lampiran", name="foto.png", data=PHOTO,
                account_id=self.office.people[who], now=self.office.now,
            )  # fmt: skip
        return {"staged": [file_id]}, file_id

    def _sweep(self, stale: list[str]) -> tuple[dict[str, Any], Any]:
        one_round(self.office.engine, self.office.files, self.office.now + timedelta(days=2))
        return {"dropped": stale}, None

    def _log(self, batch: int) -> tuple[dict[str, Any], Any]:
        taken = extend_log(self.office.engine, self.ledger.signer, self.office.now, batch)
        return ({"note": self._note()} if taken else {}), taken

    def _note(self) -> str:
        with transaction(self.office.engine) as session:
            return session.scalars(select(Checkpoint.note).order_by(Checkpoint.size.desc()).limit(1)).one()

    def _case_of(self, task: str) -> dict[str, Any]:
        with transaction(self.office.engine) as session:
            return self._case(session.get_one(Task, task).case_id)

    def _case(self, case_id: str) -> dict[str, Any]:
        case = self.office.case(case_id)
        return {"cases": [(case.id, case.rev, case.head)]}

    # ---- a day's work ----

    def anything(self) -> None:
        """One command that is possible now, drawn."""
        open_cases = self._open_cases()
        verbs: list[Callable[[], object]] = [self.file, self.stage, self.log, lambda: self.log(batch=2)]
        if open_cases:
            case = self.rng.choice([open_cases[-1], self.rng.choice(open_cases)])
            verbs += self._possible(case)
        if self.rng.random() < 0.05:
            verbs.append(self.sweep)
        self.rng.choice(verbs)()

    def _open_cases(self) -> list[Case]:
        """Those that are on their way, the furthest last."""
        with transaction(self.office.engine) as session:
            which = select(Case).where(Case.closed_at.is_(None)).order_by(Case.rev, Case.number)
            return list(session.scalars(which))

    def _possible(self, case: Case) -> list[Callable[[], object]]:
        task = self.office.open_task(case)
        verbs: list[Callable[[], object]] = [*[lambda: self.step(case)] * 6, lambda: self.claim(case)]
        if task.unit:
            verbs += [lambda: self.move(case), lambda: self.step(case, lampiran=[self.stage(self.who(task))])]
        if case.next_timer_at is not None:
            verbs += [lambda: self.fire(case)] * 2
        if self.rng.random() < 0.2:
            verbs.append(lambda: self.withdraw(case))
        return verbs
