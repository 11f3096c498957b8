"""An office on the web for tests: the real application on a real database, and people who log in to it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.serving import make_server
from werkzeug.test import TestResponse, encode_multipart

from engine.commands.accounts import give_appointment, register_account, start_session
from engine.commands.deploy import deploy, read_forms
from engine.commands.seed import seed_tables
from engine.settings import FORMS, PROCESSES, Settings
from engine.store.database import open_database, transaction
from engine.store.models import Account, Case, Event, Task
from webapp.app import create_app

PASSWORD = "aduan-demo"
STAFF = {
    "admin": ("Admin", None, "Pengadministrasi Layanan"),
    "ketua": ("Ketua Tim", None, "Ketua Tim Pengaduan"),
    "bidang.sd": ("Bidang Terkait", "sd", "Kepala Bidang SD"),
    "bidang.smp": ("Bidang Terkait", "smp", "Kepala Bidang SMP"),
    "proses": ("Pemilik Proses", None, "Analis Tata Laksana"),
    "proses2": ("Pemilik Proses", None, "Kepala Subbagian Umum"),
    "auditor": ("Auditor", None, "Auditor Muda"),
    "pimpinan": ("Pimpinan", None, "Kepala Dinas"),
    "sistem": ("Pengelola Sistem", None, "Pranata Komputer"),
}
REPORTERS = ("pelapor", "warga")
SECRETS: dict[str, Any] = {"secret_key": "k" * 40, "metrics_token": "m" * 20}
COMPLAINT = {
    "judul": "Pungutan uang komite di SD Cibaregbeg",
    "isi": "Setiap murid diminta Rp150.000 sebulan dan tidak ada tanda terima.",
    "kategori": "biaya",
    "sekolah": "SD Negeri Cibaregbeg",
}
ANSWERS = {
    "terima_aduan": {"catatan": "Berkas lengkap.", "judul_kerja": "Pungutan komite SD"},
    "klasifikasi": {"jenis": "pengaduan", "bidang": "sd", "catatan": "Mohon diperiksa dan ditanggapi."},
    "tanggapi_aduan": {"tanggapan": "Sekolah sudah kami datangi, pungutan dihentikan."},
    "terima_tanggapan": {"catatan": "Sesuai."},
    "input_tanggapan": {"tanggapan": "Pungutan itu dihentikan dan uangnya dikembalikan."},
    "terima_jawaban": {"penilaian": "5", "komentar": "Terima kasih."},
}


@dataclass
class Person:
    """A browser of one person, without the browser."""

    client: FlaskClient
    site: Site

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **more)

    def token(self, path: str) -> dict[str, str]:
        """The hidden fields of the page's main form."""
        return hidden(self.get(path))

    def post(self, path: str, data: dict[str, Any] | None = None, page: str | None = None, **more: Any) -> TestResponse:
        """Open the page, then post with its hidden fields."""
        fields = {name: files(value) for name, value in {**self.token(page or path), **(data or {})}.items()}
        # Encoded here, in memory: the test client leaves the temporary file of a large body to the garbage collector.
        boundary, body = encode_multipart(MultiDict(fields))
        return self.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}", **more)

    def open_task(self, number: str) -> str:
        """Path of this person's open task of a case, from the worklist as shown."""
        links = [
            each for each in nodes(self.get(f"/tugas?q={number}"), "//main//a/@href") if each.startswith("/tugas/")
        ]
        assert links, f"no task of {number} on the worklist"
        return links[0]

    def complete(self, number: str, **values: str) -> TestResponse:
        """Complete the open task of a case."""
        return self.post(self.open_task(number), values)

    def file(self, **changed: Any) -> str:
        """File a complaint; returns its number."""
        answer = self.post("/aduan/baru", {**COMPLAINT, "subkategori": "biaya_belum_tahu", **changed})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"].split("/")[2].split("?")[0]


@dataclass
class Site:
    """The application with its people."""

    app: Flask
    engine: Engine
    settings: Settings
    ids: dict[str, str] = field(default_factory=dict)
    _people: dict[str, Person] = field(default_factory=dict)

    def visitor(self) -> Person:
        """Someone without a session."""
        return Person(self.app.test_client(), self)

    def person(self, name: str) -> Person:
        """The browser of a known person, logged in once: as the login form does it, which has its own tests."""
        if name not in self._people:
            found = self.visitor()
            with transaction(self.engine) as session, found.client.session_transaction() as cookie:
                cookie["sid"] = start_session(session, self.ids[name], datetime.now(UTC))
                cookie.permanent = True
            self._people[name] = found
        return self._people[name]

    def bring_to(self, element: str, number: str | None = None, **klasifikasi: str) -> str:
        """File a case (unless given) and pass it on until `element` is open; returns its number."""
        number = number or self.person("pelapor").file()
        answers = ANSWERS | {"klasifikasi": ANSWERS["klasifikasi"] | klasifikasi}
        while (at := self.open_element(number)) != element:
            assert at is not None, f"{number} ended before {element}"
            done = self.person(self.owner_of(number)).complete(number, **answers[at])
            assert done.status_code == 303, done.get_data(as_text=True)
        return number

    def open_element(self, number: str) -> str | None:
        """BPMN id of the case's open task."""
        with transaction(self.engine) as session:
            which = select(Task.element).join(Case, Case.id == Task.case_id)
            return session.scalar(which.where(Case.number == number, Task.status == "open"))

    def owner_of(self, number: str) -> str:
        """Name of a person whose task is open."""
        with transaction(self.engine) as session:
            task = session.scalars(
                select(Task).join(Case, Case.id == Task.case_id).where(Case.number == number, Task.status == "open")
            ).one()
        if task.owner_id is not None:
            return next(name for name, account in self.ids.items() if account == task.owner_id)
        return next(name for name, (role, unit, _) in STAFF.items() if (role, unit) == (task.lane, task.unit))

    def task_path(self, number: str) -> str:
        """Path of the case's open task, whoever owns it."""
        with transaction(self.engine) as session:
            which = select(Task.id).join(Case, Case.id == Task.case_id)
            return f"/tugas/{session.scalars(which.where(Case.number == number, Task.status == 'open')).one()}"

    def events(self, number: str) -> int:
        """How many events the case has."""
        with transaction(self.engine) as session:
            case_id = session.scalar(select(Case.id).where(Case.number == number))
            return len(session.scalars(select(Event.seq).where(Event.stream == f"kasus/{case_id}")).all())

    def cases(self) -> int:
        """How many cases there are."""
        with transaction(self.engine) as session:
            return len(session.scalars(select(Case.id)).all())

    @contextmanager
    def served(self) -> Iterator[str]:
        """The same application over HTTP, for a real browser; gives its address."""
        server = make_server("127.0.0.1", 0, self.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def files(value: Any) -> Any:
    """A (stream, name) pair, or a list of them, as files; other values as they are."""
    if isinstance(value, list):
        return [files(each) for each in value]
    return FileStorage(value[0], filename=value[1]) if isinstance(value, tuple) else value


def hidden(answer: TestResponse) -> dict[str, str]:
    """Hidden fields of the form in the page's main part (the logout form stands in the head)."""
    forms = nodes(answer, "//main//form[@method='post']")
    assert forms, f"no form at {answer.request.path}: {answer.status_code}"
    return {each.get("name"): each.get("value") or "" for each in forms[0].xpath(".//input[@type='hidden']")}


def nodes(answer: TestResponse, path: str) -> list[Any]:
    """What an XPath finds on the page; typed loosely, since it may be elements or texts."""
    return list(cast("Any", html.fromstring(answer.data).xpath(path)))


def text_of(answer: TestResponse) -> str:
    """The page's text, white space folded."""
    return " ".join(str(html.fromstring(answer.data).xpath("string()")).split())


def make_site(database_url: str, var: Path) -> Site:
    """The application on a furnished database (or an empty one, which it furnishes)."""
    settings = Settings(_env_file=None, var=var, database_url=database_url, **SECRETS)
    app, engine = copy.copy(_application()), open_database(settings.database)
    app.extensions = {**app.extensions, "aduan_settings": settings, "aduan_engine": engine}
    with transaction(engine) as session:
        if session.scalar(select(Account.id).limit(1)) is None:
            _furnish(session)
    with transaction(engine) as session:
        emails = session.execute(select(Account.email, Account.id)).all()
    return Site(app, engine, settings, {email.partition("@")[0]: account for email, account in emails})


@cache
def _application() -> Flask:
    """One for each test process, without a database: routes and templates are compiled once, which takes long."""
    nowhere = Settings(_env_file=None, var=Path("/dev/null"), database_url="sqlite://", **SECRETS)
    return create_app(nowhere)


def furnish(url: str) -> None:
    """Deploy the SOP, seed the tables, create the people: to be copied from."""
    engine = open_database(url)
    with transaction(engine) as session:
        _furnish(session)
    engine.dispose()


def _furnish(session: Session) -> None:
    now = datetime.now(UTC)
    seed_tables(session)
    deploy(session, (PROCESSES / "aduan.bpmn").read_bytes(), read_forms(FORMS), now=now)
    for name in (*STAFF, *REPORTERS):
        account = register_account(
            session, name=f"Nama {name}", contact=f"{name}@demo.test", password=PASSWORD, now=now
        )
        if name in STAFF:
            role, unit, position = STAFF[name]
            until, decree = (date(2099, 12, 31), "700.1/1/Inspektorat/2026") if role == "Auditor" else (None, "")
            give_appointment(
                session, account, role=role, unit=unit, position=position, now=now, valid_from=date(2025, 1, 1),
                valid_until=until, decree=decree,
            )  # fmt: skip
