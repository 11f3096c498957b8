"""What a diagram calls is pinned when it is deployed: a later version of the called process changes nothing for it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.commands.deploy import NotDeployable
from engine.commands.drafts import begin_draft, save_draft
from engine.commands.open_case import open_case
from engine.commands.pin import pinned
from engine.process import diff
from engine.process.gate import check, holds
from engine.queries.case_timeline import case_timeline
from engine.queries.cases import sight
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot, transaction
from engine.store.deployments import latest_deployed
from engine.store.drafts import draft
from engine.store.models import Case
from tests.engine.office import Office
from tests.process.drawing import TEXT, Node, choice, draw, end, exclusive, form, rooted, small_forms, trigger, user

LANES = {
    "Pelapor": {"pemilik": "pelapor", "melihat": "milik", "tanpa_tenggat": "ya"},
    "Admin": {"melihat": "semua", "identitas": "ya", "atas_nama": "ya"},
    "Ketua Tim": {"melihat": "semua", "memindah": "ya"},
}
FORMS = small_forms()
CALLED_FORMS = small_forms(
    isi=form(rincian={"type": "string", "maxLength": 50}), putus=form(putusan=choice("ya", "tidak"))
)


def called(*more: Node, flows: str = "mulai>isi>c>selesai") -> bytes:
    """A process of its own, as one that is called must be: its first task is the reporter's."""
    drawn = rooted(draw([user("c", lane="Ketua Tim"), *more, end()], flows, LANES))
    return drawn.replace(b'<process id="uji"', b'<process id="periksa"')


def caller(lane: str = "") -> bytes:
    nodes = [Node("x", "callActivity", lane, {"calledElement": "periksa"}), user("a"), end()]
    return draw(nodes, "mulai>isi>x>a>selesai", LANES)


def open_here(office: Office) -> Case:
    return office.case(office.do(open_case, "siti", "uji", {"judul": "Rapor"}).case_id)


def steps(office: Office, case: Case) -> list[str]:
    return [task.element for task in office.tasks(case, "open")]


def verified(office: Office) -> None:
    with snapshot(office.engine) as session:
        assert [found for _, found in CaseCheck(session).all() if found is not None] == []


def test_a_later_version_of_the_called_process_changes_nothing(office: Office):
    first = office.deploy(called(), CALLED_FORMS)
    office.deploy(caller(), FORMS)
    case = open_here(office)
    assert steps(office, case) == ["periksa.isi"]
    with transaction(office.engine) as session:
        timeline = case_timeline(session, office.actor("siti"), sight(session, office.actor("siti"), case.number))
    assert timeline.current == ["periksa.isi", "x"], "the call is marked, where what it calls is not drawn"
    states = {each.element: each.state for each in timeline.steps}
    assert states == {"isi": "selesai", "periksa.isi": "berjalan", "periksa.c": "nanti", "a": "nanti"}
    office.deploy(called(user("d"), flows="mulai>isi>c>d>selesai"), CALLED_FORMS)
    office.complete("siti", case, rincian="Kelas empat")
    assert steps(office, case) == ["periksa.c"]
    office.complete("hasan", case)
    assert steps(office, case) == ["a"]
    office.complete("dewi", case)
    assert office.case(case).outcome == "selesai"
    later = open_here(office)  # on the same version of the caller
    office.complete("siti", later, rincian="Kelas lima")
    office.complete("hasan", later)
    assert steps(office, later) == ["a"]
    said = office.bodies("proses/uji")[-1]
    assert said["calls"] == {"periksa": {"number": 1, "checksum": first.checksum}}
    verified(office)


def test_deploying_the_caller_again_takes_the_version_in_force(office: Office):
    office.deploy(called(), CALLED_FORMS)
    before = office.deploy(caller(), FORMS)
    assert not office.deploy(caller(), FORMS).fresh, "nothing has changed"
    second = office.deploy(called(user("d"), flows="mulai>isi>c>d>selesai"), CALLED_FORMS)
    now = office.deploy(caller(), FORMS)
    assert (now.fresh, now.number) == (True, before.number + 1)
    assert office.bodies("proses/uji")[-1]["calls"]["periksa"] == {"number": 2, "checksum": second.checksum}
    case = open_here(office)
    office.complete("siti", case, rincian="Kelas empat")
    office.complete("hasan", case)
    assert steps(office, case) == ["periksa.d"]


def test_what_changed_in_what_is_called_is_told(office: Office):
    office.deploy(called(), CALLED_FORMS)
    office.deploy(caller(), FORMS)
    office.deploy(called(user("d"), flows="mulai>isi>c>d>selesai"), CALLED_FORMS)
    with transaction(office.engine) as session:
        old = latest_deployed(session, "uji")
        forms = {key: form.schema for key, form in old.forms.items()}
        xml, renewed = pinned(session, old.xml, forms)
    told = diff.changes(diff.Source(old.xml, forms), diff.Source(xml, renewed))
    assert {(each.element, each.kind) for each in told} >= {("x", "type"), ("periksa.d", "step")}
    assert [each for each in told if each.kind == "technical"] == []


def test_a_draft_holds_what_it_calls_and_lets_go_what_it_calls_no_more(office: Office):
    office.deploy(called(), CALLED_FORMS)
    office.deploy(draw([user("a"), end()], "mulai>isi>a>selesai", LANES), FORMS)
    made = office.do(begin_draft, "pemilik", "uji")
    office.do(save_draft, "pemilik", "uji", made, 1, xml=caller(), forms=FORMS)
    with transaction(office.engine) as session:
        kept = draft(session, "uji", made)
    assert b'id="periksa.c"' in kept.xml and "periksa__catat" in kept.forms
    assert holds(check(kept.xml, kept.forms))
    assert office.do(save_draft, "pemilik", "uji", made, 2, xml=kept.xml) == 2, "the very same is no new revision"
    assert office.do(save_draft, "pemilik", "uji", made, 2, xml=caller()) == 2, "nor is the drawing without its copy"
    changed = {**kept.forms, "periksa__catat": form(lain=TEXT)}
    assert office.do(save_draft, "pemilik", "uji", made, 2, forms=changed) == 2, "a copy stays what was deployed"
    gone = kept.xml.replace(b'calledElement="periksa"', b'calledElement="aduan"')
    office.do(save_draft, "pemilik", "uji", made, 2, xml=gone)
    with transaction(office.engine) as session:
        kept = draft(session, "uji", made)
    assert b'id="periksa.c"' not in kept.xml and not [each for each in kept.forms if each.startswith("periksa_")]
    assert b'id="aduan.klasifikasi"' in kept.xml and kept.forms["aduan__input_tanggapan"]["properties"]["tanggapan"][
        "x-awal"
    ].startswith("aduan__")


def test_the_sop_itself_may_be_called(office: Office):
    xml = caller().replace(b'calledElement="periksa"', b'calledElement="aduan"')
    # Its lanes mean what they mean there; what the caller lacks comes along.
    with transaction(office.engine) as session:
        found, forms = pinned(session, xml, FORMS)
    findings = check(found, forms)
    assert holds(findings), findings


def test_an_error_that_only_its_caller_would_catch_needs_the_callers_file(office: Office):
    nodes = [
        user("p", "putus", "Ketua Tim"),
        exclusive("g", "g_selesai"),
        end(),
        end("gagal", trigger("error", "g_batal")),
    ]
    inner = rooted(draw(nodes, "mulai>isi>p>g>selesai; g>gagal: putusan == 'tidak'", LANES))
    # By itself it could not be deployed: nothing would catch its error. In the caller's file it can.
    inner = inner.replace(b'<process id="uji"', b'<process id="periksa"')
    with pytest.raises(NotDeployable):
        office.deploy(inner, CALLED_FORMS)


def test_processes_that_call_each_other_are_refused(office: Office):
    office.deploy(called(), CALLED_FORMS)
    office.deploy(caller(), FORMS)
    back = called(Node("z", "callActivity", "", {"calledElement": "uji"}), flows="mulai>isi>c>z>selesai")
    with pytest.raises(NotDeployable) as refused:
        office.deploy(back, CALLED_FORMS)
    assert "memanggil balik" in str([each.message for each in refused.value.findings])


@pytest.mark.parametrize("xml", [b"bukan xml", b"<definitions/>"])
def test_what_is_no_diagram_comes_back_as_it_is(office: Office, xml: bytes):
    forms: dict[str, Any] = {}
    with transaction(office.engine) as session:
        assert pinned(session, xml, forms) == (xml, forms)
