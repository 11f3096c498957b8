"""Sessions and genuine posts: what was typed survives, a logout ends the session, guesses are slowed down."""

import re

import pytest

from tests.webapp.site import PASSWORD, Site, hidden, nodes, text_of


def test_a_post_without_a_session_answers_the_login_form_and_goes_on(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    path = site.task_path(number)
    late = site.visitor()
    answer = late.client.post(path, data={"catatan": "Ditulis sebelum sesi habis.", "judul_kerja": "Judul kerja"})
    assert answer.status_code == 401
    assert "tulisan Anda masih ada" in text_of(answer)
    assert site.open_element(number) == "terima_aduan"
    shown = late.client.post("/masuk", data={**hidden(answer), "akun": "admin@demo.test", "sandi": PASSWORD})
    assert "Ditulis sebelum sesi habis." in text_of(shown)
    form = nodes(shown, "//main//form")[0]
    assert form.get("action") == path
    done = late.client.post(path, data=hidden(shown))
    assert done.status_code == 303
    assert site.open_element(number) == "klasifikasi"


def test_a_wrong_password_in_between_still_keeps_the_text(site: Site) -> None:
    late = site.visitor()
    answer = late.client.post("/tugas/x", data={"catatan": "Masih ada.", "jenis": "informasi", "bidang": "sd"})
    wrong = late.client.post("/masuk", data={**hidden(answer), "akun": "admin@demo.test", "sandi": "salah-sekali"})
    assert wrong.status_code == 422
    right = late.client.post("/masuk", data={**hidden(wrong), "akun": "admin@demo.test", "sandi": PASSWORD})
    page = text_of(right)
    for words in ("Masih ada.", "Jenis laporan", "Permintaan informasi", "Bidang Pembinaan Sekolah Dasar"):
        assert words in page


def test_a_post_without_its_token_changes_nothing_but_keeps_the_text(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    admin = site.person("admin")
    answer = admin.client.post(site.task_path(number), data={"catatan": "Dari situs lain?"})
    assert answer.status_code == 400
    assert "Dari situs lain?" in text_of(answer)
    assert site.open_element(number) == "terima_aduan"


def test_logging_out_ends_the_session_on_the_server(site: Site) -> None:
    person = site.visitor()
    person.post("/masuk", {"akun": "warga@demo.test", "sandi": PASSWORD})
    stolen = person.client.get_cookie("aduan").value
    token = nodes(person.get("/aduan"), "//header//input[@name='csrf_token']/@value")[0]
    assert person.client.post("/keluar", data={"csrf_token": token}).status_code == 303
    thief = site.visitor()
    thief.client.set_cookie("aduan", stolen)
    assert thief.get("/aduan").status_code == 303


def test_after_the_login_one_is_where_one_wanted_to_go(site: Site) -> None:
    person = site.visitor()
    sent = person.get("/aduan?q=ADU&keadaan=selesai")
    fields = {**hidden(person.get(sent.headers["Location"])), "akun": "warga@demo.test", "sandi": PASSWORD}
    assert person.client.post("/masuk", data=fields).headers["Location"] == "/aduan?q=ADU&keadaan=selesai"


def test_after_the_login_one_stays_on_this_site(site: Site) -> None:
    for goal in ("https://jahat.example/", "//jahat.example", "/\\jahat.example", "javascript:alert(1)"):
        person = site.visitor()
        fields = {**person.token("/masuk"), "_lanjut": goal, "akun": "warga@demo.test", "sandi": PASSWORD}
        answer = person.client.post("/masuk", data=fields)
        assert answer.status_code == 303
        assert re.match(r"/[^/\\]|/$", answer.headers["Location"])


def test_guessing_passwords_is_slowed_down(site: Site) -> None:
    person = site.visitor()
    codes = [person.post("/masuk", {"akun": "ketua@demo.test", "sandi": f"salah-{n}"}).status_code for n in range(11)]
    assert codes[:10] == [422] * 10
    assert codes[10] == 429
    assert person.post("/masuk", {"akun": "ketua@demo.test", "sandi": PASSWORD}).status_code == 429
    assert site.person("admin").get("/tugas").status_code == 200


def test_an_ended_appointment_gives_nothing(site: Site) -> None:
    number = site.bring_to("klasifikasi")
    path = site.task_path(number)
    assert site.person("ketua").get(path).status_code == 200
    rows = nodes(site.person("sistem").get("/kelola"), "//form[contains(@action, '/akhiri')]")
    ketua = next(
        form for form in rows if "ketua@demo.test" in form.xpath("string(ancestor::*[self::tr or self::li][1])")
    )
    token = ketua.xpath(".//input[@name='csrf_token']/@value")[0]
    assert site.person("sistem").client.post(ketua.get("action"), data={"csrf_token": token}).status_code == 303
    assert site.person("ketua").get(path).status_code == 404


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_a_huge_form_without_files_is_refused_before_it_is_read(site: Site) -> None:
    kind = "application/x-www-form-urlencoded"
    for path in ("/masuk", "/aduan/baru"):
        answer = site.visitor().client.post(path, data="akun=" + "x" * 3_000_000, content_type=kind)
        assert answer.status_code == 413
