"""One recorded value in the words of its form: labels for codes, links for files. Knows no case and no reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.process.forms import Form
from engine.process.value_words import Names, value_text

__all__ = ["ERASED", "FileRow", "Names", "Recorded", "shown_value"]

ERASED = "Isinya sudah dihapus."  # stands in place of what an erasure took away


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
    return Recorded(name, title, value_text(schema, value, names, "\n"))


def other_value(name: str, value: Any) -> Recorded:
    """What no form knows: a reason, or a document that a service task made."""
    if isinstance(value, dict) and {"judul", "paragraf"} <= value.keys():
        return Recorded(name, f"Dokumen: {value['judul']}", "\n".join(map(str, value["paragraf"])))
    return Recorded(name, name.capitalize(), str(value))
