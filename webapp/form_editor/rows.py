"""Fields of a form as rows of a page: texts as typed, kept whatever they are. Knows no schema, no HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from engine.process.form_design import FieldDesign, FormDesign
from engine.process.form_design.design import CHOICE, FILES, LONG, NUMBER, SCALE, TEXT, YES_NO
from engine.process.shown import Condition

MAX_ROWS = 150  # the gate takes 100 fields; more than this is no page any more
MAX_LINES = 300  # choices of one field; the gate takes 200
AS_IT_WAS = "asal"  # a rule that the page cannot say stays what it is in the schema
FILE_KINDS = {"image/jpeg": "Foto JPG", "image/png": "Gambar PNG", "application/pdf": "Dokumen PDF"}
MESSAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "required": ("Bila dikosongkan", ()),  # every kind
    "minLength": ("Bila terlalu pendek", (TEXT, LONG)),
    "maxLength": ("Bila terlalu panjang", (TEXT, LONG)),
    "type": ("Bila bukan angka", (NUMBER, SCALE)),
    "minimum": ("Bila terlalu kecil", (NUMBER, SCALE)),
    "maximum": ("Bila terlalu besar", (NUMBER, SCALE)),
    "oneOf": ("Bila di luar pilihan", (CHOICE,)),
    "maxItems": ("Bila berkas terlalu banyak", (FILES,)),
}
_LETTERS, _NUMBERS = ("huruf_min", "huruf_maks"), ("angka_min", "angka_maks")
LIMITS = {TEXT: _LETTERS, LONG: _LETTERS, NUMBER: _NUMBERS, SCALE: _NUMBERS, FILES: ("berkas_min", "berkas_maks")}
_LISTS = ("kode", "judul", "berkas_jenis", "pembaca")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NAME = re.compile(r"i(\d{1,4})-([A-Za-z_]{1,40})")


@dataclass
class Row:
    """One field as it stands on the page. `number` tells rows apart, whatever their order."""

    number: int
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # typed text that has no meaning: not saved
    notes: dict[str, str] = field(default_factory=dict)  # what was made of it instead
    name: str = ""  # what diagram and storage call it; what was typed for it stands in `texts`
    fixed: bool = False  # its name is in force: old cases and conditions use it
    open: bool = False

    def text(self, name: str) -> str:
        """What was typed, without white space around it."""
        return self.texts.get(name, "").strip()

    @property
    def kind(self) -> str:
        """The chosen kind."""
        return self.text("jenis")

    @property
    def title(self) -> str:
        """What people call the field."""
        return self.text("label") or self.name or "Isian tanpa label"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Code and words of each line of the field's own list."""
        codes, titles = self.lists.get("kode", []), self.lists.get("judul", [])
        longest = max(len(codes), len(titles))
        blank = [""] * longest
        return list(zip([*codes, *blank][:longest], [*titles, *blank][:longest], strict=True))

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Put other lines in place."""
        self.lists["kode"] = [code for code, _ in choices]
        self.lists["judul"] = [title for _, title in choices]


def rows_of(design: FormDesign, fixed: Collection[str]) -> list[Row]:
    """The rows of a design; those whose name is in `fixed` keep it."""
    numbers = {each.name: number for number, each in enumerate(design.fields)}
    kinds = {each.name: each.kind for each in design.fields}
    return [_row(each, number, numbers, kinds, fixed) for number, each in enumerate(design.fields)]


def _row(
    one: FieldDesign, number: int, numbers: Mapping[str, int], kinds: Mapping[str, str], fixed: Collection[str]
) -> Row:
    texts = {
        "asal": one.origin or "", "kunci": one.name, "label": one.label, "jenis": one.kind, "bantuan": one.help,
        "wajib": "1" if one.required else "", "tabel": one.table, "pribadi": "1" if one.personal else "",
        "terbaca": "semua" if one.readers is None else "hanya", "awal": one.start, "kasus": one.column,
        "tampil": _told_condition(one.shown_when, numbers, kinds), "tergantung": _told_field(one.depends_on, numbers),
        "berkas_mb": _told(one.file_mb),
    }  # fmt: skip
    texts |= {key: _told(limit) for key, limit in zip(LIMITS.get(one.kind, ()), (one.low, one.high), strict=False)}
    texts |= {f"pesan_{key}": told for key, told in one.messages.items() if key in MESSAGES}
    lists = {"berkas_jenis": list(one.file_kinds), "pembaca": list(one.readers or ())}
    row = Row(number, texts, lists, name=one.name, fixed=one.origin in fixed)
    row.set_choices([(each.code, each.title) for each in one.choices])
    return row


def _told(number: int | None) -> str:
    return "" if number is None else str(number)


def _told_field(name: str, numbers: Mapping[str, int]) -> str:
    return "" if not name else str(numbers[name]) if name in numbers else AS_IT_WAS


def _told_condition(asked: Condition | None, numbers: Mapping[str, int], kinds: Mapping[str, str]) -> str:
    """ "<row>=<value>"; AS_IT_WAS when the page could not say it."""
    if asked is None:
        return ""
    if asked.field not in numbers or type(meant(kinds[asked.field], sent(asked.value))) is not type(asked.value):
        return AS_IT_WAS
    return f"{numbers[asked.field]}={sent(asked.value)}"


def sent(value: str | int | bool) -> str:
    """A value as a browser sends it."""
    return ("1" if value else "0") if isinstance(value, bool) else str(value)


def meant(kind: str, text: str) -> str | int | bool:
    """The value that a field of this kind has when a browser sends `text`."""
    if kind == YES_NO:
        return text == "1"
    if kind in (NUMBER, SCALE) and re.fullmatch("-?[0-9]{1,9}", text):
        return int(text)
    return text


def posted_rows(lists: Sequence[tuple[str, list[str]]]) -> tuple[list[Row], int]:
    """Rows of a post in their order on the page, at most MAX_ROWS, and how many were sent."""
    rows: dict[int, Row] = {}
    beyond: set[int] = set()
    for name, texts in lists:
        found = _NAME.fullmatch(name)
        if found is None:
            continue
        number, key = int(found[1]), found[2]
        if number not in rows and len(rows) >= MAX_ROWS:
            beyond.add(number)
            continue
        row = rows.setdefault(number, Row(number))
        cleaned = [_CONTROL.sub("", text.replace("\r\n", "\n")) for text in texts]
        if key in _LISTS:
            row.lists[key] = cleaned
        else:
            row.texts[key] = cleaned[0]
    return list(rows.values()), len(rows) + len(beyond)


def act(rows: list[Row], action: str) -> str:
    """Do what a button of the page says (`naik:3`); returns what to tell, empty when it is no such button."""
    verb, *numbers = action.split(":")
    if not all(each.isdecimal() and len(each) < 5 for each in numbers):
        return ""
    if verb == "tambah":
        return _add(rows)
    at = next((at for at, row in enumerate(rows) if numbers and row.number == int(numbers[0])), None)
    if at is None:
        return ""
    row = rows[at]
    row.open = True
    if verb in ("naik", "turun"):
        to = at - 1 if verb == "naik" else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
        return f"Isian «{row.title}» sekarang nomor {rows.index(row) + 1} dari {len(rows)}."
    if verb == "hapus":
        return _remove(rows, row)
    if verb == "ganda":
        return _double(rows, at)
    return _change_choices(row, verb, int(numbers[1]) if len(numbers) > 1 else None)


def _fresh(rows: Sequence[Row]) -> int:
    return max((row.number for row in rows), default=-1) + 1


def _add(rows: list[Row]) -> str:
    if len(rows) >= MAX_ROWS:
        return f"Formulir memuat paling banyak {MAX_ROWS} isian."
    rows.append(Row(_fresh(rows), {"jenis": TEXT, "terbaca": "semua"}, open=True))
    return "Isian baru ada di paling bawah. Tulis labelnya."


def _double(rows: list[Row], at: int) -> str:
    if len(rows) >= MAX_ROWS:
        return f"Formulir memuat paling banyak {MAX_ROWS} isian."
    row = rows[at]
    texts = {**row.texts, "asal": "", "kunci": "", "label": f"{row.title} (salinan)", "kasus": ""}
    texts |= {key: "" for key in ("tampil", "tergantung") if texts.get(key) == AS_IT_WAS}
    lists = {key: list(each) for key, each in row.lists.items()}
    rows.insert(at + 1, Row(_fresh(rows), texts, lists, open=True))
    row.open = False
    return f"Isian «{row.title}» disalin di bawahnya."


def _remove(rows: list[Row], row: Row) -> str:
    rows.remove(row)
    freed = []
    for each in rows:
        if each.text("tampil").startswith(f"{row.number}="):
            each.texts["tampil"] = ""
            freed.append(each.title)
        if each.text("tergantung") == str(row.number):
            each.texts["tergantung"] = ""
    told = f"Isian «{row.title}» dihapus."
    return f"{told} Sekarang selalu tampil: {', '.join(freed)}." if freed else told


def _change_choices(row: Row, verb: str, line: int | None) -> str:
    choices = row.choices
    if verb == "pilihan":
        row.set_choices([*choices, ("", "")])
        return f"Satu baris pilihan ditambahkan pada «{row.title}»."
    if line is None or line >= len(choices):
        return ""
    if verb == "pilihan-naik":
        choices.insert(max(0, line - 1), choices.pop(line))
        row.set_choices(choices)
        return f"Urutan pilihan «{row.title}» diubah."
    if verb == "pilihan-hapus":
        row.set_choices([each for at, each in enumerate(choices) if at != line])
        return f"Satu pilihan «{row.title}» dihapus."
    return ""
