"""Dry runs of a draft over HTTP: asked for, watched, read, called off. Numbers and steps only, no contents."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.worker.desk import Desk
from engine.worker.runs import advance_runs
from tests.webapp.drafting import FASTER, drafted
from tests.webapp.site import COMPLAINT, Site, nodes, text_of

TO_BIDANG = ("jenis == 'informasi'", "jenis == 'pengaduan'")


def work(site: Site) -> None:
    while advance_runs(site.engine, Desk(Path()), datetime.now(UTC)):
        pass


def path_of(draft: int) -> str:
    return f"/proses/aduan/draf/{draft}/uji"


def test_asked_for_watched_and_read(site: Site) -> None:
    number, other = site.bring_to("tanggapi_aduan"), site.bring_to("terima_aduan")
    page, owner = path_of(drafted(site, TO_BIDANG)), site.person("proses")
    assert "Aduan mana yang dipakai?" in text_of(owner.get(page))
    started = owner.post(page, {"pilihan": "setahun"}, page=page)
    run = started.headers["Location"]
    assert (started.status_code, run.startswith(page)) == (303, True)
    told = owner.get(f"{run}/kemajuan").get_json()
    assert told == {"state": "waiting", "done": 0, "total": 2, "text": "0 dari 2 aduan"}
    assert "Sedang diuji" in text_of(owner.get(run))
    again = owner.post(page, {"pilihan": "setahun"}, page=page)
    assert (again.status_code, "Masih ada uji draf ini yang berjalan" in text_of(again)) == (409, True)
    work(site)
    assert owner.get(f"{run}/kemajuan").get_json()["state"] == "done"
    ended = owner.get(run)
    shown = text_of(ended)
    assert "1 dari 2 aduan menempuh jalan yang sama, 1 menempuh jalan lain, 0 tidak dapat dicoba." in shown
    assert "Sesudah Klasifikasi: dahulu ke Tanggapi aduan, kini ke Input tanggapan" in shown
    (group,) = {str(each) for each in nodes(ended, "//ul[@class='uji-kelompok']//a/@href")}
    cases = owner.get(group)
    assert nodes(cases, "//ul[contains(@class, 'uji-nomor')]//a/text()") == [number]
    assert nodes(cases, "//ul[contains(@class, 'uji-nomor')]//a/@href") == [f"/aduan/{number}"]
    for each in (COMPLAINT["judul"], COMPLAINT["isi"]):
        assert each not in shown + text_of(cases)
    assert owner.get(f"{run}/aduan?kelompok=tidak-ada").status_code == 404
    assert other not in text_of(cases)


def test_the_result_says_that_the_draft_went_on(site: Site) -> None:
    site.bring_to("tanggapi_aduan")
    page, owner = path_of(drafted(site, FASTER)), site.person("proses")
    run = owner.post(page, {"pilihan": "contoh_200"}, page=page).headers["Location"]
    work(site)
    shown = text_of(owner.get(run))
    assert "3 hari → 2 hari" in shown and "Tanggapi aduan" in shown
    assert "Contoh 200 aduan dari setahun terakhir" in shown


def test_called_off(site: Site) -> None:
    site.bring_to("terima_aduan")
    page, owner = path_of(drafted(site, FASTER)), site.person("proses")
    run = owner.post(page, {"pilihan": "setahun"}, page=page).headers["Location"]
    assert owner.post(f"{run}/batal", page=page).status_code == 303
    work(site)
    assert "Uji ini dihentikan sesudah 0 dari 1 aduan" in text_of(owner.get(run))
    late = owner.post(f"{run}/batal", page=page)
    assert (late.status_code, "sudah berakhir" in text_of(late)) == (409, True)


def test_what_cannot_be_tried_is_refused_in_words(site: Site) -> None:
    owner = site.person("proses")
    page = path_of(drafted(site, FASTER))
    nothing = owner.post(page, {"pilihan": "setahun"}, page=page)
    assert (nothing.status_code, "Tidak ada aduan dalam masa itu" in text_of(nothing)) == (422, True)
    strange = owner.post(page, {"pilihan": "selamanya"}, page=page)
    assert (strange.status_code, "Pilih aduan mana yang dipakai" in text_of(strange)) == (422, True)
    site.bring_to("terima_aduan")
    broken = path_of(drafted(site, ("jenis == 'informasi'", "jeniss == 'informasi'")))
    refused = owner.post(broken, {"pilihan": "setahun"}, page=broken)
    assert refused.status_code == 422
    assert "masih ada yang harus diperbaiki" in text_of(refused) and "jeniss" in text_of(refused)


@pytest.mark.parametrize("name", ["ketua", "auditor", "pelapor"])
def test_for_others_and_under_another_draft_it_does_not_exist(site: Site, name: str) -> None:
    site.bring_to("terima_aduan")
    first, second = drafted(site, FASTER), drafted(site, FASTER)
    page, owner, other = path_of(first), site.person("proses"), site.person(name)
    run = owner.post(page, {"pilihan": "setahun"}, page=page).headers["Location"]
    for path in (page, run, f"{run}/kemajuan"):
        assert other.get(path).status_code == 404, path
    assert other.post(page, {"pilihan": "setahun"}, page="/akun").status_code == 404
    assert other.post(f"{run}/batal", page="/akun").status_code == 404
    wrong = run.replace(f"/draf/{first}/", f"/draf/{second}/")
    for path in (wrong, f"{wrong}/kemajuan", f"{wrong}/aduan"):
        assert owner.get(path).status_code == 404, path
    assert owner.post(f"{wrong}/batal", page=page).status_code == 404
