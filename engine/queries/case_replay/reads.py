"""Who looked at a case: from the reading streams (`baca/<account>/<day>`), not the case's own. Writes nothing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.history.event import moment_text
from engine.queries.case_replay.document import Read
from engine.queries.case_replay.messages import After, Named
from engine.queries.reads import ReadRow, reads_of_case
from engine.store.models import Case


def reads(session: Session, case: Case, named: Named, after: After) -> list[Read]:
    """Every look at the case, oldest first. A reporter stays as hidden as elsewhere."""
    found = []
    for row in reads_of_case(session, case):
        who = named(row.reader) if row.reader == case.reporter_id else row.name
        found.append(Read(after(row.at), moment_text(row.at), who, ", ".join(row.titles), _what(row)))
    return found


def _what(row: ReadRow) -> str:
    page = f": {row.page}" if row.page else ""
    identity = ", dengan nama dan kontak pelapor" if row.identity else ""
    return f"{row.what}{page}{identity}"
