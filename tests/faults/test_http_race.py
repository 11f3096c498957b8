"""Eight browsers send the form of one task at the same moment, over real connections: 303 once, 409 for the rest."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from lxml import html

from engine.commands.accounts import give_appointment, register_account
from engine.store.database import transaction
from tests.faults.race import race, split
from tests.rig.databases import NewDatabase
from tests.webapp.site import PASSWORD, Person, Site, furnish, make_site

RACERS = 8


@pytest.fixture
def site(new_database: NewDatabase, tmp_path: Path) -> Iterator[Site]:
    made = make_site(new_database("situs", furnish), tmp_path / "var")
    yield made
    made.engine.dispose()


def hire(site: Site) -> list[Person]:
    """Eight clerks of the same role, each logged in."""
    now, names = datetime.now(UTC), [f"loket{number}" for number in range(RACERS)]
    with transaction(site.engine) as session:
        for name in names:
            contact = f"{name}@demo.test"
            site.ids[name] = register_account(session, name=f"Nama {name}", contact=contact, password=PASSWORD, now=now)
            give_appointment(
                session, site.ids[name], role="Admin", unit=None, position="Petugas", now=now,
                valid_from=date(2025, 1, 1),
            )  # fmt: skip
    return [site.person(name) for name in names]


def sending(person: Person, address: str, path: str, note: str) -> Callable[[], tuple[int, str]]:
    """Open the task's page now; what is returned sends its form over a connection of its own."""
    fields = {**person.token(path), "catatan": note}
    headers = {
        "Cookie": f"aduan={person.client.get_cookie('aduan').value}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)

    def send() -> tuple[int, str]:
        try:
            connection.request("POST", path, urlencode(fields), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    return send


def race_for(site: Site, rounds: int) -> None:
    people = hire(site)
    with site.served() as address:
        for round_number in range(rounds):
            number = site.person("pelapor").file()
            path = site.task_path(number)
            notes = [f"Catatan {round_number} dari loket {each}." for each in range(RACERS)]
            runners = [sending(person, address, path, note) for person, note in zip(people, notes, strict=True)]
            answers, _ = split(race(*runners))
            assert sorted(status for status, _ in answers) == [303] + [409] * (RACERS - 1)
            winner = next(each for each, (status, _) in enumerate(answers) if status == 303)
            for each, (_, page) in enumerate(answers):
                if each != winner:
                    text = " ".join(str(html.fromstring(page).xpath("string()")).split())
                    assert f"sudah diselesaikan Nama loket{winner}" in text and notes[each] in text
            assert site.events(number) == 3  # opened, filed, received
            assert site.open_element(number) == "klasifikasi"


def test_of_eight_posts_at_once_one_is_answered_303_and_seven_409(site: Site):
    race_for(site, 5)


@pytest.mark.long
def test_a_hundred_rounds_of_eight_posts_at_once(site: Site):
    race_for(site, 100)
