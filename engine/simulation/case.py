"""The throw-away case itself: begins, takes fills and moves of the clock, keeps what happened. Knows no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.history.event import not_before
from engine.process.diagram import Element
from engine.process.forms import Form
from engine.process.runtime import Live, OpenTask, Position, Step, WaitingTimer, after
from engine.simulation import told
from engine.simulation.actions import Action, Fill, Wait
from engine.simulation.situation import Deadline, Entry, Passed
from engine.simulation.words import joined, stuck, when
from engine.simulation.world import Stopped, World

MAX_FIRINGS = 200  # of timers in one move of the clock


@dataclass(frozen=True)
class Trail:
    """A case after some actions. Each action gives a new one; the engine's state goes on with the newest."""

    live: Live
    started: datetime
    clock: datetime
    last: datetime  # of the last event
    events: int = 0
    opened: Mapping[str, datetime] = field(default_factory=dict)  # task id -> since when it is open
    recorded: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # form key -> its latest values
    elements: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    path: tuple[Passed, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    journal: tuple[Entry, ...] = ()
    outcome: str = ""

    @property
    def position(self) -> Position:
        """Where the case stands."""
        return self.live.position


def begin(world: World, started: datetime) -> Trail:
    """A new case, up to its first tasks. Raises Stopped."""
    try:
        step = world.program.start(world.moment(1, started))
    except Exception as wrong:  # the library raises what it likes on a diagram that the gate has not passed
        raise Stopped(stuck("mulai", wrong)) from wrong
    entry = Entry(started, "mulai", "Aduan tiruan dimulai")
    return _went(world, Trail(step.live, started, started, started), step, started, entry)


def act(world: World, trail: Trail, action: Action) -> Trail:
    """The case after one more action. Raises Stopped."""
    world.check_time()
    return _fill(world, trail, action) if isinstance(action, Fill) else _wait(world, trail, action)


def ordered(world: World, trail: Trail) -> list[OpenTask]:
    """What can be filled in, what opened first first; repeated tasks by their place in what they are repeated over."""
    diagram = world.diagram
    rank = {element: index for index, element in enumerate(diagram.elements)}

    def key(task: OpenTask) -> tuple[datetime, int, int, str]:
        return trail.opened[task.id], rank[task.element], _place(diagram.elements[task.element], task), task.id

    return sorted(world.program.answerable(trail.position), key=key)


def _place(element: Element, task: OpenTask) -> int:
    multi = element.multi
    items = task.variables.get(multi.source or "") if multi else None
    item = task.variables.get(multi.item or "") if multi else None
    return items.index(item) if isinstance(items, list) and item in items else 0


def _fill(world: World, trail: Trail, fill: Fill) -> Trail:
    task, label = _open_task(world, trail, fill)
    form = world.form_of(task.element)
    values = _cleaned(world, form, task, fill) if form else {}
    names = world.diagram.read_variables & form.properties.keys() if form else frozenset[str]()
    # As the command does it: a field that was left empty is empty now, whatever an earlier round said.
    given = {name: values.get(name) for name in sorted(names)}
    at = not_before(trail.clock, trail.last)
    try:
        step = world.program.answer(trail.live, task, given, world.moment(trail.events + 1, at))
    except Exception as wrong:  # as in `begin`
        raise Stopped(stuck(label, wrong), task.element) from wrong
    lane = world.diagram.lane_at(task.element)
    did = "mencatat" if world.diagram.elements[task.element].awaits_message else "menyelesaikan"
    lost = [
        f"Isian «{each}» tidak ada lagi pada formulir." for each in fill.values if form and each not in form.properties
    ]
    what = f"{lane.name if lane else 'Pelaksana'} {did} «{label}»"
    entry = Entry(at, "isi", what, _typed(world, form, fill), tuple(lost))
    if form is not None:
        before = {key: each for key, each in trail.recorded.items() if key != form.key}
        trail = replace(trail, recorded={**before, form.key: values})  # what was typed last comes last
    return _went(world, trail, step, at, entry, done=task.id)


def _cleaned(world: World, form: Form, task: OpenTask, fill: Fill) -> dict[str, Any]:
    # A form that has lost a field since the action was recorded takes the others all the same.
    cleaned = form.clean({name: fill.values[name] for name in fill.values if name in form.properties}, world.tables)
    if cleaned.errors:
        label = world.diagram.elements[task.element].label
        raise Stopped(f"Isian «{label}» belum lengkap.", task.element, cleaned.errors)
    return cleaned.values


def _open_task(world: World, trail: Trail, fill: Fill) -> tuple[OpenTask, str]:
    known = world.diagram.elements.get(fill.element)
    label = known.label if known is not None else fill.element
    if trail.position.completed:
        raise Stopped(f"«{label}» tidak dapat diisi: aduan sudah selesai.")
    tasks = ordered(world, trail)
    same = [each for each in tasks if each.element == fill.element]
    if fill.task < len(same):
        return same[fill.task], label
    names = joined(dict.fromkeys(world.diagram.elements[each.element].label for each in tasks))
    here = f"yang terbuka {names}" if names else "tidak ada tugas yang terbuka"
    missing = "tidak ada dalam diagram ini" if known is None else "tidak terbuka"
    raise Stopped(f"Langkah «{label}» {missing}; {here}.", tasks[0].element if tasks else "")


def _typed(world: World, form: Form | None, fill: Fill) -> tuple[tuple[str, str], ...]:
    filled = [(name, fill.values[name]) for name in (form.properties if form else ()) if name in fill.values]
    shown = [(name, ", ".join(texts)) for name, texts in filled if any(map(str.strip, texts))]
    return tuple(form.worded(name, text, world.tables) for name, text in shown) if form else ()


def _wait(world: World, trail: Trail, wait: Wait) -> Trail:
    if trail.events == 1 and not trail.position.completed and len(trail.position.tasks) == 1:
        return begin(world, wait.until)  # a case begins with its first form: until then the clock only says when
    if wait.until < trail.clock:
        raise Stopped("Waktu simulasi tidak dapat mundur. Pakai «Mundur satu langkah».")
    fired = 0
    while trail.position.timers and trail.position.timers[0].due < wait.until:
        world.check_time()
        if fired == MAX_FIRINGS:
            message = f"Sampai waktu itu pengatur waktu berbunyi lebih dari {MAX_FIRINGS} kali. Majukan lebih sedikit."
            raise Stopped(message, trail.position.timers[0].element)
        trail, fired = _fire(world, trail, trail.position.timers[0]), fired + 1
    clock = max(wait.until, trail.last)
    if fired and when(clock) == when(trail.last):
        return replace(trail, clock=clock)  # moved no further than to what rang: that tells the time
    moved = Entry(clock, "waktu", f"Waktu dimajukan ke {when(clock)}")
    return replace(trail, clock=clock, journal=(*trail.journal, moved))


def _fire(world: World, trail: Trail, timer: WaitingTimer) -> Trail:
    label = world.diagram.elements[timer.element].label
    at = not_before(after(timer), trail.last)
    # As the worker does it: the engine's clock stands just after this timer, so that no later one is swept along.
    moment = replace(world.moment(trail.events + 1, at), at=after(timer))
    try:
        step = world.program.fire(trail.live, timer, moment)
    except Exception as wrong:  # as in `begin`
        raise Stopped(stuck(label, wrong), timer.element) from wrong
    return _went(world, trail, step, at, Entry(at, "bunyi", f"Pengatur waktu «{label}» berbunyi"), rang=timer.element)


def _went(
    world: World, trail: Trail, step: Step, at: datetime, entry: Entry, *, done: str = "", rang: str = ""
) -> Trail:
    """The trail after a step of the engine, with what followed from it in words."""
    # A repeating timer is only passed after its last round, and yet it rang.
    elements = step.elements if not rang or rang in step.elements else (rang, *step.elements)
    followed = dict.fromkeys(told.notes(world, step, done, trail.recorded, at))
    outcome = told.outcome(world.diagram, step)
    ending = (Entry(at, "selesai", f"Aduan selesai: {outcome}"),) if step.position.completed else ()
    return replace(
        trail,
        live=step.live,
        clock=at,
        last=at,
        events=trail.events + 1,
        opened={task.id: trail.opened.get(task.id, at) for task in world.program.answerable(step.position)},
        elements=(*trail.elements, *elements),
        flows=(*trail.flows, *step.flows),
        path=(*trail.path, *told.passed(world.diagram, elements)),
        deadlines=(*trail.deadlines, *told.deadlines(world, step, at, first=not trail.events)),
        journal=(*trail.journal, replace(entry, notes=(*entry.notes, *followed)), *ending),
        outcome=outcome,
    )
