"""Reading leaves a trace and changes nothing else: what each page writes down, and that auditors can only read."""

import re
import threading
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text

from engine.commands.accounts import give_appointment
from engine.commands.drafts import begin_draft
from engine.history.event import moment_text
from engine.history.keys import load_signer
from engine.queries.actors import actor_of_account
from engine.queries.integrity import walk
from engine.queries.reads import reads_of_case
from engine.queries.stored_readings import check_readings
from engine.store.database import snapshot, transaction
from engine.store.models import Appointment, Case, Event, EventValue
from engine.worker.log import extend_log
from tests.rig.contents import contents
from tests.webapp.site import COMPLAINT, PASSWORD, Site
from tests.webapp.test_routes import routes

# Sessions, limits of attempts, own messages, and reading itself.
OWN = {"login_session": "*", "login_attempt": "*", "reading": "*", "notice": ("read_at",)}
READING_POSTS = {"/audit/bukti"}  # forms that are too long for an address
OWN_POSTS = {"/masuk", "/keluar", "/akun", "/pesan/dibaca"}


def readings(site: Site, name: str) -> list[dict[str, Any]]:
    """Bodies of a person's readings, oldest first, with typed words under "words"."""
    with transaction(site.engine) as session:
        own = f"baca/{site.ids[name]}/%"
        rows = session.execute(
            select(Event.stream, Event.seq, Event.body).where(Event.stream.like(own)).order_by(Event.id)
        )
        words = {(row.stream, row.seq): row.value for row in session.scalars(select(EventValue))}
        return [orjson.loads(row.body) | {"words": words.get((row.stream, row.seq))} for row in rows]


def told(site: Site, name: str) -> list[tuple[str, str]]:
    return [(each["type"], each.get("page", "")) for each in readings(site, name)]


def test_pages_of_a_case_leave_who_saw_how_much_of_it(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    task, before = site.task_path(number), site.events(number)
    page = f"/aduan/{number}"
    opened = {"auditor": f"/audit/{number}", "pimpinan": page, "bidang.sd": task, "proses": page, "admin": page,
              "pelapor": page}  # fmt: skip
    for name, path in opened.items():
        assert site.person(name).get(path).status_code == 200
    found = {name: [each for each in readings(site, name) if each.get("seen") == before][-1:] for name in site.ids}
    assert {name: each[0]["page"] for name, each in found.items() if each} == {
        "auditor": "putar_ulang", "pimpinan": "aduan", "bidang.sd": "tugas", "proses": "aduan", "admin": "aduan",
    }  # fmt: skip
    assert [name for name, each in found.items() if each and each[0]["identity"]] == ["admin"]
    assert site.events(number) == before


def test_the_same_page_again_is_one_reading_until_the_case_moves(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    for _ in range(3):
        site.person("pimpinan").get(f"/aduan/{number}")
    assert told(site, "pimpinan") == [("case_read", "aduan")]
    site.bring_to("klasifikasi", number)
    site.person("pimpinan").get(f"/aduan/{number}")
    assert [each["seen"] for each in readings(site, "pimpinan")] == [2, 3]


def test_words_of_a_search_are_kept_as_an_erasable_value(site: Site) -> None:
    number = site.person("admin").file(nama="Ibu Ani", akun="081211112222", kanal="surat")
    site.person("auditor").get(f"/audit?q={number}")
    site.person("auditor").get("/audit")
    site.person("auditor").get("/audit")
    kinds = [(each["type"], each["words"]) for each in readings(site, "auditor")]
    assert kinds == [("list_searched", f'"{number}"'), ("list_searched", None)]
    assert number not in str([{**each, "words": ""} for each in readings(site, "auditor")])


def test_a_refused_page_leaves_nothing_and_an_unwritable_trace_shows_nothing(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    assert site.person("bidang.smp").get(f"/aduan/{number}").status_code == 404
    assert readings(site, "bidang.smp") == []
    site.person("auditor")
    with transaction(site.engine) as session:
        session.execute(text("ALTER TABLE reading RENAME TO elsewhere"))
        session.commit()
    answer = site.person("auditor").get(f"/audit/{number}")
    assert answer.status_code >= 500 and COMPLAINT["judul"] not in answer.get_data(as_text=True)
    with transaction(site.engine) as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO reading"))
        session.commit()
    assert readings(site, "auditor") == []


def test_many_tabs_at_once_leave_a_gapless_stream_that_verifies(site: Site) -> None:
    numbers = [site.person("pelapor").file() for _ in range(6)]
    cookie = site.person("auditor").client.get_cookie("aduan")
    assert cookie is not None
    codes = []

    def read(number: str) -> None:
        client = site.app.test_client()
        client.set_cookie("aduan", cookie.value)
        codes.append(client.get(f"/audit/{number}").status_code)

    threads = [threading.Thread(target=read, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 6
    found = readings(site, "auditor")
    assert sorted(each["seq"] for each in found) == [1, 2, 3, 4, 5, 6] and len({each["case"] for each in found}) == 6
    signer = load_signer(site.settings.keys)
    while extend_log(site.engine, signer, datetime.now(UTC)):
        pass
    with snapshot(site.engine) as session:
        walked = walk(session, signer.keys, moment_text(datetime.now(UTC)))
        assert walked.broken is None and walked.uncovered == [] and list(check_readings(session)) == []


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_a_hidden_or_invented_row_of_the_trace_is_found(site: Site) -> None:
    number = site.person("pelapor").file()
    site.person("auditor").get(f"/audit/{number}")
    site.person("pimpinan").get(f"/aduan/{number}")
    with transaction(site.engine) as session:
        for change in ("DELETE FROM reading", "UPDATE reading SET case_id = ''"):
            with pytest.raises(Exception, match="append-only"):
                session.execute(text(change))
        session.execute(text("DROP TRIGGER reading_no_delete"))
        session.execute(text("DELETE FROM reading WHERE reader = :own"), {"own": site.ids["auditor"]})
    with snapshot(site.engine) as session:
        (broken,) = check_readings(session)
    assert f"baca/{site.ids['auditor']}" in broken.where
    with transaction(site.engine) as session:
        row = {
            "s": f"baca/{site.ids['auditor']}/2026-01-05",
            "r": site.ids["auditor"],
            "a": datetime(2026, 1, 5, tzinfo=UTC),
        }
        session.execute(text("INSERT INTO reading VALUES (:s, 9, '', 'case_read', :r, :a)"), row)
    with snapshot(site.engine) as session:
        assert any(each.where == "reading" for each in check_readings(session))


def valid_looking(site: Site, number: str, task: str) -> dict[str, str]:
    """Every field that some form has, filled in well."""
    with transaction(site.engine) as session:
        appointment = session.scalars(select(Appointment.id).limit(1)).one()
    return {
        **COMPLAINT, "alasan": "Alasan yang cukup panjang.", "bidang": "smp", "cara": "dibatalkan",
        "langkah": "klasifikasi",
        "alasan_pindah": "Keliru langkah.", "alasan_tarik": "Sudah selesai.", "alasan_batalkan": "Keliru alamat.",
        "alasan_buka": "Belum selesai.", "alasan_isian_bidang": "Keliru bidang.", "nomor": number,
        "dasar": "permintaan",
        "ulang": number, "akun": "baru@demo.test", "nama": "Orang Baru", "sandi": "kata-sandi-baru", "peran": "Admin",
        "jabatan": "Staf", "jenis": "definitif", "nomor_sk": "1/2026", "sampai": "31 Desember 2030", "kanal": "surat",
        "akun_lama": "admin@demo.test", "sandi_baru": "kata-sandi-baru", "tanggapan": "Sudah kami periksa.",
        "catatan": "Mohon diperiksa.", "penilaian": "5", "setuju": "ya", "tempel": "1 Januari 2027 Tahun Baru",
        "tahun": "2027", "_nomor": number, "_kunci": "k" * 32, "nama_skenario": "Coba", "pilihan": "setahun",
        "penugasan": appointment, "tugas": task, "berlaku": "", "rev": "1", "versi": "1", "aduan": number,
    }  # fmt: skip


def fill(rule: str, number: str, task: str, appointment: str) -> str:
    known = {"nomor": number, "task_id": task, "process_id": "aduan", "name": "bidang", "key": "isi_aduan",
             "appointment_id": appointment, "handover_id": "f" * 32}  # fmt: skip
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], "1"), rule)


def test_no_post_of_an_auditor_changes_anything(site: Site) -> None:
    """Over all routes, with what a form would send; sessions, own password, own messages and the trace set aside."""
    number = site.bring_to("tanggapi_aduan")
    with transaction(site.engine) as session:
        owner = actor_of_account(session, site.ids["proses"], datetime.now(UTC))
        assert owner is not None and begin_draft(session, owner, "aduan", now=datetime.now(UTC)) == 1
    task = site.task_path(number).removeprefix("/tugas/")
    auditor = site.person("auditor")
    data = valid_looking(site, number, task) | {"csrf_token": auditor.token("/akun")["csrf_token"]}
    before = contents(site.engine, OWN)
    rules = {str(rule): rule.methods or set() for rule in site.app.url_map.iter_rules()}
    changing = [(method, rule) for rule, methods in rules.items() for method in ("POST", "PUT", "PATCH", "DELETE")
                if method in methods]  # fmt: skip
    assert {rule for _, rule in changing} == {rule for method, rule, _ in routes(site) if method == "POST"}
    for method, rule in changing:
        if rule in OWN_POSTS:
            continue
        answer = auditor.client.open(fill(rule, number, task, data["penugasan"]), method=method, data=data)
        assert answer.status_code in ((403, 404) if rule not in READING_POSTS else (200, 422)), (
            rule,
            answer.status_code,
        )
    assert contents(site.engine, OWN) == before
    for rule in OWN_POSTS - {"/keluar"}:  # theirs touch their own row only, and a wrong password not even that
        auditor.client.post(rule, data=data)
    assert contents(site.engine, OWN) == before


def test_nor_does_any_page_that_an_auditor_opens(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    auditor, task = site.person("auditor"), site.task_path(number).removeprefix("/tugas/")
    before, opened = contents(site.engine, OWN), 0
    for method, rule, _ in routes(site):
        if method == "GET" and not rule.startswith("/static"):
            opened += auditor.client.get(fill(rule, number, task, "1"), buffered=True).status_code == 200
    assert opened > 10
    assert contents(site.engine, OWN) == before


def test_with_the_surat_tugas_ends_all_reading(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    auditor = site.person("auditor")
    pages = [fill(rule, number, "x", "x") for method, rule, _ in routes(site) if method == "GET" and "audit" in rule]
    assert {auditor.get("/audit").status_code, auditor.get(f"/aduan/{number}").status_code} == {200}
    with transaction(site.engine) as session:
        session.execute(text("UPDATE appointment SET valid_until = '2026-01-01' WHERE role = 'Auditor'"))
    for page in [*pages, f"/aduan/{number}", "/laporan", f"/aduan/{number}/tanda-terima"]:
        assert auditor.get(page).status_code == 404, page


def appoint(site: Site, **changed: str) -> str:
    sistem = site.person("sistem")
    data = {"akun": "inspektur@demo.test", "nama": "Inspektur Baru", "sandi": PASSWORD, "peran": "Auditor",
            "jabatan": "Auditor Muda", "jenis": "definitif", "nomor_sk": "700/1", "sampai": "31 Desember 2030",
            "csrf_token": sistem.token("/kelola")["csrf_token"], **changed}  # fmt: skip
    answer = sistem.client.post("/kelola/penugasan", data=data)
    return "" if answer.status_code == 303 else answer.get_data(as_text=True)


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_auditors_are_appointed_with_number_and_end_and_for_nothing_else(site: Site) -> None:
    assert "tulis nomornya" in appoint(site, nomor_sk="")
    assert "tulis tanggalnya" in appoint(site, sampai="")
    assert "misalnya 31 Desember 2026" in appoint(site, sampai="akhir tahun")
    assert "mendahului tanggal mulai" in appoint(site, sampai="1 Januari 2020")
    assert "tidak memegang peran lain" in appoint(site, akun="ketua@demo.test")
    assert appoint(site) == ""
    assert "tidak memegang peran lain" in appoint(site, peran="Pimpinan")


def test_all_readings_of_a_case_are_found_those_of_a_period_too(site: Site) -> None:
    number, other = site.person("pelapor").file(), site.person("warga").file()
    site.person("admin").get(f"/aduan/{number}")
    site.person("pimpinan").get(f"/aduan/{other}")
    for query in ("bentuk=csv", "bentuk=csv&dari=1/1/2190", f"bentuk=csv&nomor={number}"):
        site.person("auditor").get(f"/audit/ekspor/berkas?{query}")
    with transaction(site.engine) as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        found = reads_of_case(session, case)
    assert [(row.name, row.kind, row.identity, row.seen) for row in found] == [
        ("Nama admin", "case_read", True, 2),
        ("Nama auditor", "data_exported", False, None),
        ("Nama auditor", "data_exported", False, 2),
    ]
    assert found[0].roles == ("Admin",) and found[0].cases == (number,)


def test_who_reported_and_later_audits_is_not_told_by_the_trace(site: Site) -> None:
    number = site.bring_to("terima_aduan")
    with transaction(site.engine) as session:
        give_appointment(
            session, site.ids["pelapor"], role="Auditor", position="Auditor Baru", decree="700/9",
            valid_from=date(2026, 1, 1), valid_until=date(2036, 1, 1), now=datetime.now(UTC),
        )  # fmt: skip
    assert site.person("pelapor").get(f"/audit/{number}").status_code == 200
    assert [each["identity"] for each in readings(site, "pelapor") if each["type"] == "case_read"][-1:] == [False]
    shown = site.person("auditor").get(f"/audit/{number}").text
    assert "Auditor Baru" in shown and "nama dan kontak pelapor" not in shown
