"""Proposing a changed SOP and deciding on it, over HTTP and by two people in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from tests.webapp.drafting import FASTER, drafted
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
