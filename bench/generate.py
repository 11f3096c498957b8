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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from sqlalchemy import Engine, insert, select

from bench.office import STORAGES, new_office
from engine.history.event import GENESIS, Event, make_event, moment_text
from engine.history.keys import load_signer
from engine.queries.integrity import walk
from engine.store.database import snapshot, transaction
from engine.store.models import Base, Deployment
from engine.worker.log import extend_log

# The two ways of the SOP: each step with its lane, its standard time in hours, and the flows that lead on from it.
COMPLAINT = (
    ("isi_aduan", "Pelapor", None, ("alur_aduan_terkirim",)),
    ("terima_aduan", "Admin", 24, ("alur_aduan_diterima",)),
    ("klasifikasi", "Ketua Tim", 24, ("alur_terklasifikasi", "alur_pengaduan")),
    ("tanggapi_aduan", "Bidang Terkait", 96, ("alur_tanggapan_bidang",)),
    ("terima_tanggapan", "Ketua Tim", 24, ("alur_tanggapan_diterima",)),
    ("input_tanggapan", "Admin", 24, ("alur_jawaban_terkirim",)),
    ("terima_jawaban", "Pelapor", None, ("alur_jawaban_diterima",)),
)
QUESTION = (
    *COMPLAINT[:2],
    ("klasifikasi", "Ketua Tim", 24, ("alur_terklasifikasi", "alur_permintaan_informasi")),
    *COMPLAINT[5:],
)
Step = tuple[str, str, int | None, tuple[str, ...]]
UNITS = ("sd", "smp", "paud", "gtk")
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
WORDS = ("sekolah", "guru", "kelas", "biaya", "seragam", "buku", "rapor", "murid", "wali", "pungutan", "ruang", "rusak",
         "jadwal", "ujian", "zonasi")  # fmt: skip
LIMIT = 60.0  # seconds in which the chain and log of a million events are verified


def generate(engine: Engine, cases: int, seed: int) -> int:
    """Insert the events of so many cases, every fourth a question, interleaved as in an office; returns how many."""
    rng, written = random.Random(seed), 0
    with transaction(engine) as session:
        version = session.scalar(select(Deployment.checksum).order_by(Deployment.id)) or "0" * 64
    for first in range(0, cases, 500):
        rows = [
            case_events(rng, START + timedelta(minutes=n), version, question=n % 4 == 0)
            for n in range(first, min(first + 500, cases))
        ]
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


def case_events(rng: random.Random, opened: datetime, version: str, *, question: bool = False) -> list[Event]:
    """One case's events, shaped and sized like real ones: eight, of a question six."""
    stream, at, unit = f"kasus/{rng.randbytes(16).hex()}", opened, rng.choice(UNITS)
    way = QUESTION if question else COMPLAINT
    task = _task(rng, way[0], at, unit)
    body = _facts(rng, "mulai", ["alur_mulai"], opened=[task]) | {
        "deployment": version, "number": stream[-6:], "reporter": rng.randbytes(16).hex(),
    }  # fmt: skip
    events = [make_event(stream, 1, GENESIS, "case_opened", at, body, {})]
    for place, (step, *_, flows) in enumerate(way):
        at += timedelta(minutes=rng.randrange(1, 600), microseconds=rng.randrange(1_000_000))
        following = [_task(rng, way[place + 1], at, unit)] if place + 1 < len(way) else []
        body = _facts(rng, step, list(flows), opened=following, closed=[task["id"]])
        body |= {"task": task["id"], "element": step, "set": {"jenis": "pengaduan", "bidang": unit}}
        if following:
            task = following[0]
        else:
            body["effects"]["outcome"] = "Selesai, jawaban diterima"
        values = {name: " ".join(rng.choices(WORDS, k=20)) for name in ("isi", "catatan")}
        events.append(make_event(stream, len(events) + 1, events[-1].hash, "task_completed", at, body, values))
    return events


def _task(rng: random.Random, step: Step, at: datetime, unit: str) -> dict[str, Any]:
    element, lane, hours, _ = step
    of_unit = unit if element == "tanggapi_aduan" else None
    task = {"id": rng.randbytes(16).hex(), "element": element, "lane": lane, "unit": of_unit}
    return task | ({"due": moment_text(at + timedelta(hours=hours))} if hours is not None else {})


def _facts(
    rng: random.Random, passed: str, flows: list[str], *, opened: list[dict[str, Any]], closed: Sequence[str] = ()
) -> dict[str, Any]:
    return {
        "actor": rng.randbytes(16).hex(), "for": None, "appointment": rng.randbytes(16).hex(), "channel": "web",
        "effects": {"elements": [passed], "flows": flows, "opened": opened, "closed": list(closed), "timers": []},
        "position": rng.randbytes(32).hex(),
    }  # fmt: skip


def measure(storage: str, events: int, seed: int) -> list[dict[str, Any]]:
    """What it takes to make, to log and to verify so many events: seconds, and those of this process's processor."""
    rows: list[dict[str, Any]] = []
    with new_office(storage) as office, tempfile.TemporaryDirectory(prefix="aduan-bench-") as folder:
        with _timed(rows, "make", storage):
            count = generate(office.database, -(-events * 2 // 15), seed)  # seven and a half a case
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
