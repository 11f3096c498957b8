"""For auditors: a case played again event by event, and its chronology as a page and a file. Changes nothing."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from engine.history.event import moment_from
from engine.queries.case_replay import Replay, case_replay
from engine.queries.cases import Sight, sight
from webapp.access import auditor, needs
from webapp.chronology import chronology as written
from webapp.context import actor, database, now
from webapp.navigation import office
from webapp.reading import record_read
from webapp.sop import DOCX
from webapp.text import short_time, time_text

blueprint = Blueprint("replays", __name__)


@blueprint.app_template_filter("pukul")
def short_instant(text: str) -> str:
    """ "28 Des 2026 07.35" of an instant as a replay document holds it; empty for none."""
    return short_time(moment_from(text)) if text else ""


@blueprint.app_template_filter("hari")
def long_instant(text: str) -> str:
    """ "Senin, 28 Desember 2026 07.35 WIB"; empty for none."""
    return time_text(moment_from(text)) if text else ""


@blueprint.get("/audit/<nomor>")
@needs(auditor)
def show(nomor: str) -> str:
    """The case at one moment (`?langkah=7`, else the last one), to be played from there."""
    seen, played = _opened(nomor, "putar_ulang")
    return render_template("audit/putar.html", seen=seen, case=seen.case, dok=played, saat=played.moment(_step(played)))


def _opened(number: str, page: str) -> tuple[Sight, Replay]:
    """The case and how it unfolded. Raises NotFound. Whoever opens it has read it, and that is written down."""
    with database() as session:
        seen = sight(session, actor(), number)
        played = case_replay(session, seen, now())
    # Own name and contact are no news to anybody: the mark would tell others who reported the case.
    identity = seen.identity and actor().account_id != seen.case.reporter_id
    record_read("case_read", seen.case, page=page, identity=identity)
    return seen, played


def _step(played: Replay) -> int:
    """`?langkah=7`; the last one for nonsense or none."""
    text = request.args.get("langkah", "")
    return int(text) if text.isdecimal() and len(text) < 9 else len(played.moments)


@blueprint.get("/audit/<nomor>/kronologi")
@needs(auditor)
def chronology(nomor: str) -> str:
    """What happened, in order, to be printed on A4."""
    _, played = _opened(nomor, "kronologi")
    return render_template("audit/kronologi.html", dok=played, kronologi=written(played, now()))


@blueprint.get("/audit/<nomor>/kronologi.docx")
@needs(auditor)
def chronology_file(nomor: str) -> Response:
    """The same as a file."""
    from webapp.chronology.docx import docx  # a large library that few pages need

    _, played = _opened(nomor, "kronologi")
    content = docx(written(played, now()), office()["nama"], actor().title, actor().name)
    response = Response(content, mimetype=DOCX)
    response.headers["Content-Disposition"] = f'attachment; filename="kronologi-{played.number}.docx"'
    return response
