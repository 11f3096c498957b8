"""One JSON Schema per user task: its fields for a page, and typed input turned into clean values or messages.

Pure: choices that stand in tables are handed in by the caller, so the database is unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from engine.process import shown

LONG_TEXT = 200  # characters from which a field is written in a text area
CASE_COLUMNS = ("judul", "judul_kerja", "kategori", "subkategori", "bidang")
_LINE_END = re.compile("\r\n|[\r\v\f]")  # browsers send CRLF and count LF; word processors paste the others
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")  # refused by PostgreSQL, by JSON, or by any page
_INTEGER = re.compile("-?[0-9]{1,15}")


@dataclass(frozen=True)
class Choice:
    """One option. `parent` is the value of the other field it belongs to, `group` that value's label."""

    value: str
    label: str
    parent: str | None = None
    group: str | None = None


Tables = Mapping[str, Sequence[Choice]]  # table name -> its choices, in order


@dataclass(frozen=True)
class Field:
    """What a page needs to draw one field."""

    name: str
    title: str
    help: str = ""
    widget: str = "text"  # text, textarea, select, radio, files, checkbox, checkboxes; pages add password, email, tel
    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    depends_on: str | None = None
    accept: str = ""
    max_files: int | None = None
    max_mb: int | None = None
    shown_if: str | None = None  # "<field>=<value>" under which it matters
    shown_optional: bool = False  # it may stay empty even then
    autocomplete: str | None = None
    inputmode: str | None = None


@dataclass(frozen=True)
class Cleaned:
    """Values that fit (only filled-in ones), and messages by field name for those that do not."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The form of one user task."""

    key: str
    schema: dict[str, Any]

    @property
    def title(self) -> str:
        """Heading of the form."""
        return str(self.schema.get("title", self.key))

    @property
    def description(self) -> str:
        """What to do, in one or two sentences."""
        return str(self.schema.get("description", ""))

    @cached_property
    def properties(self) -> dict[str, dict[str, Any]]:
        """Schemas of the fields in the order of `x-urutan`, the rest after it."""
        known: dict[str, dict[str, Any]] = self.schema.get("properties", {})
        order = [name for name in self.schema.get("x-urutan", []) if name in known]
        return {name: known[name] for name in [*order, *(name for name in known if name not in order)]}

    @cached_property
    def file_fields(self) -> tuple[str, ...]:
        """Names of the fields that take attachments."""
        return tuple(name for name, schema in self.properties.items() if "x-lampiran" in schema)

    @cached_property
    def list_fields(self) -> tuple[str, ...]:
        """Names of the fields in which several choices may be ticked."""
        return tuple(name for name, schema in self.properties.items() if _widget(schema) == "checkboxes")

    @property
    def tables(self) -> frozenset[str]:
        """Names of the tables its choices come from."""
        return frozenset(each["x-pilihan"]["tabel"] for each in self.properties.values() if "x-pilihan" in each)

    def worded(self, name: str, text: str, tables: Tables) -> tuple[str, str]:
        """Title of a field and its typed text in words: the label of a choice instead of its code."""
        schema = self.properties[name]
        labels = {choice.value: choice.label for choice in _choices(schema, tables)}
        return str(schema.get("title", name)), labels.get(text, text)

    def only(self, names: Iterable[str]) -> Form:
        """The same form with these fields alone, none of them required: for setting one value beside the diagram."""
        kept = {name: _always_shown(schema) for name, schema in self.properties.items() if name in set(names)}
        shell = {key: value for key, value in self.schema.items() if key not in ("required", "allOf", "x-urutan")}
        return Form(self.key, shell | {"properties": kept})

    def case_columns(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Case columns that this form fills (`x-kasus`); a field left empty empties its column."""
        targets = {name: schema.get("x-kasus") for name, schema in self.properties.items()}
        return {column: values.get(name) for name, column in targets.items() if column in CASE_COLUMNS}

    def readable_by(self, name: str, roles: Iterable[str]) -> bool:
        """Whether one of these lane roles may read the value later; staff may unless `x-terlihat` says otherwise."""
        allowed = self.properties.get(name, {}).get("x-terlihat")
        return allowed is None or not set(allowed).isdisjoint(roles)

    def prefill(self, earlier: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Starting values (`x-awal`, one source or more after commas) from `earlier`: form key -> values, latest last.

        Of several sources that which was filled in last gives the value.
        """
        start: dict[str, Any] = {}
        for name, schema in self.properties.items():
            for key, values in earlier.items():
                for source, other in _sources(schema):
                    if source == key and values.get(other) is not None:
                        start[name] = values[other]
        return start

    def fields(self, tables: Tables) -> tuple[Field, ...]:
        """The fields as a page draws them."""
        return tuple(self._field(name, schema, tables) for name, schema in self.properties.items())

    def _field(self, name: str, schema: dict[str, Any], tables: Tables) -> Field:
        files = schema.get("x-lampiran", {})
        return Field(
            name=name,
            title=schema.get("title", name),
            help=schema.get("description", ""),
            widget=_widget(schema),
            required=name in self.schema.get("required", []) or self._required_unless(name),
            min_length=schema.get("minLength"),
            max_length=schema.get("maxLength"),
            choices=_choices(schema, tables),
            depends_on=schema.get("x-pilihan", {}).get("tergantung"),
            accept=",".join(files.get("jenis", [])),
            max_files=schema.get("maxItems") if files else None,
            max_mb=files.get("ukuran_mb"),
            shown_if=self._shown_if(name) or self._required_if(name),
            shown_optional=self._required_if(name) is None,
        )

    def _shown_if(self, name: str) -> str | None:
        asked = shown.condition_of(self.properties[name])
        return None if asked is None else f"{asked.field}={_sent(asked.value)}"

    def _required_unless(self, name: str) -> bool:
        """Whether it must be filled in as long as another field does not excuse it."""
        rules = [rule for rule in self.schema.get("allOf", []) if name in rule.get("then", {}).get("required", [])]
        conditions = [each for rule in rules for each in rule.get("if", {}).get("properties", {}).values()]
        return any("not" in each for each in conditions)

    def _required_if(self, name: str) -> str | None:
        for rule in self.schema.get("allOf", []):
            if name in rule.get("then", {}).get("required", []):
                for other, wanted in rule.get("if", {}).get("properties", {}).items():
                    if "const" in wanted:
                        return f"{other}={_sent(wanted['const'])}"
        return None

    def clean(self, posted: Mapping[str, Sequence[str]], tables: Tables) -> Cleaned:
        """Typed input to values that fit the schema.

        `posted` maps a field to the texts sent for it, control fields already removed. Empty texts count as absent,
        and so does whatever was sent for a field that the other answers do not show.
        """
        values: dict[str, Any] = {}
        errors = {name: "Isian ini tidak dikenal formulir." for name in posted if name not in self.properties}
        for name, schema in self.properties.items():
            texts = [_LINE_END.sub("\n", text).strip() for text in posted.get(name, ())]
            if any(map(_UNSTORABLE.search, texts)):
                errors[name] = "Ada huruf yang tidak dapat disimpan. Ketik ulang isian ini."
                continue
            value = _value(schema, [text for text in texts if text])
            if value is not None:
                values[name] = value
        for name in shown.hidden(self.properties, values):
            values.pop(name, None)
            errors.pop(name, None)
        for error in sorted(Draft202012Validator(self.schema).iter_errors(values), key=lambda each: list(each.path)):
            for name, message in self._messages(error):
                errors.setdefault(name, message)
        for name, message in self._outside_tables(values, tables):
            errors.setdefault(name, message)
        return Cleaned(values, errors)

    def _messages(self, error: ValidationError) -> Iterable[tuple[str, str]]:
        if error.validator == "required":
            typed = cast("dict[str, Any]", error.instance)
            missing = [name for name in cast("list[str]", error.validator_value) if name not in typed]
            return [(name, self._own_message(name, "required") or "Wajib diisi.") for name in missing]
        if error.validator == "additionalProperties" or not error.path:
            return []
        name = str(error.path[0])
        own = self._own_message(name, str(error.validator))
        return [(name, own or _message(str(error.validator), error.validator_value, name in self.list_fields))]

    def _own_message(self, name: str, validator: str) -> str | None:
        message = self.properties.get(name, {}).get("x-pesan", {}).get(validator)
        return str(message) if message is not None else None

    def _outside_tables(self, values: Mapping[str, Any], tables: Tables) -> Iterable[tuple[str, str]]:
        for name, schema in self.properties.items():
            source = schema.get("x-pilihan")
            if source is None or name not in values:
                continue
            known = {each.value: each for each in tables.get(source["tabel"], ())}
            given = values[name] if isinstance(values[name], list) else [values[name]]
            if any(each not in known for each in given):
                yield name, "Pilih dari daftar saja." if name in self.list_fields else "Pilih salah satu dari daftar."
                continue
            above = values.get(source.get("tergantung"))
            for chosen in (known[each] for each in given):
                if isinstance(above, str) and chosen.parent is not None and above != chosen.parent:
                    yield name, f"«{chosen.label}» bukan bagian dari pilihan di atas. Pilih lagi."


def _sources(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    parts = [each.strip().partition(".") for each in str(schema.get("x-awal", "")).split(",")]
    return [(key, field) for key, _, field in parts]


def _always_shown(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != shown.KEYWORD}


def _sent(value: Any) -> str:
    """How a browser sends a value: a ticked box is 1."""
    return "1" if value is True else str(value)


def _widget(schema: Mapping[str, Any]) -> str:
    if "x-lampiran" in schema:
        return "files"
    if "x-pilihan" in schema:
        return "checkboxes" if schema.get("type") == "array" else "select"
    small = "minimum" in schema and "maximum" in schema and schema["maximum"] - schema["minimum"] <= 10
    if "oneOf" in schema or (schema.get("type") == "integer" and small):
        return "radio"
    if schema.get("type") == "boolean":
        return "checkbox"
    return "textarea" if schema.get("maxLength", 0) > LONG_TEXT else "text"


def _choices(schema: Mapping[str, Any], tables: Tables) -> tuple[Choice, ...]:
    if "x-pilihan" in schema:
        return tuple(tables.get(schema["x-pilihan"]["tabel"], ()))
    if "oneOf" in schema:
        return tuple(Choice(str(each["const"]), each.get("title", str(each["const"]))) for each in schema["oneOf"])
    if _widget(schema) == "radio":
        return tuple(Choice(str(n), str(n)) for n in range(schema["minimum"], schema["maximum"] + 1))
    return ()


def _value(schema: Mapping[str, Any], texts: list[str]) -> Any:
    """The typed value of the texts sent for one field; None when nothing was filled in."""
    kind = schema.get("type")
    if not texts:
        return None
    if kind == "array":
        return texts
    if len(texts) > 1:
        return texts  # one field sent twice: the schema refuses the list
    if kind == "integer":
        return int(texts[0]) if _INTEGER.fullmatch(texts[0]) else texts[0]
    if kind == "boolean":
        return texts[0] in ("1", "on", "ya", "true")
    return texts[0]


def _message(validator: str, limit: Any, ticked: bool = False) -> str:
    messages = {
        "minLength": f"Terlalu pendek: paling sedikit {limit} huruf.",
        "maxLength": f"Terlalu panjang: paling banyak {limit} huruf.",
        "minimum": f"Paling kecil {limit}.",
        "maximum": f"Paling besar {limit}.",
        "minItems": f"Pilih paling sedikit {limit}." if ticked else f"Paling sedikit {limit} berkas.",
        "maxItems": f"Pilih paling banyak {limit}." if ticked else f"Paling banyak {limit} berkas.",
        "uniqueItems": "Setiap pilihan cukup sekali.",
        "type": "Isi dengan benar.",
        "oneOf": "Pilih salah satu.",
        "enum": "Pilih salah satu.",
    }
    return messages.get(validator, "Isian ini belum sesuai.")


def form_from(key: str, schema: Any) -> Form:
    """Check that `schema` is a form. Raises ValueError with the reason."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise ValueError("formulir harus berupa objek JSON Schema dengan type «object»")
    if schema.get("additionalProperties") is not False:
        raise ValueError("formulir harus menolak isian tak dikenal: additionalProperties false")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(error.message) from error
    return Form(key, schema)
