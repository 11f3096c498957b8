"""`aduan erase`: one case or all that were closed long ago; plans first; afterwards everything still verifies."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from engine.commands.attachments import receive_file
from engine.settings import load_settings
from engine.store.database import open_database
from engine.store.files import path_of
from engine.worker.rounds import log_events
from tests.cli.conftest import Aduan
from tests.engine.office import Office

Ask = Callable[..., list[Any]]


@pytest.fixture
def ask(aduan: Aduan, var: Path) -> Ask:
    """An office with three closed cases, one of them with a file, and an open one, all in the log.

    Returns a way to look into its database.
    """
    assert aduan("db", "upgrade").exit_code == 0
    settings = load_settings()
    with Office.at(settings.database, settings.files) as office:
        out = io.BytesIO()
        Image.new("RGB", (8, 8)).save(out, "PNG")
        with office.transaction() as session:
            file_id = receive_file(
                session, office.files, field="lampiran", name="kuitansi.png", data=out.getvalue(),
                account_id=office.people["siti"], now=office.now,
            )  # fmt: skip
        for title, files in (("Atap kelas bocor", [file_id]), ("Guru sering absen", []), ("Buku belum dibagi", [])):
            office.finish(office.file_complaint(judul=title, lampiran=files))
        office.file_complaint()
        log_events(office.engine, settings.keys, office.now)

    def look(statement: str, **values: str) -> list[Any]:
        engine = open_database(settings.database)
        with engine.connect() as connection:
            found = connection.execute(text(statement), values).scalars().all()
        engine.dispose()
        return list(found)

    return look


CLOSED = 'SELECT number FROM "case" WHERE closed_at IS NOT NULL ORDER BY number'
LEFT = 'SELECT count(*) FROM "case" WHERE closed_at IS NOT NULL AND judul IS NOT NULL'


def test_one_case_is_erased_and_everything_still_verifies(aduan: Aduan, var: Path, ask: Ask) -> None:
    number, *others = ask(CLOSED)
    (title,) = ask('SELECT judul FROM "case" WHERE number = :number', number=number)
    done = aduan("erase", "--case", number.lower(), "--basis", "permintaan", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["clean"] and [each["case"] for each in told["erased"]] == [number]
    assert ask(LEFT) == [len(others)]
    held = aduan("verify", "--json")
    assert held.exit_code == 0, held.stderr
    facts = json.loads(held.stdout)
    assert facts["erased"] == told["erased"][0]["values"] > 0 and facts["files_checked"]
    assert aduan("verify", "--case", number).exit_code == 0
    database = b"".join(each.read_bytes() for each in var.glob("aduan.db*"))
    assert title.encode() not in database and b"kuitansi.png" not in database and b"Guru sering absen" in database
    assert [each for each in (var / "lampiran").rglob("*") if each.is_file()] == []
    again = aduan("erase", "--case", number, "--basis", "permintaan")
    assert again.exit_code == 1 and "tidak ada lagi yang tersisa" in again.stderr


def test_many_are_planned_first_and_erased_with_yes(aduan: Aduan, var: Path, ask: Ask) -> None:
    closed = ask(CLOSED)
    plan = aduan("erase", "--closed-before", "2999-01-01")
    assert plan.exit_code == 0 and f"{len(closed)} aduan akan dihapus isinya. Belum ada" in plan.stdout
    assert sorted(json.loads(aduan("erase", "--closed-before", "2999-01-01", "--json").stdout)["planned"]) == closed
    assert ask(LEFT) == [len(closed)]
    assert "Tidak ada" in aduan("erase", "--closed-before", "2001-01-01", "--yes").stdout
    done = aduan("erase", "--closed-before", "2999-01-01", "--yes")
    assert done.exit_code == 0 and f"Isi pribadi {len(closed)} aduan dihapus" in done.stdout
    assert ask(LEFT) == [0]
    assert "Tidak ada" in aduan("erase", "--closed-before", "2999-01-01").stdout
    bodies = [json.loads(each) for each in ask("SELECT body FROM event ORDER BY id DESC LIMIT 1")]
    assert (bodies[0]["basis"], bodies[0]["actor"], bodies[0]["channel"]) == ("retensi", None, "perintah")
    assert aduan("verify").exit_code == 0


def test_files_are_held_against_history_unless_told_otherwise(aduan: Aduan, var: Path, ask: Ask) -> None:
    (bound,) = ask("SELECT id FROM attachment")
    path_of(var / "lampiran", bound).unlink()
    missing = aduan("verify")
    assert missing.exit_code == 1 and f"lampiran {bound} hilang dari cakram" in missing.stderr
    without = aduan("verify", "--without-files")
    assert without.exit_code == 0 and "Berkas lampiran di cakram tidak diperiksa." in without.stdout


def test_wrong_use_is_told(aduan: Aduan, var: Path, ask: Ask) -> None:
    (number,) = ask('SELECT number FROM "case" WHERE closed_at IS NULL ORDER BY number LIMIT 1')
    for wrong in (
        [], ["--case", number], ["--basis", "retensi"], ["--case", number, "--basis", "iseng"],
        ["--case", number, "--closed-before", "2020-01-01"], ["--closed-before", "31-12-2021"],
        ["--closed-before", "2021-12-31", "--basis", "permintaan"],
    ):  # fmt: skip
        refused = aduan("erase", *wrong)
        assert refused.exit_code == 2 and refused.stderr, wrong
    still_open = aduan("erase", "--case", number, "--basis", "retensi")
    assert still_open.exit_code == 1 and "masih berjalan" in still_open.stderr
    unknown = aduan("erase", "--case", "ADU-1999-000001", "--basis", "retensi")
    assert unknown.exit_code == 1 and unknown.stderr
