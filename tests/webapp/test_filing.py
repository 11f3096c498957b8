"""Filing on the web: as a new visitor, with files, with mistakes, twice."""

import io

import pikepdf
from PIL import Image

from tests.webapp.site import COMPLAINT, Site, hidden, text_of

GOOD = {**COMPLAINT, "subkategori": "biaya_belum_tahu"}
PERSON = {"nama": "Bapak Jaya", "akun": "0812-9000-1234", "sandi": "rahasia-sekali"}


def png(size: int = 20) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (size, size), "red").save(out, "PNG")
    return io.BytesIO(out.getvalue())


def pdf() -> io.BytesIO:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return io.BytesIO(out.getvalue())


def test_a_new_visitor_files_registers_and_is_logged_in_at_once(site: Site) -> None:
    visitor = site.visitor()
    answer = visitor.post("/aduan/baru", {**GOOD, **PERSON})
    assert answer.status_code == 303
    page = visitor.get(answer.headers["Location"])
    assert "ADU-" in text_of(page)
    assert COMPLAINT["judul"] in text_of(page)
    again = site.visitor().post("/masuk", {"akun": "081290001234", "sandi": PERSON["sandi"]})
    assert again.status_code == 303


def test_nothing_is_lost_when_one_part_is_wrong(site: Site) -> None:
    visitor = site.visitor()
    answer = visitor.post("/aduan/baru", {**GOOD, **PERSON, "sandi": "123", "lampiran": (png(), "bukti.png")})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Kata sandi paling sedikit" in page
    source = answer.get_data(as_text=True)
    for typed in (COMPLAINT["judul"], COMPLAINT["isi"], COMPLAINT["sekolah"], PERSON["nama"], PERSON["akun"]):
        assert typed in source
    assert "bukti.png" in page
    assert "123" not in source.split("isian-sandi")[1][:300]
    assert site.cases() == 0
    # the kept file goes along when the form is sent again
    sent = visitor.client.post("/aduan/baru", data={**hidden(answer), **GOOD, **PERSON})
    assert sent.status_code == 303
    assert "bukti.png" in text_of(visitor.get(sent.headers["Location"]))


def test_a_received_file_can_be_taken_out_again(site: Site) -> None:
    person = site.person("pelapor")
    refused = person.post("/aduan/baru", {**GOOD, "judul": "", "lampiran": (png(), "salah.png")})
    kept = hidden(refused)
    dropped = {"_hapus_lampiran": kept["_berkas_lampiran"]}
    sent = person.client.post("/aduan/baru", data={**kept, **GOOD, **dropped})
    assert sent.status_code == 303
    assert "salah.png" not in text_of(person.get(sent.headers["Location"]))


def test_all_mistakes_are_said_at_once(site: Site) -> None:
    page = text_of(site.visitor().post("/aduan/baru", {"kategori": "biaya"}))
    assert "Ada 6 isian yang perlu diperbaiki" in page  # subkategori, judul, isi, nama, akun, sandi


def test_a_pair_that_does_not_belong_together_is_refused(site: Site) -> None:
    answer = site.person("pelapor").post("/aduan/baru", {**GOOD, "kategori": "guru"})
    assert answer.status_code == 422
    assert site.cases() == 0


def test_files_are_refused_by_name_and_the_rest_is_kept(site: Site) -> None:
    files = [(png(), "baik.png"), (io.BytesIO(b"MZ not a picture"), "virus.exe"), (pdf(), "surat.pdf")]
    answer = site.person("pelapor").post("/aduan/baru", {**GOOD, "lampiran": files})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "virus.exe belum dapat diterima. Kirim JPG, PNG, atau PDF." in page
    assert "baik.png" in page
    assert "surat.pdf" in page


def test_a_file_over_10_mb_is_refused_by_name(site: Site) -> None:
    big = io.BytesIO(b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024))
    answer = site.person("pelapor").post("/aduan/baru", {**GOOD, "lampiran": (big, "besar.jpg")})
    assert answer.status_code == 422
    assert "besar.jpg melebihi 10 MB" in text_of(answer)
    assert COMPLAINT["isi"] in answer.get_data(as_text=True)


def test_more_than_five_files_are_refused(site: Site) -> None:
    files = [(png(), f"{n}.png") for n in range(6)]
    answer = site.person("pelapor").post("/aduan/baru", {**GOOD, "lampiran": files})
    assert answer.status_code == 422
    assert "Paling banyak 5 berkas" in text_of(answer)


def test_the_same_press_twice_files_once(site: Site) -> None:
    person = site.person("pelapor")
    fields = {**person.token("/aduan/baru"), **GOOD}
    first, again = (person.client.post("/aduan/baru", data=fields) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert site.cases() == 1


def test_a_visitors_second_press_does_not_file_twice_nor_open_the_account(site: Site) -> None:
    visitor, other = site.visitor(), site.visitor()
    fields = {**visitor.token("/aduan/baru"), **GOOD, **PERSON}
    assert visitor.client.post("/aduan/baru", data=fields).status_code == 303
    stranger = {**other.token("/aduan/baru"), **GOOD, **PERSON, "_kunci": fields["_kunci"]}
    answer = other.client.post("/aduan/baru", data=stranger)
    assert site.cases() == 1
    assert answer.status_code == 303  # told that it has arrived, and asked to log in, not that the contact is taken
    assert answer.headers["Location"].startswith("/masuk?lanjut=/aduan/ADU-")
    assert other.get("/aduan").status_code == 303  # still not logged in


def test_a_known_contact_must_log_in_first(site: Site) -> None:
    answer = site.visitor().post("/aduan/baru", {**GOOD, **PERSON, "akun": "PELAPOR@demo.test"})
    assert answer.status_code == 422
    assert "sudah terdaftar" in text_of(answer)
    assert COMPLAINT["isi"] in answer.get_data(as_text=True)


def test_attachments_are_for_those_who_may_read_them(site: Site) -> None:
    number = site.person("pelapor").file(lampiran=(png(), "bukti <b>.png"))
    page = site.person("pelapor").get(f"/aduan/{number}").get_data(as_text=True)
    link = page.split("/lampiran/")[1][:32]
    path = f"/aduan/{number}/lampiran/{link}"
    got = site.person("pelapor").get(path)
    assert got.status_code == 200
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert site.person("admin").get(path).status_code == 200
    for name in ("warga", "bidang.sd", "proses", "sistem"):
        assert site.person(name).get(path).status_code == 404
    assert site.visitor().get(path).status_code == 303


def test_a_file_of_someone_else_cannot_be_named(site: Site) -> None:
    number = site.person("pelapor").file(lampiran=(png(), "rahasia.png"))
    page = site.person("pelapor").get(f"/aduan/{number}").get_data(as_text=True)
    file_id = page.split("/lampiran/")[1][:32]
    other = site.person("warga").post("/aduan/baru", {**GOOD, "_berkas_lampiran": file_id})
    assert other.status_code == 303  # the forged token counts for nothing
    theirs = site.person("warga").get(other.headers["Location"]).get_data(as_text=True)
    assert "rahasia.png" not in theirs
    text_field = site.person("warga").post("/aduan/baru", {**GOOD, "lampiran": file_id})
    assert "rahasia.png" not in text_of(text_field)
