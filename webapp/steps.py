"""The steps of a case in the words of a page, for macros/steps.html. Knows no step by name."""

from __future__ import annotations

from dataclasses import dataclass

from engine.queries.case_timeline import StepView, Timeline
from engine.queries.clocks import CaseClocks
from webapp.text import time_text


@dataclass(frozen=True)
class StepRow:
    """One step as timeline and table show it."""

    id: str
    name: str
    role: str
    state: str  # selesai, berjalan, nanti, dilewati
    status: str
    when_text: str
    who_text: str
    note: str = ""
    note_kind: str = ""  # how its clock is drawn: aman, dekat, lewat; empty for a note without a clock


def step_rows(timeline: Timeline, clocks: CaseClocks | None = None) -> list[StepRow]:
    """All steps in the order of the diagram; with clocks for those who may know how long each took."""
    return [_row(step, *_note(step, clocks)) for step in timeline.steps]


def _row(step: StepView, note: str, note_kind: str) -> StepRow:
    return StepRow(
        id=step.element,
        name=step.name,
        role=step.role,
        state=step.state,
        status=step.status,
        when_text=_when(step),
        who_text=_who(step),
        note=note,
        note_kind=note_kind,
    )


def _note(step: StepView, clocks: CaseClocks | None) -> tuple[str, str]:
    """The clock of a running step, or when the case closes without it; of a finished one what it took."""
    if clocks is None:
        return "", ""
    if step.state == "berjalan":
        clock = clocks.steps.get(step.element)
        return (clock.words, clock.kind) if clock is not None else (_closing(clocks), "")
    took = clocks.spent.get(step.element) if step.state == "selesai" else None
    if took is None:
        return "", ""
    return (f"Terlambat: {took.words}", "lewat") if took.late else (took.words[:1].upper() + took.words[1:], "")


def _closing(clocks: CaseClocks) -> str:
    return f"Ditutup sendiri {time_text(clocks.closes_at)} bila tidak dikonfirmasi" if clocks.closes_at else ""


def _who(step: StepView) -> str:
    """Who did the step, as far as the reader may know; a clerk who acted for the reporter is said to have."""
    if step.on_behalf:
        return f"{step.who or 'petugas'} atas nama pelapor"
    return ", ".join(each for each in (step.who, step.unit) if each and each != step.role)


def _when(step: StepView) -> str:
    if step.finished_at is not None:
        return time_text(step.finished_at)
    return f"sejak {time_text(step.opened_at)}" if step.state == "berjalan" and step.opened_at is not None else ""
