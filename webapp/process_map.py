"""For auditors: all cases at once, as a map of the process with its figures, each of which leads to its cases."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from engine.errors import NotFound
from engine.queries.process_map import Asked, ProcessMap, StepFigures, identities_read, process_map
from engine.queries.trace_search import Wanted
from engine.store.deployments import Deployed, all_deployed, latest_deployed
from engine.store.models import Unit
from webapp.access import auditor, needs
from webapp.context import database, now, settings
from webapp.reading import record_read
from webapp.searching import address_of, read_wanted

blueprint = Blueprint("process_map", __name__)


@blueprint.get("/audit/ringkasan")
@needs(auditor)
def summary() -> str:
    """The map of a period, a unit and a version, by default the one in force."""
    wanted, wrong = read_wanted(request.args)
    with database() as session:
        versions = [each for each in all_deployed(session) if each.process_id == settings().process_id]
        version = _version(versions, wanted.version) or latest_deployed(session, settings().process_id)
        asked = Asked(version.id, wanted.filed_since, wanted.filed_until, wanted.unit)
        found = process_map(session, version, asked, now())
        identities = identities_read(session, asked)
        units = session.execute(select(Unit.code, Unit.short_name).order_by(Unit.sort)).all()
    words = ", ".join(f"{name}: {value}" for name, value in address_of(wanted).items())
    record_read("list_searched", words=words, page="peta", version=version.number, found=found.cases)
    return render_template(
        "audit/ringkasan.html",
        map=found,
        version=version,
        versions=versions[::-1],
        units=units,
        asked=address_of(wanted),
        wrong=wrong,
        picture=_picture(found),
        identities=identities,
        shown=_chosen(found, wanted),
        # A case counts on the version that it is on, a step on the one that it ran on.
        cases=partial(_found, wanted, versi_kini=version.number),
        steps=partial(_found, wanted, versi=version.number),
        length=working_length,
    )


def _version(versions: list[Deployed], number: int | None) -> Deployed | None:
    if number is None:
        return None
    found = next((each for each in versions if each.number == number), None)
    if found is None:
        raise NotFound
    return found


def _chosen(found: ProcessMap, wanted: Wanted) -> Any:
    """The way that the picture shows instead of all, when one is chosen."""
    return next((each for each in found.ways if each.code == wanted.way), None)


def _found(wanted: Wanted, **more: Any) -> dict[str, str]:
    """Arguments of the search for what a figure of these cases counted."""
    of_map = Wanted(filed_since=wanted.filed_since, filed_until=wanted.filed_until, unit=wanted.unit)
    return address_of(of_map) | {name: str(value) for name, value in more.items()}


def _picture(found: ProcessMap) -> dict[str, Any]:
    """What the picture shows, as plain data."""
    steps = {
        each.element: {"teks": _said(each), "lewat": round(100 * each.late_share)}
        for each in found.steps
        if each.opened
    }
    flows = {flow: [number, thousands(number)] for flow, number in found.flows.items()}
    return {"langkah": steps, "alur": flows, "jalur": {each.code: list(each.flows) for each in found.ways}}


def _said(step: StepFigures) -> str:
    """Short, since it stands within the drawn step."""
    often = f"{thousands(step.opened)}×"
    if not step.finished:
        return often
    return f"{often} · {working_length(step.median).replace(' menit kerja', ' mnt').replace(' jam kerja', ' jam')}"


def thousands(number: int) -> str:
    """12.345, as it is written in Indonesian."""
    return f"{number:,}".replace(",", ".")


def working_length(seconds: int | None) -> str:
    """A length of working time in words, rounded as people say it."""
    if seconds is None:
        return "–"
    minutes = seconds / 60
    if minutes < 1:
        return "< 1 menit kerja"
    if minutes < 90:
        return f"{round(minutes)} menit kerja"
    return f"{minutes / 60:.1f} jam kerja".replace(".0 ", " ").replace(".", ",")
