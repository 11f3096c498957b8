"""Texts with places to fill in, `Aduan {nomor}`: which names they ask for, and the filled text. Knows no values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?)\}")
EMPTY = "(belum diisi)"


@dataclass(frozen=True)
class Template:
    """A text as the process owner writes it. A place is a name, or the name of a form and one of its fields."""

    text: str

    @cached_property
    def names(self) -> frozenset[str]:
        """What it asks for."""
        return frozenset(_PLACE.findall(self.text))

    @property
    def broken(self) -> str:
        """What stands around a brace that is no place to fill in, "" when there is none."""
        rest = _PLACE.sub(lambda found: " " * len(found[0]), self.text)
        at = next((index for index, sign in enumerate(rest) if sign in "{}"), None)
        return "" if at is None else self.text[max(0, at - 10) : at + 20]

    def filled(self, words: Mapping[str, str]) -> str:
        """The text with each place filled once: what is filled in is never read for places again."""
        return _PLACE.sub(lambda found: words.get(found[1]) or EMPTY, self.text)
