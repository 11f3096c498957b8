"""What people, the clock and the worker may do to a case. A new kind of act is a function and a line in ACTS.

An act does one thing and returns True, or finds nothing of its kind to do and returns False. Refusals that real people
meet too (someone was first, it is too late) count as done.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert

from engine.access import ownership
from engine.commands.claim_task import claim_task
from engine.commands.close_case import WAYS, cancel_case, withdraw_case
from engine.commands.complete_task import complete_task
from engine.commands.deliver_message import deliver_message
from engine.commands.erase_case import BASES, erase_case
from engine.commands.fire_timers import fire_timers
from engine.commands.follow_calendar import follow_case
from engine.commands.handovers import deliver
from engine.commands.incidents import report_incident, retry_incident, skip_incident
from engine.commands.move_task import move_task
from engine.commands.move_token import (
    Proposed,
    consent_move,
    decline_move,
    open_proposal,
    propose_move,
    reopen_case,
)
from engine.commands.set_calendar import set_calendar
from engine.commands.set_variable import set_variable, variable_fields
from engine.errors import Conflict, Incident, NotFound, Rejected
from engine.queries.cases import sight
from engine.queries.choices import choices
from engine.queries.waiting_messages import Awaited, waiting_messages
from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.models import Handover
from tests.engine.office import STAFF
from tests.replay.play import Play

WHY = "Alasannya tercatat di sini."
DIRECTOR, OPERATOR = "hasan", "sistem"
TAKE_PART = ("dewi", "hasan")  # staff who read every case
_NEVER = ("digest", "history")  # an incident that accuses what is stored: in these cases nobody touched it
Act = Callable[[Play], bool]


def act(play: Play) -> None:
    """One random act; each kind as often as its weight says, among those that can be done."""
    names = [name for name, (weight, _) in ACTS.items() for _ in range(weight)]
    while names:
        name = play.rng.choice(names)
        names = [each for each in names if each != name]
        if tried(play, ACTS[name][1]):
            return


def tried(play: Play, what: Act) -> bool:
    """Do it; what real people are refused as well counts as done."""
    try:
        return what(play)
    except Conflict as refused:
        play.log.append(f"  refused: {refused.message}")
    except Rejected as rejected:
        # An erased case stays closed, and a due timer may lead to where a move was to; else what was typed is right.
        if what not in (reopen, propose):
            raise
        play.log.append(f"  rejected: {rejected.errors}")
    except Incident as incident:
        if incident.code in _NEVER:
            raise
        play.log.append(f"  incident: {incident.code}")
        with play.office.transaction() as session:  # as the page does that met it
            report_incident(session, incident, now=play.office.now, case_id=play.case_id)
    return True


# ---- the diagram's own work ----


def complete(play: Play) -> bool:
    """Somebody whose task it is completes it."""
    tasks = [(task, who) for task in play.open_tasks() if (who := play.owners(task))]
    if not tasks:
        return False
    task, owners = play.rng.choice(tasks)
    values = play.answers(play.version.form_of(task.element))
    play.do(complete_task, play.rng.choice(owners), task.id, values)
    return True


def receive(play: Play) -> bool:
    """A message that the case waits for comes, and somebody whose it is records it."""
    awaited: list[tuple[Awaited, str]] = []
    with transaction(play.office.engine) as session:
        for who, actor in sorted(play.actors.items()):
            try:
                seen = sight(session, actor, play.number)
            except NotFound:
                continue
            awaited += [(each, who) for each in waiting_messages(actor, seen)]
    if not awaited:
        return False
    message, who = play.rng.choice(sorted(awaited, key=lambda each: (each[0].element.id, each[1])))
    play.do(deliver_message, who, play.number, message.id, play.answers(message.form))
    return True


def claim(play: Play) -> bool:
    """Somebody takes a task that nobody has, or lays his own back."""
    lanes = play.version.diagram.lanes
    found: list[tuple[str, str, bool]] = []
    for task in play.open_tasks():
        for who in play.owners(task):
            actor = play.actors[who]
            owned = ownership(actor, lanes, lane=task.lane, unit=task.unit, owner_id=task.owner_id)
            if owned and owned.for_account is None and task.assignee_id in (None, actor.account_id):
                found.append((who, task.id, task.assignee_id is not None))
    if not found:
        return False
    who, task_id, held = play.rng.choice(found)
    play.do(claim_task, who, task_id, release=held)
    return True


def wait(play: Play) -> bool:
    """Time passes: to just before, at, or just after a timer, or far beyond it; the worker looks or is late."""
    due = play.case.next_timer_at
    if due is None:
        return False
    tick = timedelta(microseconds=1)
    at = due + play.rng.choice((-tick, timedelta(), tick, timedelta(hours=5), timedelta(days=play.rng.randint(1, 20))))
    play.office.now = max(play.office.now, at - timedelta(minutes=1))  # the transaction adds a minute
    if play.rng.random() < 0.8:
        play.log.append(f"{play.office.now:%d %H.%M.%S} fire_timers")
        with play.office.transaction() as session:
            fire_timers(session, play.case_id, play.office.now)
    return True


def slip(play: Play) -> bool:
    """The machine's clock goes back."""
    play.office.now -= timedelta(seconds=play.rng.randint(1, 7200))
    return True


# ---- beside the diagram ----


def move_to_unit(play: Play) -> bool:
    """The work goes to another unit."""
    lanes = play.version.diagram.lanes
    tasks = [task for task in play.open_tasks() if lanes[task.lane].unit_variable]
    if not tasks:
        return False
    task = play.rng.choice(tasks)
    play.do(move_task, DIRECTOR, task.id, _unit(play, task.unit), WHY)
    return True


def _unit(play: Play, current: str | None) -> str:
    with transaction(play.office.engine) as session:
        return play.rng.choice([each.value for each in choices(session, "unit") if each.value != current])


def propose(play: Play) -> bool:
    """Somebody proposes that the case go on from another step."""
    here = [task.element for task in play.open_tasks()]
    targets = [each.id for each in play.version.program.targets if [each.id] != here]
    if play.case.closed_at is not None or _proposed(play) is not None or not targets:
        return False
    play.do(propose_move, play.rng.choice(TAKE_PART), play.number, play.rng.choice(targets), WHY)
    return True


def settle(play: Play) -> bool:
    """Another one agrees to what was proposed, or somebody declines it."""
    proposed = _proposed(play)
    if play.case.closed_at is not None or proposed is None:
        return False
    if play.rng.random() < 0.25:
        play.do(decline_move, play.rng.choice(TAKE_PART), play.number, proposed.seq)
    else:
        other = next(each for each in TAKE_PART if play.actors[each].account_id != proposed.by)
        play.do(consent_move, other, play.number, proposed.seq)
    return True


def _proposed(play: Play) -> Proposed | None:
    with transaction(play.office.engine) as session:
        return open_proposal(session, play.case_id)


def set_a_variable(play: Play) -> bool:
    """A wrong entry is mended, or emptied."""
    fields = variable_fields(play.version)
    if play.case.closed_at is not None or not fields:
        return False
    name = play.rng.choice(sorted(fields))
    value = play.answers(play.version.forms[fields[name]].only([name])).get(name)
    play.do(set_variable, DIRECTOR, play.number, name, value, WHY)
    return True


def withdraw(play: Play) -> bool:
    """The reporter takes the case back, or a clerk for him."""
    if play.case.closed_at is not None:
        return False
    reporter = next(name for name, actor in play.actors.items() if actor.account_id == play.case.reporter_id)
    play.do(withdraw_case, play.rng.choice((reporter, "dewi")), play.number, play.rng.choice(("", WHY)))
    return True


def cancel(play: Play) -> bool:
    """Who directs the work closes the case otherwise."""
    if play.case.closed_at is not None:
        return False
    way = play.rng.choice([each for each in WAYS if each != "digabung"])
    play.do(cancel_case, DIRECTOR, play.number, WHY, way=way)
    return True


def reopen(play: Play) -> bool:
    """A closed case begins a new cycle."""
    targets = [each.id for each in play.version.program.targets]
    if play.case.closed_at is None or not targets:
        return False
    play.do(reopen_case, DIRECTOR, play.number, play.rng.choice(targets), WHY)
    return True


def erase(play: Play) -> bool:
    """What is personal in a closed case is erased."""
    if play.case.closed_at is None:
        return False
    play.do(erase_case, OPERATOR, play.number, play.rng.choice(sorted(BASES)))
    return True


def hold_up(play: Play) -> bool:
    """Somebody finds that the case cannot go on, perhaps for a timer that is due."""
    case = play.case
    if case.closed_at is not None or case.incident is not None:
        return False
    if case.next_timer_at is not None and play.rng.random() < 0.7:
        play.office.now = max(play.office.now, case.next_timer_at + timedelta(seconds=1))
    with play.office.transaction() as session:
        found = Incident("Aduan ini tertahan.", "failed")
        report_incident(session, found, now=play.office.now, case_id=play.case_id)
    return True


def mend(play: Play) -> bool:
    """A case that is held up is retried, or what holds it up is skipped."""
    if play.case.incident is None:
        return False
    play.do(play.rng.choice((retry_incident, skip_incident)), OPERATOR, play.number, WHY)
    return True


def tell(play: Play) -> bool:
    """A clerk has told a reporter without e-mail what is new."""
    row = {"id": uuid4().hex, "case_id": play.case_id, "kind": "received", "created_at": play.office.now,
           "due_at": play.office.now + timedelta(days=1)}  # fmt: skip
    with play.office.transaction() as session:
        session.execute(insert(Handover), row)
    play.do(deliver, "dewi", row["id"])
    return True


def follow(play: Play) -> bool:
    """A day off is added to the calendar, and the case follows."""
    if play.case.closed_at is not None or play.case.incident is not None:
        return False
    with play.office.transaction() as session:
        data = copy.deepcopy(current_calendar(session).calendar.to_data())
        day = (play.office.now + timedelta(days=play.rng.randrange(1, 12))).date()
        if day.weekday() > 4 or day.isoformat() in {each["date"] for each in data["holidays"]}:
            return False
        data["holidays"].append({"date": day.isoformat(), "name": "Libur", "kind": "libur", "decree": "1/2026"})
        set_calendar(session, play.office.people[OPERATOR], data, decree="1/2026", now=play.office.now)
    with play.office.transaction() as session:
        return follow_case(session, play.case_id, play.office.now)


ACTS: dict[str, tuple[int, Act]] = {
    "complete": (60, complete),
    "receive": (16, receive),
    "claim": (8, claim),
    "wait": (14, wait),
    "slip": (2, slip),
    "move_to_unit": (5, move_to_unit),
    "propose": (4, propose),
    "settle": (60, settle),
    "set_a_variable": (4, set_a_variable),
    "hold_up": (2, hold_up),
    "mend": (50, mend),
    "withdraw": (1, withdraw),
    "cancel": (1, cancel),
    "reopen": (6, reopen),
    "erase": (2, erase),
    "tell": (2, tell),
    "follow": (4, follow),
}
assert {DIRECTOR, OPERATOR, *TAKE_PART} <= STAFF.keys()
