"""The whole of history: what the worker makes of the log is searched and counted, and as erased as its source."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from engine.access import HIDDEN_REPORTER
from engine.commands.close_case import withdraw_case
from engine.commands.erase_case import erase_case, finish_erasures
from engine.history.event import moment_from
from engine.mining import bucket_of, quantile
from engine.queries.process_map import Asked, ProcessMap, process_map
from engine.queries.trace_search import Hit, Wanted, choices, find_events
from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.store.models import Case, CaseTrace, EventTrace, MapCount
from engine.worker import trace
from engine.worker.rounds import log_events
from engine.worktime import WIB
from tests.engine.office import PROCESS, Office
from tests.engine.test_migration import QUICKER, migrate, redeploy

SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)


def take_in(office: Office, batch: int = 7) -> None:
    """What the worker does, in small batches so that cases are spread over several."""
    log_events(office.engine, office.files.parent / "kunci", office.now)
    while trace.follow(office.engine, office.now, batch):
        pass


def found(office: Office, who: str = "auditor", **wanted: object) -> list[Hit]:
    with transaction(office.engine) as session:
        return find_events(session, office.actor(who), Wanted(**wanted))[0]  # type: ignore[arg-type]


def numbers(hits: list[Hit]) -> set[str]:
    return {each.number for each in hits}


def the_map(office: Office, **asked: object) -> ProcessMap:
    with transaction(office.engine) as session:
        version = latest_deployed(session, PROCESS)
        return process_map(session, version, Asked(version.id, **asked), office.now)  # type: ignore[arg-type]


def stored(office: Office) -> list[tuple[object, ...]]:
    """All that is kept of the log, but for the packed summaries, whose bytes may differ."""
    with transaction(office.engine) as session:
        traces = [tuple(vars(row).get(c.name) for c in EventTrace.__table__.columns) for row in
                  session.scalars(select(EventTrace).order_by(EventTrace.place))]  # fmt: skip
        counts = session.execute(
            select(MapCount.version, MapCount.day, MapCount.unit, MapCount.kind, MapCount.name, MapCount.bucket,
                   MapCount.number).where(MapCount.number != 0)
        )  # fmt: skip
        ways = session.execute(select(CaseTrace.case_id, CaseTrace.way, CaseTrace.unit, CaseTrace.closed))
        return [*traces, *sorted(map(tuple, counts), key=str), *sorted(map(tuple, ways))]


class TestSearch:
    def test_words_are_found_by_their_stems_and_lead_to_the_moment(self, office: Office):
        case, other = office.file_complaint(), office.file_complaint(judul="Atap bocor", isi="Hujan masuk kelas.")
        take_in(office)
        (hit,) = found(office, text="MEMBAYAR sampul yang")
        assert (hit.number, hit.seq) == (case.number, 2)
        assert numbers(found(office, text="bayaran")) == {case.number}  # bayar, with another ending
        assert numbers(found(office, text="hujan")) == {other.number}
        assert found(office, text="sampul hujan") == []  # both words, in one event

    def test_each_filter_narrows(self, office: Office):
        case = office.finish(office.file_complaint())
        info = office.finish(office.file_complaint(), jenis="informasi")
        take_in(office)
        by_ratna = found(office, person=office.people["ratna"])
        assert [(each.number, each.step, each.who, each.role) for each in by_ratna] == [
            (case.number, "Tanggapi aduan", "Ratna", "Bidang Terkait")
        ]
        assert numbers(found(office, element="tanggapi_aduan")) == {case.number}
        assert numbers(found(office, flow="alur_permintaan_informasi")) == {info.number}
        assert {each.what for each in found(office, kind="case_opened")} == {"Aduan dibuka"}
        assert numbers(found(office, number=info.number[-3:])) == {info.number}
        assert {each.role for each in found(office, role="Ketua Tim")} == {"Ketua Tim"}
        today = office.now.astimezone(WIB).date()
        assert found(office, since=today + timedelta(days=1)) == [] and found(office, until=today) != []
        assert found(office, version=2) == [] and found(office, version=1) != []
        assert numbers(found(office, unit="sd")) == {case.number}

    def test_a_late_task_is_found_as_such(self, office: Office):
        case = office.file_complaint()
        office.now += timedelta(days=2)
        office.do_routine(office.open_task(case))
        take_in(office)
        (hit,) = found(office, late=True)
        assert (hit.seq, hit.late, hit.step) == (3, True, "Terima aduan")

    def test_reporters_are_not_named_and_their_words_stay_with_those_who_see_the_case(self, office: Office):
        office.file_complaint()
        take_in(office)
        assert {each.who for each in found(office)} == {HIDDEN_REPORTER}
        assert found(office, "ratna") == [] and found(office, "budi", text="sampul") == []

    def test_who_reported_stays_hidden_also_when_it_is_a_colleague(self, office: Office):
        office.file_complaint("ratna")
        take_in(office)
        assert {each.who for each in found(office)} == {HIDDEN_REPORTER}
        assert found(office, person=office.people["ratna"]) == []

    def test_neither_addresses_nor_numbers_nor_digests_are_words(self, office: Office):
        office.file_complaint(isi="Hubungi zulfikar@contoh.test atau 0812-3456-7890 tentang kelas 4b.")
        take_in(office)
        assert found(office, text="kelas 4b") != []
        for contact in ("zulfikar", "contoh", "081234567890", "7890", "3456"):
            assert found(office, text=contact) == []

    def test_pages_do_not_move_when_something_new_happens(self, office: Office, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("engine.queries.trace_search.PAGE", 3)
        office.finish(office.file_complaint())
        take_in(office)
        seen, before = [], None
        while True:
            with transaction(office.engine) as session:
                hits, more = find_events(session, office.actor("auditor"), Wanted(), before)
            seen += [each.place for each in hits]
            if before is None:
                office.file_complaint()
                take_in(office)
            if not more:
                break
            before = seen[-1]
        assert seen == sorted(seen, reverse=True) and len(seen) == len(set(seen)) == 8

    def test_what_can_be_asked_for_is_what_happened(self, office: Office):
        office.finish(office.file_complaint())
        take_in(office)
        with transaction(office.engine) as session:
            offered = choices(session)
        assert ("klasifikasi", "Klasifikasi") in [(code, text.split()[0]) for code, text in offered.steps]
        assert "Siti" not in [text for _, text in offered.people]
        assert [text for _, text in offered.versions] == ["Versi 1"]


class TestErasure:
    def erased(self, office: Office) -> Case:
        case = office.finish(office.file_complaint(isi="Zulfikar membayar rahasia Kenanga."))
        office.file_complaint(isi="Sampul lain.")
        take_in(office)
        assert numbers(found(office, text="kenanga")) == {case.number}
        office.do(erase_case, "sistem", case.number, "permintaan")
        return case

    def test_what_is_erased_is_found_no_more_at_once(self, office: Office):
        case = self.erased(office)
        assert found(office, text="kenanga") == [] and found(office, text="sampul") != []
        take_in(office)
        trace_of = found(office, number=case.number, kind="case_erased")
        assert len(trace_of) == 1 and found(office, text="kenanga") == []

    @SQLITE
    def test_its_words_leave_the_files_too(self, office: Office):
        self.erased(office)
        assert finish_erasures(office.engine, office.files)
        kept = b"".join(each.read_bytes() for each in office.files.parent.glob("*.db*"))
        assert kept and b"zulfikar" not in kept.lower() and b"kenanga" not in kept.lower()

    def test_an_erasure_that_overtakes_the_worker_wins(self, office: Office):
        case = office.finish(office.file_complaint(isi="Zulfikar membayar sampul rapor."))
        office.do(erase_case, "sistem", case.number, "permintaan")
        take_in(office)
        assert found(office, text="zulfikar") == []


class TestCounting:
    @pytest.mark.parametrize("seed", [7])
    def test_figures_are_those_of_the_events(self, office: Office, seed: int):
        self.work(office, random.Random(seed))
        take_in(office)
        bodies = {case.id: office.bodies(case) for case in self.cases(office)}
        shown = the_map(office)
        flows: Counter[str] = Counter(flow for each in bodies.values() for b in each for flow in b["effects"]["flows"])
        assert shown.flows == flows and shown.cases == len(bodies)
        assert shown.closed == sum("outcome" in each[-1]["effects"] for each in bodies.values())
        lengths, late = self.lengths(office, bodies)
        for step in shown.steps:
            of_step = lengths.get(step.element, [])
            assert (step.finished, step.late) == (len(of_step), late[step.element])
            assert step.median == quantile(Counter(map(bucket_of, of_step)), 0.5)
        assert sum(each.share for each in shown.steps) == pytest.approx(1)
        assert sum(each.cases for each in shown.ways) == shown.closed

    def work(self, office: Office, rng: random.Random) -> None:
        for _ in range(6):
            office.now += timedelta(hours=rng.randrange(1, 60))
            case = office.file_complaint("siti")
            kind = {"jenis": rng.choice(["informasi", "pengaduan"]), "bidang": rng.choice(["sd", "smp"])}
            for _ in range(rng.randrange(7)):
                office.now += timedelta(minutes=rng.randrange(1, 3000))
                if office.tasks(case, "open"):
                    office.do_routine(office.open_task(case), **kind)

    def cases(self, office: Office) -> list[Case]:
        with transaction(office.engine) as session:
            return list(session.scalars(select(Case)))

    def lengths(
        self, office: Office, bodies: dict[str, list[dict[str, Any]]]
    ) -> tuple[dict[str, list[int]], Counter[str]]:
        """Straight from the bodies: how long each finished task was open, and which were late."""
        lengths: dict[str, list[int]] = {}
        late: Counter[str] = Counter()
        with transaction(office.engine) as session:
            calendar = current_calendar(session).calendar
        for case in bodies.values():
            for body in case:
                if body["type"] != "task_completed":
                    continue
                (opened,) = [(b["at"], t) for b in case for t in b["effects"]["opened"] if t["id"] == body["task"]]
                spent = calendar.working_time(moment_from(opened[0]), moment_from(body["at"]))
                lengths.setdefault(body["element"], []).append(round(spent.total_seconds()))
                late[body["element"]] += "due" in opened[1] and body["at"] > opened[1]["due"]
        return lengths, late

    def test_a_case_is_counted_with_the_unit_that_it_went_to(self, office: Office):
        case = office.file_complaint()
        take_in(office)
        assert the_map(office, unit="sd").cases == 0
        task = office.go_to(case, "tanggapi_aduan")
        take_in(office)
        assert (the_map(office, unit="sd").cases, the_map(office).cases) == (1, 1)
        office.move("hasan", task, "smp")
        take_in(office)
        assert (the_map(office, unit="sd").cases, the_map(office, unit="smp").cases) == (0, 1)
        assert the_map(office, unit="smp").steps[0].finished == 1

    def test_the_day_is_the_one_on_which_the_case_was_filed(self, office: Office):
        case = office.file_complaint()
        day = office.now.astimezone(WIB).date()
        office.now += timedelta(days=3)
        office.finish(case)
        take_in(office)
        assert the_map(office, since=day, until=day).closed == 1
        assert the_map(office, since=day + timedelta(days=1)).cases == 0

    def test_ways_and_findings_lead_to_their_cases(self, office: Office):
        usual = [office.finish(office.file_complaint()) for _ in range(2)]
        info = office.finish(office.file_complaint(), jenis="informasi")
        gone = office.file_complaint()
        office.go_to(gone, "klasifikasi")
        office.do(withdraw_case, "siti", gone.number, "Sudah selesai.")
        take_in(office)
        shown = the_map(office)
        assert [each.cases for each in shown.ways] == [2, 1, 1]
        assert numbers(found(office, way=shown.ways[0].code)) == {each.number for each in usual}
        assert "Klasifikasi" in " ".join(shown.ways[0].steps) and not shown.ways[0].beside
        assert {flag: number for flag, _, number in shown.findings}["withdrawn_late"] == 1
        (hit,) = found(office, flag="withdrawn_late")
        assert (hit.number, hit.what) == (gone.number, "Aduan ditarik")
        assert info.number not in numbers(found(office, flow="alur_pengaduan"))

    def test_a_moved_case_counts_where_it_is_and_its_steps_where_they_ran(self, office: Office):
        case = office.file_complaint()
        office.go_to(case, "klasifikasi")
        redeploy(office, QUICKER)
        migrate(office, case)
        office.finish(case)
        take_in(office)
        shown = the_map(office)  # of the version in force
        assert (shown.cases, shown.closed) == (1, 1)
        assert numbers(found(office, case_version=2, closed=True)) == {case.number}
        assert numbers(found(office, case_version=2, way=shown.ways[0].code)) == {case.number}
        assert found(office, case_version=1) == []
        for step in shown.steps:
            ran_here = found(office, version=2, element=step.element, kind="task_completed")
            assert len(ran_here) == step.finished == (0 if step.element in ("isi_aduan", "terima_aduan") else 1)

    def test_figures_say_how_old_they_are(self, office: Office):
        office.file_complaint()
        assert the_map(office).as_of is None and the_map(office).stale
        take_in(office)
        assert the_map(office).as_of == office.now and not the_map(office).stale
        office.now += timedelta(minutes=6)
        assert the_map(office).stale


class TestTheCache:
    def test_it_is_the_same_in_any_batches_and_when_begun_again(self, office: Office):
        office.finish(office.file_complaint())
        office.go_to(office.file_complaint(), "tanggapi_aduan")
        log_events(office.engine, office.files.parent / "kunci", office.now)
        first = []
        for batch in (1, 3, 500):
            with transaction(office.engine) as session:
                trace.begin_again(session)
            while trace.follow(office.engine, office.now, batch):
                pass
            first.append(stored(office))
            assert numbers(found(office, text="sampul")) != set()
        assert all(one == other for one, other in pairwise(first)) and len(first[0]) > 20

    def test_a_batch_that_fails_leaves_nothing_and_is_taken_again(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ):
        office.finish(office.file_complaint())
        log_events(office.engine, office.files.parent / "kunci", office.now)
        with monkeypatch.context() as broken:
            broken.setattr(trace, "_add_up", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                trace.follow(office.engine, office.now)
        assert stored(office) == []
        take_in(office)
        assert the_map(office).closed == 1
        before = stored(office)
        take_in(office)
        assert stored(office) == before
