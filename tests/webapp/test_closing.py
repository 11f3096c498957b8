"""Ending a case beside the diagram: withdrawn by its reporter, cancelled by who directs the work, replayed alike."""

import orjson
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.replay import replay
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.store.models import Case, Event
from tests.webapp.site import Site, nodes, text_of

REASON = "Ini bukan kewenangan Dinas."


def test_a_reporter_withdraws_and_the_history_stays(site: Site) -> None:
    number = site.bring_to("klasifikasi")
    pelapor = site.person("pelapor")
    done = pelapor.post(
        f"/aduan/{number}/tarik", {"alasan_tarik": "Sudah selesai di sekolah."}, page=f"/aduan/{number}"
    )
    assert done.status_code == 303
    assert "Ditarik oleh pelapor" in text_of(pelapor.get(f"/aduan/{number}"))
    assert site.open_element(number) is None
    assert number not in text_of(site.person("ketua").get("/tugas"))
    history = text_of(site.person("auditor").get(f"/audit/{number}"))
    assert "Aduan ditarik" in history
    again = pelapor.client.post(
        f"/aduan/{number}/tarik", data={"csrf_token": pelapor.token("/aduan/baru")["csrf_token"]}
    )
    assert again.status_code == 409
    _replays(site, number)


def test_only_the_reporter_or_a_clerk_withdraws(site: Site) -> None:
    number = site.bring_to("klasifikasi")
    for name in ("warga", "ketua", "bidang.sd", "auditor", "pimpinan", "proses", "sistem"):
        person = site.person(name)
        token = person.token("/aduan/baru")["csrf_token"]
        assert person.client.post(f"/aduan/{number}/tarik", data={"csrf_token": token}).status_code == 404, name
    assert site.open_element(number) == "klasifikasi"
    admin = site.person("admin")
    token = admin.token("/aduan/baru")["csrf_token"]
    assert admin.client.post(f"/aduan/{number}/tarik", data={"csrf_token": token}).status_code == 303
    assert "atas nama pelapor" in text_of(site.person("auditor").get(f"/audit/{number}"))


def test_ketua_cancels_with_a_reason_that_the_reporter_reads(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    ketua, path = site.person("ketua"), f"/aduan/{number}/batalkan"
    token = ketua.token("/aduan/baru")["csrf_token"]
    without = ketua.client.post(path, data={"csrf_token": token, "alasan_batalkan": "pendek"})
    assert without.status_code == 422
    assert "pendek" in without.get_data(as_text=True)
    reason = "Aduan ini sama dengan aduan sebelumnya."
    assert ketua.client.post(path, data={"csrf_token": token, "alasan_batalkan": reason}).status_code == 303
    assert f"Dibatalkan: {reason}" in text_of(site.person("pelapor").get(f"/aduan/{number}"))
    admin = site.person("admin")
    refused = admin.client.post(path, data={"csrf_token": admin.token("/aduan/baru")["csrf_token"]})
    assert refused.status_code == 404
    _replays(site, number)


def _close(site: Site, number: str, **fields: str) -> TestResponse:
    ketua = site.person("ketua")
    data = {"csrf_token": ketua.token("/aduan/baru")["csrf_token"], "alasan_batalkan": REASON, **fields}
    return ketua.client.post(f"/aduan/{number}/batalkan", data=data)


def test_ketua_sends_it_to_the_authority_in_charge(site: Site) -> None:
    number = site.bring_to("klasifikasi")
    assert "Arahkan ke instansi berwenang" in text_of(site.person("ketua").get(f"/aduan/{number}"))
    assert _close(site, number, cara="diarahkan").status_code == 303
    assert f"Diarahkan ke instansi berwenang: {REASON}" in text_of(site.person("pelapor").get(f"/aduan/{number}"))
    assert "Aduan ditutup" in text_of(site.person("auditor").get(f"/audit/{number}"))
    _replays(site, number)


def test_ketua_merges_it_into_another_of_the_same_reporter(site: Site) -> None:
    first, twin, foreign = site.bring_to("terima_aduan"), site.bring_to("klasifikasi"), site.person("warga").file()
    for wrong in (foreign, twin, "", "ADU-2026-999999"):
        refused = _close(site, twin, cara="digabung", gabung=wrong)
        assert refused.status_code == 422
        assert nodes(refused, "//input[@name='cara'][@checked]/@value") == ["digabung"]
        assert nodes(refused, "//input[@name='gabung']/@value") == [wrong]
        assert nodes(refused, "//p[@id='galat-gabung']") and REASON in text_of(refused)
    assert _close(site, twin, cara="digabung", gabung=first).status_code == 303
    page = site.person("pelapor").get(f"/aduan/{twin}")
    assert f"Digabung dengan {first}" in text_of(page)
    assert f"/aduan/{first}" in nodes(page, "//main//a/@href")
    _replays(site, twin)


def test_a_closed_case_answers_409_with_what_was_typed(site: Site) -> None:
    number = site.bring_to("klasifikasi")
    assert _close(site, number, cara="lain").status_code == 422
    assert _close(site, number).status_code == 303
    for reason in (REASON, "pendek"):
        late = _close(site, number, alasan_batalkan=reason)
        assert late.status_code == 409
        assert "sudah ditutup" in text_of(late) and reason in text_of(late)


def _replays(site: Site, number: str) -> None:
    with transaction(site.engine) as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        bodies = session.scalars(select(Event.body).where(Event.stream == f"kasus/{case.id}").order_by(Event.seq))
        last = list(replay(latest_deployed(session, "aduan").program, map(orjson.loads, bodies)))[-1]
    assert (last.digest, last.state) == (case.position, case.state)
    assert last.position.completed
