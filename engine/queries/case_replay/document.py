"""What a replay shows, as plain data: one document that page, print, file and player are made from. Knows no storage.

Every field is JSON: texts, numbers, lists. Instants are UTC as in a body ("2026-01-05T01:30:00.000000Z").
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

import orjson

FORMAT = 1


@dataclass(frozen=True)
class Version:
    """A diagram that the case ran on. `xml` is drawn by the player; `elements` names what a mark may stand on."""

    number: int
    checksum: str
    deployed_at: str
    xml: str
    elements: dict[str, str]  # id -> what a person calls it


@dataclass(frozen=True)
class Marks:
    """Elements and flows passed so far, as a picture marks them; moments that look alike share one."""

    done: list[str]
    flows: list[str]


@dataclass(frozen=True)
class Token:
    """Where the case stands: an open task, a timer that waits, or a message that is awaited."""

    element: str
    name: str
    kind: str  # tugas, waktu, pesan
    role: str = ""
    unit: str = ""
    holder: str = ""  # who took it
    since: str = ""
    due: str = ""
    clock: str = ""  # against its standard time: "Sisa 2 jam kerja"
    clock_kind: str = ""  # aman, dekat, lewat


@dataclass(frozen=True)
class Jump:
    """A move that no flow of the diagram makes; without `to` the case was closed from there."""

    source: str
    to: str = ""


@dataclass(frozen=True)
class File:
    """An attachment; its bytes are not in the document."""

    id: str
    name: str
    size: int


@dataclass(frozen=True)
class Value:
    """Something that a person typed. Of an erased one the salted digest is all that is left."""

    name: str
    title: str
    text: str
    files: list[File] = field(default_factory=list)
    before: str = ""  # what the same field held until then, when it was something else
    digest: str = ""  # only of an erased one

    @property
    def erased(self) -> bool:
        """Whether only the digest is left."""
        return bool(self.digest)


@dataclass(frozen=True)
class Line:
    """A fact in words: what it is, and what it says."""

    label: str
    text: str


@dataclass(frozen=True)
class Moment:
    """One event, and how the case stood after it."""

    seq: int
    at: str
    type: str
    what: str  # "Tugas diselesaikan"
    element: str  # that it is about, when there is one
    step: str  # its name
    by: str  # a name, "Sistem", or the hidden reporter
    title: str  # the appointment acted under: "Plh. Ketua Tim, SK 800/12"
    on_behalf: str  # of whom, when it was done for somebody
    channel: str
    version: int  # index in `versions`
    marks: int  # index in `marks`
    passed: list[str]  # elements passed by this event
    flows: list[str]  # flows taken by it
    tokens: list[Token]
    jumps: list[Jump]
    values: list[Value]
    lines: list[Line]
    held_up: str  # the incident that holds the case up, "" when none does
    hash: str
    known: bool = True  # whether the replay reached it; else there are no tokens to show


@dataclass(frozen=True)
class Notice:
    """A message about the case. `seq` is the moment that it followed."""

    seq: int
    at: str
    to: str  # a name, or the hidden reporter; never an address
    way: str  # lonceng, surel, disampaikan petugas
    text: str
    state: str = ""  # "terkirim ...", "belum terkirim"


@dataclass(frozen=True)
class Read:
    """Somebody looked at the case. `seq` is the last moment before."""

    seq: int
    at: str
    who: str
    title: str
    what: str


@dataclass(frozen=True)
class Stretch:
    """Office hours between two instants."""

    start: str
    end: str


@dataclass(frozen=True)
class Idle:
    """A long time in which nothing happened to the case. `seq` is the moment before it."""

    seq: int
    start: str
    end: str
    words: str  # "3 hari tanpa kejadian, di dalamnya 14 jam kerja"


@dataclass(frozen=True)
class Replay:
    """A case as it unfolded."""

    number: str
    title: str
    process: str
    opened: str
    closed: str
    outcome: str
    due: str  # when the SOP promises the answer
    until: str  # end of the time axis
    versions: list[Version]
    marks: list[Marks]
    moments: list[Moment]
    notices: list[Notice]
    reads: list[Read]
    working: list[Stretch]
    idle: list[Idle]
    broken: str = ""  # why the replay stopped; the moments from there on have no tokens
    format: int = FORMAT

    def moment(self, seq: int) -> Moment:
        """The moment with this number; the nearest one when there is none such."""
        return self.moments[min(max(seq, 1), len(self.moments)) - 1]

    @cached_property
    def of_moment(self) -> dict[int, tuple[list[Notice], list[Read]]]:
        """Notices and reads that followed each moment, by its seq."""
        found: dict[int, tuple[list[Notice], list[Read]]] = {each.seq: ([], []) for each in self.moments}
        for notice in self.notices:
            found[notice.seq][0].append(notice)
        for read in self.reads:
            found[read.seq][1].append(read)
        return found

    def json(self) -> str:
        """As it is embedded in a page: no "<" that could end the element around it."""
        text = orjson.dumps({each.name: getattr(self, each.name) for each in fields(self)}).decode()
        return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
