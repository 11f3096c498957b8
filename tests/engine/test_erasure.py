"""Erasure: what is personal in a closed case leaves table, pages, file and disk; history goes on proving the rest."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from engine.commands.attachments import receive_file
from engine.commands.close_case import withdraw_case
from engine.commands.deploy import read_forms
from engine.commands.erase_case import Erased, closed_before, erase_case, finish_erasures
from engine.errors import Conflict, NotFound, Rejected
from engine.process.forms import CASE_COLUMNS
from engine.queries.case_replay import case_replay
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import sight
from engine.queries.erasures import last_erasures
from engine.queries.recorded_values import ERASED
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot, transaction
from engine.store.files import ERASED_NAME, path_of
from engine.store.models import Attachment, Case
from tests.engine.office import ROOT, Office
from tests.history.ledger import Ledger, zipped

SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
SECRETS = ("Zulfikar", "Kamboja", "uang sampul", "Cepat sekali", "Ternyata urusan SMP Rahasia", "foto Zulfikar.jpg")
HARMLESS = {"kategori", "subkategori", "jenis", "bidang", "penilaian"}


def stage(office: Office, name: str = "foto Zulfikar.jpg") -> str:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 20, 20)).save(out, "JPEG")
    with office.transaction() as session:
        return receive_file(
            session, office.files, field="lampiran", name=name, data=out.getvalue(),
            account_id=office.people["siti"], now=office.now,
        )  # fmt: skip


def closed_case(office: Office) -> tuple[Case, str]:
    """A case with everything: a file, a move with its reason, an answer, a rating. And the id of its file."""
    file_id = stage(office)
    case = office.file_complaint(lampiran=[file_id])
    office.move("hasan", office.go_to(case, "tanggapi_aduan"), "smp", "Ternyata urusan SMP Rahasia.")
    return office.finish(case), file_id


def erase(office: Office, case: Case, who: str | None = "sistem", basis: str = "permintaan") -> Erased:
    actor = office.actor(who) if who else None
    with office.transaction() as session:
        done = erase_case(session, actor, case.number, basis, now=office.now)
    assert finish_erasures(office.engine, office.files)
    return done


def kept(office: Office, case: Case) -> set[str]:
    """Names of the values that are still there."""
    return {
        name
        for seq in range(1, office.case(case).rev + 1)
        for name, row in office.stored_values(case, seq).items()
        if row.value is not None or row.salt is not None
    }


def bound(office: Office, case: Case) -> list[Attachment]:
    with transaction(office.engine) as session:
        return list(session.query(Attachment).where(Attachment.case_id == case.id))


def wrong(office: Office, case: Case) -> str:
    """What verification finds in the stored case."""
    with snapshot(office.engine) as session:
        return str(CaseCheck(session, office.files).one(case.number) or "")


def on_disk(office: Office) -> list[str]:
    return sorted(each.name for each in office.files.rglob("*") if each.is_file())


class TestWhatGoes:
    def test_what_is_personal_goes_and_the_rest_stays(self, office: Office):
        case, file_id = closed_case(office)
        done = erase(office, case)
        after = office.case(case)
        assert kept(office, case) == HARMLESS
        assert (after.judul, after.judul_kerja, after.kategori, after.bidang) == (None, None, "wewenang", "smp")
        assert (after.closed_at, after.outcome, after.position) == (case.closed_at, case.outcome, case.position)
        assert done.files == (file_id,) and on_disk(office) == []
        (row,), before = bound(office, case), path_of(office.files, file_id)
        assert (row.name, row.media_type, len(row.stored_sha256)) == (ERASED_NAME, "image/jpeg", 64)
        assert row.size > 0 and not before.exists()

    def test_the_event_says_what_went_and_why_in_a_code(self, office: Office):
        case, file_id = closed_case(office)
        before = office.bodies(case)
        done = erase(office, case, basis="retensi")
        body = office.bodies(case)[-1]
        personal = {str(each["seq"]): sorted(each["values"].keys() - HARMLESS) for each in before}
        assert body["type"] == "case_erased" and body["values"] == {}
        assert body["erased"] == {seq: names for seq, names in personal.items() if names}
        assert sum(map(len, body["erased"].values())) == done.values > 8
        assert (body["files"], body["basis"], body["actor"]) == ([file_id], "retensi", office.people["sistem"])
        assert body["appointment"] and body["position"] == before[-1]["position"]
        assert not any(body["effects"].values()) and "outcome" not in body["effects"]

    def test_a_reason_goes_too(self, office: Office):
        case = office.file_complaint()
        with office.transaction() as session:
            withdraw_case(session, office.actor("siti"), case.number, "Sudah selesai sendiri.", now=office.now)
        case = office.case(case)
        erase(office, case)
        assert office.bodies(case)[-1]["erased"] == {"2": ["isi", "judul", "sekolah"], "3": ["alasan"]}
        assert kept(office, case) == {"kategori", "subkategori"} and wrong(office, case) == ""

    def test_the_form_in_force_when_it_was_typed_decides(self, office: Office):
        old = office.file_complaint()
        forms = read_forms(ROOT / "forms")
        forms["isi_aduan"]["properties"]["kategori"]["x-pribadi"] = True
        for field in ("judul", "lampiran"):
            del forms["isi_aduan"]["properties"][field]["x-pribadi"]
        office.deploy(forms=forms)
        new = office.file_complaint(lampiran=[stage(office)])
        for case in (old, new):
            erase(office, office.finish(case))
        first, second = office.case(old), office.case(new)
        assert "kategori" in kept(office, old) and "judul" not in kept(office, old)
        assert "judul" in kept(office, new) and not {"kategori", "lampiran"} & kept(office, new)
        assert (first.judul, first.kategori) == (None, "wewenang")
        assert (second.judul, second.kategori) == (new.judul, None)
        assert wrong(office, old) == wrong(office, new) == ""

    @SQLITE
    @pytest.mark.parametrize("others", [1, 12])
    def test_the_text_is_nowhere_in_the_files_of_the_database(self, office: Office, others: int):
        """With one case beside it the text is still in the write-ahead log, with more it was moved between pages."""
        case, _ = closed_case(office)
        for number in range(others):
            other = office.file_complaint(judul=f"Atap bocor {number}", isi="x" * 50 * number + "Hujan deras." * 5)
            office.finish(other)
        path = Path(office.url.removeprefix("sqlite:///"))
        assert all(secret.encode() in raw(path) for secret in SECRETS)
        own = ("Zulfikar diminta", case.judul or "", "Ternyata urusan SMP Rahasia", "foto Zulfikar.jpg")
        erase(office, case)
        assert [secret for secret in own if secret.encode() in raw(path)] == []
        assert b"Atap bocor 0" in raw(path), "what was not erased is still there"


def raw(path: Path) -> bytes:
    """The database's files as they lie on the disk."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


class TestProofs:
    def test_history_holds_before_and_after(self, office: Office, tmp_path: Path):
        ledger = Ledger(office, tmp_path / "keys")
        case, _ = closed_case(office)
        running = office.file_complaint()
        ledger.log()
        earlier = ledger.newest()
        self._holds(ledger, case, tmp_path)
        erase(office, case)
        assert wrong(office, case) == wrong(office, running) == "", "also before the log has the event"
        ledger.log()
        self._holds(ledger, case, tmp_path)
        walked = ledger.walk(earlier)
        assert walked.broken is None and walked.erased == sum(map(len, office.bodies(case)[-1]["erased"].values()))

    def _holds(self, ledger: Ledger, case: Case, folder: Path) -> None:
        assert ledger.walk().broken is None and wrong(ledger.office, case) == ""
        bundle, keys = folder / "b.zip", folder / "keys.txt"
        files = ledger.bundle(case.number)
        bundle.write_bytes(zipped(files))
        keys.write_bytes(files["keys.txt"])
        program = ROOT / "engine" / "history" / "verify.py"
        alone = [sys.executable, "-I", str(program), str(bundle), "--key", str(keys)]
        done = subprocess.run(alone, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        erased = ledger.office.types(case)[-1] == "case_erased"
        assert erased != (b"Zulfikar" in files["events.jsonl"])


class TestRefusals:
    def test_an_open_case_is_not_erased(self, office: Office):
        case = office.file_complaint()
        with pytest.raises(Conflict, match="masih berjalan"):
            erase(office, case)
        assert "isi" in kept(office, case) and office.case(case).rev == case.rev

    def test_a_second_time_nothing_is_left(self, office: Office):
        case, _ = closed_case(office)
        erase(office, case)
        before = office.events(case)
        with pytest.raises(Conflict, match="tidak ada lagi"):
            erase(office, case)
        assert [each.hash for each in office.events(case)] == [each.hash for each in before]

    @pytest.mark.parametrize("who", ["siti", "dewi", "hasan", "auditor", "kepala"])
    def test_only_the_administrator_may(self, office: Office, who: str):
        case, _ = closed_case(office)
        with pytest.raises(NotFound):
            erase(office, case, who)
        assert "isi" in kept(office, case)

    def test_a_wrong_basis_or_number_is_refused(self, office: Office):
        case, _ = closed_case(office)
        with pytest.raises(Rejected):
            erase(office, case, basis="iseng")
        with pytest.raises(NotFound), office.transaction() as session:
            erase_case(session, None, "ADU-1999-000001", "retensi", now=office.now)

    def test_of_two_at_once_exactly_one_wins(self, office: Office):
        case, _ = closed_case(office)
        actor = office.actor("sistem")

        def attempt(_: int) -> str:
            try:
                with transaction(office.engine) as session:
                    erase_case(session, actor, case.number, "permintaan", now=office.now)
            except Conflict:
                return "late"
            return "won"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(attempt, range(2))) == ["late", "won"]
        assert office.types(case).count("case_erased") == 1

    def test_what_was_rolled_back_keeps_its_files(self, office: Office):
        case, file_id = closed_case(office)

        def cut_off() -> None:
            with office.transaction() as session:
                erase_case(session, None, case.number, "retensi", now=office.now)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            cut_off()
        assert finish_erasures(office.engine, office.files)
        assert on_disk(office) == [file_id] and wrong(office, case) == ""


class TestCutOff:
    def test_files_that_a_crash_left_behind_are_found_and_removed(self, office: Office):
        """The commit is done, the machine stops: verification says so, the next call finishes."""
        case, file_id = closed_case(office)
        with office.transaction() as session:
            erase_case(session, None, case.number, "retensi", now=office.now)
        assert on_disk(office) == [file_id]
        assert "masih ada di cakram" in wrong(office, case)
        for _ in range(2):
            finish_erasures(office.engine, office.files)
        assert on_disk(office) == [] and wrong(office, case) == ""


class TestRetention:
    def test_cases_closed_before_a_moment_are_found_until_they_are_erased(self, office: Office):
        early, _ = closed_case(office)
        office.now += timedelta(days=400)
        late = office.finish(office.file_complaint())
        running = office.file_complaint()

        def due(after: timedelta) -> list[str]:
            with transaction(office.engine) as session:
                return closed_before(session, office.now + after)

        assert due(timedelta(days=-1)) == [early.number]
        assert due(timedelta(days=1)) == [early.number, late.number] and running.number not in due(timedelta(1))
        erase(office, early, None, "retensi")
        assert due(timedelta(days=1)) == [late.number]
        with transaction(office.engine) as session:
            (told,) = last_erasures(session)
        assert (told.number, told.basis, told.who, told.files) == (early.number, "retensi", "", 1)


class TestPages:
    @pytest.mark.parametrize("who", ["siti", "dewi", "hasan", "maya", "auditor", "kepala", "pemilik"])
    def test_what_is_left_is_shown_and_the_gap_is_named(self, office: Office, who: str):
        case, _ = closed_case(office)
        erase(office, case)
        with transaction(office.engine) as session:
            actor = office.actor(who)
            seen = sight(session, actor, case.number)
            timeline = case_timeline(session, actor, seen)
            moments = case_replay(session, seen, office.now).moments
        told = {
            each.name: each.text for step in timeline.steps if step.element == "isi_aduan" for each in step.recorded
        }
        if who == "pemilik":
            assert told == {}
        else:
            assert told["isi"] == told["lampiran"] == ERASED and told["kategori"] != ERASED
        assert {reason for _, _, reason in timeline.moves} <= {ERASED}
        assert {"isi", "judul", "sekolah", "lampiran"} <= {
            each.name for each in moments[1].values if each.erased
        } or who == "pemilik"
        shown = f"{timeline} {moments}"
        assert [secret for secret in SECRETS if secret in shown] == []


def sql(statement: str) -> Callable[[Office, Case, str], None]:
    def change(office: Office, case: Case, file_id: str) -> None:
        with office.engine.begin() as connection:
            connection.execute(text(statement), {"case": case.id, "file": file_id})

    return change


def on_file(act: Callable[[Path], object]) -> Callable[[Office, Case, str], None]:
    def change(office: Office, _: Case, file_id: str) -> None:
        act(path_of(office.files, file_id))

    return change


TAMPERED = {
    "kolom judul": sql("UPDATE \"case\" SET judul = 'Lain' WHERE id = :case"),
    "kolom judul_kerja": sql('UPDATE "case" SET judul_kerja = NULL WHERE id = :case'),
    "kolom kategori": sql("UPDATE \"case\" SET kategori = 'lain' WHERE id = :case"),
    "kolom subkategori": sql("UPDATE \"case\" SET subkategori = 'lain' WHERE id = :case"),
    "kolom bidang": sql("UPDATE \"case\" SET bidang = 'sd' WHERE id = :case"),
    "saluran atau waktu masuknya": sql("UPDATE \"case\" SET channel = 'surat' WHERE id = :case"),
    "waktu masuknya": sql("UPDATE \"case\" SET opened_at = '2020-01-01 00:00:00.000000' WHERE id = :case"),
    "hilang dari tabel": sql("DELETE FROM attachment WHERE id = :file"),
    "tidak disebut oleh riwayat": sql(
        "INSERT INTO attachment SELECT 'ffffffffffffffffffffffffffffffff', case_id, element, field, name, media_type,"
        " size, received_sha256, stored_sha256, uploaded_at, uploaded_by FROM attachment WHERE id = :file"
    ),
    "tersimpan lain": sql("UPDATE attachment SET name = 'lain.jpg' WHERE id = :file"),
    "tersimpan lain daripada": sql("UPDATE attachment SET stored_sha256 = received_sha256 WHERE id = :file"),
    "hilang dari cakram": on_file(Path.unlink),
    "sidik jarinya lain": on_file(lambda path: path.write_bytes(path.read_bytes() + b"x")),
}


class TestVerification:
    @pytest.mark.parametrize("found", TAMPERED)
    def test_what_a_case_shows_is_held_against_its_history(self, office: Office, found: str):
        case, file_id = closed_case(office)
        assert wrong(office, case) == ""
        TAMPERED[found](office, case, file_id)
        assert found in wrong(office, case) and case.number in wrong(office, case)

    def test_titles_put_back_after_an_erasure_are_found(self, office: Office):
        case, file_id = closed_case(office)
        columns = {column: getattr(case, column) for column in CASE_COLUMNS}
        erase(office, case)
        assert columns["judul"] and wrong(office, case) == ""
        sql("UPDATE \"case\" SET judul = 'Uang sampul' WHERE id = :case")(office, case, file_id)
        assert "kolom judul" in wrong(office, case)

    def test_without_the_folder_the_disk_is_not_looked_at(self, office: Office):
        case, file_id = closed_case(office)
        path_of(office.files, file_id).unlink()
        with snapshot(office.engine) as session:
            assert CaseCheck(session).one(case.number) is None
