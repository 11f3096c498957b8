"""A changed SOP is proposed by one person and approved or returned by another; approved, it comes into force.

Events of the process: draft_proposed, draft_returned, draft_withdrawn, draft_approved, process_deployed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.orm import Session

from engine.access import PROCESS_OWNER, Actor, Held
from engine.commands.deploy import Deployed, NotDeployable, checksum_of, put_in_force
from engine.commands.streams import append
from engine.errors import Conflict, NotFound, Rejected
from engine.process.gate import Finding, check, holds
from engine.store.deployments import latest_deployed
from engine.store.drafts import DraftContent, draft
from engine.store.models import Account, Appointment, Draft, Proposal
from engine.worktime import WIB

MAX_REASON = 2000
WAITING, RETURNED, WITHDRAWN, APPROVED, IN_FORCE = "waiting", "returned", "withdrawn", "approved", "in_force"


def propose(
    session: Session,
    actor: Actor,
    process_id: str,
    draft_id: int,
    rev: int,
    *,
    reason: str,
    effective_on: date | None = None,
    now: datetime,
) -> int:
    """Put a draft before another person; it cannot be drawn on meanwhile. Returns the proposal's id.

    `effective_on` None: in force as soon as it is approved. Raises NotFound, Conflict (changed since, or not open),
    NotDeployable, Rejected (no reason, a day that is past, nothing changed).
    """
    held = _owner(actor)
    found = draft(session, process_id, draft_id)
    if not found.draft.open or found.rev != rev:
        raise Conflict("Draf ini sudah berubah sejak halaman ini dibuka. Periksa lagi, lalu usulkan.")
    text = _reason(reason, "alasan", "Tulis alasan perubahan ini; penyetuju dan auditor akan membacanya.")
    if effective_on is not None and effective_on < now.astimezone(WIB).date():
        raise Rejected({"berlaku": "Pilih hari ini atau sesudahnya."}, "Tanggal berlaku sudah lewat.")
    base = latest_deployed(session, process_id)
    checksum, _ = checksum_of(found.xml, found.forms)
    if checksum == base.checksum:
        raise Rejected({"alasan": "Belum ada yang berubah."}, f"Draf ini sama dengan versi {base.number} yang berlaku.")
    _gate(session, found)
    _close(session, found, "proposed", actor, now)
    row = {"draft_id": draft_id, "rev": rev, "process_id": process_id, "checksum": checksum, "base": base.number,
           "effective_on": effective_on, "state": WAITING, "proposed_by": actor.account_id, "proposed_at": now,
           "reason": text}  # fmt: skip
    made = session.execute(insert(Proposal).returning(Proposal.id), row).scalar_one()
    facts = _facts(actor, held) | {
        "proposal": made, "draft": draft_id, "rev": rev, "checksum": checksum, "base": base.number,
        "effective_on": effective_on.isoformat() if effective_on else None,
    }  # fmt: skip
    append(session, f"proses/{process_id}", "draft_proposed", now, facts, {"reason": text})
    return made


def return_proposal(session: Session, actor: Actor, proposal_id: int, *, comment: str, now: datetime) -> None:
    """Give a draft back with what must be mended; by someone else than who proposed it.

    Raises NotFound, Conflict (decided already), Rejected (own proposal, or no comment).
    """
    held = _owner(actor)
    found = _waiting(session, proposal_id)
    _not_own(found, actor)
    text = _reason(comment, "catatan", "Tulis apa yang perlu diperbaiki; pengusul akan membacanya.")
    _decide(session, found, RETURNED, actor, now, comment=text)
    _reopen(session, found, actor, now)
    facts = _facts(actor, held) | {"proposal": found.id, "draft": found.draft_id}
    append(session, f"proses/{found.process_id}", "draft_returned", now, facts, {"comment": text})


def withdraw_proposal(session: Session, actor: Actor, proposal_id: int, *, now: datetime) -> None:
    """Take one's own proposal back, to go on drawing. Raises NotFound (someone else's too), Conflict."""
    held = _owner(actor)
    found = _waiting(session, proposal_id)
    if found.proposed_by != actor.account_id:
        raise NotFound
    _decide(session, found, WITHDRAWN, actor, now)
    _reopen(session, found, actor, now)
    facts = _facts(actor, held) | {"proposal": found.id, "draft": found.draft_id}
    append(session, f"proses/{found.process_id}", "draft_withdrawn", now, facts)


def approve(session: Session, actor: Actor, proposal_id: int, *, now: datetime) -> Deployed | None:
    """Approve someone else's proposal. Returns the version when it is in force at once, None when its day is to come.

    Raises NotFound, Conflict (decided already, or another version came into force meanwhile), Rejected (own
    proposal), NotDeployable (what the gate says has changed).
    """
    held = _owner(actor)
    found = _waiting(session, proposal_id)
    _not_own(found, actor)
    content = draft(session, found.process_id, found.draft_id, found.rev)
    warnings = _gate(session, content)
    _still_newest(session, found)
    later = found.effective_on is not None and found.effective_on > now.astimezone(WIB).date()
    _decide(session, found, APPROVED if later else IN_FORCE, actor, now)
    facts = _facts(actor, held) | {"proposal": found.id, "draft": found.draft_id, "checksum": found.checksum}
    append(session, f"proses/{found.process_id}", "draft_approved", now, facts)
    return None if later else _enforce(session, found, content, warnings, now)


def put_due_in_force(session: Session, proposal_id: int, *, now: datetime) -> Deployed | None:
    """Put an approved proposal in force on its day.

    None when it can no longer be deployed, or another version came first: then its draft is open again, and why is
    said in the proposal. Raises Conflict when it is not its turn.
    """
    found = session.get(Proposal, proposal_id)
    due = found is not None and found.effective_on is not None and found.effective_on <= now.astimezone(WIB).date()
    if found is None or found.state != APPROVED or not due:
        raise Conflict("Usulan ini tidak menunggu hari berlakunya.")
    content = draft(session, found.process_id, found.draft_id, found.rev)
    try:
        warnings = _gate(session, content)
        _still_newest(session, found)
    except (NotDeployable, Conflict) as wrong:
        _give_up(session, found, wrong.message, now)
        return None
    _take(session, found, APPROVED, state=IN_FORCE)
    return _enforce(session, found, content, warnings, now)


def due_proposals(session: Session, now: datetime) -> list[int]:
    """Ids of approved proposals whose day has come, oldest first."""
    which = (Proposal.state == APPROVED, Proposal.effective_on <= now.astimezone(WIB).date())
    return list(session.scalars(select(Proposal.id).where(*which).order_by(Proposal.effective_on, Proposal.id)))


def _still_newest(session: Session, found: Proposal) -> None:
    if latest_deployed(session, found.process_id).number != found.base:
        raise Conflict("Versi lain sudah berlaku sejak usulan ini dibuat. Kembalikan usulan ini, lalu bandingkan lagi.")


def _give_up(session: Session, found: Proposal, why: str, now: datetime) -> None:
    """What was approved cannot come into force any more: said by an event without an actor."""
    _take(session, found, APPROVED, state=RETURNED, comment=why)
    session.execute(update(Draft).where(Draft.id == found.draft_id).values(state="open", changed_at=now))
    facts = {"actor": None, "proposal": found.id, "draft": found.draft_id}
    append(session, f"proses/{found.process_id}", "draft_returned", now, facts, {"comment": why})


def _enforce(
    session: Session, found: Proposal, content: DraftContent, warnings: list[Finding], now: datetime
) -> Deployed:
    approver = session.scalar(select(Proposal.decided_by).where(Proposal.id == found.id))
    facts = {"author": found.proposed_by, "proposal": found.id}
    done = put_in_force(session, content.xml, content.forms, warnings, now=now, actor=approver, facts=facts)
    session.execute(update(Proposal).where(Proposal.id == found.id).values(number=done.number))
    session.execute(update(Draft).where(Draft.id == found.draft_id).values(state="deployed"))
    return done


def _owner(actor: Actor) -> Held:
    held = next((each for each in actor.held if each.role == PROCESS_OWNER), None)
    if held is None:
        raise NotFound
    return held


def _facts(actor: Actor, held: Held) -> dict[str, Any]:
    return {"actor": actor.account_id, "appointment": held.id, "channel": "web"}


def _waiting(session: Session, proposal_id: int) -> Proposal:
    found = session.get(Proposal, proposal_id) if proposal_id < 2**63 else None
    if found is None:
        raise NotFound
    if found.state != WAITING:
        who = session.scalar(select(Account.name).where(Account.id == found.decided_by))
        raise Conflict(f"Usulan ini sudah diputuskan{f' {who}' if who else ''}.", by=who, at=found.decided_at)
    return found


def _not_own(found: Proposal, actor: Actor) -> None:
    if found.proposed_by == actor.account_id:
        message = "Usulan sendiri diputuskan orang lain. Mintalah Pemilik Proses yang lain memeriksanya."
        raise Rejected({"keputusan": message}, message)


def _reason(text: str, field: str, message: str) -> str:
    kept = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not kept or len(kept) > MAX_REASON or not kept.replace("\n", "").isprintable():
        said = message if not kept else f"Paling banyak {MAX_REASON} huruf, tanpa tanda yang tidak dapat dicetak."
        raise Rejected({field: said}, said)
    return kept


def _gate(session: Session, content: DraftContent) -> list[Finding]:
    held = frozenset(session.scalars(select(Appointment.role).distinct()))
    findings = check(content.xml, content.forms, held or None)
    if not holds(findings):
        raise NotDeployable(findings)
    return findings


def _close(session: Session, found: DraftContent, state: str, actor: Actor, now: datetime) -> None:
    """The draft rests while someone looks at it: nobody saves over what was proposed."""
    which = (Draft.id == found.id, Draft.rev == found.rev, Draft.state == "open")
    values = {"state": state, "changed_at": now, "changed_by": actor.account_id}
    if cast("CursorResult[Any]", session.execute(update(Draft).where(*which).values(values))).rowcount != 1:
        raise Conflict("Draf ini sudah berubah sejak halaman ini dibuka. Periksa lagi, lalu usulkan.")


def _reopen(session: Session, found: Proposal, actor: Actor, now: datetime) -> None:
    values = {"state": "open", "changed_at": now, "changed_by": actor.account_id}
    session.execute(update(Draft).where(Draft.id == found.draft_id).values(values))


def _decide(session: Session, found: Proposal, state: str, actor: Actor, now: datetime, comment: str = "") -> None:
    _take(session, found, WAITING, state=state, decided_by=actor.account_id, decided_at=now, comment=comment)


def _take(session: Session, found: Proposal, before: str, **values: Any) -> None:
    """Compare-and-set: of two decisions at once one wins."""
    which = (Proposal.id == found.id, Proposal.state == before)
    done = session.execute(update(Proposal).where(*which).values(values).execution_options(synchronize_session=False))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise Conflict("Usulan ini baru saja diputuskan orang lain.")
