"""Mail reaches a real server at least once, whatever that server does meanwhile; nobody else waits for it."""

import time
from datetime import timedelta

import pytest

from engine.queries.jobs import dead_letters, waiting_mail
from engine.settings import Settings
from engine.store.database import transaction
from engine.store.models import Account, Mail
from engine.worker.desk import Desk, MailServer
from engine.worker.jobs import MOST_ATTEMPTS
from engine.worker.post import Undeliverable, compose
from tests.worker.bureau import ADDRESS, Bureau
from tests.worker.mailbox import silent_server

HOUR = timedelta(hours=1)


def file(bureau: Bureau, times: int = 1) -> None:
    for _ in range(times):
        bureau.office.file_complaint("siti")


def test_a_message_is_plain_text_with_html_and_an_id_that_stays(bureau: Bureau):
    file(bureau)
    bureau.round()
    ((recipient, message),) = bureau.mailbox.arrived
    (mail,) = bureau.mails()
    assert recipient == mail.recipient == "siti@kantor.test"
    assert message["Message-ID"] == f"<{mail.id}@aduan.kantor.test>"
    assert message["From"] == "Dinas Uji <aduan@kantor.test>" and message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == mail.created_at.replace(microsecond=0)
    html = message.get_body(("html",)).get_content()
    assert f'<a href="{ADDRESS}/aduan/' in html and "<p>" in html and "<script" not in html
    assert mail.sent_at == bureau.office.now and bureau.jobs()[0].done_at == bureau.office.now


@pytest.mark.parametrize("mood", ["refuse", "full", "hang", "break"])
def test_a_mail_server_in_trouble_for_a_day_loses_nothing(bureau: Bureau, mood: str):
    bureau.mailbox.mood = mood
    file(bureau, 4)
    begun = bureau.office.now
    bureau.until(begun + timedelta(days=1), every=2 * HOUR, desk=bureau.impatient())
    assert bureau.mailbox.arrived == []
    with transaction(bureau.office.engine) as session:
        waiting = waiting_mail(session)
    assert waiting.count == waiting.failing == len(bureau.mails()) >= 4 and waiting.last_error.startswith(
        "Server surat"
    )
    assert "siti" not in waiting.last_error
    bureau.mailbox.mood = "well"
    bureau.until(begun + timedelta(days=1, hours=7), every=HOUR)
    assert set(bureau.mailbox.ids().values()) == {1}
    assert len(bureau.mailbox.ids()) == len(bureau.mails()) and len(bureau.mailbox.to("siti")) == 4


def test_a_server_that_is_not_there_leaves_dead_letters_in_the_end(bureau: Bureau):
    file(bureau, 2)
    with silent_server() as port:
        nobody = bureau.desk_at(port)
    bureau.until(bureau.office.now + timedelta(hours=54), every=HOUR, desk=nobody)
    with transaction(bureau.office.engine) as session:
        dead = [each for each in dead_letters(session) if each.mail_kind == "received"]
        assert waiting_mail(session).count == len(bureau.mails()) - 2  # the next day's are younger
    assert [each.attempts for each in dead] == [MOST_ATTEMPTS] * 2
    assert {each.recipient for each in dead} == {"Pelapor (nama dirahasiakan)"}
    assert all(each.number and each.number in each.subject for each in dead)


def test_a_silent_server_costs_a_round_two_timeouts_and_commands_nothing(bureau: Bureau):
    office = bureau.office
    with silent_server() as port:
        deaf = bureau.desk_at(port)
        file(bureau, 10)
        begun = time.perf_counter()
        bureau.round(deaf)
        assert time.perf_counter() - begun < 10  # one timeout of half a second, not ten
        before, calls = time.perf_counter(), bureau.mailbox.calls
        file(bureau, 10)
        print(f"{(time.perf_counter() - before) * 100:.0f} ms a filing beside a deaf mail server")  # noqa: T201
    assert bureau.mailbox.calls == calls and len(bureau.mails()) == 10  # filing itself writes and sends no mail
    bureau.round()
    bureau.round(minutes=1)
    assert len(bureau.mailbox.to("siti")) == 20 and office.count_events() >= 40


def test_one_bad_mail_does_not_keep_the_others(bureau: Bureau):
    file(bureau, 3)
    with transaction(bureau.office.engine) as session:
        session.get_one(Account, bureau.office.people["siti"]).email = 'siti@kantor.test"\nBcc: x@y.test'
        session.flush()
    bureau.office.file_complaint("budi")
    bureau.round()
    assert len(bureau.mailbox.to("budi")) == 1 and len(bureau.mailbox.arrived) == 1
    with transaction(bureau.office.engine) as session:
        assert len(dead_letters(session)) == 3


@pytest.mark.parametrize(
    ("recipient", "subject"),
    [("a@b.test\r\nBcc: c@d.test", "x"), ("a@b.test, c@d.test", "x"), ("a@b.test", "x\r\nBcc: c@d.test"), ("", "x")],
)
def test_no_header_can_be_smuggled_in(bureau: Bureau, recipient: str, subject: str):
    mail = Mail(id="0" * 32, recipient=recipient, subject=subject, text="x", created_at=bureau.office.now)
    with pytest.raises(Undeliverable):
        compose(mail, bureau.desk, "aduan@kantor.test")


def test_text_that_looks_like_html_stays_text(bureau: Bureau):
    text = "<b>hai</b> https://x.test/?a=1&b=2"
    mail = Mail(id="0" * 32, recipient="a@b.test", subject="x", text=text, created_at=bureau.office.now)
    html = compose(mail, bureau.desk, "aduan@kantor.test").get_body(("html",)).get_content()
    assert "&lt;b&gt;hai&lt;/b&gt;" in html and '<a href="https://x.test/?a=1&amp;b=2">' in html


@pytest.mark.parametrize(
    ("given", "port", "sender"),
    [
        ({"smtp_security": "none"}, 25, "aduan@surat.test"),
        ({"office_email": "dinas@uji.test"}, 587, "dinas@uji.test"),
        ({"smtp_security": "tls", "mail_from": "tidak-dibalas@uji.test"}, 465, "tidak-dibalas@uji.test"),
        ({"smtp_port": 2525}, 2525, "aduan@surat.test"),
    ],
)
def test_settings_name_the_mail_server(given: dict, port: int, sender: str):
    settings = Settings(_env_file=None, smtp_host="surat.test", base_url="https://aduan.uji.test/", **given)
    desk = Desk.of(settings)
    assert isinstance(desk.server, MailServer)
    assert (desk.server.port, desk.server.sender, desk.host) == (port, sender, "aduan.uji.test")
    assert desk.link("ADU-2026-000001") == "https://aduan.uji.test/aduan/ADU-2026-000001"
    assert Desk.of(Settings(_env_file=None)).server is None
