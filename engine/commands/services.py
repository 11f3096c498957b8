"""What the service tasks that a step passed do, as facts and values of the step's event. Sends and renders nothing.

The event is the outbox: the worker tells people from the facts, a page makes the document from the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Incident
from engine.process.diagram import NOTIFY, Diagram, Element
from engine.process.operations import (
    DOCUMENT,
    Message,
    OperationFailed,
    Paper,
    asked_of,
    carried_out,
    field_words,
    operation_of,
    variable_words,
)
from engine.process.runtime import Served, Step
from engine.process.value_words import Names
from engine.store.deployments import Deployed
from engine.store.labels import labels
from engine.store.models import Event, EventValue
from engine.worktime import date_text

_Written = tuple[Mapping[str, Any], Mapping[str, Any]]  # facts and values of an event
PREFIX = "dokumen_"  # begins the name of the value that holds a document; its place among them follows


def served(
    session: Session, case: Any, step: Step, at: datetime, facts: Mapping[str, Any], values: Mapping[str, Any] | None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Facts for the event's effects, and the documents as values. Raises Incident when an operation fails.

    `case` is the loaded case; `facts` and `values` are those of the event that is about to be written.
    """
    if not step.served:
        return [], {}
    known = {"nomor": case.number, "tanggal": date_text(at)}
    names = labels(session)
    version: Deployed = case.deployed
    told: list[dict[str, Any]] = []
    papers: dict[str, Any] = {}
    for each in step.served:
        element = version.diagram.elements[each.element]
        words = known | variable_words(element, version.forms, each.variables, names)
        if operation_of(element) == DOCUMENT:
            words |= _recorded(session, case.id, version, element, (facts, values or {}), names)
        effect = _carried_out(version.diagram, element, words, each)
        if isinstance(effect, Paper):
            name = f"{PREFIX}{len(papers) + 1}"  # not by the element: its id may hold letters that no key may
            papers[name] = {"judul": effect.title, "paragraf": list(effect.paragraphs)}
            told.append({"element": element.id, "operation": DOCUMENT, "value": name})
        else:
            told.append(_message_facts(effect))
    return told, papers


def _message_facts(message: Message) -> dict[str, Any]:
    to = {"lane": message.lane, "unit": message.unit} if message.lane else {}
    return {"element": message.element, "operation": NOTIFY, "text": message.text, **to}


def _carried_out(diagram: Diagram, element: Element, words: Mapping[str, str], at: Served) -> Message | Paper:
    try:
        return carried_out(diagram, element, words, at.variables)
    except OperationFailed as failed:
        message = f"Langkah otomatis «{element.label}» gagal: {failed}. "
        raise Incident(message + "Pengelola Sistem sudah diberi tahu; tidak ada yang diubah.", "service") from failed


def _recorded(
    session: Session, case_id: str, version: Deployed, element: Element, now: _Written, names: Names
) -> dict[str, str]:
    """What people have entered so far, by field and by form and field: the latest of each, this event's included."""
    asked = asked_of(element)
    fields = {name.rpartition(".")[2] for name in asked}
    stream = f"kasus/{case_id}"
    rows = session.execute(
        select(EventValue.name, EventValue.value, Event.body)
        .join(Event, (Event.stream == EventValue.stream) & (Event.seq == EventValue.seq))
        .where(EventValue.stream == stream, EventValue.name.in_(fields), EventValue.value.is_not(None))
        .order_by(EventValue.seq)
    ).all()
    entered = [(orjson.loads(row.body).get("element"), row.name, orjson.loads(row.value)) for row in rows]
    facts, values = now
    entered += [(facts.get("element"), name, values[name]) for name in fields & values.keys()]
    found: dict[str, str] = {}
    for step, name, value in entered:
        drawn = version.diagram.elements.get(step or "")
        form = version.forms.get((drawn.form_key or drawn.id) if drawn is not None else "")
        if form is not None:
            found |= field_words(form, {name: value}, names)
    return found
