"""How long the auditor's map of the process takes at volume, and what the worker needs to prepare it.

    python bench/process_map.py [--cases 100000] [--storage sqlite] [--json]

The events are those of bench/generate.py: real chain and log, the engine skipped. What is timed is the page itself,
asked for by a logged-in auditor of the application: all cases, a month, a unit.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from sqlalchemy import text

from bench.generate import generate
from bench.office import STORAGES, new_office
from engine.commands.accounts import give_appointment, register_account, start_session
from engine.settings import Settings
from engine.store.database import transaction
from engine.worker import trace
from webapp.app import create_app

LIMIT = 2.0  # seconds in which the map of 100,000 cases is answered
PAGES = {
    "all": "/audit/ringkasan",
    "month": "/audit/ringkasan?masuk_dari=5/1/2026&masuk_sampai=31/1/2026",
    "unit": "/audit/ringkasan?unit=sd",
}
RUNS = 7


def measure(storage: str, cases: int, seed: int) -> list[dict[str, Any]]:
    """Seconds to prepare the counts, and of each page."""
    with new_office(storage) as office, tempfile.TemporaryDirectory(prefix="aduan-bench-") as folder:
        generate(office.database, cases, seed)
        with transaction(office.database) as session:  # places in the log without its signatures: these have a bench
            session.execute(text("UPDATE event SET log_index = id - 1 WHERE log_index IS NULL"))
        started, batches = time.perf_counter(), list[float]()
        more = True
        while more:
            begun = time.perf_counter()
            more = trace.follow(office.database, datetime.now(UTC))
            batches.append(time.perf_counter() - begun)
        rows = [
            _row("prepare", storage, cases, [time.perf_counter() - started]),
            _row("batch", storage, cases, batches),
        ]
        settings = Settings(var=Path(folder), database_url=office.url, secret_key="b" * 40, metrics_token="m" * 40)
        client = create_app(settings).test_client()
        with client.session_transaction() as cookie:
            cookie["sid"] = _auditor(office.database)
        for name, address in PAGES.items():
            took = []
            for _ in range(RUNS):
                begun = time.perf_counter()
                answer = client.get(address)
                took.append(time.perf_counter() - begun)
                if answer.status_code != 200 or "Peta proses" not in answer.text:
                    raise RuntimeError(f"{address}: {answer.status}")
            rows.append(_row(name, storage, cases, took))
    return rows


def _row(what: str, storage: str, cases: int, took: list[float]) -> dict[str, Any]:
    ordered = sorted(took)
    return {
        "what": what, "storage": storage, "cases": cases, "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
    }  # fmt: skip


def _auditor(database: Any) -> str:
    """A login of an auditor, as the cookie holds it."""
    now = datetime.now(UTC)
    with transaction(database) as session:
        account = register_account(session, name="Auditor", contact="auditor@bangku.test", password=None, now=now)
        until = date.today() + timedelta(days=30)  # noqa: DTZ011 - a day that is surely ahead
        give_appointment(
            session, account, role="Auditor", now=now, decree="700/1", valid_from=date(2026, 1, 1), valid_until=until
        )
        return start_session(session, account, now)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The map of the process at volume.")
    parser.add_argument("--cases", type=int, default=2_000, help="how many (%(default)s)")
    parser.add_argument("--storage", choices=STORAGES, default="sqlite", help="where (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the data (%(default)s)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    given = parser.parse_args()
    rows = measure(given.storage, given.cases, given.seed)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(
            "{what:<10} {storage:<11} {cases:>8} cases {p50_ms:>10.1f} ms median {p95_ms:>10.1f} ms 95 %".format(**row)
        )
    worst = max(row["p95_ms"] for row in rows if row["what"] in PAGES) / 1000
    print(
        f"map: {worst:.2f} s at most (less than {LIMIT:.0f} for 100,000 cases): {'held' if worst < LIMIT else 'MISSED'}"
    )


if __name__ == "__main__":
    main()
