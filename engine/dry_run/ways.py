"""Where two ways through a procedure part, told in its words. Knows no engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.dry_run.past import BESIDE, BY_HAND, ENDED

Label = Callable[[str], str]


@dataclass(frozen=True)
class Way:
    """Elements that opened, and ends, in order, without those that only one version knows."""

    steps: Sequence[str]
    label: Label


@dataclass(frozen=True)
class Parting:
    """Where a case goes another way: after which step, whereto then and whereto now."""

    after: str
    old: str
    new: str

    @property
    def text(self) -> str:
        """ "sesudah Klasifikasi: dahulu ke Tanggapi aduan, kini ke Input tanggapan"."""
        return f"{self.after}: dahulu {self.old}, kini {self.new}"


def parting(old: Way, new: Way, *, parallel: bool) -> Parting | None:
    """Where the ways part, None when they are the same.

    With `parallel` branches the order says nothing: then only what lies on one way alone parts them.
    """
    if list(old.steps) == list(new.steps):
        return None
    if parallel:
        alone_old, alone_new = _alone(old.steps, new.steps), _alone(new.steps, old.steps)
        if alone_old is None and alone_new is None:
            return None
        side, place = (new, alone_new) if alone_new is not None else (old, alone_old or 0)
        return Parting(_after(side, place), _leads(old, alone_old), _leads(new, alone_new))
    place = next(
        (at for at, (was, now) in enumerate(zip(old.steps, new.steps, strict=False)) if was != now),
        min(len(old.steps), len(new.steps)),
    )
    return Parting(_after(old, place), _leads(old, place), _leads(new, place))


def is_end(step: str) -> bool:
    """Whether it is an end of the way, or of a part of it, and no step."""
    return step.startswith((ENDED, BESIDE, BY_HAND))


def parts(steps: Sequence[str]) -> list[list[str]]:
    """A way cut after each act beside the diagram."""
    found: list[list[str]] = [[]]
    for step in steps:
        found[-1].append(step)
        if step in (BESIDE, BY_HAND):
            found.append([])
    return found


def _alone(steps: Sequence[str], others: Sequence[str]) -> int | None:
    """Place of the first step that the others do not have, or not so often."""
    left = Counter(others)
    for place, step in enumerate(steps):
        if not left[step]:
            return place
        left[step] -= 1
    return None


def _after(way: Way, place: int) -> str:
    before = [each for each in way.steps[:place] if not is_end(each)]
    return f"sesudah {way.label(before[-1])}" if before else "sejak awal"


def _leads(way: Way, place: int | None) -> str:
    if place is None or place >= len(way.steps):
        return "menunggu di sana"
    step = way.steps[place]
    if step == BESIDE:
        return "ditutup di luar diagram"
    if step == BY_HAND:
        return "dipindahkan petugas"
    if step.startswith(ENDED):
        return f"berakhir «{step.removeprefix(ENDED)}»"
    return f"ke {way.label(step)}"
