"""`aduan calendar`: due times with their reasons, with a database and without; what is typed wrong."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.commands.set_calendar import set_calendar, set_start_calendar
from engine.settings import Settings
from engine.store.calendars import start_data
from engine.store.database import open_database, transaction
from tests.cli.conftest import Aduan
from webapp.cli.prepare import prepare


@pytest.mark.parametrize(
    ("start", "length", "due", "words"),
    [
        ("2026-12-23T15:55", "10 menit", "2026-12-28T07:35+07:00", "libur 24 Des cuti bersama, 25 Des Natal"),
        ("2026-03-16T09:00", "5 hari kerja", "2026-03-30T16:00+07:00", "5 hari kerja sejak Senin 16 Mar"),
        ("2026-12-23T08:55Z", "10 Menit", "2026-12-28T07:35+07:00", "10 menit kerja sejak Rabu 23 Des 15.55"),
        ("2026-12-23 15:55:30", "10 menit", "2026-12-28T07:35:30+07:00", "lanjut Senin 28 Des 07.30"),
    ],
)
def test_a_due_time_and_why_with_neither_database_nor_secrets(
    aduan: Aduan, var: Path, start: str, length: str, due: str, words: str
) -> None:
    result = aduan("calendar", "due", start, length)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == due
    assert words in result.stdout
    assert not var.exists(), "asking makes no database"


def test_the_answer_is_machine_readable_and_warns_of_years_without_approval(aduan: Aduan) -> None:
    facts = json.loads(aduan("calendar", "due", "--json", "2026-12-23T15:55", "10 menit").stdout)
    assert (facts["due"], facts["duration"], facts["calendar"]) == ("2026-12-28T07:35+07:00", "10 menit kerja", 0)
    assert "24 Des cuti bersama" in facts["explanation"] and facts["warnings"] == []
    late = aduan("calendar", "due", "2026-12-30T15:55", "3 hari")
    assert late.exit_code == 0 and "Hari libur tahun 2027 belum disetujui" in late.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("besok", "10 menit"), "bukan waktu"),
        (("2026-02-30T10:00", "10 menit"), "bukan waktu"),
        (("1926-12-23T15:55", "10 menit"), "bukan waktu"),
        (("9999-12-31T15:55", "10 menit"), "bukan waktu"),
        (("2026-12-23T15:55", "sepuluh menit"), "tidak terbaca sebagai lama waktu"),
        (("2026-12-23T15:55", "0 menit"), "tidak terbaca sebagai lama waktu"),
        (("2026-12-23T15:55",), "belum diisi"),
    ],
)
def test_wrong_use_is_status_2_with_a_sentence(aduan: Aduan, arguments: tuple[str, ...], words: str) -> None:
    result = aduan("calendar", "due", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr and result.stdout == ""


def test_with_a_database_the_calendar_in_force_answers(aduan: Aduan, var: Path) -> None:
    assert aduan("db", "upgrade").exit_code == 0
    data = start_data()
    data["holidays"].append({"date": "2026-12-28", "name": "Libur daerah", "kind": "libur", "decree": "SK 1"})
    engine = open_database(f"sqlite:///{var / 'aduan.db'}")
    try:
        with transaction(engine) as session:
            set_start_calendar(session, approved=False, now=datetime(2026, 1, 1, tzinfo=UTC))
        with transaction(engine) as session:
            set_calendar(session, None, data, decree="SK 1", now=datetime(2026, 1, 2, tzinfo=UTC))
    finally:
        engine.dispose()
    facts = json.loads(aduan("calendar", "due", "2026-12-23T15:55", "10 menit", "--json").stdout)
    assert (facts["due"], facts["calendar"]) == ("2026-12-29T07:35+07:00", 2)
    shown = json.loads(aduan("calendar", "show", "--json").stdout)
    assert (shown["number"], shown["approved_years"]) == (2, [2025, 2026])
    assert "2026-12-28  Libur daerah (libur)" in aduan("calendar", "show").stdout


def test_a_first_start_stores_the_calendar_without_approval(aduan: Aduan, var: Path) -> None:
    var.mkdir()
    settings = Settings(_env_file=None, secret_key="k" * 40, var=var)
    for _ in range(2):  # the second start finds it there
        prepare(settings)
    shown = json.loads(aduan("calendar", "show", "--json").stdout)
    assert (shown["number"], shown["approved_years"], len(shown["holidays"])) == (1, [], 53)
    assert "belum disetujui" in aduan("calendar", "due", "2026-12-23T15:55", "10 menit").stdout


def test_a_database_elsewhere_that_is_not_there_is_said(aduan: Aduan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ADUAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    result = aduan("calendar", "due", "2026-12-23T15:55", "10 menit")
    assert result.exit_code == 1 and "Basis data tidak siap" in result.stderr
