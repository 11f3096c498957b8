"""The SOP in force and its earlier versions, as picture and as the SOP's table."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.process.document import document
from engine.queries.migrations import earlier_versions
from engine.queries.proposals import proposal_of_version, proposals
from engine.store.deployments import Deployed, all_deployed, deployment_times, latest_deployed
from engine.store.drafts import drafts
from webapp.access import anyone_logged_in, needs, process_owner, staff
from webapp.context import actor, database, rights
from webapp.proposals import STATES
from webapp.ready_diagrams import ready_diagrams
from webapp.sop import DOCX, Issue
from webapp.sop.page import page
from webapp.text import ZONE

blueprint = Blueprint("processes", __name__)


@blueprint.get("/proses")
@needs(staff)
def index() -> str:
    """All processes, newest version first; the version in force is shown whole."""
    with database() as session:
        versions = list(reversed(all_deployed(session)))
        owner = process_owner(actor(), rights())
        changing = drafts(session) if owner else []
        proposed = {each: proposals(session, each) for each in {v.process_id for v in versions}} if owner else {}
        in_force = {each.process_id: each for each in reversed(versions)}
        latest = list(in_force.values()) if owner else []
        waiting = {each.process_id: sum(n for _, n in earlier_versions(session, each)) for each in latest}
    return render_template(
        "processes/daftar.html",
        versions=versions,
        in_force=list(in_force.values()),
        drafts=changing,
        owner=owner,
        proposals=proposed,
        waiting=waiting,
        ready={each.process_id: _ready(each) for each in latest},
        states=STATES,
    )


def _ready(version: Deployed) -> list[str]:
    """Diagrams of the same process that lie ready and are not in force."""
    return [name for name, path in ready_diagrams(version.process_id).items() if path.read_bytes() != version.xml]


@blueprint.get("/proses/<process_id>/<int:number>")
@needs(staff)
def show(process_id: str, number: int) -> str:
    """One version, and how it came into force."""
    with database() as session:
        version = _version(session, process_id, number)
        decided = proposal_of_version(session, process_id, number)
        in_force = latest_deployed(session, process_id)
    owner = process_owner(actor(), rights())
    return render_template("processes/versi.html", version=version, decided=decided, in_force=in_force, owner=owner)


@blueprint.get("/proses/<process_id>/<int:number>/sop")
@needs(staff)
def printed(process_id: str, number: int) -> str:
    """The official document of a version, to be printed on A4."""
    with database() as session:
        version = _version(session, process_id, number)
        issued = issue(session, version)
    return page(
        document(version.diagram), issued, style=url_for("static", filename="sop.css"),
        back=url_for("processes.show", process_id=process_id, number=number),
        docx=url_for("processes.printed_file", process_id=process_id, number=number),
    )  # fmt: skip


@blueprint.get("/proses/<process_id>/<int:number>/sop.docx")
@needs(staff)
def printed_file(process_id: str, number: int) -> Response:
    """The same as a file."""
    from webapp.sop.docx import docx  # a large library that few pages need

    with database() as session:
        version = _version(session, process_id, number)
        issued = issue(session, version)
    response = Response(docx(document(version.diagram), issued), mimetype=DOCX)
    response.headers["Content-Disposition"] = f'attachment; filename="sop-{process_id}-{number}.docx"'
    return response


def issue(session: Session, version: Deployed) -> Issue:
    """What the document says of a version: the first one was made, a later one is its revision."""
    days = {number: at.astimezone(ZONE).date() for number, at in deployment_times(session, version.process_id)}
    day, decided = days[version.number], proposal_of_version(session, version.process_id, version.number)
    by = f", diusulkan {decided.proposer}, disetujui {decided.decider}" if decided is not None else ""
    return Issue(
        version.number, made=days[min(days)], revised=day if version.number > min(days) else None, effective=day,
        source=f"Dicetak dari versi {version.number}{by}. Sidik {version.checksum[:12]}.",
    )  # fmt: skip


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
