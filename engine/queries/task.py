"""One task for the person whose it is: the form, what earlier steps recorded, or who finished it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.access import Actor, lane_rights, ownership
from engine.errors import NotFound
from engine.process.diagram import Element
from engine.process.forms import Form
from engine.queries.case_timeline import Timeline, case_timeline, latest_round, latest_values
from engine.queries.cases import Sight, sight_of
from engine.queries.choices import labels
from engine.queries.stored_events import StoredEvent, stored_events
from engine.store.deployments import Deployed, deployed
from engine.store.models import Account, Case, Deployment, FormerUnit, Task

_BY_ID = (  # built once: building it anew costs more than running it
    select(Task, Case, Deployment.checksum)
    .join(Case, Case.id == Task.case_id)
    .join(Deployment, Deployment.id == Case.deployment_id)
    .where(Task.id == bindparam("this_task"))
)


@dataclass(frozen=True)
class TaskBrief:
    """Enough of a task to validate and complete it."""

    id: str
    status: str
    case_id: str
    number: str
    element: Element
    form: Form
    version: Deployed
    on_behalf: bool  # the actor confirms for the reporter
    assignee_id: str | None
    finished_by: str | None
    finished_at: datetime | None


@dataclass(frozen=True)
class TaskPage:
    """Everything that the task's page shows."""

    brief: TaskBrief
    seen: Sight
    timeline: Timeline
    start: dict[str, Any]  # values that the form begins with
    next_roles: tuple[str, ...]  # who may hold the case after this step
    holder: str | None  # name of who took it, when someone else did


def task(session: Session, actor: Actor, task_id: str) -> TaskBrief:
    """Find a task that is the actor's, open or finished. Raises NotFound, also when it is not theirs to see."""
    return _find(session, actor, task_id)[0]


def task_page(session: Session, actor: Actor, task_id: str) -> TaskPage:
    """The page of a task. Raises NotFound."""
    brief, case, checksum = _find(session, actor, task_id)
    seen = sight_of(session, actor, case, checksum, lane_rights(session))
    events = stored_events(session, f"kasus/{case.id}")
    earlier = latest_values(events, brief.version.diagram) | _of_several(session, events, brief.version)
    holder = None
    if brief.assignee_id not in (None, actor.account_id):
        holder = session.scalar(select(Account.name).where(Account.id == brief.assignee_id))
    timeline = case_timeline(session, actor, seen)
    return TaskPage(
        brief, seen, timeline, brief.form.prefill(earlier), next_roles(brief.version, brief.element), holder
    )


def _of_several(session: Session, events: list[StoredEvent], version: Deployed) -> dict[str, dict[str, str]]:
    """Of steps that several units did at once: form key -> each text, one after the other under its unit's name."""
    found: dict[str, dict[str, str]] = {}
    for element in version.diagram.elements.values():
        answers = latest_round(events, element.id) if element.multi is not None else []
        if not answers:
            continue
        done = [str(event.body["task"]) for event in answers]
        units = dict(session.execute(select(Task.id, Task.unit).where(Task.id.in_(done))).all())
        names = labels(session)["unit"]
        texts: dict[str, list[str]] = {}
        for event, task_id in zip(answers, done, strict=True):
            head = names.get(units.get(task_id) or "", element.label)
            for name, value in event.values.items():
                if isinstance(value, str):
                    texts.setdefault(name, []).append(f"{head}:\n{value}")
        found[element.form_key or element.id] = {name: "\n\n".join(each) for name, each in texts.items()}
    return found


def _find(session: Session, actor: Actor, task_id: str) -> tuple[TaskBrief, Case, str]:
    row = session.execute(_BY_ID, {"this_task": task_id}).first()
    if row is None:
        raise NotFound
    found, case = row.Task, row.Case
    version = deployed(session, case.deployment_id, row.checksum)
    lanes = version.diagram.lanes
    owned = ownership(actor, lanes, lane=found.lane, unit=found.unit, owner_id=found.owner_id)
    if owned is None:
        raise NotFound
    brief = TaskBrief(
        id=found.id,
        status=found.status,
        case_id=case.id,
        number=case.number,
        element=version.diagram.elements[found.element],
        form=version.form_of(found.element),
        version=version,
        on_behalf=owned.for_account is not None,
        assignee_id=found.assignee_id,
        finished_by=found.finished_by,
        finished_at=found.finished_at,
    )
    return brief, case, row.checksum


def next_roles(version: Deployed, element: Element) -> tuple[str, ...]:
    """Roles of the tasks that may come next, gateways passed; empty when the case may end here."""
    diagram = version.diagram
    roles: dict[str, None] = {}
    seen: set[str] = set()
    stack = [flow.target for flow in reversed(diagram.outgoing(element.id))]
    while stack:
        target = stack.pop()
        if target in seen or target not in diagram.elements:
            continue
        seen.add(target)
        following = diagram.elements[target]
        if following.kind == "userTask":
            roles[following.lane or ""] = None
        else:
            stack.extend(flow.target for flow in reversed(diagram.outgoing(target)))
    return tuple(roles)


def moved_from(session: Session, actor: Actor, task_id: str) -> tuple[Form, str]:
    """Form and case number of a task that left the actor's unit. Raises NotFound when it never was there."""
    statement = (
        select(Task.element, Task.lane, FormerUnit.unit, Case.number, Case.deployment_id, Deployment.checksum)
        .join(FormerUnit, FormerUnit.task_id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .where(Task.id == task_id)
    )
    for row in session.execute(statement):
        if any(held.role == row.lane and held.unit == row.unit for held in actor.held):
            return deployed(session, row.deployment_id, row.checksum).form_of(row.element), row.number
    raise NotFound
