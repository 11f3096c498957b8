"""Auditors change nothing: every command of the engine refuses them, and the database stays as it was."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import engine.commands
from engine.commands.drafts import begin_draft
from engine.commands.incidents import report_incident
from engine.errors import Incident, Refusal
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from tests.engine.office import Office
from tests.rig.contents import contents

# What asks for permission itself, and the trace of reading. Whatever takes a loaded case is a part of a command.
PARTS = {"taking_part", "record_read"}


def commands() -> dict[str, Callable[..., Any]]:
    """Every public function of engine.commands that somebody does: it takes an actor."""
    found = {}
    for module in pkgutil.iter_modules(engine.commands.__path__):
        for name, each in vars(importlib.import_module(f"engine.commands.{module.name}")).items():
            if not inspect.isfunction(each) or not each.__module__.endswith(f".{module.name}") or name.startswith("_"):
                continue
            if any(str(parameter.annotation).startswith("Actor") for parameter in signature(each).values()):
                found[name] = each
    return {name: each for name, each in found.items() if name not in PARTS and "case" not in signature(each)}


def signature(command: Callable[..., Any]) -> Any:
    return inspect.signature(command).parameters


def test_every_command_refuses_an_auditor(office: Office) -> None:
    case = office.file_complaint()
    task = office.go_to(case, "tanggapi_aduan")
    stuck = office.file_complaint()
    with office.transaction() as session:
        report_incident(session, Incident("Tertahan.", "failed"), now=office.now, case_id=stuck.id, task_id=None)
        assert begin_draft(session, office.actor("pemilik"), "aduan", now=office.now) == 1
        version = latest_deployed(session, "aduan")
    auditor = office.actor("auditor")
    given: dict[str, Any] = {
        "actor": auditor, "number": case.number, "task_id": task.id, "reason": "Alasan yang cukup panjang.",
        "values": {"tanggapan": "Sudah kami periksa."}, "now": office.now + timedelta(minutes=1), "unit": "smp",
        "name": "bidang", "value": "smp", "target": "klasifikasi", "seq": 1, "basis": "permintaan",
        "process_id": "aduan",
        "draft_id": 1, "rev": 1, "earlier": 1, "tab": "a" * 16, "choice": "ringkas", "run_id": 1,
        "handover_id": "f" * 32,
        "job_id": 1, "numbers": [case.number], "proposal_id": 1, "comment": "Perbaiki.", "wanted": [], "scenario_id": 1,
        "started": office.now, "actions": [], "outcome": None, "xml": version.xml, "forms": {},
    }  # fmt: skip
    before = contents(office.engine, {})
    found = commands()
    assert len(found) > 30
    through = []
    for name, command in found.items():
        # What the table above does not know is some id that does not exist; optional parts are left out.
        wanted = {
            each: given.get(each, "f" * 32)
            for each, about in signature(command).items()
            if each != "session" and (each in given or about.default is about.empty)
        }
        wanted |= {"number": stuck.number} if "incident" in name else {}
        try:
            with transaction(office.engine) as session:
                command(session, **wanted)
        except Refusal:
            continue
        except Exception as error:
            through.append(f"{name}: {error!r:.100}")
        else:
            through.append(name)
    assert through == []
    assert contents(office.engine, {}) == before
