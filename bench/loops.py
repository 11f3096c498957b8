"""What a step costs after many rounds of one case through a loop: against young cases, in turn, on the same database.

Three loops: a flat one, one with a parallel gateway, one with an embedded subprocess. The past of each is dropped.

    python bench/loops.py [--rounds 300] [--cases 1] [--storage sqlite] [--json]
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import orjson
import zstandard
from sqlalchemy import select

from bench.measure import Samples, options, wanted_storages
from bench.office import STORAGES, Office, new_office, usable_storages
from engine.commands.complete_task import complete_task
from engine.commands.deploy import deploy
from engine.commands.open_case import open_case
from engine.store.database import transaction
from engine.store.models import Case, Task
from tests.process.drawing import LANES, Node, draw, end, exclusive, parallel, small_forms, sub, user

MOST = 1.2  # a step at the end of the loop against the first ones
WINDOW = 20  # rounds at the end that are compared
YOUTH = 3  # rounds after which a young case gives way to a fresh one
ROLES = {name: rights for name, rights in LANES.items() if name != "Bidang"}
VALUES = {"periksa": {"putusan": "tidak"}}
INSIDE = sub("bagian", [Node("awal", "startEvent"), user("tulis", lane=""), end("akhir")], "awal>tulis>akhir").inner
WAYS = {
    "flat": ([user("tulis")], "isi>tulis>periksa; cukup>tulis"),
    "parallel": (
        [user("tulis"), parallel("bagi"), user("kiri"), user("kanan"), parallel("satu")],
        "isi>tulis>bagi>kiri>satu>periksa; bagi>kanan>satu; cukup>tulis",
    ),
    "subprocess": ([Node("bagian", "subProcess", "Admin", {}, INSIDE)], "isi>bagian>periksa; cukup>bagian"),
}


@dataclass
class Loop:
    """What one shape cost: steps of young cases and, taken in turn with them, the last steps of the aged ones."""

    shape: str
    storage: str
    young: list[Samples] = field(default_factory=list)  # by round
    aged: list[Samples] = field(default_factory=list)
    tasks: int = 0  # in the aged state
    bytes: int = 0  # of it, compressed

    @property
    def rounds(self) -> int:
        """How many the aged cases went through."""
        return len(self.aged)

    def last(self, rounds: list[Samples], what: str) -> Samples:
        """All steps of the last rounds as one."""
        took = [each for samples in rounds[-WINDOW:] for each in samples.took]
        return Samples(f"{self.shape}_{what}", self.storage, took)


def drawing(shape: str) -> bytes:
    """A diagram that goes round until someone decides that it is enough."""
    nodes, flows = WAYS[shape]
    back = flows.rsplit("cukup>", 1)[1]
    ends = [user("periksa", "putus"), exclusive("cukup", f"cukup_{back}"), end()]
    return draw([*nodes, *ends], f"mulai>isi; periksa>cukup; cukup>selesai: putusan == 'ya'; {flows}", ROLES)


def measure(office: Office, shape: str, *, rounds: int, cases: int) -> Loop:
    """Age the cases round by round, each round in turn with young cases."""
    with transaction(office.database) as session:
        deploy(session, drawing(shape), small_forms(), now=datetime.now(UTC))
    loop = Loop(shape, office.storage)
    for _ in range(YOUTH):  # statements compiled, deployment loaded
        _go_round(office, _open(office), Samples("warm-up", office.storage))
    aged = [_open(office) for _ in range(cases)]
    young: list[str] = []
    for number in range(rounds):
        young = [_open(office) for _ in aged] if number % YOUTH == 0 else young
        now, then = Samples("aged", office.storage), Samples("young", office.storage)
        for old, fresh in zip(aged, young, strict=True):
            _go_round(office, old, now)
            _go_round(office, fresh, then)
        loop.aged.append(now)
        loop.young.append(then)
    loop.tasks, loop.bytes = _size(office, aged[0])
    return loop


def _open(office: Office) -> str:
    with transaction(office.database) as session:
        return open_case(session, office.reporter, "uji", {}, now=datetime.now(UTC)).case_id


def _go_round(office: Office, case: str, samples: Samples) -> None:
    """Every step until the decision sends it back."""
    element = ""
    while element != "periksa":
        task, element = _open_task(office, case)
        samples.time(partial(_take, office, task, element))


def _open_task(office: Office, case: str) -> tuple[str, str]:
    with transaction(office.database) as session:
        waiting = (
            select(Task.id, Task.element).where(Task.case_id == case, Task.status == "open").order_by(Task.element)
        )
        row = session.execute(waiting.limit(1)).one()
    return row.id, row.element


def _take(office: Office, task: str, element: str) -> None:
    with transaction(office.database) as session:
        complete_task(session, office.people["Admin"], task, VALUES.get(element, {}), now=datetime.now(UTC))


def _size(office: Office, case: str) -> tuple[int, int]:
    with transaction(office.database) as session:
        state = session.get_one(Case, case).state
    stored = orjson.loads(zstandard.decompress(state))
    return sum(len(each["tasks"]) for each in (stored, *stored["subprocesses"].values())), len(state)


def rows_of(loop: Loop) -> list[dict[str, Any]]:
    """The agreed form, with what else there is to say; the floor of a loop is the step of its young cases."""
    first, last = loop.last(loop.young, "first"), loop.last(loop.aged, "last")
    more = {"rounds": loop.rounds, "tasks": loop.tasks, "bytes": loop.bytes}
    return [
        {"what": each.what, "storage": each.storage, "p50_ms": round(each.p50, 3), "p95_ms": round(each.p95, 3),
         "ratio_to_floor": round(each.p50 / first.p50, 3), **more}
        for each in (first, last)
    ]  # fmt: skip


def table(loops: list[Loop]) -> str:
    """All loops for people, and whether they held the bar."""
    line = "{:<11} {:<11} {:>7} {:>9} {:>9} {:>6} {:>6} {:>7}  {}"
    lines = [line.format("loop", "storage", "rounds", "first ms", "last ms", "ratio", "tasks", "bytes", "").rstrip()]
    for loop in loops:
        first, last = rows_of(loop)
        end_of = f"at most {MOST}: {'held' if last['ratio_to_floor'] <= MOST else 'MISSED'}"
        numbers = (f"{first['p50_ms']:.2f}", f"{last['p50_ms']:.2f}", f"{last['ratio_to_floor']:.2f}")
        lines.append(
            line.format(loop.shape, loop.storage, loop.rounds, *numbers, loop.tasks, loop.bytes, end_of).rstrip()
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = options(__doc__ or "", cases=1, rounds=300, storages=STORAGES)
    parser.add_argument("--loop", choices=tuple(WAYS), action="append", help="only this one (default: all)")
    chosen = parser.parse_args()
    loops: list[Loop] = []
    for storage in wanted_storages(chosen.storage, STORAGES, usable_storages()):
        for shape in chosen.loop or WAYS:
            with new_office(storage) as office:
                loops.append(measure(office, shape, rounds=chosen.rounds, cases=chosen.cases))
    print(json.dumps([row for loop in loops for row in rows_of(loop)], indent=2) if chosen.json else table(loops))


if __name__ == "__main__":
    main()
