"""Beside the diagram over HTTP: move with a second person's word, mend an entry, reopen, cases that are held up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from engine.commands.deploy import deploy
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot, transaction
from engine.store.models import Case, Deployment
from tests.engine.test_redrawn_diagram import with_an_eighth_task
from tests.webapp.site import Site, nodes, text_of

WHY = "Klasifikasinya ternyata keliru."
SD, SMP = "Bidang Pembinaan Sekolah Dasar", "Bidang Pembinaan Sekolah Menengah Pertama"


def send(site: Site, who: str, path: str, **fields: Any) -> TestResponse:
    person = site.person(who)
    token = person.token("/aduan/baru")["csrf_token"]
    return person.client.post(path, data={"csrf_token": token, **fields}, buffered=True)


def page(site: Site, who: str, number: str) -> TestResponse:
    return site.person(who).get(f"/aduan/{number}")


def buttons(answer: TestResponse) -> list[str]:
    return [each.text_content() for each in nodes(answer, "//main//button")]


def beside(answer: TestResponse) -> str:
    """The list of what was done beside the diagram."""
    return " ".join(" ".join(nodes(answer, "//section[h2='Di luar diagram']//text()")).split())


def write(site: Site, number: str, **columns: Any) -> None:
    """As someone with the database's password could."""
    with transaction(site.engine) as session:
        session.execute(update(Case).where(Case.number == number).values(**columns))


def check(site: Site) -> None:
    """Every stored case is what its history leads to."""
    with snapshot(site.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


class TestMoving:
    def proposed(self, site: Site, who: str = "bidang.sd", target: str = "klasifikasi") -> tuple[str, str]:
        """A case at the Bidang with a proposal; and the address of the proposal."""
        number = site.bring_to("tanggapi_aduan")
        answer = send(site, who, f"/aduan/{number}/pindah", langkah=target, alasan_pindah=WHY)
        assert answer.status_code == 303, text_of(answer)
        action = nodes(page(site, who, number), "//form[contains(@action, '/tolak')]/@action")[0]
        return number, action.removesuffix("/tolak")

    def test_two_people_move_a_case_back(self, site: Site) -> None:
        number, path = self.proposed(site)
        assert site.open_element(number) == "tanggapi_aduan"
        seen = text_of(page(site, "ketua", number))
        assert "Nama bidang.sd mengusulkan aduan ini dipindah dari Tanggapi aduan ke Klasifikasi" in seen
        assert f"Alasan: {WHY}" in seen and "Setujui pemindahan" in seen
        assert send(site, "ketua", f"{path}/setujui").status_code == 303
        assert site.open_element(number) == "klasifikasi"
        after = page(site, "admin", number)
        assert "Aduan dipindah ke langkah lain dari Tanggapi aduan ke Klasifikasi, diusulkan Nama bidang.sd" in beside(
            after
        )
        (row,) = nodes(after, "//tr[@data-langkah='tanggapi_aduan']")
        assert "Belum" in row.text_content() and "Tidak dilalui" not in row.text_content(), "it is still ahead"
        assert "Usulan pindah langkah" not in text_of(after)
        check(site)
        assert site.bring_to("terima_jawaban", number) == number

    def test_the_reporter_reads_nothing_of_it(self, site: Site) -> None:
        number, path = self.proposed(site)
        send(site, "ketua", f"{path}/setujui")
        seen = text_of(page(site, "pelapor", number))
        assert "Sedang diklasifikasi Ketua Tim" in seen
        assert not {"usul", "dipindah", "Di luar diagram", WHY, "Nama ketua"} & set(seen.split()) and WHY not in seen
        assert "Di luar diagram" not in seen and "Klasifikasi keliru" not in seen

    def test_the_proposer_may_only_take_it_back(self, site: Site) -> None:
        number, path = self.proposed(site, "ketua")
        own = page(site, "ketua", number)
        assert "Tarik usulan" in buttons(own) and "Setujui pemindahan" not in buttons(own)
        assert "Orang kedua harus menyetujuinya" in text_of(own)
        assert send(site, "ketua", f"{path}/setujui").status_code == 403
        assert site.open_element(number) == "tanggapi_aduan"
        assert send(site, "ketua", f"{path}/tolak").status_code == 303
        assert "Usulan pemindahan ditarik pengusulnya" in beside(page(site, "admin", number))
        for what in ("setujui", "tolak"):
            late = send(site, "admin", f"{path}/{what}")
            assert late.status_code == 409 and "sudah diputuskan" in text_of(late)

    def test_nobody_else_takes_part(self, site: Site) -> None:
        number, path = self.proposed(site)
        before = site.events(number)
        for who in ("pelapor", "warga", "bidang.smp", "auditor", "pimpinan", "proses", "sistem"):
            for where in (f"/aduan/{number}/pindah", f"{path}/setujui", f"{path}/tolak"):
                answer = send(site, who, where, langkah="terima_aduan", alasan_pindah=WHY)
                assert answer.status_code == 404, (who, where)
        assert send(site, "admin", f"{path}/setujui").status_code == 403, "neither of the two directs the work"
        assert "pejabat yang membagi pekerjaan" in text_of(page(site, "admin", number))
        assert site.events(number) == before
        for who in ("auditor", "pimpinan", "proses"):
            assert buttons(page(site, who, number)) == [], who
        assert WHY in text_of(page(site, "auditor", number))
        assert WHY not in text_of(page(site, "proses", number)), "a reason is contents"

    def test_what_does_not_fit_is_said_at_its_field(self, site: Site) -> None:
        number = site.bring_to("tanggapi_aduan")
        offered = nodes(page(site, "ketua", number), "//select[@name='langkah']/option/@value")
        assert "klasifikasi" in offered and "tanggapi_aduan" not in offered
        refused = send(site, "ketua", f"/aduan/{number}/pindah", langkah="tanggapi_aduan", alasan_pindah="pendek")
        assert refused.status_code == 422
        assert nodes(refused, "//p[@id='galat-langkah']") and nodes(refused, "//p[@id='galat-alasan_pindah']")
        (form,) = nodes(refused, "//details[@open]//form")
        assert form.get("action").endswith("/pindah") and "pendek" in form.text_content()
        send(site, "ketua", f"/aduan/{number}/pindah", langkah="klasifikasi", alasan_pindah=WHY)
        second = send(site, "admin", f"/aduan/{number}/pindah", langkah="klasifikasi", alasan_pindah=WHY)
        assert second.status_code == 409 and "Masih ada usulan" in text_of(second) and WHY in text_of(second)

    def test_a_case_that_went_on_is_not_moved_any_more(self, site: Site) -> None:
        number, path = self.proposed(site)
        site.bring_to("terima_tanggapan", number)
        late = send(site, "ketua", f"{path}/setujui")
        assert late.status_code == 409 and "berjalan terus" in text_of(late)
        seen = page(site, "ketua", number)
        assert "tidak dapat disetujui lagi" in text_of(seen)
        assert "Tolak usulan" in buttons(seen) and "Setujui pemindahan" not in buttons(seen)
        assert number not in waiting(site, "ketua")
        for unknown in (1, 999, 2**63):
            assert send(site, "ketua", f"/aduan/{number}/pindah/{unknown}/setujui").status_code == 404

    def test_the_worklist_names_what_waits_for_ones_word(self, site: Site) -> None:
        number, path = self.proposed(site)
        own, _ = self.proposed(site, "ketua", "terima_aduan")
        assert number in waiting(site, "ketua") and own not in waiting(site, "ketua")
        assert "dari Tanggapi aduan ke Klasifikasi" in waiting(site, "ketua")
        assert "Nama bidang.sd" in waiting(site, "ketua")
        # Whoever reads the case and is not the proposer may consent to what the director proposes.
        assert own in waiting(site, "admin") and number not in waiting(site, "admin")
        for who in ("bidang.smp", "pelapor", "auditor", "sistem"):
            assert waiting(site, who) == ""
        send(site, "ketua", f"{path}/tolak")
        assert waiting(site, "ketua") == ""


def waiting(site: Site, who: str) -> str:
    found = nodes(site.person(who).get("/tugas"), "//div[h2='Menunggu persetujuan Anda']")
    return " ".join(found[0].text_content().split()) if found else ""


class TestMending:
    def test_an_entry_is_mended_and_said(self, site: Site) -> None:
        number = site.bring_to("terima_tanggapan")
        forms = nodes(page(site, "ketua", number), "//form[contains(@action, '/isian/')]/@action")
        assert [each.rsplit("/", 1)[1] for each in forms] == ["jenis", "bidang"]
        assert nodes(page(site, "ketua", number), "//select[@name='bidang']/option[@selected]/@value") == ["sd"]
        done = send(site, "ketua", f"/aduan/{number}/isian/bidang", bidang="smp", alasan_isian_bidang=WHY)
        assert done.status_code == 303
        said = f"Isian diperbaiki Teruskan ke Bidang/unit kerja: dari {SD} menjadi {SMP}"
        assert said in beside(page(site, "admin", number)) and WHY in beside(page(site, "admin", number))
        assert SMP not in beside(page(site, "proses", number)) and WHY not in beside(page(site, "proses", number))
        history = text_of(site.person("auditor").get(f"/audit/{number}"))
        assert f"dari {SD} menjadi {SMP}" in history
        check(site)

    def test_what_handing_over_does_is_not_offered_twice(self, site: Site) -> None:
        number = site.bring_to("tanggapi_aduan")
        seen = page(site, "ketua", number)
        assert nodes(seen, "//form[contains(@action, '/alihkan')]")
        forms = nodes(seen, "//form[contains(@action, '/isian/')]/@action")
        assert [each.rsplit("/", 1)[1] for each in forms] == ["jenis"]
        ids = nodes(seen, "//*[@id]/@id")
        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize(
        ("name", "value", "reason", "wrong"),
        [("bidang", "tidak_ada", WHY, {"bidang"}), ("jenis", "", "pendek", {"jenis", "alasan_isian_jenis"}),
         ("jenis", "pengaduan", "pendek", {"alasan_isian_jenis"}), ("bidang", "", WHY, {"bidang"})],
    )  # fmt: skip
    def test_what_does_not_fit_is_said_at_its_field(
        self, site: Site, name: str, value: str, reason: str, wrong: set[str]
    ) -> None:
        number = site.bring_to("terima_tanggapan")
        before = site.events(number)
        fields = {name: value, f"alasan_isian_{name}": reason}
        refused = send(site, "ketua", f"/aduan/{number}/isian/{name}", **fields)
        assert refused.status_code == 422
        marked = {each.removeprefix("galat-") for each in nodes(refused, "//p[@class='galat']/@id")}
        assert marked == wrong and reason in text_of(refused)
        assert site.events(number) == before

    def test_only_who_directs_the_work_and_only_what_the_diagram_reads(self, site: Site) -> None:
        number = site.bring_to("terima_tanggapan")
        for who in ("pelapor", "warga", "admin", "bidang.sd", "bidang.smp", "auditor", "pimpinan", "proses", "sistem"):
            for value in ("smp", "tidak_ada"):
                answer = send(site, who, f"/aduan/{number}/isian/bidang", bidang=value, alasan_isian_bidang=WHY)
                assert answer.status_code == 404, (who, value)
        for name in ("judul", "tidak_ada", "__class__"):
            assert send(site, "ketua", f"/aduan/{number}/isian/{name}", **{name: "x"}).status_code == 404, name

    def test_a_closed_case_is_not_mended(self, site: Site) -> None:
        number = site.bring_to("terima_tanggapan")
        send(site, "ketua", f"/aduan/{number}/batalkan", alasan_batalkan=WHY)
        for value in ("smp", "tidak_ada"):
            late = send(site, "ketua", f"/aduan/{number}/isian/bidang", bidang=value, alasan_isian_bidang=WHY)
            assert late.status_code == 409 and WHY in text_of(late)


class TestReopening:
    def closed(self, site: Site) -> str:
        number = site.bring_to("terima_jawaban")
        assert site.person("pelapor").complete(number, penilaian="2").status_code == 303
        return number

    def test_a_closed_case_begins_anew_and_the_reporter_reads_it(self, site: Site) -> None:
        number = self.closed(site)
        offered = page(site, "ketua", number)
        assert nodes(offered, "//select[@name='langkah']/option[@selected]/@value") == ["terima_aduan"]
        assert not nodes(offered, "//form[contains(@action, '/batalkan') or contains(@action, '/isian')]")
        done = send(site, "ketua", f"/aduan/{number}/buka", langkah="input_tanggapan", alasan_buka="Ada bukti baru.")
        assert done.status_code == 303
        assert site.open_element(number) == "input_tanggapan"
        again = page(site, "ketua", number)
        (row,) = nodes(again, "//tr[@data-langkah='terima_jawaban']")
        assert "Belum" in row.text_content(), "done in the first round, ahead again in the second"
        (drawn,) = nodes(again, "//@data-selesai")
        assert {"terima_tanggapan", "jenis_laporan"} <= set(drawn.split())
        assert not {"terima_jawaban", "selesai_jawaban_diterima"} & set(drawn.split())
        reporter = text_of(page(site, "pelapor", number))
        assert "Aduan dibuka kembali pada" in reporter and "Jawaban sedang disiapkan" in reporter
        assert "Ada bukti baru." not in reporter
        staff = beside(page(site, "admin", number))
        assert "Aduan dibuka kembali mulai dari Input tanggapan Alasan: Ada bukti baru. Nama ketua" in staff
        check(site)
        site.bring_to("terima_jawaban", number)
        assert site.person("pelapor").complete(number, penilaian="5").status_code == 303

    def test_only_who_directs_the_work(self, site: Site) -> None:
        number = self.closed(site)
        for who in ("pelapor", "warga", "admin", "bidang.sd", "bidang.smp", "auditor", "pimpinan", "proses", "sistem"):
            answer = send(site, who, f"/aduan/{number}/buka", langkah="terima_aduan", alasan_buka=WHY)
            assert answer.status_code == 404, who
        refused = send(site, "ketua", f"/aduan/{number}/buka", langkah="mulai", alasan_buka="pendek")
        assert refused.status_code == 422
        assert nodes(refused, "//p[@id='galat-langkah']") and "pendek" in text_of(refused)

    def test_an_open_case_is_not_reopened(self, site: Site) -> None:
        number = site.bring_to("klasifikasi")
        for reason in (WHY, "pendek"):
            late = send(site, "ketua", f"/aduan/{number}/buka", langkah="terima_aduan", alasan_buka=reason)
            assert late.status_code == 409 and "masih berjalan" in text_of(late) and reason in text_of(late)


class TestHeldUp:
    PATH = "/kelola/tertahan"

    def broken(self, site: Site) -> str:
        """A case whose state was lost; a person has met it."""
        number = site.bring_to("klasifikasi")
        write(site, number, state=b"rusak")
        met = send(site, "ketua", f"/aduan/{number}/batalkan", alasan_batalkan=WHY)
        assert met.status_code == 500 and "tidak cocok dengan riwayatnya" in text_of(met)
        return number

    def test_it_is_listed_without_contents_and_staff_see_it(self, site: Site) -> None:
        number = self.broken(site)
        seen = site.person("sistem").get(self.PATH)
        (row,) = nodes(seen, "//tbody/tr")
        said = " ".join(row.text_content().split())
        assert number in said and "Klasifikasi" in said and "tidak cocok dengan riwayatnya" in said
        assert "Pungutan" not in seen.get_data(as_text=True) and "tidak tercatat" not in said
        assert "Pengelola Sistem sudah diberi tahu" not in said, "it is who reads this"
        assert "1 aduan tertahan dan menunggu Anda" in text_of(site.person("sistem").get("/kelola"))
        assert "Aduan tertahan Keadaan aduan ini tidak cocok" in beside(page(site, "ketua", number))

    def test_many_are_retried_at_once(self, site: Site) -> None:
        lost, marked = self.broken(site), site.bring_to("klasifikasi")
        hopeless = site.bring_to("terima_jawaban", jenis="informasi")
        write(site, marked, incident="Gangguan sementara.")
        with transaction(site.engine) as session:
            drawing = with_an_eighth_task()
            other = deploy(session, drawing.xml, drawing.forms, now=datetime.now(UTC))
            deployment = session.scalar(select(Deployment.id).where(Deployment.checksum == other.checksum))
        write(site, hopeless, incident="Tidak cocok.", state=b"rusak", deployment_id=deployment)
        done = send(site, "sistem", self.PATH, nomor=[lost, marked, hopeless, "ADU-2026-999999"], alasan=WHY)
        assert done.status_code == 303
        told = text_of(site.person("sistem").get(self.PATH))
        assert "2 aduan berjalan lagi, 1 di antaranya disusun ulang dari riwayatnya." in told
        assert f"1 aduan masih tertahan ({hopeless}). Riwayat aduan ini sendiri tidak cocok." in told
        assert "1 aduan baru saja diubah, atau tidak tertahan lagi" in told
        assert "disusun ulang dari riwayatnya" in beside(page(site, "ketua", lost))
        for number in (lost, marked):
            assert site.person("ketua").complete(number, jenis="informasi").status_code == 303

    def test_all_of_the_list_with_one_mark(self, site: Site) -> None:
        numbers = [self.broken(site), self.broken(site)]
        assert send(site, "sistem", self.PATH, semua="1", alasan=WHY).status_code == 303
        assert "Tidak ada aduan yang tertahan" in text_of(site.person("sistem").get(self.PATH))
        assert [site.open_element(number) for number in numbers] == ["klasifikasi"] * 2
        check(site)

    def test_one_is_passed_over(self, site: Site) -> None:
        number = site.bring_to("klasifikasi")
        write(site, number, incident="Gangguan sementara.")
        path = f"{self.PATH}/{number}/lewati"
        short = send(site, "sistem", path, alasan="pendek")
        assert short.status_code == 422 and "pendek" in text_of(short)
        assert nodes(short, "//details[@open]//textarea/@id") == [f"alasan-{number}"]
        assert send(site, "sistem", path, alasan=WHY).status_code == 303
        assert "Sebab tertahan dilewati" in text_of(site.person("auditor").get(f"/audit/{number}"))
        again = send(site, "sistem", path, alasan=WHY)
        assert again.status_code == 409 and WHY in text_of(again)
        check(site)

    def test_what_cannot_be_passed_over_says_so(self, site: Site) -> None:
        number = self.broken(site)
        refused = send(site, "sistem", f"{self.PATH}/{number}/lewati", alasan=WHY)
        assert refused.status_code == 409 and "Tidak dapat dilewati" in text_of(refused) and WHY in text_of(refused)

    def test_a_reason_and_a_choice_are_needed(self, site: Site) -> None:
        number = self.broken(site)
        before = site.events(number)
        none = send(site, "sistem", self.PATH, alasan=WHY)
        assert none.status_code == 422 and "Pilih paling sedikit satu" in text_of(none) and WHY in text_of(none)
        short = send(site, "sistem", self.PATH, nomor=number, alasan="pendek")
        assert short.status_code == 422 and nodes(short, "//p[@id='galat-alasan']")
        assert nodes(short, "//input[@name='nomor'][@checked]/@value") == [number]
        assert site.events(number) == before

    def test_only_pengelola_sistem(self, site: Site) -> None:
        number = self.broken(site)
        for who in ("pelapor", "admin", "ketua", "bidang.sd", "auditor", "pimpinan", "proses"):
            assert site.person(who).get(self.PATH).status_code == 404, who
            assert send(site, who, self.PATH, nomor=number, alasan=WHY).status_code == 404, who
            assert send(site, who, f"{self.PATH}/{number}/lewati", alasan=WHY).status_code == 404, who
