"""`aduan user add`: people, appointments, refusals."""

import json

import pytest
from sqlalchemy import select

from engine.commands.accounts import check_password
from engine.settings import PROCESSES
from engine.store.models import Appointment
from tests.cli.conftest import Aduan
from webapp.cli.opened import one_transaction

ADD = ("user", "add", "--name", "Rina Marlina", "--contact", "Rina@Kantor.test", "--password-stdin")
PASSWORD = "kata-sandi-panjang"


@pytest.fixture(autouse=True)
def ready(aduan: Aduan) -> None:
    """A database with the SOP in force."""
    assert aduan("db", "upgrade").exit_code == 0
    assert aduan("process", "deploy", PROCESSES / "aduan.bpmn").exit_code == 0


def test_a_person_with_an_appointment_can_log_in_and_holds_it(aduan: Aduan) -> None:
    role = (
        "--role",
        "Bidang Terkait",
        "--unit",
        "sd",
        "--jabatan",
        "Kepala Bidang SD",
        "--jenis",
        "plt",
        "--sk",
        "8/1",
    )
    result = aduan(*ADD, *role, "--from", "2026-01-05", "--json", input=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    with one_transaction() as session:
        assert check_password(session, "rina@kantor.test", PASSWORD) == made["account"]
        held = session.scalars(select(Appointment)).one()
    assert held.id == made["appointment"]
    assert (held.role, held.unit, held.kind, held.decree) == ("Bidang Terkait", "sd", "plt", "8/1")
    assert str(held.valid_from) == "2026-01-05"


def test_the_password_is_asked_twice_and_never_shown(aduan: Aduan) -> None:
    result = aduan(*ADD[:-1], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "Rina Marlina terdaftar" in result.stdout
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("options", "about"),
    [
        (("--role", "Tukang Kebun"), "--role"),
        (("--role", "Pelapor"), "--role"),
        (("--role", "Bidang Terkait"), "--unit"),
        (("--role", "Bidang Terkait", "--unit", "tiada"), "unit"),
        (("--unit", "sd"), "--unit"),
    ],
)
def test_an_appointment_to_nothing_is_refused_and_nobody_is_registered(
    aduan: Aduan, options: tuple[str, ...], about: str
) -> None:
    result = aduan(*ADD, *options, input=f"{PASSWORD}\n")
    assert result.exit_code == 1
    assert about in result.stderr
    with one_transaction() as session:
        assert check_password(session, "rina@kantor.test", PASSWORD) is None


def test_a_short_password_or_a_taken_address_is_refused(aduan: Aduan) -> None:
    short = aduan(*ADD, input="pendek\n")
    assert short.exit_code == 1
    assert "sandi" in short.stderr
    assert aduan(*ADD, input=f"{PASSWORD}\n").exit_code == 0
    again = aduan(*ADD, input=f"{PASSWORD}\n")
    assert again.exit_code == 1
    assert "sudah terdaftar" in again.stderr


def test_a_missing_name_is_wrong_use(aduan: Aduan) -> None:
    result = aduan("user", "add")
    assert result.exit_code == 2
    assert "belum diisi" in result.stderr
