"""The SOP by HTTP, on SQLite and PostgreSQL: both branches, five people."""

from tests.webapp.site import ANSWERS, Site, text_of


def test_a_complaint_goes_through_every_step_to_its_answer(site: Site) -> None:
    number = site.person("pelapor").file()
    for who, element in (
        ("admin", "terima_aduan"),
        ("ketua", "klasifikasi"),
        ("bidang.sd", "tanggapi_aduan"),
        ("ketua", "terima_tanggapan"),
        ("admin", "input_tanggapan"),
        ("pelapor", "terima_jawaban"),
    ):
        assert site.open_element(number) == element
        done = site.person(who).complete(number, **ANSWERS[element])
        assert done.status_code == 303
    page = text_of(site.person("pelapor").get(f"/aduan/{number}"))
    assert ANSWERS["input_tanggapan"]["tanggapan"] in page
    assert "Selesai, jawaban diterima" in page
    assert ANSWERS["tanggapi_aduan"]["tanggapan"] not in page  # the Bidang's own words stay inside the office


def test_a_request_for_information_skips_the_bidang(site: Site) -> None:
    number = site.bring_to("input_tanggapan", jenis="informasi", bidang="")
    site.person("admin").complete(number, tanggapan="Pendaftaran dibuka tanggal 1 Juni.")
    page = text_of(site.person("pelapor").get(f"/aduan/{number}"))
    assert "Pendaftaran dibuka tanggal 1 Juni." in page
    assert site.person("bidang.sd").get(f"/aduan/{number}").status_code == 404


def test_the_answer_of_the_bidang_is_where_admin_begins(site: Site) -> None:
    number = site.bring_to("input_tanggapan")
    page = site.person("admin").get(site.task_path(number)).get_data(as_text=True)
    assert ANSWERS["tanggapi_aduan"]["tanggapan"] in page.split("<textarea")[1].split("</textarea>")[0]


def test_ketua_moves_a_task_to_another_bidang_with_a_reason(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    path = site.task_path(number)
    ketua = site.person("ketua")
    without = ketua.post(f"{path}/alihkan", {"bidang": "smp", "alasan": ""}, page=f"/aduan/{number}")
    assert without.status_code == 422
    moved = ketua.post(
        f"{path}/alihkan",
        {"bidang": "smp", "alasan": "Sekolahnya ternyata sebuah SMP.", "_nomor": number},
        page=f"/aduan/{number}",
    )
    assert moved.status_code == 303
    assert site.person("bidang.sd").get(path).status_code == 404
    assert site.person("bidang.smp").get(path).status_code == 200
    assert site.person("bidang.sd").get(f"/aduan/{number}").status_code == 200  # its unit had a task of it
    assert "Sekolahnya ternyata sebuah SMP." in text_of(site.person("auditor").get(f"/audit/{number}"))


def test_the_history_of_a_case_stands_in_the_audit(site: Site) -> None:
    number = site.bring_to("terima_jawaban")
    page = text_of(site.person("auditor").get(f"/audit/{number}"))
    for what in ("Aduan dibuka", "Tugas diselesaikan", "Klasifikasi", "Ketua Tim Pengaduan"):
        assert what in page
    assert "Nama pelapor" not in page
    assert "Pelapor (nama dirahasiakan)" in page


def test_admin_files_and_confirms_for_someone_at_the_counter(site: Site) -> None:
    admin = site.person("admin")
    number = admin.file(kanal="loket", nama="Ibu Sarinah", akun="")
    admin.complete(number, **ANSWERS["terima_aduan"])
    site.ids["loket"] = _reporter(site, number)
    site.bring_to("klasifikasi", number)
    site.person("ketua").complete(number, jenis="informasi")
    admin.complete(number, tanggapan="Sudah kami jelaskan di loket.")
    page = admin.get(f"/aduan/{number}")
    assert "Ibu Sarinah" in text_of(page)
    confirmed = admin.post(site.task_path(number), {"komentar": "Diterima di loket."})
    assert confirmed.status_code == 303
    assert site.open_element(number) is None
    history = text_of(site.person("auditor").get(f"/audit/{number}"))
    assert "atas nama pelapor" in history.lower()
    assert "Ibu Sarinah" not in history


def _reporter(site: Site, number: str) -> str:
    from sqlalchemy import select

    from engine.store.database import transaction
    from engine.store.models import Case

    with transaction(site.engine) as session:
        return session.scalars(select(Case.reporter_id).where(Case.number == number)).one()
