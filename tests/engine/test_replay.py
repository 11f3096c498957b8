"""Replay: every case made through the commands runs again to the same positions and, in the end, the same bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from engine.replay import Diverged, Replayed, replay
from engine.store.database import transaction
from engine.store.deployments import Deployed, deployed
from engine.store.models import Case, Deployment, Event
from tests.rig.databases import NewDatabase
from tests.webapp.site import Site, furnish, make_site


@pytest.fixture
def site(new_database: NewDatabase, tmp_path: Path) -> Iterator[Site]:
    made = make_site(new_database("situs", furnish), tmp_path / "var")
    yield made
    made.engine.dispose()


def stored(site: Site, number: str) -> tuple[Case, Deployed, list[dict]]:
    with transaction(site.engine) as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        checksum = session.scalars(select(Deployment.checksum).where(Deployment.id == case.deployment_id)).one()
        bodies = session.scalars(select(Event.body).where(Event.stream == f"kasus/{case.id}").order_by(Event.seq))
        return case, deployed(session, case.deployment_id, checksum), [orjson.loads(each) for each in bodies]


def end_of(version: Deployed, bodies: list[dict]) -> Replayed:
    last = list(replay(version.program, bodies))[-1]
    assert last.seq == len(bodies)
    return last


def walk(site: Site, rng: random.Random) -> str:
    """One case with claims, moves, and an end somewhere on the way."""
    number = site.person("pelapor").file()
    goal = rng.choice(["klasifikasi", "tanggapi_aduan", "input_tanggapan", "terima_jawaban"])
    site.bring_to("terima_aduan", number)
    path = site.task_path(number)
    site.person("admin").post(f"{path}/ambil", page=path)
    site.bring_to(
        goal, number, jenis="pengaduan" if goal == "tanggapi_aduan" else rng.choice(["pengaduan", "informasi"])
    )
    if goal == "tanggapi_aduan":
        path = site.task_path(number)
        site.person("bidang.sd").post(f"{path}/ambil", page=path)
        moved = {"bidang": "smp", "alasan": "Ternyata urusan SMP.", "_nomor": number}
        assert site.person("ketua").post(f"{path}/alihkan", moved, page=f"/aduan/{number}").status_code == 303
    return number


def test_random_cases_replay_to_the_stored_state(site: Site, rng: random.Random) -> None:
    for _ in range(6):
        case, version, bodies = stored(site, walk(site, rng))
        last = end_of(version, bodies)
        assert last.digest == case.position
        assert last.state == case.state


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["set"].update(bidang="smp"),
        lambda body: body["set"].update(jenis="informasi"),
        lambda body: body.update(task="0" * 32),
    ],
)
def test_a_changed_event_is_named(site: Site, change) -> None:
    _, version, bodies = stored(site, site.bring_to("input_tanggapan"))
    index = next(n for n, body in enumerate(bodies) if body.get("element") == "klasifikasi")
    change(bodies[index])
    with pytest.raises(Diverged) as found:
        list(replay(version.program, bodies))
    assert found.value.seq == index + 1
