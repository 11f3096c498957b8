"""Random cases on every diagram: what the replay document marks is what their events say, reckoned here once more."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from engine.queries.case_replay import Replay, case_replay
from engine.queries.cases import sight
from engine.store.database import snapshot
from tests.engine.office import Office
from tests.replay.play import Play
from tests.replay.test_random_cases import play_cases

Body = Mapping[str, Any]


def document(office: Office, number: str, who: str = "auditor") -> Replay:
    actor = office.actor(who)
    with snapshot(office.engine) as session:
        return case_replay(session, sight(session, actor, number), office.now)


def open_after(bodies: Sequence[Body]) -> Iterator[Counter[str]]:
    """Elements with open tasks after each event, from what the events opened and closed."""
    tasks: dict[str, str] = {}
    for body in bodies:
        tasks |= {each["id"]: each["element"] for each in body["effects"]["opened"]}
        for closed in body["effects"]["closed"]:
            del tasks[closed]
        yield Counter(tasks.values())


def timers_after(bodies: Sequence[Body]) -> Iterator[Counter[str]]:
    """Elements with waiting timers after each event; one that moves nothing states none, and changes none."""
    held: Counter[str] = Counter()
    for body in bodies:
        if "timers" in body["effects"]:
            held = Counter(each["element"] for each in body["effects"]["timers"])
        yield held


def messages_after(bodies: Sequence[Body]) -> Iterator[Counter[str]]:
    """The same for awaited messages: an event that moves the case and states none leaves none."""
    held: Counter[str] = Counter()
    for body in bodies:
        if "timers" in body["effects"]:
            held = Counter(each["element"] for each in body["effects"].get("messages", ()))
        yield held


def check(office: Office, play: Play) -> Replay:
    found, bodies = document(office, play.number), office.bodies(play.case)
    assert found.broken == ""
    assert [each.seq for each in found.moments] == list(range(1, len(bodies) + 1))
    standing = zip(found.moments, bodies, open_after(bodies), timers_after(bodies), messages_after(bodies), strict=True)
    for moment, body, tasks, timers, messages in standing:
        assert Counter(each.element for each in moment.tokens if each.kind == "pesan") == messages, moment
        assert Counter(each.element for each in moment.tokens if each.kind == "tugas") == tasks, moment
        assert Counter(each.element for each in moment.tokens if each.kind == "waktu") == timers, moment
        assert (moment.flows, moment.passed) == (body["effects"]["flows"], body["effects"]["elements"])
        marks = found.marks[moment.marks]
        assert set(moment.flows) <= set(marks.flows) and set(moment.passed) <= set(marks.done)
        version = found.versions[moment.version]
        assert {each.element for each in moment.tokens} | set(marks.done) <= version.elements.keys()
    return found


def test_every_token_and_flow_is_what_the_events_say(office: Office, rng: random.Random):
    played = play_cases(office, 3, rng)
    found = [check(office, play) for play in played]
    most = max(len(moment.tokens) for each in found for moment in each.moments)
    assert most > 1, "no case stood in several places"
    for each in found:
        parsed = orjson.loads(each.json())
        assert [moment["seq"] for moment in parsed["moments"]] == [moment.seq for moment in each.moments]
        assert "<" not in each.json()
