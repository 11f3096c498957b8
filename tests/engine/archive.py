"""An office with a year's past: demo cases, some withdrawn, moved, reopened, erased; and dry runs of drafts on them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import Actor
from engine.commands.deploy import deploy
from engine.commands.drafts import begin_draft
from engine.commands.dry_runs import start_dry_run
from engine.commands.erase_case import erase_case, finish_erasures
from engine.commands.seed import seed_tables
from engine.history.keys import load_signer
from engine.queries.actors import actor_of_account
from engine.queries.dry_runs import Results, RunRow, dry_run, results
from engine.settings import Settings
from engine.store.database import open_database, transaction
from engine.store.models import Account, Case, Event, EventValue, Task
from engine.worker.desk import Desk
from engine.worker.runs import advance_runs
from tests.process.drawing import SOP, sop_forms
from webapp.cli.demo.make import make_demo, opening

NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # a Wednesday
CASES = 60
ERASED = 4
PROCESS = "aduan"


def furnish(url: str) -> None:
    """Make the past, by real commands; to be copied from."""
    engine = open_database(url)
    with tempfile.TemporaryDirectory(prefix="aduan-arsip-") as folder:
        settings = Settings(_env_file=None, var=Path(folder), database_url=url, demo=True)
        load_signer(settings.keys)
        with transaction(engine) as session:
            seed_tables(session)
            deploy(session, SOP.encode(), sop_forms(), now=opening(NOW, CASES))
        make_demo(settings, engine, count=CASES, seed=7, now=NOW)
        with transaction(engine) as session:
            closed = session.scalars(select(Case.number).where(Case.closed_at.is_not(None)).order_by(Case.number))
            numbers = closed.all()[::5][:ERASED]
            assert len(numbers) == ERASED
            for number in numbers:
                erase_case(session, None, number, "retensi", now=NOW, channel="sistem")
        finish_erasures(engine, settings.files)
    engine.dispose()


class Archive:
    """Verbs on such an office."""

    def __init__(self, url: str) -> None:
        self.url, self.engine = url, open_database(url)

    @classmethod
    @contextmanager
    def at(cls, url: str) -> Iterator[Archive]:
        archive = cls(url)
        try:
            yield archive
        finally:
            archive.engine.dispose()

    def actor(self, name: str = "proses") -> Actor:
        with transaction(self.engine) as session:
            account = session.scalars(select(Account.id).where(Account.email == f"{name}@demo.test")).one()
            found = actor_of_account(session, account, NOW)
        assert found is not None
        return found

    # ---- drafts and their dry runs ----

    def draft(self, *changes: tuple[str, str], xml: bytes | None = None, forms: Mapping[str, Any] | None = None) -> int:
        """A draft of the SOP with each text replaced, or of another drawing."""
        text = SOP
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        actor = self.actor()
        with transaction(self.engine) as session:
            return begin_draft(session, actor, PROCESS, now=NOW, xml=xml or text.encode(), forms=forms or sop_forms())

    def start(self, draft: int, choice: str = "setahun") -> int:
        actor = self.actor()
        with transaction(self.engine) as session:
            return start_dry_run(session, actor, PROCESS, draft, choice, now=NOW)

    def work(self, now: datetime = NOW, most: int = 1000) -> int:
        """The worker's rounds until nothing of this waits; returns how many did something."""
        return next((n for n in range(most) if not advance_runs(self.engine, Desk(Path()), now)), most)

    def read(self, draft: int, run: int) -> tuple[RunRow, Results]:
        with transaction(self.engine) as session:
            row = dry_run(session, PROCESS, draft, run)
            return row, results(session, row)

    def try_out(self, *changes: tuple[str, str], **how: Any) -> Results:
        """A draft, its dry run on everything, and what came out."""
        draft = self.draft(*changes, **how)
        run = self.start(draft)
        self.work()
        row, found = self.read(draft, run)
        assert (row.state, row.done, row.total) == ("done", CASES, CASES)
        assert found.same + found.other + found.untold == CASES
        return found

    # ---- what happened, looked up apart from what is tested ----

    def ask(self, question: Callable[[Session], Any]) -> Any:
        with transaction(self.engine) as session:
            return question(session)

    def tasks(self, element: str) -> dict[str, list[Task]]:
        """Number of a case -> its tasks at a step."""
        rows = self.ask(lambda s: s.execute(select(Case.number, Task).join(Task).where(Task.element == element)).all())
        found: dict[str, list[Task]] = {}
        for number, task in rows:
            found.setdefault(number, []).append(task)
        return found

    def events(self) -> dict[str, list[dict[str, Any]]]:
        """Number of a case -> its events with values that are not erased (`typed`)."""
        rows = self.ask(lambda s: s.execute(select(Event.stream, Event.seq, Event.body).order_by(Event.id)).all())
        typed: dict[tuple[str, int], dict[str, Any]] = {}
        for each in self.ask(lambda s: s.scalars(select(EventValue)).all()):
            if each.value is not None:
                typed.setdefault((each.stream, each.seq), {})[each.name] = json.loads(each.value)
        numbers = {f"kasus/{case.id}": case.number for case in self.ask(lambda s: s.scalars(select(Case)).all())}
        found: dict[str, list[dict[str, Any]]] = {number: [] for number in numbers.values()}
        for row in rows:
            if row.stream in numbers:
                body = orjson.loads(row.body) | {"typed": typed.get((row.stream, row.seq), {})}
                found[numbers[row.stream]].append(body)
        return found

    def answered(self, element: str, fits: Callable[[dict[str, Any]], bool]) -> list[str]:
        """Numbers of cases in which a step was answered in such a way: variables and typed values together."""
        return sorted(
            number
            for number, bodies in self.events().items()
            if any(
                body["type"] == "task_completed" and body["element"] == element and fits(body["set"] | body["typed"])
                for body in bodies
            )
        )
