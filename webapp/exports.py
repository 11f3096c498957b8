"""Exports for the auditor's own tools: what to choose, and the file, streamed, once its reading is written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Engine
from werkzeug.wrappers import Response as AnyResponse

from engine.access import Actor
from engine.errors import NotFound, Rejected
from engine.export import Case as Exported
from engine.export import csv_parts, write_xlsx, xes_parts
from engine.process.forms import Choice, Field
from engine.queries.cases import sight
from engine.queries.exports import Selection, exported_cases
from engine.store.database import snapshot
from engine.worktime import read_date
from webapp.access import auditor, needs
from webapp.context import actor, database, engine, now
from webapp.reading import record_read
from webapp.text import ZONE

blueprint = Blueprint("exports", __name__)
FORMATS = {
    "xes": "application/xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DAY = "Tulis tanggal, bulan, dan tahun, misalnya 28 Desember 2026."
FIELDS = (
    Field("bentuk", "Bentuk berkas", widget="radio", required=True, choices=(
        Choice("xes", "XES, untuk program penambangan proses"), Choice("csv", "CSV"), Choice("xlsx", "XLSX (Excel)"))),
    Field("dari", "Masuk dari", max_length=40, autocomplete="off", help="Hari pertama, misalnya 1 Januari 2026."),
    Field("sampai", "Masuk sampai", max_length=40, autocomplete="off", help="Hari terakhir; ikut terbawa."),
    Field("nomor", "Hanya aduan ini", max_length=40, autocomplete="off", help="Nomor lengkap; kosongkan untuk semua."),
    Field("nama", "Sebut petugas dengan nama", widget="checkbox",
          help="Tanpa ini petugas disebut dengan kode tetap. Nama pelapor tidak pernah ikut."),
    Field("isi", "Sertakan yang diisi orang", widget="checkbox",
          help="Isi aduan, tanggapan, catatan. Perlakukan berkasnya sebagai rahasia."),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A choice that can be carried out."""

    format: str
    selection: Selection
    names: bool
    contents: bool


@blueprint.get("/audit/ekspor")
@needs(auditor)
def index() -> str:
    """What can be exported."""
    return _page({"bentuk": "xes", "nomor": request.args.get("nomor", "")}, {})


def _page(values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("audit/ekspor.html", fields=FIELDS, values=values, errors=errors)


@blueprint.get("/audit/ekspor/berkas")
@needs(auditor)
def file() -> AnyResponse:
    """The file. Its reading is written down first; 422 and the form again when the choice does not fit."""
    typed = {each.name: request.args.get(each.name, "").strip() for each in FIELDS}
    try:
        wanted = _wanted(typed)
        chosen, case = wanted.selection, None
        if chosen.number:
            with database() as session:
                case = sight(session, actor(), chosen.number).case
    except Rejected as error:
        return make_response(_page(typed, error.errors), 422)
    except NotFound:
        return make_response(_page(typed, {"nomor": "Tidak ada aduan dengan nomor ini."}), 422)
    record_read("data_exported", case, format=wanted.format, names=wanted.names, contents=wanted.contents,
                **{"from": _iso(chosen.first), "to": _iso(chosen.last)})  # fmt: skip
    response = Response(_parts(engine(), actor(), wanted), mimetype=FORMATS[wanted.format])
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(wanted, now())}"'
    return response


def _wanted(typed: dict[str, str]) -> Wanted:
    """Raises Rejected."""
    errors = {name: _DAY for name in ("dari", "sampai") if typed[name] and read_date(typed[name]) is None}
    first, last = read_date(typed["dari"]), read_date(typed["sampai"])
    if first is not None and last is not None and last < first:
        errors["sampai"] = "Hari terakhir mendahului hari pertama."
    if typed["bentuk"] not in FORMATS:
        errors["bentuk"] = "Pilih salah satu."
    if errors:
        raise Rejected(errors)
    chosen = Selection(typed["nomor"].upper(), first, last)
    return Wanted(typed["bentuk"], chosen, bool(typed["nama"]), bool(typed["isi"]))


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _name(wanted: Wanted, at: datetime) -> str:
    about = wanted.selection.number.lower() or "aduan"
    return f"ekspor-{about}-{at.astimezone(ZONE):%Y-%m-%d}.{wanted.format}"


def _parts(database: Engine, who: Actor, wanted: Wanted) -> Iterator[bytes]:
    with snapshot(database) as session:
        cases = exported_cases(session, wanted.selection, who, names=wanted.names, contents=wanted.contents)
        yield from parts(cases, wanted.format, said(wanted.selection))


def said(chosen: Selection) -> str:
    """What was chosen, in words."""
    first = chosen.first.isoformat() if chosen.first else "awal"
    last = chosen.last.isoformat() if chosen.last else "sekarang"
    return f"Aduan {chosen.number}" if chosen.number else f"Aduan yang masuk dari {first} sampai {last}"


def parts(cases: Iterable[Exported], format: str, name: str) -> Iterator[bytes]:
    """The file in parts. A workbook is written to disk first: its directory stands at its end."""
    if format == "xes":
        yield from xes_parts(cases, name)
    elif format == "csv":
        yield from csv_parts(cases)
    else:
        with TemporaryDirectory(prefix="aduan-ekspor-") as folder:
            path = Path(folder) / "ekspor.xlsx"
            write_xlsx(cases, path)
            with path.open("rb") as made:
                while part := made.read(64 * 1024):
                    yield part
