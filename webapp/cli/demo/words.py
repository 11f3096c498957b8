"""Completes sentence templates with words, the same for the same seed; knows no forms and no cases."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

_PLACE = re.compile(r"\{([a-z_.]+)([0-9]*)\}")
_UPPER = "_besar"  # {anak_besar}: the word of {anak} at the beginning of a sentence
_TOGETHER = "="
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """Lists of words by name; a list may differ by level of school."""

    lists: Mapping[str, Any]

    def of(self, name: str, level: str) -> Sequence[Any]:
        """The choices; none when the name has none for this level. Raises KeyError for an unknown name."""
        found = self.lists[name]
        chosen: Sequence[Any] = found.get(level, ()) if isinstance(found, Mapping) else found
        return chosen


class Writer:
    """Writes the texts of one case. `key` decides the words, `wording` which of several sentences is taken."""

    def __init__(self, words: Words, key: str, facts: Mapping[str, str], level: str = "", wording: str = "") -> None:
        self.words, self.key, self.facts, self.level = words, key, dict(facts), level
        self.wording = wording or key
        self._given = dict(facts)

    def write(self, template: Any, place: str) -> str:
        """One text from a sentence, a list of choices, or a list of parts that each are a list of choices."""
        if isinstance(template, list) and template and isinstance(template[0], list):
            parts = [self.write(part, f"{place}/{n}") for n, part in enumerate(template)]
            return " ".join(part for part in parts if part)
        if isinstance(template, list):
            template = self._choice(template, place)
        return self._complete(str(template))

    def remember(self, facts: Mapping[str, str]) -> None:
        """What later templates may name."""
        self.facts.update(facts)

    def give(self, facts: Mapping[str, str]) -> None:
        """What stays known when it begins afresh."""
        self._given |= facts
        self.facts |= facts

    def afresh(self, wording: str = "") -> Writer:
        """The same, with what it was given only; with `wording` in other sentences."""
        return Writer(self.words, self.key, self._given, self.level, wording or self.wording)

    def _choice(self, choices: list[Any], place: str) -> Any:
        if choices[0] == _TOGETHER:  # the same place in each such list, so that title and text tell the same
            return choices[1 + int(_drawn(f"{self.key}/{_TOGETHER}").random() * (len(choices) - 1))]
        return _drawn(f"{self.wording}/{place}").choice(choices)

    def _complete(self, text: str) -> str:
        while (found := _PLACE.search(text)) is not None:
            text = text[: found.start()] + self._word(found[1], found[2]) + text[found.end() :]
        return text

    def _word(self, name: str, again: str) -> str:
        if name in self.facts:
            return self.facts[name]
        if name.endswith(_UPPER) and name not in self.words.lists:
            word = self._word(name.removesuffix(_UPPER), again)
            return word[:1].upper() + word[1:]
        choices = self.words.of(name, self.level)
        word = self._complete(str(_drawn(f"{self.key}/{name}{again}").choice(choices))) if choices else ""
        if not again:
            self.facts[name] = word
        return word


def month_facts(day: date) -> dict[str, str]:
    """Words that follow from the day of filing."""
    year = day.year if day.month >= 7 else day.year - 1
    return {
        "bulan": _MONTHS[day.month - 1],
        "bulan_lalu": _MONTHS[day.month - 2],
        "bulan_depan": _MONTHS[day.month % 12],
        "tahun": str(day.year),
        "tahun_lalu": str(day.year - 1),
        "tahun_ajaran": f"{year}/{year + 1}",
    }


def _drawn(key: str) -> random.Random:
    # A generator for each word: adding a sentence somewhere leaves all others as they were.
    return random.Random(key)  # noqa: S311 - made-up cases, nothing secret
