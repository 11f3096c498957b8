"""One form of a draft as the forms editor shows it: rows, what can be chosen, preview, findings. Saves nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

import orjson
from flask import render_template
from jinja2 import TemplateError
from sqlalchemy.orm import Session

from engine.process.diagram import Diagram
from engine.process.form_design import KINDS, OTHER, TABLES, FormDesign, NotShowable, design_of
from engine.process.form_design.design import CHOICE, FILES, SCALE, TABLE, YES_NO
from engine.process.forms import Choice, Form, form_from
from engine.process.gate import Finding
from engine.queries.choices import tables
from engine.store.deployments import latest_deployed
from engine.store.drafts import DraftContent, draft
from webapp.drafts import draft_findings
from webapp.form_editor.findings import About, about_form, diagram_of, label_map, users_of
from webapp.form_editor.rows import AS_IT_WAS, FILE_KINDS, MESSAGES, Row, sent
from webapp.form_editor.text import written

KIND_WORDS = {
    "teks": "Teks pendek", "panjang": "Teks panjang", "pilihan": "Pilihan tunggal, daftar sendiri",
    "tabel": "Pilihan tunggal dari tabel", "angka": "Angka", "skala": "Skala, misalnya 1 sampai 5",
    "ya_tidak": "Ya atau tidak (kotak centang)", "berkas": "Berkas (foto atau dokumen)",
    "lain": "Jenis khusus, diatur dalam JSON",
}  # fmt: skip
TABLE_WORDS = {"kategori": "Kategori aduan", "subkategori": "Subkategori aduan", "unit": "Bidang/unit kerja"}
COLUMN_WORDS = {"judul": "Judul aduan dari pelapor", "judul_kerja": "Judul kerja petugas", "kategori": "Kategori",
                "subkategori": "Subkategori", "bidang": "Bidang/unit kerja yang menangani"}  # fmt: skip
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, RecursionError, TemplateError)
Options = list[tuple[str, str]]


def stamp(schema: Any) -> str:
    """Tells one state of a form from another; "" for none at all."""
    return "" if schema is None else sha256(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


@dataclass
class Desk:
    """What stands around a form while it is changed: its draft, the other forms, who exists."""

    key: str
    content: DraftContent
    fixed: frozenset[str]  # fields of this form in the version in force
    tables: Mapping[str, Sequence[Choice]]

    @cached_property
    def diagram(self) -> Diagram | None:
        """The draft's diagram, as far as it can be read."""
        return diagram_of(self.content.xml)

    @property
    def steps(self) -> list[str]:
        """Steps that use the form."""
        return users_of(self.diagram).get(self.key, [])

    @property
    def lanes(self) -> list[str]:
        """Roles of the draft."""
        return list(self.diagram.lanes) if self.diagram is not None else []

    @property
    def stored(self) -> Any:
        """The form as the draft has it; None when it is gone."""
        return self.content.forms.get(self.key)

    @cached_property
    def sources(self) -> list[tuple[str, Options]]:
        """Fields of the other forms, from which one here may be filled."""
        found = []
        for key, schema in self.content.forms.items():
            if key == self.key:
                continue
            try:
                design = design_of(schema)
            except NotShowable:
                continue
            options = [(f"{key}.{each.name}", each.label or each.name) for each in design.fields if each.kind != FILES]
            found += [(design.title or key, options)] if options else []
        return found


def desk(session: Session, process_id: str, draft_id: int, key: str) -> Desk:
    """Everything a page of this form needs. Raises NotFound when there is no such draft."""
    content = draft(session, process_id, draft_id)
    in_force = latest_deployed(session, process_id).forms.get(key)
    fixed = frozenset(in_force.schema.get("properties", {})) if in_force is not None else frozenset[str]()
    return Desk(key, content, fixed, tables(session, TABLES))


@dataclass
class Sheet:
    """The form as it stands on the page now, saved or not."""

    desk: Desk
    schema: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    design: FormDesign | None = None  # None: shown as JSON
    text: str | None = None  # the JSON as typed
    line: int = 0  # where it cannot be read
    typed: Mapping[str, str] = field(default_factory=dict)  # title and description as typed
    base: Mapping[str, Any] | None = None
    rev: int = 0
    stamp: str = ""
    unsaved: bool = False
    problems: list[str] = field(default_factory=list)  # why nothing was saved
    told: str = ""  # what a button did
    conflict: tuple[str, str] | None = None  # what happened, and who was first

    @property
    def base_text(self) -> str:
        """The schema the rows began from, carried by the page."""
        return orjson.dumps(self.base if self.base is not None else self.schema).decode()

    @cached_property
    def conditions(self) -> list[tuple[int, str, Options]]:
        """Answers that may decide whether another field is shown: (row, label, [(value, words)])."""
        fields = self.design.fields if self.design is not None else ()
        found = []
        for row, one in zip(self.rows, fields, strict=True):
            answers: Options = []
            if one.kind == CHOICE:
                answers = [(each.code, each.title or each.code) for each in one.choices]
            elif one.kind == TABLE:
                answers = [(each.value, each.label) for each in self.desk.tables.get(one.table, ())]
            elif one.kind == SCALE and one.low is not None and one.high is not None:
                answers = [(str(each), str(each)) for each in range(one.low, one.high + 1)]
            elif one.kind == YES_NO:
                answers = [("1", "dicentang")]
            if answers:
                found.append((row.number, row.title, [(f"{row.number}={value}", words) for value, words in answers]))
        return found

    def condition_options(self, row: Row) -> list[tuple[int, str, Options]]:
        """Those that a row may wait for, and what it waits for now even if that cannot be chosen any more."""
        found = [each for each in self.conditions if each[0] != row.number]
        chosen = row.text("tampil")
        if chosen and not any(chosen == value for _, _, options in found for value, _ in options):
            found.append((-1, "Syarat sekarang", [(chosen, self._condition_words(row))]))
        return found

    def _condition_words(self, row: Row) -> str:
        fields = self.design.fields if self.design is not None else ()
        one = next((one for each, one in zip(self.rows, fields, strict=True) if each is row), None)
        if one is None or one.shown_when is None:
            return "isian yang sudah tidak ada"
        names = {each.name: each.title for each in self.rows}
        return f"«{names.get(one.shown_when.field, one.shown_when.field)}» berisi «{sent(one.shown_when.value)}»"

    def ruled(self, row: Row) -> bool:
        """Whether rules name the row's field that only JSON shows."""
        before = {each.name: each for each in design_of(self.base or self.schema).fields}
        one = before.get(row.text("asal"))
        return one is not None and one.ruled

    def parents(self, row: Row) -> Options:
        """Fields whose choice may narrow this row's table."""
        found = [(str(each.number), each.title) for each in self.rows
                 if each.number != row.number and each.kind == TABLE]  # fmt: skip
        if row.text("tergantung") == AS_IT_WAS:
            found.append((AS_IT_WAS, "isian yang sudah tidak ada"))
        return found

    @cached_property
    def preview(self) -> str:
        """The form as staff see it, drawn by the macro that they see; a sentence while it cannot be drawn."""
        try:
            form = form_from(self.desk.key, self.schema)
            return render_template("processes/formulir_pratinjau.html", form=form, fields=form.fields(self.desk.tables))
        except _UNREADABLE as wrong:
            return render_template("processes/formulir_pratinjau.html", form=None, why=str(wrong)[:300])

    def findings(self, session: Session) -> str:
        """The gate's findings about this form in this draft, as HTML."""
        content = self.desk.content
        found = draft_findings(session, content.process_id, content.xml, {**content.forms, self.desk.key: self.schema})
        return render_template("processes/formulir_temuan.html", sheet=self, about=self.about(found),
                               places={row.name: row.number for row in self.rows})  # fmt: skip

    def about(self, findings: list[Finding]) -> About:
        """Those of all findings that this form's author has to know here."""
        labels = label_map(self.schema)
        names = {*labels, *label_map(self.desk.stored), *self.desk.fixed}
        return about_form(self.desk.key, names, labels, self.desk.diagram, findings)

    def context(self, session: Session) -> dict[str, Any]:
        """Everything the page's template reads."""
        return {
            "sheet": self, "desk": self.desk, "draft": self.desk.content.draft, "temuan": self.findings(session),
            "process_id": self.desk.content.process_id, "kinds": {key: KIND_WORDS[key] for key in (*KINDS, OTHER)},
            "tables": TABLE_WORDS, "columns": COLUMN_WORDS, "messages": MESSAGES, "file_kinds": FILE_KINDS,
            "json_text": written(self.schema) if self.text is None else self.text,
        }  # fmt: skip


def field_names(schema: Any) -> list[str]:
    """Names of the fields, in order, as far as the schema can be read."""
    return list(Form("", schema).properties) if label_map(schema) else []
