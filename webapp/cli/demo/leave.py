"""Once in the demo somebody is away for some days, and another holds the office meanwhile; knows no cases."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from engine.queries.actors import account_with_contact
from engine.store.database import transaction
from engine.worktime import WIB
from webapp.cli.demo.life import Life
from webapp.cli.demo.office import Leave, Office
from webapp.cli.demo.topics import course

_WHEN = 0.55  # of the span


def away_once(office: Office) -> Life:
    """The appointment is given on the working day before."""
    entry: dict[str, Any] = course()["cuti"]
    around = office.time.begin + (office.time.end - office.time.begin) * _WHEN
    days = office.time.working_days(around.astimezone(WIB).date(), entry["hari"])
    first = office.time.minute(datetime.combine(days[0], time(0), WIB))
    at = yield office.time.at(max(1.0, first - 200))
    with transaction(office.engine) as session:
        absent = account_with_contact(session, entry["siapa"])
        deputy = account_with_contact(session, entry["pengganti"])
    if absent is None or deputy is None:
        return
    appointment = entry["penugasan"]
    decree = f"{appointment['nomor_sk']}/{days[0].year}"
    office.leaves.append(Leave(absent, days))
    office.appoint(deputy, {**appointment, "nomor_sk": decree}, days, at)
