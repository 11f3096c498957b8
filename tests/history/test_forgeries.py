"""Three hundred forged bundles: each is refused, with exit status 1 and the place, and never a traceback."""

import re
from pathlib import Path

import pytest

from engine.history import verify
from engine.history.keys import load_signer
from engine.queries.evidence.bundle import Wanted
from tests.engine.test_erasure import closed_case
from tests.engine.test_migration import QUICKER, migrate, redeploy
from tests.history.forgeries import FORGERIES, Honest
from tests.history.ledger import Ledger, unzipped, zipped

SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
COUNT = 300


@SQLITE
def test_three_hundred_forgeries_are_refused_with_the_place(
    ledger: Ledger, rng, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = ledger.office
    first, _ = closed_case(office)
    ledger.log()
    kept = ledger.newest()
    second, third = office.file_complaint(), office.finish(office.file_complaint())
    redeploy(office, QUICKER)
    migrate(office, second)
    ledger.log()
    wanted = Wanted([first.number, second.number, third.number], files=office.files)
    honest = Honest(
        unzipped(ledger.zipped(wanted)), unzipped(ledger.zipped(Wanted([third.number]))), ledger.signer,
        load_signer(tmp_path / "palsu"), kept, rng,
    )  # fmt: skip
    assert sum(name.startswith("deployments/") for name in honest.files) == 4, "both versions of the migrated case"
    keys, against, path = tmp_path / "kunci.txt", tmp_path / "titik.txt", tmp_path / "b.zip"
    keys.write_bytes(honest.files["keys.txt"])
    against.write_text(ledger.signer.sign(kept), "utf-8")
    arguments = [str(path), "--key", str(keys), "--against", str(against)]
    path.write_bytes(zipped(honest.files))
    assert verify.main(arguments) == 0, capsys.readouterr().err
    for number in range(COUNT):
        forgery = FORGERIES[number % len(FORGERIES)]
        forged = forgery(honest)
        path.write_bytes(forged.archive)
        capsys.readouterr()
        status, told = verify.main(arguments), capsys.readouterr().err
        named = re.fullmatch(r"TIDAK COCOK\. (.+?): (.+)\n", told, re.DOTALL)
        assert status == 1 and named is not None, (number, forgery.__name__, status, told)
        assert re.search(forged.place, named[1]), (number, forgery.__name__, forged.place, told)
        assert re.search(forged.reason, told), (number, forgery.__name__, forged.reason, told)
