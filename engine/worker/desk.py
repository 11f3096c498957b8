"""What the work needs beside the database: folders, the public address, the mail server. Knows no work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.settings import Settings

_PORTS = {"none": 25, "starttls": 587, "tls": 465}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: str = "none"  # none, starttls, tls
    timeout: float = 10.0  # seconds that the server gets for each answer


@dataclass(frozen=True)
class Desk:
    """The surroundings of a worker."""

    files: Path
    keys: Path | None = None  # without them nothing is logged, and so nobody is told anything
    address: str = ""  # public address without a slash at its end
    office: str = ""  # name of the office
    server: MailServer | None = None  # None: no mail is written at all
    outsiders: tuple[str, ...] = ()  # addresses outside the house that get the latest checkpoint

    @classmethod
    def of(cls, settings: Settings) -> Desk:
        """The surroundings that the settings describe."""
        return cls(
            settings.files, settings.keys, settings.address, settings.office_name, _server(settings), settings.outsiders
        )

    @property
    def host(self) -> str:
        """The host of the public address: the right half of every Message-ID."""
        return urlsplit(self.address).hostname or "localhost"

    def link(self, number: str) -> str:
        """Where a case is read."""
        return f"{self.address}/aduan/{number}"


def _server(settings: Settings) -> MailServer | None:
    if not settings.sends_mail:
        return None
    security = settings.smtp_security
    sender = settings.mail_from or settings.office_email or f"aduan@{settings.smtp_host}"
    port = settings.smtp_port or _PORTS[security]
    return MailServer(settings.smtp_host, port, sender, settings.smtp_user, settings.smtp_password, security)
