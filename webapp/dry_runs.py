"""Dry runs of a draft on past cases for Pemilik Proses: asked for, watched, read. Numbers, steps and times only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.deploy import NotDeployable
from engine.commands.dry_runs import cancel_dry_run, start_dry_run
from engine.errors import Conflict, NotFound, Rejected
from engine.process.gate import Finding
from engine.queries.dry_runs import Results, RunRow, StepRow, dry_run, dry_runs, results
from engine.queries.migrations import MigrationRow
from engine.store.drafts import draft
from webapp.access import needs, process_owner
from webapp.context import actor, database, now, page_number

blueprint = Blueprint("dry_runs", __name__)
_DRAFT = "/proses/<process_id>/draf/<int:draft_id>/uji"
_RUN = f"{_DRAFT}/<int:run_id>"
PAGE = 200  # numbers of cases on a page
CHOICES = {
    "contoh_200": "Contoh 200 aduan dari setahun terakhir",
    "contoh_1000": "Contoh 1.000 aduan dari setahun terakhir",
    "tiga_bulan": "Semua aduan tiga bulan terakhir",
    "setahun": "Semua aduan setahun terakhir",
}
STATES = {
    "waiting": ("info", "Berjalan"), "done": ("sukses", "Selesai"), "cancelled": ("netral", "Dihentikan"),
    "failed": ("bahaya", "Gagal"),
}  # fmt: skip
NOTES = {
    "baru": "Langkah baru",
    "hapus": "Langkah yang dihapus",
    "isian": "Jawaban lama pada formulir yang berubah",
    "akhir": "Waktu berakhirnya",
}


@blueprint.get(_DRAFT)
@needs(process_owner)
def index(process_id: str, draft_id: int) -> AnyResponse:
    """What a dry run tells, the choice of cases, and the dry runs so far."""
    return _index(process_id, draft_id)


def _index(
    process_id: str, draft_id: int, refused: str = "", findings: list[Finding] | None = None, code: int = 200
) -> AnyResponse:
    with database() as session:
        found = draft(session, process_id, draft_id)
        runs = dry_runs(session, process_id, draft_id)
    shown = render_template(
        "processes/uji.html", process_id=process_id, draft=found.draft, runs=runs, choices=CHOICES, states=STATES,
        refused=refused, findings=findings or [], chosen=request.form.get("pilihan", "contoh_200"),
        under_way=any(each.under_way for each in runs),
    )  # fmt: skip
    return make_response(shown, code)


@blueprint.post(_DRAFT)
@needs(process_owner)
def start(process_id: str, draft_id: int) -> AnyResponse:
    """Ask for a dry run of the draft as last saved; what refuses it is said on the page."""
    try:
        with database() as session:
            made = start_dry_run(session, actor(), process_id, draft_id, request.form.get("pilihan", ""), now=now())
    except NotDeployable as wrong:
        message = "Draf ini belum dapat diuji: masih ada yang harus diperbaiki."
        return _index(process_id, draft_id, message, wrong.findings, 422)
    except (Conflict, Rejected) as wrong:
        return _index(process_id, draft_id, wrong.message, code=409 if isinstance(wrong, Conflict) else 422)
    return redirect(url_for("dry_runs.show", process_id=process_id, draft_id=draft_id, run_id=made), code=303)


@blueprint.get(_RUN)
@needs(process_owner)
def show(process_id: str, draft_id: int, run_id: int) -> str:
    """How far it is, then what came out."""
    with database() as session:
        found = draft(session, process_id, draft_id)
        run = dry_run(session, process_id, draft_id, run_id)
        told = results(session, run) if not run.under_way else None
    return render_template(
        "processes/uji_hasil.html", process_id=process_id, draft=found.draft, run=run, r=told, choices=CHOICES,
        states=STATES, notes=NOTES, sentences=list(_sentences(run, told)) if told else [],
    )  # fmt: skip


@blueprint.get(f"{_RUN}/kemajuan")
@needs(process_owner)
def progress(process_id: str, draft_id: int, run_id: int) -> AnyResponse:
    """How far it is, for the bar."""
    with database() as session:
        run = dry_run(session, process_id, draft_id, run_id)
    return jsonify(state=run.state, done=run.done, total=run.total, text=progress_text(run))


@blueprint.get(f"{_RUN}/aduan")
@needs(process_owner)
def cases(process_id: str, draft_id: int, run_id: int) -> str:
    """The cases of one finding (`?kelompok=`), each leading to its page. Raises NotFound."""
    page = page_number(request.args)
    with database() as session:
        found = draft(session, process_id, draft_id)
        run = dry_run(session, process_id, draft_id, run_id)
        group = results(session, run).groups.get(request.args.get("kelompok", ""))
    numbers = group.numbers[(page - 1) * PAGE : page * PAGE] if group is not None else []
    if group is None or not numbers:
        raise NotFound
    return render_template(
        "processes/uji_aduan.html", process_id=process_id, draft=found.draft, run=run, group=group, numbers=numbers,
        page=page, more=group.count > page * PAGE,
    )  # fmt: skip


@blueprint.post(f"{_RUN}/batal")
@needs(process_owner)
def cancel(process_id: str, draft_id: int, run_id: int) -> AnyResponse:
    """Call it off; what was found so far can be read. Raises Conflict when it has ended."""
    with database() as session:
        cancel_dry_run(session, actor(), dry_run(session, process_id, draft_id, run_id).id, now=now())
    return redirect(url_for("dry_runs.show", process_id=process_id, draft_id=draft_id, run_id=run_id), code=303)


@dataclass(frozen=True)
class LastTried:
    """The newest dry run of a draft that has something to tell."""

    run: RunRow
    sentences: list[str]
    current: bool  # False when the draft was saved anew since


def last_tried(session: Session, process_id: str, draft_id: int, rev: int) -> LastTried | None:
    """For those who propose and decide; None when the draft was never tried on past cases."""
    ended = [each for each in dry_runs(session, process_id, draft_id) if each.state == "done"]
    if not ended:
        return None
    return LastTried(ended[0], list(_sentences(ended[0], results(session, ended[0]))), ended[0].rev == rev)


@blueprint.app_template_filter("kemajuan")
def progress_text(run: RunRow | MigrationRow) -> str:
    """ "150 dari 1.000 aduan"."""
    return f"{_number(run.done)} dari {_number(run.total)} aduan"


@blueprint.app_template_filter("bilangan")
def _number(number: int) -> str:
    """ "1.000"."""
    return f"{number:,}".replace(",", ".")


def _sentences(run: RunRow, told: Results) -> Iterator[str]:
    """The whole in words: how many ways, and each step whose lateness changes."""
    ways = f"{_number(told.same)} dari {_number(run.done)} aduan menempuh jalan yang sama"
    yield f"{ways}, {_number(told.other)} menempuh jalan lain, {_number(told.untold)} tidak dapat dicoba."
    for row in told.steps:
        if row.becoming.numbers or row.recovering.numbers or row.old != row.new:
            yield _late_sentence(row)


def _late_sentence(row: StepRow) -> str:
    of = _number(len(row.numbers))
    standard = f"{row.old or 'tanpa waktu'} → {row.new or 'tanpa waktu'}" if row.old != row.new else row.new
    recovering = f", {_number(row.recovering.count)} tidak lagi terlambat" if row.recovering.numbers else ""
    return f"{row.label} ({standard}): {_number(row.becoming.count)} dari {of} menjadi terlambat{recovering}."
