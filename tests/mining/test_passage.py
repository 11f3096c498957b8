"""Folding a case event by event: counts, ways and findings against what can be read off by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from engine.mining import Cell, Fold, Passage, bucket_of, cells_of, read_passage

FOLD = Fold({"lama": 1, "baru": 2}.__getitem__, lambda start, end: end - start)
START = datetime.fromisoformat("2026-01-05T01:00:00+00:00")


def at(minutes: float) -> str:
    return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def task(name: str, lane: str, unit: str | None = None, due: float | None = None) -> dict[str, Any]:
    return {"id": name, "element": name, "lane": lane, "unit": unit} | ({"due": at(due)} if due is not None else {})


class Story:
    """A case told event by event."""

    def __init__(self) -> None:
        self.passage: Passage | None = None
        self.seq = 0
        self.late: list[bool] = []

    def tell(self, kind: str, minutes: float, effects: dict[str, Any] | None = None, **facts: Any) -> Story:
        self.seq += 1
        empty: dict[str, Any] = {"flows": [], "opened": [], "closed": []}
        body = {"type": kind, "seq": self.seq, "at": at(minutes), "effects": empty | (effects or {}), **facts}
        self.passage, traced = FOLD.add(self.passage, body)
        self.late.append(traced.late)
        return self

    def begun(self) -> Story:
        self.tell("case_opened", 0, {"flows": ["a"], "opened": [task("isi", "Pelapor")]}, deployment="lama")
        effects = {"flows": ["b"], "closed": ["isi"], "opened": [task("terima", "Admin", due=10)]}
        return self.tell("task_completed", 1, effects, task="isi", actor="siti")

    def received(self, minutes: float = 30) -> Story:
        effects = {"flows": ["c"], "closed": ["terima"], "opened": [task("jawab", "Bidang", "sd", due=500)]}
        return self.tell("task_completed", minutes, effects, task="terima", actor="dewi", appointment="d")

    def answered(self, who: str = "ratna", minutes: float = 90) -> Story:
        effects = {"flows": ["d"], "closed": ["jawab"], "outcome": "Selesai"}
        return self.tell("task_completed", minutes, effects, task="jawab", actor=who, appointment=who)


def cells(story: Story) -> dict[Cell, int]:
    return dict(cells_of(story.passage))


def test_a_whole_case_is_counted_once_under_each_name():
    story = Story().begun().received().answered()
    passage = story.passage
    assert passage is not None and passage.closed and passage.unit == "sd" and not passage.visits
    expected = {
        Cell(1, "cases", "", 0): 1, Cell(1, "closed", "", 0): 1, Cell(1, "path", passage.way_code, 0): 1,
        **{Cell(1, "flow", flow, 0): 1 for flow in "abcd"},
        **{Cell(1, "opened", name, 0): 1 for name in ("isi", "terima", "jawab")},
        Cell(1, "took", "isi", bucket_of(60)): 1, Cell(1, "spent", "isi", 0): 60,
        Cell(1, "took", "terima", bucket_of(29 * 60)): 1, Cell(1, "spent", "terima", 0): 29 * 60,
        Cell(1, "took", "jawab", bucket_of(3600)): 1, Cell(1, "spent", "jawab", 0): 3600,
        Cell(1, "late", "terima", 0): 1,
    }  # fmt: skip
    assert cells(story) == expected
    assert story.late == [False, False, True, False] and passage.way == "1 a b c d"


def test_waiting_ends_when_somebody_takes_the_task_for_good():
    story = Story().begun()
    story.tell("task_claimed", 3, task="terima", actor="dewi")
    story.tell("task_released", 4, task="terima", actor="dewi")
    story.tell("task_claimed", 6, task="terima", actor="dewi")
    story.received()
    assert cells(story)[Cell(1, "waited", "terima", bucket_of(5 * 60))] == 1
    assert sum(cell.kind == "waited" for cell in cells(story)) == 1


def test_a_task_that_moves_waits_again():
    story = Story().begun().tell("task_claimed", 3, task="terima", actor="dewi")
    story.tell("task_moved", 8, task="terima", set={"bidang": "smp"})
    story.tell("task_claimed", 11, task="terima", actor="maya").received()
    assert cells(story)[Cell(1, "waited", "terima", bucket_of(10 * 60))] == 1


def test_a_changed_calendar_decides_what_is_late():
    story = Story().begun().tell("calendar_followed", 5, dues={"terima": at(60)}).received()
    assert not any(story.late)


@pytest.mark.parametrize(
    ("flag", "seq", "tell"),
    [
        ("same_person", 4, lambda story: story.received().answered("dewi")),
        ("quick", 3, lambda story: story.received(1.1)),
        ("moved_by_hand", 3, lambda story: story.tell("token_moved", 5, {"closed": ["terima"]}, element="isi")),
        ("withdrawn_late", 4, lambda story: story.received().tell("case_withdrawn", 40, {"outcome": "Ditarik"})),
    ],
)
def test_a_finding_names_the_event_that_showed_it(flag: str, seq: int, tell: Any):
    story = tell(Story().begun())
    assert story.passage.flags == {flag: seq}
    assert cells(story)[Cell(1, "flag", flag, 0)] == 1


def test_who_files_for_somebody_and_receives_it_is_no_finding():
    story = Story()
    story.tell("case_opened", 0, {"opened": [task("isi", "Pelapor")]}, deployment="lama")
    effects = {"closed": ["isi"], "opened": [task("terima", "Admin")]}
    story.tell("task_completed", 0, effects, task="isi", actor="dewi", appointment="d", **{"for": "siti"})
    story.received()
    assert story.passage.flags == {}


def test_a_withdrawal_before_anybody_acted_is_no_finding():
    assert Story().begun().tell("case_withdrawn", 2, {"outcome": "Ditarik"}).passage.flags == {}


def test_a_reopened_case_is_open_and_its_way_goes_on_beside_the_diagram():
    story = Story().begun().received().answered()
    story.tell("case_reopened", 200, {"opened": [task("jawab", "Bidang", "sd")]}, element="jawab")
    assert Cell(1, "closed", "", 0) not in cells(story)
    story.answered("ratna", 300)
    assert Cell(1, "closed", "", 0) in cells(story) and story.passage.way == "1 a b c d !jawab d"


def test_after_a_migration_counts_go_to_the_new_version():
    story = Story().begun().tell("case_migrated", 20, deployment="baru").received()
    assert cells(story)[Cell(1, "flow", "b", 0)] == 1 and cells(story)[Cell(2, "flow", "c", 0)] == 1
    assert cells(story)[Cell(2, "cases", "", 0)] == 1 and Cell(1, "cases", "", 0) not in cells(story)


def test_a_stored_summary_goes_on_like_one_kept_in_mind():
    kept, stored = Story().begun(), Story().begun()
    stored.passage = read_passage(orjson.loads(orjson.dumps(stored.passage.to_data())))
    assert cells(kept.received().answered()) == cells(stored.received().answered())
    assert kept.passage == stored.passage


def test_an_event_of_another_stream_is_refused():
    with pytest.raises(KeyError):
        FOLD.add(None, {"type": "account_created", "seq": 1, "at": at(0)})
