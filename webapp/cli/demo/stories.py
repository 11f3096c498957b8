"""The data files of the demo, read and typed; knows no database. Keys of forms are data here, never code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from webapp.cli.demo.words import Words, Writer

FOLDER = Path(__file__).parent
PASSWORD = "aduan-demo"  # noqa: S105 - public on purpose: demo mode shows it on the login page
FINISHED = "selesai"

Texts = Mapping[str, Any]  # field -> template


@dataclass(frozen=True)
class Person:
    """A demo account with its appointments, as `akun.json` has them."""

    email: str
    name: str
    shown: bool  # on the login page and at start-up
    appointments: tuple[Mapping[str, Any], ...]

    @property
    def title(self) -> str:
        """The role as one reads it beside the address."""
        held = [f"{each['peran']}{' ' + each['unit'].upper() if each['unit'] else ''}" for each in self.appointments]
        return ", ".join(held) or "Pelapor"


@dataclass(frozen=True)
class Told:
    """One complaint told by hand in `isian.json`: what is typed at each form, and how far it goes."""

    id: str
    reporter: str  # e-mail address; without meaning when `walk_in` is set
    stops_at: str  # form key of the task left open, or FINISHED
    texts: Mapping[str, Texts]
    walk_in: str | None = None  # name of a reporter without e-mail, for whom a clerk files
    channel: str = "web"
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # form key -> names of attachments
    move: Mapping[str, str] | None = None  # to which unit an open task is moved, and why
    claimed: bool = False  # somebody takes the task that is left open
    abandoned: bool = False  # the timer of the task left open has fired since


class Story:
    """What is typed at each form of one case, form by form; a form that comes again may get other texts."""

    def __init__(self, texts: Mapping[str, Sequence[Texts]], writer: Writer) -> None:
        self.texts, self.writer = texts, writer
        self._visits: dict[str, int] = {}

    def tells(self, form_key: str) -> bool:
        """Whether there is anything to type at this form."""
        return form_key in self.texts

    def typed(self, form_key: str) -> dict[str, str]:
        """What is typed at the next visit of a form: field -> text, without the empty ones."""
        visit = self._visits.get(form_key, 0)
        self._visits[form_key] = visit + 1
        rounds = self.texts[form_key]
        templates = rounds[min(visit, len(rounds) - 1)]
        named = {name: self.writer.write(each, f"{form_key}.{name}/{visit}") for name, each in templates.items()}
        self.writer.remember({f"{form_key}.{name}": text for name, text in named.items()})
        return {name: text for name, text in named.items() if text}

    def afresh(self) -> Story:
        """The same story before anything was typed, to try its way out."""
        return Story(self.texts, self.writer.afresh())


@cache
def people() -> tuple[Person, ...]:
    """Every demo account."""
    return tuple(
        Person(each["surel"], each["nama"], each["halaman_masuk"], tuple(each["penugasan"]))
        for each in read("akun.json")
    )


@cache
def told_stories() -> tuple[Told, ...]:
    """Every complaint told by hand, in the order of the file."""
    texts, journeys = read("isian.json"), read("perjalanan.json")
    (first, entries), *later = ((key, each) for key, each in texts.items() if not key.startswith("_"))
    return tuple(_told(entry, first, dict(later), journeys.get(entry["id"], {})) for entry in entries)


@cache
def words() -> Words:
    """The words that complete the templates."""
    return Words(read("kata.json")["kata"])


def read(name: str) -> Any:
    """One of the demo's data files."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _told(entry: dict[str, Any], first: str, later: dict[str, Any], journey: dict[str, Any]) -> Told:
    opening = {name: value for name, value in entry.items() if name != "id" and not name.startswith("_")}
    return Told(
        id=entry["id"],
        reporter=entry["_pelapor"],
        stops_at=entry["_sampai"],
        texts={first: opening} | {key: texts[entry["id"]] for key, texts in later.items() if entry["id"] in texts},
        walk_in=journey.get("pelapor"),
        channel=journey.get("saluran", "web"),
        files={key: tuple(names) for key, names in journey.get("lampiran", {}).items()},
        move=journey.get("alihkan"),
        claimed=journey.get("ambil", False),
        abandoned=journey.get("dibiarkan", False),
    )
