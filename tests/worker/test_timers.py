"""After 72 hours without a worker: every timer fires once, in the order of the instants, marked late; also by two."""

import threading
import time
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from engine.commands.open_case import open_case
from engine.store.database import open_database, transaction
from engine.store.models import Case, Event
from engine.worker.rounds import fire_due_timers
from tests.engine.office import Office
from tests.process.drawing import draw, end, small_forms, wait
from tests.worker.bureau import Bureau

# Filing, then two timers in a row, then one that is far away.
NODES = [wait("satu"), wait("dua", '"PT7H"'), wait("jauh", '"P400D"'), end()]


def waiting(office: Office, cases: int) -> None:
    """So many cases over forty hours; the second timer of the early ones is due before the first of the late ones."""
    office.deploy(draw(NODES, "mulai>isi>satu>dua>jauh>selesai"), small_forms())
    siti = office.actor("siti")
    with office.transaction() as session:
        for _ in range(cases):
            open_case(session, siti, "uji", {"judul": "Uji"}, now=office.now)
            office.now += timedelta(hours=40) / cases


def fired(office: Office) -> list[dict]:
    """The firings in the order of recording."""
    with transaction(office.engine) as session:
        bodies = [orjson.loads(body) for body in session.scalars(select(Event.body).order_by(Event.id))]
    return [body for body in bodies if body["type"] == "timer_fired"]


def check(office: Office, cases: int) -> list[dict]:
    bodies = fired(office)
    assert len(bodies) == 2 * cases
    assert len({(body["stream"], body["timer"]) for body in bodies}) == 2 * cases
    assert all(body["late"] for body in bodies)
    with transaction(office.engine) as session:
        assert session.scalars(select(Case.id).where(Case.next_timer_at < office.now)).all() == []
    return bodies


def drain(bureau: Bureau, cases: int) -> float:
    office = bureau.office
    waiting(office, cases)
    office.now += timedelta(hours=72)
    begun = time.perf_counter()
    while fire_due_timers(office.engine, office.now):
        pass
    took = time.perf_counter() - begun
    dues = [body["due"] for body in check(office, cases)]
    assert dues == sorted(dues)
    print(f"{2 * cases} timers in {took:.1f} s")  # noqa: T201
    return took


def by_two(bureau: Bureau, cases: int) -> None:
    office = bureau.office
    waiting(office, cases)
    office.now += timedelta(hours=72)

    def work() -> None:
        database = open_database(office.url)
        while fire_due_timers(database, office.now):
            pass
        database.dispose()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    while fire_due_timers(office.engine, office.now):
        pass  # what one left to the other
    check(office, cases)


def test_after_72_hours_timers_fire_once_in_order_of_due_time(bureau: Bureau):
    assert drain(bureau, 30) < 60


def test_two_workers_at_once_fire_no_timer_twice(bureau: Bureau):
    by_two(bureau, 30)


@pytest.mark.long
def test_a_thousand_timers_after_72_hours_take_less_than_a_minute(bureau: Bureau):
    assert drain(bureau, 500) < 60


@pytest.mark.long
@pytest.mark.parametrize("storage", ["postgresql"], indirect=True)
def test_two_workers_at_once_fire_a_thousand_timers_once(bureau: Bureau):
    by_two(bureau, 500)
