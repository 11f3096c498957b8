"""Two at once: exactly one effect, the other is told who was first. Real threads and connections, behind a barrier."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from engine.access import Actor
from engine.commands.attachments import receive_file
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import Completed, complete_task
from engine.commands.move_task import move_task
from engine.commands.open_case import Opened, open_case
from engine.errors import Conflict, Rejected
from engine.store.database import transaction
from engine.store.models import Attachment, Case, Task
from engine.worker.rounds import fire_due_timers
from tests.engine.office import COMPLAINT, PROCESS, Office
from tests.faults.race import race, split


def completing(
    office: Office, actor: Actor, task: Task, key: str | None = None, **values: Any
) -> Callable[[], Completed]:
    def run() -> Completed:
        with transaction(office.engine) as session:
            return complete_task(session, actor, task.id, values, now=office.now, key=key)

    return run


def filing(office: Office, actor: Actor, key: str | None, **values: Any) -> Callable[[], Opened]:
    def run() -> Opened:
        with transaction(office.engine) as session:
            return open_case(session, actor, PROCESS, COMPLAINT | values, now=office.now, key=key)

    return run


def photo(office: Office, who: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    with transaction(office.engine) as session:
        return receive_file(
            session, office.files, field="lampiran", name="a.png", data=out.getvalue(),
            account_id=office.people[who], now=office.now,
        )  # fmt: skip


def test_of_two_people_on_one_task_exactly_one_wins_fifty_times(office: Office):
    office.hire("agus", "Admin")
    dewi, agus = office.actor("dewi"), office.actor("agus")
    for number in range(50):
        case = office.file_complaint()
        task = office.open_task(case)
        outcomes = race(
            completing(office, dewi, task, judul_kerja=f"Dewi {number}"),
            completing(office, agus, task, judul_kerja=f"Agus {number}"),
        )
        winner = next(who for who, o in zip((dewi, agus), outcomes, strict=True) if o.refusal is None)
        _, (refusal,) = split(outcomes)
        assert isinstance(refusal, Conflict)
        assert refusal.by == winner.name and winner.name in refusal.message
        done, following = office.tasks(case)[1:]
        assert (done.status, done.finished_by, refusal.at) == ("done", winner.account_id, done.finished_at)
        assert (following.element, following.status) == ("klasifikasi", "open")
        assert office.types(case) == ["case_opened", "task_completed", "task_completed"]
        assert office.values(case, 3) == {"judul_kerja": f"{winner.name} {number}"}
        assert office.case(case).judul_kerja == f"{winner.name} {number}"


def eight_on_one_task(office: Office, rounds: int) -> None:
    actors = [office.actor(office.hire(f"admin{number}", "Admin")) for number in range(8)]
    for _ in range(rounds):
        case = office.file_complaint()
        task = office.open_task(case)
        answers, refusals = split(race(*(completing(office, actor, task) for actor in actors)))
        assert len(answers) == 1
        (winner,) = {refusal.by for refusal in refusals if isinstance(refusal, Conflict)}
        assert len(refusals) == 7
        assert office.tasks(case)[1].finished_by == office.people[str(winner).lower()]
        assert office.types(case).count("task_completed") == 2


def test_of_eight_on_one_task_exactly_one_wins(office: Office):
    eight_on_one_task(office, 20)


@pytest.mark.long
def test_of_eight_on_one_task_exactly_one_wins_a_hundred_times(office: Office):
    eight_on_one_task(office, 100)


def test_the_same_post_twice_in_a_row_gives_the_first_result(office: Office):
    case = office.file_complaint()
    task = office.open_task(case)
    first = office.complete("dewi", task, key="k1", judul_kerja="Pertama kali")
    again = office.complete("dewi", task, key="k1", judul_kerja="Kedua kali")
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.number, again.next_lanes) == (first.number, first.next_lanes)
    assert office.case(case).judul_kerja == "Pertama kali"
    assert office.types(case).count("task_completed") == 2
    for who, key in (("dewi", "k2"), ("dewi", None), (office.hire("agus", "Admin"), "k1")):
        with pytest.raises(Conflict):
            office.complete(who, task, key=key)


def test_the_same_post_twice_at_once_gives_the_first_result(office: Office):
    dewi = office.actor("dewi")
    for number in range(20):
        case = office.file_complaint()
        task = office.open_task(case)
        answers, refusals = split(race(*[completing(office, dewi, task, f"k{number}", judul_kerja="Sekali saja")] * 2))
        assert not refusals
        assert sorted(answer.repeated for answer in answers) == [False, True]
        assert {answer.next_lanes for answer in answers} == {("Ketua Tim",)}
        assert office.types(case).count("task_completed") == 2


@pytest.mark.parametrize("copies", ["the same files", "a copy of each"])
def test_a_post_with_files_twice_at_once_binds_each_file_once(office: Office, copies: str):
    ratna = office.actor("ratna")
    for number in range(10):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan", bidang="sd")
        first = photo(office, "ratna")
        second = first if copies == "the same files" else photo(office, "ratna")
        answers, refusals = split(race(*(
            completing(office, ratna, task, f"k{number}", tanggapan="Sudah diperiksa.", lampiran=[each])
            for each in (first, second)
        )))  # fmt: skip
        assert not refusals, refusals
        assert sorted(answer.repeated for answer in answers) == [False, True]
        (recorded,) = office.values(case, office.case(case).rev)["lampiran"]
        with transaction(office.engine) as session:
            bound = list(session.scalars(select(Attachment.id).where(Attachment.case_id == case.id)))
        assert bound == [recorded["id"]]


def test_one_file_in_two_cases_at_once_is_in_one_of_them(office: Office):
    ratna = office.actor("ratna")
    for _ in range(10):
        tasks = [office.go_to(office.file_complaint(), "tanggapi_aduan", bidang="sd") for _ in range(2)]
        file_id = photo(office, "ratna")
        runners = [completing(office, ratna, task, tanggapan="Sudah diperiksa.", lampiran=[file_id]) for task in tasks]
        answers, refusals = split(race(*runners))
        assert len(answers) == 1 and isinstance(refusals[0], Rejected)
        with transaction(office.engine) as session:
            assert session.get_one(Attachment, file_id).case_id == answers[0].case_id


def test_a_complaint_sent_twice_is_one_case(office: Office):
    first, again = office.open(key="k1"), office.open(key="k1", judul="Judul yang lain sama sekali")
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.case_id, again.number) == (first.case_id, first.number)
    assert office.case(first.case_id).judul == COMPLAINT["judul"]
    assert office.open(key="k2").number == "ADU-2026-000002"


def test_a_complaint_sent_four_times_at_once_is_one_case_and_one_number(office: Office):
    siti = office.actor("siti")
    for number in range(10):
        answers, refusals = split(race(*[filing(office, siti, f"k{number}")] * 4))
        assert not refusals
        assert sorted(answer.repeated for answer in answers) == [False, True, True, True]
        assert {answer.number for answer in answers} == {f"ADU-2026-{number + 1:06d}"}
    with transaction(office.engine) as session:
        assert len(list(session.scalars(select(Case.id)))) == 10


def test_numbers_have_no_gaps_whoever_files_and_whatever_fails(office: Office):
    """Four file at once; in each round one of them fails after the number was drawn."""
    siti, budi = office.actor("siti"), office.actor("budi")
    given = []
    for _ in range(10):
        outcomes = race(
            filing(office, siti, None), filing(office, budi, None), filing(office, siti, None, lampiran=["f" * 32]),
            filing(office, budi, None),
        )  # fmt: skip
        answers, refusals = split(outcomes)
        assert len(answers) == 3 and isinstance(refusals[0], Rejected)
        given += [answer.number for answer in answers]
    assert sorted(given) == [f"ADU-2026-{number:06d}" for number in range(1, 31)]


def test_two_workers_fire_a_timer_once(office: Office):
    cases = [office.file_complaint() for _ in range(6)]
    for case in cases:
        office.go_to(case, "terima_jawaban", jenis="informasi")
    later = office.now + timedelta(days=20)
    outcomes = race(*[lambda: fire_due_timers(office.engine, later)] * 2)
    assert sum(outcome.answer for outcome in outcomes) == len(cases)
    assert [office.types(case).count("timer_fired") for case in cases] == [1] * len(cases)


def test_an_answer_and_the_closing_timer_at_once_end_the_case_once(office: Office):
    siti = office.actor("siti")
    for _ in range(5):
        case = office.file_complaint()
        task = office.go_to(case, "terima_jawaban", jenis="informasi")
        due = office.case(case).next_timer_at
        assert due is not None
        office.now = due  # the answer is in time to the microsecond, and the worker's clock is a little ahead
        race(
            completing(office, siti, task, penilaian=5),
            lambda: fire_due_timers(office.engine, office.now + timedelta(seconds=1)),
        )
        ends = [kind for kind in office.types(case)[-1:] if kind in ("task_completed", "timer_fired")]
        closed = office.case(case)
        assert len(ends) == 1 and closed.closed_at is not None and closed.incident is None
        assert (closed.outcome == "Selesai, jawaban diterima") is (ends == ["task_completed"])
        assert closed.rev == len(office.events(case))


def test_a_move_and_a_completion_at_once_leave_one_of_them(office: Office):
    ratna, hasan = office.actor("ratna"), office.actor("hasan")

    def moving(task: Task) -> Callable[[], None]:
        def run() -> None:
            with transaction(office.engine) as session:
                move_task(session, hasan, task.id, "smp", "Ini urusan bidang SMP.", now=office.now)

        return run

    for _ in range(10):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan", bidang="sd")
        before = office.case(case).rev
        _, refusals = split(race(completing(office, ratna, task, tanggapan="Sudah diperiksa."), moving(task)))
        assert len(refusals) == 1
        assert office.case(case).rev == before + 1
        done = office.types(case)[-1] == "task_completed"
        assert {each.unit for each in office.tasks(case) if each.id == task.id} == {"sd" if done else "smp"}


def test_of_two_who_take_a_task_one_has_it(office: Office):
    ratna, joko = office.actor("ratna"), office.actor("joko")

    def taking(actor: Actor, task: Task) -> Callable[[], None]:
        def run() -> None:
            with transaction(office.engine) as session:
                claim_task(session, actor, task.id, now=office.now)

        return run

    for _ in range(5):
        case = office.file_complaint()
        task = office.go_to(case, "tanggapi_aduan", bidang="sd")
        outcomes = race(taking(ratna, task), taking(joko, task))
        (winner,) = [who for who, o in zip((ratna, joko), outcomes, strict=True) if o.refusal is None]
        assert office.open_task(case).assignee_id == winner.account_id
        assert office.types(case).count("task_claimed") == 1
