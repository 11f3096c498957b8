"""The words and signs of the expression language, before any of them is understood. Knows nothing of their meaning.

Python's own parser only ever sees text that passed here: no escapes, prefixes, dots, braces or other alphabets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

MAX_LENGTH = 1_000  # characters of an expression
MAX_DEPTH = 20  # brackets within brackets
WORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "True", "False", "None"})

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<text>'[^'\\\n]*'|"[^"\\\n]*")(?![\w'"])
    |(?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])
    |(?P<word>[A-Za-z][A-Za-z0-9_]*)(?!['"\w.])
    |(?P<sign>==|!=|<=|>=|//|\*(?!\*)|<(?![<>])|>(?!>)|[-+/%()\[\],])(?!=)""",
    re.VERBOSE | re.ASCII,
)
_HINTS = (
    (re.compile(r"\$\{|#\{"), "Tulis ungkapan tanpa ${ }."),
    (re.compile(r"=>|=<|=!"), "Maksud Anda `>=`, `<=`, atau `!=`?"),
    (re.compile(r"={1,3}(?!=)"), "Maksud Anda `==`?"),
    (re.compile(r"<>|!(?=[ \t]*=)|~="), "Maksud Anda `!=`?"),
    (re.compile(r"&"), "Maksud Anda `and`?"),
    (re.compile(r"\|"), "Maksud Anda `or`?"),
    (re.compile(r"!"), "Maksud Anda `not`?"),
    (re.compile(r"\*\*|<<|>>|\^"), "Pangkat dan geseran tidak dikenal."),
    (re.compile(r"[\u2018\u2019\u201c\u201d`]"), "Gunakan tanda petik lurus ' atau \"."),
    (re.compile(r"['\"]"), "Tanda petik belum berpasangan, atau teks memuat petik atau garis miring terbalik."),
    (re.compile(r"[0-9]+,[0-9]"), "Tulis pecahan dengan titik."),
    (re.compile(r"_"), "Nama tidak boleh diawali garis bawah."),
    (re.compile(r"[A-Za-z][A-Za-z0-9_]*\."), "Titik di antara nama tidak dikenal; tulis nama isiannya saja."),
    (re.compile(r"[A-Za-z]['\"]?"), "Teks tidak boleh berawalan huruf, dan nama hanya memuat huruf, angka, dan _."),
)
_FOREIGN_WORDS = {
    "dan": "and", "atau": "or", "bukan": "not", "tidak": "not", "jika": "if", "benar": "True", "salah": "False",
    "true": "True", "false": "False", "none": "None", "null": "None", "nil": "None", "AND": "and", "OR": "or",
    "NOT": "not", "len": "panjang",
}  # fmt: skip


class ExpressionError(ValueError):
    """The text is no expression of this language, or it failed on these values. The message is Indonesian."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column  # from 1


def meant(word: str, known: Iterable[str]) -> str:
    """' Maksud Anda `…`?' with the known word that is nearest to `word`; '' when none is near."""
    translated = _FOREIGN_WORDS.get(word) or _FOREIGN_WORDS.get(word.lower())
    if translated is not None:
        return f" Maksud Anda `{translated}`?"
    by_case = {each.lower(): each for each in sorted(known)}
    near = get_close_matches(word.lower()[:100], by_case, n=1, cutoff=0.6)
    return f" Maksud Anda `{by_case[near[0]]}`?" if near else ""


def read_words(text: str) -> str:
    """`text` on one line, when it is made only of this language's words and signs. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"Ungkapan lebih panjang dari {MAX_LENGTH} huruf.")
    depth = position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ExpressionError(_unreadable(text, position), position + 1)
        depth += found.group() in ("(", "[")
        depth -= found.group() in (")", "]")
        if depth > MAX_DEPTH:
            raise ExpressionError("Tanda kurung terlalu dalam bersarang.", position + 1)
        if depth < 0:
            raise ExpressionError("Kurung tutup ini tidak berpasangan.", position + 1)
        position = found.end()
    if depth > 0:
        raise ExpressionError("Ada kurung buka yang belum ditutup.", len(text))
    return text.translate({ord(sign): " " for sign in "\t\r\n"})


def _unreadable(text: str, position: int) -> str:
    hint = next((hint for pattern, hint in _HINTS if pattern.match(text, position)), "")
    end = next((at for at in range(position, len(text)) if text[at].isspace()), len(text))
    return f"Tanda `{text[position : min(end, position + 12)]}` tidak dikenal dalam ungkapan. {hint}".strip()
