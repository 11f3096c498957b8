"""`aduan process check` and `deploy` on good and broken files."""

import json
from pathlib import Path

import pytest

from engine.settings import FORMS, PROCESSES
from tests.cli.conftest import Aduan

GOOD = PROCESSES / "aduan.bpmn"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The SOP with a task that names a form which does not exist."""
    path = tmp_path / "broken.bpmn"
    path.write_text(GOOD.read_text().replace('name="formKey" value="klasifikasi"', 'name="formKey" value="tidak_ada"'))
    return path


def test_a_good_diagram_passes_with_neither_database_nor_secrets(aduan: Aduan, var: Path) -> None:
    result = aduan("process", "check", GOOD)
    assert result.exit_code == 0, result.output
    assert "dapat diberlakukan" in result.stdout
    assert not var.exists()


def test_a_broken_diagram_is_refused_with_element_and_reason(aduan: Aduan, broken: Path) -> None:
    result = aduan("process", "check", broken, "--forms", FORMS)
    assert result.exit_code == 1
    assert "klasifikasi" in result.stdout
    assert "Harus diperbaiki" in result.stdout


def test_the_forms_are_found_beside_the_diagram(aduan: Aduan, broken: Path) -> None:
    # No ../forms beside this copy: every form is missing.
    findings = json.loads(aduan("process", "check", broken, "--json").stdout)["findings"]
    assert {each["element"] for each in findings} >= {"isi_aduan", "terima_jawaban"}


def test_findings_are_machine_readable(aduan: Aduan, broken: Path) -> None:
    good = aduan("process", "check", "--json", GOOD)
    assert good.exit_code == 0
    assert all(each["severity"] == "peringatan" for each in json.loads(good.stdout)["findings"])
    bad = aduan("process", "check", "--json", broken, "--forms", FORMS)
    assert bad.exit_code == 1
    finding = next(each for each in json.loads(bad.stdout)["findings"] if each["element"] == "klasifikasi")
    assert set(finding) == {"severity", "element", "name", "message"}
    assert finding["severity"] == "galat"


def test_several_files_name_the_file_of_each_finding(aduan: Aduan, broken: Path) -> None:
    result = aduan("process", "check", "--json", GOOD, broken, "--forms", FORMS)
    assert result.exit_code == 1
    assert str(broken) in {each["file"] for each in json.loads(result.stdout)["findings"]}


@pytest.mark.parametrize("content", ["", "bukan xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "<x/>"])
def test_whatever_the_file_holds_the_answer_is_findings(aduan: Aduan, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.bpmn"
    path.write_text(content)
    result = aduan("process", "check", path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"]


@pytest.mark.parametrize("args", [("check",), ("check", "tiada.bpmn"), ("check", GOOD, "--salah"), ("periksa",)])
def test_wrong_use_is_status_2_with_an_indonesian_sentence(aduan: Aduan, args: tuple[str, ...]) -> None:
    result = aduan("process", *args)
    assert result.exit_code == 2
    assert any(word in result.stderr for word in ("belum diisi", "tidak ada", "tidak dikenal"))
    assert "Traceback" not in result.output


def test_the_same_content_deployed_twice_is_one_version(aduan: Aduan) -> None:
    assert aduan("db", "upgrade").exit_code == 0
    first = json.loads(aduan("process", "deploy", GOOD, "--json").stdout)
    again = json.loads(aduan("process", "deploy", GOOD, "--json").stdout)
    assert (first["version"], first["fresh"]) == (1, True)
    assert (again["version"], again["fresh"], again["checksum"]) == (1, False, first["checksum"])


def test_a_changed_diagram_becomes_the_next_version_and_a_broken_one_none(
    aduan: Aduan, broken: Path, tmp_path: Path
) -> None:
    aduan("db", "upgrade")
    aduan("process", "deploy", GOOD)
    refused = aduan("process", "deploy", broken, "--forms", FORMS)
    assert refused.exit_code == 1
    assert "tetap berjalan" in refused.stderr
    assert "klasifikasi" in refused.stderr
    changed = tmp_path / "changed.bpmn"
    changed.write_text(GOOD.read_text().replace('name="Klasifikasi"', 'name="Tentukan jenis"'))
    assert json.loads(aduan("process", "deploy", changed, "--forms", FORMS, "--json").stdout)["version"] == 2


def test_an_earlier_version_comes_back_as_a_new_one(aduan: Aduan, quicker: Path) -> None:
    aduan("db", "upgrade")
    first = json.loads(aduan("process", "deploy", GOOD, "--json").stdout)
    aduan("process", "deploy", quicker, "--forms", FORMS)
    back = json.loads(aduan("process", "deploy", "--version", "1", "--json").stdout)
    assert (back["version"], back["fresh"], back["checksum"]) == (3, True, first["checksum"])
    assert (
        json.loads(aduan("process", "deploy", "--version", "1", "--process", "aduan", "--json").stdout)["version"] == 3
    )


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("--version", "9"), 1, "Tidak ada versi 9"),
        (("--version", "1", "--process", "lain"), 1, "Tidak ada versi 1"),
        (("--version", "0"), 1, "Tidak ada versi 0"),
        ((GOOD, "--version", "1"), 2, "FILE, atau --version saja"),
        ((), 2, "FILE, atau --version saja"),
    ],
)
def test_what_is_to_be_deployed_must_be_clear(aduan: Aduan, args: tuple[object, ...], status: int, said: str) -> None:
    aduan("db", "upgrade")
    aduan("process", "deploy", GOOD)
    result = aduan("process", "deploy", *args)
    assert (result.exit_code, said in result.stderr) == (status, True), result.stderr


def test_without_a_database_deploy_says_what_to_do(aduan: Aduan) -> None:
    result = aduan("process", "deploy", GOOD)
    assert result.exit_code == 1
    assert "aduan db upgrade" in result.stderr


@pytest.fixture
def quicker(tmp_path: Path) -> Path:
    """The SOP with a shorter time for one step, without forms beside it."""
    path = tmp_path / "quicker.bpmn"
    path.write_text(GOOD.read_text().replace('value="3 hari"', 'value="2 hari"'))
    return path


def test_what_changed_is_told_in_the_words_of_the_sop(aduan: Aduan, quicker: Path, var: Path) -> None:
    result = aduan("process", "diff", GOOD, quicker, "--forms", FORMS)
    assert result.exit_code == 0, result.output
    assert result.stdout == "1 perubahan:\n  Tanggapi aduan: waktu 3 → 2 hari\n"
    assert not var.exists()


def test_what_changed_is_machine_readable(aduan: Aduan, quicker: Path) -> None:
    found = json.loads(aduan("process", "diff", GOOD, quicker, "--forms", FORMS, "--json").stdout)["changes"]
    assert found == [
        {
            "kind": "standard", "element": "tanggapi_aduan", "mark": "ubah", "name": "Tanggapi aduan", "what": "waktu",
            "old": "3 hari", "new": "2 hari", "sentence": "Tanggapi aduan: waktu 3 → 2 hari",
        }
    ]  # fmt: skip


def test_the_same_diagram_has_no_changes(aduan: Aduan) -> None:
    result = aduan("process", "diff", GOOD, GOOD)
    assert (result.exit_code, result.stdout) == (0, "Tidak ada perubahan pada isi prosedur dan formulirnya.\n")
    assert json.loads(aduan("process", "diff", GOOD, GOOD, "--json").stdout) == {"changes": []}


def test_two_folders_of_forms_are_compared(aduan: Aduan, quicker: Path, tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    for path in FORMS.glob("*.json"):
        text = path.read_text(encoding="utf-8").replace('"title": "Catatan klasifikasi"', '"title": "Arahan"')
        (folder / path.name).write_text(text, encoding="utf-8")
    result = aduan("process", "diff", GOOD, quicker, "--forms", FORMS, "--forms", folder)
    assert result.exit_code == 0
    assert "isian «Catatan klasifikasi» kini bernama «Arahan»" in result.stdout


@pytest.mark.parametrize("content", ["", "bukan xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "<x/>"])
def test_a_file_that_cannot_be_read_cannot_be_compared(aduan: Aduan, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.bpmn"
    path.write_text(content)
    for pair in ((GOOD, path), (path, GOOD)):
        result = aduan("process", "diff", *pair)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"{path}: ")


@pytest.mark.parametrize("args", [(GOOD,), (GOOD, "tiada.bpmn"), (GOOD, GOOD, *(("--forms", FORMS) * 3))])
def test_a_comparison_needs_two_files_and_at_most_two_folders(aduan: Aduan, args: tuple[str, ...]) -> None:
    result = aduan("process", "diff", *args)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.output


class TestSop:
    def test_it_is_written_as_page_and_as_file(self, aduan: Aduan, tmp_path: Path) -> None:
        for name, begins in (("sop.html", b"<!doctype html>"), ("sop.docx", b"PK")):
            done = aduan("process", "sop", PROCESSES / "aduan.bpmn", "--out", tmp_path / name)
            assert done.exit_code == 0, done.output
            assert (tmp_path / name).read_bytes().startswith(begins)

    @pytest.mark.parametrize(
        ("name", "content", "status"), [("sop.pdf", None, 2), ("sop.html", "bukan", 1), ("tidak/ada.html", None, 1)]
    )
    def test_what_cannot_be_is_said(
        self, aduan: Aduan, tmp_path: Path, name: str, content: str | None, status: int
    ) -> None:
        file = PROCESSES / "aduan.bpmn"
        if content is not None:
            file = tmp_path / "rusak.bpmn"
            file.write_text(content)
        done = aduan("process", "sop", file, "--out", tmp_path / name)
        assert done.exit_code == status, done.output
        assert done.stderr
