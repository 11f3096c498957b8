"""A form's JSON as an expert types it: read with bounds, and told by line what is wrong. Knows no form."""

from __future__ import annotations

import json
import math
import re
from typing import Any

DEEPEST = 40  # objects and lists inside each other; no form of ours needs ten
LARGEST = 2**53  # beyond, other programs read another number
MAX_TEXT = 400_000  # characters; the gate takes half of it
_FIRST = ("$schema", "$id", "title", "description", "type", "additionalProperties", "required", "properties")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class NotJson(ValueError):
    """The text is no JSON object that can be kept. The message says why, in Indonesian; `line` is 0 when unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def written(schema: Any) -> str:
    """JSON as people read it: what says what a form or a field is stands first, fields in the order of the page."""
    return json.dumps(_arranged(schema), ensure_ascii=False, indent=2)


def _arranged(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    found = {key: schema[key] for key in [*(each for each in _FIRST if each in schema), *schema]}
    fields, order = schema.get("properties"), schema.get("x-urutan")
    if isinstance(fields, dict):
        names = [each for each in order if isinstance(each, str) and each in fields] if isinstance(order, list) else []
        found["properties"] = {name: _arranged(fields[name]) for name in dict.fromkeys([*names, *fields])}
    return found


def read_object(text: str) -> dict[str, Any]:
    """The JSON object in `text`. Raises NotJson."""
    if len(text) > MAX_TEXT:
        raise NotJson(f"Teks ini lebih panjang dari {MAX_TEXT // 1000}.000 huruf.")
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as wrong:
        raise NotJson(f"Baris {wrong.lineno}, huruf ke-{wrong.colno}: {_reason(wrong.msg)}", wrong.lineno) from wrong
    except RecursionError as wrong:
        raise NotJson("Objek dan daftarnya terlalu dalam bersarang.") from wrong
    except ValueError as wrong:
        raise wrong if isinstance(wrong, NotJson) else NotJson("Ada bilangan yang terlalu besar.") from wrong
    if not isinstance(found, dict):
        raise NotJson("Baris 1: formulir harus berupa satu objek JSON, diawali { dan diakhiri }.")
    _check(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise NotJson(f"Nama «{name[:80]}» tertulis dua kali dalam objek yang sama. Hapus salah satunya.")
        found[name] = value
    return found


def _no_number(text: str) -> None:
    raise NotJson(f"«{text}» bukan bilangan JSON.")


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise NotJson("Ada bilangan yang terlalu besar.")
    return found


def _check(found: Any) -> None:
    """Depth, letters and numbers. Raises NotJson."""
    stack: list[tuple[Any, int]] = [(found, 1)]
    while stack:
        each, depth = stack.pop()
        if depth > DEEPEST:
            raise NotJson(f"Objek dan daftarnya bersarang lebih dari {DEEPEST} tingkat.")
        if isinstance(each, str) and _UNSTORABLE.search(each):
            raise NotJson("Ada huruf yang tidak dapat disimpan. Ketik ulang teks itu.")
        if isinstance(each, int) and abs(each) > LARGEST:
            raise NotJson("Ada bilangan yang terlalu besar.")
        inner = [*each.keys(), *each.values()] if isinstance(each, dict) else each if isinstance(each, list) else ()
        stack.extend((one, depth + 1) for one in inner)


_REASONS = {
    "Expecting property name enclosed in double quotes": "di sini harus ada nama dalam tanda petik dua.",
    "Illegal trailing comma before end of object": "hapus koma sebelum penutup }.",
    "Illegal trailing comma before end of array": "hapus koma sebelum penutup ].",
    "Expecting ':' delimiter": "titik dua kurang sesudah nama.",
    "Expecting ',' delimiter": "koma atau penutup kurang.",
    "Expecting value": "di sini harus ada nilai.",
    "Unterminated string starting at": "teks ini belum ditutup dengan tanda petik dua.",
    "Extra data": "ada tulisan sesudah akhir objek.",
    "Invalid control character at": "baris baru di dalam teks harus ditulis \\n.",
    "Invalid \\escape": "garis miring terbalik harus ditulis \\\\.",
    "Invalid \\uXXXX escape": "kode huruf sesudah \\u tidak lengkap.",
}


def _reason(message: str) -> str:
    return next((told for start, told in _REASONS.items() if message.startswith(start)), "tidak dapat dibaca.")
