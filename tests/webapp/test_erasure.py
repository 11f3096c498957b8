"""The page of erasures: only Pengelola Sistem, the number typed twice, what is left on the pages of the case."""

import pytest

from tests.webapp.site import ANSWERS, COMPLAINT, Person, Site, text_of

PAGE = "/kelola/penghapusan"


def closed(site: Site) -> str:
    number = site.bring_to("terima_jawaban")
    path = site.task_path(number)
    assert site.person("pelapor").post(path, ANSWERS["terima_jawaban"]).status_code == 303
    return number


def erase(person: Person, number: str, **typed: str) -> tuple[int, str]:
    answer = person.post(PAGE, {"nomor": number, "dasar": "permintaan", "ulang": number, **typed})
    return answer.status_code, text_of(answer)


def test_what_was_typed_is_gone_from_every_page(site: Site) -> None:
    number = closed(site)
    sistem = site.person("sistem")
    assert "Belum ada penghapusan" in text_of(sistem.get(PAGE))
    assert erase(sistem, number.lower(), ulang=number)[0] == 303
    told = text_of(sistem.get(PAGE))
    assert f"Isi pribadi {number} sudah dihapus" in told and "Permintaan pelapor" in told
    for name, path in (
        ("pelapor", f"/aduan/{number}"), ("admin", f"/aduan/{number}"), ("pimpinan", f"/aduan/{number}"),
        ("auditor", f"/audit/{number}"), ("pelapor", "/aduan"), ("auditor", "/audit"), ("pimpinan", "/laporan"),
    ):  # fmt: skip
        answer = site.person(name).get(path)
        shown = text_of(answer)
        assert answer.status_code == 200 and COMPLAINT["judul"] not in shown and COMPLAINT["isi"] not in shown
        if path.startswith("/a") and path.endswith(number):
            assert "dihapus" in shown, path


def test_only_the_administrator_reaches_it(site: Site) -> None:
    number = closed(site)
    for name in ("pelapor", "admin", "ketua", "proses", "auditor", "pimpinan"):
        assert site.person(name).get(PAGE).status_code == 404
        assert site.person(name).client.post(PAGE, data={"nomor": number}).status_code in (400, 404)
    assert COMPLAINT["judul"] in text_of(site.person("admin").get(f"/aduan/{number}"))


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ({"ulang": "ADU-2020-000001"}, 422, "Kedua nomor tidak sama"),
        ({"ulang": ""}, 422, "Wajib diisi"),
        ({"dasar": ""}, 422, "Wajib diisi"),
        ({"dasar": "iseng"}, 422, "Pilih dasar penghapusan"),
        ({"nomor": "ADU-1999-000001", "ulang": "ADU-1999-000001"}, 422, "Tidak ada aduan dengan nomor ini"),
    ],
)
def test_a_mistake_is_told_and_nothing_happens(site: Site, typed: dict[str, str], status: int, told: str) -> None:
    number = closed(site)
    found = erase(site.person("sistem"), number, **typed)
    assert found[0] == status and told in found[1]
    assert COMPLAINT["judul"] in text_of(site.person("admin").get(f"/aduan/{number}"))


def test_an_open_case_and_a_second_time_are_conflicts(site: Site) -> None:
    sistem = site.person("sistem")
    running, number = site.bring_to("klasifikasi"), closed(site)
    found = erase(sistem, running)
    assert found[0] == 409 and "masih berjalan" in found[1]
    assert erase(sistem, number)[0] == 303
    found = erase(sistem, number)
    assert found[0] == 409 and "tidak ada lagi yang tersisa" in found[1]
