"""What an export of very many events costs: seconds, and the memory of the process that makes it.

The cases have rows and events that fit together, as an export reads them; the engine is skipped, nothing can
be replayed.

    python bench/export.py [--events 1000000] [--format xes] [--storage sqlite] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from sqlalchemy import Engine, insert, select

from bench.generate import START
from bench.office import STORAGES, new_office
from engine.export import csv_parts, write_xlsx, xes_parts
from engine.history.event import GENESIS, Event, make_event, moment_text
from engine.queries.exports import Selection, exported_cases
from engine.store.database import open_database, snapshot, transaction
from engine.store.models import Account, Base, Deployment

SECONDS, MEGABYTES = 60.0, 200
STEPS = ("isi_aduan", "terima_aduan", "klasifikasi", "tanggapi_aduan", "terima_tanggapan", "input_tanggapan",
         "terima_jawaban")  # fmt: skip
LANES = ("Pelapor", "Admin", "Ketua Tim", "Bidang Terkait", "Ketua Tim", "Admin", "Pelapor")
FORMATS = ("xes", "csv", "xlsx")


def generate(engine: Engine, cases: int, seed: int) -> int:
    """Insert so many cases of eight events each; returns how many entries (task started, task completed) they hold."""
    rng = random.Random(seed)
    with transaction(engine) as session:
        version = session.execute(select(Deployment.id, Deployment.checksum)).first()
        person = session.scalars(select(Account.id)).first()
    if version is None or person is None:
        raise RuntimeError("an office has a deployment and people")
    for first in range(0, cases, 500):
        rows, events = [], list[Event]()
        for number in range(first, min(first + 500, cases)):
            case_id, opened = rng.randbytes(16).hex(), START + timedelta(minutes=number)
            made = list(case_events(rng, case_id, opened, str(version.checksum)))
            events += made
            rows.append(_case_row(case_id, number, person, version.id, made))
        with transaction(engine) as session:
            session.connection().execute(insert(Base.metadata.tables["case"]), rows)
            session.connection().execute(insert(Base.metadata.tables["event"]), [
                {"stream": each.stream, "seq": each.seq, "body": each.body, "hash": each.hash} for each in events
            ])  # fmt: skip
    return cases * 2 * len(STEPS)


def case_events(rng: random.Random, case_id: str, opened: datetime, checksum: str) -> Iterator[Event]:
    """One case from its opening to its end: each event completes the task that the one before opened."""
    previous, at, task = GENESIS, opened, ""
    for seq, step in enumerate(("", *STEPS), 1):
        at += timedelta(minutes=rng.randrange(1, 600), microseconds=rng.randrange(1_000_000))
        done, task = task, rng.randbytes(16).hex()
        body: dict[str, Any] = {"actor": f"{rng.randrange(50):032x}", "appointment": None, "channel": "web"}
        body |= {"task": done, "element": step} if step else {"deployment": checksum, "reporter": case_id}
        following = [] if seq > len(STEPS) else [_opened(task, seq - 1, at)]
        body["effects"] = {"elements": [step], "flows": [], "opened": following, "closed": [done] if done else []}
        event = make_event(f"kasus/{case_id}", seq, previous, "task_completed" if step else "case_opened", at, body)
        previous = event.hash
        yield event


def _opened(task: str, step: int, at: datetime) -> dict[str, Any]:
    due = moment_text(at + timedelta(hours=5))
    return {"id": task, "element": STEPS[step], "lane": LANES[step], "unit": "sd" if step == 3 else None, "due": due}


def _case_row(case_id: str, number: int, reporter: str, deployment: int, events: list[Event]) -> dict[str, Any]:
    return {
        "id": case_id, "number": f"ADU-2026-{number + 1:06d}", "deployment_id": deployment, "reporter_id": reporter,
        "channel": "web", "state": b"", "rev": len(events), "head": events[-1].hash, "position": "0" * 64,
        "opened_at": events[0].at, "changed_at": events[-1].at, "closed_at": events[-1].at, "outcome": "Selesai",
    }  # fmt: skip


def export(url: str, format: str, out: Path) -> dict[str, Any]:
    """Export all of it; what it took in this process."""
    engine, started = open_database(url), time.perf_counter()
    with snapshot(engine) as session:
        cases = exported_cases(session, Selection(), None, names=True)
        if format == "xlsx":
            write_xlsx(cases, out)
        else:
            with out.open("wb") as file:
                for part in xes_parts(cases, "semua") if format == "xes" else csv_parts(cases):
                    file.write(part)
    took, processor = time.perf_counter() - started, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "seconds": round(took, 2),
        "processor_seconds": round(processor, 2),
        "peak_mb": peak,
        "bytes": out.stat().st_size,
    }


def measure(storage: str, entries: int, formats: tuple[str, ...], seed: int) -> list[dict[str, Any]]:
    """Make the data, then export it in a fresh process for each format, so that its memory is its own."""
    rows = []
    with new_office(storage) as office:
        count = generate(office.database, -(-entries // (2 * len(STEPS))), seed)
        for format in formats:
            out = Path(os.environ.get("TMPDIR", "/tmp")) / f"aduan-export-{os.getpid()}.{format}"  # noqa: S108
            child = [sys.executable, __file__, "--child", office.url, "--format", format, "--out", str(out)]
            done = subprocess.run(child, capture_output=True, text=True, check=True)
            out.unlink()
            rows.append({"what": format, "storage": storage, "entries": count, **json.loads(done.stdout)})
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Exports at volume (the engine is skipped).")
    parser.add_argument("--events", type=int, default=100_000, help="entries of the file, about (%(default)s)")
    parser.add_argument("--format", choices=FORMATS, action="append", help="which (all)")
    parser.add_argument("--storage", choices=STORAGES, default="sqlite", help="where (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the data (%(default)s)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    formats = tuple(given.format or FORMATS)
    if given.child:
        print(json.dumps(export(given.child, formats[0], given.out)))
        return
    rows = measure(given.storage, given.events, formats, given.seed)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("{what:<5} {storage:<11} {entries:>8} entries {seconds:>7.2f} s ({processor_seconds:.2f} s cpu), "
              "{peak_mb} MB, {bytes} bytes".format(**row))  # fmt: skip
        if row["what"] == "xes":
            million = row["seconds"] / row["entries"] * 1_000_000
            held = million < SECONDS and row["peak_mb"] < MEGABYTES
            print(f"      {million:.1f} s for a million (less than {SECONDS:.0f}), less than {MEGABYTES} MB: "
                  f"{'held' if held else 'MISSED'}")  # fmt: skip


if __name__ == "__main__":
    main()
