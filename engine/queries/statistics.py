"""Figures over the cases an actor may see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.access import Actor, lane_rights, visible_cases
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
    by_step: list[tuple[str, str, int]]  # step, role, open tasks, in the order of the diagram
    by_category: list[tuple[str, int]]
    by_outcome: list[tuple[str, int]]


def figures(session: Session, actor: Actor, process_id: str) -> Figures:
    """Counts of cases by state, step, category and outcome."""
    seen = visible_cases(actor, lane_rights(session))
    total = session.scalar(select(func.count()).select_from(Case).where(seen)) or 0
    closed = session.scalar(select(func.count()).select_from(Case).where(seen, Case.closed_at.is_not(None))) or 0
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
