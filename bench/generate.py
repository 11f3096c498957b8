"""Volume data: cases whose chain, values and log are real, made without running the engine.

It says so: nothing here can be replayed, and there are no case rows. For measuring what history costs at size.

    python bench/generate.py [--events 1000000] [--storage sqlite] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from sqlalchemy import Engine, insert

from bench.office import STORAGES, new_office
from engine.history.event import GENESIS, Event, make_event, moment_text
from engine.history.keys import load_signer
from engine.queries.integrity import walk
from engine.store.database import snapshot, transaction
from engine.store.models import Base
from engine.worker.log import extend_log

STEPS = ("isi_aduan", "terima_aduan", "klasifikasi", "tanggapi_aduan", "terima_tanggapan", "input_tanggapan",
         "terima_jawaban")  # fmt: skip
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
WORDS = ("sekolah", "guru", "kelas", "biaya", "seragam", "buku", "rapor", "murid", "wali", "pungutan", "ruang", "rusak",
         "jadwal", "ujian", "zonasi")  # fmt: skip
LIMIT = 60.0  # seconds in which the chain and log of a million events are verified


def generate(engine: Engine, cases: int, seed: int) -> int:
    """Insert the events of so many cases, eight each, interleaved as in an office; returns how many."""
    rng, written = random.Random(seed), 0
    for first in range(0, cases, 500):
        rows = [case_events(rng, START + timedelta(minutes=first + n)) for n in range(min(500, cases - first))]
        events = sorted((event for case in rows for event in case), key=lambda event: event.at)
        with transaction(engine) as session:
            write = session.connection().execute
            write(insert(Base.metadata.tables["event"]), [
                {"stream": each.stream, "seq": each.seq, "body": each.body, "hash": each.hash} for each in events
            ])  # fmt: skip
            write(insert(Base.metadata.tables["event_value"]), [
                {"stream": each.stream, "seq": each.seq, "name": name, "salt": value.salt, "value": value.text}
                for each in events for name, value in each.values.items()
            ])  # fmt: skip
        written += len(events)
    return written


def case_events(rng: random.Random, opened: datetime) -> list[Event]:
    """One case's events, shaped and sized like real ones."""
    stream, events, at = f"kasus/{rng.randbytes(16).hex()}", list[Event](), opened
    for seq, step in enumerate(("case_opened", *STEPS), 1):
        at += timedelta(minutes=rng.randrange(1, 600), microseconds=rng.randrange(1_000_000))
        body = _facts(rng, step)
        values = {} if seq == 1 else {name: " ".join(rng.choices(WORDS, k=20)) for name in ("isi", "catatan")}
        type_, previous = "case_opened" if seq == 1 else "task_completed", events[-1].hash if events else GENESIS
        events.append(make_event(stream, seq, previous, type_, at, body, values))
    return events


def _facts(rng: random.Random, step: str) -> dict[str, Any]:
    task = {"id": rng.randbytes(16).hex(), "element": step, "lane": "Bidang Terkait", "unit": "sd"}
    return {
        "actor": rng.randbytes(16).hex(), "for": None, "appointment": rng.randbytes(16).hex(), "channel": "web",
        "task": rng.randbytes(16).hex(), "element": step, "set": {"jenis": "pengaduan", "bidang": "sd"},
        "effects": {"elements": [step], "flows": [f"ke_{step}"], "opened": [task], "closed": [], "timers": []},
        "position": rng.randbytes(32).hex(),
    }  # fmt: skip


def measure(storage: str, events: int, seed: int) -> list[dict[str, Any]]:
    """What it takes to make, to log and to verify so many events: seconds, and those of this process's processor."""
    rows: list[dict[str, Any]] = []
    with new_office(storage) as office, tempfile.TemporaryDirectory(prefix="aduan-bench-") as folder:
        with _timed(rows, "make", storage):
            count = generate(office.database, -(-events // 8), seed)
        signer, now = load_signer(Path(folder)), START + timedelta(days=3650)
        with _timed(rows, "log and sign", storage):
            while extend_log(office.database, signer, now):
                pass
        with _timed(rows, "verify", storage), snapshot(office.database) as session:
            walked = walk(session, signer.keys, moment_text(now))
    if walked.broken is not None:
        raise RuntimeError(f"what was made does not hold: {walked.broken}")
    for row in rows:
        row |= {"events": count, "events_per_second": round(count / row["seconds"]), "checkpoints": walked.checkpoints}
    return rows


@contextmanager
def _timed(rows: list[dict[str, Any]], what: str, storage: str) -> Iterator[None]:
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    yield
    took, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rows.append({
        "what": what, "storage": storage, "seconds": round(took, 2), "processor_seconds": round(processor, 2),
        "peak_mb": after.ru_maxrss // 1024,
    })  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Chain and log at volume (the engine is skipped).")
    parser.add_argument("--events", type=int, default=100_000, help="about so many (%(default)s)")
    parser.add_argument("--storage", choices=STORAGES, default="sqlite", help="where (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the data (%(default)s)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    given = parser.parse_args()
    rows = measure(given.storage, given.events, given.seed)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    print("Real chain, values and log; the engine is skipped, nothing of this can be replayed.")
    for row in rows:
        print("{what:<14} {storage:<11} {events:>9} events {seconds:>8.2f} s ({processor_seconds:.2f} s of processor) "
              "{events_per_second:>7}/s, memory at most {peak_mb} MB".format(**row))  # fmt: skip
    million = rows[-1]["seconds"] / rows[-1]["events"] * 1_000_000
    verdict = "held" if million < LIMIT else "MISSED"
    print(f"verify: {million:.1f} s for a million events (less than {LIMIT:.0f}): {verdict}")


if __name__ == "__main__":
    main()
