"""Trying a draft or a version on a made-up case, and the scenarios that are kept of it. For Pemilik Proses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.scenarios import accept_outcome, delete_scenario, rename_scenario, save_scenario
from engine.errors import NotFound, Rejected
from engine.process.diagram import DiagramError, read
from engine.queries.scenarios import ScenarioResult, all_tables, outcome_on, run_all, scenarios
from engine.simulation import Action, Situation, outcome_of, plain, read_actions, simulate
from engine.simulation.actions import read_instant
from engine.simulation.clock import day_later, hour_later, next_due, opening
from engine.store.calendars import current_calendar
from engine.store.deployments import all_deployed, latest_deployed
from engine.store.drafts import DraftRow, draft
from engine.worktime import WIB, Calendar
from webapp.access import needs, process_owner
from webapp.context import actor, database, now
from webapp.simulated import Shown

blueprint = Blueprint("simulation", __name__)
MAX_JSON = 2_000_000  # bytes of a post: its actions, escaped
_DRAFT = "/proses/<process_id>/draf/<int:draft_id>/coba"
_VERSION = "/proses/<process_id>/<int:number>/coba"


@dataclass(frozen=True)
class Source:
    """What is tried: a draft as last saved, or a version."""

    process_id: str
    xml: bytes
    forms: dict[str, Any]
    rev: int
    draft: DraftRow | None
    in_force: int  # number of the version in force
    number: int | None = None

    @property
    def where(self) -> dict[str, Any]:
        """Its place in addresses."""
        place = {"draft_id": self.draft.id} if self.draft else {"number": self.number}
        return {"process_id": self.process_id, **place}

    @property
    def name(self) -> str:
        """What it is called where it is recorded."""
        return f"draf {self.draft.id}, simpanan {self.rev}" if self.draft else f"versi {self.number}"

    @property
    def lanes(self) -> list[str]:
        """Names of its roles, none while it cannot be read."""
        try:
            return list(read(self.xml).lanes)
        except DiagramError:
            return []


def _source(session: Session, process_id: str, draft_id: int | None, number: int | None) -> Source:
    """Raises NotFound."""
    force = latest_deployed(session, process_id)
    if draft_id is not None:
        found = draft(session, process_id, draft_id)
        return Source(process_id, found.xml, found.forms, found.rev, found.draft, force.number)
    version = next((e for e in all_deployed(session) if (e.process_id, e.number) == (process_id, number)), None)
    if version is None:
        raise NotFound
    forms = {key: form.schema for key, form in version.forms.items()}
    return Source(process_id, version.xml, forms, version.number, None, force.number, version.number)


@blueprint.get(_DRAFT)
@blueprint.get(_VERSION)
@needs(process_owner)
def page(process_id: str, draft_id: int | None = None, number: int | None = None) -> str:
    """The page; what happens in it the browser asks for."""
    with database() as session:
        source = _source(session, process_id, draft_id, number)
        kept = scenarios(session, process_id)
    picture = (
        url_for("drafts.download", process_id=process_id, draft_id=draft_id)
        if draft_id is not None
        else url_for("processes.picture", process_id=process_id, number=number)
    )
    return render_template("processes/coba.html", source=source, picture=picture, scenarios=kept, results={})


@blueprint.post(_DRAFT)
@blueprint.post(_VERSION)
@needs(process_owner)
def run(process_id: str, draft_id: int | None = None, number: int | None = None) -> AnyResponse:
    """Where the made-up case stands after the posted actions, as parts of the page."""
    body = _body()
    with database() as session:
        source = _source(session, process_id, draft_id, number)
        calendar, tables = current_calendar(session).calendar, all_tables(session)
    actions, started = _actions(body), _started(body, calendar)
    found = simulate(source.xml, source.forms, actions, calendar=calendar, started=started, tables=tables)
    refused = actions[found.applied] if found.applied < len(actions) else None
    shown = Shown(source.forms, source.lanes, found, tables, refused, last=len(actions) - 1)
    return jsonify(
        panel=render_template("processes/coba_panel.html", shown=shown, s=found, moves=_moves(calendar, found)),
        record=render_template("processes/coba_catatan.html", s=found),
        marks={
            "done": list(dict.fromkeys(found.elements)),
            "open": list(dict.fromkeys(each.element for each in found.tasks)),
            "flows": list(dict.fromkeys(found.flows)),
        },
        said=_said(found),
        role=found.tasks[0].lane if found.tasks else "",
        applied=found.applied,
        started=started.isoformat(),
        rev=source.rev,
    )


def _moves(calendar: Calendar, found: Situation) -> list[tuple[str, str, datetime | None]]:
    """Buttons that move the clock: key, text, to when."""
    return [
        ("jam", "+1 jam kerja", hour_later(calendar, found.now)),
        ("hari", "+1 hari kerja", day_later(calendar, found.now)),
        ("batas", "Ke batas waktu berikutnya", next_due(found)),
    ]


def _said(found: Situation) -> str:
    """One sentence for those who hear the page."""
    if found.problem:
        return found.problem
    if found.ended:
        return f"Aduan selesai: {found.outcome}."
    names = [f"«{each.name}» untuk {each.lane}" for each in found.tasks]
    return f"Terbuka: {', '.join(dict.fromkeys(names))}." if names else "Menunggu pengatur waktu."


@blueprint.post(f"{_DRAFT}/skenario")
@blueprint.post(f"{_VERSION}/skenario")
@needs(process_owner)
def run_scenarios(process_id: str, draft_id: int | None = None, number: int | None = None) -> AnyResponse:
    """Every scenario on this draft, against the version in force."""
    _body()
    with database() as session:
        source = _source(session, process_id, draft_id, number)
        results = run_all(session, process_id, source.xml, source.forms)
        return _listed(session, source, results)


@blueprint.post(f"{_DRAFT}/simpan")
@blueprint.post(f"{_VERSION}/simpan")
@needs(process_owner)
def save(process_id: str, draft_id: int | None = None, number: int | None = None) -> AnyResponse:
    """Keep the posted actions under a name, with what they lead to here. Raises Rejected."""
    body = _body()
    name = str(body.get("nama", ""))
    with database() as session:
        source = _source(session, process_id, draft_id, number)
        calendar = current_calendar(session).calendar
        actions, started = _actions(body), _started(body, calendar)
        found = simulate(
            source.xml, source.forms, actions, calendar=calendar, started=started, tables=all_tables(session)
        )
        actions = actions[: found.applied]
        save_scenario(
            session, actor(), process_id, name, started=started, actions=actions,
            outcome=outcome_of(found, len(actions)), now=now(),
        )  # fmt: skip
        return _listed(session, source, [])


@blueprint.post(f"{_DRAFT}/skenario/<int:scenario_id>")
@blueprint.post(f"{_VERSION}/skenario/<int:scenario_id>")
@needs(process_owner)
def change_scenario(
    process_id: str, scenario_id: int, draft_id: int | None = None, number: int | None = None
) -> AnyResponse:
    """Rename (`nama`) or delete (`hapus`) a scenario, or accept what it leads to here (`terima`).

    Raises NotFound, Rejected.
    """
    body = _body()
    with database() as session:
        source = _source(session, process_id, draft_id, number)
        if body.get("terima") is True:
            outcome = outcome_on(session, process_id, scenario_id, source.xml, source.forms)
            accept_outcome(session, actor(), process_id, scenario_id, outcome, source=source.name, now=now())
            return _listed(session, source, run_all(session, process_id, source.xml, source.forms))
        if body.get("hapus") is True:
            delete_scenario(session, actor(), process_id, scenario_id)
        else:
            rename_scenario(session, actor(), process_id, scenario_id, str(body.get("nama", "")))
        return _listed(session, source, [])


def _listed(session: Session, source: Source, results: list[ScenarioResult]) -> AnyResponse:
    """The list of scenarios as a part of the page."""
    shown = render_template(
        "processes/coba_skenario.html", source=source, scenarios=scenarios(session, source.process_id),
        results={each.id: each for each in results},
    )  # fmt: skip
    differ = sum(not each.same for each in results)
    return jsonify(list=shown, said=f"{differ} dari {len(results)} skenario berbeda." if results else "")


@blueprint.app_template_filter("langkah_json")
def _steps_json(actions: list[Action]) -> str:
    return orjson.dumps(plain(actions)).decode()


@blueprint.app_template_filter("jam_setempat")
def _local_time(at: datetime) -> str:
    """As a field for date and time takes it."""
    return f"{at.astimezone(WIB):%d/%m/%Y %H.%M}"


def _actions(body: dict[str, Any]) -> list[Action]:
    try:
        return read_actions(body.get("actions", []))
    except ValueError as wrong:
        raise Rejected({"actions": str(wrong)}, str(wrong)) from wrong


def _started(body: dict[str, Any], calendar: Calendar) -> datetime:
    if not body.get("started"):
        return opening(calendar, now())
    try:
        return read_instant(str(body["started"]))
    except ValueError as wrong:
        raise Rejected({"started": str(wrong)}, str(wrong)) from wrong


def _body() -> dict[str, Any]:
    """The post's JSON object. Raises Rejected, RequestEntityTooLarge."""
    data = request.get_data(cache=False)
    if len(data) > MAX_JSON:
        raise RequestEntityTooLarge
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Rejected({}, "Kiriman ini bukan objek JSON.")
    return body
