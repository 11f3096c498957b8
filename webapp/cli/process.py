"""`aduan process`: check, compare and deploy diagrams. Only `deploy` needs a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.front import Front, answer, complain
from webapp.cli.opened import one_transaction

if TYPE_CHECKING:
    from engine.commands.deploy import Deployed
    from engine.process.diff import Source
    from engine.process.document import Document
    from engine.process.gate import Finding

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)
_forms = click.option("--forms", "folder", type=_FOLDER, help="Folder formulir (bawaan: ../forms di samping diagram).")
_json = click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")


@click.group(cls=Front)
def process() -> None:
    """Diagram proses dan formulirnya."""


@process.command()
@click.argument("file", nargs=-1, required=True, type=_FILE)
@_forms
@_json
@click.pass_context
def check(ctx: click.Context, file: Sequence[Path], folder: Path | None, as_json: bool) -> None:
    """Periksa apakah diagram dapat diberlakukan."""
    from engine.commands.deploy import read_forms
    from engine.process.gate import check as gate
    from engine.process.gate import holds

    found = {path: gate(path.read_bytes(), read_forms(folder or forms_beside(path), path), None) for path in file}
    facts = [
        _facts(finding) | ({"file": str(path)} if len(file) > 1 else {})
        for path, findings in found.items()
        for finding in findings
    ]
    text = "\n".join(_verdict(path, findings) for path, findings in found.items())
    answer(text, {"findings": facts}, as_json=as_json)
    if not all(map(holds, found.values())):
        ctx.exit(1)


@process.command()
@click.argument("file", type=_FILE, required=False)
@_forms
@click.option("--version", "number", type=int,
              help="Berlakukan lagi versi lama bernomor ini, sebagai ganti FILE.")  # fmt: skip
@click.option("--process", "process_id", help="Kode proses versi itu, bila ada beberapa proses.")
@_json
@click.pass_context
def deploy(
    ctx: click.Context, file: Path | None, folder: Path | None, number: int | None, process_id: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Berlakukan diagram, atau lagi versi yang lama, bagi aduan yang masuk sesudah ini."""
    from engine.commands.deploy import NotDeployable

    if (file is None) == (number is None) or (number is not None and folder is not None):
        raise click.UsageError("Sebutkan FILE, atau --version saja.")
    try:
        done = _deployed(file, folder) if file is not None else _deployed_again(ctx, number or 0, process_id)
    except NotDeployable as refused:
        if as_json:
            answer("", {"findings": [_facts(each) for each in refused.findings]}, as_json=True)
        verdict = _verdict(file or Path(f"versi {number}"), refused.findings)
        complain(f"{refused.message} Yang berlaku sebelumnya tetap berjalan.\n{verdict}")
        ctx.exit(1)
    news = "berlaku mulai sekarang" if done.fresh else "sudah berlaku; tidak ada yang berubah"
    facts = {"process": done.process_id, "version": done.number, "checksum": done.checksum, "fresh": done.fresh,
             "findings": [_facts(each) for each in done.warnings]}  # fmt: skip
    lines = [f"Proses «{done.process_id}» versi {done.number} {news}.", *map(sentence, done.warnings)]
    answer("\n".join(lines), facts, as_json=as_json)


def _deployed(file: Path, folder: Path | None) -> Deployed:
    from engine.commands.deploy import deploy as put_in_force
    from engine.commands.deploy import read_forms

    with one_transaction() as session:
        forms = read_forms(folder or forms_beside(file), file)
        return put_in_force(session, file.read_bytes(), forms, now=datetime.now(UTC))


def _deployed_again(ctx: click.Context, number: int, process_id: str | None) -> Deployed:
    from engine.commands.deploy import deploy_again
    from engine.errors import NotFound

    try:
        with one_transaction() as session:
            return deploy_again(session, number, process_id, now=datetime.now(UTC))
    except NotFound:
        complain(f"Tidak ada versi {number} yang dimaksud. Lihat nomornya di halaman SOP; sebutkan juga --process "
                 "bila ada beberapa proses.")  # fmt: skip
        ctx.exit(1)


@process.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--forms", "folders", type=_FOLDER, multiple=True,
              help="Folder formulir keduanya; ditulis dua kali: yang lama, lalu yang baru (bawaan: ../forms di samping "
              "tiap diagram).")  # fmt: skip
@_json
@click.pass_context
def diff(ctx: click.Context, old: Path, new: Path, folders: Sequence[Path], as_json: bool) -> None:
    """Tunjukkan apa yang berubah dari diagram OLD ke NEW, termasuk formulirnya.

    Status 0, ada perubahan maupun tidak; 2 bila salah satu berkas tidak dapat dibaca.
    """
    from engine.process.diagram import DiagramError, read
    from engine.process.diff import changes

    if len(folders) > 2:
        raise click.UsageError("--forms ditulis paling banyak dua kali.")
    chosen: Sequence[Path | None] = [*folders, *folders][:2] or [None, None]
    sources = [_source(path, folder) for path, folder in zip((old, new), chosen, strict=True)]
    for path, source in zip((old, new), sources, strict=True):
        try:
            read(source.xml)
        except DiagramError as wrong:
            complain(f"{path}: {wrong.message}")
            ctx.exit(2)
    found = changes(*sources)
    sentences = [f"{len(found)} perubahan:", *(f"  {each.sentence}" for each in found)]
    text = "\n".join(sentences) if found else "Tidak ada perubahan pada isi prosedur dan formulirnya."
    answer(text, {"changes": [asdict(each) for each in found]}, as_json=as_json)


def _source(path: Path, folder: Path | None) -> Source:
    from engine.commands.deploy import read_forms
    from engine.process.diff import Source

    return Source(path.read_bytes(), read_forms(folder or forms_beside(path), path))


@process.command()
@click.argument("file", type=_FILE)
@click.option("--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path),
              help="Berkas tujuan, berakhiran .html atau .docx.")  # fmt: skip
@_json
@click.pass_context
def sop(ctx: click.Context, file: Path, out: Path, as_json: bool) -> None:
    """Cetak diagram sebagai dokumen SOP resmi (A4 mendatar)."""
    from engine.process.diagram import DiagramError, read
    from engine.process.document import document

    if out.suffix not in (".html", ".docx"):
        raise click.UsageError("--out harus berakhiran .html atau .docx.")
    try:
        printed = document(read(file.read_bytes()))
        out.write_bytes(_as_file(printed, out.suffix))
    except DiagramError as wrong:
        complain(f"{file}: {wrong.message}")
        ctx.exit(1)
    except OSError as wrong:
        complain(f"{out}: tidak dapat ditulis ({wrong.strerror}).")
        ctx.exit(1)
    answer(f"{out}: {len(printed.rows)} langkah.", {"rows": len(printed.rows), "file": str(out)}, as_json=as_json)


def _as_file(printed: Document, suffix: str) -> bytes:
    from webapp.sop import Issue

    if suffix == ".html":
        from webapp.sop.page import page

        return page(printed, Issue()).encode()
    from webapp.sop.docx import docx

    return docx(printed, Issue())


def forms_beside(diagram: Path) -> Path:
    """The folder of forms that belongs to a diagram when none is named."""
    return diagram.resolve().parent.parent / "forms"


def sentence(finding: Finding) -> str:
    """A finding as a line for people."""
    from engine.process.gate import holds

    kind = "Peringatan" if holds([finding]) else "Harus diperbaiki"
    where = f"{finding.name} ({finding.element})" if finding.name else finding.element
    return f"  {kind}: {where + ': ' if where else ''}{finding.message}"


def _verdict(path: Path, findings: Sequence[Finding]) -> str:
    from engine.process.gate import holds

    verdict = "dapat diberlakukan" if holds(findings) else "belum dapat diberlakukan"
    return "\n".join([f"{path}: {verdict}.", *map(sentence, findings)])


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "element": finding.element,
        "name": finding.name,
        "message": finding.message,
    }
