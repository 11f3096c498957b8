"""Figures for those who direct or oversee the work."""

from __future__ import annotations

from flask import Blueprint, render_template

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
    return render_template("reports/ringkasan.html", counted=counted)
