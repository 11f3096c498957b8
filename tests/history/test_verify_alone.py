"""verify.py, copied into an empty folder and run as a program, judges bundles and receipts; notes have one encoding."""

import base64
import importlib.util
import json
import random
import shutil
import subprocess
import sys
import venv
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from engine.history import verify
from engine.history.event import canonical
from engine.history.keys import load_signer
from engine.history.verify import Checkpoint, Key, open_note, read_keys
from engine.queries.proofs import receipt
from engine.settings import ROOT
from engine.store.database import snapshot
from tests.history.ledger import Ledger, refused, some_cases, zipped

SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Empty but for verify.py."""
    place = tmp_path / "auditor"
    place.mkdir()
    shutil.copy(ROOT / "engine" / "history" / "verify.py", place)
    return place


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "verify.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@SQLITE
def test_a_bundle_is_judged_alone(ledger: Ledger, folder: Path, rng: random.Random) -> None:
    some_cases(ledger.office, rng, 2)
    ledger.log()
    early = ledger.newest()
    case = ledger.office.finish(ledger.office.file_complaint())
    ledger.log()
    files = ledger.bundle(case.number)
    (folder / "b.zip").write_bytes(zipped(files))
    (folder / "keys.txt").write_bytes(files["keys.txt"])
    (folder / "early.txt").write_text(ledger.signer.sign(early), "utf-8")
    held = run(folder, "b.zip", "--key", "keys.txt", "--against", "early.txt")
    assert (held.returncode, held.stderr) == (0, "") and "Cocok: 8 peristiwa" in held.stdout
    assert "Perhatian" in run(folder, "b.zip").stdout
    for name, data in files.items():
        (folder / "open" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "open" / name).write_bytes(data)
    assert run(folder, "open").returncode == 0
    lines = files["events.jsonl"].replace(b"klasifikasi", b"klasifikasj")
    (folder / "open" / "events.jsonl").write_bytes(lines)
    changed = run(folder, "open")
    assert changed.returncode == 1 and "peristiwa ke-3" in changed.stderr
    assert run(folder, "tidak-ada.zip").returncode == 2 and run(folder).returncode == 2
    other = load_signer(folder / "lain").keys[0].line()
    (folder / "other.txt").write_text(other, "utf-8")
    assert run(folder, "b.zip", "--key", "other.txt").returncode == 1


@SQLITE
def test_an_honest_bundle_holds_in_a_bare_environment(ledger: Ledger, folder: Path) -> None:
    """Of Aduan and of its libraries nothing is there but `cryptography` and what that stands on."""
    case = ledger.office.finish(ledger.office.file_complaint())
    ledger.log()
    (folder / "b.zip").write_bytes(zipped(ledger.bundle(case.number)))
    (folder / "keys.txt").write_bytes(ledger.bundle(case.number)["keys.txt"])
    venv.create(folder / "venv", with_pip=False)
    (site,) = (folder / "venv" / "lib").glob("python3*/site-packages")
    for package in ("cryptography", "cffi", "_cffi_backend", "pycparser"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            source = Path(spec.origin)
            source = source.parent if source.name == "__init__.py" else source
            (site / source.name).symlink_to(source)
    python = str(folder / "venv" / "bin" / "python")
    bare = [python, "-c", "import importlib.util as u, sys; sys.exit(any(map(u.find_spec, ('engine', 'sqlalchemy'))))"]
    assert subprocess.run(bare, cwd=folder, check=False, timeout=60).returncode == 0
    done = subprocess.run(
        [python, "verify.py", "b.zip", "--key", "keys.txt"], cwd=folder, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("Cocok: 8 peristiwa")


@SQLITE
def test_a_receipt_is_judged_alone_and_serves_as_comparison(ledger: Ledger, folder: Path) -> None:
    case = ledger.office.file_complaint()
    ledger.log()
    with snapshot(ledger.office.engine) as session:
        (folder / "r.txt").write_text(receipt(session, case, "Dinas"), "utf-8")
    (folder / "keys.txt").write_text("".join(f"{key.line()}\n" for key in ledger.keys), "utf-8")
    held = run(folder, "r.txt", "--key", "keys.txt")
    assert held.returncode == 0, held.stderr
    ledger.office.finish(case)
    ledger.log()
    (folder / "b.zip").write_bytes(zipped(ledger.bundle(case.number)))
    assert run(folder, "b.zip", "--key", "keys.txt", "--against", "r.txt").returncode == 0


@SQLITE
def test_no_bit_of_a_bundle_can_be_changed_unseen(ledger: Ledger, rng: random.Random) -> None:
    case = ledger.office.finish(ledger.office.file_complaint())
    ledger.log()
    files = ledger.bundle(case.number)
    for _ in range(300):
        name = rng.choice(["events.jsonl", "checkpoint.txt", "proofs.json"])
        data = bytearray(files[name])
        at = rng.randrange(len(data))
        data[at] ^= 1 << rng.randrange(8)
        changed = files | {name: bytes(data)}
        broken = refused(lambda changed=changed: ledger.check(changed))
        assert broken is not None, (name, at)


@SQLITE
def test_a_cut_or_thinned_bundle_does_not_hold(ledger: Ledger) -> None:
    case = ledger.office.finish(ledger.office.file_complaint())
    ledger.log()
    files = ledger.bundle(case.number)
    lines = files["events.jsonl"].splitlines(keepends=True)
    for kept in (lines[:-1], lines[1:], lines[:3] + lines[4:], [*lines[:2], lines[3], lines[2], *lines[4:]], []):
        changed = files | {"events.jsonl": b"".join(kept)}
        assert refused(lambda changed=changed: ledger.check(changed)), len(kept)
    assert "ujung riwayat" in refused(lambda: ledger.check(files | {"events.jsonl": b"".join(lines[:-1])})).reason


@SQLITE
def test_a_damaged_archive_is_judged_not_crashed_on(ledger: Ledger, tmp_path: Path, rng: random.Random) -> None:
    case = ledger.office.file_complaint()
    ledger.log()
    data = zipped(ledger.bundle(case.number))
    for _ in range(200):
        damaged = bytearray(data)
        for _ in range(rng.choice([1, 5])):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        (tmp_path / "b.zip").write_bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])])
        assert verify.main([str(tmp_path / "b.zip")]) in (0, 1)


@SQLITE
def test_a_bundle_holds_nothing_that_is_not_about_its_events(ledger: Ledger, tmp_path: Path) -> None:
    case = ledger.office.file_complaint()
    ledger.log()
    files = ledger.bundle(case.number)
    proofs = json.loads(files["proofs.json"])
    for stuffed in ({**proofs, "more": {}}, {"consistency": {**proofs["consistency"], "999": []}}):
        changed = files | {"proofs.json": canonical(stuffed)}
        assert refused(lambda changed=changed: ledger.check(changed)), stuffed
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the duplicate is the point
        for name in [*files, "events.jsonl"]:
            archive.writestr(name, files[name])
    assert "nama yang sama" in refused(lambda: verify.check_path(tmp_path / "b.zip", ledger.keys)).reason


@SQLITE
def test_a_checkpoint_that_is_older_than_what_it_covers_does_not_hold(ledger: Ledger) -> None:
    """As with a key that retired long ago: its holder would have to date the checkpoint back."""
    case = ledger.office.file_complaint()
    ledger.log()
    back = ledger.signer.sign(replace(ledger.newest(), at="2020-01-05T01:30:00.000000Z"))
    changed = ledger.bundle(case.number) | {"checkpoint.txt": back.encode()}
    broken = refused(lambda: ledger.check(changed))
    assert broken is not None and broken.where == f"kasus/{case.id} nomor 1" and "sebelum waktunya" in broken.reason


POINT = Checkpoint("aduan-log", 7, b"r" * 32, 3, b"h" * 32, "2026-01-05T01:30:00.000000Z")


def test_a_note_is_written_as_c2sp_says(tmp_path: Path) -> None:
    """The form of signed-note and of the verifier key, put together here from the specification's words."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signer = load_signer(tmp_path)
    (key,) = signer.keys
    point = Checkpoint(signer.origin, 7, b"r" * 32, 3, b"h" * 32, POINT.at)
    text, signature = signer.sign(point).split("\n\n")
    dash, name, blob = signature.rstrip("\n").split(" ")
    data = base64.b64decode(blob)
    assert (dash, name) == ("\N{EM DASH}", signer.origin) and len(data) == 4 + 64
    Ed25519PublicKey.from_public_bytes(key.public).verify(data[4:], f"{text}\n".encode())
    assert text.split("\n")[:3] == [signer.origin, "7", base64.b64encode(b"r" * 32).decode()]
    assert read_keys(key.line()) == [key]
    for other in (f"{key.line()} ", key.line().upper(), f" {key.line()}"):
        assert refused(lambda other=other: read_keys(other)), other
    import hashlib

    assert key.id == hashlib.sha256(key.name.encode() + b"\n" + b"\x01" + key.public).digest()[:4]


def test_other_writings_of_a_note_are_refused(tmp_path: Path) -> None:
    signer = load_signer(tmp_path)
    note = signer.sign(Checkpoint(signer.origin, 7, b"r" * 32, 3, b"h" * 32, POINT.at))
    assert open_note(note, signer.keys).size == 7
    others = [
        note.replace("\n7\n", "\n07\n"), note.replace("\n7\n", "\n8\n"), note + "\n", note[:-1],
        note.replace("\n", "\r\n"),
        note.replace("heads 3", "heads  3"), note.replace("at 2026", "at  2026"), note.replace("— ", "- "),
        note.replace("=\nheads", "\nheads"), "", "x\n\ny", note + note, note.replace("Z\n", "Z\nlagi\n"),
    ]  # fmt: skip
    for other in others:
        assert refused(lambda other=other: open_note(other, signer.keys)), other
    retired = [Key(key.name, key.public, key.since, "2026-01-04T00:00:00.000000Z") for key in signer.keys]
    assert "tidak berlaku" in refused(lambda: open_note(note, retired)).reason
    assert refused(lambda: open_note(note, []))
