"""One task on the web: wrong input keeps the text, foreign tasks do not exist, a finished one says who was first."""

import pytest

from tests.webapp.site import ANSWERS, Site, text_of


def test_wrong_input_answers_422_with_the_text_intact(site: Site) -> None:
    number = site.bring_to("klasifikasi")
    answer = site.person("ketua").complete(
        number, jenis="pengaduan", catatan="Tulisan panjang yang tidak boleh hilang."
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Ada 1 isian yang perlu diperbaiki" in page
    assert "Tulisan panjang yang tidak boleh hilang." in page
    assert site.open_element(number) == "klasifikasi"


def test_an_unknown_field_is_refused(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    answer = site.person("admin").complete(number, catatan="Baik.", bidang="sd")
    assert answer.status_code == 422
    assert "tidak dikenal" in text_of(answer)


def test_a_foreign_or_unknown_task_does_not_exist(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    path = site.task_path(number)
    for name in ("pelapor", "warga", "admin", "ketua", "bidang.smp", "auditor", "pimpinan", "proses", "sistem"):
        person = site.person(name)
        assert person.get(path).status_code == 404
        token = person.token("/aduan/baru")["csrf_token"]
        assert person.client.post(path, data={"csrf_token": token, "tanggapan": "x" * 20}).status_code == 404
    assert site.person("bidang.sd").get(f"/tugas/{'0' * 32}").status_code == 404
    assert site.person("bidang.sd").get("/tugas/x%27--").status_code == 404
    assert site.open_element(number) == "tanggapi_aduan"


def test_the_second_of_two_people_gets_a_friendly_409_with_the_typed_text(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    path = site.task_path(number)
    admin = site.person("admin")
    fields = admin.token(path)
    assert admin.complete(number, **ANSWERS["terima_aduan"]).status_code == 303
    before = site.events(number)
    late = admin.client.post(path, data={**fields, "_kunci": "f" * 32, "catatan": "Catatan yang terlambat."})
    assert late.status_code == 409
    assert "sudah diselesaikan" in text_of(late)
    assert "Catatan yang terlambat." in text_of(late)
    assert site.events(number) == before
    foreign = site.person("bidang.smp")
    token = foreign.token("/aduan/baru")["csrf_token"]
    assert foreign.client.post(path, data={"csrf_token": token}).status_code == 404


def test_the_same_post_twice_has_one_effect_and_the_first_result(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    path = site.task_path(number)
    admin = site.person("admin")
    fields = {**admin.token(path), "catatan": "Sekali saja."}
    first, again = (admin.client.post(path, data=fields) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert site.events(number) == 3  # opened, filed, received


def test_a_finished_task_shows_who_finished_it(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    path = site.task_path(number)
    site.person("admin").complete(number)
    page = site.person("admin").get(path)
    assert page.status_code == 200
    assert "diselesaikan" in text_of(page).lower()


def test_taking_a_task_is_shown_and_laid_back(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    path = site.task_path(number)
    admin = site.person("admin")
    assert admin.post(f"{path}/ambil", page=path).status_code == 303
    assert "Nama admin" in text_of(admin.get("/tugas")) or "Anda" in text_of(admin.get("/tugas"))
    assert admin.post(f"{path}/lepas", page=path).status_code == 303
    assert admin.complete(number).status_code == 303


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{7*7}}", "' OR 1=1 --", "\u202e\u0000"[:1] + "abc"])
def test_hostile_text_is_shown_as_text(site: Site, text: str) -> None:
    number = site.person("pelapor").file(judul=f"Judul {text}")
    page = site.person("admin").get(f"/aduan/{number}")
    assert page.status_code == 200
    assert f"Judul {text}" in text_of(page)
    assert "<script>alert" not in page.get_data(as_text=True)
