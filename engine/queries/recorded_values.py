"""One recorded value in the words of its form: labels for codes, links for files. Knows no case and no reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.process.forms import Form

ERASED = "Isinya sudah dihapus."  # stands in place of what an erasure took away
Names = Mapping[str, Mapping[str, str]]  # table -> value -> label


@dataclass(frozen=True)
class FileRow:
    """An attachment as a link."""

    id: str
    name: str
    size: int


@dataclass(frozen=True)
class Recorded:
    """One value that an earlier step recorded."""

    name: str
    title: str
    text: str
    files: tuple[FileRow, ...] = ()


def shown_value(form: Form, name: str, value: Any, names: Names) -> Recorded:
    """A value in the words of its form: labels for codes, links for files."""
    schema = form.properties[name]
    title = str(schema.get("title", name))
    if "x-lampiran" in schema:
        files = tuple(FileRow(each["id"], each["name"], each["size"]) for each in value)
        return Recorded(name, title, "", files)
    return Recorded(name, title, _text(schema, value, names))


def _text(schema: Mapping[str, Any], value: Any, names: Names) -> str:
    if isinstance(value, list):
        return "\n".join(_text(schema.get("items", {}) | _table(schema), each, names) for each in value)
    if "x-pilihan" in schema:
        return names.get(schema["x-pilihan"]["tabel"], {}).get(str(value), str(value))
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    fixed = {each["const"]: each.get("title", each["const"]) for each in schema.get("oneOf", [])}
    return str(fixed.get(value, value))


def _table(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table of a list's items may stand beside the list."""
    return {"x-pilihan": schema["x-pilihan"]} if "x-pilihan" in schema else {}
