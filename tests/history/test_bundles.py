"""What a bundle holds: all of its cases or its period, every version they ran on; what is left out is not erased."""

import random
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from engine.errors import NotFound, Rejected
from engine.history.event import canonical, digest
from engine.history.verify import Broken, Files, Report, check_bundle
from engine.queries.evidence.bundle import Wanted
from engine.queries.evidence.replaying import replay_bundle
from engine.store.files import path_of
from tests.engine.test_erasure import SECRETS, closed_case, erase
from tests.engine.test_migration import QUICKER, migrate, redeploy
from tests.history.crimes import rewrite
from tests.history.ledger import Ledger, refused, some_cases, unzipped

SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)


def judged(ledger: Ledger, wanted: Wanted) -> tuple[dict[str, bytes], Report]:
    """A bundle, after its check and a replay from its own deployments."""
    files = unzipped(ledger.zipped(wanted))
    report = ledger.check(files)
    replay_bundle(Files.held(files), trusted=True)
    return files, report


def streams_of(files: dict[str, bytes]) -> set[str]:
    return {orjson.loads(orjson.loads(line)["body"])["stream"] for line in files["events.jsonl"].splitlines()}


def test_a_moved_case_brings_both_versions_and_runs_again_from_them(ledger: Ledger) -> None:
    office = ledger.office
    case, other = office.file_complaint(), office.file_complaint()
    office.go_to(case, "tanggapi_aduan")
    redeploy(office, QUICKER)
    migrate(office, case)
    office.finish(case)
    ledger.log()
    files, report = judged(ledger, Wanted([case.number.lower(), other.number, case.number]))
    assert report.manifest is not None and report.manifest.facts["scope"]["cases"] == [case.number, other.number]
    diagrams = {name for name in files if name.endswith("diagram.bpmn")}
    assert len(diagrams) == 2
    assert replay_bundle(Files.held(files), trusted=False) == 2, "the committed SOP passes the gate"


def test_a_period_holds_all_that_was_logged_in_it(ledger: Ledger, rng: random.Random) -> None:
    office = ledger.office
    before = office.finish(office.file_complaint())
    ledger.log()
    office.now += timedelta(days=1)
    since = office.now
    within = some_cases(office, rng, 3)
    ledger.log()
    until = office.now + timedelta(minutes=1)
    office.now += timedelta(hours=1)
    office.file_complaint()
    ledger.log()  # the checkpoint that ends the period may cover something younger
    after = office.finish(office.file_complaint())
    ledger.log()
    files, report = judged(ledger, Wanted(since=since, until=until))
    held = streams_of(files)
    assert {f"kasus/{case.id}" for case in within} <= held
    assert f"kasus/{before.id}" not in held and f"kasus/{after.id}" not in held
    assert {"first.txt", "end.txt"} <= files.keys() and report.events == len(files["events.jsonl"].splitlines())
    gone = f"kasus/{within[0].id}"
    lines = [each for each in files["events.jsonl"].splitlines(keepends=True) if gone.encode() not in each]
    scope = resigned(ledger, files | {"events.jsonl": b"".join(lines)}, len(lines), len(held) - 1)
    broken = refused(lambda: ledger.check(scope))
    assert broken is not None and "hilang dari bundel" in broken.reason and broken.where.startswith("tempat "), broken
    everything, _ = judged(ledger, Wanted(since=since - timedelta(days=9), until=office.now + timedelta(days=9)))
    assert {"proses/aduan", f"kasus/{before.id}", f"akun/{office.people['siti']}"} <= streams_of(everything)


def resigned(ledger: Ledger, files: dict[str, bytes], events: int, streams: int) -> dict[str, bytes]:
    """With a manifest that agrees, signed with the true key."""
    from engine.history.verify import Manifest

    stated = orjson.loads(files["manifest.json"]) | {"events": events, "streams": streams}
    for name in stated["files"]:
        stated["files"][name] = {"sha256": digest(files[name]), "size": len(files[name])}
    data = canonical(stated)
    text = Manifest.text(stated["origin"], stated["at"], digest(data))
    return files | {"manifest.json": data, "manifest.sig": ledger.signer.note(text, stated["at"]).encode()}


@SQLITE
def test_what_is_left_out_is_not_taken_for_erased_nor_the_other_way_round(ledger: Ledger) -> None:
    office = ledger.office
    erased, _ = closed_case(office)
    kept, _ = closed_case(office)
    gone = erase(office, erased).values
    ledger.log()
    wanted = Wanted([erased.number, kept.number], personal=False)
    files, report = judged(ledger, wanted)
    assert (report.erased, report.left_out, report.attachments) == (gone, gone, 0)
    everything = b"".join(files.values())
    assert not [word for word in SECRETS if word.encode() in everything]
    whole, full = judged(ledger, Wanted([erased.number, kept.number]))
    assert (full.erased, full.left_out, full.attachments) == (gone, 0, 1) and b"Zulfikar" in whole["events.jsonl"]
    for one, other, reason in (
        (b"null", b'"left_out"', "tidak disertakan"), (b'"left_out"', b"null", "tanpa peristiwa penghapusan"),
    ):  # fmt: skip
        name = b'"isi":'
        changed = files["events.jsonl"].replace(name + one, name + other)
        assert changed != files["events.jsonl"]
        broken = refused(lambda changed=changed: ledger.check(files | {"events.jsonl": changed + b""}))
        assert broken is not None and (reason in broken.reason or "lebih besar" in broken.reason), broken
        signed = resigned(ledger, files | {"events.jsonl": changed}, report.events, 2)
        broken = refused(lambda signed=signed: ledger.check(signed))
        assert broken is not None and reason in broken.reason, broken


@SQLITE
def test_files_come_along_when_asked_for_and_a_lost_one_is_told(ledger: Ledger) -> None:
    office = ledger.office
    case, file_id = closed_case(office)
    ledger.log()
    files, report = judged(ledger, Wanted([case.number], files=office.files))
    assert files[f"attachments/{file_id}"] == path_of(office.files, file_id).read_bytes() and report.attachments == 1
    path_of(office.files, file_id).write_bytes(b"lain")
    broken = refused(lambda: judged(ledger, Wanted([case.number], files=office.files)))
    assert broken is not None and broken.where == f"attachments/{file_id}", "a file that was changed on the disk"
    path_of(office.files, file_id).unlink()
    _, report = judged(ledger, Wanted([case.number], files=office.files))
    assert report.manifest is not None and report.manifest.facts["left_out"]["absent"] == [file_id]


@SQLITE
def test_a_step_that_the_diagram_does_not_lead_to_is_found_by_the_replay(ledger: Ledger) -> None:
    """Written into the database before the log took it: every signature holds, only the engine can tell."""
    case = ledger.office.finish(ledger.office.file_complaint())
    with ledger.forging() as connection:
        from tests.history.crimes import one

        row = one(connection, "SELECT * FROM event WHERE stream = :s AND seq = 3", s=f"kasus/{case.id}")
        rewrite(connection, row, lambda body: body.update(position="0" * 64))
    ledger.log()
    files = ledger.bundle(case.number)
    ledger.check(files)
    with pytest.raises(Broken, match=f"kasus/{case.id} nomor 3: diputar ulang"):
        replay_bundle(Files.held(files), trusted=True)


@SQLITE
def test_a_diagram_that_nobody_vouches_for_must_pass_the_gate(ledger: Ledger) -> None:
    case = ledger.office.file_complaint()
    ledger.log()
    files = ledger.bundle(case.number)
    name = next(each for each in files if each.endswith("diagram.bpmn"))
    wild = files | {name: files[name].replace(b"jenis ==", b"__import__('os') ==")}
    assert wild[name] != files[name]
    with pytest.raises(Broken, match="tidak dijalankan tanpa --key"):
        replay_bundle(Files.held(wild), trusted=False)


@SQLITE
def test_what_cannot_be_bundled_is_told(ledger: Ledger) -> None:
    office = ledger.office
    with pytest.raises(NotFound):
        ledger.zipped(Wanted(["ADU-2026-000001"]))
    case = office.file_complaint()
    ledger.log()
    early, late = office.now - timedelta(days=400), office.now - timedelta(days=399)
    for wanted in (Wanted(), Wanted([case.number, "ADU-1999-000001"]), Wanted(since=late, until=early)):
        with pytest.raises(Rejected):
            ledger.zipped(wanted)
    assert check_bundle(Files.held(ledger.bundle(case.number)), ledger.keys).events == 2


@SQLITE
def test_the_same_history_at_the_same_moment_gives_the_same_bytes(ledger: Ledger, tmp_path: Path) -> None:
    case = ledger.office.finish(ledger.office.file_complaint())
    ledger.log()
    assert ledger.zipped(Wanted([case.number])) == ledger.zipped(Wanted([case.number]))
