"""Figures for those who direct or oversee the work."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine.access import AUDITOR
from engine.queries.calendar import unapproved_years
from engine.queries.statistics import figures
from webapp.access import needs, oversight
from webapp.context import actor, database, now, settings

blueprint = Blueprint("reports", __name__)


@blueprint.get("/laporan")
@needs(oversight)
def summary() -> str:
    """Where cases stand, by step, category and outcome."""
    with database() as session:
        counted = figures(session, actor(), settings().process_id, now())
        missing = unapproved_years(session, now())
    cases = "/audit" if actor().holds(AUDITOR) and not actor().roles - {AUDITOR} else "/aduan"
    return render_template("reports/ringkasan.html", counted=counted, missing=missing, cases=cases)
