"""`aduan export`: a file for its owner only, and its reading in the stream of the command line."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.reading import CONSOLE
from engine.store.models import Case, Reading
from tests.cli.conftest import Aduan
from tests.engine.test_export import check_xes
from webapp.cli.opened import one_transaction


@pytest.fixture(autouse=True)
def ready(aduan: Aduan) -> None:
    """Three cases of a demo office."""
    assert aduan("demo", "--cases", "3").exit_code == 0


def test_the_file_holds_the_chosen_cases_and_its_reading_is_written_down(aduan: Aduan, tmp_path: Path) -> None:
    with one_transaction() as session:
        number = session.scalars(select(Case.number).order_by(Case.number)).first()
    out = tmp_path / "satu.xes"
    done = aduan("export", "--format", "xes", "--case", str(number), "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["bytes"] == out.stat().st_size
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    log = check_xes(out.read_bytes())
    assert [trace[0].get("value") for trace in log if trace.tag.endswith("trace")] == [number]
    with one_transaction() as session:
        (row,) = session.scalars(select(Reading).where(Reading.reader == CONSOLE))
    assert row.kind == "data_exported" and row.case_id
    assert aduan("verify", "--all").exit_code == 0


def test_csv_xlsx_and_periods(aduan: Aduan, tmp_path: Path) -> None:
    for kind in ("csv", "xlsx"):
        out = tmp_path / f"semua.{kind}"
        assert aduan("export", "--format", kind, "--names", "--contents", "--out", str(out)).exit_code == 0
        assert out.stat().st_size > 1000
    none = tmp_path / "kosong.csv"
    assert aduan("export", "--format", "csv", "--from", "2190-01-01", "--out", str(none)).exit_code == 0
    assert len(none.read_text(encoding="utf-8").splitlines()) == 1


def test_an_unknown_case_or_form_is_refused(aduan: Aduan, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    unknown = aduan("export", "--format", "csv", "--case", "ADU-1", "--out", str(out))
    assert unknown.exit_code == 1 and "tidak ada" in unknown.stderr and not out.exists()
    assert aduan("export", "--format", "pdf", "--out", str(out)).exit_code == 2
