"""Pemilik Proses moves running cases to the version in force: what is seen before, asked for, watched, told after."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.commands.deploy import deploy, read_forms
from engine.store.database import transaction
from engine.worker.desk import Desk
from engine.worker.runs import advance_runs
from tests.process.drawing import ROOT, SOP
from tests.webapp.site import Site, nodes, text_of

PATH = "/proses/aduan/pindahan"
WHY = "SOP baru mulai berlaku bulan ini."


def new_version(site: Site, *, without: str = "") -> None:
    """The SOP again; with `without`, that step is another element."""
    xml = re.sub(rf"\b{without}\b", f"{without}_baru", SOP) if without else SOP.replace("3 hari", "2 hari")
    forms = read_forms(ROOT / "forms")
    if without:
        forms[f"{without}_baru"] = forms[without]
    with transaction(site.engine) as session:
        deploy(session, xml.encode(), forms, now=datetime.now(UTC))


def work(site: Site) -> None:
    while advance_runs(site.engine, Desk(Path()), datetime.now(UTC)):
        pass


def test_seen_chosen_moved_and_told(site: Site) -> None:
    stays, goes = site.bring_to("klasifikasi"), site.bring_to("tanggapi_aduan")
    new_version(site, without="klasifikasi")
    owner = site.person("proses")
    assert "2 aduan masih berjalan menurut versi lama" in text_of(owner.get("/proses"))
    page = owner.get(PATH)
    shown = text_of(page)
    assert "2 aduan belum selesai pada versi lama: 2 pada versi 1." in shown
    assert "Tetap pada Tanggapi aduan." in shown and "tidak ada lagi pada versi baru" in shown
    assert nodes(page, "//input[@name='aduan'][not(@disabled)]/@value") == [goes]
    assert "Uang" not in shown  # no contents

    empty = owner.post(PATH, {"cakupan": "dipilih", "alasan": "ya"}, page=PATH)
    assert empty.status_code == 422
    assert "Pilih paling sedikit satu aduan" in text_of(empty) and "paling sedikit 10 huruf" in text_of(empty)
    assert nodes(empty, "//textarea[@name='alasan']/text()")[0].strip() == "ya"

    started = owner.post(PATH, {"cakupan": "semua", "alasan": WHY}, page=PATH)
    run = started.headers["Location"]
    assert (started.status_code, run.startswith(PATH)) == (303, True)
    told = owner.get(f"{run}/kemajuan").get_json()
    assert told == {"state": "waiting", "done": 0, "total": 2, "text": "0 dari 2 aduan"}
    assert "Sedang dipindahkan" in text_of(owner.get(run))
    twice = owner.post(PATH, {"cakupan": "semua", "alasan": WHY}, page=PATH)
    assert (twice.status_code, "Masih ada pemindahan yang berjalan" in text_of(twice)) == (409, True)
    work(site)
    ended = text_of(owner.get(run))
    assert "1 dipindahkan" in ended and "1 tetap pada versinya" in ended
    only = owner.get(f"{run}?tetap=ya")
    assert nodes(only, "//tbody//th//a/text()") == [stays]
    assert "1 dipindahkan, 1 tetap" in text_of(owner.get(PATH))
    assert "dari versi 1 ke versi 2" in text_of(site.person("ketua").get(f"/aduan/{goes}"))
    late = owner.post(f"{run}/batal", page=PATH)
    assert (late.status_code, "sudah berakhir" in text_of(late)) == (409, True)


def test_found_by_number_and_called_off(site: Site) -> None:
    first, second = site.bring_to("klasifikasi"), site.bring_to("klasifikasi")
    new_version(site)
    owner = site.person("proses")
    found = owner.get(f"{PATH}?nomor={second[-4:]}")
    assert nodes(found, "//input[@name='aduan']/@value") == [second]
    assert nodes(found, "//button[@value='semua']") == []
    assert "Tidak ditemukan" in text_of(owner.get(f"{PATH}?nomor=%25"))
    run = owner.post(PATH, {"cakupan": "dipilih", "aduan": [first], "alasan": WHY}, page=PATH).headers["Location"]
    assert owner.post(f"{run}/batal", page=PATH).status_code == 303
    work(site)
    assert "dihentikan sesudah 0 dari 1 aduan" in text_of(owner.get(run))
    assert set(nodes(owner.get(PATH), "//input[@name='aduan']/@value")) == {first, second}


@pytest.mark.parametrize("name", ["ketua", "admin", "auditor", "pelapor"])
def test_for_others_these_pages_do_not_exist(site: Site, name: str) -> None:
    number = site.bring_to("klasifikasi")
    new_version(site)
    run = site.person("proses").post(PATH, {"cakupan": "semua", "alasan": WHY}, page=PATH).headers["Location"]
    other = site.person(name)
    for path in (PATH, run, f"{run}/kemajuan"):
        assert other.get(path).status_code == 404, path
    assert other.post(PATH, {"cakupan": "dipilih", "aduan": [number], "alasan": WHY}, page="/akun").status_code == 404
    assert other.post(f"{run}/batal", page="/akun").status_code == 404
    assert site.person("proses").get("/proses/lain/pindahan").status_code == 404
    assert site.person("proses").get(f"{PATH}/99999999999999999999").status_code == 404
