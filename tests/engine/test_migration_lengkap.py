"""Running cases of the SOP move to the second diagram in bulk and back, from every position."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from engine.commands.claim_task import claim_task
from engine.commands.migrate_case import ERASED
from engine.errors import Conflict
from engine.queries.stored_cases import CaseCheck
from engine.store.database import transaction
from engine.store.models import Case, Event, EventValue, Task
from engine.worker.runs import HOLD
from tests.engine.office import Office
from tests.engine.test_migration import STEPS, broken, facts, migrate, redeploy
from tests.engine.test_migration_runs import moves, results, run_of, start, work
from tests.rig.dying import KILLED, die_at

ANSWER = "Sudah diperiksa dan diselesaikan."


@dataclass(frozen=True)
class Before:
    """What must be the same afterwards."""

    tasks: list[tuple[object, ...]]
    due_at: datetime | None
    next_timer_at: datetime | None
    delivered_at: datetime | None


def look(office: Office, case: Case) -> Before:
    now = office.case(case)
    tasks = [facts(each) for each in office.tasks(case, "open")]
    return Before(tasks, now.due_at, now.next_timer_at, now.delivered_at)


def claimant(task: Task) -> str:
    return {"Admin": "dewi", "Ketua Tim": "hasan", "Bidang Terkait": "ratna"}.get(task.lane, "")


def cases_everywhere(office: Office, count: int, rng: random.Random) -> list[Case]:
    """Cases at every step of the SOP in turn; about every third task is taken by somebody."""
    found = []
    for place in range(count):
        case = office.file_complaint()
        task = office.go_to(case, STEPS[place % len(STEPS)])
        if rng.random() < 0.34 and (who := claimant(task)):
            office.do(claim_task, who, task.id)
        found.append(case)
    return found


def verified(office: Office) -> None:
    with transaction(office.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


def open_lengkap(office: Office) -> None:
    office.deploy_lengkap()
    office.hire("lina", "Sekretaris Dinas")


def test_from_every_step_nothing_begins_again_and_the_new_ways_are_open(office: Office, rng: random.Random):
    cases = cases_everywhere(office, 2 * len(STEPS), rng)
    before = {each.id: look(office, each) for each in cases}
    open_lengkap(office)
    run = start(office)
    work(office)
    assert (run_of(office, run).moved, run_of(office, run).refused) == (len(cases), 0)
    assert {each.id: look(office, each) for each in cases} == before
    verified(office)
    back = next(each for each in cases if office.open_task(each).element == "terima_tanggapan")
    office.complete("hasan", back, kembalikan="1", perbaikan="Sebutkan tanggalnya.")
    assert (office.open_task(back).element, office.open_task(back).unit) == ("tanggapi_aduan", "sd")
    review = next(each for each in cases if office.open_task(each).element == "terima_jawaban")
    office.complete("siti", review, minta_tinjau="1", alasan_tinjau="Belum terjawab.")
    office.complete("lina", review, hasil=ANSWER)
    office.complete("siti", review)
    for case in cases:
        assert office.finish(case).closed_at is not None
    verified(office)


def at(office: Office, element: str) -> Case:
    """A case of the second diagram that stands there."""
    case = office.file_complaint()
    if element == "periksa_petugas":
        office.complete("dewi", case, tentang_petugas="1")
        return case
    office.complete("dewi", case)
    if element == "sampaikan_rujukan":
        office.complete("hasan", case, jenis="luar_wewenang")
        return case
    office.complete("hasan", case, jenis="pengaduan_bersama", bidang_bersama=["sd", "smp"])
    if element != "tanggapi_bersama":
        for who, task in zip(
            ("ratna", "maya"), sorted(office.tasks(case, "open"), key=lambda each: each.unit or ""), strict=True
        ):
            office.complete(who, task, tanggapan=ANSWER)
    return case


def test_on_the_way_back_what_the_first_diagram_has_no_place_for_stays_and_says_why(office: Office):
    office.deploy_lengkap()
    gone = [at(office, each) for each in ("periksa_petugas", "sampaikan_rujukan", "padukan_tanggapan")]
    together, half = at(office, "tanggapi_bersama"), at(office, "tanggapi_bersama")
    office.complete("ratna", next(each for each in office.tasks(half, "open") if each.unit == "sd"), tanggapan=ANSWER)
    kept = [office.file_complaint() for _ in STEPS]
    for step, case in zip(STEPS, kept, strict=True):
        office.go_to(case, step)
    handed = office.file_complaint()
    office.go_to(handed, "tanggapi_aduan")
    office.complete("ratna", handed, bukan_urusan="1", alasan_kembali="Bukan urusan kami.")
    kept.append(handed)
    before = {each.id: look(office, each) for each in [*gone, together, half, *kept]}
    office.deploy()
    run = start(office)
    work(office)
    told = results(office, run)
    assert all("tidak ada lagi pada versi baru" in (told[each.number] or "") for each in gone)
    assert all("beberapa" in (told[each.number] or "") for each in (together, half))
    assert [told[each.number] for each in kept] == [None] * len(kept)
    assert {key: look(office, office.case(key)) for key in before} == before
    verified(office)
    for case in kept:
        assert office.finish(case).closed_at is not None
    office.complete("maya", half, tanggapan=ANSWER)  # who stays goes on as before
    verified(office)


def test_a_case_whose_value_was_erased_stays_when_the_new_version_reads_it(office: Office):
    case = office.file_complaint()
    office.go_to(case, "tanggapi_aduan")
    with transaction(office.engine) as session:
        first = select(Event.seq).where(Event.stream == f"kasus/{case.id}").order_by(Event.seq).limit(2)
        which = (EventValue.stream == f"kasus/{case.id}", EventValue.seq.in_(first), EventValue.name == "kategori")
        session.execute(update(EventValue).where(*which).values(value=None, salt=None))
    redeploy(office, (b"jenis == 'informasi'", b"jenis == 'informasi' and kategori != 'tidak_ada'"))
    with pytest.raises(Conflict) as refused:
        migrate(office, case)
    assert refused.value.message == ERASED
    assert moves(office, case) == 0


@pytest.mark.long
def test_a_thousand_cases_move_though_the_worker_is_killed_in_the_middle(office: Office, rng: random.Random):
    cases = cases_everywhere(office, 1000, rng)
    proposed = cases[3::100]  # a decision waits on them
    before = {each.id: look(office, each) for each in cases}
    open_lengkap(office)
    run, wait = start(office), timedelta()
    for statement, time in (("INSERT INTO event (", 200), ("INSERT INTO migration_result", 150)):
        assert die_at(office.url, office.now + wait, statement, time) == KILLED
        row = run_of(office, run)
        assert row.state == "waiting" and sum(moves(office, each) for each in cases) == row.done
        wait += HOLD + timedelta(seconds=1)
    work(office, wait)
    row = run_of(office, run)
    assert (row.state, row.moved, row.refused) == ("done", 1000, 0), results(office, run, refused=True)
    assert {each.id: look(office, each) for each in cases} == before, "no clock restarted, nothing let go"
    assert all(moves(office, each) == 1 for each in cases)
    verified(office)
    for case in rng.sample(cases, 60):
        assert office.finish(case).closed_at is not None
    verified(office)
    assert all(broken(office, office.case(each)) is None for each in proposed)
