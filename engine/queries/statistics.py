"""Figures over the cases an actor may see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.access import Actor, lane_rights, visible_cases
from engine.queries.cases import unanswered_late
from engine.queries.choices import labels
from engine.store.deployments import latest_deployed
from engine.store.models import Case, Task

_MERGED = re.compile("^Digabung dengan [A-Z0-9-]+$")


@dataclass(frozen=True)
class Figures:
    """Counts for the report page."""

    filed: int
    running: int
    closed: int
    late: int  # running, past the SOP's total, and not answered
    in_time: int  # answered within the SOP's total
    answered: int
    late_tasks: int
    by_step: list[tuple[str, str, int]]  # step, role, open tasks, in the order of the diagram
    by_category: list[tuple[str, int]]
    by_outcome: list[tuple[str, int]]


def figures(session: Session, actor: Actor, process_id: str, now: datetime) -> Figures:
    """Counts of cases by state, step, category and outcome, and how they stand against the SOP's time."""

    def count(*which: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Case).where(seen, *which)) or 0

    seen = visible_cases(actor, lane_rights(session))
    total, closed = count(), count(Case.closed_at.is_not(None))
    late_task = select(func.count()).join(Case, Case.id == Task.case_id).where(seen, Task.status == "open")
    steps = (
        select(Task.element, func.count()).join(Case, Case.id == Task.case_id).where(seen, Task.status == "open")
    ).group_by(Task.element)
    open_tasks = dict(session.execute(steps).all())
    elements = latest_deployed(session, process_id).diagram.user_tasks
    names = labels(session)["kategori"]
    categories = session.execute(select(Case.kategori, func.count()).where(seen).group_by(Case.kategori)).all()
    outcomes = select(Case.outcome, func.count()).where(seen, Case.outcome.is_not(None)).group_by(Case.outcome)
    return Figures(
        filed=total,
        running=total - closed,
        closed=closed,
        late=count(unanswered_late(now)),
        in_time=count(Case.delivered_at <= Case.due_at),
        answered=count(Case.delivered_at.is_not(None), Case.due_at.is_not(None)),
        late_tasks=session.scalar(late_task.select_from(Task).where(Task.due_at < now)) or 0,
        by_step=[(each.label, each.lane or "", open_tasks.get(each.id, 0)) for each in elements],
        by_category=sorted(((names.get(row[0] or "", "Lainnya"), row[1]) for row in categories), key=lambda r: -r[1]),
        by_outcome=_by_outcome(session.execute(outcomes).all()),
    )


def _by_outcome(rows: Iterable[Any]) -> list[tuple[str, int]]:
    """Merged cases are one outcome, into whichever case they went."""
    counted: Counter[str] = Counter()
    for outcome, number in rows:
        counted[_MERGED.sub("Digabung dengan aduan lain", outcome)] += number
    return counted.most_common()
