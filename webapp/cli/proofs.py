"""`aduan verify`, `aduan key`: check history, change the signing key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.front import Front, answer, complain
from webapp.cli.opened import opened

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.history.verify import Broken, Checkpoint, Key, Report
    from engine.queries.integrity import Walked

_PATH = click.Path(exists=True, readable=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_json = click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
_against = click.option("--against", type=_FILE, help="Titik periksa atau tanda terima lama sebagai pembanding.")
_key = click.option("--key", type=_FILE, help="Daftar kunci publik (bawaan: public.txt pada pemasangan ini).")


@click.command()
@click.option("--case", "number", metavar="NOMOR", help="Hanya aduan ini.")
@click.option("--all", "everything", is_flag=True, help="Seluruh riwayat dan semua aduan (bawaan).")
@click.option("--bundle", type=_PATH, help="Bundel atau tanda terima, tanpa basis data.")
@click.option("--without-files", is_flag=True, help="Jangan bandingkan berkas lampiran di cakram.")
@_key
@_against
@_json
@click.pass_context
def verify(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    number: str | None,
    everything: bool,
    bundle: Path | None,
    without_files: bool,
    key: Path | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Periksa riwayat: rantai, catatan, tanda tangan, ujung, nilai, keadaan tersimpan, putar ulang, lampiran."""
    from engine.history.verify import Broken

    if sum([number is not None, everything, bundle is not None]) > 1:
        raise click.UsageError("pilih salah satu: --case, --all, atau --bundle", ctx)
    try:
        facts, lines, findings = _verified(number, bundle, key, against, without_files)
    except Broken as broken:
        facts, lines, findings = {}, [], [broken]
    found = [{"where": each.where, "reason": each.reason} for each in findings]
    held = "Semua cocok." if not found else ""
    if as_json or lines or held:
        answer(
            "\n".join(filter(None, [held, *lines])), {"held": not found, "findings": found, **facts}, as_json=as_json
        )
    if found:
        complain("\n".join(f"TIDAK COCOK. {each}" for each in findings))
        ctx.exit(1)


_Verdict = tuple[dict[str, Any], list[str], "Sequence[Broken]"]


def _verified(
    number: str | None, bundle: Path | None, key: Path | None, against: Path | None, without_files: bool
) -> _Verdict:
    from engine.history.verify import note_in, open_note
    from engine.settings import load_settings

    keys = _keys(key)
    earlier_text = against.read_text("utf-8") if against is not None else None
    if bundle is not None:
        return _bundle(bundle, keys, earlier_text)
    earlier = open_note(note_in(earlier_text), keys) if earlier_text is not None else None
    from engine.store.database import snapshot

    settings = load_settings()
    files = None if without_files else settings.files
    with opened(settings) as engine, snapshot(engine) as session:
        if number:
            facts, lines, found = _case(session, number, keys, earlier, files)
        else:
            facts, lines, found = _everything(session, keys, earlier, files)
    skipped = ["Berkas lampiran di cakram tidak diperiksa."] if without_files else []
    return facts | {"files_checked": not without_files}, lines + skipped, found


def _keys(path: Path | None) -> list[Key]:
    from engine.history.keys import public_keys
    from engine.history.verify import read_keys
    from engine.settings import load_settings

    return read_keys(path.read_text("utf-8")) if path is not None else public_keys(load_settings().keys)


def _bundle(path: Path, keys: list[Key], against: str | None) -> _Verdict:
    """A bundle, its cases run again from its own deployments; or a receipt. Without database and secrets."""
    from engine.history.verify import check_path, opened, own_keys_of, sentences
    from engine.queries.evidence.replaying import replay_bundle

    report = check_path(path, keys or None, against)
    told = sentences(report, [] if keys or report.manifest is None else own_keys_of(path))
    if report.manifest is None:  # a receipt
        return _facts(report), told, []
    with opened(path) as files:
        cases = replay_bundle(files, trusted=bool(keys))
    return (
        _facts(report) | {"cases": cases},
        [*told, f"{cases} aduan diputar ulang dari diagramnya sendiri: cocok."],
        [],
    )


def _case(session: Session, number: str, keys: list[Key], earlier: Checkpoint | None, folder: Path | None) -> _Verdict:
    from engine.history.event import moment_text
    from engine.history.verify import sentences
    from engine.queries.evidence.standing import check_stream
    from engine.queries.stored_cases import CaseCheck

    number = number.strip().upper()
    report = check_stream(session, number, keys, earlier, moment_text(datetime.now(UTC)))
    found = CaseCheck(session, folder).one(number)
    lines = [*sentences(report), "Keadaan tersimpan dan putar ulang diperiksa."]
    return _facts(report) | {"cases": 1}, lines, [found] if found is not None else []


def _everything(session: Session, keys: list[Key], earlier: Checkpoint | None, folder: Path | None) -> _Verdict:
    from engine.history.event import moment_text
    from engine.queries.integrity import walk
    from engine.queries.stored_cases import CaseCheck, check_deployments
    from engine.queries.stored_readings import check_readings

    walked = walk(session, keys, moment_text(datetime.now(UTC)), earlier)
    findings = [walked.broken] if walked.broken is not None else []
    findings += check_deployments(session)
    findings += check_readings(session)
    cases = list(CaseCheck(session, folder).all())
    findings += [found for _, found in cases if found is not None]
    return _walked_facts(walked, len(cases)), _walked_lines(walked, len(cases)), findings


def _facts(report: Report) -> dict[str, Any]:
    point = report.checkpoint
    return {
        "events": report.events, "uncovered": len(report.uncovered), "erased": report.erased,
        "left_out": report.left_out, "attachments": report.attachments,
        "checkpoint": {"size": point.size, "at": point.at, "origin": point.origin},
    }  # fmt: skip


def _walked_facts(walked: Walked, cases: int) -> dict[str, Any]:
    point = walked.newest
    shown = {"size": point.size, "at": point.at, "origin": point.origin} if point is not None else None
    return {
        "events": walked.events, "uncovered": len(walked.uncovered), "erased": walked.erased, "cases": cases,
        "checkpoints": walked.checkpoints, "checkpoint": shown,
    }  # fmt: skip


def _walked_lines(walked: Walked, cases: int) -> list[str]:
    told = [
        f"{walked.events} peristiwa, {walked.checkpoints} titik periksa, dan {cases} aduan diperiksa; "
        f"{walked.erased} nilai sudah dihapus."
    ]
    if walked.newest is not None:
        told.append(f"Titik periksa terakhir: ukuran {walked.newest.size}, {walked.newest.at}.")
    if walked.uncovered:
        told.append(f"Belum tercakup titik periksa: {len(walked.uncovered)} peristiwa, mulai {walked.uncovered[0]}.")
    return told


@click.group(cls=Front)
def key() -> None:
    """Kunci penanda tangan catatan."""


@key.command()
@_json
def show(as_json: bool) -> None:
    """Tampilkan daftar kunci publik, untuk diserahkan kepada auditor."""
    lines = [each.line() for each in _keys(None)]
    answer("\n".join(lines) or "Belum ada kunci. Jalankan aduan run sekali.", {"keys": lines}, as_json=as_json)


@key.command()
@_json
def rotate(as_json: bool) -> None:
    """Ganti kunci: yang baru mulai menandatangani, yang lama ikut 30 hari lagi lalu berhenti."""
    from engine.history.keys import rotate as change
    from engine.settings import load_settings

    line = change(load_settings().keys, datetime.now(UTC)).line()
    told = "Serahkan daftar kunci yang baru (aduan key show) kepada auditor."
    answer(f"Kunci baru: {line}\n{told}", {"key": line}, as_json=as_json)
