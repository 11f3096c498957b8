"""What service tasks did in a case, and the documents that they made, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.access import AUDITOR, LEADER, Actor
from engine.errors import NotFound
from engine.process.diagram import Element
from engine.process.operations import asked_of
from engine.queries.cases import Sight
from engine.queries.event_words import EventWords
from engine.queries.proofs import short_code
from engine.queries.recorded_values import ERASED
from engine.queries.stored_events import StoredEvent, stored_events


@dataclass(frozen=True)
class ServiceRow:
    """One thing that a service task did. `value` names its document, "" when there is none that may be read."""

    at: datetime
    seq: int
    step: str  # name of the service task
    what: str  # the sentence
    value: str = ""
    title: str = ""  # of the document; ERASED when its content is gone


@dataclass(frozen=True)
class CaseDocument:
    """A document that a service task made, as it was recorded."""

    title: str
    paragraphs: tuple[str, ...]
    at: datetime
    seq: int
    code: str  # short code of the event that holds its digest


def service_rows(
    events: Iterable[StoredEvent], actor: Actor, seen: Sight, words: EventWords
) -> list[ServiceRow]:  # fmt: skip
    """Oldest first. A reporter is told of the documents that he may read, staff of everything."""
    found = []
    for event in events:
        for effect in event.body.get("effects", {}).get("services", ()):
            element = seen.deployed.diagram.elements.get(effect["element"])
            label = element.label if element is not None else effect["element"]
            name = str(effect.get("value", ""))
            readable = bool(name) and _readable(actor, seen, element)
            if not seen.as_staff and not readable:
                continue
            title = (
                str(event.values[name]["judul"]) if readable and name in event.values else ERASED if readable else ""
            )
            what = words.service(effect, values=seen.reads_as_staff)
            value = name if readable and name in event.values else ""
            found.append(ServiceRow(event.at, event.seq, label, what, value, title))
    return found


def case_document(session: Session, actor: Actor, seen: Sight, seq: int, name: str) -> CaseDocument:
    """One document. Raises NotFound when there is none, or not for this reader."""
    for event in stored_events(session, f"kasus/{seen.case.id}"):
        if event.seq != seq or name not in event.values:
            continue
        for effect in event.body.get("effects", {}).get("services", ()):
            element = seen.deployed.diagram.elements.get(effect["element"])
            if effect.get("value") == name and _readable(actor, seen, element):
                held = event.values[name]
                return CaseDocument(held["judul"], tuple(held["paragraf"]), event.at, seq, short_code(event.hash))
    raise NotFound


def _readable(actor: Actor, seen: Sight, element: Element | None) -> bool:
    """Whoever may read all that a document was filled from; its reporter where the diagram says so."""
    own = actor.account_id == seen.case.reporter_id
    if own and element is not None and element.properties.get("terbaca_pelapor") == "ya":
        return True
    if not seen.reads_as_staff:
        return False
    if actor.holds(AUDITOR, LEADER):
        return True
    lanes = seen.deployed.diagram.lanes
    staff = [role for role in actor.roles if role in lanes and not lanes[role].is_reporter]
    if not staff or element is None:
        return False
    for name in asked_of(element):
        key, _, field = name.rpartition(".")
        forms = [form for form in seen.deployed.forms.values() if key in ("", form.key) and field in form.properties]
        gone = bool(key) and not forms  # of a form that the case's version no longer has: nobody knows who may read it
        if gone or not all(form.readable_by(field, staff) for form in forms):
            return False
    return True
