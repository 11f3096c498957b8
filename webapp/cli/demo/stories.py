"""The data files of the demo, read and typed; knows no database. Keys of forms are data here, never code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PASSWORD = "aduan-demo"  # noqa: S105 - public on purpose: demo mode shows it on the login page
FINISHED = "selesai"


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
class Story:
    """One demo complaint: what is typed at each form, and how far it goes."""

    id: str
    reporter: str  # e-mail address; without meaning when `walk_in` is set
    stops_at: str  # form key of the task left open, or FINISHED
    values: Mapping[str, Mapping[str, Any]]  # form key -> field -> value
    walk_in: str | None = None  # name of a reporter without e-mail, for whom a clerk files
    channel: str = "web"
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # form key -> names of attachments
    move: Mapping[str, str] | None = None  # to which unit an open task is moved, and why
    claimed: bool = False  # somebody takes the task that is left open
    abandoned: bool = False  # the timer of the task left open has fired since


@cache
def people() -> tuple[Person, ...]:
    """Every demo account."""
    return tuple(
        Person(each["surel"], each["nama"], each["halaman_masuk"], tuple(each["penugasan"]))
        for each in _read("akun.json")
    )


@cache
def stories() -> tuple[Story, ...]:
    """Every demo complaint, in the order of the file."""
    texts, journeys = _read("isian.json"), _read("perjalanan.json")
    (first, entries), *later = ((key, each) for key, each in texts.items() if not key.startswith("_"))
    return tuple(_story(entry, first, dict(later), journeys.get(entry["id"], {})) for entry in entries)


def _story(entry: dict[str, Any], first: str, later: dict[str, Any], journey: dict[str, Any]) -> Story:
    opening = {name: value for name, value in entry.items() if name != "id" and not name.startswith("_")}
    return Story(
        id=entry["id"],
        reporter=entry["_pelapor"],
        stops_at=entry["_sampai"],
        values={first: opening} | {key: texts[entry["id"]] for key, texts in later.items() if entry["id"] in texts},
        walk_in=journey.get("pelapor"),
        channel=journey.get("saluran", "web"),
        files={key: tuple(names) for key, names in journey.get("lampiran", {}).items()},
        move=journey.get("alihkan"),
        claimed=journey.get("ambil", False),
        abandoned=journey.get("dibiarkan", False),
    )


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
