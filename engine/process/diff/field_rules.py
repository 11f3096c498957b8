"""What differs in one field of a form: every keyword, those that have no words of their own too. Knows no form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.process.diff.change import Change, Subject, quoted
from engine.process.diff.normal import prose
from engine.process.diff.pairing import Pairs

Schema = Mapping[str, Any]

_TYPES = {"string": "teks", "integer": "bilangan bulat", "boolean": "ya/tidak", "array": "daftar"}
_COLUMNS = {"judul": "judul aduan", "judul_kerja": "judul kerja", "bidang": "Bidang/unit kerja"}
_MESSAGES = {
    "required": "bila kosong", "minLength": "bila terlalu pendek", "maxLength": "bila terlalu panjang",
    "minimum": "bila terlalu kecil", "maximum": "bila terlalu besar", "maxItems": "bila terlalu banyak",
    "oneOf": "bila di luar pilihan", "enum": "bila di luar pilihan",
}  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else prose(value) if isinstance(value, str) else _spelled(value)


def _names(value: Any) -> str:
    return ", ".join(sorted(map(str, value))) if isinstance(value, list) else _text(value)


def _yes(value: Any) -> str:
    return "ya" if value is True else "" if value in (None, False) else _spelled(value)


def _no_zero(value: Any) -> str:
    return "" if value == 0 else _text(value)


_ASPECTS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "title": ("nama isian", _text),
    "description": ("keterangan", _text),
    "type": ("jenis isian", lambda value: _TYPES.get(value, value) if isinstance(value, str) else _text(value)),
    "minLength": ("panjang paling sedikit", _no_zero),
    "maxLength": ("panjang paling banyak", _text),
    "minimum": ("nilai paling kecil", _text),
    "maximum": ("nilai paling besar", _text),
    "minItems": ("jumlah paling sedikit", _no_zero),
    "maxItems": ("jumlah paling banyak", _text),
    "uniqueItems": ("tidak boleh sama", _yes),
    "const": ("nilai tetap", lambda value: "" if value is None else _spelled(value)),
    "format": ("bentuk", _text),
    "x-kasus": (
        "kolom aduan yang diisi",
        lambda value: _COLUMNS.get(value, value) if isinstance(value, str) else _text(value),
    ),
    "x-pribadi": ("data pribadi", _yes),
    "x-awal": ("isi awal", _text),
}
_APART = {"oneOf", "enum", "x-pilihan", "x-terlihat", "x-lampiran", "x-pesan", "x-tampil-bila", "$comment", "examples"}


def field_rules(form: Subject, label: str, old: Schema, new: Schema, pairs: Pairs) -> Iterator[Change]:
    """Every way in which a field asks for something else than it did."""
    for key, (word, told) in _ASPECTS.items():
        one, other = told(old.get(key)), told(new.get(key))
        if one != other:
            yield _changed(form, label, word, (one, other))
    yield from _choices(form, label, old, new)
    yield from _readers(form, label, old, new, pairs)
    kinds = [
        (_names(_dict(each, "x-lampiran").get("jenis")) or "semua") if "x-lampiran" in each else ""
        for each in (old, new)
    ]
    if kinds[0] != kinds[1]:
        yield _changed(form, label, "jenis berkas", kinds)
    size = [_text(_dict(each, "x-lampiran").get("ukuran_mb")) for each in (old, new)]
    if size[0] != size[1]:
        yield _changed(form, label, "ukuran berkas (MB)", size)
    yield from _messages(form, label, old, new)
    rest = _rest(old), _rest(new)
    if rest[0] != rest[1]:
        yield form.changed("technical", "keterangan teknis", rest, f"isian «{label}»: keterangan teknis berubah")


def _messages(form: Subject, label: str, old: Schema, new: Schema) -> Iterator[Change]:
    before, now = _dict(old, "x-pesan"), _dict(new, "x-pesan")
    for key in dict.fromkeys([*now, *before]):
        one, other = _text(before.get(key)), _text(now.get(key))
        if one != other:
            yield _changed(form, label, f"pesan {_MESSAGES.get(key, key)}", (one, other))


def _changed(form: Subject, label: str, word: str, values: Iterable[str], kind: str = "field_rule") -> Change:
    one, other = values
    told = form.changed(kind, word, (one, other)).sentence.removeprefix(f"{form.name}: ")
    if word == "nama isian":
        return form.changed(kind, word, (one, other), f"isian {quoted(one or other)} kini bernama «{label}»")
    if word == "data pribadi":
        told = "kini data pribadi" if other else "bukan lagi data pribadi"
    return form.changed(kind, word, (one, other), f"isian «{label}»: {told}")


def _readers(form: Subject, label: str, old: Schema, new: Schema, pairs: Pairs) -> Iterator[Change]:
    before, now = old.get("x-terlihat"), new.get("x-terlihat")
    if isinstance(before, list):
        before = [pairs.lane(each) if isinstance(each, str) else each for each in before]
    words = ["semua petugas" if each is None else _names(each) or "tidak seorang pun" for each in (before, now)]
    if words[0] != words[1]:
        told = f"isian «{label}»: dapat dibaca {words[1]}, semula {words[0]}"
        yield form.changed("field_rule", "dapat dibaca", words, told)


def _choices(form: Subject, label: str, old: Schema, new: Schema) -> Iterator[Change]:
    before, now = _source(old), _source(new)
    if before != now or before == "tabel":
        words = _source_words(old), _source_words(new)
        if words[0] != words[1]:
            yield _changed(form, label, "pilihan", words, "choice")
        one, other = (_text(_dict(each, "x-pilihan").get("tergantung")) for each in (old, new))
        if one != other:
            yield _changed(form, label, "bergantung pada isian", (one, other), "choice")
    if before != now:
        return
    had, has = _own(old), _own(new)
    for key in [key for key in has if key not in had]:
        yield form.came("choice", "pilihan", has[key], f"{form.name}: isian «{label}»: pilihan baru «{has[key]}»")
    for key in [key for key in had if key not in has]:
        yield form.went("choice", "pilihan", had[key], f"{form.name}: isian «{label}»: pilihan «{had[key]}» dihapus")
    kept = [key for key in has if key in had]
    for key in (key for key in kept if had[key] != has[key]):
        yield _changed(form, label, "nama pilihan", (had[key], has[key]), "choice")
    if kept != [key for key in had if key in has]:
        orders = [", ".join(each[key] for key in each) for each in (had, has)]
        yield _changed(form, label, "urutan pilihan", orders, "choice")


def _source(schema: Schema) -> str:
    return "tabel" if "x-pilihan" in schema else "sendiri" if _own(schema) else ""


def _source_words(schema: Schema) -> str:
    if "x-pilihan" in schema:
        return f"dari tabel {_text(_dict(schema, 'x-pilihan').get('tabel'))}"
    return ", ".join(_own(schema).values())


def _own(schema: Schema) -> dict[str, str]:
    """Choices written in the form itself: value -> label."""
    given = [each if isinstance(each, dict) else {} for each in _list(schema, "oneOf")]
    found = {_spelled(each.get("const")): str(each.get("title", each.get("const"))) for each in given}
    return found | {_spelled(each): str(each) for each in _list(schema, "enum") if _spelled(each) not in found}


def _rest(schema: Schema) -> str:
    """What no aspect tells: unknown keywords, and unknown parts of the known ones."""
    rest: dict[str, Any] = {key: value for key, value in schema.items() if key not in _ASPECTS and key not in _APART}
    parts: dict[str, Any] = {
        "x-pilihan": {k: v for k, v in _dict(schema, "x-pilihan").items() if k not in ("tabel", "tergantung")},
        "x-lampiran": {k: v for k, v in _dict(schema, "x-lampiran").items() if k not in ("jenis", "ukuran_mb")},
        "oneOf": [{k: v for k, v in each.items() if k not in ("const", "title")} if isinstance(each, dict) else each
                  for each in _list(schema, "oneOf")],
        "enum": "enum" in schema and not {"oneOf", "x-pilihan"} & schema.keys(),
    }  # fmt: skip
    parts["oneOf"] = [each for each in parts["oneOf"] if each]
    odd = {key: schema[key] for key, kind in _KINDS.items() if key in schema and not isinstance(schema[key], kind)}
    return _spelled(rest | parts | odd)


_KINDS: dict[str, type] = {"x-pilihan": dict, "x-lampiran": dict, "x-pesan": dict, "oneOf": list, "enum": list}


def _dict(schema: Schema, key: str) -> dict[str, Any]:
    found = schema.get(key)
    return found if isinstance(found, dict) else {}


def _list(schema: Schema, key: str) -> list[Any]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
