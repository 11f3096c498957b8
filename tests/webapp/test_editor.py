"""The SOP's editor in a real browser: drawn by mouse and by keyboard, checked, saved, shared, imported and exported."""

from __future__ import annotations

import gzip
import re
import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from engine.process.diagram import read
from engine.process.gate import check
from engine.settings import PROCESSES
from tests.process.drawing import draw, end, user
from tests.rig.chromium import Faults
from tests.webapp.at_editor import Editor, begun, reach
from tests.webapp.looks import wrongs
from tests.webapp.site import PASSWORD, Site

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
STATIC = ROOT / "webapp" / "static"
SOP = (PROCESSES / "aduan.bpmn").read_bytes()
ENGLISH = re.compile(
    r"\b(add|append|align|activate|change|connect|create|delete|divide|element|event|gateway|lane|open|search|tool)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """One office for all of these tests: each begins a draft of its own, and what is in force never changes."""
    return shared_site


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with site.served() as address:
        yield address


@pytest.fixture
def editor(site: Site, kept_page: Page) -> Editor:
    return Editor(kept_page, site).open("/proses/aduan?baru")


class TestDrawing:
    def test_a_step_is_moved_to_another_role_renamed_and_taken_back(self, editor: Editor) -> None:
        page = editor.page
        x, y = editor.centre("terima_tanggapan")
        editor.drag((x, y + 8), (x, editor.centre("terima_aduan")[1]))
        assert editor.saved().elements["terima_tanggapan"].lane == "Admin"
        expect(page).to_have_url(re.compile(r"/proses/aduan\?draf=\d+$"))

        page.mouse.dblclick(*editor.centre("klasifikasi"))
        page.keyboard.press("Control+A")
        page.keyboard.type("Pilah aduan")
        page.keyboard.press("Enter")
        assert editor.picture().elements["klasifikasi"].name == "Pilah aduan"  # an id that cases refer to stays

        for _ in range(2):
            editor.button("Urungkan").click()
        expect(editor.button("Urungkan")).to_have_attribute("aria-disabled", "true")
        assert editor.picture() == read(SOP)
        page.keyboard.press("Control+y")
        assert editor.picture().elements["terima_tanggapan"].lane == "Admin"

    def test_a_new_step_stands_in_the_flow_with_an_id_from_its_name(self, editor: Editor) -> None:
        editor.click("klasifikasi")
        editor.button("Tambah langkah sesudah ini").click()
        editor.page.keyboard.type("Periksa berkas (awal)")
        editor.page.keyboard.press("Enter")
        expect(editor.drawn("periksa_berkas_awal")).to_be_visible()
        found = editor.picture()
        assert found.elements["periksa_berkas_awal"].name == "Periksa berkas (awal)"
        assert found.elements["periksa_berkas_awal"].lane == "Ketua Tim"
        ways = {(flow.source, flow.target) for flow in found.flows.values()}
        assert {("klasifikasi", "periksa_berkas_awal"), ("periksa_berkas_awal", "jenis_laporan")} <= ways
        assert ("klasifikasi", "jenis_laporan") not in ways
        editor.button("Urungkan").click()
        editor.button("Urungkan").click()
        assert editor.picture() == read(SOP)

    def test_the_palette_draws_where_the_mouse_drops(self, editor: Editor) -> None:
        page = editor.page
        x, y = editor.centre("tanggapi_aduan")
        tool = page.get_by_role("button", name="Hitungan").bounding_box()
        assert tool is not None
        editor.drag((tool["x"] + 20, tool["y"] + 20), (x - 200, y))
        page.keyboard.press("Escape")
        added = editor.picture().elements["hitungan_baru"]
        assert (added.kind, added.lane) == ("scriptTask", "Bidang Terkait")

    def test_a_new_role_and_a_time_limit(self, editor: Editor) -> None:
        page = editor.page
        page.locator("g.djs-shape[data-element-id=lajur_admin] text").click(force=True)
        editor.button("Tambah peran di bawah").click()
        page.keyboard.type("Sekretaris")
        page.keyboard.press("Enter")
        editor.click("tanggapi_aduan")
        editor.button("Pasang batas waktu").click()
        page.keyboard.press("Escape")
        editor.button("Ubah jenis").click()
        page.get_by_role("option", name="Batas waktu yang mendampingi").click()
        found = editor.picture()
        assert found.lanes["Sekretaris"].id == "sekretaris"
        limit = found.elements["batas_waktu"]
        assert (limit.attached_to, limit.interrupting, limit.event) == ("tanggapi_aduan", False, "timerEventDefinition")

    def test_ids_stay_unique_when_things_are_copied_replaced_and_renamed(self, editor: Editor) -> None:
        page = editor.page
        editor.click("klasifikasi")
        page.keyboard.press("Control+c")
        page.keyboard.press("Control+v")
        x, y = editor.centre("tanggapi_aduan")
        page.mouse.move(x - 210, y)
        page.mouse.click(x - 200, y)
        editor.click("klasifikasi")
        for kind in ("Hitungan", "Langkah Dikerjakan"):
            editor.button("Ubah jenis").click()
            page.get_by_role("option", name=re.compile(f"^{kind}")).click()
        xml = editor.picture_xml()
        ids = re.findall(r'\bid="([^"]+)"', xml.decode())
        assert sorted(ids) == sorted(set(ids))
        kept = read(xml).elements
        assert kept["klasifikasi"].properties == read(SOP).elements["klasifikasi"].properties
        assert kept["klasifikasi_2"].properties == kept["klasifikasi"].properties


class TestFindings:
    def test_a_finding_leads_to_its_element_and_goes_when_it_is_mended(self, editor: Editor) -> None:
        expect(editor.findings).to_contain_text("Tidak ada temuan")
        editor.click("terima_jawaban")
        editor.page.keyboard.press("Delete")
        expect(editor.findings).to_contain_text("Harus diperbaiki (1)")
        found = editor.findings.get_by_role("button", name="«Ditutup otomatis» tidak pernah tercapai dari mulai")
        found.click()
        expect(editor.drawn("selesai_ditutup_otomatis")).to_have_class(re.compile("(?=.*selected)(?=.*galat)"))
        canvas = editor.page.locator(".sunting-kanvas").bounding_box()
        assert canvas is not None
        assert abs(editor.centre("selesai_ditutup_otomatis")[0] - canvas["x"] - canvas["width"] / 2) < 5
        assert editor.page.evaluate("document.activeElement.tagName") == "svg"
        expect(editor.page.locator(".temuan-isyarat.galat").first).to_have_text("✕")
        editor.button("Urungkan").click()
        expect(editor.findings).to_contain_text("Tidak ada temuan")
        expect(editor.page.locator(".temuan-isyarat")).to_have_count(0)

    def test_a_hundred_elements_are_checked_within_a_second_of_a_change(
        self, site: Site, context_of: Callable[..., BrowserContext]
    ) -> None:
        editor = Editor(context_of().new_page(), site).open(begun(site, hundred()))
        expect(editor.findings).to_contain_text("Harus diperbaiki")
        expect(editor.bar("tak-tampak")).to_contain_text("«Pelapor», «Admin», «Bidang».")  # it was drawn without lanes
        took = editor.page.evaluate("""() => new Promise((done) => {
            const { context, modeler } = document.getElementById('penyunting').editor;
            const from = performance.now();
            context.on('findings', () => done(performance.now() - from));
            modeler.get('modeling').updateLabel(modeler.get('elementRegistry').get('t50'), 'Nama lain');
        })""")
        assert took < 1000, f"{took:.0f} ms"


def hundred() -> bytes:
    """A chain of a hundred elements, laid out in rows."""
    names = [f"t{number}" for number in range(97)]
    xml = draw([*(user(name) for name in names), end()], " > ".join(["mulai", "isi", *names, "selesai"])).decode()
    every = ["mulai", "isi", *names, "selesai"]
    places = {name: (number % 20 * 160, number // 20 * 140) for number, name in enumerate(every)}
    shapes = "".join(
        f'<di:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{x}" y="{y}" width="100" height="80"/>'
        "</di:BPMNShape>"
        for name, (x, y) in places.items()
    )
    edges = "".join(
        f'<di:BPMNEdge id="{one}_{other}_di" bpmnElement="{one}_{other}">'
        + "".join(f'<o:waypoint x="{places[each][0]}" y="{places[each][1]}"/>' for each in (one, other))
        + "</di:BPMNEdge>"
        for one, other in pairwise(every)
    )
    drawing = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="gambar"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:o="http://www.omg.org/spec/DD/20100524/DI">'
        f'<di:BPMNPlane id="bidang" bpmnElement="uji">{shapes}{edges}</di:BPMNPlane></di:BPMNDiagram>'
    )
    return xml.replace("</definitions>", f"{drawing}</definitions>").encode()


class TestSaving:
    def test_closing_right_after_a_change_loses_nothing(
        self, site: Site, context_of: Callable[..., BrowserContext]
    ) -> None:
        context = context_of()
        editor = Editor(context.new_page(), site).open(begun(site))
        editor.click("klasifikasi")
        editor.page.keyboard.press("Delete")
        editor.page.goto("/proses")
        back = Editor(context.new_page(), site).open()
        expect(back.state).to_contain_text("Tersimpan ")
        expect(back.drawn("klasifikasi")).to_have_count(0)
        expect(back.bar("salinan")).to_have_count(0)

    def test_what_could_not_be_sent_is_offered_at_the_next_visit(
        self, site: Site, context_of: Callable[..., BrowserContext]
    ) -> None:
        context = context_of()
        editor = Editor(context.new_page(), site).open(begun(site))
        context.set_offline(True)
        editor.click("klasifikasi")
        editor.page.keyboard.press("Delete")
        expect(editor.state).to_contain_text("sambungan terputus, dicoba lagi")
        editor.page.close()
        context.set_offline(False)
        back = Editor(context.new_page(), site).open()
        expect(back.drawn("klasifikasi")).to_be_visible()
        expect(back.bar("salinan")).to_contain_text("Ada gambar yang belum sempat tersimpan")
        back.button("Pulihkan").click()
        expect(back.drawn("klasifikasi")).to_have_count(0)
        assert "klasifikasi" not in back.saved().elements
        again = Editor(context.new_page(), site).open()
        expect(again.bar("salinan")).to_have_count(0)

    def test_a_lost_connection_is_told_and_saved_when_it_is_back(
        self, site: Site, context_of: Callable[..., BrowserContext]
    ) -> None:
        context = context_of()
        editor = Editor(context.new_page(), site).open(begun(site))
        context.set_offline(True)
        editor.click("klasifikasi")
        editor.page.keyboard.press("ArrowUp")
        expect(editor.bar("simpan")).to_contain_text("Gambar Anda tersimpan di peramban ini")
        context.set_offline(False)
        editor.saved()
        expect(editor.bar("simpan")).to_have_count(0)

    def test_a_session_that_ended_loses_nothing(
        self, site: Site, context_of: Callable[..., BrowserContext], faults: Faults, address: str
    ) -> None:
        faults.expect(400, 401)
        context = context_of()
        editor = Editor(context.new_page(), site).open(begun(site))
        editor.page.wait_for_load_state("networkidle")  # an answer still under way would bring the cookie back
        context.clear_cookies()
        editor.click("klasifikasi")
        editor.page.keyboard.press("Delete")
        expect(editor.bar("simpan")).to_contain_text("Sesi berakhir. Masuk lagi di tab lain")
        again = site.visitor()
        again.post("/masuk", {"akun": "proses@demo.test", "sandi": PASSWORD})
        fresh = again.client.get_cookie("aduan")
        assert fresh is not None
        context.add_cookies([{"name": "aduan", "value": fresh.value, "url": address}])
        assert "klasifikasi" not in editor.saved().elements

    def test_two_persons_in_one_draft_are_told_and_neither_loses_the_drawing(
        self, site: Site, context_of: Callable[..., BrowserContext], faults: Faults
    ) -> None:
        faults.expect(409)
        first = Editor(context_of("proses").new_page(), site).open(begun(site))
        second = Editor(context_of("proses2").new_page(), site).open(first.page.url)
        expect(second.bar("lain")).to_contain_text("Nama proses juga membuka draf ini")
        first.click("klasifikasi")
        first.page.keyboard.press("Delete")
        first.saved()
        expect(first.bar("lain")).to_contain_text("Nama proses2")
        second.click("tanggapi_aduan")
        second.page.keyboard.press("Delete")
        expect(second.bar("bentrok")).to_contain_text(re.compile(r"Nama proses menyimpan draf ini pukul \d\d\.\d\d"))
        shared = second.page.url
        second.button("Simpan gambar saya sebagai draf baru").click()
        assert {"klasifikasi", "tanggapi_aduan"} - set(second.saved().elements) == {"tanggapi_aduan"}
        assert second.page.url != shared
        first.page.reload()
        first.ready()
        assert {"klasifikasi", "tanggapi_aduan"} - set(first.saved().elements) == {"klasifikasi"}

    def test_after_a_conflict_the_newest_can_be_loaded(
        self, site: Site, context_of: Callable[..., BrowserContext], faults: Faults
    ) -> None:
        faults.expect(409)
        first = Editor(context_of("proses").new_page(), site).open(begun(site))
        second = Editor(context_of("proses2").new_page(), site).open(first.page.url)
        first.click("klasifikasi")
        first.page.keyboard.press("Delete")
        first.saved()
        second.click("tanggapi_aduan")
        second.page.keyboard.press("Delete")
        second.button("Muat yang terbaru").click()
        expect(second.drawn("tanggapi_aduan")).to_be_visible()
        expect(second.drawn("klasifikasi")).to_have_count(0)
        second.click("terima_aduan")
        second.page.keyboard.press("Delete")
        assert {"klasifikasi", "terima_aduan"}.isdisjoint(second.saved().elements)


RICH = [
    path
    for path in sorted((ROOT / "tests" / "replay" / "diagrams").glob("*/*.bpmn"))
    if b"BPMNDiagram" in path.read_bytes()  # what has no picture cannot be edited
]
GARBAGE = {
    "kosong.bpmn": b"",
    "teks.bpmn": b"bukan diagram",
    "biner.bpmn": bytes(range(256)),
    "lain.xml": b"<a/>",
    "entitas.bpmn": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "tanpa_gambar.bpmn": re.sub(rb"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", b"", SOP, flags=re.DOTALL),
    "terpotong.bpmn": SOP[:9000],
    "besar.bpmn": b"<!--" + b"x" * 1_000_001 + b"-->",
    "tanpa_ukuran.bpmn": re.sub(rb"<dc:Bounds[^>]*/>", b"", SOP),
    "bukan_angka.bpmn": SOP.replace(b'x="254"', b'x="abc"'),
    "id_ganda.bpmn": SOP.replace(b'id="isi_aduan_di"', b'id="isi_aduan"'),
    "menempel_diri.bpmn": SOP.replace(b'attachedToRef="terima_jawaban"', b'attachedToRef="batas_konfirmasi"'),
    "tak_tampak.bpmn": re.sub(
        rb'<bpmndi:BPMNShape id="klasifikasi_di".*?</bpmndi:BPMNShape>', b"", SOP, flags=re.DOTALL
    ),
    "rujukan.bpmn": SOP.replace(b'bpmnElement="kolaborasi_aduan"', b'bpmnElement="tidak_ada"'),
}


class TestFiles:
    def test_a_round_trip_loses_nothing_that_the_gate_reads(self, editor: Editor) -> None:
        assert read(editor.download("Diagram (.bpmn)")[1]) == read(SOP)
        for path in RICH:
            original = path.read_bytes()
            editor.take(path.name, original)
            expect(editor.bar("impor")).to_contain_text(f"{path.name} sudah diimpor")
            exported = editor.download("Diagram (.bpmn)")[1]
            assert read(exported) == read(original), path.name
            assert check(exported, {}) == check(original, {}), path.name
            assert re.findall(rb"<spiffworkflow:property (\w+)=", exported).count(b"value") == 0

    def test_an_import_can_be_taken_back(self, editor: Editor) -> None:
        editor.take("putaran.bpmn", RICH[1].read_bytes())
        expect(editor.findings).to_contain_text("Kode proses harus tetap «aduan»")
        editor.button("Kembalikan gambar sebelumnya").click()
        expect(editor.findings).to_contain_text("Tidak ada temuan")
        expect(editor.drawn("klasifikasi")).to_be_visible()

    def test_what_cannot_be_drawn_is_refused_in_words_and_the_picture_stays(self, editor: Editor) -> None:
        for name, content in GARBAGE.items():
            editor.take(name, content)
            expect(editor.bar("impor")).to_contain_text(
                re.compile(f"^{name} tidak dapat diimpor: .{{15,}} Gambar lama")
            )
            expect(editor.drawn("klasifikasi")).to_be_visible()
        expect(editor.state).to_contain_text("Belum ada perubahan")
        assert read(editor.download("Diagram (.bpmn)")[1]) == read(SOP)

    def test_a_foreign_process_is_made_ours_with_a_click_and_can_be_undone(self, editor: Editor) -> None:
        foreign = SOP.replace(b'isExecutable="true"', b'isExecutable="false"')
        for part in (b'id="aduan"', b'processRef="aduan"'):
            assert foreign.count(part) == 1
            foreign = foreign.replace(part, part.replace(b"aduan", b"Process_1x"))
        editor.take("asing.bpmn", foreign)
        expect(editor.findings).to_contain_text("Harus diperbaiki")
        editor.button("Jadikan proses «aduan» yang dijalankan").click()
        expect(editor.findings).to_contain_text("Tidak ada temuan")
        assert editor.picture() == read(SOP)
        editor.button("Urungkan").click()
        expect(editor.button("Jadikan proses «aduan» yang dijalankan")).to_be_visible()

    def test_the_picture_can_be_downloaded(self, editor: Editor) -> None:
        name, svg = editor.download("Gambar (.svg)")
        drawn = b">Terima" in svg and b"jawaban" in svg  # on two lines where fonts are wide
        assert (name, drawn) == ("aduan.svg", True)
        name, png = editor.download("Gambar (.png)")
        width, height = struct.unpack(">II", png[16:24])
        assert (name, png[:4], width > 2000, height > 1000) == ("aduan.png", b"\x89PNG", True, True)


class TestWithoutAMouse:
    def test_a_step_is_added_connected_moved_and_named_by_keyboard(self, editor: Editor) -> None:
        page = editor.page
        keys = page.keyboard
        reach(page, "Daftar langkah")
        keys.press("Enter")
        reach(page, "Klasifikasi langkah · Ketua Tim")
        keys.press("Enter")
        reach(page, "Langkah")
        keys.press("Enter")
        keys.type("Telaah awal")
        keys.press("Enter")
        expect(editor.drawn("telaah_awal")).to_have_class(re.compile("selected"))
        keys.press("ArrowUp")
        keys.press("Tab")
        reach(page, "Pasang batas waktu")
        keys.press("Enter")
        keys.type("Terlalu lama")
        keys.press("Enter")
        reach(page, "Sambungkan ke elemen lain")
        keys.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "SELECT"
        keys.type("Input tang")  # a select goes to what is typed
        reach(page, "Sambungkan")
        keys.press("Enter")
        found = editor.picture()
        assert found.elements["terlalu_lama"].attached_to == "telaah_awal"
        assert ("terlalu_lama", "input_tanggapan") in {(each.source, each.target) for each in found.flows.values()}
        keys.press("Control+z")
        assert not [each for each in editor.picture().flows.values() if each.source == "terlalu_lama"]

    def test_the_palette_adds_behind_the_selected_step_and_findings_are_reached(self, editor: Editor) -> None:
        page = editor.page
        editor.click("isi_aduan")
        page.get_by_role("button", name=re.compile("^Keputusan")).first.focus()
        page.keyboard.press("Enter")
        found = editor.picture()
        assert ("isi_aduan", "keputusan") in {(each.source, each.target) for each in found.flows.values()}
        editor.click("terima_jawaban")
        page.keyboard.press("Delete")
        expect(editor.findings).to_contain_text("Harus diperbaiki")
        editor.findings.get_by_role("button").first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "svg"

    def test_tab_goes_from_the_tools_to_the_picture_to_the_panel_to_the_findings(self, editor: Editor) -> None:
        editor.click("terima_jawaban")
        editor.page.keyboard.press("Delete")
        expect(editor.findings.get_by_role("button").first).to_be_visible()
        editor.page.get_by_role("button", name="Perkecil").focus()
        seen: list[str] = []
        for _ in range(80):
            editor.page.keyboard.press("Tab")
            part = editor.page.evaluate(
                "(document.activeElement.closest('#penyunting [data-bagian]') || {dataset: {}}).dataset.bagian || ''"
            )
            if part not in seen:
                seen.append(part)
        inside = [part for part in seen if part]
        assert inside[:3] == ["alat", "palet", "kanvas"]
        assert inside[-1] == "temuan"


class TestThePage:
    def test_every_text_of_the_tools_is_indonesian(self, editor: Editor) -> None:
        texts = editor.page.evaluate(WALK)
        assert len(texts["shown"]) > 60
        assert texts["unknown"] == []
        assert [text for text in texts["shown"] if ENGLISH.search(text)] == []

    def test_axe_finds_nothing(self, editor: Editor) -> None:
        editor.button("Daftar langkah").click()
        editor.click("klasifikasi")
        editor.page.keyboard.press("Delete")
        expect(editor.findings).to_contain_text("Harus diperbaiki")
        editor.click("jenis_laporan")
        assert wrongs(editor.page) == []

    @pytest.mark.parametrize("width", [1366, 1920])
    def test_the_watermark_is_seen_and_nothing_lies_over_it(
        self, site: Site, context_of: Callable[..., BrowserContext], width: int
    ) -> None:
        page = Editor(context_of(width=width).new_page(), site).open("/proses/aduan?baru").page
        seen: dict[str, Any] = page.evaluate("""() => {
            const mark = document.querySelector('.bjs-powered-by'), box = mark.getBoundingClientRect();
            const frame = document.querySelector('.sunting-kanvas').getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return { inside: box.left >= frame.left && box.right <= frame.right && box.bottom <= frame.bottom
                && box.top >= frame.top, width: box.width, opacity: getComputedStyle(mark).opacity,
                first: mark.contains(top), wide: document.documentElement.scrollWidth };
        }""")
        assert (seen["inside"], seen["opacity"], seen["first"]) == (True, "1", True)
        assert seen["width"] > 40
        assert seen["wide"] <= width

    def test_a_small_screen_is_told_and_shows_the_picture(
        self, site: Site, context_of: Callable[..., BrowserContext]
    ) -> None:
        page = context_of(width=360).new_page()
        page.goto("/proses/aduan?baru")
        expect(page.get_by_text("memerlukan layar yang lebih lebar")).to_be_visible()
        expect(page.locator(".sunting-kecil [data-element-id=klasifikasi]").first).to_be_visible()
        expect(page.locator("#penyunting")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.set_viewport_size({"width": 1366, "height": 768})
        editor = Editor(page, site).ready()
        page.set_viewport_size({"width": 360, "height": 740})  # and back: a hidden picture is not fitted into nothing
        expect(page.locator("#penyunting")).to_be_hidden()
        page.set_viewport_size({"width": 1366, "height": 768})
        expect(page.locator(".sunting-kanvas [data-element-id=klasifikasi]").first).to_be_visible()
        assert editor.state.is_visible()

    def test_a_discarded_draft_can_only_be_looked_at(
        self, site: Site, context_of: Callable[..., BrowserContext]
    ) -> None:
        address = begun(site)
        number = address.rpartition("=")[2]
        site.person("proses").post(f"/proses/aduan/draf/{number}/buang", page=f"/proses/aduan/draf/{number}/riwayat")
        page = context_of().new_page()
        page.goto(address)
        expect(page.get_by_text("hanya dapat dilihat")).to_be_visible()
        expect(page.locator(".sunting-kecil [data-element-id=klasifikasi]").first).to_be_visible()

    def test_the_page_weighs_no_more_than_250_kib(self) -> None:
        names = ("dist/editor.js", "dist/editor.css", "app.css", "app.js")
        sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names}
        assert sum(sizes.values()) <= 250 * 1024, sizes


WALK = """() => {
    const root = document.getElementById('penyunting'), { modeler } = root.editor;
    const shown = new Set();
    const say = (...texts) => texts.filter(Boolean).forEach((text) => shown.add(text));
    const get = (name) => modeler.get(name);
    const registry = get('elementRegistry'), factory = get('elementFactory');
    const types = ['UserTask', 'ScriptTask', 'ManualTask', 'Task', 'CallActivity', 'SubProcess', 'ExclusiveGateway',
        'ParallelGateway', 'InclusiveGateway', 'EventBasedGateway', 'StartEvent', 'EndEvent',
        'IntermediateThrowEvent', 'IntermediateCatchEvent', 'TextAnnotation', 'DataObjectReference', 'Group'];
    const frame = registry.get('pelayanan_pengaduan');
    const made = [];
    for (const type of types) {
        const open = type === 'SubProcess' ? { isExpanded: true } : {};
        const shape = factory.createShape({ type: `bpmn:${type}`, ...open });
        made.push(get('modeling').createShape(shape, { x: 300, y: 900 }, frame));
    }
    made.push(get('placing').limit(registry.get('isi_aduan')));
    const entries = (list) => Object.values(list).forEach((each) => say(each.title, each.label, each.description));
    entries(get('palette').getEntries());
    for (const element of [...registry.getAll()]) {
        if (element === get('canvas').getRootElement()) continue;
        entries(get('contextPad').getEntries(element));
        const providers = get('popupMenu')._getProviders('bpmn-replace');
        entries(get('popupMenu')._getEntries(element, providers));
        entries(get('popupMenu')._getHeaderEntries(element, providers));
    }
    entries(get('contextPad').getEntries([registry.get('isi_aduan'), registry.get('terima_aduan')]));
    entries(get('popupMenu')._getEntries(
        [registry.get('isi_aduan'), registry.get('terima_aduan')], get('popupMenu')._getProviders('align-elements')));
    get('searchPad').open();
    get('searchPad').close();
    for (const type of ['create.rejected', 'shape.move.rejected']) {
        const target = get('canvas').getRootElement();
        for (const shape of made) get('eventBus').fire(type, { context: { shape, target }, x: 10, y: 10 });
    }
    for (const node of root.querySelectorAll('[title], [aria-label], .djs-tooltip, button, .entry')) {
        say(node.getAttribute('title'), node.getAttribute('aria-label'), node.textContent.trim());
    }
    return { shown: [...shown], unknown: [...root.words.unknown] };
}"""
