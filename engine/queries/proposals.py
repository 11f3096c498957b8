"""Proposals of a changed procedure, as pages show them. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from engine.errors import NotFound
from engine.store.models import Account, Proposal

SHOWN = 50


@dataclass(frozen=True)
class ProposalRow:
    """A proposal. `state`: waiting, returned, withdrawn, approved (its day is to come), in_force."""

    id: int
    process_id: str
    draft_id: int
    rev: int
    base: int
    effective_on: date | None
    reason: str
    state: str
    proposed_by: str  # account
    proposer: str
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    comment: str
    number: int | None  # of the deployment it became

    @property
    def waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == "waiting"


def proposals(session: Session, process_id: str, draft_id: int | None = None) -> list[ProposalRow]:
    """Of a process, or of one of its drafts: the newest first."""
    which = [Proposal.process_id == process_id] + ([Proposal.draft_id == draft_id] if draft_id is not None else [])
    return _rows(session, *which)


def proposal(session: Session, process_id: str, proposal_id: int) -> ProposalRow:
    """One of them. Raises NotFound."""
    known = proposal_id < 2**63
    found = _rows(session, Proposal.id == proposal_id, Proposal.process_id == process_id) if known else []
    if not found:
        raise NotFound
    return found[0]


def proposal_of_version(session: Session, process_id: str, number: int) -> ProposalRow | None:
    """How a version came into force; None when it was deployed from the command line."""
    found = _rows(session, Proposal.process_id == process_id, Proposal.number == number)
    return found[0] if found else None


def _rows(session: Session, *which: ColumnElement[bool]) -> list[ProposalRow]:
    proposer, decider = aliased(Account), aliased(Account)
    statement = (
        select(Proposal.id, Proposal.process_id, Proposal.draft_id, Proposal.rev, Proposal.base, Proposal.effective_on,
               Proposal.reason, Proposal.state, Proposal.proposed_by, proposer.name, Proposal.proposed_at,
               decider.name, Proposal.decided_at, Proposal.comment, Proposal.number)
        .join(proposer, proposer.id == Proposal.proposed_by)
        .outerjoin(decider, decider.id == Proposal.decided_by)
        .where(*which)
        .order_by(Proposal.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    found: Sequence[Any] = session.execute(statement).all()
    return [ProposalRow(*row) for row in found]
