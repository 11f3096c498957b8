"""Times, sizes and names as people say them in Indonesian; knows no pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from engine.worktime import said

ZONE = ZoneInfo("Asia/Jakarta")
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
          "November", "Desember")  # fmt: skip

CHANNEL_NAMES = {"web": "Web", "loket": "Loket", "surat": "Surat", "whatsapp": "WhatsApp", "facebook": "Facebook",
                 "instagram": "Instagram"}  # fmt: skip


def date_text(at: date | None) -> str:
    """ "Senin, 28 Desember 2026"; empty for no time."""
    if at is None:
        return ""
    local = at.astimezone(ZONE) if isinstance(at, datetime) else at
    return f"{DAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"


def time_text(at: datetime | None) -> str:
    """ "Senin, 28 Desember 2026 07.35 WIB"."""
    return f"{date_text(at)} {at.astimezone(ZONE):%H.%M} WIB" if at is not None else ""


def short_time(at: datetime | None) -> str:
    """ "28 Des 2026 07.35" for tables."""
    return said(at) if at is not None else ""


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """ "baru saja", "20 menit lalu", "3 jam lalu", "2 hari lalu" in calendar time."""
    if at is None:
        return ""
    minutes = int(((now or datetime.now(UTC)) - at).total_seconds() // 60)
    if minutes < 1:
        return "baru saja"
    if minutes < 60:
        return f"{minutes} menit lalu"
    if minutes < 24 * 60:
        return f"{minutes // 60} jam lalu"
    return f"{minutes // (24 * 60)} hari lalu"
