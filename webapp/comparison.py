"""What a draft changes against a version, in the words of the SOP and in two pictures. For Pemilik Proses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from engine.errors import NotFound
from engine.process.diagram import DiagramError
from engine.process.diff import Change, Source, changes
from engine.store.deployments import Deployed, all_deployed
from engine.store.drafts import DraftContent, draft
from webapp.access import needs, process_owner
from webapp.context import database
from webapp.drafts import draft_findings

blueprint = Blueprint("comparison", __name__)
MARKS = {"baru": ("sukses", "Baru"), "hapus": ("bahaya", "Dihapus"), "ubah": ("peringatan", "Berubah"),
         "pindah": ("info", "Pindah")}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Changes of one kind of thing."""

    title: str
    changes: list[Change]


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/perubahan")
@needs(process_owner)
def show(process_id: str, draft_id: int) -> str:
    """The draft against the version that it began from, or the one that `?versi=` names."""
    with database() as session:
        found = draft(session, process_id, draft_id)
        versions = [each for each in all_deployed(session) if each.process_id == process_id]
        old = _version(versions, found)
        findings = draft_findings(session, process_id, found.xml, found.forms)
    unreadable, told = "", []
    try:
        told = changes(source_of(old), Source(found.xml, found.forms))
    except DiagramError as wrong:
        unreadable = wrong.message
    return render_template(
        "processes/perubahan.html", process_id=process_id, draft=found.draft, old=old, versions=versions[::-1],
        groups=grouped(told), changes=told, unreadable=unreadable, findings=findings, marks=MARKS,
    )  # fmt: skip


def source_of(version: Deployed) -> Source:
    """A version as the comparison reads it."""
    return Source(version.xml, {key: form.schema for key, form in version.forms.items()})


def _version(versions: list[Deployed], found: DraftContent) -> Deployed:
    wanted = request.args.get("versi", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else found.draft.based_on
    chosen = [each for each in versions if each.number == number]
    if not chosen:
        raise NotFound
    return chosen[0]


_GROUPS = (
    ("Dokumen SOP", ("process_id", "process_name", "header", "note")),
    ("Peran", ("lane", "right")),
    ("Alur", ("flow", "condition", "flow_name", "default", "order")),
    ("Formulir", ("form", "field", "field_rule", "choice", "rule")),
)


def grouped(told: Iterable[Change]) -> list[Group]:
    """Changes by what they are about, the way people look for them; what is none of these concerns a step."""
    titles = {kind: title for title, kinds in _GROUPS for kind in kinds}
    order = ("Langkah", *(title for title, _ in _GROUPS))
    found: dict[str, list[Change]] = {title: [] for title in order}
    for each in told:
        found[titles.get(each.kind, "Langkah")].append(each)
    return [Group(title, each) for title, each in found.items() if each]
