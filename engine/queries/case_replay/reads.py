"""Who looked at a case: from the reading streams (`baca/<account>/<day>`), not the case's own. Writes nothing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.queries.case_replay.document import Read
from engine.queries.case_replay.messages import After, Named


def reads(_session: Session, _case_id: str, _named: Named, _after: After) -> list[Read]:
    """Every look at the case, oldest first."""
    return []  # the reading streams are not kept yet
