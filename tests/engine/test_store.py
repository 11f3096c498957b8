"""What the storage itself holds fast: history is append-only, deployments never change, a refusal leaves nothing."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from engine.errors import Rejected
from engine.store.database import open_database, transaction
from engine.store.migrate import config, upgrade
from engine.store.models import Account, Attachment, Base, Case, Counter, Deployment, Event, EventValue, Task
from tests.engine.office import SOP, Office

FORBIDDEN = {
    "event": [
        "DELETE FROM event",
        "UPDATE event SET body = :blob",
        "UPDATE event SET hash = 'x'",
        "UPDATE event SET seq = seq + 1000",
        "UPDATE event SET stream = 'kasus/lain'",
        "UPDATE event SET id = id + 100000",
        "UPDATE event SET body = :blob, log_index = 1 WHERE id = (SELECT min(id) FROM event)",
    ],
    "event_value": [
        "DELETE FROM event_value",
        "UPDATE event_value SET value = '\"lain\"'",
        "UPDATE event_value SET salt = 'x'",
        "UPDATE event_value SET value = NULL",
        "UPDATE event_value SET salt = NULL",
        "UPDATE event_value SET name = 'x', salt = NULL, value = NULL",
        "UPDATE event_value SET seq = 9, salt = NULL, value = NULL",
    ],
    "deployment": [
        "DELETE FROM deployment",
        "UPDATE deployment SET xml = :blob",
        "UPDATE deployment SET forms = :blob",
        "UPDATE deployment SET number = 7",
        "UPDATE deployment SET checksum = 'x'",
        "UPDATE deployment SET deployed_at = deployed_at",
    ],
}
REPLACING = [  # SQLite's way to delete without a DELETE
    "REPLACE INTO event (id, stream, seq, body, hash) SELECT id, stream, seq, :blob, hash FROM event",
    "REPLACE INTO event (stream, seq, body, hash) SELECT stream, seq, :blob, hash FROM event",
    "REPLACE INTO event_value SELECT stream, seq, name, salt, 'x' FROM event_value",
    "REPLACE INTO deployment SELECT id, process_id, number, 'x', xml, forms, specs, deployed_at FROM deployment",
]
TRUNCATING = [f"TRUNCATE {each} CASCADE" for each in ("event", "event_value", "event, event_value", "deployment")]


def content(engine: Engine, table: str) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3"))]  # noqa: S608


def test_no_statement_changes_what_is_written(office: Office, storage: str):
    office.file_complaint()
    before = {table: content(office.engine, table) for table in FORBIDDEN}
    assert all(before.values())
    statements = [each for listed in FORBIDDEN.values() for each in listed]
    statements += REPLACING if storage == "sqlite" else TRUNCATING
    for statement in statements:
        with pytest.raises(DBAPIError), office.engine.begin() as connection:
            connection.execute(text(statement), {"blob": b"palsu"} if ":blob" in statement else {})
        for table, rows in before.items():
            assert content(office.engine, table) == rows, statement


def test_values_may_be_erased_and_the_rest_of_history_stays(office: Office):
    case = office.file_complaint()
    events = content(office.engine, "event")
    with transaction(office.engine) as session:
        session.execute(text("UPDATE event_value SET salt = NULL, value = NULL WHERE name = 'isi'"))
    erased = office.stored_values(case, 2)
    assert (erased["isi"].salt, erased["isi"].value) == (None, None)
    assert erased["judul"].value and content(office.engine, "event") == events
    with pytest.raises(DBAPIError), transaction(office.engine) as session:
        session.execute(text("UPDATE event_value SET salt = 'x', value = '\"kembali\"' WHERE name = 'isi'"))


def test_an_event_gets_its_place_in_the_log_once(office: Office):
    with transaction(office.engine) as session:
        session.execute(text("UPDATE event SET log_index = id"))
    for change in ("log_index + 1000", "NULL"):
        with pytest.raises(DBAPIError), transaction(office.engine) as session:
            session.execute(text(f"UPDATE event SET log_index = {change}"))  # noqa: S608


def test_a_place_in_a_stream_is_given_once(office: Office):
    event = office.events(office.file_complaint())[0]
    row = {"stream": event.stream, "seq": event.seq, "body": b"{}", "hash": "0" * 64}
    with pytest.raises(IntegrityError), transaction(office.engine) as session:
        session.execute(insert(Event), row)


def test_the_migrations_lead_to_the_models(database_url: str):
    engine = open_database(database_url)
    with engine.connect() as connection:
        # The index of words is no table that a model could describe (engine.store.words).
        named = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith("trace_text")}
        context = MigrationContext.configure(connection, opts=named)
        head = ScriptDirectory.from_config(config(database_url)).get_heads()
        assert context.get_current_heads() == tuple(head) and len(head) == 1
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(office: Office):
    case = office.file_complaint()
    upgrade(office.url)
    assert office.case(case).head == case.head


class TestRollback:
    def snapshot(self, office: Office) -> dict[str, object]:
        tables = (Case, Task, Event, EventValue)
        with transaction(office.engine) as session:
            counts = {each.__name__: session.scalar(select(func.count()).select_from(each)) for each in tables}
            bound = session.scalar(select(func.count()).select_from(Attachment).where(Attachment.case_id.is_not(None)))
            number = session.scalar(select(Counter.value))
        return {**counts, "bound": bound, "number": number}

    def test_a_filing_that_fails_in_the_middle_leaves_nothing_and_gives_its_number_back(self, office: Office):
        """The number is drawn, the case and its first event are written, then the file turns out to be gone."""
        office.file_complaint()
        before = self.snapshot(office)
        assert before["number"] == 1
        with pytest.raises(Rejected):
            office.file_complaint(lampiran=["f" * 32])
        assert self.snapshot(office) == before
        assert office.file_complaint().number == "ADU-2026-000002"

    def test_a_step_that_fails_in_the_middle_leaves_nothing(self, office: Office):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan")
        before, stored = self.snapshot(office), office.case(case)
        with pytest.raises(Rejected):
            office.complete("ratna", task, tanggapan="Sudah diperiksa.", lampiran=["f" * 32])
        assert self.snapshot(office) == before
        now = office.case(case)
        assert (now.rev, now.state, now.head) == (stored.rev, stored.state, stored.head)
        office.complete("ratna", task, tanggapan="Sudah diperiksa.")

    def interrupted(self, office: Office) -> None:
        with transaction(office.engine) as session:
            session.execute(insert(Counter), {"name": "x", "value": 1})
            raise KeyboardInterrupt

    def test_an_interruption_rolls_back_as_well(self, office: Office):
        before = self.snapshot(office)
        with pytest.raises(KeyboardInterrupt):
            self.interrupted(office)
        assert self.snapshot(office) == before


def test_an_instant_comes_back_as_it_was(office: Office):
    jakarta = timezone(timedelta(hours=7))
    at = datetime(2026, 12, 28, 7, 35, 1, 123456, tzinfo=jakarta)
    row = {"id": "a" * 32, "name": "Tamu", "active": True, "created_at": at}
    with transaction(office.engine) as session:
        session.execute(insert(Account), row)
    with transaction(office.engine) as session:
        found = session.get_one(Account, "a" * 32).created_at
    assert found == at and found.tzinfo == UTC
    naive = row | {"id": "b" * 32, "created_at": at.replace(tzinfo=None)}
    with pytest.raises(StatementError, match="zone"), transaction(office.engine) as session:
        session.execute(insert(Account), naive)


def test_references_are_enforced(office: Office):
    row: dict[str, object] = {"id": "a" * 32, "case_id": "tidak ada", "element": "x", "lane": "x", "status": "open"}
    row["opened_at"] = office.now
    with pytest.raises(IntegrityError), transaction(office.engine) as session:
        session.execute(insert(Task), row)


class TestDeployments:
    def rows(self, office: Office) -> list[Deployment]:
        with transaction(office.engine) as session:
            return list(session.scalars(select(Deployment).order_by(Deployment.number)))

    def test_each_version_keeps_its_bytes_and_is_an_event(self, office: Office):
        (first,) = self.rows(office)
        renamed = SOP.read_bytes().replace(b'name="Klasifikasi"', b'name="Pilah laporan"')
        second = office.deploy(renamed)
        assert (second.number, second.fresh) == (2, True)
        rows = self.rows(office)
        assert [row.number for row in rows] == [1, 2]
        assert [row.xml for row in rows] == [SOP.read_bytes(), renamed]
        assert (rows[0].checksum, rows[0].forms, rows[0].specs) == (first.checksum, first.forms, first.specs)
        bodies = office.bodies("proses/aduan")
        assert [(body["seq"], body["type"], body["checksum"]) for body in bodies] == [
            (1, "process_deployed", first.checksum), (2, "process_deployed", second.checksum),
        ]  # fmt: skip

    def test_the_same_content_again_is_no_new_version(self, office: Office):
        again = office.deploy()
        assert (again.number, again.fresh) == (1, False)
        assert len(self.rows(office)) == 1 and len(office.events("proses/aduan")) == 1

    def test_another_form_alone_is_a_new_version(self, office: Office):
        from engine.commands.deploy import read_forms
        from engine.settings import FORMS

        forms = read_forms(FORMS)
        forms["terima_aduan"]["title"] = "Terima laporan"
        assert office.deploy(forms=forms).number == 2


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_sqlite_is_opened_the_durable_way(database_url: str, as_in_an_office: None):
    engine = open_database(database_url)
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in (
                "journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema", "recursive_triggers",
            )
        }  # fmt: skip
    engine.dispose()
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "trusted_schema": 0,
        "recursive_triggers": 1,
    }  # fmt: skip


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_readers_do_not_wait_for_a_writer(office: Office):
    case = office.file_complaint()
    with transaction(office.engine) as writer:
        writer.execute(insert(Counter), {"name": "lama", "value": 1})
        assert office.case(case).number == case.number, "while the write lock is held"


def test_other_databases_are_refused_with_the_settings_name():
    with pytest.raises(ValueError, match="ADUAN_DATABASE_URL"):
        open_database("mysql://localhost/aduan")
