"""Histories recorded by earlier versions replay to the same positions for ever, and to the same bytes if possible."""

import base64
import json
from pathlib import Path

import pytest

from engine.queries.event_words import TYPES
from tests.replay import DIAGRAMS, FIXTURES
from tests.replay.histories import SHORT, History, check, load_all, save

RECORDED = load_all(FIXTURES)


@pytest.mark.parametrize("history", RECORDED, ids=lambda history: history.name)
def test_a_recorded_history_replays(history: History):
    assert check(history) == len(history.events)


def test_every_diagram_has_recorded_histories():
    processes = {each.events[0]["body"]["process"] for each in RECORDED}
    assert processes == set(DIAGRAMS)


def test_every_kind_of_event_is_in_some_recorded_history():
    shown = {event["body"]["type"] for each in RECORDED for event in each.events}
    assert shown >= {*TYPES, "calendar_followed"}


def test_what_was_recorded_is_not_written_again(tmp_path: Path):
    for each in RECORDED:
        assert save(each, tmp_path).read_bytes() == (FIXTURES / f"{each.name}.json").read_bytes()
        with pytest.raises(FileExistsError):
            save(each, tmp_path)
    again = save(RECORDED[0], tmp_path / "baru", numbered=True)
    assert again.stem == f"{RECORDED[0].name}-1"


@pytest.mark.parametrize("part", ["body", "hash", "state", "diagram", "forms"])
def test_a_recorded_history_that_was_changed_is_refused(tmp_path: Path, part: str):
    history = RECORDED[0]
    path = save(history, tmp_path)
    stored = json.loads(path.read_text("utf-8"))
    if part == "body":
        stored["events"][1]["body"]["at"] = stored["events"][1]["body"]["at"].replace("Z", "1Z")
    if part == "hash":
        stored["events"][-1]["hash"] = "0" * 64
    if part == "state":
        stored["state"] = base64.b64encode(load_all(FIXTURES)[-1].state).decode()
    path.write_text(json.dumps(stored), "utf-8")
    for name, ending in (("diagram", ".bpmn"), ("forms", ".forms.json")):
        if part == name:
            file = path.parent / f"{history.checksum[:SHORT]}{ending}"
            file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises((AssertionError, ValueError)):
        check(load_all(path.parent)[0])
