"""Simulations: the same engine on a throw-away case, answered in time whatever was drawn, and kept as scenarios."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.commands.complete_task import complete_task
from engine.commands.deploy import read_forms
from engine.commands.fire_timers import fire_timers
from engine.commands.open_case import open_case
from engine.commands.scenarios import MAX_SCENARIOS, delete_scenario, rename_scenario, save_scenario
from engine.errors import NotFound, Rejected
from engine.process.forms import Choice, Form
from engine.queries.choices import tables
from engine.queries.scenarios import all_tables, run_all, scenarios
from engine.simulation import (
    Fill,
    Outcome,
    Run,
    Situation,
    Wait,
    differences,
    example,
    outcome_of,
    read_actions,
    simulate,
)
from engine.simulation.case import act, begin
from engine.simulation.fit import fit_of
from engine.simulation.run import _run_apart, run_here
from engine.simulation.situation import situation_from
from engine.simulation.view import situation_of
from engine.simulation.world import World
from engine.store.calendars import start_office
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.store.models import Base, Scenario
from tests.engine.office import MONDAY, PROCESS, Office
from tests.engine.served import served_sop
from tests.process.drawing import (
    boundary,
    catch,
    draw,
    end,
    exclusive,
    form,
    parallel,
    rooted,
    script,
    small_forms,
    sop_forms,
    sop_with,
    trigger,
    user,
    wait,
)
from tests.replay import DIAGRAMS, FOLDER
from tests.replay.play import Play, put_in_force

CALENDAR = start_office().calendar
TABLES = {
    "kategori": [Choice("biaya", "Biaya"), Choice("guru", "Guru")],
    "subkategori": [Choice("g1", "Guru absen", parent="guru"), Choice("b1", "Uang komite", parent="biaya")],
    "unit": [Choice("sd", "Bidang SD"), Choice("smp", "Bidang SMP")],
}
FILED = {"judul": "Pungutan", "isi": "Isi yang cukup panjang.", "kategori": "biaya", "subkategori": "b1"}
START: list[dict[str, Any]] = [{"isi": "isi_aduan", "nilai": FILED}, {"isi": "terima_aduan"}]
INFORMATION = [
    *START,
    {"isi": "klasifikasi", "nilai": {"jenis": "informasi"}},
    {"isi": "input_tanggapan", "nilai": {"tanggapan": "Jawabannya sudah ada di situs dinas."}},
]
COMPLAINT = [
    *START,
    {"isi": "klasifikasi", "nilai": {"jenis": "pengaduan", "bidang": "smp"}},
    {"isi": "tanggapi_aduan", "nilai": {"tanggapan": "Sudah kami periksa ke sekolah."}},
    {"isi": "terima_tanggapan"},
    {"isi": "input_tanggapan", "nilai": {"tanggapan": "Pungutan sudah dihentikan."}},
]
READ = {"isi": "terima_jawaban", "nilai": {"penilaian": "5"}}


def tried(actions: list[dict[str, Any]], xml: bytes | None = None, forms: dict[str, Any] | None = None) -> Situation:
    """A simulation of the SOP, or of something else, from Monday 08.30 on."""
    return simulate(
        sop_with() if xml is None else xml,
        sop_forms() if forms is None else forms,
        read_actions(actions),
        calendar=CALENDAR,
        started=MONDAY,
        tables=TABLES,
    )


def led(actions: list[dict[str, Any]], xml: bytes | None = None, forms: dict[str, Any] | None = None) -> Outcome:
    return outcome_of(tried(actions, xml, forms), len(actions))


class TestTheSop:
    def test_information_goes_the_short_way(self) -> None:
        found = tried([*INFORMATION, READ])
        assert (found.ended, found.outcome, found.problem) == (True, "Selesai, jawaban diterima", "")
        names = ["isi_aduan", "terima_aduan", "klasifikasi", "input_tanggapan", "terima_jawaban"]
        assert [each.element for each in found.path] == [*names, "selesai_jawaban_diterima"]
        assert "alur_permintaan_informasi" in found.flows
        assert "alur_pengaduan" not in found.flows
        assert "Jenis laporan? Permintaan informasi" in [note for each in found.journal for note in each.notes]

    def test_a_complaint_goes_to_its_unit_and_back(self) -> None:
        (task,) = tried(COMPLAINT[:3]).tasks
        assert (task.name, task.lane, task.unit) == ("Tanggapi aduan", "Bidang Terkait", "Bidang SMP")
        assert task.status == "Sedang ditangani Bidang SMP"
        assert task.why == "3 hari kerja sejak Senin 5 Jan: 6, 7, 8 Jan"
        (answer,) = tried(COMPLAINT[:5]).tasks
        assert answer.start == {"tanggapan": "Sudah kami periksa ke sekolah."}
        assert tried([*COMPLAINT, READ]).outcome == "Selesai, jawaban diterima"

    def test_what_service_tasks_would_do_is_told_and_a_table_decides(self) -> None:
        found = tried([*INFORMATION, READ], served_sop())
        notes = [note for each in found.journal for note in each.notes]
        assert "Akan dikirim kepada Admin: «Aduan ADU-0000-000000: Permintaan informasi, prioritas biasa.»" in notes
        (letter,) = [each for each in notes if each.startswith("Akan dibuat dokumen «Jawaban ADU-0000-000000»")]
        assert "Serang, 5 Januari 2026" in letter and "Jawabannya sudah ada di situs dinas." in letter
        assert "Akan dikirim kepada pelapor: «Surat jawaban sudah dibuat.»" in notes
        assert {"beritahu", "surat", "kabari"} <= {each.element for each in found.path}
        assert found.ended

    def test_it_closes_itself_strictly_after_ten_working_days(self) -> None:
        waiting = tried(INFORMATION)
        (timer,) = waiting.timers
        assert timer.due == datetime(2026, 1, 20, 9, 0, tzinfo=UTC)  # 16 January is a holiday
        at_due = tried([*INFORMATION, {"waktu": timer.due.isoformat()}])
        assert (at_due.ended, len(at_due.timers)) == (False, 1)
        over = tried([*INFORMATION, {"waktu": (timer.due + timedelta(days=4)).isoformat()}])
        assert (over.ended, over.outcome) == (True, "Ditutup otomatis tanpa konfirmasi")
        assert [(each.kind, each.at) for each in over.journal[-3:]] == [
            ("bunyi", timer.due + timedelta(microseconds=1)),
            ("selesai", timer.due + timedelta(microseconds=1)),
            ("waktu", timer.due + timedelta(days=4)),
        ]
        assert over.now == timer.due + timedelta(days=4)

    def test_late_is_said(self) -> None:
        (task,) = tried([*START, {"waktu": "06/01/2026 10.31"}]).tasks  # as people write it
        assert (task.name, task.kind) == ("Klasifikasi", "lewat")
        assert task.left.startswith("Terlambat 7 jam")

    def test_before_the_first_form_the_clock_says_when_the_case_begins(self) -> None:
        found = tried([{"waktu": "2025-12-24T09:00"}, *START])
        assert found.started == datetime(2025, 12, 24, 2, 0, tzinfo=UTC)
        assert found.tasks[0].opened > found.started
        assert found.applied == 3


class TestRefusals:
    def test_what_does_not_fit_is_said_by_field_and_not_taken(self) -> None:
        found = tried([*START, {"isi": "klasifikasi", "nilai": {"jenis": "pengaduan"}}])
        assert found.errors == {"bidang": "Pilih Bidang/unit kerja yang menangani pengaduan ini."}
        assert (found.applied, found.element, found.tasks[0].element) == (2, "klasifikasi", "klasifikasi")
        assert found.journal == tried(START).journal

    @pytest.mark.parametrize(
        "action",
        [
            {"isi": "tidak_ada"}, {"isi": "input_tanggapan", "nilai": {"tanggapan": "Terlalu dini."}},
            {"isi": "jenis_laporan"}, {"isi": "klasifikasi", "task": 1, "nilai": {"jenis": "informasi"}},
            {"waktu": "2026-01-05T08:00"}, {"isi": "klasifikasi", "nilai": {"jenis": ["informasi", "pengaduan"]}},
            {"isi": "klasifikasi", "nilai": {"jenis": "\x00"}}, {"isi": "klasifikasi", "nilai": {"jenis": "x" * 9000}},
        ],
    )  # fmt: skip
    def test_what_cannot_be_done_leaves_the_case_where_it_was(self, action: dict[str, Any]) -> None:
        found = tried([*START, action, READ])
        assert found.applied == 2
        assert found.problem
        assert found.tasks == tried(START).tasks

    def test_nothing_can_be_done_to_what_has_ended(self) -> None:
        assert "sudah selesai" in tried([*INFORMATION, READ, READ]).problem

    @pytest.mark.parametrize(
        "raw",
        [
            None, {}, "x", [1], [{}], [{"isi": 1}], [{"isi": "a", "nilai": []}], [{"isi": "a", "nilai": {"b": 1}}],
            [{"isi": "a", "nilai": {"b": ["c", None]}}], [{"isi": "a", "task": "1"}], [{"isi": "a", "task": -1}],
            [{"isi": "a", "task": True}], [{"waktu": 5}], [{"waktu": "besok"}], [{"waktu": "9999-12-31T23:59-23:00"}],
            [{"waktu": "1999-01-01T00:00"}], [{"isi": "a"}] * 301, [{"isi": "a", "nilai": {"b": "x" * 20_001}}],
            [{"isi": "a", "nilai": {str(n): "" for n in range(101)}}], [{"isi": "a", "nilai": {"b": "x" * 9_000}}] * 60,
        ],
    )  # fmt: skip
    def test_what_is_no_list_of_actions_is_refused_in_words(self, raw: Any) -> None:
        with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
            read_actions(raw)

    def test_a_form_that_lost_a_field_takes_the_others(self) -> None:
        forms = sop_forms()
        del forms["isi_aduan"]["properties"]["sekolah"]
        found = tried([{"isi": "isi_aduan", "nilai": {**FILED, "sekolah": "SD Kamboja"}}], forms=forms)
        assert (found.applied, found.journal[1].notes[0]) == (1, "Isian «sekolah» tidak ada lagi pada formulir.")


def _forks() -> bytes:
    nodes, flows, last = [], [], "isi"
    for n in range(20):
        nodes += [parallel(f"s{n}"), user(f"a{n}"), user(f"b{n}"), parallel(f"j{n}")]
        flows += [f"{last}>s{n}>a{n}>j{n}", f"s{n}>b{n}>j{n}"]
        last = f"j{n}"
    return draw([*nodes, end()], ";".join(["mulai>isi", *flows, f"{last}>selesai"]))


def _endless() -> bytes:
    nodes = [exclusive("g", "g_x"), script("x", "n = 1"), end()]
    return draw(nodes, "mulai>isi>g; g>x; x>g; g>selesai: judul == 'x'")


def _repeats(count: str) -> bytes:
    many = f'<multiInstanceLoopCharacteristics isSequential="false"><loopCardinality>{count}</loopCardinality></multiInstanceLoopCharacteristics>'  # noqa: E501
    return draw([user("t", inner=many), end()], "mulai>isi>t>selesai")


def _ticking() -> bytes:
    """A second for ever, without ending the task: two hundred rounds are enough of it."""
    nodes = [user("t"), boundary("b", "t", '"R1000000/PT1S"', "timeCycle", interrupting=False), end("e"), end()]
    return draw(nodes, "mulai>isi>t>selesai; b>e")


def _hanging_form() -> dict[str, Any]:
    slow = {"type": "string", "pattern": "^(a+)+$", "wajib": True}
    return small_forms(catat=form(catatan=slow))


FILE = {"isi": "isi", "nilai": {"judul": "x"}}
LATER = {"waktu": "2190-01-01T00:00"}
HOSTILE: dict[str, Callable[[], tuple[bytes, dict[str, Any], list[dict[str, Any]]]]] = {
    "forks": lambda: (_forks(), small_forms(), [FILE]),
    "endless": lambda: (_endless(), small_forms(), [FILE]),
    "repeats": lambda: (_repeats("1000000"), small_forms(), [FILE]),
    "many repeats": lambda: (_repeats("5000"), small_forms(), [FILE, *[{"isi": "t", "task": 3}] * 200]),
    "ticking": lambda: (_ticking(), small_forms(), [FILE, LATER]),
    "slow form": lambda: (
        draw([user("t"), end()], "mulai>isi>t>selesai"),
        _hanging_form(),
        [FILE, {"isi": "t", "nilai": {"catatan": "a" * 60 + "!"}}],
    ),
    "big number": lambda: (
        draw([wait("w", '"P' + "9" * 900 + 'M"'), user("t"), end()], "mulai>isi>w>t>selesai"), small_forms(), [FILE]
    ),
    "deep": lambda: (sop_with(("jenis == 'informasi'", "(" * 9000 + "1" + ")" * 9000)), sop_forms(), INFORMATION),
    "no diagram": lambda: (b"<a/>", {}, []),
    "no xml": lambda: (b"\xff\x00", {}, []),
    "strange forms": lambda: (sop_with(), {"isi_aduan": 5, "klasifikasi": {"type": "object"}}, INFORMATION),
    "unknown function": lambda: (sop_with(("hari_kerja(10)", "buka('/')")), sop_forms(), INFORMATION),
    "reserved id": lambda: (sop_with(('"klasifikasi"', '"Start"'), (">klasifikasi<", ">Start<")), sop_forms(), START),
}  # fmt: skip


class TestHostileDrafts:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_it_is_answered_in_time_and_in_words(self, name: str) -> None:
        xml, forms, actions = HOSTILE[name]()
        began = time.monotonic()
        found = tried(actions, xml, forms)
        assert time.monotonic() - began < 12
        assert found.problem or found.findings or name in ("strange forms", "slow form")  # left out, and passed
        assert not re.search("Traceback|Error:|<class", f"{found.problem} {found.findings}")
        situation_from(json.loads(found.data()))

    def test_a_form_that_cannot_be_read_is_left_out_and_its_task_may_be_passed(self) -> None:
        forms = sop_forms() | {"isi_aduan": {"type": "object", "pattern": 1}}
        found = tried([{"isi": "isi_aduan"}], forms=forms)
        assert (found.applied, found.tasks[0].element) == (1, "terima_aduan")
        xml, slow, actions = HOSTILE["slow form"]()
        assert tried(actions, xml, slow).applied == 2

    def test_a_drawing_with_broken_structure_is_refused_with_what_the_gate_says(self) -> None:
        found = tried([], sop_with(('targetRef="klasifikasi"', 'targetRef="tidak_ada"')))
        assert found.tasks == ()
        assert any("tidak_ada" in each for each in found.findings)

    def test_in_a_process_of_its_own_it_answers_the_same(self) -> None:
        runs = [Run(MONDAY, read_actions(each)) for each in ([], INFORMATION, [*COMPLAINT, READ], [READ])]
        fit = fit_of(sop_with(), sop_forms())
        assert fit.harmless
        apart = _run_apart(sop_with(), fit, runs, CALENDAR, TABLES)
        assert apart == run_here(fit, runs, CALENDAR, TABLES)
        assert [each.ended for each in apart] == [False, False, True, False]


class TestLoopsAndRepeats:
    def test_a_loop_can_be_gone_round_until_the_actions_are_used_up(self) -> None:
        nodes = [user("kerja"), user("nilai", "putus"), exclusive("g", "g_kerja"), end()]
        xml = draw(nodes, "mulai>isi>kerja>nilai>g; g>kerja; g>selesai: putusan == 'ya'")
        again: list[dict[str, Any]] = [{"isi": "kerja"}, {"isi": "nilai", "nilai": {"putusan": "tidak"}}]
        began = time.monotonic()
        found = tried([FILE, *again * 149], xml, small_forms())
        assert (found.applied, found.problem, found.tasks[0].element) == (299, "", "kerja")
        assert time.monotonic() - began < 3

    def test_repeated_tasks_are_told_apart(self) -> None:
        folder = FOLDER / "kunjungan"
        xml, forms = (folder / "kunjungan.bpmn").read_bytes(), read_forms(folder / "forms")
        plan = {"bidang": "sd", "peninjau": "3", "tempat": ["Kelas 1", "Aula"]}
        first = [{"isi": "undang", "nilai": _answers(forms, "undang")}, {"isi": "rencanakan", "nilai": plan}]
        found = tried(first, xml, forms)
        assert found.problem == "", found.errors
        assert [(each.element, each.index, each.which) for each in found.tasks] == [
            ("tinjau", 0, "1 dari 3 yang terbuka"),
            ("tinjau", 1, "2 dari 3 yang terbuka"),
            ("tinjau", 2, "3 dari 3 yang terbuka"),
            ("ukur", 0, "Kelas 1"),
            ("siapkan", 0, ""),
        ]
        done = {"isi": "tinjau", "task": 2, "nilai": _answers(forms, "tinjau")}
        assert len([each for each in tried([*first, done], xml, forms).tasks if each.element == "tinjau"]) == 2

    def test_a_message_that_is_awaited_is_filled_in_like_a_task(self) -> None:
        nodes = [
            catch("x", trigger("message", "m_surat"), form_key="putus"),
            exclusive("g", "g_selesai"),
            end(),
            end("y"),
        ]
        xml = rooted(draw(nodes, "mulai>isi>x>g>selesai; g>y: putusan == 'tidak'"))
        found = tried([FILE], xml, small_forms())
        assert [(each.element, each.lane, each.form) for each in found.tasks] == [("x", "Admin", "putus")]
        done = tried([FILE, {"isi": "x", "nilai": {"putusan": "tidak"}}], xml, small_forms())
        assert (done.ended, done.outcome, done.problem) == (True, "y", "")
        assert [each.text for each in done.journal][-2:] == ["Admin mencatat «x»", "Aduan selesai: y"]


def _answers(forms: dict[str, Any], key: str) -> dict[str, Any]:
    return example(Form(key, forms[key]), TABLES)


@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_made_up_answers_fit_every_form(diagram: str) -> None:
    folder = FOLDER / diagram / "forms"
    forms = read_forms(folder) if folder.exists() else sop_forms()
    for key, schema in forms.items():
        typed = _answers(forms, key)
        assert Form(key, schema).clean(typed, TABLES).errors == {}, (key, typed)


class TestAgainstRealCases:
    """The same work through the commands on a stored case and in a simulation leads to the same position."""

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("diagram", DIAGRAMS)
    def test_every_position_is_the_same(self, office: Office, rng: random.Random, diagram: str) -> None:
        if diagram != PROCESS:
            put_in_force(office, diagram)
        for _ in range(3):
            play, twin = _beside(office, diagram, rng)
            for _ in range(14):
                _compare(play, twin)
                if play.case.closed_at is not None or not _both(play, twin):
                    break


class _Twin:
    """The simulation that runs beside a real case."""

    def __init__(self, office: Office, play: Play, started: datetime) -> None:
        with transaction(office.engine) as session:
            choices = all_tables(session)
        version = play.version
        self.world = World(version.program, version.forms, CALENDAR, choices, time.thread_time() + 60)
        self.trail = begin(self.world, started)

    def do(self, action: Any) -> None:
        self.trail = act(self.world, self.trail, action)


def _beside(office: Office, diagram: str, rng: random.Random) -> tuple[Play, _Twin]:
    with transaction(office.engine) as session:
        version = latest_deployed(session, diagram)
    play = Play(office, rng, {name: office.actor(name) for name in office.people}, version)
    form_ = version.form_of(version.first_task.id)
    values = play.answers(form_)
    opened = play.do(open_case, "siti", diagram, values)
    play.case_id, play.number = opened.case_id, opened.number
    twin = _Twin(office, play, office.now)
    twin.do(Fill(version.first_task.id, _as_typed(values)))
    return play, twin


def _as_typed(values: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: [str(each) for each in value] if isinstance(value, list) else ["1" if value is True else str(value)]
        for name, value in values.items()
        if value is not False
    }


def _both(play: Play, twin: _Twin) -> bool:
    """One random act in both: time passes, or somebody completes a task. False when there is nothing to do."""
    tasks = [(task, who) for task in play.open_tasks() for who in play.owners(task)[:1]]
    due = play.case.next_timer_at
    if due is not None and (not tasks or play.rng.random() < 0.3):
        play.office.now = max(play.office.now, due + timedelta(minutes=play.rng.randint(0, 9000)))
    elif not tasks:
        return False
    later = play.office.now + timedelta(minutes=1)
    while (due := play.case.next_timer_at) is not None and due < later:  # the worker looks all the time
        with transaction(play.office.engine) as session:
            fire_timers(session, play.case_id, due + timedelta(microseconds=1))
    twin.do(Wait(later))
    still = [(task, who) for task, who in tasks if task.id in {each.id for each in play.open_tasks()}]
    if still:
        task, who = play.rng.choice(still)
        values = play.answers(play.version.form_of(task.element))
        play.do(complete_task, who, task.id, values)
        twin.do(Fill(task.element, _as_typed(values)))
    return True


def _compare(play: Play, twin: _Twin) -> None:
    case, sim = play.case, twin.trail
    real = play.version.program.position(case.state)
    assert sim.position.completed == real.completed, play.log
    assert sorted(each.element for each in sim.position.tasks) == sorted(each.element for each in real.tasks), play.log
    timers = [sorted((each.element, _near(each.due)) for each in position.timers) for position in (sim.position, real)]
    assert timers[0] == timers[1], play.log
    assert _unordered(sim.position.variables) == _unordered(real.variables), play.log
    shown = situation_of(twin.world, sim, 0, None)
    dues = sorted(
        (task.element, _near(task.due_at), _near(task.opened_at)) for task in play.open_tasks() if task.due_at
    )
    simulated = sorted((each.element, _near(each.due), _near(each.opened)) for each in shown.tasks if each.due)
    assert simulated == dues, play.log
    assert shown.outcome == (case.outcome or "")


def _near(at: datetime) -> datetime:
    # Of two timers due at one instant the ids decide which rings a microsecond before the other.
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _unordered(variables: dict[str, Any]) -> dict[str, Any]:
    # Which of several equal repetitions was done first is chosen by id, and ids differ.
    return {name: sorted(value) if isinstance(value, list) else value for name, value in variables.items()}


class TestDifferences:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ([("120 menit", "60 menit")],
             ["Batas «Klasifikasi»: dahulu 120 menit kerja (sampai Senin 5 Jan 2026 10.30); "
              "sekarang 60 menit kerja (sampai Senin 5 Jan 2026 09.30)."]),
            ([("hari_kerja(10)", "hari_kerja(8)")],
             ["Batas «10 hari kerja tanpa konfirmasi»: dahulu 10 hari kerja (sampai Selasa 20 Jan 2026 16.00); "
              "sekarang 8 hari kerja (sampai Kamis 15 Jan 2026 16.00)."]),
            ([("jenis == 'informasi'", "jenis == 'tanya'")],
             ["Sesudah «Klasifikasi»: dahulu Input tanggapan → 10 hari kerja tanpa konfirmasi → Ditutup otomatis; "
              "sekarang berhenti di «Tanggapi aduan»: langkah «Input tanggapan» tidak terbuka; "
              "yang terbuka «Tanggapi aduan»."]),
            ([('name="Klasifikasi"', 'name="Pilah"')], []),
            ([("120 menit", "2 jam")], []),
            ([('x="610" y="490"', 'x="620" y="480"')], []),
            ([('value="Ditutup otomatis tanpa konfirmasi"', 'value="Ditutup"')],
             ["Akhirnya dahulu selesai: Ditutup otomatis tanpa konfirmasi; sekarang selesai: Ditutup."]),
            ([('"alur_permintaan_informasi"', '"alur_lain"'), (">alur_permintaan_informasi<", ">alur_lain<")], []),
        ],
    )  # fmt: skip
    def test_what_differs_is_said_in_the_words_of_the_sop(self, changes: Any, expected: list[str]) -> None:
        actions = [*INFORMATION, {"waktu": "2026-02-02T08:00"}]
        assert differences(led(actions), led(actions, sop_with(*changes))) == expected

    def test_a_field_that_became_required_stops_it_there(self) -> None:
        forms = sop_forms()
        forms["terima_aduan"]["required"] = ["catatan"]
        (said,) = differences(led([*INFORMATION, READ]), led([*INFORMATION, READ], forms=forms))
        assert said.endswith("sekarang berhenti di «Terima aduan»: isian «Catatan untuk Ketua Tim» wajib diisi.")

    def test_a_drawing_that_cannot_be_tried_is_said(self) -> None:
        (said,) = differences(led(INFORMATION), led(INFORMATION, b"<a/>"))
        assert "berhenti: diagram belum dapat dijalankan" in said

    def test_an_outcome_survives_its_storage(self) -> None:
        for actions in ([], INFORMATION, [*COMPLAINT, READ], [READ]):
            kept = led(actions)
            assert Outcome.from_data(json.loads(json.dumps(kept.data()))) == kept


class TestScenarios:
    @staticmethod
    def save(office: Office, name: str, actions: list[dict[str, Any]], who: str = "pemilik") -> int:
        with transaction(office.engine) as session:
            choices = all_tables(session)
        found = simulate(
            sop_with(), sop_forms(), read_actions(actions), calendar=CALENDAR, started=MONDAY, tables=choices
        )
        taken = read_actions(actions)[: found.applied]
        return office.do(
            save_scenario, who, PROCESS, name, started=MONDAY, actions=taken, outcome=outcome_of(found, len(taken))
        )

    def test_it_is_kept_listed_renamed_and_forgotten(self, office: Office) -> None:
        made = self.save(office, "  Informasi \n singkat ", _known(INFORMATION))
        with transaction(office.engine) as session:
            (kept,) = scenarios(session, PROCESS)
            assert scenarios(session, "lain") == []
            rename_scenario(session, office.actor("pemilik"), PROCESS, made, "Tanya")
            assert [each.name for each in scenarios(session, PROCESS)] == ["Tanya"]
            delete_scenario(session, office.actor("pemilik"), PROCESS, made)
            assert scenarios(session, PROCESS) == []
        assert (kept.name, kept.started, kept.author, len(kept.actions)) == ("Informasi singkat", MONDAY, "Pemilik", 4)
        assert kept.outcome.waiting == ("Terima jawaban",)

    def test_only_the_owner_of_the_process_may(self, office: Office) -> None:
        made = self.save(office, "Satu", _known(START))
        for who in ("dewi", "kepala", "sistem", "siti"):
            with pytest.raises(NotFound):
                self.save(office, "Dua", _known(START), who)
            for command, more in ((delete_scenario, ()), (rename_scenario, ("Tiga",))):
                with pytest.raises(NotFound), transaction(office.engine) as session:
                    command(session, office.actor(who), PROCESS, made, *more)
        with pytest.raises(NotFound), transaction(office.engine) as session:
            delete_scenario(session, office.actor("pemilik"), "lain", made)

    @pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\u202eb", "Satu"])
    def test_a_name_must_be_one_and_free(self, office: Office, name: str) -> None:
        self.save(office, "Satu", _known(START))
        with pytest.raises(Rejected):
            self.save(office, name, _known(START))

    def test_there_is_an_end_to_them(self, office: Office) -> None:
        with transaction(office.engine) as session:
            content = b""
            session.add_all(
                Scenario(process_id=PROCESS, name=f"S{n}", started=MONDAY, content=content,
                         author_id=office.people["pemilik"], created_at=MONDAY) for n in range(MAX_SCENARIOS)
            )  # fmt: skip
        with pytest.raises(Rejected, match="Sudah ada 100 skenario"):
            self.save(office, "Lagi", _known(START))

    def test_all_run_on_a_proposal_and_what_differs_from_the_version_in_force_is_said(self, office: Office) -> None:
        self.save(office, "Informasi", _known([*INFORMATION, READ]))
        self.save(office, "Baru masuk", _known(START[:1]))
        forms = sop_forms()
        forms["terima_aduan"]["required"] = ["catatan"]
        with transaction(office.engine) as session:
            assert all(each.same for each in run_all(session, PROCESS, sop_with(), sop_forms()))
            other, informed = run_all(session, PROCESS, sop_with(), forms)
            with pytest.raises(NotFound):
                run_all(session, "lain", sop_with(), forms)
        assert (other.name, other.same, other.sentences) == ("Baru masuk", True, [])
        assert (informed.name, informed.same) == ("Informasi", False)
        assert "«Catatan untuk Ketua Tim» wajib diisi" in informed.sentences[0]
        assert informed.since_saved == informed.sentences

    def test_nothing_of_it_touches_real_work(self, office: Office) -> None:
        def rows() -> dict[str, int]:
            with transaction(office.engine) as session:
                every = Base.metadata.tables.items()
                return {name: session.scalar(select(func.count()).select_from(table)) for name, table in every}

        before = rows()
        self.save(office, "Informasi", _known([*INFORMATION, {"waktu": "2027-01-01T00:00"}]))
        with transaction(office.engine) as session:
            run_all(session, PROCESS, sop_with(), sop_forms())
        assert rows() == before | {"scenario": 1}


def _known(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The actions with choices that stand in the office's own tables."""
    known = {"kategori": "wewenang", "subkategori": "pungutan_liar"}
    return [each | {"nilai": each["nilai"] | known} if each.get("isi") == "isi_aduan" else each for each in actions]


def test_the_office_knows_the_choices_that_these_tests_type(office: Office) -> None:
    with transaction(office.engine) as session:
        found = tables(session, ("kategori", "subkategori"))
    assert {"wewenang"} <= {each.value for each in found["kategori"]}
    assert {"pungutan_liar"} <= {each.value for each in found["subkategori"]}


def test_no_page_and_no_database_is_known_here() -> None:
    folder = Path(__file__).parents[2] / "engine" / "simulation"
    text = "\n".join(each.read_text(encoding="utf-8") for each in folder.glob("*.py"))
    assert "sqlalchemy" not in text
    assert "engine.store" not in text
