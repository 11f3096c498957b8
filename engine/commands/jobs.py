"""What Pengelola Sistem does about work that failed for good: try it again, or give it up. Knows no kinds of work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.access import ADMINISTRATOR, Actor
from engine.commands.streams import append
from engine.errors import Conflict, NotFound
from engine.store.models import Job


def retry_job(session: Session, actor: Actor, job_id: int, now: datetime) -> None:
    """Let a dead letter be tried again, from the first attempt on. Raises NotFound, Conflict (it is none any more)."""
    _settle(session, actor, job_id, "job_retried", now, dead_at=None, attempts=0, due_at=now)


def drop_job(session: Session, actor: Actor, job_id: int, now: datetime) -> None:
    """Give a dead letter up; what it was stays readable. Raises NotFound, Conflict (it is none any more)."""
    _settle(session, actor, job_id, "job_dropped", now, done_at=now)


def _settle(session: Session, actor: Actor, job_id: int, type: str, now: datetime, **columns: object) -> None:
    held = next((each.id for each in actor.held if each.role == ADMINISTRATOR), None)
    key = session.scalar(select(Job.key).where(Job.id == job_id))
    if held is None or key is None:
        raise NotFound
    dead = (Job.id == job_id, Job.dead_at.is_not(None), Job.done_at.is_(None))
    settled = update(Job).where(*dead).values(**columns).returning(Job.id)
    if session.execute(settled).first() is None:
        raise Conflict("Pesan ini tidak tertahan lagi.")
    facts = {"actor": actor.account_id, "appointment": held, "channel": "web", "job": key}
    append(session, "sistem", type, now, facts)
