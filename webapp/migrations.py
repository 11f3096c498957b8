"""Running cases on earlier versions for Pemilik Proses: what would come of each, the run that moves them, its end."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.migrations import cancel_migration, preview_migration, start_migration
from engine.commands.reasons import MAX_REASON
from engine.errors import Conflict, Rejected
from engine.process.forms import Field
from engine.queries.migrations import (
    earlier_versions,
    migration_results,
    migration_run,
    migration_runs,
    running_cases,
)
from engine.store.deployments import latest_deployed
from webapp.access import needs, process_owner
from webapp.context import actor, database, now, page_number
from webapp.dry_runs import STATES, progress_text

blueprint = Blueprint("migrations", __name__)
_PATH = "/proses/<process_id>/pindahan"
_RUN = f"{_PATH}/<int:run_id>"
PAGE = 25  # cases on a page: each is tried on the version in force
RESULTS = 100
REASON = Field("alasan", "Alasan pemindahan", widget="textarea", required=True, max_length=MAX_REASON,
               help="Tercatat pada riwayat tiap aduan yang dipindahkan.")  # fmt: skip


@blueprint.get(_PATH)
@needs(process_owner)
def index(process_id: str) -> AnyResponse:
    """Cases on earlier versions, what would come of each, and the runs so far."""
    return _index(process_id, {})


def _index(process_id: str, errors: dict[str, str], refused: str = "", code: int = 200) -> AnyResponse:
    page, sought = page_number(request.args), request.args.get("nomor", "").strip()
    with database() as session:
        new = latest_deployed(session, process_id)
        versions = earlier_versions(session, new)
        found = running_cases(session, new, number=sought, first=(page - 1) * PAGE, count=PAGE + 1)
        cases = [(each, preview_migration(session, each.id, new, now=now())) for each in found[:PAGE]]
        runs = migration_runs(session, process_id)
    shown = render_template(
        "processes/pindahan.html", process_id=process_id, new=new, versions=versions, cases=cases, runs=runs,
        total=sum(count for _, count in versions), page=page, more=len(found) > PAGE, sought=sought, states=STATES,
        reason_field=REASON, errors=errors, refused=refused, typed=request.form, chosen=request.form.getlist("aduan"),
        under_way=any(each.under_way for each in runs),
    )  # fmt: skip
    return make_response(shown, code)


@blueprint.post(_PATH)
@needs(process_owner)
def start(process_id: str) -> AnyResponse:
    """Ask for a run over the chosen cases or all of them; what refuses it is said on the page."""
    numbers = None if request.form.get("cakupan") == "semua" else request.form.getlist("aduan")[:PAGE]
    try:
        with database() as session:
            made = start_migration(session, actor(), process_id, numbers, request.form.get("alasan", ""), now=now())
    except Rejected as wrong:
        return _index(process_id, wrong.errors, code=422)
    except Conflict as wrong:
        return _index(process_id, {}, wrong.message, 409)
    return redirect(url_for("migrations.show", process_id=process_id, run_id=made), code=303)


@blueprint.get(_RUN)
@needs(process_owner)
def show(process_id: str, run_id: int) -> str:
    """How far a run is, and what came of each case so far; `?tetap=ya`: only those that stay."""
    page, staying = page_number(request.args), request.args.get("tetap") == "ya"
    with database() as session:
        run = migration_run(session, process_id, run_id)
        first = (page - 1) * RESULTS
        rows = migration_results(session, run.id, refused=staying, first=first, count=RESULTS + 1)
    return render_template(
        "processes/pindahan_hasil.html", process_id=process_id, run=run, rows=rows[:RESULTS], page=page,
        more=len(rows) > RESULTS, staying=staying, states=STATES,
    )  # fmt: skip


@blueprint.get(f"{_RUN}/kemajuan")
@needs(process_owner)
def progress(process_id: str, run_id: int) -> AnyResponse:
    """How far it is, for the bar."""
    with database() as session:
        run = migration_run(session, process_id, run_id)
    return jsonify(state=run.state, done=run.done, total=run.total, text=progress_text(run))


@blueprint.post(f"{_RUN}/batal")
@needs(process_owner)
def cancel(process_id: str, run_id: int) -> AnyResponse:
    """Call it off; cases that were moved stay moved. Raises Conflict when it has ended."""
    with database() as session:
        cancel_migration(session, actor(), process_id, run_id, now=now())
    return redirect(url_for("migrations.show", process_id=process_id, run_id=run_id), code=303)
