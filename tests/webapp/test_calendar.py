"""The calendar page: looked at, changed after a preview, approved; what is wrong is said at its field, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from engine.commands.follow_calendar import follow_calendar
from engine.commands.set_calendar import set_start_calendar
from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.worktime import Calendar
from tests.rig.chromium import Faults
from tests.webapp.looks import wrongs
from tests.webapp.site import PASSWORD, Site, nodes, text_of
from webapp.calendar_days import read_lines
from webapp.calendar_hours import read_hours, values

PAGE = "/kelola/kalender"
SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)  # the page is the same on both
DECREE = "SKB Nomor 9 Tahun 2026"
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def office(now: None, site: Site) -> Site:
    """With version 1 in force, 2025 and 2026 approved."""
    with transaction(site.engine) as session:
        set_start_calendar(session, approved=True, now=NOW)
    return site


def in_force(site: Site) -> tuple[int, Calendar]:
    with transaction(site.engine) as session:
        found = current_calendar(session)
    return found.number, found.calendar


def fields(answer: TestResponse, form: str) -> dict[str, str]:
    """Everything in a form of the page as it stands, without its checkboxes."""
    inputs = nodes(answer, f"//form[@id='ubah-{form}']//input[not(@type='checkbox')]")
    selects = nodes(answer, f"//form[@id='ubah-{form}']//select")
    chosen = {each.get("name"): each.xpath("option[@selected]/@value")[0] for each in selects}
    return {each.get("name"): each.get("value") or "" for each in inputs} | chosen


def send(site: Site, form: str, year: Any = 2026, action: Any = "simpan", **typed: Any) -> TestResponse:
    """Fill in one of the page's forms and press a button."""
    person = site.person("sistem")
    filled = fields(person.get(f"{PAGE}?tahun={year}"), form) | {"_aksi": action} | typed
    return person.client.post(PAGE + {"hari": "", "jam": "/jam", "sahkan": "/sahkan"}[form], data=filled)


def error_at(answer: TestResponse, field: str) -> str:
    """The message beside a field."""
    return "".join(nodes(answer, f"//*[@id='galat-{field}']//text()")).strip()


@SQLITE
class TestLooking:
    def test_it_says_what_is_in_force_and_shows_the_year(self, office: Site):
        page = office.person("sistem").get(PAGE)
        text = text_of(page)
        assert "Versi 1" in text and "ditetapkan saat pemasangan" in text and "SKB Menteri Agama" in text
        assert len(nodes(page, "//table[caption]")) >= 12
        assert "24 Des Cuti Bersama Hari Raya Natal (cuti bersama)" in text
        (cell,) = nodes(page, "//table[caption='Desember']//td[@class='libur']")
        assert cell.xpath("string()") == "25 ●libur", "by sign and by word"
        assert [each.text for each in nodes(page, "//nav[@aria-label='Tahun']//a")] == ["2025", "2026", "2027"]
        assert not nodes(page, "//input[@type='date']")

    def test_proposals_mark_what_the_moon_decides(self, office: Site):
        page = office.person("sistem").get(f"{PAGE}?tahun=2027")
        labels = [" ".join(each.xpath("string()").split()) for each in nodes(page, "//label[input[@name='usulan']]")]
        assert "10 Maret 2027, Hari Raya Idul Fitri (libur) Perkiraan" in labels
        assert "1 Januari 2027, Tahun Baru Masehi (libur)" in labels
        assert nodes(office.person("sistem").get(PAGE), "//input[@name='usulan']") == [], "2026 has them all"

    def test_a_year_that_is_none_is_this_one(self, office: Site):
        for given in ("", "?tahun=1", "?tahun=x", "?tahun=99999", "?tahun=9999", "?tahun=%C2%B2027"):
            assert "Hari libur 2026" in text_of(office.person("sistem").get(PAGE + given)), given

    def test_only_pengelola_sistem_sees_and_changes_it(self, office: Site):
        for name in ("pelapor", "admin", "ketua", "bidang.sd", "proses", "auditor", "pimpinan"):
            person = office.person(name)
            token = person.token("/aduan/baru")["csrf_token"]
            assert person.get(PAGE).status_code == 404
            for path in (PAGE, f"{PAGE}/jam", f"{PAGE}/sahkan"):
                assert person.client.post(path, data={"csrf_token": token}).status_code == 404
        assert in_force(office)[0] == 1


class TestDaysOff:
    def test_a_preview_says_what_would_follow_and_saves_nothing(self, office: Site):
        office.bring_to("tanggapi_aduan")
        office.bring_to("terima_jawaban")
        seen = send(office, "hari", action="periksa", nomor=DECREE, tempel="4 Maret 2026, Libur daerah, libur")
        text = text_of(seen)
        assert seen.status_code == 200 and "Belum tersimpan" in text
        assert "Ditambah: Rabu, 4 Maret 2026, Libur daerah (libur)" in text
        assert "batas waktu 1 tugas dan 2 aduan yang sedang berjalan berubah, dan 1 penutupan otomatis" in text
        assert in_force(office)[0] == 1
        again = fields(seen, "hari") | {"tempel": "4 Maret 2026, Libur daerah, libur", "_aksi": "simpan"}
        saved = office.person("sistem").client.post(PAGE, data=again)
        assert saved.status_code == 303
        assert follow_calendar(office.engine, datetime.now(UTC)) == 2
        number, calendar = in_force(office)
        assert number == 2 and calendar.holidays[date(2026, 3, 4)].decree == DECREE

    def test_what_was_edited_after_the_preview_is_looked_at_again(self, office: Site):
        seen = send(office, "hari", action="periksa", nomor=DECREE, tempel="4 Maret 2026, Libur daerah")
        edited = fields(seen, "hari") | {"tempel": "5 Maret 2026, Libur daerah", "_aksi": "simpan"}
        answer = office.person("sistem").client.post(PAGE, data=edited)
        assert answer.status_code == 200 and "Ditambah: Kamis, 5 Maret 2026" in text_of(answer)
        assert in_force(office)[0] == 1

    def test_a_decree_is_pasted_as_its_tables_give_it(self, office: Site):
        pasted = (
            "1.\tJumat, 1 Januari 2027\tTahun Baru 2027 Masehi\n\n"
            "2.\tKamis, 4 Februari 2027\tCuti bersama\n"
            "2027-03-10; Idul Fitri 1448 H; libur\n9/3/2027 | Idul Fitri (cuti bersama)\n"
        )
        assert send(office, "hari", 2027, nomor=DECREE, tempel=pasted).status_code == 303
        days = {day: (each.name, each.kind) for day, each in in_force(office)[1].holidays.items() if day.year == 2027}
        assert days == {
            date(2027, 1, 1): ("Tahun Baru 2027 Masehi", "libur"),
            date(2027, 2, 4): ("Cuti bersama", "cuti bersama"),
            date(2027, 3, 9): ("Idul Fitri", "cuti bersama"),
            date(2027, 3, 10): ("Idul Fitri 1448 H", "libur"),
        }

    def test_each_wrong_line_is_named_and_the_text_stays(self, office: Site):
        pasted = (
            "31 Februari 2026 Salah\n4 Maret 2026, Baik\nJumat, 5 Maret 2026 Salah\n4-3-2026 Dua kali\n1 Mei 2027 X"
        )
        answer = send(office, "hari", nomor=DECREE, tempel=pasted)
        assert answer.status_code == 422
        said = error_at(answer, "tempel").split("\n")
        assert [each.split(":")[0] for each in said] == ["Baris 1", "Baris 3", "Baris 4", "Baris 5"]
        assert "tidak terbaca" in said[0] and "Kamis, bukan Jumat" in said[1]
        assert "sudah ditulis pada baris 2" in said[2] and "bukan hari dalam tahun 2026" in said[3]
        (box,) = nodes(answer, "//textarea[@name='tempel']")
        assert box.text.strip() == pasted and fields(answer, "hari")["nomor"] == DECREE
        assert in_force(office)[0] == 1

    def test_a_day_that_is_there_already_must_be_taken_out_first(self, office: Site):
        typed: dict[str, Any] = {"nomor": DECREE, "tempel": "24 Desember 2026, Libur Natal, libur"}
        answer = send(office, "hari", **typed)
        assert answer.status_code == 422 and "sudah tercantum sebagai «Cuti Bersama Hari Raya" in text_of(answer)
        assert send(office, "hari", **typed, hapus=["2026-12-24"]).status_code == 303
        assert in_force(office)[1].holidays[date(2026, 12, 24)].name == "Libur Natal"
        assert send(office, "hari", nomor=DECREE, hapus=["2026-12-24", "2026-12-25"]).status_code == 303
        assert date(2026, 12, 25) not in in_force(office)[1].holidays

    def test_without_a_decree_nothing_is_taken_over(self, office: Site):
        answer = send(office, "hari", tempel="4 Maret 2026, Libur daerah", hapus=["2026-12-24"], nomor="  ")
        assert answer.status_code == 422 and "Isi nomor surat keputusan" in error_at(answer, "nomor")
        assert "Ada 1 isian" in text_of(answer)
        assert nodes(answer, "//input[@name='hapus' and @checked]/@value") == ["2026-12-24"]

    def test_proposals_are_taken_over_and_the_decree_has_the_last_word(self, office: Site):
        more: dict[str, Any] = {"usulan": ["semua"], "tempel": "11 Maret 2027, Idul Fitri 1448 H, libur"}
        assert send(office, "hari", 2027, nomor=DECREE, **more).status_code == 303
        days = {day: each.name for day, each in in_force(office)[1].holidays.items() if day.year == 2027}
        assert len(days) == 26 and days[date(2027, 3, 11)] == "Idul Fitri 1448 H"
        assert days[date(2027, 1, 1)] == "Tahun Baru Masehi"

    def test_nothing_changed_is_said(self, office: Site):
        answer = send(office, "hari", nomor=DECREE)
        assert answer.status_code == 303 and in_force(office)[0] == 1
        assert "Tidak ada yang berubah" in text_of(office.person("sistem").get(answer.headers["Location"]))

    def test_of_two_editors_the_second_looks_again_and_loses_nothing(self, office: Site):
        stale = fields(office.person("sistem").get(PAGE), "hari")
        assert send(office, "hari", nomor=DECREE, tempel="4 Maret 2026, Satu").status_code == 303
        late = stale | {"nomor": DECREE, "tempel": "5 Maret 2026, Dua", "_aksi": "simpan"}
        answer = office.person("sistem").client.post(PAGE, data=late)
        assert answer.status_code == 409 and "baru saja diubah orang lain" in text_of(answer)
        again = fields(answer, "hari") | {"tempel": "5 Maret 2026, Dua", "_aksi": "simpan"}
        assert office.person("sistem").client.post(PAGE, data=again).status_code == 303
        assert {date(2026, 3, 4), date(2026, 3, 5)} <= in_force(office)[1].holidays.keys()

    def test_what_is_typed_is_shown_as_text(self, office: Site):
        answer = send(office, "hari", action="periksa", nomor=DECREE, tempel="4 Maret 2026, <b>Libur</b>")
        assert b"&lt;b&gt;Libur&lt;/b&gt;" in answer.data and b"<b>Libur" not in answer.data


WRONG_HOURS = [
    ({"baru_nama": "Ramadan", "baru_mulai": "1 Maret 2026", "baru_sampai": "30 Maret 2026"},
     "baru_mulai", "tumpang tindih dengan jadwal «Ramadan 1447 H»"),
    ({"baru_nama": "Ramadan", "baru_mulai": "31 Februari 2026", "baru_sampai": "30 Maret 2026"},
     "baru_mulai", "tidak terbaca"),
    ({"baru_nama": "Ramadan", "baru_mulai": "1 Mei 2026"}, "baru_sampai", "memerlukan tanggal akhir"),
    ({"baru_mulai": "1 Mei 2026", "baru_sampai": "2 Mei 2026"}, "baru_nama", "belum diisi"),
    ({"khusus20260219_sampai": "1 Januari 2026"}, "khusus20260219_sampai", "mendahului"),
    ({"biasa20230412_senin_jam": "pagi"}, "biasa20230412_senin_jam", "tidak terbaca"),
    ({"biasa20230412_senin_jam": "16.00-07.30"}, "biasa20230412_senin_jam", "tidak sesudah jam mulai"),
    ({"biasa20230412_senin_jam": ""}, "biasa20230412_senin_jam", "tidak terbaca"),
    ({"biasa20230412_senin_istirahat": "17.00-18.00"}, "biasa20230412_senin_istirahat", "di luar jam kerja"),
    ({"biasa20230412_senin_istirahat": "12"}, "biasa20230412_senin_istirahat", "tidak terbaca"),
    ({"nomor_jam": ""}, "nomor_jam", "Isi nomor surat keputusan"),
]  # fmt: skip


@SQLITE
class TestOfficeHours:
    def test_what_the_form_shows_is_what_it_reads(self, office: Site):
        calendar = in_force(office)[1]
        for year in (2023, 2025, 2026, 2027):
            read = read_hours(values(calendar, year), calendar, year)
            assert Calendar.from_data({**calendar.to_data(), "schedules": read.schedules}) == calendar

    def test_friday_is_changed(self, office: Site):
        changed = {
            "biasa20230412_jumat_jam": "07.30 - 16.00",
            "biasa20230412_jumat_istirahat": "11.30-13.00, 15:00-15:15",
        }
        seen = send(office, "jam", action="periksa", nomor_jam=DECREE, **changed)
        assert "Jumat 07.30-16.00, istirahat 11.30-13.00, 15.00-15.15" in text_of(seen)
        assert send(office, "jam", nomor_jam=DECREE, **changed).status_code == 303
        hours = in_force(office)[1].hours_on(date(2026, 3, 27))
        assert hours == ((450, 690), (780, 900), (915, 960))

    def test_ramadan_of_the_next_year_is_added_and_taken_out(self, office: Site):
        new = {"baru_nama": "Ramadan 1448 H", "baru_mulai": "8 Februari 2027", "baru_sampai": "9/3/2027"}
        assert send(office, "jam", 2027, nomor_jam=DECREE, **new).status_code == 303
        calendar = in_force(office)[1]
        assert calendar.hours_on(date(2027, 2, 8)) == ((480, 720), (750, 900)), "it begins with last year's hours"
        assert calendar.hours_on(date(2027, 3, 15)) == ((450, 720), (780, 960))
        gone = {"khusus20270208_hapus": "1"}
        assert send(office, "jam", 2027, nomor_jam=DECREE, **gone).status_code == 303
        assert [each.name for each in in_force(office)[1].schedules][-1] == "Ramadan 1447 H"

    def test_new_normal_hours_end_the_old_ones_the_day_before(self, office: Site):
        new = {"baru_jenis": "biasa", "baru_nama": "Jam kerja baru", "baru_mulai": "1 Juli 2026"}
        assert send(office, "jam", nomor_jam=DECREE, **new).status_code == 303
        old, later, *_ = in_force(office)[1].schedules
        assert (old.last, later.first, later.last) == (date(2026, 6, 30), date(2026, 7, 1), None)
        again = new | {"baru_nama": "Lagi"}
        answer = send(office, "jam", nomor_jam=DECREE, **again)
        assert answer.status_code == 422 and "Sudah ada jadwal biasa yang mulai 1 Juli 2026" in text_of(answer)

    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(self, office: Site):
        for changed, field, words in WRONG_HOURS:
            typed = {"nomor_jam": DECREE, "biasa20230412_rabu_jam": "07.45-16.15"} | changed
            answer = send(office, "jam", **typed)
            assert answer.status_code == 422 and words in error_at(answer, field), changed
            assert typed.items() <= fields(answer, "jam").items()
            assert nodes(answer, f"//*[@id='isian-{field}']/@aria-invalid") == ["true"]
        assert in_force(office)[0] == 1


class TestApproval:
    def test_a_year_without_approval_warns_until_it_has_it(self, site: Site):
        with time_machine.travel(NOW, tick=True), transaction(site.engine) as session:
            set_start_calendar(session, approved=False, now=NOW)
        with time_machine.travel(datetime(2026, 10, 1, 3, 0, tzinfo=UTC), tick=True):
            person = site.person("sistem")
            assert site.visitor().get("/healthz").json["kalender"] == {
                "keadaan": "belum disahkan", "belum_disahkan": [2026, 2027]}  # fmt: skip
            text = text_of(person.get(PAGE))
            assert "Hari libur tahun 2026 belum disahkan" in text and "Hari libur tahun 2027 belum disahkan" in text
            assert send(site, "sahkan").status_code == 303
            empty = send(site, "sahkan", 2027)
            assert empty.status_code == 422 and "Hari libur tahun 2027 belum ada" in error_at(empty, "sahkan")
            assert site.visitor().get("/healthz").json["kalender"]["belum_disahkan"] == [2027]
            send(site, "hari", 2027, nomor=DECREE, usulan=["2027-01-01"])
            page = person.get(f"{PAGE}?tahun=2027")
            assert "belum ada cuti bersama" in text_of(page)
            assert send(site, "sahkan", 2027).status_code == 303
            assert site.visitor().get("/healthz").json["kalender"] == {"keadaan": "disahkan", "belum_disahkan": []}
            assert "belum disahkan" not in text_of(person.get(PAGE))
        assert in_force(site)[1].approved_years == {2026, 2027}

    def test_it_is_approved_once_and_what_was_looked_at(self, office: Site):
        stale = fields(office.person("sistem").get(f"{PAGE}?tahun=2027"), "sahkan")
        assert send(office, "hari", 2027, nomor=DECREE, tempel="1 Januari 2027, Tahun Baru").status_code == 303
        answer = office.person("sistem").client.post(f"{PAGE}/sahkan", data=stale)
        assert answer.status_code == 409 and 2027 not in in_force(office)[1].approved_years


@SQLITE
def test_lines_without_meaning_are_skipped_and_many_mistakes_are_cut(office: Site):
    assert read_lines(" \n\t;\n-\n", 2026) == ([], [])
    answer = send(office, "hari", nomor=DECREE, tempel="\n".join(["salah"] * 30))
    assert len(error_at(answer, "tempel").split("\n")) == 21 and "Dan 10 baris lain." in error_at(answer, "tempel")


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [360, 1366])
def test_in_a_browser_it_fits_and_is_accessible(
    office: Site, page_at: Callable[..., Page], faults: Faults, width: int
) -> None:
    faults.expect(422)
    with office.served() as address:
        page = page_at(width, base_url=address)
        page.goto("/masuk")
        page.get_by_label("Surel atau nomor HP").fill("sistem@demo.test")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Masuk").click()
        page.goto(f"{PAGE}?tahun=2027")
        for summary in ("Ubah jam kerja 2027", "Dasar versi ini"):
            page.get_by_text(summary).click()
        page.get_by_label("Tempel dari SKB").fill("besok, Libur")
        page.get_by_role("button", name="Periksa perubahan").first.click()
        expect(page.get_by_role("alert")).to_contain_text("2 isian yang perlu diperbaiki")
        assert wrongs(page) == []
        page.get_by_label("Tempel dari SKB").fill("1 Januari 2027, Tahun Baru, libur")
        page.get_by_label("Nomor keputusan").first.fill(DECREE)
        page.get_by_role("button", name="Periksa perubahan").first.click()
        page.get_by_role("button", name="Simpan kalender").click()
        expect(page.get_by_role("status").first).to_contain_text("Kalender versi 2 berlaku")
        assert wrongs(page) == []
