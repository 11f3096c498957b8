"""The worklist and one task: show it to its owner, check the form, pass it on."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.claim_task import claim_task
from engine.commands.complete_task import Completed, complete_task
from engine.commands.move_task import move_task
from engine.errors import Conflict, NotFound, Rejected
from engine.process.forms import Cleaned
from engine.queries import task as tasks
from engine.queries.choices import tables
from engine.queries.clocks import case_clocks
from engine.queries.operations import waiting_moves
from engine.queries.worklist import finished_work, worklist
from webapp.access import anyone_logged_in, needs
from webapp.case_page import RefusedForm, case_page
from webapp.changes import change
from webapp.context import actor, database, now, page_number, rights
from webapp.failures import conflict
from webapp.posted import Posted, new_key, posted_key, read_post
from webapp.reading import record_read
from webapp.steps import step_rows

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tugas")
@needs(anyone_logged_in)
def show_worklist() -> str:
    """Exactly the tasks that are this person's; `?q=` filters by number, `?daftar=selesai` shows finished ones."""
    page, number, finished = (
        page_number(request.args),
        request.args.get("q", ""),
        request.args.get("daftar") == "selesai",
    )
    with database() as session:
        read = finished_work if finished else worklist
        rows, more = read(session, actor(), now=now(), number=number, page=page)
        waiting = waiting_moves(session, actor(), rights()) if not finished and page == 1 else []
    waiting = [each for each in waiting if number.strip().upper() in each.number]
    return render_template(
        "tasks/daftar.html", rows=rows, more=more, page=page, q=number, finished=finished, waiting=waiting
    )


@blueprint.get("/tugas/<task_id>")
@needs(anyone_logged_in)
def show(task_id: str) -> AnyResponse | str:
    """One task with its form; once finished, who finished it and when."""
    return _page(task_id, None, {}, new_key())


def _page(task_id: str, posted: Posted | None, errors: dict[str, str], key: str, code: int = 200) -> AnyResponse:
    with database() as session:
        page = tasks.task_page(session, actor(), task_id)
        clocks = case_clocks(session, page.seen.case, page.seen.deployed, now())
        fields = page.brief.form.fields(tables(session, page.brief.form.tables))
    if posted is None and actor().account_id != page.seen.case.reporter_id:  # a refused post shows what was read before
        record_read("case_read", page.seen.case, page="tugas", identity=page.seen.identity)
    if page.brief.status != "open":
        return make_response(
            render_template("tasks/selesai.html", page=page, brief=page.brief, case=page.seen.case), code
        )
    values = posted.typed if posted is not None else page.start
    shown = render_template(
        "tasks/tugas.html", page=page, brief=page.brief, case=page.seen.case, timeline=page.timeline, fields=fields,
        values=values, errors=errors, kept=posted.kept if posted is not None else {}, key=key,
        multipart=bool(page.brief.form.file_fields), mine=page.brief.assignee_id == actor().account_id,
        steps=step_rows(page.timeline, clocks), clocks=clocks,
        own=_is_reporters(page.brief) and not page.brief.on_behalf,
    )  # fmt: skip
    return make_response(shown, code)


@blueprint.post("/tugas/<task_id>")
@needs(anyone_logged_in)
def complete(task_id: str) -> AnyResponse:
    """Complete the task: 303 to the worklist, 422 with the form again, or 409 with what was typed."""
    try:
        with database() as session:
            brief = tasks.task(session, actor(), task_id)
    except NotFound:
        return _moved_away(task_id)
    posted = read_post(brief.form)
    key = posted_key() or new_key()
    cleaned = posted.clean() if brief.status == "open" else Cleaned()
    if cleaned.errors:
        return _page(task_id, posted, cleaned.errors, key, 422)
    try:
        done = change(
            lambda session: complete_task(session, actor(), task_id, cleaned.values, now=now(), key=key),
            task_id=task_id,
        )
    except Rejected as error:
        return _page(task_id, posted, error.errors, key, 422)
    except Conflict as error:
        return conflict(error, posted.copy(), f"/aduan/{brief.number}")
    flash(_passed_on(done), "sukses")
    flash(f"tugas-{task_id}", "hapus-simpanan")
    return redirect(f"/aduan/{done.number}" if _is_reporters(brief) else "/tugas", code=303)


def _is_reporters(brief: tasks.TaskBrief) -> bool:
    lane = brief.version.diagram.lanes.get(brief.element.lane or "")
    return lane is not None and lane.is_reporter


def _moved_away(task_id: str) -> AnyResponse:
    """What was typed comes back when the task went to another unit meanwhile. Raises NotFound for all others."""
    with database() as session:
        form, number = tasks.moved_from(session, actor(), task_id)
    error = Conflict("Tugas ini sudah dialihkan ke Bidang/unit kerja lain. Tulisan Anda belum terkirim.")
    return conflict(error, read_post(form).copy(), f"/aduan/{number}")


def _passed_on(done: Completed) -> str:
    if done.outcome:
        return f"Aduan {done.number}: {done.outcome}."
    return f"Tugas selesai. Aduan {done.number} diteruskan ke {' dan '.join(done.next_lanes)}."


@blueprint.post("/tugas/<task_id>/ambil")
@needs(anyone_logged_in)
def claim(task_id: str) -> AnyResponse:
    """Take the task, so that colleagues see it."""
    change(lambda session: claim_task(session, actor(), task_id, now=now()), task_id=task_id)
    return redirect(f"/tugas/{task_id}", code=303)


@blueprint.post("/tugas/<task_id>/lepas")
@needs(anyone_logged_in)
def release(task_id: str) -> AnyResponse:
    """Lay the task back on the unit's list."""
    change(lambda session: claim_task(session, actor(), task_id, now=now(), release=True), task_id=task_id)
    return redirect("/tugas", code=303)


@blueprint.post("/tugas/<task_id>/alihkan")
@needs(anyone_logged_in)
def move(task_id: str) -> AnyResponse:
    """Hand an open task to another unit, with a reason. The command knows who may."""
    number, unit, reason = (request.form.get(name, "") for name in ("_nomor", "bidang", "alasan"))
    try:
        change(lambda session: move_task(session, actor(), task_id, unit, reason.strip(), now=now()), task_id=task_id)
    except Rejected as error:
        return make_response(
            case_page(number, RefusedForm("alihkan", {"bidang": unit, "alasan": reason}, error.errors)), 422
        )
    except Conflict as error:
        return conflict(error, [("Alasan", reason)], f"/aduan/{number}")
    flash("Tugas sudah dialihkan.", "sukses")
    return redirect(f"/aduan/{number}", code=303)
