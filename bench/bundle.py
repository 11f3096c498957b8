"""Times a bundle of evidence: all that was logged in a period, made from volume data, and its check by verify.py alone.

python bench/bundle.py [--events 10000] [--storage sqlite] [--json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.generate import START, generate
from bench.office import STORAGES, new_office
from engine.history.keys import load_signer
from engine.settings import ROOT
from engine.worker.log import extend_log

MAKE = """
import sys
from datetime import timedelta
from pathlib import Path
from bench.generate import START
from engine.history.keys import load_signer
from engine.queries.evidence.bundle import Wanted, write_bundle
from engine.store.database import open_database, snapshot
engine, years = open_database(sys.argv[1]), timedelta(days=3650)
with snapshot(engine) as session, open(sys.argv[3], "w+b") as out:
    wanted = Wanted(since=START - years, until=START + years)
    write_bundle(session, wanted, load_signer(Path(sys.argv[2])), out, START + years)
"""
PEAK = """
with open("/proc/self/status") as status:  # a child's ru_maxrss begins with that of its parent
    print(next(line for line in status if line.startswith("VmHWM")).split()[1], file=sys.stderr)
"""
CHECK = """
import runpy, sys
try:
    runpy.run_path(sys.argv.pop(1), run_name="__main__")
except SystemExit as end:
    if end.code:
        raise
"""


def measure(storage: str, events: int, seed: int) -> list[dict[str, Any]]:
    """Seconds and the peak of memory of a process of its own, start-up included, for making and for checking."""
    with new_office(storage) as office, tempfile.TemporaryDirectory(prefix="aduan-bench-") as name:
        folder = Path(name)
        count = generate(office.database, -(-events // 8), seed)
        signer = load_signer(folder / "keys")
        while extend_log(office.database, signer, START + timedelta(days=365)):
            pass
        out = folder / "bukti.zip"
        made = _run("bundle", MAKE, [office.url, str(folder / "keys"), str(out)])
        checked = _run("verify.py", CHECK, [str(ROOT / "engine" / "history" / "verify.py"), str(out)])
        size = out.stat().st_size
    about = {"storage": storage, "events": count, "bytes": size}
    return [{**row, **about, "events_per_second": round(count / row["seconds"])} for row in (made, checked)]


def _run(what: str, program: str, arguments: Sequence[str]) -> dict[str, Any]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program + PEAK, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{what}: {done.stderr}")
    return {"what": what, "seconds": round(took, 2), "peak_mb": int(done.stderr.split()[-1]) // 1024}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="A bundle of a period, and its check (the engine is skipped).")
    parser.add_argument("--events", type=int, default=10_000, help="about so many (%(default)s)")
    parser.add_argument("--storage", choices=STORAGES, default="sqlite", help="where (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the data (%(default)s)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    given = parser.parse_args()
    rows = measure(given.storage, given.events, given.seed)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("{what:<10} {storage:<11} {events:>9} events {seconds:>7.2f} s {events_per_second:>7}/s, "
              "memory at most {peak_mb} MB, file {bytes} bytes".format(**row))  # fmt: skip


if __name__ == "__main__":
    main()
