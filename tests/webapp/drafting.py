"""Drafts of the SOP for tests of its pages: texts of the drawing replaced, forms changed, saved by Pemilik Proses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from engine.commands.drafts import begin_draft, save_draft
from engine.queries.actors import actor_of_account
from engine.settings import PROCESSES
from engine.store.database import transaction
from engine.store.drafts import draft
from tests.webapp.site import Site

SOP = (PROCESSES / "aduan.bpmn").read_text(encoding="utf-8")
FASTER = ('name="waktu" value="3 hari"', 'name="waktu" value="2 hari"')
MOVED = (
    ("<bpmn:flowNodeRef>terima_tanggapan</bpmn:flowNodeRef>", ""),
    ("<bpmn:flowNodeRef>input_tanggapan</bpmn:flowNodeRef>",
     "<bpmn:flowNodeRef>input_tanggapan</bpmn:flowNodeRef><bpmn:flowNodeRef>terima_tanggapan</bpmn:flowNodeRef>"),
)  # fmt: skip
NOT_RUNNABLE = ('isExecutable="true"', 'isExecutable="false"')


def drafted(site: Site, *changes: tuple[str, str], form: Callable[[dict[str, Any]], None] | None = None) -> int:
    """A draft of the SOP with each text replaced, and forms changed in place; returns its number."""
    text, now = SOP, datetime.now(UTC)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    with transaction(site.engine) as session:
        owner = actor_of_account(session, site.ids["proses"], now)
        made = begin_draft(session, owner, "aduan", now=now, xml=text.encode())
        if form is not None:
            forms = draft(session, "aduan", made).forms
            form(forms)
            save_draft(session, owner, "aduan", made, 1, now=now, forms=forms)
    return made
