"""Holds one case's stored events, values and proofs against the newest checkpoint, as a bundle of it would be."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from engine.history.verify import OUTSIDE, Checkpoint, Events, Key, Report, check_against, open_note
from engine.queries.evidence.bundle import newest_or_none
from engine.queries.evidence.lines import Lines
from engine.queries.evidence.scope import of_cases
from engine.store.deployments import all_deployed
from engine.store.log import Proofs


def check_stream(session: Session, number: str, keys: Sequence[Key], earlier: Checkpoint | None, now: str) -> Report:
    """Check a case; needs public keys only. Raises Broken, Rejected (no such case), NotFound (nothing is signed)."""
    stored = newest_or_none(session)
    (stream,) = of_cases(session, [number]).streams
    versions = {each.checksum: each for each in all_deployed(session)}
    events = Events(open_note(stored.note, keys), now)
    events.read(line[:-1] for line in Lines(session, stored, versions.__getitem__).of([stream]))
    if earlier is not None:
        proofs = (
            {str(earlier.size): Proofs(session, stored).consistency(earlier.size)}
            if 0 < earlier.size < stored.size
            else {}
        )
        check_against(events.point, earlier, proofs, OUTSIDE)
    return events.report()
