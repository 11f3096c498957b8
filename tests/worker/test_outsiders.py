"""The latest checkpoint goes to addresses outside the house once a day, whole, so that it can be kept and checked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.history.keys import public_keys
from engine.history.verify import open_note
from engine.settings import Settings
from engine.worker.desk import Desk
from tests.worker.bureau import Bureau

OUTSIDE = ("saksi@ombudsman.test", "arsip@inspektorat.test")


def checkpoints(bureau: Bureau) -> list[str]:
    return [mail.text for mail in bureau.mails() if mail.kind == "checkpoint"]


def test_each_address_gets_the_signed_note_once_a_day(bureau: Bureau) -> None:
    desk = replace(bureau.desk, outsiders=OUTSIDE)
    bureau.office.file_complaint("siti")
    for _ in range(3):
        bureau.round(desk, minutes=10)
    assert len(checkpoints(bureau)) == 2
    assert desk.keys is not None
    arrived = {who: message for who, message in bureau.mailbox.arrived if who in OUTSIDE}
    for message in arrived.values():
        text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        start = text.index(public_keys(desk.keys)[0].name + "\n")
        note = text[start:].split("\nBerkas yang sama:")[0]
        point = open_note(note, public_keys(desk.keys))
        assert f"/bukti/titik/{point.size}.txt" in text and "Uang sampul" not in text
    assert set(arrived) == set(OUTSIDE)
    bureau.until(bureau.office.now + timedelta(days=2), timedelta(hours=6), desk)
    assert len(checkpoints(bureau)) == 6


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_without_addresses_or_mail_server_nothing_is_written(bureau: Bureau) -> None:
    bureau.office.file_complaint("siti")
    bureau.round()
    bureau.round(replace(bureau.desk, outsiders=OUTSIDE, server=None))
    assert checkpoints(bureau) == []


def test_the_addresses_come_from_the_settings() -> None:
    own = Settings(_env_file=None, witness_emails=" a@x.test, b@x.test,a@x.test ")
    assert Desk.of(own).outsiders == ("a@x.test", "b@x.test")
