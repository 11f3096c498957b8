"""The statements of a step, built once: to build and compare them anew costs more than to run them. Knows no rules.

They stand on plain tables, not on mapped classes: a step needs no unit of work.
"""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, insert, select, update

from engine.store.models import Base

_CASE = Base.metadata.tables["case"]
_TASK = Base.metadata.tables["task"]
_CALENDAR = Base.metadata.tables["calendar_version"]
_DEPLOYMENT = Base.metadata.tables["deployment"]
_me = _TASK.alias("me")
_open = _TASK.alias("open_task")

# The calendar in force comes along, so that a step needs no statement of its own for it.
_NEWEST = select(func.max(_CALENDAR.c.number)).scalar_subquery()
_CALENDAR_NUMBER = _NEWEST.label("calendar_number")
_CALENDAR_CHECKSUM = (
    select(_CALENDAR.c.checksum).where(_CALENDAR.c.number == _NEWEST).scalar_subquery().label("calendar_checksum")
)
_CASE_COLUMNS = (
    _CALENDAR_NUMBER, _CALENDAR_CHECKSUM, _CASE.c.delivered_at,
    _CASE.c.id, _CASE.c.number, _CASE.c.deployment_id, _CASE.c.reporter_id, _CASE.c.state, _CASE.c.rev, _CASE.c.head,
    _CASE.c.position, _CASE.c.changed_at, _CASE.c.next_timer_at, _CASE.c.closed_at, _DEPLOYMENT.c.checksum,
)  # fmt: skip
_OPEN_COLUMNS = (
    _open.c.id.label("open_id"), _open.c.unit.label("open_unit"), _open.c.assignee_id.label("open_assignee"),
    _open.c.due_at.label("open_due"),
)  # fmt: skip
_deployed = _DEPLOYMENT.c.id == _CASE.c.deployment_id
_still_open = and_(_open.c.case_id == _CASE.c.id, _open.c.status == "open")

CASE_BY_TASK = (
    select(
        *_CASE_COLUMNS, *_OPEN_COLUMNS, _me.c.id.label("task_id"), _me.c.element.label("task_element"),
        _me.c.lane.label("task_lane"), _me.c.unit.label("task_unit"), _me.c.owner_id.label("task_owner"),
        _me.c.status.label("task_status"), _me.c.finished_at.label("task_finished_at"),
        _me.c.finished_by.label("task_finished_by"), _me.c.key.label("task_key"),
    )
    .select_from(
        _me.join(_CASE, _CASE.c.id == _me.c.case_id).join(_DEPLOYMENT, _deployed).outerjoin(_open, _still_open)
    )
    .where(_me.c.id == bindparam("this_task"))
)  # fmt: skip
CASE_BY_ID = (
    select(*_CASE_COLUMNS, *_OPEN_COLUMNS)
    .select_from(_CASE.join(_DEPLOYMENT, _deployed).outerjoin(_open, _still_open))
    .where(_CASE.c.id == bindparam("this_case"))
)

# What an UPDATE sets is named by the parameters it is run with.
MOVE_CASE_ON = update(_CASE).where(_CASE.c.id == bindparam("this_case"), _CASE.c.rev == bindparam("this_rev"))
CLOSE_TASK = update(_TASK).where(_TASK.c.id == bindparam("this_task"))
OPEN_TASK = insert(_TASK)
ADD_EVENT = insert(Base.metadata.tables["event"]).inline()  # inline: nobody asks for the id it got
ADD_VALUE = insert(Base.metadata.tables["event_value"])
