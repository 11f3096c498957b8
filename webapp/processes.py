"""The SOP in force and its earlier versions, as picture and as the SOP's table."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.store.deployments import Deployed, all_deployed
from engine.store.drafts import drafts
from webapp.access import anyone_logged_in, needs, process_owner, staff
from webapp.context import actor, database, rights

blueprint = Blueprint("processes", __name__)


@blueprint.get("/proses")
@needs(staff)
def index() -> str:
    """All processes, newest version first; the version in force is shown whole."""
    with database() as session:
        versions = list(reversed(all_deployed(session)))
        owner = process_owner(actor(), rights())
        changing = drafts(session) if owner else []
    in_force = {each.process_id: each for each in reversed(versions)}
    return render_template(
        "processes/daftar.html", versions=versions, in_force=list(in_force.values()), drafts=changing, owner=owner
    )


@blueprint.get("/proses/<process_id>/<int:number>")
@needs(staff)
def show(process_id: str, number: int) -> str:
    """One version."""
    with database() as session:
        version = _version(session, process_id, number)
    return render_template("processes/versi.html", version=version)


@blueprint.get("/proses/<process_id>/<int:number>/diagram.bpmn")
@needs(anyone_logged_in)
def picture(process_id: str, number: int) -> Response:
    """The diagram itself: the SOP is no secret, reporters look at it on their case."""
    with database() as session:
        version = _version(session, process_id, number)
    response = Response(version.xml, mimetype="application/xml")
    response.headers["Cache-Control"] = "private, max-age=86400"  # a version never changes
    return response


def _version(session: Session, process_id: str, number: int) -> Deployed:
    found = [each for each in all_deployed(session) if each.process_id == process_id and each.number == number]
    if not found:
        raise NotFound
    return found[0]
