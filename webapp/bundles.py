"""For auditors: evidence about cases or a period as one file. Knows what is asked, not how it is proved."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import IO, Any

from flask import Blueprint, Response, make_response, render_template, request, send_file
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import Conflict, NotFound, Rejected
from engine.history.keys import load_signer
from engine.process.forms import Choice, Field
from engine.queries.evidence.bundle import Bundled, Wanted, write_bundle
from engine.store.database import snapshot
from engine.store.models import Case
from engine.worker.rounds import log_events
from engine.worktime import WIB, read_date
from webapp.access import auditor, needs, own_matters
from webapp.context import database, engine, now, settings
from webapp.reading import record_read
from webapp.standalone import replay_page

blueprint = Blueprint("bundles", __name__)
PAGE = "/audit/bukti"
MOST = 50_000  # events of a bundle that is made while somebody waits; larger ones at the command line
CASES, PERIOD = "aduan", "periode"
WHOLE, WITHOUT, WITH_FILES = "isi", "tanpa_pribadi", "lampiran"
FIELDS = (
    Field("tentang", "Bundel tentang", widget="radio", required=True,
          choices=(Choice(CASES, "Aduan tertentu"), Choice(PERIOD, "Semua yang tercatat dalam suatu periode"))),
    Field("nomor", "Nomor aduan", widget="textarea", max_length=100_000, shown_if=f"tentang={CASES}",
          help="Satu nomor per baris. Boleh lebih dari satu."),
    Field("dari", "Dari tanggal", max_length=30, autocomplete="off", shown_if=f"tentang={PERIOD}",
          help="Misalnya 1 Januari 2026."),
    Field("sampai", "Sampai dengan tanggal", max_length=30, autocomplete="off", shown_if=f"tentang={PERIOD}"),
    Field("muatan", "Yang disertakan", widget="radio", required=True,
          choices=(Choice(WHOLE, "Semua isian; lampiran hanya sidik jarinya"),
                   Choice(WITH_FILES, "Semua isian beserta berkas lampiran"),
                   Choice(WITHOUT, "Tanpa isian pribadi; buktinya tetap berlaku"))),
)  # fmt: skip


@blueprint.get(PAGE)
@needs(auditor)
def form() -> str:
    """The form; `?nomor=` fills in a case."""
    values = {"tentang": CASES, "muatan": WHOLE, "nomor": request.args.get("nomor", "")}
    return _page(values, {})


def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template("audit/bukti.html", fields=FIELDS, values=values, errors=errors)


@blueprint.post(PAGE)
@needs(auditor)
@own_matters  # it only reads; the numbers of many cases fit into no address
def make() -> AnyResponse:
    """The bundle as a download. Who made it stands in the trace before it is handed out."""
    values = {each.name: request.form.get(each.name, "").strip() for each in FIELDS}
    try:
        wanted = _wanted(values)
        file, made = _make(wanted)
    except Rejected as error:
        return make_response(_page(values, error.errors), 422)
    except NotFound:
        return make_response(_page(values, {"tentang": "Belum ada yang tercatat, jadi belum ada buktinya."}), 422)
    _record(wanted, made)
    return _sent(file, wanted, made)


def _wanted(values: Mapping[str, str]) -> Wanted:
    """What is asked for. Raises Rejected with a message for each field that does not fit."""
    content = values["muatan"]
    if content not in (WHOLE, WITH_FILES, WITHOUT):
        raise Rejected({"muatan": "Pilih apa yang disertakan."})
    options: dict[str, Any] = {
        "personal": content != WITHOUT, "files": settings().files if content == WITH_FILES else None, "most": MOST,
    }  # fmt: skip
    if values["tentang"] == CASES:
        return Wanted(numbers=values["nomor"].replace(",", " ").split(), **options)
    if values["tentang"] != PERIOD:
        raise Rejected({"tentang": "Pilih aduan tertentu atau periode."})
    return Wanted(since=_day(values, "dari"), until=_day(values, "sampai") + timedelta(days=1), **options)


def _day(values: Mapping[str, str], name: str) -> datetime:
    """Midnight in Jakarta at the beginning of the day that was typed."""
    day = read_date(values[name])
    if day is None:
        raise Rejected({name: "Tulis tanggal seperti 1 Januari 2026."})
    return datetime.combine(day, time(0), WIB)


def _make(wanted: Wanted) -> tuple[IO[bytes], Bundled]:
    """In a file without a name, that vanishes when it is sent."""
    try:
        log_events(engine(), settings().keys, now())  # so that the checkpoint covers what has happened until now
        signer = load_signer(settings().keys)
    except OSError as error:
        raise Conflict(
            "Kunci penanda tangan tidak dapat dibaca oleh server web. Minta petugas server menjalankan aduan bundle."
        ) from error
    file = tempfile.TemporaryFile(dir=settings().var)  # noqa: SIM115 - closed when the answer is sent
    try:
        with snapshot(engine()) as session:
            made = write_bundle(session, wanted, signer, file, now(), replay_page)
    except BaseException:
        file.close()
        raise
    return file, made


def _record(wanted: Wanted, made: Bundled) -> None:
    facts: dict[str, Any] = {
        "page": "bukti",
        "personal": wanted.personal,
        "files": wanted.files is not None,
        "events": made.events,
    }
    if wanted.since is not None:
        record_read("bundle_made", **facts, period=[made.facts["from"], made.facts["until"]])
        return
    with database() as session:
        ids = session.scalars(select(Case.id).where(Case.number.in_(made.facts["cases"])).order_by(Case.id)).all()
    record_read("bundle_made", **facts, cases=list(ids))


def _sent(file: IO[bytes], wanted: Wanted, made: Bundled) -> Response:
    what = made.facts["cases"][0] if made.facts.get("cases") else f"{wanted.since:%Y%m%d}"
    more = f"-dan-{made.streams - 1}-lain" if made.facts.get("cases") and made.streams > 1 else ""
    size = file.seek(0, 2)
    file.seek(0)
    answer = send_file(file, "application/zip", as_attachment=True, download_name=f"bukti-{what}{more}.zip")
    answer.content_length = size
    answer.headers["Cache-Control"] = "no-store"
    answer.call_on_close(file.close)
    return answer
