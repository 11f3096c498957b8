"""A case's replay as one file that opens without network and checks the signatures itself; it says that it is no proof.

The player is that of the pages; everything typed lies in two JSON blocks, and nothing is shown that does not hold.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import lane_rights
from engine.history.event import moment_from
from engine.queries.case_replay import Replay, case_replay
from engine.queries.cases import Sight
from engine.queries.evidence.bundle import Evidence
from engine.store.deployments import deployed
from engine.store.models import Case, Deployment
from webapp.text import short_time, time_text

STATIC = Path(__file__).parent / "static"
STYLES, PROGRAMS = ("app.css", "dist/replay.css"), ("dist/replay.js", "dist/standalone.js")


def replay_page(session: Session, evidence: Evidence, now: datetime) -> bytes:
    """The file for one case of a bundle. Shows what the bundle holds: no reads and notices, which it does not prove."""
    played = replace(case_replay(session, _sight(session, evidence), now), notices=[], reads=[])
    shown = played.json()
    files = {
        "events": evidence.lines, "checkpoint": evidence.checkpoint, "keys": evidence.keys,
        "replay": evidence.sign(hashlib.sha256(shown.encode()).hexdigest()),
    }  # fmt: skip
    text = _templates().get_template("audit/bukti_putar.html").render(
        dok=_shell(played, shown), bukti=_embedded(files), gaya=_source(STYLES), program=_source(PROGRAMS),
        kebijakan=policy(), tanpa_pribadi=not evidence.personal, tanpa_alamat=lambda _: "",
    )  # fmt: skip
    return text.encode()


def _sight(session: Session, evidence: Evidence) -> Sight:
    """As an auditor sees it: contents when the bundle has them, never who reported."""
    case = session.scalars(select(Case).where(Case.number == evidence.number)).one()
    checksum = session.scalars(select(Deployment.checksum).where(Deployment.id == case.deployment_id)).one()
    return Sight(
        case, deployed(session, case.deployment_id, checksum), lane_rights(session), contents=evidence.personal,
        identity=False, as_staff=True, reads_as_staff=evidence.personal, reporter=None,
    )  # fmt: skip


def _shell(played: Replay, shown: str) -> Any:
    """What the server draws of it: nothing that anybody typed. The player writes the rest once all is checked."""
    bare = [replace(each, values=[], lines=[], held_up="") for each in played.moments]
    return SimpleNamespace(
        number=played.number, moments=bare, versions=played.versions, of_moment={each.seq: ([], []) for each in bare},
        json=lambda: shown,
    )  # fmt: skip


def _embedded(facts: Any) -> str:
    """JSON that cannot end the element around it."""
    return orjson.dumps(facts).decode().replace("<", "\\u003c")


@cache
def _source(names: tuple[str, ...]) -> str:
    """Files as one element holds them, so that one digest covers them: where a byte differs, nothing of it runs."""
    found = "\n".join((STATIC / name).read_text("utf-8") for name in names).replace("\r\n", "\n")
    # "<!--" alone is harmless in a program; with "<script" after it the element would not end where it should.
    if any(end in found.lower() for end in ("</script", "<script", "</style")):
        raise RuntimeError("a bundle would end the element that it is put into")
    return found


def policy() -> str:
    """Nothing from outside, no program and no style but those in the file, by their digests."""
    program, style = (
        base64.b64encode(hashlib.sha256(_source(names).encode()).digest()).decode() for names in (PROGRAMS, STYLES)
    )
    return (
        f"default-src 'none'; script-src 'sha256-{program}'; style-src 'sha256-{style}'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _templates() -> Environment:
    made = Environment(loader=PackageLoader("webapp"), autoescape=True)
    made.filters["pukul"] = lambda text: short_time(moment_from(text)) if text else ""
    made.filters["hari"] = lambda text: time_text(moment_from(text)) if text else ""
    return made
