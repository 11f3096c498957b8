"""The trace of reading for auditors: who looked at which case, searched, exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from engine.process.forms import Choice, Field
from engine.queries.reads import TITLES, ReadFilter, readers, reads
from engine.store.models import Case
from engine.worktime import read_date
from webapp.access import auditor, needs
from webapp.context import database, page_number
from webapp.reading import record_read

blueprint = Blueprint("trail", __name__)
NO_CASE = "Tidak ada aduan dengan nomor ini."
NO_DAY = "Tulis tanggal, bulan, dan tahun, misalnya 28 Desember 2026."


@dataclass(frozen=True)
class Asked:
    """What the form of the page asks for, as typed."""

    orang: str = ""
    jenis: str = ""
    nomor: str = ""
    hari: str = ""

    def address(self, page: int) -> dict[str, str]:
        """Parameters of the page with this number."""
        return {name: text for name, text in vars(self).items() if text} | {"hal": str(page)}


@blueprint.get("/audit/jejak")
@needs(auditor)
def index() -> AnyResponse:
    """Readings, newest first; `?orang= &jenis= &nomor= &hari=` narrow them."""
    asked = Asked(**{name: request.args.get(name, "").strip() for name in Asked.__dataclass_fields__})
    page = page_number(request.args)
    with database() as session:
        number = asked.nomor.upper()
        case_id = session.scalar(select(Case.id).where(Case.number == number)) if number else ""
        day = read_date(asked.hari)
        errors = {"nomor": NO_CASE} if case_id is None else {}
        errors |= {"hari": NO_DAY} if asked.hari and day is None else {}
        wanted = ReadFilter(asked.orang, asked.jenis, case_id or "", day)
        rows, more = reads(session, wanted, page) if not errors else ([], False)
        people = readers(session)
    about: dict[str, Any] = {"cases": [case_id]} if case_id else {}
    # What was typed freely does not go into a body: only what is one of the choices.
    about |= {"of": asked.orang} if asked.orang in dict(people) else {}
    about |= {"kind": asked.jenis} if asked.jenis in TITLES else {}
    record_read("trace_read", page="jejak", day=day.isoformat() if day else "", sheet=page, **about)
    shown = render_template(
        "audit/jejak.html", rows=rows, more=more, page=page, asked=asked, fields=_fields(people), errors=errors,
        values=vars(asked), narrowed=any(vars(asked).values()),
    )  # fmt: skip
    return make_response(shown, 422 if errors else 200)


def _fields(people: list[tuple[str, str]]) -> tuple[Field, ...]:
    kinds = tuple(Choice(kind, title) for kind, title in TITLES.items())
    return (
        Field("orang", "Siapa", widget="select", choices=tuple(Choice(*each) for each in people)),
        Field("jenis", "Membaca apa", widget="select", choices=kinds),
        Field("nomor", "Nomor aduan", max_length=40, autocomplete="off"),
        Field("hari", "Hari", max_length=40, autocomplete="off"),
    )
