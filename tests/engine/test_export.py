"""Exports say what history says, in the standards' forms; nothing in them runs, and nobody is named unasked."""

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from engine.commands.claim_task import claim_task
from engine.commands.close_case import withdraw_case
from engine.export import csv_parts, write_xlsx, xes_parts
from engine.export.columns import TITLES, safe
from engine.export.steps import Case as Exported
from engine.export.steps import Entry
from engine.queries.choices import labels
from engine.queries.exports import Selection, exported_cases
from engine.store.database import snapshot
from engine.store.models import Task
from tests.engine.office import COMPLAINT, Office

NS = "{http://www.xes-standard.org/}"
KINDS = {"string", "date", "int", "boolean", "float", "id"}
EXTENSIONS = {"concept": {"name", "instance"}, "lifecycle": {"transition", "model"}, "time": {"timestamp"},
              "org": {"resource", "role", "group"}}  # fmt: skip
LIFECYCLE = {"schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort", "ate_abort",
             "complete", "autoskip", "manualskip"}  # fmt: skip


def exported(office: Office, actor: str | None = None, chosen: Selection | None = None, **more: bool) -> list[Exported]:
    who = office.actor(actor) if actor else None
    with snapshot(office.engine) as session:
        return list(exported_cases(session, chosen or Selection(), who, **more))


def check_xes(data: bytes) -> Any:
    """Hold a log against the structure that IEEE 1849 gives it; returns its root."""
    log = etree.fromstring(data)
    assert log.tag == f"{NS}log" and float(log.get("xes.version")) == 1849.2016 and log.get("xes.features") == ""
    order = ["extension", "global", "classifier", "string", "trace"]
    tags = [each.tag.removeprefix(NS) for each in log]
    assert tags == sorted(tags, key=order.index)
    declared = {each.get("prefix") for each in log.iter(f"{NS}extension")}
    globals_ = {each.get("scope"): {(a.tag, a.get("key")) for a in each} for each in log.iter(f"{NS}global")}
    known = {key for _, key in globals_["event"]} | {key for _, key in globals_["trace"]}
    for each in log.iter(f"{NS}classifier"):
        assert set(each.get("keys").split()) <= known
    for trace in log.iter(f"{NS}trace"):
        check_attributes(trace, globals_["trace"], declared)
        for event in trace.iter(f"{NS}event"):
            check_attributes(event, globals_["event"], declared)
    return log


def check_attributes(holder: Any, required: set[Any], declared: set[str]) -> None:
    found = [each for each in holder if each.tag not in (f"{NS}event",)]
    keys = [each.get("key") for each in found]
    assert len(keys) == len(set(keys)) and required <= {(each.tag, each.get("key")) for each in found}
    for each in found:
        kind, (prefix, _, name) = each.tag.removeprefix(NS), each.get("key").rpartition(":")
        assert kind in KINDS and (not prefix or (prefix in declared and name in EXTENSIONS[prefix]))
        value = each.get("value")
        if kind == "date":
            assert datetime.fromisoformat(value).utcoffset() == timedelta(0)
        if kind == "int":
            assert str(int(value)) == value
        if kind == "boolean":
            assert value in ("true", "false")
        if name == "transition":
            assert value in LIFECYCLE


def test_the_life_of_every_task_stands_in_the_log(office: Office) -> None:
    done, open_ = office.file_complaint(), office.file_complaint("budi")
    office.finish(done)
    task = office.go_to(open_, "tanggapi_aduan", bidang="sd")
    with office.transaction() as session:
        claim_task(session, office.actor("ratna"), task.id, now=office.now)
    office.move("hasan", task, "smp")
    with office.transaction() as session:
        withdraw_case(session, office.actor("budi"), open_.number, "Sudah selesai sendiri.", now=office.now)
        tasks = session.scalars(select(Task)).all()
    log = check_xes(b"".join(xes_parts(exported(office), "semua")))
    entries = [entry for case in exported(office) for entry in case.entries]
    assert len(log.findall(f".//{NS}event")) == len(entries)
    by = {sign: [each.task for each in entries if each.transition == sign] for sign in LIFECYCLE}
    assert sorted(by["start"]) == sorted(each.id for each in tasks)
    assert sorted(by["complete"]) == sorted(each.id for each in tasks if each.status == "done")
    assert by["ate_abort"] == [task.id] == by["assign"] == by["reassign"]
    rows = {each.task: each for each in entries if each.transition == "complete"}
    for each in tasks:
        if each.id in rows:
            entry = rows[each.id]
            assert (entry.element, entry.version) == (each.element, 1)
            assert entry.resource in (each.finished_by, "pelapor") and entry.worked is not None and entry.worked >= 0
            assert entry.late == (None if each.due_at is None else each.finished_at > each.due_at)
    with snapshot(office.engine) as session:
        units = labels(session)["unit"]
    assert [each.unit for each in entries if each.task == task.id] == [units["sd"]] * 2 + [units["smp"]] * 2


def test_nobody_is_named_unasked_and_a_reporter_never(office: Office) -> None:
    office.finish(office.file_complaint())
    plain = b"".join(xes_parts(exported(office, "auditor"), "semua")).decode()
    named = b"".join(xes_parts(exported(office, "auditor", names=True), "semua")).decode()
    assert office.people["dewi"] in plain and ">Dewi<" not in plain and "Dewi" not in plain
    assert 'key="org:resource" value="Dewi"' in named
    for text in (plain, named):
        assert "Siti" not in text and office.people["siti"] not in text and COMPLAINT["judul"] not in text
    told = b"".join(csv_parts(exported(office, "auditor", contents=True))).decode()
    assert COMPLAINT["judul"] in told and COMPLAINT["isi"] in told and "Siti" not in told


def test_only_what_a_role_reads_is_exported(office: Office) -> None:
    case = office.file_complaint()
    office.go_to(case, "tanggapi_aduan", bidang="sd")
    assert [each.number for each in exported(office, "auditor")] == [case.number]
    assert exported(office, "maya") == [] == exported(office, "siti")


def test_a_period_goes_by_the_day_of_filing_in_jakarta(office: Office) -> None:
    today = office.now.date()
    cases = []
    for day in range(3):
        office.now += timedelta(days=1) if day else timedelta()
        cases.append(office.file_complaint().number)
    chosen = Selection(first=today + timedelta(days=1), last=today + timedelta(days=1))
    assert [each.number for each in exported(office, None, chosen)] == [cases[1]]
    assert [each.number for each in exported(office, None, Selection(last=today))] == [cases[0]]
    assert [each.number for each in exported(office, None, Selection(number=cases[2]))] == [cases[2]]
    assert exported(office, None, Selection(first=date(2199, 1, 1))) == []


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', '"; drop', "<b>&\x07\x00"]


def evil_case() -> Iterator[Exported]:
    entries = [Entry("isi", text, "complete", "2026-01-05T01:00:00.000000Z", "t", text, text, text, 1, text, 5, True,
                     text) for text in EVIL]  # fmt: skip
    yield Exported(
        "ADU-2026-000001", "web", "2026-01-05T01:00:00.000000Z", "2026-01-05T02:00:00.000000Z", "=1", entries
    )


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    rows = list(csv.reader(StringIO(b"".join(csv_parts(evil_case())).decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == TITLES and len(rows) == 1 + len(EVIL)
    texts = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in texts if cell[:1] in tuple("=+-@\t\r\n")]
    assert safe("=1") == "'=1" and safe("biasa") == "biasa" and safe("") == ""
    path = tmp_path / "evil.xlsx"
    assert write_xlsx(evil_case(), path) == len(EVIL)
    with zipfile.ZipFile(path) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert not [name for name in book.namelist() if "rels" in name and "worksheets" in name]
    cells = [each for each in sheet.iter() if etree.QName(each).localname in ("f", "hyperlink")]
    shown = [each.text for each in sheet.iter() if etree.QName(each).localname == "t"]
    assert cells == [] and "'=1+1" in shown


def test_characters_that_xml_does_not_know_are_replaced() -> None:
    log = check_xes(b"".join(xes_parts(evil_case(), "uji <&> \"'")))
    names = [each.get("value") for each in log.iter(f"{NS}string") if each.get("key") == "org:role"]
    assert names[:-1] == EVIL[:-1] and names[-1] == "<b>&\ufffd\ufffd"


def test_parts_are_small_however_long_the_file() -> None:
    many = [next(evil_case())] * 2000
    parts = list(xes_parts(iter(many), "banyak"))
    assert len(parts) > 10 and max(map(len, parts)) < 200_000
    assert etree.parse(BytesIO(b"".join(parts))).getroot().tag == f"{NS}log"


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_sheets_go_on_when_one_is_full(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.export.xlsx.ROWS", 4)
    office.finish(office.file_complaint())
    count = write_xlsx(iter(exported(office)), tmp_path / "buku.xlsx")
    with zipfile.ZipFile(tmp_path / "buku.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == -(-count // 4) > 2
