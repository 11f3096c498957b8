"""The main menu and what every page shows: office, actor, menu by role. Knows roles only by their rights."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, g, request
from sqlalchemy.exc import OperationalError

from engine.access import ADMINISTRATOR, AUDITOR, LEADER, PROCESS_OWNER, Actor, Rights, held_with
from engine.queries.bell import Counts, counts
from webapp.access import oversight
from webapp.context import database, keepers, rights, settings, visitor_or_actor

_APART = ("/audit/ringkasan", "/audit/bukti", "/audit/jejak", "/audit/ekspor")  # entries of their own
WAITING = "/perlu-disampaikan"


def register(app: Flask) -> None:
    """Give every template `kantor`, `pelaku`, `navigasi`, `belum_dibaca` and `tahu_pelapor`."""
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    actor = visitor_or_actor()
    counted = _counted(actor)
    return {
        "kantor": office(),
        "pelaku": actor,
        "belum_dibaca": counted.unread,
        "tahu_pelapor": keepers,
        "navigasi": [
            entry | {"aktif": _here(entry["url"]), "jumlah": counted.waiting if entry["url"] == WAITING else 0}
            for entry in menu(actor, rights())
        ],
    }


def _counted(actor: Actor | None) -> Counts:
    """Asked only when a page is shown, once: a post that redirects does not pay for it."""
    if actor is None:
        return Counts()
    if "counted" not in g:
        try:
            with database() as session:
                clerk = held_with(actor, rights(), "identity") is not None
                g.counted = counts(session, actor.account_id, clerk=clerk)
        except OperationalError:  # the page that says that the database is away must not fail itself
            g.counted = Counts()
    return cast("Counts", g.counted)


def office() -> dict[str, str]:
    """The office as settings name it."""
    own = settings()
    return {
        "nama": own.office_name,
        "alamat": own.office_address,
        "telepon": own.office_phone,
        "surel": own.office_email,
        "situs": own.office_site,
        "jam_layanan": own.office_hours,
        "gaya": "/gaya.css" if own.accent else "",
    }


def _here(url: str) -> bool:
    if url == "/audit" and request.path.startswith(_APART):
        return False
    if url == "/aduan":
        return request.path.startswith("/aduan") and request.path != "/aduan/baru"
    return request.path == url or (url != "/" and request.path.startswith(f"{url}/"))


def menu(actor: Actor | None, rights: Rights) -> list[dict[str, Any]]:
    """Entries {teks, url} for this person."""
    if actor is None:
        return _entries(
            ("Kirim aduan", "/aduan/baru"),
            ("Cek aduan", "/aduan"),
            ("Tanya jawab", "/tanya-jawab"),
            ("Masuk", "/masuk"),
        )
    if not actor.held:
        return _entries(("Aduan saya", "/aduan"), ("Kirim aduan", "/aduan/baru"), ("Tugas saya", "/tugas"))
    found: dict[str, str] = {}
    lanes = [rights[role] for role in sorted(actor.roles) if role in rights]
    if lanes:
        found["/tugas"] = "Tugas unit saya" if any(lane.unit_variable for lane in lanes) else "Tugas saya"
    if held_with(actor, rights, "on_behalf"):
        found["/aduan/baru"] = "Catat aduan"
    if lanes or actor.holds(LEADER, PROCESS_OWNER):
        found["/aduan"] = "Aduan"
    if actor.holds(AUDITOR):
        found |= {"/audit": "Cari riwayat", "/audit/ringkasan": "Ringkasan", "/audit/bukti": "Bukti"}
        found |= {"/audit/jejak": "Jejak baca", "/audit/ekspor": "Ekspor"}
    if held_with(actor, rights, "identity"):
        found[WAITING] = "Perlu disampaikan"
    if oversight(actor, rights) and not actor.roles <= {AUDITOR}:  # auditors have a larger one
        found["/laporan"] = "Ringkasan"
    if actor.holds(ADMINISTRATOR):
        found["/kelola"] = "Kelola"
    found["/proses"] = "SOP" if actor.holds(PROCESS_OWNER) else "SOP berlaku"
    return _entries(*((text, url) for url, text in found.items()))


def _entries(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"teks": text, "url": url} for text, url in pairs]
