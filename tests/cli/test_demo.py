"""The demo: a history that reads as if the office had used the system, the same for the same seed, on any machine."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, func, select

from engine.commands.accounts import check_password
from engine.commands.close_case import MERGED, WAYS, WITHDRAWN
from engine.commands.deploy import deploy, read_forms
from engine.commands.open_case import CHANNELS
from engine.commands.seed import seed_tables
from engine.history.event import moment_text
from engine.history.keys import load_signer
from engine.queries.actors import account_with_contact, actor_of_account
from engine.queries.choices import choices, labels, tables
from engine.queries.integrity import walk
from engine.queries.stored_cases import CaseCheck
from engine.queries.worklist import worklist
from engine.settings import FORMS, PROCESSES, Settings
from engine.store.calendars import current_calendar, start_data
from engine.store.database import open_database, transaction
from engine.store.deployments import latest_deployed
from engine.store.models import Account, Attachment, Case, Cursor, Event, EventValue, Task
from engine.worktime import WIB, Calendar, State
from tests.cli.conftest import Aduan
from tests.rig.databases import NewDatabase
from webapp.cli.demo.make import CASES, has_cases, make_demo, opening
from webapp.cli.demo.office_time import OfficeTime
from webapp.cli.demo.plan import Plan, Planner
from webapp.cli.demo.topics import course, story_of, topics

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # a Wednesday
SHOWN = ("pelapor", "admin", "ketua", "bidang.sd", "bidang.smp")


class Made:
    """A demo on a database of its own."""

    def __init__(self, url: str, var: Path) -> None:
        self.settings = Settings(var=var, database_url=url, demo=True)
        self.engine = open_database(self.settings.database)

    def fill(self, count: int, seed: int = 7, now: datetime = NOON) -> "Made":
        load_signer(self.settings.keys)
        with transaction(self.engine) as session:
            seed_tables(session)
            xml = (PROCESSES / "aduan.bpmn").read_bytes()
            deploy(session, xml, read_forms(FORMS), now=opening(now, count))
        make_demo(self.settings, self.engine, count=count, seed=seed, now=now)
        return self


@pytest.fixture(scope="module")
def small(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The demo that `make run` starts with."""
    var = tmp_path_factory.mktemp("demo")
    shutil.copy(sqlite_template, var / "aduan.db")
    made = Made(f"sqlite:///{var / 'aduan.db'}", var)
    yield made.fill(CASES)
    made.engine.dispose()


def _bodies(engine: Engine) -> list[dict[str, Any]]:
    with transaction(engine) as session:
        return [orjson.loads(each) for each in session.scalars(select(Event.body).order_by(Event.id))]


def _history(engine: Engine) -> list[tuple[Any, ...]]:
    """Every event without what is random in it: ids and salts."""
    with transaction(engine) as session:
        names: dict[str | None, Any] = dict(session.execute(select(Account.id, Account.name)).all())
        numbers: dict[str, str] = dict(session.execute(select(Case.id, Case.number)).all())
        values: dict[tuple[str, int], list[Any]] = {}
        for row in session.scalars(select(EventValue).order_by(EventValue.stream, EventValue.seq, EventValue.name)):
            value = orjson.loads(row.value or "null")
            for file in value if row.name == "lampiran" else ():
                del file["id"]
            values.setdefault((row.stream, row.seq), []).append((row.name, value))
    told = []
    for body in _bodies(engine):
        kind, _, owner = body["stream"].partition("/")
        effects = body.get("effects", {})
        told.append((
            kind, numbers.get(owner) or names.get(owner) or owner, body["seq"], body["type"], body["at"],
            names.get(body.get("actor")), names.get(body.get("for")), body.get("element"), body.get("channel"),
            body.get("set"), body.get("way"), effects.get("elements"), effects.get("flows"), effects.get("outcome"),
            [(each["element"], each["unit"], each.get("due")) for each in effects.get("opened", ())],
            values.get((body["stream"], body["seq"])),
        ))  # fmt: skip
    return told


# ---- the same for the same seed ----


@pytest.fixture
def run_apart(tmp_path: Path) -> Callable[..., Engine]:
    """Run `aduan demo` on a fresh machine in a process of its own."""

    def run(name: str, hash_seed: str, *arguments: str) -> Engine:
        var = tmp_path / name
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ADUAN_")}
        surroundings = kept | {"PYTHONHASHSEED": hash_seed, "ADUAN_VAR": str(var), "ADUAN_DEMO": "1"}
        command = [sys.executable, "-m", "webapp.cli", "demo", "--json", *arguments]
        subprocess.run(command, cwd=ROOT, env=surroundings, check=True, capture_output=True)
        return open_database(f"sqlite:///{var / 'aduan.db'}")

    return run


def test_the_same_seed_makes_the_same_history_whatever_the_hash_seed(run_apart: Callable[..., Engine]) -> None:
    arguments = ("--cases", "56", "--seed", "3", "--until", "2026-06-30")
    first, second = run_apart("a", "1", *arguments), run_apart("b", "2", *arguments)
    try:
        assert _history(first) == _history(second)
        assert len({row[3] for row in _history(first)}) >= 10  # kinds of events
    finally:
        first.dispose()
        second.dispose()


def test_another_seed_makes_another_history(small: Made) -> None:
    kept = _planned(small, 7)
    assert _planned(small, 7) == kept
    assert _planned(small, 8) != kept


def _planned(small: Made, seed: int) -> list[tuple[Any, ...]]:
    return [(plan.start, plan.channel, plan.reporter.name, plan.story.texts) for plan in _plans(small, CASES, seed)]


def _plans(small: Made, count: int, seed: int = 7) -> list[Plan]:
    with transaction(small.engine) as session:
        hours = OfficeTime(current_calendar(session).calendar, NOON - timedelta(days=365), NOON)
        return Planner(latest_deployed(session, "aduan"), hours, seed, labels(session)["unit"]).plans(count)


# ---- variety ----


def test_500_plans_hold_every_topic_twist_channel_and_place(small: Made) -> None:
    plans = _plans(small, 500)
    assert len(plans) == 500
    with transaction(small.engine) as session:
        categories = {(each.parent, each.value) for each in choices(session, "subkategori")}
        units = {each.value for each in choices(session, "unit")}
    firsts = [plan.story.afresh().typed("isi_aduan") for plan in plans]
    assert {(each["kategori"], each["subkategori"]) for each in firsts} == categories
    assert {plan.story.writer.facts.get("bidang") for plan in plans} >= units
    assert {plan.channel for plan in plans} == set(CHANNELS)
    assert {plan.twist.id for plan in plans if plan.twist} == {each["id"] for each in course()["jalan"]}
    assert {plan.stops_at for plan in plans} >= {each["sampai"] for each in course()["berjalan"]}
    assert any(not plan.reporter.contact for plan in plans)
    assert any(plan.reporter.contact.startswith("0800") for plan in plans)
    months = Counter(plan.start.month for plan in plans)
    assert min(months[6], months[7]) > 1.5 * max(months[3], months[4], months[9])
    assert len({(each["judul"], each["isi"]) for each in firsts}) > 490


@pytest.mark.parametrize("topic", topics(), ids=lambda each: str(each.id))
def test_texts_of_a_topic_fit_the_forms_and_leave_no_gap(topic: Any, small: Made) -> None:
    with transaction(small.engine) as session:
        version = latest_deployed(session, "aduan")
        units, known = labels(session)["unit"], tables(session, {"kategori", "subkategori", "unit"})
    way = ["isi_aduan", "terima_aduan", "klasifikasi"]
    way += ["tanggapi_aduan", "terima_tanggapan"] if topic.goes_to_a_unit else []
    for turn in range(6):
        story = story_of(topic, f"{topic.id}/{turn}", NOON.date(), units)
        for key in way[:2] if topic.twist else [*way, "input_tanggapan", "terima_jawaban"]:
            typed = story.typed(key)
            assert not version.forms[key].clean({name: [text] for name, text in typed.items()}, known).errors
            assert not any(gap in text for text in typed.values() for gap in ("{", "  ", " .", " ,"))


# ---- what it leaves behind ----


def test_events_stand_in_the_order_of_time_within_the_span(small: Made) -> None:
    moments = [datetime.fromisoformat(body["at"]) for body in _bodies(small.engine)]
    assert moments == sorted(moments)
    assert moments[0] == opening(NOON)
    assert moments[-1] <= NOON


def test_staff_act_within_office_hours_and_citizens_at_all_hours(small: Made) -> None:
    _check_office_hours(small)
    at_home = [
        datetime.fromisoformat(body["at"]).astimezone(WIB)
        for body in _bodies(small.engine)
        if body["type"] == "case_opened" and body["channel"] == "web"
    ]
    assert any(at.weekday() > 4 or not 8 <= at.hour < 16 for at in at_home)


def _check_office_hours(made: Made) -> None:
    with transaction(made.engine) as session:
        calendar = current_calendar(session).calendar
    by_staff = [
        body for body in _bodies(made.engine) if body["stream"].startswith("kasus/") and body.get("appointment")
    ]
    assert by_staff
    for body in by_staff:
        at = datetime.fromisoformat(body["at"]).astimezone(WIB)
        minute = at.hour * 60 + at.minute
        assert any(begin <= minute < end for begin, end in calendar.hours_on(at.date())), (body["type"], at)


def test_every_twist_and_outcome_happened_and_numbers_have_no_gap(small: Made) -> None:
    with transaction(small.engine) as session:
        numbers = session.scalars(select(Case.number).order_by(Case.number)).all()
    assert numbers == [f"ADU-2026-{n:06d}" for n in range(1, CASES + 1)]
    _check_outcomes(small)


def _check_outcomes(made: Made) -> None:
    with transaction(made.engine) as session:
        outcomes = set(session.scalars(select(Case.outcome).where(Case.outcome.is_not(None))))
    merged = MERGED.format(number="")
    usual = {"Selesai, jawaban diterima", "Ditutup otomatis tanpa konfirmasi", WITHDRAWN}
    assert {each for each in outcomes if not each.startswith(merged)} == usual | (set(WAYS.values()) - {MERGED})
    assert any(each.startswith(merged) for each in outcomes)
    bodies = _bodies(made.engine)
    kinds = {body["type"] for body in bodies}
    assert kinds >= {"timer_fired", "task_moved", "task_claimed", "move_proposed", "token_moved", "case_reopened"}
    assert all(not body["late"] for body in bodies if body["type"] == "timer_fired")
    back = {body["element"] for body in bodies if body["type"] == "token_moved"}
    assert len(back) == 2  # up to who directs the work, and back to the unit


def test_a_case_waits_at_every_step_and_clocks_stand_differently(small: Made) -> None:
    with transaction(small.engine) as session:
        calendar = current_calendar(session).calendar
        tasks = session.scalars(select(Task).where(Task.status == "open")).all()
        user_tasks = {each.id for each in latest_deployed(session, "aduan").diagram.user_tasks}
        filed = session.scalars(select(Case.opened_at)).all()
    assert {each.element for each in tasks} == user_tasks - {"isi_aduan"}
    assert {each.unit for each in tasks} >= {"sd", "smp"}
    assert {calendar.state(each.opened_at, each.due_at, NOON) for each in tasks if each.due_at} == set(State)
    assert any(at.astimezone(WIB).date() == NOON.astimezone(WIB).date() for at in filed)


@pytest.mark.parametrize("name", SHOWN)
def test_each_shown_person_has_work(small: Made, name: str) -> None:
    with transaction(small.engine) as session:
        actor = actor_of_account(session, account_with_contact(session, f"{name}@demo.test") or "", NOON)
        assert actor is not None
        waiting = select(func.count()).select_from(Task).where(Task.status == "open")
        if name == "pelapor":
            assert (session.scalar(waiting.where(Task.owner_id == actor.account_id)) or 0) > 0
        else:
            assert worklist(session, actor, now=NOON)[0]


def test_every_case_replays_and_the_log_covers_all(small: Made) -> None:
    _check_history(small)


def _check_history(made: Made) -> None:
    with transaction(made.engine) as session:
        found = [broken for _, broken in CaseCheck(session, made.settings.files).all() if broken is not None]
        walked = walk(session, load_signer(made.settings.keys).keys, moment_text(NOON))
    assert found == []
    assert (walked.broken, walked.uncovered) == (None, [])


def test_nobody_is_told_of_the_past(small: Made) -> None:
    with transaction(small.engine) as session:
        assert session.scalar(select(Cursor.place)) == session.scalar(select(func.count()).select_from(Event))


def test_somebody_stands_in_for_a_week(small: Made) -> None:
    given = [body["appointment_given"] for body in _bodies(small.engine) if body["type"] == "appointment_given"]
    deputy = next(each for each in given if each["kind"] == "plh")
    acted = [body for body in _bodies(small.engine) if body.get("appointment") == deputy["id"]]
    assert acted
    days = [datetime.fromisoformat(body["at"]).astimezone(WIB).date().isoformat() for body in acted]
    assert all(deputy["valid_from"] <= day <= deputy["valid_until"] for day in days)
    regular = next(each for each in given if each["role"] == deputy["role"] and each["kind"] == "definitif")
    others = [body for body in _bodies(small.engine) if body.get("appointment") == regular["id"]]
    assert not any(
        deputy["valid_from"]
        <= datetime.fromisoformat(body["at"]).astimezone(WIB).date().isoformat()
        <= deputy["valid_until"]
        for body in others
    )


def test_every_account_can_log_in_with_the_demo_password(small: Made) -> None:
    with transaction(small.engine) as session:
        for name in (*SHOWN, "proses", "proses2", "auditor", "pimpinan", "sistem"):
            account = check_password(session, f"{name}@demo.test", "aduan-demo")
            assert account is not None, name
            actor = actor_of_account(session, account, NOON)
            assert actor is not None
            assert bool(actor.held) == (name != "pelapor")


def test_a_walk_in_without_e_mail_is_filed_on_behalf(small: Made) -> None:
    opened = next(
        body for body in _bodies(small.engine) if body["type"] == "case_opened" and body["channel"] == "loket"
    )
    assert opened["for"] == opened["reporter"] != opened["actor"]
    with transaction(small.engine) as session:
        reporter = session.get_one(Account, opened["reporter"])
        assert (reporter.email, reporter.password_hash) == (None, None)


def test_attachments_are_real_files_bound_to_their_case(small: Made) -> None:
    with transaction(small.engine) as session:
        attached = list(session.scalars(select(Attachment)))
    assert {each.media_type for each in attached} == {"image/png", "application/pdf"}
    assert all(each.case_id for each in attached)
    assert all((small.settings.files / each.id[:2] / each.id).stat().st_size == each.size for each in attached)


def test_a_handful_on_either_database(new_database: NewDatabase, tmp_path: Path) -> None:
    made = Made(new_database(), tmp_path / "var")
    try:
        made.fill(8)
        _check_history(made)
    finally:
        made.engine.dispose()


@pytest.mark.long
def test_500_cases_of_a_year(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "aduan.db")
    made = Made(f"sqlite:///{tmp_path / 'aduan.db'}", tmp_path)
    began = time.process_time()
    try:
        made.fill(500)
        assert time.process_time() - began < 60
        _check_history(made)
        _check_office_hours(made)
        _check_outcomes(made)
        with transaction(made.engine) as session:
            cases = session.execute(
                select(Case.subkategori, Case.bidang, Case.channel, Case.closed_at, Case.delivered_at, Case.due_at)
            ).all()
            subcategories = {each.value for each in choices(session, "subkategori")}
            units = {each.value for each in choices(session, "unit")}
        assert {each.subkategori for each in cases} == subcategories
        assert {each.bidang for each in cases} >= units
        assert {each.channel for each in cases} == set(CHANNELS)
        assert 0.09 < sum(each.closed_at is None for each in cases) / 500 < 0.15
        late = sum(each.delivered_at > each.due_at for each in cases if each.delivered_at and each.due_at)
        assert 3 < late < 60
    finally:
        made.engine.dispose()


# ---- the command ----


def test_the_command_prepares_a_fresh_machine_and_says_when_there_are_cases(aduan: Aduan, var: Path) -> None:
    first = aduan("demo", "--cases", "2", "--until", "2026-03-31", "--json")
    assert first.exit_code == 0, first.stderr
    assert orjson.loads(first.stdout)["cases"] == ["ADU-2026-000001", "ADU-2026-000002"]
    assert (var / "aduan.db").stat().st_mode & 0o077 == 0
    assert aduan("verify", "--all").exit_code == 0
    for environment in ({}, {"ADUAN_DEMO": "1"}):
        again = aduan("demo", env=environment)
        assert again.exit_code == 1
        assert "sudah berisi aduan" in again.stderr
        assert "ADUAN_VAR" in again.stderr


def test_the_command_refuses_where_others_have_accounts(aduan: Aduan) -> None:
    aduan("db", "upgrade")
    person = ("--name", "Rina", "--contact", "rina@kantor.test", "--password-stdin")
    assert aduan("user", "add", *person, input="kata-sandi-panjang\n").exit_code == 0
    refused = aduan("demo", "--cases", "1")
    assert refused.exit_code == 1
    assert "ADUAN_DEMO=1" in refused.stderr
    assert aduan("demo", "--cases", "1", env={"ADUAN_DEMO": "1"}).exit_code == 0


@pytest.mark.parametrize("day", ["besok", "2026-02-31", "2199-01-01", "2001-01-01"])
def test_a_day_that_cannot_end_a_history_is_wrong_use(aduan: Aduan, day: str) -> None:
    refused = aduan("demo", "--cases", "1", "--until", day)
    assert refused.exit_code == 2
    assert "--until" in refused.stderr


def test_nothing_is_made_when_no_case_is_wanted(aduan: Aduan, var: Path) -> None:
    assert aduan("demo", "--cases", "0").exit_code == 0
    engine = open_database(f"sqlite:///{var / 'aduan.db'}")
    with transaction(engine) as session:
        assert not has_cases(session)
    engine.dispose()


# ---- office hours ----


@pytest.mark.parametrize("hour", [3, 9, 12, 23])
def test_working_minutes_lie_within_office_hours_and_can_be_measured(hour: int, rng: random.Random) -> None:
    calendar = Calendar.from_data(start_data())
    now = datetime(2026, rng.randint(1, 12), rng.randint(1, 28), hour, 10, tzinfo=WIB)
    office = OfficeTime(calendar, now - timedelta(days=60), now)
    for minute in sorted(rng.uniform(0, 10_000) for _ in range(50)):
        at = office.at(minute)
        seconds = (at.hour * 60 + at.minute) * 60 + at.second
        assert any(begin * 60 <= seconds < end * 60 for begin, end in calendar.hours_on(at.date()))
        assert office.minute(at) == pytest.approx(minute, abs=0.001)
        assert office.after(at, 30) > at
