"""The main menu and what every page shows: office, actor, menu by role. Knows roles only by their rights."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from engine.access import ADMINISTRATOR, AUDITOR, LEADER, PROCESS_OWNER, Actor, Rights, held_with
from webapp.access import oversight
from webapp.context import rights, settings, visitor_or_actor


def register(app: Flask) -> None:
    """Give every template `kantor`, `pelaku` and `navigasi`."""
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    actor = visitor_or_actor()
    return {
        "kantor": office(),
        "pelaku": actor,
        "navigasi": [entry | {"aktif": _here(entry["url"])} for entry in menu(actor, rights())],
    }


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
        found["/audit"] = "Cari riwayat"
    if oversight(actor, rights):
        found["/laporan"] = "Ringkasan"
    if actor.holds(ADMINISTRATOR):
        found["/kelola"] = "Kelola"
    found["/proses"] = "SOP berlaku"
    return _entries(*((text, url) for url, text in found.items()))


def _entries(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"teks": text, "url": url} for text, url in pairs]
