"""What people complain about in the demo, and who deals it out over the year; knows no database."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from webapp.cli.demo.stories import Story, Texts, read, words
from webapp.cli.demo.words import Writer, month_facts

_ABOUT = ("id", "jenis", "bidang", "jenjang", "bobot", "bulan", "jalan", "alasan", "kategori", "subkategori")


@dataclass(frozen=True)
class Topic:
    """One subject of complaints, with templates by form key."""

    id: str
    kind: str  # what it turns out to be at the classification
    unit: str | None  # whose it is; None: that of the school's level
    levels: tuple[str, ...]
    weight: float
    months: tuple[int, ...]
    twist: str | None  # only for cases that end this way
    reasons: tuple[str, ...]
    texts: Mapping[str, Texts]

    @property
    def goes_to_a_unit(self) -> bool:
        """Whether a unit answers it."""
        return self.kind == "pengaduan"

    def units(self) -> tuple[str, ...]:
        """The units that may have to answer it."""
        return () if not self.goes_to_a_unit else (self.unit,) if self.unit else self.levels


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic, in the order of the file."""
    return tuple(_topic(each) for each in read("topik.json")["topik"])


@cache
def course() -> Mapping[str, Any]:
    """How cases go: shares, reasons, channels, what stays open (`cerita.json`)."""
    found: Mapping[str, Any] = read("cerita.json")
    return found


def _topic(entry: Mapping[str, Any]) -> Topic:
    return Topic(
        id=entry["id"],
        kind=entry.get("jenis", "pengaduan"),
        unit=entry.get("bidang"),
        levels=tuple(entry.get("jenjang", ())),
        weight=entry.get("bobot", 1),
        months=tuple(entry.get("bulan", range(1, 13))),
        twist=entry.get("jalan"),
        reasons=tuple(entry.get("alasan", ())),
        texts=_texts(entry),
    )


def _texts(entry: Mapping[str, Any]) -> dict[str, Texts]:
    """What every case types, with the topic's own over it; the category belongs to the form that opens."""
    own = {key: each for key, each in entry.items() if key not in _ABOUT}
    first = next(iter(own))
    common = course()["umum"]
    found: dict[str, dict[str, Any]] = {
        key: {**common.get(key, {}), **own.get(key, {})}
        for key in [*common, *(each for each in own if each not in common)]
    }
    found[first] |= {"kategori": entry["kategori"], "subkategori": entry["subkategori"]}
    return dict(found)


class Dealer:
    """Deals topics so that each comes as often as its weight says, whatever the seed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.dealt: Counter[str] = Counter()

    def deal(self, day: date, fits: Callable[[Topic], bool]) -> Topic:
        """The topic that is most overdue among those of the season that fit, or of the year when none does."""
        fitting = [each for each in topics() if fits(each)]
        in_season = [each for each in fitting if day.month in each.months] or fitting
        chosen = min(in_season, key=lambda each: ((self.dealt[each.id] + self.rng.random()) / each.weight, each.id))
        self.dealt[chosen.id] += 1
        return chosen


def story_of(
    topic: Topic,
    key: str,
    day: date,
    unit_names: Mapping[str, str],
    *,
    unit: str | None = None,
    over: Mapping[str, Sequence[Texts]] | None = None,
) -> Story:
    """A case about a topic, for a unit if one is given. `over`: texts that a twist puts over the topic's, by visit."""
    rng = random.Random(f"{key}/topik")  # noqa: S311
    fitting = [each for each in topic.levels if topic.unit or unit in (None, each)]
    level = rng.choice(fitting) if fitting else ""
    mine = (topic.unit or level) if topic.goes_to_a_unit else ""
    other = rng.choice([each for each in unit_names if each != mine])
    facts = {"jenis": topic.kind, "bidang": mine, "bidang_lain": other, "bidang_lain_nama": unit_names[other]}
    facts |= {"bidang_nama": unit_names.get(mine, ""), **month_facts(day)}
    texts = {form: _rounds(usual, (over or {}).get(form, ())) for form, usual in topic.texts.items()}
    return Story(texts, Writer(words(), key, facts, level))


def retold(story: Story, over: Mapping[str, Sequence[Texts]], wording: str) -> Story:
    """The same complaint once more in other sentences; `over` may name what they would have been ({topik.isi})."""
    writer = story.writer.afresh(wording)
    for form in over:
        usual = story.texts[form][0]
        writer.give({f"topik.{name}": writer.write(each, f"topik.{name}") for name, each in usual.items()})
    return Story({form: _rounds(rounds[0], over.get(form, ())) for form, rounds in story.texts.items()}, writer)


def _rounds(usual: Texts, over: Iterable[Texts]) -> list[Texts]:
    """What is typed visit by visit: as the twist wants it, afterwards as usual."""
    return [*({**usual, **each} for each in over), usual]
