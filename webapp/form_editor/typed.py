"""Rows of the forms editor turned into a design: names, numbers, rules between rows. Knows no HTML and no database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.process.form_design import (
    KINDS,
    TABLES,
    FieldDesign,
    FormDesign,
    Option,
    design_of,
    name_from,
    settled,
    unique,
)
from engine.process.form_design.design import FILES, OTHER, TEXT
from engine.process.forms import CASE_COLUMNS
from engine.process.shown import Condition
from webapp.form_editor.rows import AS_IT_WAS, LIMITS, MAX_LINES, MESSAGES, Row, meant

LONGEST_NAME = 60
_NUMBER = re.compile("-?(?:[0-9]{1,9}|[0-9]{1,3}(?:[.][0-9]{3}){1,2})")  # 5000 or, as people write it, 5.000


def designed(rows: Sequence[Row], title: str, description: str, base: Mapping[str, Any]) -> FormDesign:
    """The design that the rows mean over the schema they began from. Rows get their names, errors and notes."""
    before = {each.name: each for each in design_of(base).fields}
    _settle_origins(rows, before)
    _settle_names(rows)
    names = {row.number: row.name for row in rows}
    kinds = {row.number: _kind(row, before.get(row.text("asal"))) for row in rows}
    renamed = {row.text("asal"): names[row.number] for row in rows if row.text("asal")}
    made = [_field(row, kinds[row.number], before.get(row.text("asal"))) for row in rows]
    placed = [
        replace(
            one,
            shown_when=_condition(row, names, kinds, before.get(row.text("asal")), renamed),
            depends_on=_other(row, names, before.get(row.text("asal")), renamed),
        )
        for row, one in zip(rows, made, strict=True)
    ]
    return FormDesign(title.strip(), description.strip(), tuple(map(settled, placed)), base)


def _settle_origins(rows: Sequence[Row], before: Mapping[str, FieldDesign]) -> None:
    """Each field of the schema is one row at most; what names another one is new."""
    taken: set[str] = set()
    for row in rows:
        origin = row.texts.get("asal", "")
        row.texts["asal"] = origin if origin in before and origin not in taken else ""
        row.fixed = row.fixed and bool(row.texts["asal"])
        taken.add(origin)


def _settle_names(rows: Sequence[Row]) -> None:
    """A name for each row: what is in force stays, what was typed if it can be one, else one out of the label."""
    taken = {row.texts["asal"] for row in rows if row.fixed}
    for row in rows:
        if row.fixed:
            row.name = row.texts["asal"]
            continue
        typed, origin = row.text("kunci"), row.texts["asal"]
        wanted = typed if typed and (typed == origin or _is_name(typed)) else name_from(typed or row.text("label"))
        name = unique(wanted, taken)
        if typed and name != typed:
            why = "sudah dipakai isian lain" if name != wanted else "hanya boleh memuat huruf, angka, dan garis bawah"
            row.notes["kunci"] = f"Kode {why}. Disimpan sebagai «{name}»."
        row.name = name
        taken.add(name)


def _is_name(text: str) -> bool:
    return bool(re.fullmatch(f"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}", text)) and text != "csrf_token"


def _kind(row: Row, old: FieldDesign | None) -> str:
    kinds = (*KINDS, OTHER) if old is not None and old.kind == OTHER else KINDS
    return row.kind if row.kind in kinds else old.kind if old is not None else TEXT


def _field(row: Row, kind: str, old: FieldDesign | None) -> FieldDesign:
    row.texts["jenis"] = kind
    low, high = (_number(row, key) for key in LIMITS.get(kind, ("", "")))
    return FieldDesign(
        name=row.name,
        kind=kind,
        label=row.text("label"),
        help=row.text("bantuan"),
        origin=row.texts["asal"] or None,
        required=bool(row.text("wajib")),
        low=low,
        high=high,
        choices=_choices(row) if kind == "pilihan" else (),
        table=_one_of(row.text("tabel"), TABLES) or TABLES[0] if kind == "tabel" else "",
        file_kinds=tuple(row.lists.get("berkas_jenis", ())) if kind == FILES else (),
        file_mb=_number(row, "berkas_mb") if kind == FILES else None,
        personal=bool(row.text("pribadi")),
        readers=tuple(row.lists.get("pembaca", ())) if row.text("terbaca") == "hanya" else None,
        start=row.text("awal"),
        column=_one_of(row.text("kasus"), CASE_COLUMNS) or (old.column if old and row.text("kasus") else ""),
        messages=_messages(row, kind, old),
    )


def _one_of(text: str, known: Iterable[str]) -> str:
    return text if text in known else ""


def _number(row: Row, key: str) -> int | None:
    text = row.text(key) if key else ""
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return int(text.replace(".", ""))
    row.errors[key] = f"«{text[:20]}» bukan bilangan bulat. Tulis misalnya 150."
    return None


def _choices(row: Row) -> tuple[Option, ...]:
    """The lines that hold something; a line without a code gets one out of its words."""
    lines = [(code.strip(), title.strip()) for code, title in row.choices]
    if len(lines) > MAX_LINES:
        row.errors["pilihan"] = f"Daftar ini memuat {len(lines)} pilihan; paling banyak {MAX_LINES}. Pakai tabel."
        lines = lines[:MAX_LINES]
    taken = {code for code, _ in lines if code}
    found: list[Option] = []
    for at, (typed, title) in enumerate(lines):
        code = typed or (name_from(title, taken, "pilihan") if title else "")
        lines[at] = (code, title)
        if code:
            taken.add(code)
            if any(code == each.code for each in found):
                row.notes["pilihan"] = f"Kode «{code[:40]}» dipakai dua kali; yang kedua tidak akan dapat dipilih."
            found.append(Option(code, title))
    row.set_choices(lines)
    return tuple(found)


def _messages(row: Row, kind: str, old: FieldDesign | None) -> dict[str, str]:
    shown = [key for key, (_, kinds) in MESSAGES.items() if not kinds or kind in kinds]
    carried = {key: told for key, told in old.messages.items() if key not in shown} if old is not None else {}
    return carried | {key: row.text(f"pesan_{key}") for key in shown if row.text(f"pesan_{key}")}


def _condition(
    row: Row, names: Mapping[int, str], kinds: Mapping[int, str], old: FieldDesign | None, renamed: Mapping[str, str]
) -> Condition | None:
    chosen, equals, value = row.text("tampil").partition("=")
    if chosen == AS_IT_WAS and old is not None and old.shown_when is not None:
        return Condition(renamed.get(old.shown_when.field, old.shown_when.field), old.shown_when.value)
    number = int(chosen) if chosen.isdecimal() and len(chosen) < 5 else None
    if number is None or number not in names or not equals:
        return None
    return Condition(names[number], meant(kinds[number], value))


def _other(row: Row, names: Mapping[int, str], old: FieldDesign | None, renamed: Mapping[str, str]) -> str:
    if row.kind != "tabel":
        return ""
    chosen = row.text("tergantung")
    if chosen == AS_IT_WAS and old is not None:
        return renamed.get(old.depends_on, old.depends_on)
    return names.get(int(chosen), "") if chosen.isdecimal() and len(chosen) < 5 else ""
