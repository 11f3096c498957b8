"""For auditors: find a case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from engine.queries.cases import seen_cases
from engine.queries.process_map import FLAG_WORDS
from engine.queries.trace_search import Wanted, choices, find_events
from webapp.access import auditor, needs
from webapp.context import actor, database, now, page_number
from webapp.reading import record_read
from webapp.searching import address_of, read_wanted

blueprint = Blueprint("audit", __name__)


@blueprint.get("/audit")
@needs(auditor)
def search() -> str:
    """Cases by number and state, or events of all cases by what the filter asks."""
    wanted, wrong = read_wanted(request.args)
    of_cases = not replace(wanted, number="").anything
    with database() as session:
        offered = choices(session)
        found = _cases_found(session, wanted) if of_cases else _events_found(session, wanted)
    return render_template(
        "audit/cari.html", wanted=wanted, wrong=wrong, asked=address_of(wanted), offered=offered,
        flags=FLAG_WORDS, **found,
    )  # fmt: skip


def _cases_found(session: Session, wanted: Wanted) -> dict[str, Any]:
    page, state = page_number(request.args), request.args.get("keadaan", "")
    rows, more = seen_cases(session, actor(), now=now(), number=wanted.number, state=state, page=page)
    record_read("list_searched", words=wanted.number, page="cari", sheet=page, found=len(rows))
    return {"rows": rows, "more": more, "page": page, "keadaan": state}


def _events_found(session: Session, wanted: Wanted) -> dict[str, Any]:
    """A page of events. Older ones are asked for by the place of the last, so that new events move no page."""
    before = request.args.get("sebelum", "")
    hits, more = find_events(
        session, actor(), wanted, int(before[:18]) if before.isascii() and before.isdigit() else None
    )
    # All that was asked counts as typed: an address can hold anything.
    words = ", ".join(f"{name}: {value}" for name, value in address_of(wanted).items())
    record_read("list_searched", words=words, page="cari", found=len(hits))
    return {"hits": hits, "more": more, "first": not before}
