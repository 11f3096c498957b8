"""Auditors make bundles on a page: what they get holds, who made it stands in the trace, nobody else reaches it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from engine.history.keys import public_keys
from engine.history.verify import Files, check_bundle
from engine.store.database import transaction
from engine.store.models import Event
from engine.worktime import WIB
from tests.history.ledger import unzipped
from tests.webapp.looks import wrongs
from tests.webapp.site import COMPLAINT, Site, text_of

PAGE = "/audit/bukti"
SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)


def asked(site: Site, **typed: str) -> tuple[int, dict[str, bytes], str]:
    answer = site.person("auditor").post(PAGE, {"tentang": "aduan", "muatan": "isi", **typed})
    if answer.status_code != 200:
        return answer.status_code, {}, text_of(answer)
    assert answer.mimetype == "application/zip" and "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store" and answer.content_length == len(answer.data)
    data = answer.data
    answer.close()
    return 200, unzipped(data), ""


def made(site: Site) -> list[dict[str, Any]]:
    with transaction(site.engine) as session:
        bodies = session.scalars(select(Event.body).where(Event.stream.startswith("baca/")).order_by(Event.id))
        return [body for body in map(orjson.loads, bodies) if body["type"] == "bundle_made"]


def test_what_an_auditor_downloads_holds_and_is_traced(site: Site) -> None:
    number, other = site.bring_to("tanggapi_aduan"), site.bring_to("terima_jawaban")
    assert PAGE in site.person("auditor").get(f"/audit/{number}").get_data(as_text=True)
    page = site.person("auditor").get(f"{PAGE}?nomor={number}").get_data(as_text=True)
    assert number in page.split("<textarea")[1].split("</textarea>")[0]
    status, files, told = asked(site, nomor=f"{number}\n{other}")
    assert status == 200, told
    report = check_bundle(Files.held(files), public_keys(site.settings.keys))
    assert report.events == site.events(number) + site.events(other) and not report.uncovered
    assert COMPLAINT["isi"].encode() in files["events.jsonl"] and b"Nama pelapor" not in b"".join(files.values())
    _, bare, _ = asked(site, nomor=number, muatan="tanpa_pribadi")
    assert COMPLAINT["isi"].encode() not in b"".join(bare.values())
    assert check_bundle(Files.held(bare), public_keys(site.settings.keys)).left_out > 0
    today = datetime.now(UTC).astimezone(WIB).date().isoformat()
    _, whole, _ = asked(site, tentang="periode", dari="1 Januari 2020", sampai=today)
    check_bundle(Files.held(whole), public_keys(site.settings.keys))
    traced = made(site)
    assert [len(each.get("cases", ())) for each in traced] == [2, 1, 0] and traced[1]["personal"] is False


@SQLITE
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"nomor": ""}, "Tulis satu sampai"), ({"nomor": "ADU-1999-000001"}, "ini tidak ada"),
        ({"tentang": ""}, "Pilih aduan tertentu"), ({"muatan": "semua"}, "Pilih apa yang disertakan"),
        ({"tentang": "periode", "dari": "kemarin", "sampai": "x"}, "Tulis tanggal seperti"),
        ({"tentang": "periode", "dari": "2 Januari 2026", "sampai": "1 Januari 2025"}, "harus sesudah awalnya"),
        ({"tentang": "periode", "dari": "1 Januari 2020", "sampai": "1 Februari 2020"}, "Tidak ada yang tercatat"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_leaves_no_bundle(site: Site, typed: dict[str, str], told: str) -> None:
    status, _, page = asked(site, **typed)
    assert status == 422 and told in page and made(site) == []
    assert not [each for each in Path(site.settings.var).rglob("*") if each.suffix == ".zip"]


@SQLITE
def test_only_auditors_reach_it(site: Site) -> None:
    number = site.person("pelapor").file()
    for name in ("pelapor", "admin", "ketua", "proses", "pimpinan", "sistem"):
        person = site.person(name)
        assert person.get(PAGE).status_code == 404
        token = person.token("/aduan/baru") if name == "pelapor" else {}
        data = {"nomor": number, "tentang": "aduan", "muatan": "isi", **token}
        assert person.client.post(PAGE, data=data).status_code in (400, 404)
    assert made(site) == []


@pytest.mark.browser
@SQLITE
def test_the_page_holds_no_faults_and_gives_the_file(site: Site, page_of) -> None:
    for width in (360, 1366):
        page = page_of("auditor", width)
        page.goto(PAGE)
        assert wrongs(page) == []
        if width == 1366:
            page.get_by_label("Nomor aduan").fill(site.person("pelapor").file())
            with page.expect_download() as waited:
                page.get_by_role("button", name="Buat dan unduh bundel").click()
            assert unzipped(waited.value.path().read_bytes())
