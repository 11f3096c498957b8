"""Drafts over HTTP: begun, saved, overtaken, restored, discarded; checked while one draws; only for Pemilik Proses."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from werkzeug.test import TestResponse

from engine.process.diagram import read
from engine.settings import PROCESSES
from engine.store.database import transaction
from engine.store.drafts import draft
from tests.webapp.site import Person, Site, nodes, text_of

SOP = (PROCESSES / "aduan.bpmn").read_bytes()


def send(person: Person, path: str, body: Any) -> TestResponse:
    """Post JSON as the editor does, with the token of a page."""
    token = person.token("/akun")["csrf_token"]
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return person.client.post(path, data=data, content_type="application/json", headers={"X-CSRFToken": token})


@pytest.fixture
def owner(site: Site) -> Person:
    return site.person("proses")


def begin(person: Person, **body: Any) -> int:
    answer = send(person, "/proses/aduan/draf", {"xml": SOP.decode(), "forms": {}, "tab": "a1"} | body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return int(answer.get_json()["draft"])


def open_drafts(person: Person) -> list[str]:
    return [str(each) for each in nodes(person.get("/proses"), "//table[@id='draf']//th/a/text()")]


def renamed(name: str) -> str:
    return SOP.decode().replace('name="Klasifikasi', f'name="{name}')


class TestSaving:
    def test_what_is_drawn_is_kept_with_its_forms(self, site: Site, owner: Person) -> None:
        made = begin(owner, forms={"baru": {"title": "Baru"}})
        saved = send(owner, f"/proses/aduan/draf/{made}/simpan", {"rev": 1, "tab": "a1", "xml": renamed("Pilah")})
        assert (saved.status_code, saved.get_json()["rev"]) == (200, 2)
        kept = owner.get(f"/proses/aduan/draf/{made}/isi").get_json()
        assert "Pilah" in kept["xml"]
        assert kept["forms"] == {"baru": {"title": "Baru"}}
        assert owner.get(f"/proses/aduan/draf/{made}/diagram.bpmn").data.decode() == kept["xml"]

    def test_the_same_again_is_no_new_revision(self, owner: Person) -> None:
        made = begin(owner)
        again = send(owner, f"/proses/aduan/draf/{made}/simpan", {"rev": 1, "xml": SOP.decode()})
        assert again.get_json()["rev"] == 1

    def test_who_saves_second_over_the_same_revision_is_told_who_was_first(self, site: Site, owner: Person) -> None:
        made = begin(owner)
        other = site.person("proses2")
        path = f"/proses/aduan/draf/{made}/simpan"
        assert send(other, path, {"rev": 1, "xml": renamed("Pilah")}).status_code == 200
        late = send(owner, path, {"rev": 1, "xml": renamed("Sortir")})
        assert late.status_code == 409
        assert (late.get_json()["by"], "Nama proses2" in late.get_json()["message"]) == ("Nama proses2", True)
        assert "Pilah" in owner.get(f"/proses/aduan/draf/{made}/isi").get_json()["xml"]

    def test_a_second_person_in_it_is_told_and_oneself_is_not(self, site: Site, owner: Person) -> None:
        made = begin(owner)
        path = f"/proses/aduan/draf/{made}/hadir"
        assert send(owner, path, {"tab": "a1"}).get_json()["others"] == []
        assert [each["name"] for each in send(site.person("proses2"), path, {"tab": "b"}).get_json()["others"]] == [
            "Nama proses"
        ]
        assert [each["name"] for each in send(owner, path, {"tab": "a2"}).get_json()["others"]] == ["Nama proses2"]

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)  # refused before anything is stored
    @pytest.mark.parametrize(
        "body",
        [
            b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", {}, {"rev": "1"}, {"rev": True}, {"rev": 0}, {"rev": 1e30},
            b'{"rev": 1180591620717411303424}', {"rev": 1, "xml": 5},
            {"rev": 1, "forms": []}, {"rev": 1, "xml": "kein XML"},
            {"rev": 1, "xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, {"rev": 1, "forms": {"a": 1}},
            {"rev": 1, "xml": "<a>" + "x" * 1_000_001 + "</a>"}, {"rev": 1, "forms": {"a": {"b": "c" * 2_000_001}}},
        ],
    )  # fmt: skip
    def test_what_cannot_be_kept_is_refused_in_words(self, owner: Person, body: Any) -> None:
        made = begin(owner)
        answer = send(owner, f"/proses/aduan/draf/{made}/simpan", body)
        assert answer.status_code == 422, answer.get_data(as_text=True)
        assert len(answer.get_json()["message"]) > 10
        assert owner.get(f"/proses/aduan/draf/{made}/isi").get_json()["rev"] == 1

    def test_a_lost_session_is_said_as_json(self, site: Site, owner: Person) -> None:
        made = begin(owner)
        answer = site.visitor().client.post(f"/proses/aduan/draf/{made}/simpan", json={"rev": 1})
        assert answer.status_code == 401
        assert "Sesi berakhir" in answer.get_json()["message"]


class TestHistory:
    def test_saves_close_together_leave_the_last_and_others_stay(self, site: Site, owner: Person) -> None:
        made = begin(owner)
        path = f"/proses/aduan/draf/{made}/simpan"
        for number in range(1, 6):
            assert send(owner, path, {"rev": number, "xml": renamed(f"Pilah {number}")}).status_code == 200
        send(site.person("proses2"), path, {"rev": 6, "xml": renamed("Sortir")})
        page = owner.get(f"/proses/aduan/draf/{made}/riwayat")
        kept = [str(each).split()[0] for each in nodes(page, "//tbody/tr/th/text()")]
        assert kept == ["7", "6", "1"]

    def test_what_was_drawn_before_an_import_stays(self, owner: Person) -> None:
        made = begin(owner)
        path = f"/proses/aduan/draf/{made}/simpan"
        for rev, more in ((1, {}), (2, {}), (3, {"impor": True}), (4, {}), (5, {})):
            assert send(owner, path, {"rev": rev, "xml": renamed(f"Pilah {rev}"), **more}).status_code == 200
        page = owner.get(f"/proses/aduan/draf/{made}/riwayat")
        kept = [str(each).split()[0] for each in nodes(page, "//tbody/tr/th/text()")]
        assert kept == ["6", "4", "3", "1"]

    def test_an_earlier_one_comes_back_as_the_newest(self, site: Site, owner: Person) -> None:
        made = begin(owner)
        send(owner, f"/proses/aduan/draf/{made}/simpan", {"rev": 1, "xml": renamed("Pilah")})
        page = f"/proses/aduan/draf/{made}/riwayat"
        answer = owner.post(f"/proses/aduan/draf/{made}/pulihkan", {"lama": "1", "rev": "2"}, page=page)
        assert answer.status_code == 303
        with transaction(site.engine) as session:
            now = draft(session, "aduan", made)
        assert (now.rev, now.xml) == (3, SOP)

    def test_discarded_it_is_off_the_list_and_may_be_taken_up_again(self, owner: Person) -> None:
        made = begin(owner)
        page = f"/proses/aduan/draf/{made}/riwayat"
        owner.post(f"/proses/aduan/draf/{made}/buang", page=page)
        assert open_drafts(owner) == []
        late = send(owner, f"/proses/aduan/draf/{made}/simpan", {"rev": 1, "xml": renamed("Pilah")})
        assert (late.status_code, late.get_json()["message"]) == (409, "Draf ini sudah dibuang.")
        owner.post(f"/proses/aduan/draf/{made}/ambil-lagi", page=page)
        assert open_drafts(owner) == [f"Draf {made}"]


class TestImport:
    def test_a_file_becomes_a_draft(self, site: Site, owner: Person) -> None:
        file = (io.BytesIO(renamed("Pilah").encode()), "sop.bpmn")
        answer = owner.post("/proses/aduan/draf", {"berkas": file}, page="/proses")
        assert answer.status_code == 303
        made = int(answer.headers["Location"].partition("draf=")[2])
        with transaction(site.engine) as session:
            found = draft(session, "aduan", made)
        assert read(found.xml).elements["klasifikasi"].name.startswith("Pilah")
        assert set(found.forms) >= {"klasifikasi"}

    @pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("data", [b"", b"\x00\x01", b"<a", b"PK\x03\x04", b"\xff\xfe<\x00a\x00/\x00>\x00"])
    def test_what_is_no_diagram_is_refused_in_words(self, owner: Person, data: bytes) -> None:
        answer = owner.post("/proses/aduan/draf", {"berkas": (io.BytesIO(data), "x.bpmn")}, page="/proses")
        assert answer.status_code == 400
        assert "Draf" in text_of(answer) or "diagram" in text_of(answer) or "XML" in text_of(answer)

    def test_an_earlier_version_can_be_taken_up(self, owner: Person) -> None:
        assert owner.post("/proses/aduan/draf", {"versi": "1"}, page="/proses").status_code == 303
        assert owner.post("/proses/aduan/draf", {"versi": "9"}, page="/proses").status_code == 404


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)  # nothing is stored here
class TestChecking:
    def test_findings_are_the_gates_own(self, owner: Person) -> None:
        forms = owner.get(f"/proses/aduan/draf/{begin(owner)}/isi").get_json()["forms"]
        answer = send(owner, "/proses/aduan/periksa", {"xml": SOP.decode(), "forms": forms})
        found = answer.get_json()["findings"]
        assert any(each["element"] == "isi_aduan" and each["severity"] == "galat" for each in found)  # it has no form

    def test_another_process_is_not_this_one(self, owner: Person) -> None:
        other = SOP.decode().replace('id="aduan"', 'id="lain"').replace('processRef="aduan"', 'processRef="lain"')
        found = send(owner, "/proses/aduan/periksa", {"xml": other, "forms": {}}).get_json()["findings"]
        assert "harus tetap «aduan»" in found[0]["message"]

    @pytest.mark.parametrize("xml", ["", "x", "<a/>", "<!DOCTYPE a><a/>", "<a>" * 50_000])
    def test_whatever_is_sent_the_answer_is_findings(self, owner: Person, xml: str) -> None:
        answer = send(owner, "/proses/aduan/periksa", {"xml": xml, "forms": {"a": "b", "c": [1]}})
        assert answer.status_code == 200
        assert answer.get_json()["findings"]

    @pytest.mark.parametrize(
        ("kind", "text", "names", "wrong"),
        [
            ("syarat", 'jenis == "informasi"', ["jenis"], ""),
            ("syarat", "__import__('os')", [], "__import__"),
            ("syarat", "hari_kerja(3)", [], "hanya berlaku pada pengatur waktu"),
            ("syarat", "", [], "kosong"),
            ("syarat", "x" * 5000, [], "panjang"),
            ("timeDuration", "hari_kerja(3)", [], ""),
            ("timeDuration", "hari_kerja(lama)", ["lama"], ""),
            ("timeDuration", '"P1D" if mendesak else "P3D"', ["mendesak"], ""),
            ("timeDuration", '"P1D" if mendesak else "lusa"', ["mendesak"], "«lusa» bukan lama waktu"),
            ("timeDuration", "P3D", ["P3D"], 'Maksud Anda "P3D" dalam tanda petik?'),
            ("timeDuration", "mendesak", ["mendesak"], "dalam tanda petik"),
            ("timeDate", "hari_kerja(3)", [], "sendirian dalam timeDuration"),
            ("timeDate", '"2026-12-28T08:00:00"', [], "belum memuat zona waktu"),
            ("timeCycle", '"R3/P1D"', [], ""),
            ("timeCycle", '"P1D"', [], "bukan waktu berulang"),
            ("skrip", "a = penilaian\nb = a <= 2", ["penilaian"], ""),
            ("skrip", "a = 1\nb = (a", [], "Baris 2: "),
            ("skrip", "a = 1\nb\nc = 2", [], "Baris 2: "),
            ("skrip", "a = hari_kerja(3)", [], "hanya berlaku pada pengatur waktu"),
        ],
    )
    def test_an_expression_is_read_while_it_is_typed_by_what_it_is_for(
        self, owner: Person, kind: str, text: str, names: list[str], wrong: str
    ) -> None:
        answer = send(owner, "/proses/aduan/ekspresi", {"text": text, "kind": kind}).get_json()
        assert (answer["names"], bool(answer["message"])) == (names, bool(wrong))
        assert wrong in answer["message"]

    @pytest.mark.parametrize("body", [{"text": "a"}, {"text": 1, "kind": "syarat"}, {"text": "a", "kind": "lain"}])
    def test_what_an_expression_is_for_must_be_known(self, owner: Person, body: dict[str, Any]) -> None:
        assert send(owner, "/proses/aduan/ekspresi", body).status_code == 422


class TestWhoMay:
    @pytest.mark.parametrize("name", ["admin", "ketua", "bidang.sd", "auditor", "pimpinan", "sistem", "pelapor"])
    def test_for_others_drafts_do_not_exist(self, site: Site, owner: Person, name: str) -> None:
        made = begin(owner)
        person = site.person(name)
        for path in (f"draf/{made}/isi", f"draf/{made}/riwayat", f"draf/{made}/diagram.bpmn"):
            assert person.get(f"/proses/aduan/{path}").status_code == 404
        token = person.token("/akun")["csrf_token"]
        for path in ("draf", f"draf/{made}/simpan", f"draf/{made}/hadir", "periksa", "ekspresi"):
            answer = person.client.post(f"/proses/aduan/{path}", json={"rev": 1}, headers={"X-CSRFToken": token})
            assert answer.status_code == 404

    def test_other_staff_see_the_version_in_force(self, site: Site) -> None:
        answer = site.person("admin").get("/proses/aduan")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/proses/aduan/1")
        assert site.person("pelapor").get("/proses/aduan").status_code == 404

    def test_a_draft_of_another_process_is_not_found(self, owner: Person) -> None:
        made = begin(owner)
        assert owner.get(f"/proses/lain/draf/{made}/isi").status_code == 404
        assert owner.get(f"/proses/aduan?draf={made + 1}").status_code == 404
        assert owner.get("/proses/aduan?draf=99999999999999999999").status_code == 404
