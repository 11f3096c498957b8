"""What long runs over many cases have in common: the cases as bytes, the states, the job that the worker takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.store.models import Job

WAITING, DONE, CANCELLED, FAILED = "waiting", "done", "cancelled", "failed"
_ID = 16  # bytes of a case's id


def pack_cases(case_ids: Iterable[str]) -> bytes:
    """Ids of cases, 16 bytes each, in order."""
    return bytes.fromhex("".join(case_ids))


def packed_cases(cases: bytes, first: int, count: int) -> list[str]:
    """Some of them, by their places."""
    part = cases[first * _ID : (first + count) * _ID]
    return [part[at : at + _ID].hex() for at in range(0, len(part), _ID)]


def add_run_job(session: Session, kind: str, run_id: int, now: datetime) -> None:
    """The worker is to begin with a run."""
    row = {"kind": kind, "key": f"{kind}/{run_id}", "every": None, "due_at": now, "attempts": 0}
    session.execute(insert(Job), row)
