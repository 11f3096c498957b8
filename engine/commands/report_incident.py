"""Marks a case that cannot go on, so that staff see it; changes nothing else of it."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.store.models import Case, Task


def report_incident(session: Session, reason: str, *, case_id: str | None = None, task_id: str | None = None) -> None:
    """Set the case's incident; the case may be named by one of its tasks."""
    where = Case.id == case_id
    if case_id is None:
        where = Case.id.in_(Task.__table__.select().with_only_columns(Task.case_id).where(Task.id == task_id))
    session.execute(update(Case).where(where).values(incident=reason))
