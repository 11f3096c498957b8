"""The public page of proofs and its fixed addresses: anyone reads them, and they hold."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from engine.commands.witnesses import add_witness, confirm
from engine.history.keys import public_keys
from engine.history.verify import open_note, read_keys
from engine.queries.witnesses import witnesses
from engine.store.database import transaction
from engine.worker.rounds import log_events
from tests.webapp.looks import wrongs
from tests.webapp.site import Site, text_of


def cosign(note: str, name: str, private: Ed25519PrivateKey, seconds: int) -> str:
    """A witness's line, put together from the words of the specification."""
    text = note.partition("\n\n")[0] + "\n"
    public = private.public_key().public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n" + b"\x04" + public).digest()[:4]
    signature = private.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    return f"— {name} {base64.b64encode(key_id + seconds.to_bytes(8, 'big') + signature).decode()}\n"


def vkey(name: str, private: Ed25519PrivateKey) -> str:
    data = b"\x04" + private.public_key().public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(data).decode()}"


def test_the_newest_checkpoint_is_not_witnessed_until_an_outsider_signs_it(site: Site) -> None:
    visitor = site.visitor()
    assert "Belum ada titik periksa" in text_of(visitor.get("/bukti"))
    assert visitor.get("/bukti/titik.txt").status_code == 404
    site.person("pelapor").file()
    log_events(site.engine, site.settings.keys, datetime.now(UTC))
    note, keys = visitor.get("/bukti/titik.txt"), visitor.get("/bukti/kunci.txt").get_data(as_text=True)
    point = open_note(note.get_data(as_text=True), read_keys(keys))
    assert "Belum disaksikan" in text_of(visitor.get("/bukti"))
    assert note.headers["Cache-Control"].startswith("public, max-age=") and note.mimetype == "text/plain"
    again = visitor.get("/bukti/titik.txt", headers={"If-None-Match": note.headers["ETag"]})
    assert again.status_code == 304
    private = Ed25519PrivateKey.generate()
    with transaction(site.engine) as session:
        add_witness(session, vkey("saksi.example.org", private), [], now=datetime.now(UTC))
    signed = note.get_data(as_text=True) + cosign(note.get_data(as_text=True), "saksi.example.org", private, 1767576600)
    with transaction(site.engine) as session:
        known = {each.witness.name: (each.witness, each.size) for each in witnesses(session)}
        confirm(session, signed, public_keys(site.settings.keys), known, now=datetime.now(UTC))
    page = text_of(visitor.get("/bukti"))
    assert "Disaksikan saksi.example.org" in page and "Belum ada pihak di luar Dinas" not in page
    assert visitor.get(f"/bukti/titik/{point.size}.txt").get_data(as_text=True) == signed
    listed = visitor.get("/bukti/titik.json").json
    assert listed["checkpoints"][0]["witnessed"] == ["saksi.example.org"] and listed["older"] is None
    log_events(site.engine, site.settings.keys, datetime.now(UTC))  # what the witness's coming made
    assert "Yang terakhir disaksikan: ukuran" in text_of(visitor.get("/bukti"))


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_older_ones_are_paged_and_nonsense_is_not_there(site: Site) -> None:
    visitor = site.visitor()
    for _ in range(27):
        site.person("pelapor").file()
        log_events(site.engine, site.settings.keys, datetime.now(UTC))
    listed = visitor.get("/bukti/titik.json").json
    assert len(listed["checkpoints"]) == 25
    older = visitor.get(listed["older"]).json
    sizes = [each["size"] for each in listed["checkpoints"] + older["checkpoints"]]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) >= 27 and older["older"] is None
    assert "Yang lebih lama" in text_of(visitor.get("/bukti"))
    assert visitor.get(f"/bukti?sebelum={sizes[-1]}").status_code == 200
    for path in (
        "/bukti/titik/999999999.txt",
        "/bukti/titik/0.txt",
        f"/bukti/titik/{10**30}.txt",
        "/bukti/titik/x.txt",
    ):
        assert visitor.get(path).status_code == 404, path
    for query in ("sebelum=x", f"sebelum={10**40}", "sebelum=-1", "sebelum=٣"):
        assert visitor.get(f"/bukti?{query}").status_code == 200, query
        assert visitor.get(f"/bukti/titik.json?{query}").status_code == 200, query


@pytest.mark.browser
@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_the_page_holds_no_faults(site: Site, address: str, new_context) -> None:
    site.person("pelapor").file()
    log_events(site.engine, site.settings.keys, datetime.now(UTC))
    for width in (360, 1366):
        page: Page = new_context(width, base_url=address).new_page()
        page.goto("/bukti")
        assert wrongs(page) == []
