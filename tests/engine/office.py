"""A small office on a real database: tables, people, the deployed SOP, and verbs that read like a working day.

Nothing is mocked. What people type goes through the committed forms, and each verb is one transaction of its own, so
that a case's state is loaded and saved between every two steps. The office's clock is handed to the engine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.access import Actor
from engine.commands.accounts import give_appointment, register_account
from engine.commands.complete_task import Completed, complete_task
from engine.commands.deploy import Deployed, deploy, read_forms
from engine.commands.move_task import move_task
from engine.commands.open_case import Opened, open_case
from engine.commands.seed import seed_tables
from engine.process.forms import Form
from engine.queries.actors import actor_of_account
from engine.queries.choices import tables
from engine.queries.worklist import WorkRow, worklist
from engine.store.database import open_database, transaction
from engine.store.deployments import deployed, latest_deployed
from engine.store.models import Account, Case, Deployment, Event, EventValue, Task
from engine.worker.rounds import one_round

ROOT = Path(__file__).parents[2]
SOP = ROOT / "process" / "aduan.bpmn"
LENGKAP = ROOT / "process" / "aduan_lengkap.bpmn"
PROCESS = "aduan"
MONDAY = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)  # 08.30 WIB
COMPLAINT = {
    "kategori": "wewenang",
    "subkategori": "pungutan_liar",
    "judul": "Uang sampul rapor kelas empat",
    "isi": "Orang tua Zulfikar diminta membayar uang sampul rapor.",
    "sekolah": "SD Negeri Kamboja",
}
# Who works here: name -> (role, unit). Siti and Budi hold no role: they report.
STAFF = {
    "dewi": ("Admin", None),
    "hasan": ("Ketua Tim", None),
    "ratna": ("Bidang Terkait", "sd"),
    "joko": ("Bidang Terkait", "sd"),
    "maya": ("Bidang Terkait", "smp"),
    "pemilik": ("Pemilik Proses", None),
    "auditor": ("Auditor", None),
    "kepala": ("Pimpinan", None),
    "sistem": ("Pengelola Sistem", None),
}
REPORTERS = ("siti", "budi")
# Who does which step of the SOP, and what that person types, when a test only wants to get past it.
ROUTINE: dict[str, tuple[str, dict[str, Any]]] = {
    "terima_aduan": ("dewi", {"judul_kerja": "Pungutan uang sampul rapor"}),
    "klasifikasi": ("hasan", {"jenis": "pengaduan", "bidang": "sd"}),
    "tanggapi_aduan": ("ratna", {"tanggapan": "Uang sampul sudah dikembalikan kepada orang tua."}),
    "terima_tanggapan": ("hasan", {"catatan": "Sudah lengkap."}),
    "input_tanggapan": ("dewi", {"tanggapan": "Uang sampul sudah dikembalikan. Terima kasih."}),
    "terima_jawaban": ("siti", {"penilaian": "5", "komentar": "Cepat sekali."}),
}


class Office:
    """The office. `people` maps a first name to an account id; `now` is its clock, which each verb moves on."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = url
        self.engine = open_database(url)
        self.files = files
        self.now = MONDAY - timedelta(hours=1)  # founded an hour before the day begins
        self.people: dict[str, str] = {}

    @classmethod
    @contextmanager
    def at(cls, url: str, files: Path) -> Iterator[Office]:
        """An office on a migrated database: founded when it is empty, seeded, staffed, the SOP in force."""
        office = cls(url, files)
        try:
            with transaction(office.engine) as session:
                rows = session.execute(select(Account.name, Account.id)).all()
            office.people = {name.lower(): account_id for name, account_id in rows}
            if not rows:
                office._found()
            office.now = MONDAY
            yield office
        finally:
            office.engine.dispose()

    def _found(self) -> None:
        with self.transaction() as session:
            seed_tables(session)
            for name in REPORTERS:
                self.people[name] = self._register(session, name)
            for name, (role, unit) in STAFF.items():
                self.people[name] = self._register(session, name)
                self._appoint(session, name, role, unit)
        self.deploy()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction, a minute after the last."""
        self.now += timedelta(minutes=1)
        with transaction(self.engine) as session:
            yield session

    # ---- people ----

    def _register(self, session: Session, name: str) -> str:
        email = f"{name}@kantor.test"
        return register_account(session, name=name.capitalize(), contact=email, password=None, now=self.now)

    def _appoint(self, session: Session, name: str, role: str, unit: str | None = None, **dates: Any) -> str:
        dates = {"valid_from": MONDAY.date() - timedelta(days=30)} | dates
        if role == "Auditor":  # by surat tugas
            dates = {"decree": "700.1/1", "valid_until": MONDAY.date() + timedelta(days=3650)} | dates
        return give_appointment(session, self.people[name], role=role, unit=unit, now=self.now, **dates)

    def hire(self, name: str, role: str | None = None, unit: str | None = None, **dates: Any) -> str:
        """A new person, with an appointment when a role is given; returns the name."""
        with self.transaction() as session:
            if name not in self.people:
                self.people[name] = self._register(session, name)
            if role is not None:
                self._appoint(session, name, role, unit, **dates)
        return name

    def actor(self, name: str) -> Actor:
        """The person as the engine knows them now."""
        with transaction(self.engine) as session:
            found = actor_of_account(session, self.people[name], self.now)
        assert found is not None, name
        return found

    # ---- diagrams ----

    def deploy(self, xml: bytes | None = None, forms: Mapping[str, Any] | None = None) -> Deployed:
        """Put a diagram with forms in force; without either, the committed ones."""
        with self.transaction() as session:
            xml = SOP.read_bytes() if xml is None else xml
            forms = read_forms(ROOT / "forms") if forms is None else forms
            return deploy(session, xml, forms, now=self.now)

    def deploy_lengkap(self) -> Deployed:
        """Put the second committed diagram of the same process in force."""
        return self.deploy(LENGKAP.read_bytes(), read_forms(ROOT / "forms", LENGKAP))

    # ---- the work ----

    def file_complaint(
        self, who: str = "siti", *, reporter: str | None = None, key: str | None = None, channel: str = "web",
        process: str = PROCESS, **typed: Any,
    ) -> Case:  # fmt: skip
        """File a complaint; what is not typed is typed as in COMPLAINT."""
        return self.case(self.open(who, reporter=reporter, key=key, channel=channel, process=process, **typed).case_id)

    def open(
        self, who: str = "siti", *, reporter: str | None = None, key: str | None = None, channel: str = "web",
        process: str = PROCESS, **typed: Any,
    ) -> Opened:  # fmt: skip
        """The same; returns what the command answered."""
        actor = self.actor(who)
        with self.transaction() as session:
            version = latest_deployed(session, process)
            values = self.clean(session, version.form_of(version.first_task.id), COMPLAINT | typed)
            return open_case(
                session, actor, process, values, now=self.now, key=key, channel=channel,
                reporter_id=self.people[reporter] if reporter else None,
            )  # fmt: skip

    def complete(self, who: str, task: Task | Case, *, key: str | None = None, **typed: Any) -> Completed:
        """Complete a task (of a case: its only open one) with what is typed into its form."""
        task = self.open_task(task) if isinstance(task, Case) else task
        actor = self.actor(who)
        with self.transaction() as session:
            case = session.get_one(Case, task.case_id)
            form = self._version(session, case).form_of(task.element)
            values = self.clean(session, form, typed)
            return complete_task(session, actor, task.id, values, now=self.now, key=key)

    def go_to(self, case: Case, element: str, **klasifikasi: str) -> Task:
        """Do the routine steps until this element is open; `jenis` and `bidang` may be chosen."""
        while (task := self.open_task(case)).element != element:
            self.do_routine(task, **klasifikasi)
        return task

    def do_routine(self, task: Task, **klasifikasi: str) -> Completed:
        """The step as it is done every day."""
        who, typed = ROUTINE[task.element]
        typed = typed | klasifikasi if task.element == "klasifikasi" else typed
        if typed.get("jenis") == "informasi":
            typed = {"jenis": "informasi"}
        who = {"sd": "ratna", "smp": "maya"}[task.unit] if task.unit else who
        return self.complete(who, task, **typed)

    def finish(self, case: Case, **klasifikasi: str) -> Case:
        """Do the routine steps to the end."""
        while self.tasks(case, "open"):
            self.do_routine(self.open_task(case), **klasifikasi)
        return self.case(case.id)

    def move(self, who: str, task: Task, unit: str, reason: str = "Ini urusan bidang yang lain.") -> None:
        """Hand a task to another unit."""
        actor = self.actor(who)
        with self.transaction() as session:
            move_task(session, actor, task.id, unit, reason, now=self.now)

    def do(self, command: Callable[..., Any], who: str, *arguments: Any, **more: Any) -> Any:
        """Any command that an actor gives: command(session, actor, ..., now=...)."""
        actor = self.actor(who)
        with self.transaction() as session:
            return command(session, actor, *arguments, now=self.now, **more)

    def worker_round(self, **later: float) -> int:
        """One round of the worker after so much time, e.g. days=15; returns how many timers fired."""
        self.now += timedelta(**later)
        return one_round(self.engine, self.files, self.now)

    @staticmethod
    def clean(session: Session, form: Form, typed: Mapping[str, Any]) -> dict[str, Any]:
        """What a page does with a post: texts in, values out. The test types what fits."""
        posted = {name: text if isinstance(text, list) else [text] for name, text in typed.items()}
        cleaned = form.clean(posted, tables(session, form.tables))
        assert cleaned.errors == {}, cleaned.errors
        return cleaned.values

    # ---- looking ----

    @staticmethod
    def _version(session: Session, case: Case) -> Any:
        checksum = session.get_one(Deployment, case.deployment_id).checksum
        return deployed(session, case.deployment_id, checksum)

    def version(self, case: Case) -> Any:
        """The deployment that a case runs on."""
        with transaction(self.engine) as session:
            return self._version(session, case)

    def case(self, case: str | Case) -> Case:
        """The case as it is stored now."""
        with transaction(self.engine) as session:
            return session.get_one(Case, case.id if isinstance(case, Case) else case)

    def tasks(self, case: Case, status: str | None = None) -> list[Task]:
        """The tasks of a case, oldest first."""
        which = [Task.case_id == case.id] + ([Task.status == status] if status else [])
        with transaction(self.engine) as session:
            return list(session.scalars(select(Task).where(*which).order_by(Task.opened_at, Task.id)))

    def open_task(self, case: Case) -> Task:
        """The only open task of a case."""
        (task,) = self.tasks(case, "open")
        return task

    def worklist(self, who: str) -> list[WorkRow]:
        """The open tasks of a person."""
        with transaction(self.engine) as session:
            return worklist(session, self.actor(who), now=self.now)[0]

    def events(self, case: Case | str) -> list[Event]:
        """A stream in order: a case's, or one named."""
        stream = case if isinstance(case, str) else f"kasus/{case.id}"
        with transaction(self.engine) as session:
            return list(session.scalars(select(Event).where(Event.stream == stream).order_by(Event.seq)))

    def bodies(self, case: Case | str) -> list[dict[str, Any]]:
        """The bodies of a stream's events."""
        return [orjson.loads(event.body) for event in self.events(case)]

    def types(self, case: Case) -> list[str]:
        """What happened in a case, in order."""
        return [body["type"] for body in self.bodies(case)]

    def stored_values(self, case: Case, seq: int) -> dict[str, EventValue]:
        """The typed values of one event, as they are stored."""
        which = (EventValue.stream == f"kasus/{case.id}", EventValue.seq == seq)
        with transaction(self.engine) as session:
            return {row.name: row for row in session.scalars(select(EventValue).where(*which))}

    def values(self, case: Case, seq: int) -> dict[str, Any]:
        """The typed values of one event."""
        return {name: json.loads(row.value) for name, row in self.stored_values(case, seq).items() if row.value}

    def count_events(self) -> int:
        """How many events there are at all."""
        with transaction(self.engine) as session:
            return session.scalar(select(func.count()).select_from(Event)) or 0


def found(url: str) -> None:
    """Make an office of a migrated database, to be copied from."""
    with Office.at(url, Path()):
        pass
