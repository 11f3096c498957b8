"""Documents that a service task made: on the pages of those whom they concern, printed and as DOCX; for others none."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import docx
import orjson
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.commands.deploy import deploy, read_forms
from engine.store.database import transaction
from engine.store.models import Event
from tests.engine.served import served_sop
from tests.process.drawing import ROOT
from tests.webapp.looks import wrongs
from tests.webapp.site import Site, nodes, text_of

ANSWER = "Sudah kami perbaiki <b>hari ini</b> & selesai.\x0c"


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """One office, on the SOP that writes a letter."""
    with transaction(shared_site.engine) as session:
        deploy(session, served_sop(), read_forms(ROOT / "forms"), now=datetime.now(UTC))
    return shared_site


@pytest.fixture(scope="module")
def number(site: Site) -> str:
    found = site.bring_to("input_tanggapan")
    assert site.person("admin").complete(found, tanggapan=ANSWER).status_code == 303
    return found


def letter(site: Site, number: str, who: str = "pelapor") -> str:
    return str(nodes(site.person(who).get(f"/aduan/{number}"), f"//a[contains(., 'Jawaban {number}')]/@href")[0])


def test_the_reporter_reads_prints_and_takes_it_along(site: Site, number: str) -> None:
    path = letter(site, number)
    reporter = site.person("pelapor")
    page = reporter.get(path)
    assert "Sudah kami perbaiki <b>hari ini</b> & selesai." in text_of(page)
    assert "<b>hari ini" not in page.get_data(as_text=True)
    taken = reporter.get(f"{path}/docx")
    assert taken.headers["Content-Disposition"].startswith("attachment;")
    file = docx.Document(io.BytesIO(taken.data))
    texts = [each.text for each in file.paragraphs]
    assert texts[0] == f"Jawaban {number}"
    assert texts[-1] == "Sudah kami perbaiki <b>hari ini</b> & selesai."


def test_staff_see_what_was_sent_and_made(site: Site, number: str) -> None:
    page = text_of(site.person("ketua").get(f"/aduan/{number}"))
    assert "Langkah otomatis" in page
    assert f"Pemberitahuan dikirim kepada Admin: «Aduan {number}: Pengaduan, prioritas tinggi.»" in page
    assert letter(site, number, "bidang.sd")


def test_staff_leave_a_trace_when_they_read_it(site: Site, number: str) -> None:
    path = letter(site, number, "admin")
    for each in (path, f"{path}/docx"):
        assert site.person("admin").get(each).status_code == 200
    with transaction(site.engine) as session:
        own = Event.stream.like(f"baca/{site.ids['admin']}/%")
        bodies = map(orjson.loads, session.scalars(select(Event.body).where(own).order_by(Event.id)))
        kinds = [(each["type"], each["document"].partition("/")[2]) for each in bodies if "document" in each]
    assert kinds == [("case_read", "dokumen_1"), ("file_downloaded", "dokumen_1")]


@pytest.mark.parametrize("who", ["proses", "sistem", "bidang.smp"])
def test_for_whom_it_does_not_concern_there_is_none(site: Site, number: str, who: str) -> None:
    path = letter(site, number)
    assert site.person(who).get(path).status_code == 404
    assert site.person(who).get(f"{path}/docx").status_code == 404


def test_only_documents_are_found_there(site: Site, number: str) -> None:
    path = letter(site, number)
    reporter = site.person("pelapor")
    for wrong in (path.replace("dokumen_1", "tanggapan"), re.sub(r"/[0-9]+/dokumen_", "/1/dokumen_", path)):
        assert reporter.get(wrong).status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1366])
def test_the_pages_hold_no_faults(site: Site, number: str, page_of: Callable[..., Page], width: int) -> None:
    for who in ("pelapor", "ketua"):
        page = page_of(who, width)
        page.goto(f"/aduan/{number}")
        expect(page.get_by_role("link", name=f"Jawaban {number}")).to_be_visible()
        assert wrongs(page, axe=width == 360) == []
        page.goto(letter(site, number))
        expect(page.get_by_role("button", name="Cetak")).to_be_visible()
        assert wrongs(page, axe=width == 360) == []
