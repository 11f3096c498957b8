"""A draft tried on a year's past: who goes another way, who is late, and who cannot be told is as counted by hand."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from engine.commands.deploy import NotDeployable
from engine.commands.drafts import save_draft
from engine.commands.dry_runs import KEPT, cancel_dry_run, start_dry_run
from engine.dry_run import Draft, Recorded, Sop, try_case
from engine.dry_run.trial import TOO_LONG
from engine.errors import Conflict, NotFound, Rejected
from engine.process import diagram as diagrams
from engine.process.forms import Form
from engine.process.runtime import Program, compile_specs
from engine.queries.dry_runs import Results, StepRow, recorded_cases
from engine.queries.scenarios import all_tables
from engine.store.calendars import start_office
from engine.store.database import transaction
from engine.store.models import Case, DryRun, DryRunPart, Job
from engine.worker.dry_run import CHUNK
from engine.worker.runs import HOLD
from engine.worktime import WIB
from tests.engine.archive import CASES, ERASED, NOW, Archive, furnish
from tests.engine.test_redrawn_diagram import Drawing, with_an_eighth_task
from tests.process.drawing import SOP, sop_forms
from tests.rig.databases import NewDatabase
from tests.rig.dying import KILLED, die_at

THREE_DAYS = ('name="waktu" value="3 hari"', 'name="waktu" value="2 hari"')
CONFIRMED_SOONER = ("hari_kerja(10)", "hari_kerja(1)")
CONDITION = "jenis == 'informasi'"
TO_ADMIN = "sesudah Klasifikasi: dahulu ke Tanggapi aduan, kini ke Input tanggapan"


@pytest.fixture
def archive(new_database: NewDatabase) -> Iterator[Archive]:
    with Archive.at(new_database("arsip", furnish)) as opened:
        yield opened


def step(found: Results, element: str) -> StepRow:
    return next(each for each in found.steps if each.element == element)


def told(found: Results) -> dict[str, int]:
    return {each.text: each.count for each in [*found.partings, *found.reasons]}


def working_day_ends(opened: datetime, days: int) -> datetime:
    """Closing of the so manieth working day after the day of an instant, counted day by day."""
    calendar, day = start_office().calendar, opened.astimezone(WIB).date()
    while days:
        day += timedelta(days=1)
        days -= bool(calendar.hours_on(day))
    closing = calendar.hours_on(day)[-1][1]
    return datetime.combine(day, datetime.min.time(), WIB) + timedelta(minutes=closing)


def late_at(archive: Archive, element: str, days: int) -> set[str]:
    """Cases with a task at a step that was open longer than so many working days."""
    return {
        number
        for number, tasks in archive.tasks(element).items()
        if any(working_day_ends(task.opened_at, days) < (task.finished_at or NOW) for task in tasks)
    }


class TestTheSameAgain:
    def test_an_unchanged_draft_changes_nothing_whatever_happened(self, archive: Archive) -> None:
        kinds = Counter(body["type"] for bodies in archive.events().values() for body in bodies)
        strange = ("case_withdrawn", "case_cancelled", "task_moved", "token_moved", "case_reopened", "timer_fired")
        assert all(kinds[kind] for kind in strange) and kinds["case_erased"] == ERASED, kinds
        found = archive.try_out()
        assert (found.same, told(found), found.notes) == (CASES, {}, {})
        assert [each.becoming.count + each.recovering.count for each in found.steps] == [0] * 6
        assert {each.element: len(each.numbers) for each in found.steps if each.element} == {
            each: len(archive.tasks(each))
            for each in ("terima_aduan", "klasifikasi", "tanggapi_aduan", "terima_tanggapan", "input_tanggapan")
        }

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_another_code_for_a_step_is_the_same_step(self, archive: Archive) -> None:
        found = archive.try_out(
            ('bpmnElement="klasifikasi"', 'bpmnElement="pilah"'), ('<bpmn:userTask id="klasifikasi"',
            '<bpmn:userTask id="pilah"'), ('Ref="klasifikasi"', 'Ref="pilah"'),
            ("Ref>klasifikasi<", "Ref>pilah<"), THREE_DAYS,
        )  # fmt: skip
        assert (found.same, told(found), found.notes) == (CASES, {}, {})
        assert len(step(found, "pilah").numbers) == len(archive.tasks("klasifikasi"))


class TestLateness:
    def test_a_shorter_time_makes_exactly_those_late_that_took_longer(self, archive: Archive) -> None:
        then, now = late_at(archive, "tanggapi_aduan", 3), late_at(archive, "tanggapi_aduan", 2)
        assert 0 < len(then) < len(now)
        row = step(archive.try_out(THREE_DAYS), "tanggapi_aduan")
        assert (row.old, row.new) == ("3 hari", "2 hari")
        assert set(row.numbers) == archive.tasks("tanggapi_aduan").keys()
        assert (set(row.late_then.numbers), set(row.late_now.numbers)) == (then, now)
        assert (set(row.becoming.numbers), row.recovering.numbers) == (now - then, [])

    def test_a_longer_time_frees_those_that_kept_it_and_the_whole_is_told_apart(self, archive: Archive) -> None:
        then, now = late_at(archive, "tanggapi_aduan", 3), late_at(archive, "tanggapi_aduan", 4)
        found = archive.try_out(('value="3 hari"', 'value="4 hari"'), ('value="5 hari kerja"', 'value="3 hari kerja"'))
        assert set(step(found, "tanggapi_aduan").recovering.numbers) == then - now
        cases = archive.ask(lambda s: s.scalars(select(Case)).all())
        late = {
            days: {
                c.number for c in cases if working_day_ends(c.opened_at, days) < (c.delivered_at or c.closed_at or NOW)
            }
            for days in (3, 5)
        }
        assert late[3] > late[5]
        whole = step(found, "")
        assert (set(whole.late_then.numbers), set(whole.late_now.numbers)) == (late[5], late[3])

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_a_lane_without_deadlines_is_never_late(self, archive: Archive) -> None:
        lane = '<bpmn:lane id="lajur_bidang_terkait" name="Bidang Terkait">'
        begin = SOP.index('<spiffworkflow:property name="melihat" value="unit" />', SOP.index(lane))
        xml = SOP[:begin] + '<spiffworkflow:property name="tanpa_tenggat" value="ya" />' + SOP[begin:]
        row = step(archive.try_out(xml=xml.encode()), "tanggapi_aduan")
        assert row.recovering.numbers == row.late_then.numbers and row.late_now.numbers == []


class TestWays:
    @pytest.mark.parametrize(
        ("condition", "element", "fits"),
        [
            ("bidang == 'sd'", "klasifikasi", lambda v: v["jenis"] == "pengaduan" and v["bidang"] == "sd"),
            ("kategori == 'biaya'", "isi_aduan", lambda v: v["kategori"] == "biaya"),
        ],
    )
    def test_another_condition_parts_exactly_those_that_it_is_about(
        self, archive: Archive, condition: str, element: str, fits: Any
    ) -> None:
        complaints = archive.answered("klasifikasi", lambda v: v["jenis"] == "pengaduan")
        expected = sorted(set(archive.answered(element, fits)) & set(complaints))
        assert 0 < len(expected) < len(complaints)
        found = archive.try_out((f">{CONDITION}<", f">{CONDITION} or {condition}<"))
        assert [(each.text, each.numbers) for each in found.partings] == [(TO_ADMIN, expected)]
        assert (found.same, found.reasons) == (CASES - len(expected), [])
        assert not set(step(found, "terima_tanggapan").numbers) & set(expected) - moved(archive)

    def test_a_shorter_timer_ends_those_that_confirmed_later(self, archive: Archive) -> None:
        later: dict[str, set[str]] = {"done": set(), "open": set(), "cancelled": set()}
        for number, tasks in archive.tasks("terima_jawaban").items():
            for task in tasks:
                if working_day_ends(task.opened_at, 1) < (task.finished_at or NOW):
                    later[task.status].add(number)
        assert later["done"] and later["cancelled"] <= rung(archive)
        found = archive.try_out(CONFIRMED_SOONER)
        late = "sesudah Terima jawaban: dahulu {}, kini berakhir «Ditutup otomatis tanpa konfirmasi»"
        groups = {each.text: set(each.numbers) for each in found.partings}
        assert groups.pop(late.format("berakhir «Selesai, jawaban diterima»")) == later["done"]
        assert groups.pop(late.format("menunggu di sana"), set()) == later["open"]
        assert groups == {}
        (earlier,) = found.notes["akhir"]
        assert set(earlier.numbers) == later["cancelled"] and "lebih awal" in earlier.text


class TestStepsThatCameOrWent:
    def test_a_new_step_that_decides_nothing_is_stepped_over_and_told(self, archive: Archive) -> None:
        drawing = with_an_eighth_task()
        passed = archive.answered("input_tanggapan", lambda _: True)
        found = archive.try_out(xml=drawing.xml, forms=drawing.forms)
        assert (found.same, told(found)) == (CASES, {})
        (new,) = found.notes["baru"]
        assert (new.numbers, "«Periksa jawaban»" in new.text) == (passed, True)
        assert set(step(found, "input_tanggapan").numbers) == archive.tasks("input_tanggapan").keys()

    def test_at_a_new_step_that_decides_it_stops(self, archive: Archive) -> None:
        drawing = with_an_eighth_task()
        drawing.gateway("disetujui", "Disetujui?", "lajur_ketua_tim", default="alur_perbaiki")
        drawing.lead_to("alur_jawaban_diperiksa", "disetujui")
        drawing.flow("alur_disetujui", "disetujui", "terima_jawaban", "setuju == 'ya'", "Ya")
        drawing.flow("alur_perbaiki", "disetujui", "input_tanggapan", name="Tidak")
        passed = archive.answered("input_tanggapan", lambda _: True)
        found = archive.try_out(xml=drawing.xml, forms=drawing.forms)
        (reason,) = found.reasons
        assert reason.text.startswith("berhenti di langkah baru «Periksa jawaban»") and reason.numbers == passed
        assert (found.same, found.partings) == (CASES - len(passed), [])

    def test_a_step_that_was_taken_away_is_told_and_the_rest_goes_on(self, archive: Archive) -> None:
        drawing = Drawing()
        drawing.lead_to("alur_tanggapan_bidang", "input_tanggapan")
        for each in ("terima_tanggapan", "alur_tanggapan_diterima"):
            drawing.remove(each)
        for node in list(drawing.process.iter("{*}flowNodeRef", "{*}incoming")):
            if node.text in ("terima_tanggapan", "alur_tanggapan_diterima"):
                node.getparent().remove(node)
        found = archive.try_out(xml=drawing.xml, forms=drawing.forms)
        through = set(archive.tasks("terima_tanggapan"))
        (gone,) = found.notes["hapus"]
        assert (found.partings, "«Terima tanggapan»" in gone.text) == ([], True)
        unreachable = {number for each in found.reasons for number in each.numbers}
        assert set(gone.numbers) == through and unreachable <= moved(archive)
        assert all("dipindahkan petugas ke «Terima tanggapan»" in each.text for each in found.reasons)


class TestForms:
    def test_an_old_answer_that_lacks_a_new_field_is_told_and_followed(self, archive: Archive) -> None:
        forms = sop_forms()
        forms["tanggapi_aduan"]["properties"]["biaya"] = {"title": "Biaya", "type": "string", "maxLength": 50}
        forms["tanggapi_aduan"]["required"].append("biaya")
        found = archive.try_out(forms=forms)
        (note,) = found.notes["isian"]
        assert note.text == "jawaban lama pada «Tanggapi aduan» tidak memenuhi formulir baru: isian «Biaya»"
        assert note.numbers == archive.answered("tanggapi_aduan", lambda _: True)
        assert (found.same, told(found)) == (CASES, {})

    def test_an_answer_that_decides_and_no_longer_fits_cannot_be_told(self, archive: Archive) -> None:
        forms = sop_forms()
        choices = forms["klasifikasi"]["properties"]["jenis"]["oneOf"]
        choices[1]["const"] = "tanya"
        found = archive.try_out((CONDITION, "jenis == 'tanya'"), forms=forms)
        (reason,) = found.reasons
        assert "tidak memenuhi formulir baru: isian «Jenis laporan» pada «Klasifikasi»" in reason.text
        assert reason.numbers == archive.answered("klasifikasi", lambda v: v["jenis"] == "informasi")
        assert found.partings == []

    def test_what_was_never_asked_or_is_erased_decides_nothing_by_guess(self, archive: Archive) -> None:
        forms = sop_forms()
        fields = forms["terima_aduan"]["properties"]
        fields["mendesak"] = {"title": "Mendesak", "type": "string", "oneOf": [{"const": "ya"}, {"const": "tidak"}]}
        never = archive.try_out((CONDITION, f"{CONDITION} or mendesak == 'ya'"), forms=forms)
        assert told(never) == {
            "isian «Mendesak» pada «Terima aduan» menentukan jalan, tetapi dahulu belum ditanyakan": len(
                archive.answered("terima_aduan", lambda _: True)
            )
        }
        del forms["isi_aduan"]["properties"]["judul"]["x-pribadi"]  # the gate lets nothing personal decide
        del forms["terima_aduan"]["properties"]["mendesak"]
        erased = archive.try_out((CONDITION, f"{CONDITION} or judul == 'x'"), forms=forms)
        assert told(erased) == {"isian «Judul aduan» pada «Isi aduan» sudah dihapus": ERASED}


def moved(archive: Archive) -> set[str]:
    """Cases that somebody put before another step by hand."""
    kinds = ("token_moved", "case_reopened")
    return {number for number, bodies in archive.events().items() if any(body["type"] in kinds for body in bodies)}


def rung(archive: Archive) -> set[str]:
    """Cases in which a timer rang."""
    return {number for number, all_ in archive.events().items() if any(body["type"] == "timer_fired" for body in all_)}


class TestWhatIsRefused:
    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(
        "xml",
        [
            b"<a/>",
            SOP.replace('sourceRef="klasifikasi"', 'sourceRef="tidak_ada"').encode(),
            SOP.replace(CONDITION, "__import__('os')").encode(),
            SOP.replace('<bpmn:process id="aduan"', '<bpmn:process id="lain"').replace(
                'processRef="aduan"', 'processRef="lain"'
            ).encode(),
            SOP.replace('sourceRef="jenis_laporan" targetRef="tanggapi_aduan"',
                        'sourceRef="jenis_laporan" targetRef="jenis_laporan"').encode(),
        ],
    )  # fmt: skip
    def test_a_draft_that_the_gate_refuses_never_runs(self, archive: Archive, xml: bytes) -> None:
        draft = archive.draft(xml=xml)
        with pytest.raises(NotDeployable) as refused:
            archive.start(draft)
        assert refused.value.findings
        assert archive.ask(lambda s: s.scalar(select(func.count()).select_from(DryRun))) == 0

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_only_its_owner_one_at_a_time_and_only_on_what_there_is(self, archive: Archive) -> None:
        draft = archive.draft()
        with pytest.raises(NotFound), transaction(archive.engine) as session:
            start_dry_run(session, archive.actor("ketua"), "aduan", draft, "setahun", now=NOW)
        with pytest.raises(NotFound), transaction(archive.engine) as session:
            start_dry_run(session, archive.actor(), "aduan", draft + 1, "setahun", now=NOW)
        with pytest.raises(Rejected):
            archive.start(draft, "semuanya")
        with pytest.raises(Rejected), transaction(archive.engine) as session:
            start_dry_run(session, archive.actor(), "aduan", draft, "setahun", now=NOW - timedelta(days=3000))
        archive.start(draft)
        with pytest.raises(Conflict):
            archive.start(draft)

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_a_case_that_would_ring_for_ever_is_given_up(self, archive: Archive) -> None:
        """Past the gate on purpose: a timer that leads back to its own step, every second for months."""
        again = ('sourceRef="batas_konfirmasi" targetRef="selesai_ditutup_otomatis"',
                 'sourceRef="batas_konfirmasi" targetRef="terima_jawaban"')  # fmt: skip
        xml = SOP.replace(*again).replace("hari_kerja(10)", '"PT1S"').encode()
        assert again[0] in SOP
        diagram, calendar = diagrams.read(xml), start_office().calendar
        forms = {key: Form(key, schema) for key, schema in sop_forms().items()}
        with transaction(archive.engine) as session:
            delivered = session.scalars(select(Case.id).where(Case.outcome.like("Ditutup otomatis%")).limit(1)).one()
            (case,) = recorded_cases(session, [delivered])
            draft = Draft(
                Sop(diagram, forms), Program(diagram, compile_specs(xml, "aduan")), calendar, all_tables(session)
            )
        old = Sop(case.version.diagram, case.version.forms)
        tried = try_case(draft, Recorded(case.id, case.number, case.bodies, case.values, old), NOW)
        assert (tried.kind, tried.text) == ("tidak", TOO_LONG)


class TestTheWork:
    def test_a_killed_worker_is_followed_by_another_that_goes_on(self, archive: Archive) -> None:
        draft = archive.draft(THREE_DAYS)
        run = archive.start(draft)
        assert die_at(archive.url, NOW, "INSERT INTO dry_run_part", 2) == KILLED
        row, so_far = archive.read(draft, run)
        assert (row.state, row.done) == ("waiting", CHUNK) and so_far.same == CHUNK
        assert archive.work() == 0, "its lease still holds"
        assert archive.work(NOW + HOLD + timedelta(seconds=1)) > 0
        row, found = archive.read(draft, run)
        assert (row.state, row.done, found.same) == ("done", CASES, CASES)
        again = archive.start(draft)
        archive.work()
        assert plain(archive.read(draft, again)[1]) == plain(found)
        assert archive.ask(lambda s: s.scalars(select(Job.done_at).where(Job.kind == "dry_run")).all()).count(None) == 0

    def test_a_worker_that_was_taken_for_dead_counts_nothing_twice(self, archive: Archive) -> None:
        draft = archive.draft(THREE_DAYS)
        run = archive.start(draft)
        busy: list[bool] = []
        other = Archive(archive.url)

        def meanwhile(_c: Any, _k: Any, statement: str, *_: Any) -> None:
            if "FROM event_value" in statement and not busy:
                busy.append(True)
                other.work(NOW + HOLD + timedelta(seconds=1))

        event.listen(archive.engine, "before_cursor_execute", meanwhile)
        archive.work()
        other.engine.dispose()
        row, found = archive.read(draft, run)
        assert busy and (row.state, row.done, found.same) == ("done", CASES, CASES)
        assert archive.ask(lambda s: s.scalar(select(func.count()).select_from(DryRunPart))) == -(-CASES // CHUNK)

    def test_two_workers_at_once_do_it_once(self, archive: Archive) -> None:
        draft = archive.draft(THREE_DAYS)
        run, others = archive.start(draft), [Archive(archive.url) for _ in range(2)]
        threads = [threading.Thread(target=each.work) for each in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for each in others:
            each.engine.dispose()
        archive.work()
        row, found = archive.read(draft, run)
        assert (row.state, row.done, found.same + found.other + found.untold) == ("done", CASES, CASES)

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_what_was_called_off_stays_readable_and_ends(self, archive: Archive) -> None:
        draft = archive.draft(THREE_DAYS)
        run = archive.start(draft)
        assert archive.work(most=1) == 1
        with transaction(archive.engine) as session:
            cancel_dry_run(session, archive.actor(), run, now=NOW)
        archive.work()
        row, found = archive.read(draft, run)
        assert (row.state, row.done, found.same) == ("cancelled", CHUNK, CHUNK)
        with pytest.raises(Conflict), transaction(archive.engine) as session:
            cancel_dry_run(session, archive.actor(), run, now=NOW)
        assert archive.work() == 0

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_it_runs_what_was_asked_for_although_the_draft_goes_on(self, archive: Archive) -> None:
        draft = archive.draft(THREE_DAYS)
        run = archive.start(draft)
        for rev in (1, 2):  # saves that follow each other closely sweep the earlier one away
            with transaction(archive.engine) as session:
                text = SOP.replace(">jenis == ", f">{'not ' * rev}jenis == ")
                save_draft(session, archive.actor(), "aduan", draft, rev, now=NOW, xml=text.encode())
        archive.work()
        row, found = archive.read(draft, run)
        assert (row.rev, found.same) == (1, CASES)
        assert step(found, "tanggapi_aduan").becoming.count > 0

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_samples_are_the_same_each_time_and_few_runs_are_kept(self, archive: Archive) -> None:
        draft = archive.draft()
        for _ in range(KEPT + 3):
            with transaction(archive.engine) as session:
                run = start_dry_run(session, archive.actor(), "aduan", draft, "contoh_200", now=NOW)
                cancel_dry_run(session, archive.actor(), run, now=NOW)
        runs = archive.ask(lambda s: s.execute(select(DryRun.id, DryRun.cases, DryRun.total)).all())
        assert len(runs) <= KEPT + 1 and len({each.cases for each in runs}) == 1
        totals = select(DryRun.total)
        year = archive.ask(lambda s: s.scalars(totals.where(DryRun.id == run)).one())
        latest = archive.start(draft, "tiga_bulan")
        recent = archive.ask(lambda s: s.scalars(totals.where(DryRun.id == latest)).one())
        assert 0 < recent < year == CASES

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    def test_a_chunk_costs_few_statements(self, archive: Archive) -> None:
        archive.start(archive.draft())
        statements: list[str] = []

        def look(_c: Any, _k: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        event.listen(archive.engine, "before_cursor_execute", look)
        archive.work(most=1)
        assert len(statements) <= 16, statements


def plain(found: Results) -> str:
    return json.dumps(asdict(found), sort_keys=True)
