"""Pages for everyone: front page, questions, health and figures for the machines that watch."""

from __future__ import annotations

import hmac
import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse

from engine.access import ADMINISTRATOR
from engine.errors import NotFound
from engine.queries.calendar import unapproved_years
from engine.store.deployments import latest_deployed
from engine.store.models import Case, Heartbeat, Task
from webapp.access import public
from webapp.context import database, now, settings, visitor_or_actor

blueprint = Blueprint("public", __name__)
WORKER_SILENT = timedelta(minutes=2)


@blueprint.get("/")
@public
def front() -> str:
    """What this is, and two buttons."""
    demo = settings().demo
    return render_template("public/depan.html", demo=demo, langkah=_steps())


def _steps() -> list[Any]:
    with database() as session:
        try:
            diagram = latest_deployed(session, settings().process_id).diagram
        except NotFound:
            return []
    return [task for task in diagram.user_tasks if task.properties.get("status")]


@blueprint.get("/tanya-jawab")
@public
def questions() -> str:
    """What people ask before they file."""
    return render_template("public/tanya_jawab.html")


@blueprint.get("/cek")
@public
def look_up() -> AnyResponse:
    """A short address for printed matter."""
    return redirect("/aduan", code=303)


@blueprint.get("/gaya.css")
@public
def accent() -> Response:
    """The office's accent colour, when settings name one."""
    colour = settings().accent
    css = f":root{{--aksen:{colour}}}" if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else ""
    return Response(css, mimetype="text/css")


@blueprint.get("/healthz")
@public
def health() -> Response:
    """200 when web and database answer; the worker's state and years without approved holidays stand in the body."""
    with database() as session:
        last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
        missing = unapproved_years(session, now())
    alive = last is not None and now() - last < WORKER_SILENT
    worker = {"keadaan": "hidup" if alive else "berhenti", "terakhir": last.isoformat() if last else None}
    calendar = {"keadaan": "belum disahkan" if missing else "disahkan", "belum_disahkan": list(missing)}
    return jsonify({"web": "ok", "basis_data": "ok", "pekerja": worker, "kalender": calendar})


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Figures for Prometheus: with the token of the settings as bearer, or for Pengelola Sistem."""
    actor = visitor_or_actor()
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    by_token = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not by_token and not (actor is not None and actor.holds(ADMINISTRATOR)):
        raise NotFound
    return Response(generate_latest(_figures()), mimetype="text/plain; version=0.0.4")


def _figures() -> CollectorRegistry:
    registry = CollectorRegistry()
    cases = Gauge("aduan_cases", "Cases by state", ["state"], registry=registry)
    open_tasks = Gauge("aduan_open_tasks", "Open tasks by lane", ["lane"], registry=registry)
    incidents = Gauge("aduan_incidents", "Cases that cannot go on", registry=registry)
    silent = Gauge("aduan_worker_silent_seconds", "Seconds since the worker's last round", registry=registry)
    with database() as session:
        count = func.count()
        closed = session.scalar(select(count).select_from(Case).where(Case.closed_at.is_not(None))) or 0
        cases.labels("closed").set(closed)
        cases.labels("open").set((session.scalar(select(count).select_from(Case)) or 0) - closed)
        for lane, number in session.execute(select(Task.lane, count).where(Task.status == "open").group_by(Task.lane)):
            open_tasks.labels(lane).set(number)
        incidents.set(session.scalar(select(count).select_from(Case).where(Case.incident.is_not(None))) or 0)
        last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    silent.set((now() - last).total_seconds() if last is not None else -1)
    return registry
