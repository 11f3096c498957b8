"""Settings: ADUAN_* environment variables above the file var/aduan.env, each documented in docs/settings.md."""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = ROOT / "process"
FORMS = ROOT / "forms"


class Settings(BaseSettings):
    """One installation's settings."""

    model_config = SettingsConfigDict(env_prefix="ADUAN_", extra="ignore")

    port: int = 8000
    host: str = "127.0.0.1"
    var: Path = Path("var")
    database_url: str = ""
    base_url: str = ""
    demo: bool = False
    secret_key: str = ""
    metrics_token: str = ""
    threads: int = 8
    web_processes: int = 2
    office_name: str = "Dinas Pendidikan dan Kebudayaan Kabupaten Serang"
    office_address: str = "Kabupaten Serang, Banten"
    office_phone: str = ""
    office_email: str = ""
    office_site: str = "https://dindikbud.serangkab.go.id"
    office_hours: str = "Senin-Kamis 07.30-16.00, Jumat 07.30-16.30 WIB"
    accent: str = ""
    trusted_proxies: int = 0
    process_id: str = "aduan"
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    mail_from: str = ""
    witness_emails: str = ""

    @cached_property
    def database(self) -> str:
        """The database's URL; SQLite under `var` when none is given."""
        return self.database_url or f"sqlite:///{self.var.resolve() / 'aduan.db'}"

    @property
    def files(self) -> Path:
        """Folder of the attachments, outside everything the web serves by itself."""
        return self.var.resolve() / "lampiran"

    @property
    def keys(self) -> Path:
        """Folder of the log's signing keys, outside the database; the public ones are in its public.txt."""
        return self.var.resolve() / "keys"

    @property
    def address(self) -> str:
        """The public address without a slash at its end, for links in messages; our own port when none is set."""
        return self.base_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def sends_mail(self) -> bool:
        """Whether a mail server is set up; without one no mail is written at all."""
        return bool(self.smtp_host)

    @property
    def outsiders(self) -> tuple[str, ...]:
        """Addresses outside the house that get the latest checkpoint every day."""
        return tuple(dict.fromkeys(self.witness_emails.replace(",", " ").split()))

    @property
    def secure_cookies(self) -> bool:
        """Cookies are Secure only when the public address is https."""
        return self.base_url.startswith("https://")


def environment_file(var: Path) -> Path:
    """Where secrets and settings of the first start are kept."""
    return var / "aduan.env"


def load_settings() -> Settings:
    """Read the environment above `$ADUAN_VAR/aduan.env`."""
    var = Path(os.environ.get("ADUAN_VAR", "var"))
    return Settings(_env_file=environment_file(var), var=var)


def ensure_secrets(settings: Settings) -> Settings:
    """On a first start write fresh secrets to `$ADUAN_VAR/aduan.env` (mode 0600); returns settings that have them."""
    if settings.secret_key:
        return settings
    settings.var.mkdir(parents=True, exist_ok=True)
    path = environment_file(settings.var)
    text = f"ADUAN_SECRET_KEY={secrets.token_urlsafe(48)}\nADUAN_METRICS_TOKEN={secrets.token_urlsafe(24)}\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.write(text)
    return load_settings()
