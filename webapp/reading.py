"""One line for a view that shows what is not public: who read it stands in the trace before the page is shown."""

from __future__ import annotations

from typing import Any

from engine.commands.record_read import record_read as write_down
from engine.reading import ReadKind
from engine.store.models import Case
from webapp.context import actor, engine, now


def record_read(what: ReadKind, /, case: Case | None = None, *, words: str = "", **facts: Any) -> None:
    """Write down that the person who asks reads this. Call it after it was found and before it is answered.

    `words` are those of a search: kept as an erasable value. `facts` are plain data for the body, never what somebody
    typed: `page`, `cases` (ids), `format` ... Raises Conflict or a database error when it cannot be written; then
    nothing is shown.
    """
    about = {"case": case.id, "seen": case.rev} if case is not None else {}
    values = {"kata": words} if words else None
    write_down(engine(), actor(), what, {**about, **facts}, now=now(), values=values)
