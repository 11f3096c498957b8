"""One difference between two versions of a procedure, and how it is said. Knows no diagram and no form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Mark = Literal["baru", "hapus", "ubah", "pindah"]
_SHORT = 90  # letters of a text that a sentence repeats; the whole stands in `old` and `new`


@dataclass(frozen=True)
class Change:
    """One difference. `element` is the id to mark in either picture, "" for the whole; `sentence` speaks as the SOP."""

    kind: str  # which sort of thing differs, see docs of `changes`
    element: str
    mark: Mark
    name: str  # what a person calls it
    what: str  # the aspect, e.g. "waktu"
    old: str
    new: str
    sentence: str


@dataclass(frozen=True)
class Subject:
    """What a change is about: the id to mark, and what people call it."""

    element: str
    name: str

    def changed(self, kind: str, what: str, values: Iterable[str], sentence: str = "", mark: Mark = "ubah") -> Change:
        """An aspect has another value; `values` are the old and the new one, told unless there is a `sentence`."""
        old, new = values
        told = sentence or f"{what} {_from_to(old, new)}"
        return Change(kind, self.element, mark, self.name, what, old, new, f"{self.name}: {told}")

    def came(self, kind: str, what: str, new: str, sentence: str) -> Change:
        """Something was not there before."""
        return Change(kind, self.element, "baru", self.name, what, "", new, sentence)

    def went(self, kind: str, what: str, old: str, sentence: str) -> Change:
        """Something is there no more."""
        return Change(kind, self.element, "hapus", self.name, what, old, "", sentence)


def quoted(text: str) -> str:
    """A text within a sentence: on one line, cut when it is long."""
    line = " ".join(text.split())
    return f"«{line if len(line) <= _SHORT else line[: _SHORT - 1].rstrip() + '…'}»"


def _from_to(old: str, new: str) -> str:
    if old.isdigit() and new.isdigit():
        return f"{old} → {new}"
    if not old:
        return f"diisi {quoted(new)}"
    if not new:
        return f"{quoted(old)} dihapus"
    if quoted(old) == quoted(new):
        return "berubah"
    return f"{quoted(old)} menjadi {quoted(new)}"
