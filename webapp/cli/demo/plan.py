"""What will become of each demo case: drawn from the seed before anything is written."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from engine.store.deployments import Deployed
from engine.worktime import WIB
from webapp.cli.demo.office_time import OfficeTime
from webapp.cli.demo.reporters import Reporter, Reporters
from webapp.cli.demo.running import Spot, start_of
from webapp.cli.demo.seasons import Seasons
from webapp.cli.demo.stories import FINISHED, Story, Told, told_stories, words
from webapp.cli.demo.topics import Dealer, Topic, course, retold, story_of
from webapp.cli.demo.words import Writer

OPEN_SHARE = 0.12  # of the cases are open at the end
_OPEN_ANYWAY = 30  # those told by hand, and those that are still under way when time ends
_SPOTS = 6  # at least so many more
_TWISTED = 25  # fewer cases than this have no room for twists
_SETTLED = timedelta(days=35)  # a twist and the end of its case take about so long
_MOODS = ("wajar", "hampir", "terlambat")


@dataclass(frozen=True)
class Twist:
    """Something out of the ordinary on the way, as `cerita.json` names it."""

    id: str
    reason: str


@dataclass
class Plan:
    """One case to be made."""

    key: str
    story: Story
    reporter: Reporter
    start: datetime  # of filing
    rng: random.Random  # for what is drawn on the way
    channel: str = "web"
    twist: Twist | None = None
    stops_at: str | None = None  # form key of the task that is left open
    minutes: Mapping[str, float] = field(default_factory=dict)  # element -> working minutes until it is completed
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)  # form key -> names of attachments
    move: Mapping[str, str] | None = None  # told by hand: to which unit, and why
    claimed: bool = False  # somebody takes the task that is left open
    silent: bool = False  # the reporter never confirms
    joins: Plan | None = None  # the case that this one is merged into
    case_id: str = ""  # once it is filed
    number: str = ""

    @property
    def by_clerk(self) -> bool:
        """Whether staff act for the reporter."""
        return self.channel != "web"


class Planner:
    """Draws the plans of one demo."""

    def __init__(self, version: Deployed, time: OfficeTime, seed: int, unit_names: Mapping[str, str]) -> None:
        self.version, self.time, self.seed, self.unit_names = version, time, seed, unit_names
        self.rng = random.Random(f"{seed}/rencana")  # noqa: S311
        self.dealer = Dealer(self.rng)
        self.seasons = Seasons(time, self.rng)

    def plans(self, count: int) -> list[Plan]:
        """`count` plans, in no particular order."""
        told = told_stories()[:count]
        spots = min(count - len(told), max(_SPOTS, round(count * OPEN_SHARE) - _OPEN_ANYWAY))
        rest = count - len(told) - spots
        self.reporters = Reporters(random.Random(f"{self.seed}/pelapor"), rest + spots)  # noqa: S311
        found = [self._told(each, index) for index, each in enumerate(told)]
        found += [self._running(index) for index in range(spots)]
        return found + self._lived(rest)

    def _told(self, told: Told, index: int) -> Plan:
        plan = Plan(
            key=f"{self.seed}/{told.id}",
            story=Story({key: [texts] for key, texts in told.texts.items()}, Writer(words(), told.id, {})),
            reporter=self.reporters.told(told.reporter, told.walk_in),
            start=self.time.begin,
            rng=random.Random(f"{self.seed}/{told.id}"),  # noqa: S311
            channel=told.channel,
            files=told.files,
            move=told.move,
            claimed=told.claimed,
            silent=told.abandoned,
        )
        if told.stops_at == FINISHED or told.abandoned:
            share = 0.1 if told.abandoned else 0.6
            last = self.time.begin + (self.time.end - self.time.begin) * share
            plan.start = self.seasons.moment(by_staff=plan.by_clerk, until=last)
        else:
            self._leave_at(plan, Spot(told.stops_at, _MOODS[index % len(_MOODS)]))
        return plan

    def _running(self, index: int) -> Plan:
        wanted = course()["berjalan"]
        entry: Mapping[str, Any] = wanted[index % len(wanted)]
        spot = Spot(entry["sampai"], entry["keadaan"])
        unit, kind = entry.get("bidang"), entry.get("jenis")
        day = self.time.end.astimezone(WIB).date()
        topic = self.dealer.deal(day, partial(_for_spot, unit=unit, kind=kind))
        plan = self._plan(f"berjalan/{index}", topic, self.time.end, "web" if spot.today else None, unit=unit)
        plan.claimed = unit is not None and self.rng.random() * 1000 < 2 * course()["ambil"]
        self._leave_at(plan, spot)
        return plan

    def _leave_at(self, plan: Plan, spot: Spot) -> None:
        plan.stops_at = spot.form_key
        plan.start, plan.minutes = start_of(self.version, self.time, plan.story, spot, plan.rng)

    def _lived(self, count: int) -> list[Plan]:
        """Cases that nothing holds up, some of them with a twist."""
        by_staff = [self._channel() for _ in range(count)]
        moments = [(self.seasons.moment(by_staff=each != "web", until=self.time.end), each) for each in by_staff]
        moments.sort()
        twists = self._twists(moments)
        found: list[Plan] = []
        for index, (at, channel) in enumerate(moments):
            entry = twists.get(index)
            earlier = next((each for each in reversed(found) if each.twist is None), None)
            if entry and entry["id"] == "digabung":
                found.append(self._merged(index, entry, earlier) if earlier else self._usual(index, at, channel, None))
            else:
                found.append(self._usual(index, at, channel, entry))
        return found

    def _twists(self, moments: Sequence[tuple[datetime, str]]) -> dict[int, Mapping[str, Any]]:
        """Which of the cases get which twist: by quota, so that each kind occurs."""
        early = [n for n, (at, _) in enumerate(moments) if at < self.time.end - _SETTLED]
        wanted: list[Mapping[str, Any]] = []
        if len(moments) >= _TWISTED:
            for entry in course()["jalan"]:
                wanted += [entry] * max(1, round(entry["bagian"] * len(moments) / 1000))
        return dict(zip(self.rng.sample(early, min(len(early), len(wanted))), wanted, strict=False))

    def _usual(self, index: int, at: datetime, channel: str, entry: Mapping[str, Any] | None) -> Plan:
        topic = self.dealer.deal(at.astimezone(WIB).date(), partial(_for_twist, entry=entry))
        plan = self._plan(f"{index}", topic, at, channel, over=entry.get("isian") if entry else None)
        if entry is not None:
            plan.twist = Twist(entry["id"], self._reason(plan, topic.reasons or entry["alasan"]))
        elif plan.rng.random() * 1000 < course()["diam"]:
            plan.silent = True
        return plan

    def _merged(self, index: int, entry: Mapping[str, Any], earlier: Plan) -> Plan:
        """The same reporter files the same again a day or two later."""
        at = earlier.start + timedelta(hours=self.rng.uniform(3, 50))
        at = self.time.after(at, 5) if earlier.by_clerk else at
        key = f"{self.seed}/{index}"
        plan = Plan(
            key=key,
            story=retold(earlier.story, entry["isian"], key),
            reporter=earlier.reporter,
            start=at,
            rng=random.Random(key),  # noqa: S311
            channel=earlier.channel,
            joins=earlier,
        )
        plan.twist = Twist(entry["id"], self._reason(plan, entry["alasan"]))
        return plan

    def _plan(self, key: str, topic: Topic, at: datetime, channel: str | None, **how: Any) -> Plan:
        key = f"{self.seed}/{key}"
        rng = random.Random(key)  # noqa: S311
        channel = channel or self._channel()
        plan = Plan(
            key=key,
            story=story_of(topic, key, at.astimezone(WIB).date(), self.unit_names, **how),
            reporter=self.reporters.draw(channel),
            start=at,
            rng=rng,
            channel=channel,
        )
        if rng.random() * 1000 < course()["lampiran"]:
            plan.files = {self.version.form_of(self.version.first_task.id).key: [rng.choice(course()["nama_lampiran"])]}
        return plan

    def _channel(self) -> str:
        entries = course()["saluran"]
        chosen = self.rng.choices(entries, [each["bagian"] for each in entries])[0]
        return str(chosen["saluran"])

    def _reason(self, plan: Plan, reasons: Sequence[str]) -> str:
        return plan.story.writer.write(list(reasons), "alasan")


def _for_spot(topic: Topic, *, unit: str | None, kind: str | None) -> bool:
    return topic.twist is None and unit in (None, *topic.units()) and kind in (None, topic.kind)


def _for_twist(topic: Topic, *, entry: Mapping[str, Any] | None) -> bool:
    if entry is None:
        return topic.twist is None
    if entry.get("topik"):
        return topic.twist == str(entry["id"])
    return topic.twist is None and topic.goes_to_a_unit
