"""Who looked at a case: from the reading streams (`baca/<account>/<day>`), not the case's own. Writes nothing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.history.event import moment_text
from engine.queries.case_replay.document import Read
from engine.queries.case_replay.messages import After, Named
from engine.queries.reads import ReadRow, reads_of_case
from engine.store.models import Case


def reads(session: Session, case: Case, named: Named, after: After) -> list[Read]:
    """Every look at the case, oldest first.

    Who reads with a title reads by name, also the case's own reporter: to hide just that one would tell who it is.
    """
    found = []
    for row in reads_of_case(session, case):
        own = row.reader == case.reporter_id
        who = named(row.reader) if own and not row.titles else row.name
        found.append(Read(after(row.at), moment_text(row.at), who, ", ".join(row.titles), _what(row, own)))
    return found


def _what(row: ReadRow, own: bool) -> str:
    page = f": {row.page}" if row.page else ""
    identity = ", dengan nama dan kontak pelapor" if row.identity and not own else ""
    return f"{row.what}{page}{identity}"
