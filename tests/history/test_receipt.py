"""The reporter's receipt: plain words and a proof that stands alone; nobody else's case gives one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.errors import NotFound
from engine.history.keys import public_keys
from engine.history.verify import Broken, check_receipt, note_in, open_note
from engine.queries.proofs import case_code
from engine.store.database import snapshot
from engine.store.models import Case
from engine.worker.rounds import log_events
from tests.rig.databases import NewDatabase
from tests.webapp.site import Site, furnish, make_site


@pytest.fixture
def site(new_database: NewDatabase, tmp_path: Path) -> Iterator[Site]:
    made = make_site(new_database("situs", furnish), tmp_path / "var")
    yield made
    made.engine.dispose()


def test_a_reporter_downloads_the_receipt_and_anyone_can_check_it(site: Site) -> None:
    number = site.bring_to("terima_jawaban")
    path, keys = f"/aduan/{number}/tanda-terima", site.settings.keys
    early = site.person("pelapor").get(path)
    assert early.status_code == 200 and "paling lama satu menit" in early.get_data(as_text=True)
    log_events(site.engine, keys, datetime.now(UTC))
    answer = site.person("pelapor").get(path)
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/plain" and "attachment" in answer.headers["Content-Disposition"]
    assert number in text and "Nama pelapor" not in text and "Cibaregbeg" not in text
    with snapshot(site.engine) as session:
        case_id = session.scalars(select(Case.id).where(Case.number == number)).one()
        assert case_code(session, case_id) in text
        with pytest.raises(NotFound):
            case_code(session, "0" * 32)
    report = check_receipt(text, public_keys(keys))
    (head,) = report.heads.values()
    assert head.seq == site.events(number)
    assert open_note(note_in(text), public_keys(keys)).size == report.checkpoint.size
    assert path in site.person("pelapor").get(f"/aduan/{number}").get_data(as_text=True)
    broken = text.replace(head.hash, "0" * 64)
    with pytest.raises(Broken):
        check_receipt(broken, public_keys(keys))


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_who_may_see_the_case_may_have_its_receipt(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    allowed = {"pelapor": 200, "warga": 404, "admin": 200, "bidang.smp": 404, "auditor": 200, "sistem": 404}
    path = f"/aduan/{number}/tanda-terima"
    assert {name: site.person(name).get(path).status_code for name in allowed} == allowed
