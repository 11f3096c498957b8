"""The office with its worker, mail server and a clock that only the test moves; verbs for both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from engine.commands.accounts import register_account
from engine.store.database import transaction
from engine.store.models import Case, Handover, Job, Mail, Notice
from engine.worker.desk import Desk, MailServer
from engine.worker.loop import Worker
from engine.worker.rounds import one_round
from tests.engine.office import Office
from tests.worker.mailbox import Mailbox

ADDRESS = "https://aduan.kantor.test"
NO_LIMIT = 10_000


@dataclass
class Bureau:
    """An office that writes mail."""

    office: Office
    folder: Path
    mailbox: Mailbox

    @property
    def desk(self) -> Desk:
        server = MailServer("127.0.0.1", self.mailbox.port, "aduan@kantor.test", timeout=0.5)
        return Desk(self.office.files, self.folder / "keys", ADDRESS, "Dinas Uji", server)

    def desk_at(self, port: int) -> Desk:
        """With the mail server at another port."""
        assert self.desk.server is not None
        return replace(self.desk, server=replace(self.desk.server, port=port))

    def impatient(self) -> Desk:
        """Waits a twentieth of a second for the mail server: for tests in which it hangs for a day."""
        assert self.desk.server is not None
        return replace(self.desk, server=replace(self.desk.server, timeout=0.05))

    def round(self, desk: Desk | None = None, **later: float) -> int:
        """One round so much later; returns how many timers fired."""
        self.office.now += timedelta(**later)
        return one_round(self.office.engine, self.office.files, self.office.now, desk=desk or self.desk)

    def until(self, end: datetime, every: timedelta, desk: Desk | None = None) -> None:
        """Rounds until a moment."""
        while self.office.now < end:
            self.office.now = min(end, self.office.now + every)
            self.round(desk)

    def worker(self, name: str = "w", desk: Desk | None = None) -> Worker:
        """A worker on the office's clock, before its first round."""
        found = Worker(self.office.engine, desk or self.desk, lambda: self.office.now, name)
        found.start()
        return found

    def walk_in(self, name: str, phone: str = "0812-3456-7890") -> str:
        """A reporter without e-mail; returns the name."""
        with self.office.transaction() as session:
            self.office.people[name] = register_account(
                session, name=name.capitalize(), contact=phone, password=None, now=self.office.now
            )
        return name

    # ---- looking ----

    def notices(self, name: str, *kinds: str) -> list[Notice]:
        mine = select(Notice).where(Notice.account_id == self.office.people[name]).order_by(Notice.id)
        with transaction(self.office.engine) as session:
            return [each for each in session.scalars(mine) if not kinds or each.kind in kinds]

    def kinds(self, name: str) -> list[str]:
        return [each.kind for each in self.notices(name)]

    def mails(self) -> list[Mail]:
        with transaction(self.office.engine) as session:
            return list(session.scalars(select(Mail).order_by(Mail.created_at, Mail.id)))

    def jobs(self, kind: str = "mail") -> list[Job]:
        with transaction(self.office.engine) as session:
            return list(session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id)))

    def handovers(self, case: Case) -> list[Handover]:
        with transaction(self.office.engine) as session:
            mine = select(Handover).where(Handover.case_id == case.id).order_by(Handover.created_at)
            return list(session.scalars(mine))

    def said(self) -> tuple[int, int, int]:
        """How many notices, mails and handovers there are."""
        with transaction(self.office.engine) as session:
            tables = (Notice, Mail, Handover)
            notices, mails, handovers = (session.scalar(select(func.count()).select_from(each)) for each in tables)
            return notices, mails, handovers
