"""The page of a case with the small forms beside its diagram, one of which may have been refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import render_template
from sqlalchemy.orm import Session

from engine.commands.set_variable import variable_fields
from engine.process.diagram import Element
from engine.process.forms import Choice, Field
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import Sight, sight
from engine.queries.choices import choices, labels, tables
from engine.queries.clocks import case_clocks
from engine.queries.operations import Operations, operations
from engine.queries.waiting_messages import waiting_messages
from webapp.context import actor, database, now
from webapp.reading import record_read
from webapp.steps import step_rows
from webapp.text import CHANNEL_NAMES

WAYS = (
    Choice("dibatalkan", "Batalkan"),
    Choice("diarahkan", "Arahkan ke instansi berwenang"),
    Choice("digabung", "Gabungkan dengan aduan lain"),
)
WAY = Field("cara", "Cara menutup", widget="radio", required=True, choices=WAYS)
INTO = Field("gabung", "Nomor aduan tujuan", max_length=40, autocomplete="off", shown_if="cara=digabung",
             help="Hanya bila digabungkan: aduan lain dari pelapor yang sama.")  # fmt: skip


@dataclass(frozen=True)
class RefusedForm:
    """A small form of the case page that did not fit: its name, what was typed, what to mend."""

    name: str = ""
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SmallForm:
    """A small form of the case page: its fields, and what stands in them at first."""

    fields: tuple[Field, ...]
    start: Mapping[str, str | list[str]] = field(default_factory=dict)


def reason_field(form: str, *, required: bool = True) -> Field:
    """The reason of one small form: two controls of one page must not share an id."""
    return Field(f"alasan_{form}", "Alasan", widget="textarea", required=required, max_length=1000)


def step_field(steps: tuple[Element, ...] = (), title: str = "Langkah tujuan") -> Field:
    """A choice of steps in the words of the SOP."""
    options = tuple(Choice(each.id, f"{each.label} ({each.lane})" if each.lane else each.label) for each in steps)
    return Field("langkah", title, widget="select", required=True, choices=options)


def case_page(number: str, refused: RefusedForm | None = None) -> str:
    """The page of a case, for its reporter or for staff, perhaps with a form that was refused. Raises NotFound."""
    with database() as session:
        seen = sight(session, actor(), number)
        timeline = case_timeline(session, actor(), seen)
        may = operations(session, actor(), seen)
        forms = _forms(session, seen, may)
        category = labels(session)["kategori"].get(seen.case.kategori or "", "")
        clocks = case_clocks(session, seen.case, seen.deployed, now())
    if actor().account_id != seen.case.reporter_id:
        record_read("case_read", seen.case, page="aduan", identity=seen.identity)
    reporter_view = actor().account_id == seen.case.reporter_id and not actor().held
    return render_template(
        "complaints/pelapor.html" if reporter_view else "complaints/kasus.html", seen=seen, case=seen.case,
        timeline=timeline, steps=step_rows(timeline, None if reporter_view else clocks),
        clocks=clocks, category=category, may=may, forms=forms,
        channel=CHANNEL_NAMES.get(seen.case.channel, seen.case.channel), refused=refused or RefusedForm(),
        awaited=waiting_messages(actor(), seen),
        fields=[each for form in forms.values() for each in form.fields],
    )  # fmt: skip


def _forms(session: Session, seen: Sight, may: Operations) -> dict[str, SmallForm]:
    """By name, in the order of the page; which of them are shown, `may` and the steps say."""
    unit = Field("bidang", "Bidang/unit kerja yang baru", widget="select", required=True,
                 choices=tuple(choices(session, "unit")))  # fmt: skip
    reason = Field("alasan", "Alasan", widget="textarea", required=True, max_length=1000)
    steps = [each.id for each in seen.deployed.diagram.user_tasks]
    again = next((each.id for each in may.reopen_at if each.id in steps[1:]), "")
    return {
        "alihkan": SmallForm((unit, reason)),
        "pindah": SmallForm((step_field(may.move_to), reason_field("pindah"))),
        **_variable_forms(session, seen, may),
        "tarik": SmallForm((reason_field("tarik", required=False),)),
        "batalkan": SmallForm((WAY, INTO, reason_field("batalkan")), {"cara": "dibatalkan"}),
        "buka": SmallForm((step_field(may.reopen_at, "Mulai lagi dari langkah"), reason_field("buka")),
                          {"langkah": again}),
    }  # fmt: skip


def _variable_forms(session: Session, seen: Sight, may: Operations) -> dict[str, SmallForm]:
    """One for each variable that may be set: its field as its own form draws it."""
    found: dict[str, SmallForm] = {}
    for name, key in variable_fields(seen.deployed).items():
        if name in may.variables:
            form, held = seen.deployed.forms[key], may.variables[name]
            (drawn,) = form.only([name]).fields(tables(session, form.tables))
            required = name in form.schema.get("required", [])
            start = {} if held is None else {name: as_typed(held)}
            found[f"isian_{name}"] = SmallForm(
                (replace(drawn, required=required, depends_on=None), reason_field(f"isian_{name}")), start
            )
    return found


def as_typed(value: object) -> str | list[str]:
    """A variable as a control of a form holds it."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return ("1" if value else "") if isinstance(value, bool) else str(value)
