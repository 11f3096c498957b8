"""For everyone: signed checkpoints, the key's history and who witnessed them, as a page and under fixed addresses."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.history.event import moment_text
from engine.history.keys import ALWAYS, public_keys
from engine.history.verify import Key
from engine.queries.witnesses import MOST_SIZE, Point, newest_points, point_of, witnesses
from webapp.access import public
from webapp.context import database, now, settings

blueprint = Blueprint("checkpoints", __name__)
NEWEST_FOR, FOR_GOOD = 60, 3600  # seconds in a cache; a checkpoint is fixed, but witnesses may still sign it


@blueprint.get("/bukti")
@public
def index() -> str:
    """The newest checkpoint, older ones, keys, witnesses, and what all that means."""
    with database() as session:
        seen = witnesses(session)
        points = newest_points(session, seen, _below())
        newest = points.rows[0] if points.rows and _below() is None else _newest(session)
    best = max((each.size for each in seen), default=0)
    return render_template(
        "public/bukti.html", points=points, newest=newest, seen=seen, best=best, below=_below(), keys=_keys(),
        now=moment_text(now()), always=ALWAYS, moment=datetime.fromisoformat,
    )  # fmt: skip


def _newest(session: Session) -> Point | None:
    found = newest_points(session, witnesses(session), count=1).rows
    return found[0] if found else None


def _below() -> int | None:
    """`?sebelum=SIZE`; nonsense is nothing."""
    text = request.args.get("sebelum", "")
    return min(int(text), MOST_SIZE) if text.isascii() and text.isdecimal() and len(text) < 20 else None


def _keys() -> list[Key]:
    return list(reversed(public_keys(settings().keys)))


@blueprint.get("/bukti/titik.txt")
@public
def newest() -> AnyResponse:
    """The newest signed note. 404 before the first."""
    with database() as session:
        return _plain(point_of(session, witnesses(session)).note, NEWEST_FOR)


@blueprint.get("/bukti/titik/<int:ukuran>.txt")
@public
def of_size(ukuran: int) -> AnyResponse:
    """The signed note of the log of this size."""
    with database() as session:
        return _plain(point_of(session, witnesses(session), ukuran).note, FOR_GOOD)


@blueprint.get("/bukti/kunci.txt")
@public
def keys() -> AnyResponse:
    """Every public key of the log, one a line, as `--key` takes them."""
    return _plain("".join(f"{key.line()}\n" for key in reversed(_keys())), NEWEST_FOR)


@blueprint.get("/bukti/titik.json")
@public
def listed() -> AnyResponse:
    """The newest checkpoints, or with `?sebelum=SIZE` older ones; and the keys."""
    with database() as session:
        seen = witnesses(session)
        points = newest_points(session, seen, _below())
    answer = jsonify({
        "checkpoints": [_facts(each) for each in points.rows],
        "older": f"/bukti/titik.json?sebelum={points.older}" if points.older is not None else None,
        "keys": [{"line": key.line(), "fingerprint": key.fingerprint} for key in _keys()],
        "witnesses": [{"line": each.witness.line(), "size": each.size or None} for each in seen],
    })  # fmt: skip
    return _cached(answer, NEWEST_FOR)


def _facts(point: Point) -> dict[str, Any]:
    root, heads = (base64.b64encode(each).decode() for each in (point.root, point.heads))
    return {
        "size": point.size, "at": moment_text(point.at), "streams": point.streams, "root": root, "heads": heads,
        "note": point.note, "witnessed": list(point.confirmed), "url": f"/bukti/titik/{point.size}.txt",
    }  # fmt: skip


def _plain(text: str, seconds: int) -> AnyResponse:
    return _cached(Response(text, mimetype="text/plain"), seconds)


def _cached(answer: Response, seconds: int) -> AnyResponse:
    """Nothing personal: anyone on the way may keep it for a while, and ask whether it changed."""
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.add_etag()
    return answer.make_conditional(request)
