"""Hands waiting mail to the mail server, outside every transaction. At least once, always with the same Message-ID.

A kill between the server's yes and our note of it sends that one mail again: at most one duplicate a kill.
"""

from __future__ import annotations

import html
import logging
import re
import smtplib
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
BATCH = 20  # mails over one connection
PATIENCE = 30.0  # seconds after which the rest of a batch is put back: other work waits too
HOLD = timedelta(minutes=5)  # longer than that and one conversation more
MOST_BREAKS = 2  # broken connections in a row after which the server counts as down
_REFUSED = (
    smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError,
)  # fmt: skip
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


def connect(server: MailServer, host: str) -> smtplib.SMTP:
    """A conversation with the server, encrypted and logged in as the settings say."""
    if server.security == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, host, timeout=server.timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, host, timeout=server.timeout)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def send_due_mail(engine: Engine, desk: Desk, clock: Callable[[], datetime], worker: str, batch: int = BATCH) -> int:
    """Send the mail that is due, at most `batch`; returns how many the server took."""
    if desk.server is None:
        return 0
    jobs = lease(engine, worker, clock(), ["mail"], limit=batch, hold=HOLD)
    if not jobs:
        return 0
    with transaction(engine) as session:
        wanted = select(Mail).where(Mail.id.in_([_mail_id(job) for job in jobs]))
        mails = {mail.id: mail for mail in session.scalars(wanted)}
    return _Batch(engine, desk, desk.server, clock, mails, deque(jobs)).send()


def _mail_id(job: Leased) -> str:
    return job.key.removeprefix("mail/")


@dataclass
class _Batch:
    """Mail on its way. After a break the next one gets a new connection, but not again and again."""

    engine: Engine
    desk: Desk
    server: MailServer
    clock: Callable[[], datetime]
    mails: Mapping[str, Mail]
    waiting: deque[Leased]
    sent: int = 0
    breaks: int = 0  # in a row

    def send(self) -> int:
        end = time.monotonic() + PATIENCE
        while self.waiting and time.monotonic() < end:
            try:
                smtp = connect(self.server, self.desk.host)
            except (OSError, smtplib.SMTPException) as error:
                self._all_failed(reason(error))
                break
            try:
                self._talk(smtp, end)
            finally:
                smtp.close()  # without QUIT: a server that hangs must not hold us one more time
        self._put_back()
        return self.sent

    def _talk(self, smtp: smtplib.SMTP, end: float) -> None:
        """Until all is sent, or the connection breaks."""
        while self.waiting and time.monotonic() < end:
            job = self.waiting.popleft()
            try:
                self._send_one(smtp, self.mails[_mail_id(job)])
            except Undeliverable as error:
                self._settle(job, str(error), for_good=True)
            except _REFUSED as error:  # this mail only
                self._settle(job, reason(error))
            except (OSError, smtplib.SMTPException) as error:
                self._settle(job, reason(error))
                self.breaks += 1
                if self.breaks >= MOST_BREAKS:
                    self._all_failed(reason(error))
                return
            else:
                self._settle(job)
            self.breaks = 0

    def _send_one(self, smtp: smtplib.SMTP, mail: Mail) -> None:
        if mail.sent_at is not None:
            return
        message = compose(mail, self.desk, self.server.sender)
        smtp.send_message(message, self.server.sender, [mail.recipient])
        self.sent += 1

    def _settle(self, job: Leased, error: str | None = None, *, for_good: bool = False) -> None:
        now = self.clock()
        with transaction(self.engine) as session:
            if error is not None:
                fail(session, job, now, error, for_good=for_good)
                return
            succeed(session, [job], now)
            session.execute(update(Mail).where(Mail.id == _mail_id(job), Mail.sent_at.is_(None)).values(sent_at=now))

    def _all_failed(self, error: str) -> None:
        """The server is down: all wait, and each time longer."""
        log.warning("the mail server does not take mail: %s", error)
        with transaction(self.engine) as session:
            while self.waiting:
                fail(session, self.waiting.popleft(), self.clock(), error)

    def _put_back(self) -> None:
        if self.waiting:
            with transaction(self.engine) as session:
                while self.waiting:
                    give_back(session, self.waiting.popleft(), self.clock())


def reason(error: Exception) -> str:
    """What went wrong, for Pengelola Sistem: never what the server said, which may name the recipient."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"Server surat menolak nama pengguna atau kata sandi ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"Server surat menolak alamat penerima ({', '.join(map(str, codes))})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"Server surat menolak surat ini ({error.smtp_code})."
    if isinstance(error, TimeoutError):
        return "Server surat tidak menjawab pada waktunya."
    return f"Server surat tidak dapat dipakai ({type(error).__name__})."
