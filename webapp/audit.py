"""For auditors: find a case, read its history event by event."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.queries.case_history import case_history
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import seen_cases, sight
from engine.queries.clocks import case_clocks
from webapp.access import auditor, needs
from webapp.context import actor, database, now, page_number
from webapp.reading import record_read
from webapp.steps import step_rows

blueprint = Blueprint("audit", __name__)


@blueprint.get("/audit")
@needs(auditor)
def search() -> str:
    """Cases, to be found by number and state."""
    page, number, state = page_number(request.args), request.args.get("q", ""), request.args.get("keadaan", "")
    with database() as session:
        rows, more = seen_cases(session, actor(), now=now(), number=number, state=state, page=page)
    record_read("list_searched", words=number.strip(), page="cari", sheet=page, found=len(rows))
    return render_template("audit/cari.html", rows=rows, more=more, page=page, q=number, keadaan=state)


@blueprint.get("/audit/<nomor>")
@needs(auditor)
def history(nomor: str) -> str:
    """A case's history as a table, with the digest of every event."""
    with database() as session:
        seen = sight(session, actor(), nomor)
        rows = case_history(session, seen)
        timeline = case_timeline(session, actor(), seen)
        clocks = case_clocks(session, seen.case, seen.deployed, now())
    record_read("case_read", seen.case, page="riwayat", identity=seen.identity)
    return render_template(
        "audit/riwayat.html", seen=seen, case=seen.case, rows=rows, timeline=timeline, steps=step_rows(timeline, clocks)
    )
