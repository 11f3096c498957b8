"""How a view changes a case: one transaction, an incident written down, a friendly 409. Knows no page by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.incidents import report_incident
from engine.errors import Conflict, Incident
from engine.store.models import Case
from webapp.context import database, now
from webapp.failures import page

Result = TypeVar("Result")


def change(command: Callable[[Session], Result], *, task_id: str | None = None, number: str | None = None) -> Result:
    """Run a command on a case, named by its number or one of its tasks; an incident is written down and raised on."""
    try:
        with database() as session:
            return command(session)
    except Incident as incident:
        with database() as session:
            case_id = session.scalar(select(Case.id).where(Case.number == number)) if task_id is None else None
            report_incident(session, incident, now=now(), case_id=case_id, task_id=task_id)
        raise


def changed_meanwhile(error: Conflict, number: str, copy: list[tuple[str, str]] | None = None) -> Response:
    """The 409 of what is done beside the diagram: what happened, and the text that was typed."""
    advice = [{"teks": f"Buka lagi aduan {number}", "url": f"/aduan/{number}"}]
    return page(409, "Sudah berubah", error.message, copy, saran=advice)
