"""One case played by random people through the real commands; `acts.py` knows what they may do."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from engine.access import Actor, ownership
from engine.commands.deploy import Deployed as InForce
from engine.commands.deploy import read_forms
from engine.commands.open_case import open_case
from engine.process.forms import Form
from engine.queries.choices import choices, tables
from engine.store.database import transaction
from engine.store.deployments import Deployed, latest_deployed
from engine.store.models import Case, Task
from tests.engine.office import PROCESS, REPORTERS, Office
from tests.replay import DIAGRAMS, FOLDER
from tests.replay.answers import answers


def open_office(office: Office) -> None:
    """Put every diagram in force, through the gate, and staff every unit."""
    for name in DIAGRAMS:
        if name != PROCESS:
            put_in_force(office, name)
    with transaction(office.engine) as session:
        units = [choice.value for choice in choices(session, "unit")]
    for unit in units:
        office.hire(f"petugas.{unit}", "Bidang Terkait", unit)


def put_in_force(office: Office, name: str) -> InForce:
    """One diagram of the folder with its forms."""
    folder = FOLDER / name
    return office.deploy((folder / f"{name}.bpmn").read_bytes(), read_forms(folder / "forms"))


@dataclass
class Play:
    """A case under way. `actors` holds everybody by name; `log` tells what was done, for whoever reads a failure."""

    office: Office
    rng: random.Random
    actors: dict[str, Actor]
    version: Deployed
    case_id: str = ""
    number: str = ""
    log: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, office: Office, process: str, rng: random.Random, actors: dict[str, Actor]) -> Play:
        """A reporter files a case, or a clerk does on his behalf."""
        with transaction(office.engine) as session:
            version = latest_deployed(session, process)
        play = cls(office, rng, actors, version)
        values = play.answers(version.form_of(version.first_task.id))
        reporter = rng.choice(REPORTERS)
        by_clerk = {"reporter_id": office.people[reporter], "channel": "loket"} if rng.random() < 0.2 else {}
        opened = play.do(open_case, "dewi" if by_clerk else reporter, process, values, **by_clerk)
        play.case_id, play.number = opened.case_id, opened.number
        return play

    def do(self, command: Any, who: str, *arguments: Any, **more: Any) -> Any:
        """A command, in a transaction of its own, by this person."""
        self.log.append(f"{self.office.now:%d %H.%M.%S} {command.__name__} {who} {arguments} {more}")
        with self.office.transaction() as session:
            return command(session, self.actors[who], *arguments, now=self.office.now, **more)

    @property
    def case(self) -> Case:
        """The row as it stands."""
        return self.office.case(self.case_id)

    def open_tasks(self) -> list[Task]:
        """Open tasks, in an order that does not hang on random ids where elements differ."""
        found = self.office.tasks(self.case, "open")
        return sorted(found, key=lambda task: (task.element, task.id))

    def answers(self, form: Form) -> dict[str, Any]:
        """Random valid input for a form."""
        with transaction(self.office.engine) as session:
            return answers(form, tables(session, form.tables), self.rng)

    def owners(self, task: Task) -> list[str]:
        """Who may complete a task, clerks on behalf of its reporter among them."""
        lanes = self.version.diagram.lanes
        return [
            name
            for name, actor in self.actors.items()
            if ownership(actor, lanes, lane=task.lane, unit=task.unit, owner_id=task.owner_id)
        ]
