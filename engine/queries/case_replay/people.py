"""Who did something to a case and under which appointment, as this reader may know. Knows no events' meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import HIDDEN_REPORTER
from engine.queries.cases import Sight
from engine.store.models import Account, Appointment

SYSTEM = "Sistem"
_KINDS = {"plt": "Plt. ", "plh": "Plh. "}


class People:
    """Names and appointments, read once. The reporter stays hidden from who may not know the name."""

    def __init__(
        self,
        session: Session,
        seen: Sight,
        accounts: Iterable[str],
        appointments: Iterable[str],
        units: Mapping[str, str],
    ) -> None:
        rows = session.execute(select(Account.id, Account.name).where(Account.id.in_({*accounts})))
        self.names: dict[str, str] = dict(rows.all())
        if not seen.identity:
            self.names[seen.case.reporter_id] = HIDDEN_REPORTER
        held = select(Appointment).where(Appointment.id.in_({*appointments}))
        self._titles = {row.id: _title(row, units) for row in session.scalars(held)}

    def named(self, account: str | None) -> str:
        """A name; the system where nobody acted, nothing for an account that is not known."""
        return SYSTEM if account is None else self.names.get(account, "")

    def title(self, appointment: Any) -> str:
        """ "Plh. Ketua Tim (Ketua Tim), SK 800/12"; empty for who acted under none."""
        return self._titles.get(str(appointment), "")


def accounts_in(bodies: Iterable[Mapping[str, Any]]) -> set[str]:
    """Every account that the events name as somebody who acted."""
    return {str(body[role]) for body in bodies for role in ("actor", "proposer", "for") if body.get(role)}


def _title(row: Appointment, units: Mapping[str, str]) -> str:
    unit = f", {units.get(row.unit, row.unit)}" if row.unit else ""
    decree = f", SK {row.decree}" if row.decree else ""
    return f"{_KINDS.get(row.kind, '')}{row.position} ({row.role}{unit}){decree}"
