"""The replay in a bundle opens from its file without network, checks itself, and says in red what does not hold."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from engine.history.verify import Files, check_bundle
from tests.history.ledger import unzipped
from tests.rig.chromium import Faults
from tests.webapp.looks import wrongs
from tests.webapp.site import Site

SQLITE = pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
NASTY = "</script><script>document.title='x'</script><!--<script> ]]> \u2028 &lt;b&gt; \\u003c"


def bundle(site: Site, *numbers: str, muatan: str = "isi") -> dict[str, bytes]:
    data = {"tentang": "aduan", "muatan": muatan, "nomor": "\n".join(numbers)}
    answer = site.person("auditor").post("/audit/bukti", data)
    assert answer.status_code == 200
    found = unzipped(answer.data)
    answer.close()
    return found


@pytest.fixture
def opened(new_context: Callable[..., BrowserContext], tmp_path: Path) -> Callable[..., Page]:
    """Opens these bytes from a file, with the network off."""

    def open_(data: bytes, width: int = 1366) -> Page:
        path = tmp_path / "putar-ulang.html"
        path.write_bytes(data)
        context = new_context(width)
        context.set_offline(True)
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    return open_


def told(page: Page) -> str:
    page.wait_for_function("!document.getElementById('hasil').textContent.includes('Belum diperiksa')")
    return page.inner_text("#hasil")


@pytest.mark.browser
@SQLITE
def test_it_plays_and_checks_itself_without_network(site: Site, opened: Callable[..., Page]) -> None:
    number = site.person("pelapor").file(isi=f"Orang tua diminta membayar. {NASTY}", judul=f"Uang {NASTY[:40]}")
    site.bring_to("terima_jawaban", number)
    files = bundle(site, number)
    page = opened(files["putar-ulang.html"])
    assert "Cocok menurut pemeriksaan" in told(page) and "bukan bukti" in page.inner_text(".anak")
    page.wait_for_function("document.querySelectorAll('.putar-tabel tbody tr').length > 5")
    assert page.title() == f"Putar ulang {number} (bukan bukti)"
    assert "Nama pelapor" not in page.content()
    page.wait_for_selector(".djs-container")
    page.click("[data-putar-ke=maju]")
    assert "</script><script>" in page.inner_text(".putar-saat")
    assert wrongs(page) == []
    assert wrongs(opened(files["putar-ulang.html"], 360)) == []
    assert check_bundle(Files.held(files), _keys(site)).events == site.events(number)


def _keys(site: Site):
    from engine.history.keys import public_keys

    return public_keys(site.settings.keys)


@pytest.mark.browser
@SQLITE
def test_what_was_altered_is_said_in_red_and_not_shown(site: Site, opened: Callable[..., Page], faults: Faults) -> None:
    number = site.bring_to("tanggapi_aduan")
    data = bundle(site, number)["putar-ulang.html"].decode()
    events, shown = (data.index(f'id="{name}"') for name in ("bukti-berkas", "putar-dokumen"))
    where = data.index("Cibaregbeg" if "Cibaregbeg" in data else "tanda terima", events)
    changes = {
        "nomor|kejadian": data[:where] + ("X" if data[where] != "X" else "Y") + data[where + 1 :],
        "tampilan": data[:shown] + data[shown:].replace("Nama auditor", "x").replace('"what":"', '"what":"x', 1),
        "tanda tangan|titik periksa|bukan": data[:events]
        + re.sub(
            r"(heads \d+ )(.)", lambda found: found[1] + ("A" if found[2] != "A" else "B"), data[events:], count=1
        ),
        "rusak|nomor|kejadian": data[:events] + re.sub(r"(seq\W+)2", r"\g<1>3", data[events:], count=1),
        "Belum diperiksa": data.replace("function", "functioN", 1),
    }
    for reason, changed in changes.items():
        assert changed != data, reason
        page = opened(changed.encode())
        words = page.inner_text("#hasil") if reason == "Belum diperiksa" else told(page)
        assert re.search(reason, words) and "Cocok menurut" not in words, (reason, words)
        assert not page.is_visible("[data-putar]") and page.get_attribute("#hasil", "class") == "kotak galat"
    blocked = [each for each in faults.seen if "Content Security Policy" in each]
    assert len(blocked) == 1, "a changed program does not run"
    faults.seen.remove(blocked[0])


@SQLITE
def test_personal_values_are_not_in_it_either_and_many_cases_have_one_each(site: Site) -> None:
    one, two = site.bring_to("tanggapi_aduan"), site.bring_to("terima_aduan")
    files = bundle(site, one, two, muatan="tanpa_pribadi")
    assert {f"putar-ulang/{one}.html", f"putar-ulang/{two}.html"} <= files.keys()
    page = files[f"putar-ulang/{one}.html"].decode()
    assert "tanda terima" not in page and "tidak berarti dihapus" in page
    assert not re.search(r"(src|href)=\"(?!\?|#|data:)", page.split("<script", maxsplit=1)[0]), "fetches something"
