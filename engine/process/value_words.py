"""A value of a form in words: the label of a code, "Ya" for a ticked box, names of files. Knows no reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Names = Mapping[str, Mapping[str, str]]  # table -> value -> label


def value_text(schema: Mapping[str, Any], value: Any, names: Names, between: str = ", ") -> str:
    """`value` of a field with this schema as people read it; "" for one that was left empty.

    `between` stands between the values of a list.
    """
    if value is None:
        return ""
    if "x-lampiran" in schema:
        return ", ".join(str(each["name"]) for each in value)
    if isinstance(value, list):
        # The table of a list's items may stand beside the list.
        table = {"x-pilihan": schema["x-pilihan"]} if "x-pilihan" in schema else {}
        return between.join(value_text(schema.get("items", {}) | table, each, names) for each in value)
    if "x-pilihan" in schema:
        return names.get(schema["x-pilihan"]["tabel"], {}).get(str(value), str(value))
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    fixed = {each["const"]: each.get("title", each["const"]) for each in schema.get("oneOf", [])}
    return str(fixed.get(value, value))
