"""How long a dry run of a draft on a year's cases takes: demo cases, made by the real commands; done by the worker.

Two drafts: one with another time for each step, and one in which every form has changed too, so that every old answer
is held against its new form.

    python bench/dry_run.py [--cases 1000] [--rounds 1] [--storage sqlite] [--json]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from sqlalchemy import Engine, select

from bench.measure import options, wanted_storages
from bench.office import DIAGRAM, STORAGES, usable_storages
from engine.access import Actor
from engine.commands.deploy import deploy, read_forms
from engine.commands.drafts import begin_draft
from engine.commands.dry_runs import start_dry_run
from engine.commands.seed import seed_tables
from engine.history.keys import load_signer
from engine.queries.actors import actor_of_account
from engine.queries.dry_runs import dry_run, results
from engine.settings import FORMS, Settings
from engine.store.database import open_database, transaction
from engine.store.migrate import upgrade
from engine.store.models import Account
from engine.worker.desk import Desk
from engine.worker.runs import advance_runs
from tests.rig.postgres import private_server
from webapp.cli.demo.make import make_demo, opening

NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
LIMIT = 60.0  # seconds for a thousand cases
XML = DIAGRAM.read_text("utf-8").replace('value="3 hari"', 'value="2 hari"')
OWNER = "proses@demo.test"


@contextmanager
def new_url(storage: str, folder: Path) -> Iterator[str]:
    """A database that is gone afterwards."""
    if storage == "sqlite":
        yield f"sqlite:///{folder}/aduan.db"
        return
    with private_server(durable=True) as server:
        server.execute("CREATE DATABASE aduan")
        yield server.url("aduan")


def make_past(engine: Engine, url: str, folder: Path, cases: int) -> Actor:
    """Demo cases, some withdrawn, moved, reopened; returns who owns the process."""
    settings = Settings(_env_file=None, var=folder, database_url=url, demo=True)
    load_signer(settings.keys)
    with transaction(engine) as session:
        seed_tables(session)
        deploy(session, DIAGRAM.read_bytes(), read_forms(FORMS), now=opening(NOW, cases))
    make_demo(settings, engine, count=cases, now=NOW)
    with transaction(engine) as session:
        account = session.scalars(select(Account.id).where(Account.email == OWNER)).one()
        actor = actor_of_account(session, account, NOW)
    assert actor is not None
    return actor


def changed_forms() -> dict[str, Any]:
    """Every form with one field more."""
    forms = read_forms(FORMS)
    for schema in forms.values():
        schema["properties"]["tambahan"] = {"title": "Tambahan", "type": "string", "maxLength": 100}
        schema["required"] = [*schema["required"], "tambahan"]
    return forms


def measure(engine: Engine, owner: Actor, storage: str, what: str, forms: Mapping[str, Any]) -> dict[str, Any]:
    """One dry run of everything, from asking to its last case."""
    with transaction(engine) as session:
        draft = begin_draft(session, owner, "aduan", now=NOW, xml=XML.encode(), forms=forms)
    cpu, wall = time.process_time(), time.perf_counter()
    with transaction(engine) as session:
        run = start_dry_run(session, owner, "aduan", draft, "setahun", now=NOW)
    while advance_runs(engine, Desk(Path()), NOW):
        pass
    took, processor = time.perf_counter() - wall, time.process_time() - cpu
    with transaction(engine) as session:
        row = dry_run(session, "aduan", draft, run)
        found = results(session, row)
    assert (row.state, row.done) == ("done", row.total)
    return {"what": what, "storage": storage, "cases": row.total, "seconds": round(took, 2),
            "processor_seconds": round(processor, 2), "ms_a_case": round(took / row.total * 1000, 2),
            "same": found.same, "other": found.other, "untold": found.untold}  # fmt: skip


def main() -> None:
    """Measure and print."""
    purpose = "Dry runs of a draft on demo cases of the past year, made by the real commands."
    given = options(purpose, cases=1000, rounds=1, storages=STORAGES).parse_args()
    rows: list[dict[str, Any]] = []
    for storage in wanted_storages(given.storage, STORAGES, usable_storages()):
        with tempfile.TemporaryDirectory(prefix="aduan-bench-") as folder, new_url(storage, Path(folder)) as url:
            upgrade(url)
            engine = open_database(url)
            try:
                owner = make_past(engine, url, Path(folder), given.cases)
                for _ in range(given.rounds):
                    rows.append(measure(engine, owner, storage, "times", read_forms(FORMS)))
                    rows.append(measure(engine, owner, storage, "times, forms", changed_forms()))
            finally:
                engine.dispose()
    print(json.dumps(rows, indent=2) if given.json else _table(rows))


def _table(rows: list[dict[str, Any]]) -> str:
    line = "{what:<13} {storage:<11} {cases:>6} cases {seconds:>7.2f} s ({processor_seconds:.2f} s of processor)  "
    line += "{ms_a_case:>6.2f} ms a case   same {same}, other {other}, untold {untold}"
    worst = max(row["seconds"] / row["cases"] * 1000 for row in rows)
    verdict = f"a thousand cases: {worst:.1f} s (less than {LIMIT:.0f}): {'held' if worst < LIMIT else 'MISSED'}"
    return "\n".join([*(line.format(**row) for row in rows), verdict])


if __name__ == "__main__":
    main()
