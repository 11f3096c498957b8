"""What a draft changes against a version, in the words of the SOP and in two pictures. For Pemilik Proses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.process.diagram import DiagramError
from engine.process.diff import Change, Source, changes
from engine.process.gate import Finding
from engine.queries.scenarios import ScenarioResult, run_all
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


@dataclass(frozen=True)
class Comparison:
    """What a person looks at before a changed SOP goes on."""

    groups: list[Group]
    findings: list[Finding]
    scenarios: list[ScenarioResult]
    unreadable: str = ""  # why there is nothing to compare

    @property
    def count(self) -> int:
        """How many changes."""
        return sum(len(each.changes) for each in self.groups)


@blueprint.get("/proses/<process_id>/draf/<int:draft_id>/perubahan")
@needs(process_owner)
def show(process_id: str, draft_id: int) -> str:
    """The draft against the version that it began from, or the one that `?versi=` names."""
    with database() as session:
        found = draft(session, process_id, draft_id)
        versions = [each for each in all_deployed(session) if each.process_id == process_id]
        old = _version(versions, found)
        compared = compare(session, old, found)
    return render_template(
        "processes/perubahan.html", process_id=process_id, draft=found.draft, old=old, versions=versions[::-1],
        compared=compared, marks=MARKS,
    )  # fmt: skip


def compare(session: Session, old: Deployed, found: DraftContent) -> Comparison:
    """A draft against a version: changes, findings, and the saved scenarios run on both."""
    findings = draft_findings(session, found.process_id, found.xml, found.forms)
    try:
        told = changes(source_of(old), Source(found.xml, found.forms))
    except DiagramError as wrong:
        return Comparison([], findings, [], wrong.message)
    results = run_all(session, found.process_id, found.xml, found.forms)
    return Comparison(grouped(told), findings, results)


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
