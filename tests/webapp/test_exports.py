"""The export page: three forms of file, each written down before its first byte, for auditors only."""

import zipfile
from io import BytesIO

import pytest
from sqlalchemy import text

from engine.store.database import transaction
from tests.engine.test_export import check_xes
from tests.webapp.site import COMPLAINT, Site, text_of
from tests.webapp.test_trail import readings

FILE = "/audit/ekspor/berkas"


def test_a_file_begins_after_its_reading_stands_in_the_trace(site: Site) -> None:
    number = site.bring_to("terima_tanggapan")
    answer = site.person("auditor").client.get(f"{FILE}?bentuk=xes&dari=1/1/2026&sampai=31/12/2199&nama=1")
    (reading,) = readings(site, "auditor")  # nothing of the file was taken yet
    wanted = {"type": "data_exported", "format": "xes", "from": "2026-01-01", "to": "2199-12-31", "names": True}
    assert wanted.items() <= reading.items() and reading["contents"] is False
    log = check_xes(answer.data)
    assert number in answer.get_data(as_text=True) and len(log) > 5 and COMPLAINT["judul"] not in answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=") and answer.status_code == 200


def test_csv_and_xlsx_of_one_case_with_what_was_typed(site: Site) -> None:
    number, other = site.bring_to("terima_aduan"), site.person("warga").file()
    ask = f"{FILE}?nomor={number.lower()}&isi=1&bentuk="
    table = site.person("auditor").get(f"{ask}csv").get_data(as_text=True)
    assert number in table and other not in table and COMPLAINT["judul"] in table
    with zipfile.ZipFile(BytesIO(site.person("auditor").get(f"{ask}xlsx").data)) as book:
        assert number.encode() in book.read("xl/worksheets/sheet1.xml")
    assert [(each["format"], each["seen"], each["contents"]) for each in readings(site, "auditor")] == [
        ("csv", 2, True), ("xlsx", 2, True),
    ]  # fmt: skip


def test_what_does_not_fit_is_said_and_nobody_else_gets_a_file(site: Site) -> None:
    auditor = site.person("auditor")
    wrong = {
        "": "Pilih salah satu", "bentuk=exe": "Pilih salah satu", "bentuk=csv&dari=besok": "Tulis",
        "bentuk=csv&dari=2/1/2026&sampai=1/1/2026": "mendahului", "bentuk=csv&nomor=x": "Tidak ada",
    }  # fmt: skip
    for query, said in wrong.items():
        answer = auditor.get(f"{FILE}?{query}")
        assert answer.status_code == 422 and said in text_of(answer), query
    assert readings(site, "auditor") == []
    for name in ("pelapor", "admin", "ketua", "pimpinan", "proses", "sistem"):
        assert site.person(name).get(f"{FILE}?bentuk=csv").status_code == 404


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_without_a_trace_there_is_no_file(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    auditor = site.person("auditor")
    with transaction(site.engine) as session:
        session.execute(text("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'disk full'); END"))
    answer = auditor.get(f"{FILE}?bentuk=csv")
    assert answer.status_code >= 409 and number not in answer.get_data(as_text=True)


def test_the_trace_is_shown_and_narrowed(site: Site) -> None:
    number = site.person("admin").file(nama="Ibu Ani", akun="081211112222", kanal="surat")
    site.person("admin").get(f"/aduan/{number}")
    site.person("pimpinan").get(f"/aduan/{number}")
    auditor = site.person("auditor")
    auditor.get(f"{FILE}?bentuk=csv")

    def shown(query: str) -> str:
        answer = auditor.get(f"/audit/jejak?{query}")
        return text_of(answer).split("Tampilkan", 1)[1]

    everything = shown("")
    for said in (
        "Nama admin",
        "nama dan kontak pelapor",
        "Nama pimpinan",
        "Mengekspor data",
        "CSV, awal sampai sekarang",
    ):
        assert said in everything, said
    assert "Nama admin" not in shown(f"orang={site.ids['pimpinan']}")
    assert "Mengekspor" not in shown(f"nomor={number}") and number in shown(f"nomor={number}")
    assert "Membuka aduan" not in shown("jenis=data_exported")
    assert "Tidak ada jejak yang cocok" in shown("hari=1 Januari 2020")
    assert auditor.get("/audit/jejak?hari=besok").status_code == 422
    assert {site.person(name).get("/audit/jejak").status_code for name in ("admin", "sistem", "pelapor")} == {404}
