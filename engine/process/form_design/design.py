"""A form as its author sees it: fields with a label, a kind and rules. Knows no JSON Schema beyond an empty one."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.process.forms import LONG_TEXT
from engine.process.shown import Condition

TEXT, LONG, CHOICE, TABLE, NUMBER, SCALE, YES_NO, FILES, OTHER = (
    "teks", "panjang", "pilihan", "tabel", "angka", "skala", "ya_tidak", "berkas", "lain"
)  # fmt: skip
KINDS = (TEXT, LONG, CHOICE, TABLE, NUMBER, SCALE, YES_NO, FILES)
TABLES = ("kategori", "subkategori", "unit")
STEPS = 10  # between the ends of a scale: more are typed as a number
LONG_DEFAULT = 2000  # characters of a long text for which nobody set a limit
MAX_NAME = 40
EMPTY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "", "type": "object",
    "additionalProperties": False, "required": [], "properties": {}, "x-urutan": [],
}  # fmt: skip


class NotShowable(ValueError):
    """The schema is no form that can be shown as fields; it can still be changed as JSON."""


@dataclass(frozen=True)
class Option:
    """One choice of a field's own list."""

    code: str
    title: str = ""


@dataclass(frozen=True)
class FieldDesign:
    """One field. `origin` is its name in the schema the design was made from, None when it is new."""

    name: str
    kind: str = TEXT
    label: str = ""
    help: str = ""
    origin: str | None = None
    required: bool = False
    shown_when: Condition | None = None  # required then means: when it is shown
    low: int | None = None  # letters or smallest number
    high: int | None = None  # letters, greatest number, or how many files
    choices: tuple[Option, ...] = ()
    table: str = ""
    depends_on: str = ""  # field whose choice narrows this one's table
    file_kinds: tuple[str, ...] = ()
    file_mb: int | None = None
    personal: bool = False
    readers: tuple[str, ...] | None = None  # lanes; None: all staff who see the case
    start: str = ""  # "<form key>.<field>" it is filled from
    column: str = ""  # column of the case it fills
    messages: Mapping[str, str] = field(default_factory=dict)  # what was missed -> the author's own words
    ruled: bool = False  # other rules of the schema name it, which only JSON shows


@dataclass(frozen=True)
class FormDesign:
    """A form in the order of its page. `base` is the schema it was made from."""

    title: str
    description: str
    fields: tuple[FieldDesign, ...]
    base: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


def is_scale(low: int | None, high: int | None) -> bool:
    """Whether a page shows every number between them."""
    return low is not None and high is not None and high - low <= STEPS


def settled(one: FieldDesign) -> FieldDesign:
    """The field as it will be read again: limits that a kind needs, and the kind that its limits make of it."""
    if one.kind == LONG:
        one = replace(one, high=LONG_DEFAULT if one.high is None else one.high)
    if one.kind in (TEXT, LONG):
        return replace(one, kind=LONG if (one.high or 0) > LONG_TEXT else TEXT)
    if one.kind == SCALE:
        low = 1 if one.low is None else one.low
        one = replace(one, low=low, high=low + 4 if one.high is None else one.high)
    if one.kind in (NUMBER, SCALE):
        return replace(one, kind=SCALE if is_scale(one.low, one.high) else NUMBER)
    return one


def name_from(label: str, taken: Collection[str] = (), fallback: str = "isian") -> str:
    """A name for diagram and storage out of a label: small letters, digits and `_`, not yet taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    name = re.sub("[^a-z0-9]+", "_", plain.lower()).strip("_")[:MAX_NAME].rstrip("_") or fallback
    if not name[0].isalpha() or keyword.iskeyword(name) or name == "csrf_token":
        name = f"{fallback}_{name}"
    return unique(name, taken)


def unique(name: str, taken: Collection[str]) -> str:
    """The name itself, or the first of name_2, name_3 ... that is free."""
    number, found = 2, name
    while found in taken:
        number, found = number + 1, f"{name}_{number}"
    return found
