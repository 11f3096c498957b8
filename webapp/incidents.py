"""For Pengelola Sistem: cases that are held up, retried many at once or passed over one by one. Shows no contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from flask import Blueprint, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.commands.cases import TOLD
from engine.commands.incidents import retry_incident, skip_incident
from engine.commands.reasons import reason_errors
from engine.errors import Conflict, Incident, NotFound, Rejected
from engine.process.forms import Field
from engine.queries.incidents import LIMIT, count_held_up, held_up
from webapp.access import administrator, needs
from webapp.changes import change
from webapp.context import actor, database, now
from webapp.failures import page

blueprint = Blueprint("incidents", __name__)
PAGE = "/kelola/tertahan"
REASON = Field("alasan", "Alasan", widget="textarea", required=True, max_length=1000,
               help="Apa yang sudah diperiksa atau dibetulkan. Tersimpan dalam riwayat tiap aduan.")  # fmt: skip
SHOWN = 5  # numbers named in one sentence


@dataclass
class Tried:
    """What became of a retry of many cases."""

    went_on: int = 0
    rebuilt: int = 0
    late: int = 0  # not held up any more
    still: dict[str, list[str]] = field(default_factory=dict)  # cause -> numbers


@blueprint.get(PAGE)
@needs(administrator)
def index() -> str:
    """All cases that are held up, those that have waited longest first."""
    return _page()


def _page(
    chosen: frozenset[str] = frozenset(), reason: str = "", errors: Mapping[str, str] | None = None, skipped: str = ""
) -> str:
    """`skipped` names the case whose own form did not fit; else the errors are those of the bulk form."""
    with database() as session:
        rows, total = held_up(session, now()), count_held_up(session)
    return render_template(
        "manage/tertahan.html", rows=rows, total=total, limit=LIMIT, chosen=chosen, reason=reason,
        errors=errors or {}, skipped=skipped, reason_field=REASON, told=TOLD,
    )  # fmt: skip


@blueprint.post(PAGE)
@needs(administrator)
def retry() -> AnyResponse:
    """Retry each chosen case in its own transaction, and say what became of them."""
    reason, every = request.form.get("alasan", ""), "semua" in request.form
    chosen = frozenset(request.form.getlist("nomor"))
    with database() as session:
        known = [row.number for row in held_up(session, now())]
    # What was chosen but is not held up any more is tried too, so that it is counted.
    numbers = known if every else [*(each for each in known if each in chosen), *sorted(chosen - set(known))][:LIMIT]
    errors = reason_errors(reason) | ({} if numbers else {"nomor": "Pilih paling sedikit satu aduan."})
    if errors:
        return make_response(_page(chosen, reason, errors), 422)
    for kind, sentence in _sentences(_retry(numbers, reason)):
        flash(sentence, kind)
    return redirect(PAGE, code=303)


def _retry(numbers: list[str], reason: str) -> Tried:
    tried = Tried()
    for number in numbers:
        try:
            tried.rebuilt += change(partial(_one, number, reason), number=number)
            tried.went_on += 1
        except (Conflict, NotFound):
            tried.late += 1
        except Incident as incident:
            tried.still.setdefault(incident.message, []).append(number)
    return tried


def _one(number: str, reason: str, session: Session) -> bool:
    return retry_incident(session, actor(), number, reason, now=now())


def _sentences(tried: Tried) -> list[tuple[str, str]]:
    found = []
    if tried.went_on:
        anew = f", {tried.rebuilt} di antaranya disusun ulang dari riwayatnya" if tried.rebuilt else ""
        found.append(("sukses", f"{tried.went_on} aduan berjalan lagi{anew}."))
    if tried.late:
        found.append(("info", f"{tried.late} aduan baru saja diubah, atau tidak tertahan lagi, ketika dicoba."))
    for cause, numbers in tried.still.items():
        named = ", ".join(numbers[:SHOWN]) + (f", dan {len(numbers) - SHOWN} lainnya" if len(numbers) > SHOWN else "")
        found.append(("peringatan", f"{len(numbers)} aduan masih tertahan ({named}). {cause}"))
    return found


@blueprint.post(f"{PAGE}/<nomor>/lewati")
@needs(administrator)
def skip(nomor: str) -> AnyResponse:
    """Put one incident aside."""
    reason = request.form.get("alasan", "")
    try:
        change(lambda session: skip_incident(session, actor(), nomor, reason, now=now()), number=nomor)
    except Rejected as error:
        return make_response(_page(reason=reason, errors=error.errors, skipped=nomor), 422)
    except (Conflict, Incident) as error:
        back = [{"teks": "Kembali ke aduan tertahan", "url": PAGE}]
        return page(409, "Tidak dapat dilewati", error.message, [("Alasan", reason)], saran=back)
    flash(f"Sebab tertahannya {nomor} dilewati. Aduan menunggu pelaksananya seperti biasa.", "sukses")
    return redirect(PAGE, code=303)
