"""Scenarios of a process: saved under a name, accepted as they turn out now, renamed, deleted.

Nothing here touches a case or what is in force. Event of the process: scenario_accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson
import zstandard
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from engine.access import PROCESS_OWNER, Actor, Held
from engine.commands.streams import append
from engine.errors import NotFound, Rejected
from engine.simulation import Action, Outcome, differences, plain
from engine.store.deployments import latest_deployed
from engine.store.models import Scenario

MAX_SCENARIOS = 100  # of a process: all of them run on every proposal
MAX_NAME = 80
MAX_ID = 2**63 - 1


def save_scenario(
    session: Session,
    actor: Actor,
    process_id: str,
    name: str,
    *,
    started: datetime,
    actions: Sequence[Action],
    outcome: Outcome,
    now: datetime,
) -> int:
    """Keep a simulation and what it led to. Returns its id.

    Raises NotFound (not Pemilik Proses, no such process), Rejected (no name, one that is taken, too many).
    """
    _owner(actor)
    latest_deployed(session, process_id)
    name = _name(session, process_id, name)
    if not actions:
        raise _rejected("Belum ada langkah yang dapat disimpan. Isi dahulu sekurangnya satu formulir.")
    count = session.scalar(select(func.count()).select_from(Scenario).where(Scenario.process_id == process_id)) or 0
    if count >= MAX_SCENARIOS:
        raise _rejected(f"Sudah ada {MAX_SCENARIOS} skenario. Hapus yang tidak dipakai lagi.")
    content = {"actions": plain(actions), "outcome": outcome.data()}
    row = {"process_id": process_id, "name": name, "started": started, "author_id": actor.account_id,
           "content": zstandard.compress(orjson.dumps(content)), "created_at": now}  # fmt: skip
    return session.execute(insert(Scenario).returning(Scenario.id), row).scalar_one()


def accept_outcome(
    session: Session, actor: Actor, process_id: str, scenario_id: int, outcome: Outcome, *, source: str, now: datetime
) -> None:
    """What a scenario leads to now is what is expected of it from here on; who said so stays on record.

    `source` says on what it was run ("draf 3, simpanan 7"). Raises NotFound, Rejected (nothing new in it).
    """
    held = _owner(actor)
    _check_known(session, process_id, scenario_id)
    stored = session.get_one(Scenario, scenario_id)
    content = orjson.loads(zstandard.decompress(stored.content))
    before = Outcome.from_data(content["outcome"])
    changed = differences(before, outcome)
    if not changed:
        raise Rejected({"terima": "Hasilnya sama."}, f"Hasil skenario «{stored.name}» sama dengan yang diharapkan.")
    content |= {"outcome": outcome.data(), "accepted": {"by": actor.name, "at": now.isoformat(), "source": source}}
    session.execute(
        update(Scenario).where(Scenario.id == scenario_id).values(content=zstandard.compress(orjson.dumps(content)))
    )
    facts = {"actor": actor.account_id, "appointment": held.id, "channel": "web", "scenario": scenario_id}
    values = {"name": stored.name, "source": source, "changed": changed}
    append(session, f"proses/{process_id}", "scenario_accepted", now, facts, values)


def rename_scenario(session: Session, actor: Actor, process_id: str, scenario_id: int, name: str) -> None:
    """Give a scenario another name. Raises NotFound, Rejected."""
    _owner(actor)
    _check_known(session, process_id, scenario_id)
    name = _name(session, process_id, name, scenario_id)
    session.execute(update(Scenario).where(Scenario.id == scenario_id).values(name=name))


def delete_scenario(session: Session, actor: Actor, process_id: str, scenario_id: int) -> None:
    """Forget a scenario. Raises NotFound."""
    _owner(actor)
    _check_known(session, process_id, scenario_id)
    session.execute(delete(Scenario).where(Scenario.id == scenario_id))


def _owner(actor: Actor) -> Held:
    held = next((each for each in actor.held if each.role == PROCESS_OWNER), None)
    if held is None:
        raise NotFound
    return held


def _check_known(session: Session, process_id: str, scenario_id: int) -> None:
    which = (Scenario.id == scenario_id, Scenario.process_id == process_id)
    if scenario_id > MAX_ID or session.scalar(select(Scenario.id).where(*which)) is None:
        raise NotFound


def _name(session: Session, process_id: str, name: str, own: int = 0) -> str:
    plain_name = " ".join(name.split())
    if not plain_name or len(plain_name) > MAX_NAME or not plain_name.isprintable():
        raise _rejected(f"Tulis nama skenario, paling banyak {MAX_NAME} huruf.")
    taken = (Scenario.process_id == process_id, Scenario.name == plain_name, Scenario.id != own)
    if session.scalar(select(Scenario.id).where(*taken)) is not None:
        raise _rejected(f"Sudah ada skenario bernama «{plain_name}». Pilih nama lain.")
    return plain_name


def _rejected(message: str) -> Rejected:
    return Rejected({"nama": message}, message)
