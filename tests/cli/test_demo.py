"""The demo: the same seed tells the same stories on any day, through the real commands, in the order of time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select

from engine.commands.accounts import check_password
from engine.commands.deploy import deploy, read_forms
from engine.commands.seed import seed_tables
from engine.queries.actors import actor_of_account
from engine.settings import FORMS, PROCESSES, Settings
from engine.store.database import open_database, transaction
from engine.store.models import Account, Attachment, Case, Event, Task
from tests.cli.conftest import Aduan
from webapp.cli.demo.make import make_demo, opening
from webapp.cli.demo.office_time import ZONE, OfficeTime, standard_minutes

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # a Wednesday
Made = tuple[Engine, Settings]


@pytest.fixture
def make(new_database: Callable[[bool], str], tmp_path: Path) -> Iterator[Callable[..., Made]]:
    """Make a demo on a fresh database."""
    engines: list[Engine] = []

    def made(now: datetime = NOON, seed: int = 1, count: int = 14) -> Made:
        settings = Settings(var=tmp_path / "var", database_url=new_database(True), demo=True)
        engine = open_database(settings.database)
        engines.append(engine)
        with transaction(engine) as session:
            seed_tables(session)
            deploy(session, (PROCESSES / "aduan.bpmn").read_bytes(), read_forms(FORMS), now=opening(now))
        make_demo(settings, engine, seed=seed, count=count, now=now)
        return engine, settings

    yield made
    for engine in engines:
        engine.dispose()


def _stories(engine: Engine) -> list[tuple[Any, ...]]:
    with transaction(engine) as session:
        rows = select(Case.number, Case.judul, Case.outcome, Case.channel, Task.element, Task.unit).outerjoin(
            Task, (Task.case_id == Case.id) & (Task.status == "open")
        )
        return [tuple(row) for row in session.execute(rows.order_by(Case.number))]


def _bodies(engine: Engine) -> list[dict[str, Any]]:
    with transaction(engine) as session:
        bodies = session.scalars(select(Event.body).where(Event.stream.like("kasus/%")).order_by(Event.id))
        return [orjson.loads(each) for each in bodies]


def test_fourteen_cases_in_different_states_and_both_branches(make: Callable[..., Made]) -> None:
    engine, _ = make()
    told = _stories(engine)
    assert [row[0] for row in told] == [f"ADU-2026-{n:06d}" for n in range(1, 15)]
    outcomes = {row[2] for row in told if row[2]}
    assert {"Selesai, jawaban diterima", "Ditutup otomatis tanpa konfirmasi"} == outcomes
    assert len({row[4] for row in told if row[4]}) == 6  # a case waits at every step but the first
    assert {"web", "loket"} <= {row[3] for row in told}
    bodies = _bodies(engine)
    flows = {flow for body in bodies for flow in body["effects"]["flows"]}
    assert {"alur_pengaduan", "alur_permintaan_informasi"} <= flows
    kinds = [body["type"] for body in bodies]
    assert kinds.count("timer_fired") == 1
    assert kinds.count("task_moved") == 1
    assert "task_claimed" in kinds


def test_events_stand_in_the_order_of_time_and_fall_in_the_last_three_weeks(make: Callable[..., Made]) -> None:
    engine, _ = make()
    bodies = _bodies(engine)
    moments = [body["at"] for body in bodies]
    assert moments == sorted(moments)
    assert datetime.fromisoformat(moments[0]) >= NOON - timedelta(days=21, hours=12)
    assert datetime.fromisoformat(moments[-1]) <= NOON
    by_hand = [datetime.fromisoformat(b["at"]).astimezone(ZONE) for b in bodies if b["type"] != "timer_fired"]
    assert all(at.weekday() < 5 and 7 <= at.hour <= 16 for at in by_hand)


def test_the_same_seed_tells_the_same_on_another_day_and_another_seed_does_not(make: Callable[..., Made]) -> None:
    first, same, other = make(), make(NOON + timedelta(days=3, hours=9)), make(seed=2)
    assert _stories(first[0]) == _stories(same[0])
    assert _stories(first[0]) != _stories(other[0])


def test_every_account_can_log_in_with_the_demo_password(make: Callable[..., Made]) -> None:
    engine, _ = make(count=0)
    with transaction(engine) as session:
        for name in ("pelapor", "admin", "ketua", "bidang.sd", "bidang.smp", "proses", "proses2", "auditor",
                     "pimpinan", "sistem"):  # fmt: skip
            account = check_password(session, f"{name}@demo.test", "aduan-demo")
            assert account is not None, name
            actor = actor_of_account(session, account, datetime(2025, 1, 2, tzinfo=UTC))
            assert actor is not None
            assert bool(actor.held) == (name != "pelapor")


def test_a_walk_in_without_e_mail_is_filed_on_behalf_at_the_counter(make: Callable[..., Made]) -> None:
    engine, _ = make()
    opened = next(body for body in _bodies(engine) if body["type"] == "case_opened" and body["channel"] == "loket")
    assert opened["for"] == opened["reporter"] != opened["actor"]
    with transaction(engine) as session:
        reporter = session.get_one(Account, opened["reporter"])
        assert (reporter.email, reporter.password_hash) == (None, None)


def test_attachments_are_real_files_bound_to_their_case(make: Callable[..., Made]) -> None:
    engine, settings = make()
    with transaction(engine) as session:
        attached = list(session.scalars(select(Attachment)))
    assert {each.media_type for each in attached} == {"image/png", "application/pdf"}
    assert all(each.case_id for each in attached)
    assert all((settings.files / each.id[:2] / each.id).stat().st_size == each.size for each in attached)


def test_more_cases_than_stories_run_to_their_end(make: Callable[..., Made]) -> None:
    engine, _ = make(count=30)
    told = _stories(engine)
    assert len(told) == 30
    assert sum(row[2] is not None for row in told) >= 10


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hour", [3, 9, 12, 23])
def test_working_minutes_end_now_and_never_fall_on_a_weekend(day: int, hour: int) -> None:
    now = datetime(2026, 11, 16 + day, hour, 10, tzinfo=ZONE)
    office = OfficeTime(now)
    moments = [office.at(minute) for minute in range(0, OfficeTime.TOTAL, 50)]
    assert moments == sorted(moments)
    assert all(at.weekday() < 5 and at <= now for at in moments)
    assert office.opening <= moments[0] >= now - timedelta(days=22)
    assert office.at(OfficeTime.TOTAL + 1) == now


def test_standard_times_of_the_sop_are_read() -> None:
    assert [standard_minutes(each) for each in ("15 Menit", "3 hari", "2 jam", "")] == [15, 1350, 120, 30]


def test_the_command_refuses_where_others_have_accounts(aduan: Aduan) -> None:
    aduan("db", "upgrade")
    aduan("process", "deploy", PROCESSES / "aduan.bpmn")
    assert aduan("demo", "--cases", "2").exit_code == 0
    person = ("--name", "Rina", "--contact", "rina@kantor.test", "--password-stdin")
    assert aduan("user", "add", *person, input="kata-sandi-panjang\n").exit_code == 0
    assert aduan("demo").exit_code == 1
    assert aduan("demo", "--cases", "1", env={"ADUAN_DEMO": "1"}).exit_code == 0
