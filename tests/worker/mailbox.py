"""A real mail server for tests, with moods: it takes mail, refuses it, hangs, or hangs up. Knows nothing of Aduan."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived, in order. `mood`: well, refuse (the recipient), full (the message), hang, break."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, EmailMessage]] = []
        self.mood = "well"
        self.port = 0
        self.calls = 0  # conversations begun

    async def handle_EHLO(  # noqa: N802  # the server's name for it
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.calls += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.mood == "refuse":
            return f"550 5.1.1 <{address}> unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.mood == "full":
            return "452 full"
        if self.mood == "hang":
            await asyncio.sleep(60)
        if self.mood == "break":
            server.transport.abort()
            return "421 bye"
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 taken"

    def to(self, name: str) -> list[EmailMessage]:
        """What someone of the office got."""
        return [message for recipient, message in self.arrived if recipient == f"{name}@kantor.test"]

    def subjects(self, name: str) -> list[str]:
        return [str(message["Subject"]) for message in self.to(name)]

    def ids(self) -> Counter[str]:
        """Message-ID -> how often it came."""
        return Counter(str(message["Message-ID"]) for _, message in self.arrived)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A server on a free port of this machine, until the end."""
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mailbox.port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes calls and never says a word."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(50)
        yield int(deaf.getsockname()[1])
