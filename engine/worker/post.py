"""Hands waiting mail to the mail server, outside every transaction. At least once, always with the same Message-ID.

A kill between the server's yes and our note of it sends that one mail again: at most one duplicate a kill.
"""

from __future__ import annotations

import html
import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import Engine, select, update

from engine.store.database import transaction
from engine.store.models import Mail
from engine.worker.desk import Desk, MailServer
from engine.worker.jobs import Leased, fail, give_back, lease, succeed

log = logging.getLogger(__name__)
TIMEOUT = 10.0  # seconds that the server gets for each answer
BATCH = 20  # mails over one connection
HOLD = timedelta(minutes=5)  # longer than the slowest batch
MOST_BREAKS = 2  # broken connections in a row after which the server counts as down
_LINK = re.compile(r"https?://\S+")


class Undeliverable(Exception):
    """This mail can never be sent as it is."""


def compose(mail: Mail, desk: Desk, sender: str) -> EmailMessage:
    """The message with its fixed Message-ID. Raises Undeliverable when the address is none."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(_name(desk.office), addr_spec=sender)
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
    except (ValueError, MessageError, IndexError) as error:
        raise Undeliverable("Alamat atau judul surat tidak dapat dipakai.") from error
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{desk.host}>"
    message["Auto-Submitted"] = "auto-generated"  # answering machines keep still
    text = f"{mail.text}\n\n-- \n{desk.office}\nSurat ini dikirim otomatis dan tidak perlu dibalas.\n"
    message.set_content(text)
    message.add_alternative(_as_html(text), subtype="html")
    return message


def _name(office: str) -> str:
    return " ".join(office.split())


def _as_html(text: str) -> str:
    """Paragraphs and links, nothing that has to be fetched."""
    parts = [html.escape(part) for part in text.split("\n\n") if part.strip()]
    linked = [_LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', part) for part in parts]
    body = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in linked)
    return f'<!doctype html><html lang="id"><meta charset="utf-8"><body>{body}</body></html>'


@contextmanager
def connected(server: MailServer, host: str) -> Iterator[smtplib.SMTP]:
    """A conversation with the server, encrypted and logged in as the settings say."""
    if server.security == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, host, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, host, timeout=TIMEOUT)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp
    finally:
        smtp.close()  # without QUIT: a server that hangs must not hold us a last time


def send_due_mail(engine: Engine, desk: Desk, clock: Callable[[], datetime], worker: str, batch: int = BATCH) -> int:
    """Send the mail that is due, at most `batch`; returns how many the server took."""
    if desk.server is None:
        return 0
    jobs = lease(engine, worker, clock(), ["mail"], limit=batch, hold=HOLD)
    if not jobs:
        return 0
    ids = [job.key.removeprefix("mail/") for job in jobs]
    with transaction(engine) as session:
        mails = {mail.id: mail for mail in session.scalars(select(Mail).where(Mail.id.in_(ids)))}
    return _Round(engine, desk, desk.server, clock, mails).send(jobs)


class _Round:
    """The mail of one batch. A broken connection is opened anew for the next mail, but not again and again."""

    def __init__(
        self, engine: Engine, desk: Desk, server: MailServer, clock: Callable[[], datetime], mails: Mapping[str, Mail]
    ) -> None:
        self._engine, self._desk, self._server, self._clock, self._mails = engine, desk, server, clock, mails
        self._waiting: list[Leased] = []
        self._breaks = 0
        self._sent = 0

    def send(self, jobs: Sequence[Leased]) -> int:
        self._waiting = list(jobs)
        error = ""
        while self._waiting and self._breaks < MOST_BREAKS:
            try:
                with connected(self._server, self._desk.host) as smtp:
                    while self._waiting:
                        self._send_first(smtp)
            except (OSError, smtplib.SMTPException) as broken:  # the connection, not a mail
                error = reason(broken)
                log.warning("mail server %s: %s", self._server.host, error)
                self._breaks = MOST_BREAKS if self._opening(broken) else self._breaks + 1
                if self._breaks < MOST_BREAKS:
                    self._failed(self._waiting.pop(0), error)
        with transaction(self._engine) as session:
            for job in self._waiting:
                fail(session, job, self._clock(), error)
        return self._sent
