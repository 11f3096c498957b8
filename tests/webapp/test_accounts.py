"""Passwords and appointments: changed by their owner, reset by Pengelola Sistem, never mixed with lane roles."""

from tests.webapp.site import COMPLAINT, PASSWORD, Site, text_of

NEW = "sandi-yang-baru"


def login(site: Site, name: str, password: str) -> int:
    return site.visitor().post("/masuk", {"akun": f"{name}@demo.test", "sandi": password}).status_code


def test_one_changes_the_own_password_and_other_devices_are_logged_out(site: Site) -> None:
    here, there = site.visitor(), site.visitor()
    for device in (here, there):
        device.post("/masuk", {"akun": "warga@demo.test", "sandi": PASSWORD})
    assert here.post("/akun", {"sandi_lama": "salah", "sandi": NEW}).status_code == 422
    assert here.post("/akun", {"sandi_lama": PASSWORD, "sandi": "pendek"}).status_code == 422
    assert here.post("/akun", {"sandi_lama": PASSWORD, "sandi": NEW}).status_code == 303
    assert (here.get("/aduan").status_code, there.get("/aduan").status_code) == (200, 303)
    assert (login(site, "warga", PASSWORD), login(site, "warga", NEW)) == (422, 303)


def test_someone_recorded_at_the_counter_gets_a_password_and_reads_the_answer(site: Site) -> None:
    number = site.person("admin").file(kanal="loket", nama="Ibu Ani", akun="0812-1111-2222")
    refused = site.visitor().post("/daftar", {"nama": "Ibu Ani", "akun": "081211112222", "sandi": NEW})
    assert "minta kata sandi baru di loket" in text_of(refused)
    sistem = site.person("sistem")
    token = sistem.token("/kelola")["csrf_token"]
    data = {"csrf_token": token, "akun_lama": "0812 1111 2222", "sandi_baru": NEW}
    assert sistem.client.post("/kelola/sandi", data={**data, "akun_lama": "0899"}).status_code == 422
    assert sistem.client.post("/kelola/sandi", data=data).status_code == 303
    ani = site.visitor()
    assert ani.post("/masuk", {"akun": "081211112222", "sandi": NEW}).status_code == 303
    assert number in text_of(ani.get("/aduan"))


def test_a_known_contact_under_another_name_is_asked_about(site: Site) -> None:
    admin = site.person("admin")
    admin.file(kanal="loket", nama="Ibu Ani", akun="0812-1111-2222")
    other = {
        **COMPLAINT,
        "subkategori": "biaya_belum_tahu",
        "kanal": "loket",
        "nama": "Bapak Lain",
        "akun": "081211112222",
    }
    answer = admin.post("/aduan/baru", other)
    assert answer.status_code == 422
    assert "terdaftar atas nama Ibu Ani" in text_of(answer)
    assert admin.post("/aduan/baru", {**other, "nama": "ibu ani"}).status_code == 303


def appoint(site: Site, **changed: str) -> str:
    sistem = site.person("sistem")
    data = {"akun": "baru@demo.test", "nama": "Orang Baru", "sandi": NEW, "peran": "Admin", "jabatan": "Staf",
            "jenis": "plh", "csrf_token": sistem.token("/kelola")["csrf_token"], **changed}  # fmt: skip
    answer = sistem.client.post("/kelola/penugasan", data=data)
    return "" if answer.status_code == 303 else text_of(answer)


def test_a_new_person_is_appointed_and_works(site: Site) -> None:
    assert appoint(site) == ""
    assert login(site, "baru", NEW) == 303
    assert "Wajib diisi" in appoint(site, jabatan="")
    assert "Pilih Bidang/unit kerjanya" in appoint(site, peran="Bidang Terkait")
    assert "Pilih salah satu dari daftar" in appoint(site, peran="Pelapor")


def test_pengelola_sistem_holds_no_lane_role_and_cannot_end_himself(site: Site) -> None:
    assert "tidak memegang peran dalam diagram" in appoint(site, akun="sistem@demo.test", peran="Admin")
    assert "tidak memegang peran dalam diagram" in appoint(site, akun="ketua@demo.test", peran="Pengelola Sistem")
    page = site.person("sistem").get("/kelola").get_data(as_text=True)
    own = page.split("sistem@demo.test")[1].split("/kelola/penugasan/")[1].split("/")[0]
    token = site.person("sistem").token("/kelola")["csrf_token"]
    answer = site.person("sistem").client.post(f"/kelola/penugasan/{own}/akhiri", data={"csrf_token": token})
    assert answer.status_code == 403
    assert site.person("sistem").get("/kelola").status_code == 200


def test_text_typed_for_a_task_that_moved_away_comes_back(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    path = site.task_path(number)
    bidang = site.person("bidang.sd")
    fields = bidang.token(path)
    moved = {"bidang": "smp", "alasan": "Ternyata urusan SMP.", "_nomor": number}
    assert site.person("ketua").post(f"{path}/alihkan", moved, page=f"/aduan/{number}").status_code == 303
    late = bidang.client.post(path, data={**fields, "tanggapan": "Tulisan panjang dari Bidang SD."})
    assert late.status_code == 409
    assert "sudah dialihkan" in text_of(late)
    assert "Tulisan panjang dari Bidang SD." in text_of(late)
    assert "dari Bidang" in text_of(site.person("auditor").get(f"/audit/{number}"))
