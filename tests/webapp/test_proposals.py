"""Proposing a changed SOP and deciding on it, over HTTP and by two people in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.store.database import transaction
from engine.store.deployments import all_deployed, latest_deployed
from engine.worker.desk import Desk
from engine.worker.runs import advance_runs
from tests.webapp.drafting import FASTER, SOP, drafted
from tests.webapp.site import Site, nodes, text_of


def in_force(site: Site) -> int:
    with transaction(site.engine) as session:
        return latest_deployed(session, "aduan").number


def proposed(site: Site, **typed: str) -> str:
    """Path of a proposal by the first person."""
    page = f"/proses/aduan/draf/{drafted(site, FASTER)}/usul"
    answer = site.person("proses").post(page, {"alasan": "Tiga hari terlalu lama.", "berlaku": "", **typed})
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


class TestTwoPeople:
    def test_what_one_proposes_another_puts_in_force(self, site: Site) -> None:
        path = proposed(site)
        own = site.person("proses").get(path)
        assert "Menunggu orang kedua" in text_of(own)
        assert nodes(own, "//form[contains(@action, 'setujui')]") == []
        other = site.person("proses2")
        shown = text_of(other.get(path))
        for told in ("Tiga hari terlalu lama.", "Tanggapi aduan: waktu 3 → 2 hari", "tidak menemukan apa pun"):
            assert told in shown
        done = other.post(f"{path}/setujui", page=path)
        assert (done.status_code, done.headers["Location"], in_force(site)) == (303, "/proses/aduan/2", 2)
        assert "Diberlakukan" in text_of(other.get("/proses"))

    def test_nobody_decides_on_an_own_proposal(self, site: Site) -> None:
        path = proposed(site)
        answer = site.person("proses").post(f"{path}/setujui", page=path)
        assert (answer.status_code, in_force(site)) == (422, 1)
        assert "orang lain" in text_of(answer)

    def test_what_was_typed_stays_when_it_does_not_fit(self, site: Site) -> None:
        page = f"/proses/aduan/draf/{drafted(site, FASTER)}/usul"
        answer = site.person("proses").post(page, {"alasan": "Perlu.", "berlaku": "31/02/2030"})
        assert answer.status_code == 422
        assert "28/12/2026" in text_of(answer)
        assert nodes(answer, "//textarea[@name='alasan']/text()")[0].strip() == "Perlu."
        assert nodes(answer, "//input[@name='berlaku']/@value") == ["31/02/2030"]
        empty = site.person("proses").post(page, {"alasan": " ", "berlaku": ""})
        assert (empty.status_code, "Tulis alasan" in text_of(empty)) == (422, True)

    def test_a_later_day_is_said(self, site: Site) -> None:
        path = proposed(site, berlaku="28 Desember 2099")
        other = site.person("proses2")
        assert "Senin, 28 Desember 2099" in text_of(other.get(path))
        assert other.post(f"{path}/setujui", page=path).headers["Location"] == path
        assert ("menunggu tanggal berlaku" in text_of(other.get(path)), in_force(site)) == (True, 1)

    def test_what_was_decided_is_not_decided_again(self, site: Site) -> None:
        path, other = proposed(site), site.person("proses2")
        token = other.token(path)
        assert other.client.post(f"{path}/setujui", data=token).status_code == 303
        late = other.client.post(f"{path}/kembalikan", data={**token, "catatan": "Tidak."})
        assert (late.status_code, in_force(site)) == (409, 2)

    @pytest.mark.parametrize("name", ["admin", "ketua", "auditor", "pimpinan", "sistem", "pelapor"])
    def test_for_others_there_is_no_proposal(self, site: Site, name: str) -> None:
        path, person = proposed(site), site.person(name)
        assert person.get(path).status_code == 404
        token = person.token("/akun")
        for verb in ("setujui", "kembalikan", "tarik"):
            assert person.client.post(f"{path}/{verb}", data=token).status_code == 404
        assert in_force(site) == 1


class TestWhatTheApproverSees:
    def test_comparison_findings_scenarios_and_the_dry_run(self, site: Site) -> None:
        site.bring_to("tanggapi_aduan")
        made = drafted(site, FASTER)
        owner, uji = site.person("proses"), f"/proses/aduan/draf/{made}/uji"
        before = text_of(owner.get(f"/proses/aduan/draf/{made}/usul"))
        assert "Uji pada aduan lama Belum diuji." in before
        run = owner.post(uji, {"pilihan": "setahun"})
        while advance_runs(site.engine, Desk(Path()), datetime.now(UTC)):
            pass
        page = f"/proses/aduan/draf/{made}/usul"
        path = owner.post(page, {"alasan": "Perlu.", "berlaku": ""}).headers["Location"]
        shown = site.person("proses2").get(path)
        said = text_of(shown)
        for told in ("Tanggapi aduan: waktu 3 → 2 hari", "tidak menemukan apa pun", "Belum ada skenario",
                     "1 dari 1 aduan menempuh jalan yang sama"):  # fmt: skip
            assert told in said
        assert "Perlu diuji lagi" not in said
        assert run.headers["Location"] in nodes(shown, "//main//a/@href")

    def test_a_dry_run_of_an_earlier_save_is_told_apart(self, site: Site) -> None:
        made = drafted(site)
        owner = site.person("proses")
        owner.post(f"/proses/aduan/draf/{made}/uji", {"pilihan": "setahun"})
        site.bring_to("terima_aduan")
        owner.post(f"/proses/aduan/draf/{made}/uji", {"pilihan": "setahun"})
        while advance_runs(site.engine, Desk(Path()), datetime.now(UTC)):
            pass
        body = {"rev": 1, "xml": SOP.replace(*FASTER), "tab": "a1"}
        token = owner.token("/proses")["csrf_token"]
        saved = owner.client.post(f"/proses/aduan/draf/{made}/simpan", json=body, headers={"X-CSRFToken": token})
        assert saved.status_code == 200
        assert "Perlu diuji lagi" in text_of(owner.get(f"/proses/aduan/draf/{made}/usul"))


class TestBackToAnEarlierVersion:
    def test_one_asks_for_it_and_another_puts_it_in_force(self, site: Site) -> None:
        owner, other = site.person("proses"), site.person("proses2")
        path = proposed(site)
        other.post(f"{path}/setujui", page=path)
        assert "Berlakukan lagi" not in text_of(owner.get("/proses/aduan/2"))
        assert "Diusulkan Nama proses, disetujui Nama proses2." in text_of(owner.get("/proses/aduan/2"))
        asked = owner.post("/proses/aduan/draf", {"versi": "1", "tujuan": "usul"}, page="/proses/aduan/1")
        page = owner.get(asked.headers["Location"])
        assert nodes(page, "//textarea[@name='alasan']/text()")[0].strip() == "Kembali ke versi 1:"
        assert "Tanggapi aduan: waktu 2 → 3 hari" in text_of(page)
        back = owner.post(
            asked.headers["Location"], {"alasan": "Kembali ke versi 1: dua hari tidak cukup.", "berlaku": ""}
        )
        assert back.status_code == 303, text_of(back)
        done = other.post(f"{back.headers['Location']}/setujui", page=back.headers["Location"])
        assert (done.headers["Location"], in_force(site)) == ("/proses/aduan/3", 3)
        with transaction(site.engine) as session:
            first, _, third = all_deployed(session)
        assert first.checksum == third.checksum

    def test_others_are_not_offered_it(self, site: Site) -> None:
        path = proposed(site)
        site.person("proses2").post(f"{path}/setujui", page=path)
        said = text_of(site.person("admin").get("/proses/aduan/1"))
        assert "Berlakukan lagi" not in said and "Coba versi" not in said

    def test_the_printed_sop_tells_the_days_and_who_decided(self, site: Site) -> None:
        path = proposed(site)
        site.person("proses2").post(f"{path}/setujui", page=path)
        first, second = (site.person("admin").get(f"/proses/aduan/{number}/sop") for number in (1, 2))
        days = [nodes(each, f"//tr[th='Tanggal {name}']/td[last()]/text()") for each in (first, second)
                for name in ("Pembuatan", "Revisi", "Efektif")]  # fmt: skip
        assert [len(each) for each in days] == [1, 0, 1, 1, 1, 1] and len({text for each in days for text in each}) == 1
        assert "Dicetak dari versi 2, diusulkan Nama proses, disetujui Nama proses2." in text_of(second)


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_in_a_browser_returned_and_proposed_again(site: Site, page_of: Callable[..., Page]) -> None:
    draft = drafted(site, FASTER)
    author, judge = page_of("proses"), page_of("proses2")
    author.goto(f"/proses/aduan/draf/{draft}/usul")
    author.get_by_label("Alasan perubahan").fill("Tiga hari terlalu lama.")
    author.get_by_role("button", name="Usulkan 1 perubahan").click()
    expect(author.get_by_role("heading", name="Menunggu orang kedua")).to_be_visible()
    judge.goto("/proses")
    judge.get_by_role("link", name="Usulan 1").click()
    judge.get_by_text("Kembalikan untuk diperbaiki").click()
    judge.get_by_label("Yang perlu diperbaiki").fill("Jelaskan dasar hukumnya.")
    judge.get_by_role("button", name="Kembalikan").click()
    author.goto(f"/proses/aduan/draf/{draft}/usul")
    expect(author.get_by_text("Jelaskan dasar hukumnya.")).to_be_visible()
    author.get_by_label("Alasan perubahan").fill("Perbup mengatur dua hari.")
    author.get_by_role("button", name="Usulkan 1 perubahan").click()
    judge.goto("/proses")
    judge.get_by_role("link", name="Usulan 2").click()
    expect(judge.locator("[data-dua-gambar][data-siap]")).to_be_attached()
    judge.get_by_role("button", name="Setujui").click()
    expect(judge.get_by_role("heading", level=1)).to_contain_text("Pelayanan Pengaduan")
    assert in_force(site) == 2
