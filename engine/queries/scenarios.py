"""Scenarios of a process, and what each leads to on a proposal. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.process.forms import Tables
from engine.queries.choices import tables
from engine.simulation import Action, Outcome, Run, differences, outcome_of, read_actions, simulate_all
from engine.store.calendars import current_calendar
from engine.store.deployments import latest_deployed
from engine.store.models import Account, Scenario

TABLES = ("kategori", "subkategori", "unit")


@dataclass(frozen=True)
class Accepted:
    """That somebody took a new outcome for the expected one."""

    by: str
    at: datetime
    source: str  # "draf 3, simpanan 7"


@dataclass(frozen=True)
class ScenarioRow:
    """A scenario as it is stored."""

    id: int
    name: str
    started: datetime
    actions: Sequence[Action]
    outcome: Outcome  # what is expected: what it led to when it was saved, or when somebody accepted that last
    author: str
    created_at: datetime
    accepted: Accepted | None


@dataclass(frozen=True)
class ScenarioResult:
    """A scenario on a proposal, against the version in force. `since_saved`: against what is expected of it."""

    id: int
    name: str
    same: bool
    sentences: list[str]
    since_saved: list[str]
    outcome: Outcome  # on the proposal
    accepted: Accepted | None


def scenarios(session: Session, process_id: str) -> list[ScenarioRow]:
    """All scenarios of a process, by name."""
    rows = session.execute(
        select(Scenario, Account.name)
        .join(Account, Account.id == Scenario.author_id)
        .where(Scenario.process_id == process_id)
        .order_by(Scenario.name, Scenario.id)
    ).all()
    return [_row(row.Scenario, row.name) for row in rows]


def _row(stored: Scenario, author: str) -> ScenarioRow:
    content = orjson.loads(zstandard.decompress(stored.content))
    outcome = Outcome.from_data(content["outcome"])
    actions = read_actions(content["actions"])
    said = content.get("accepted")
    accepted = Accepted(said["by"], datetime.fromisoformat(said["at"]), said["source"]) if said else None
    return ScenarioRow(stored.id, stored.name, stored.started, actions, outcome, author, stored.created_at, accepted)


def all_tables(session: Session) -> Tables:
    """Every table that a form may take choices from."""
    return tables(session, TABLES)


def run_all(session: Session, process_id: str, xml: bytes, forms: Mapping[str, Any]) -> list[ScenarioResult]:
    """Every scenario on a proposed diagram with its forms (key -> schema), compared with the version in force.

    Both run under the calendar in force. Raises NotFound when the process was never deployed.
    """
    kept = scenarios(session, process_id)
    force = latest_deployed(session, process_id)
    runs = [Run(each.started, each.actions) for each in kept]
    calendar, choices = current_calendar(session).calendar, all_tables(session)
    schemas = {key: form.schema for key, form in force.forms.items()}
    before = simulate_all(force.xml, schemas, runs, calendar=calendar, tables=choices)
    after = simulate_all(xml, forms, runs, calendar=calendar, tables=choices)
    return [
        _result(each, outcome_of(one, len(each.actions)), outcome_of(other, len(each.actions)))
        for each, one, other in zip(kept, before, after, strict=True)
    ]


def outcome_on(session: Session, process_id: str, scenario_id: int, xml: bytes, forms: Mapping[str, Any]) -> Outcome:
    """What one scenario leads to on a diagram with its forms. Raises NotFound."""
    kept = next((each for each in scenarios(session, process_id) if each.id == scenario_id), None)
    if kept is None:
        raise NotFound
    runs = [Run(kept.started, kept.actions)]
    calendar = current_calendar(session).calendar
    (found,) = simulate_all(xml, forms, runs, calendar=calendar, tables=all_tables(session))
    return outcome_of(found, len(kept.actions))


def _result(row: ScenarioRow, before: Outcome, after: Outcome) -> ScenarioResult:
    said = differences(before, after)
    return ScenarioResult(row.id, row.name, not said, said, differences(row.outcome, after), after, row.accepted)
