"""Who asks, and what that person may see and do. Lanes of the diagram say it; four fixed roles stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from engine.process.diagram import Diagram, Lane
from engine.store.deployments import all_deployed
from engine.store.models import Case, FormerUnit, Task

PROCESS_OWNER = "Pemilik Proses"
AUDITOR = "Auditor"
LEADER = "Pimpinan"
ADMINISTRATOR = "Pengelola Sistem"
FIXED_ROLES = (PROCESS_OWNER, AUDITOR, LEADER, ADMINISTRATOR)
HIDDEN_REPORTER = "Pelapor (nama dirahasiakan)"

Rights = Mapping[str, Lane]  # role -> the lane that gives it


@dataclass(frozen=True)
class Held:
    """An appointment in force today."""

    id: str
    role: str
    unit: str | None
    position: str  # jabatan
    kind: str  # definitif, plt, plh

    @property
    def title(self) -> str:
        """The jabatan as one signs with it: "Plh. Ketua Tim"."""
        return f"{ {'plt': 'Plt. ', 'plh': 'Plh. '}.get(self.kind, '') }{self.position}"


@dataclass(frozen=True)
class Actor:
    """The person who asks. Anyone with an account may be a reporter; roles come from appointments."""

    account_id: str
    name: str
    held: tuple[Held, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """Roles held today."""
        return frozenset(each.role for each in self.held)

    def holds(self, *roles: str) -> bool:
        """Whether one of the roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def title(self) -> str:
        """Every jabatan held today, for the page head."""
        return ", ".join(dict.fromkeys(each.title for each in self.held))


@dataclass(frozen=True)
class Ownership:
    """Why an actor may complete a task: the appointment, or as the reporter; `for_account` when for someone else."""

    appointment: str | None = None
    for_account: str | None = None


def lane_rights(session: Session) -> dict[str, Lane]:
    """Role -> lane over all deployments; a newer diagram's lane wins."""
    return {name: lane for each in all_deployed(session) for name, lane in each.diagram.lanes.items()}


def held_with(actor: Actor, rights: Rights, right: str) -> Held | None:
    """The first appointment whose lane has a right such as `moves`, `identity`, `on_behalf`."""
    return next((each for each in actor.held if each.role in rights and getattr(rights[each.role], right)), None)


def ownership(actor: Actor, rights: Rights, *, lane: str, unit: str | None, owner_id: str | None) -> Ownership | None:
    """Whether a task of this lane, unit and owner is the actor's to complete; None when it is not."""
    if owner_id is not None:
        if owner_id == actor.account_id:
            return Ownership()
        clerk = held_with(actor, rights, "on_behalf")
        return Ownership(clerk.id, owner_id) if clerk else None
    for each in actor.held:
        if each.role == lane and (unit is None or each.unit == unit):
            return Ownership(each.id)
    return None


def may_deliver(actor: Actor, diagram: Diagram, reporter_id: str, element: str, unit: str | None) -> Ownership | None:
    """Whether a message that an element waits for is the actor's to record, as a task in its lane would be."""
    lane = diagram.lane_at(element)
    if lane is None:
        return None
    return ownership(
        actor, diagram.lanes, lane=lane.name, unit=unit, owner_id=reporter_id if lane.is_reporter else None
    )


def owns_open_task(actor: Actor) -> ColumnElement[bool]:
    """SQL: open tasks on the actor's worklist (what is done on behalf of others is not on it)."""
    mine: list[ColumnElement[bool]] = [Task.owner_id == actor.account_id]
    for each in actor.held:
        unit = Task.unit.is_(None) if each.unit is None else or_(Task.unit.is_(None), Task.unit == each.unit)
        mine.append(and_(Task.owner_id.is_(None), Task.lane == each.role, unit))
    return and_(Task.status == "open", or_(*mine))


def visible_cases(actor: Actor, rights: Rights) -> ColumnElement[bool]:
    """SQL: cases that exist for this actor."""
    return or_(Case.reporter_id == actor.account_id, seen_by_role(actor, rights))


def seen_by_role(actor: Actor, rights: Rights) -> ColumnElement[bool]:
    """SQL: cases that a role shows to this actor; a Pemilik Proses sees steps and times of all."""
    return true() if actor.holds(PROCESS_OWNER) else read_by_role(actor, rights)


def read_by_role(actor: Actor, rights: Rights) -> ColumnElement[bool]:
    """SQL: cases of which a role lets this actor read what was written. Roles do not lend each other their reach."""
    lanes = [(each, rights[each.role].sees) for each in actor.held if each.role in rights]
    if actor.holds(AUDITOR, LEADER) or any(sees == "semua" for _, sees in lanes):
        return true()
    return or_(false(), *(_had_a_task(held.role, held.unit) for held, sees in lanes if sees == "unit" and held.unit))


def _had_a_task(role: str, unit: str) -> ColumnElement[bool]:
    """SQL: cases of which the unit has, or had until it was moved, a task in this role's lane."""
    # Under a name of its own: a query that joins tasks itself would otherwise take it for the same.
    task = aliased(Task)
    former = exists(select(FormerUnit.task_id).where(FormerUnit.task_id == task.id, FormerUnit.unit == unit))
    had = (task.case_id == Case.id, task.lane == role, or_(task.unit == unit, former))
    return exists(select(task.id).where(*had))


def knows_identity(actor: Actor, rights: Rights, reporter_id: str) -> bool:
    """Whether the actor may read the reporter's name and contact."""
    return actor.account_id == reporter_id or held_with(actor, rights, "identity") is not None
