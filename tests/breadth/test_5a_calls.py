"""Calls of other processes: of the same file, or pinned into it."""

import pytest

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import (
    LANES,
    Node,
    catch,
    caught,
    draw,
    end,
    exclusive,
    flows_xml,
    properties,
    rooted,
    service,
    table,
    trigger,
    user,
    wait,
)

FAMILY = "Panggilan proses"
ONE = "mulai>isi>x>selesai"
INNER = [Node("m2", "startEvent"), user("c", lane="Admin"), end("e2")]


def call(id_: str = "x", called: str = "lain", lane: str = "", inner: str = "") -> Node:
    return Node(id_, "callActivity", lane, {"calledElement": called} if called else {}, inner)


def process(id_: str, nodes: list[Node], flows: str, lanes: dict[str, dict[str, str]] | None = None) -> str:
    """A process beside the one that calls it."""
    drawn = ""
    for name, rights in (LANES if lanes is None else lanes).items():
        refs = "".join(f"<flowNodeRef>{each.id}</flowNodeRef>" for each in nodes if each.lane == name)
        drawn += f'<lane id="{id_}_{name.lower()}" name="{name}">{properties(rights)}{refs}</lane>' if refs else ""
    lanes_xml = f'<laneSet id="lajur_{id_}">{drawn}</laneSet>' if drawn else ""
    body = "".join(each.xml() for each in nodes) + flows_xml(flows)
    return f'<process id="{id_}" isExecutable="false">{lanes_xml}{body}</process>'


def calling(nodes: list[Node], flows: str, *others: str) -> bytes:
    drawn = rooted(draw(nodes, flows))
    return drawn.replace(b"</definitions>", "".join(others).encode() + b"</definitions>")


@runs(
    "callActivity",
    "Panggilan proses",
    "Proses lain di berkas yang sama, atau salinan versi yang berlaku saat diusulkan; berjalan seperti subproses.",
)
def test_a_call_runs_what_it_calls():
    inner = [Node("m2", "startEvent"), user("c", "putus", "Arsip"), end("e2")]
    other = process("lain", inner, "m2>c>e2", {"Arsip": {"melihat": "semua"}})
    nodes = [call(), exclusive("g", "g_selesai"), user("a"), end(), end("y")]
    played = Played(calling(nodes, "mulai>isi>x>g>selesai; a>y; g>a: putusan == 'tidak'", other))
    assert played.open == ["c"]
    assert (played.program.diagram.elements["c"].lane, set(played.program.diagram.lanes)) == (
        "Arsip",
        {*LANES, "Arsip"},
    )
    assert played.do("c", putusan="tidak").open == ["a"]
    played.do("a").ends()


@runs("callActivity: lane", "Proses tanpa lajur", "Tugasnya dikerjakan lajur yang memanggil.")
def test_what_is_called_without_lanes_stands_in_the_callers():
    inner = [Node("m2", "startEvent"), user("c", lane=""), end("e2")]
    played = Played(calling([call(lane="Admin"), end()], ONE, process("lain", inner, "m2>c>e2")))
    assert played.program.diagram.elements["c"].lane == "Admin"
    played.do("c").ends()


@runs("callActivity", "Satu proses dipanggil di beberapa tempat", "Setiap tempat punya langkahnya sendiri.")
def test_each_place_has_its_own_steps():
    played = Played(calling([call(), call("y"), end()], "mulai>isi>x>y>selesai", process("lain", INNER, "m2>c>e2")))
    assert played.open == ["x.c"]
    assert played.do("x.c").open == ["y.c"]
    played.do("y.c").ends()


@runs("callActivity", "Panggilan di dalam panggilan", "Sampai lima tingkat.")
def test_what_is_called_may_call():
    middle = process("lain", [Node("m3", "startEvent"), call("z", "dalam"), end("e3")], "m3>z>e3")
    played = Played(calling([call(lane="Admin"), end()], ONE, middle, process("dalam", INNER, "m2>c>e2")))
    assert played.open == ["c"]
    played.do("c").ends()


@runs("callActivity: boundaryEvent", "Galat, pesan, dan waktu pada panggilan", "Seperti pada subproses.")
def test_what_a_called_process_raises_is_caught_at_the_call():
    inner = [
        Node("m2", "startEvent"),
        user("c", "putus"),
        exclusive("g", "g_e2"),
        end("e2"),
        end("x2", trigger("error", "g_batal")),
    ]
    other = process("lain", inner, "m2>c>g>e2; g>x2: putusan == 'tidak'")
    nodes = [
        call(),
        caught("b", "x", trigger("error", "g_batal")),
        caught("p", "x", trigger("message", "m_surat"), "Admin", "catat"),
        Node("t", "boundaryEvent", "", {"attachedToRef": "x"}, wait("w").inner),
        user("a"),
        end(),
        *(end(each) for each in "yz"),
    ]
    xml = calling([*nodes, end("v")], ONE + "; b>a>y; p>z; t>v", other)
    assert Played(xml).do("c", putusan="tidak").open == ["a"]
    Played(xml).do("c", putusan="ya").ends()
    Played(xml).receive("p").ends()
    Played(xml).pass_time().ends()


@runs("callActivity: messageEventDefinition", "Pesan di dalam panggilan", "Ditunggu elemen proses yang dipanggil.")
def test_a_called_process_may_wait_for_a_message():
    inner = [Node("m2", "startEvent"), catch("c", trigger("message", "m_surat")), end("e2")]
    played = Played(calling([call(), end()], ONE, process("lain", inner, "m2>c>e2")))
    assert played.awaited == ["c"]
    played.receive("c").ends()


@refused("callActivity", "Panggilan tanpa proses", "Isi `calledElement` dengan id prosesnya.")
def test_a_call_of_nothing_is_refused():
    refuse(calling([call(called=""), end()], ONE), "x", "belum menyebut proses")


@refused("callActivity", "Panggilan proses yang tidak ada", "Gambar di berkas ini, atau berlakukan dahulu prosesnya.")
def test_a_call_of_an_unknown_process_is_refused():
    refuse(calling([call(), end()], ONE), "x", "tidak ada di berkas ini")


@refused("callActivity", "Proses yang memanggil dirinya", "Gambar putaran dengan gerbang.")
def test_a_process_that_calls_itself_is_refused():
    refuse(calling([call(called="uji"), end()], ONE), "x", "memanggil prosesnya sendiri")


@refused("callActivity", "Panggilan yang melingkar", "Putuskan lingkarannya.")
@pytest.mark.parametrize("back", ["uji", "dalam"])
def test_a_ring_of_calls_is_refused(back: str):
    middle = process("lain", [Node("m3", "startEvent"), call("z", "dalam"), end("e3")], "m3>z>e3")
    inner = process(
        "dalam", [Node("m4", "startEvent"), call("w", "lain" if back == "dalam" else back), end("e4")], "m4>w>e4"
    )
    refuse(calling([call(), end()], ONE, middle, inner), "w", "memanggil balik")


@refused("callActivity", "Panggilan yang terlalu banyak", "Kurangi panggilannya.")
def test_calls_that_double_are_refused():
    every = [
        process(
            f"p{level}",
            [
                Node(f"mulai{level}", "startEvent"),
                call(f"a{level}", f"p{level + 1}"),
                call(f"b{level}", f"p{level + 1}"),
                end(f"akhir{level}"),
            ],
            f"mulai{level}>a{level}>b{level}>akhir{level}",
        )
        for level in range(14)
    ]
    refuse(calling([call(called="p0"), end()], ONE, *every, process("p14", INNER, "m2>c>e2")), "", "terlalu banyak")


@refused("callActivity: lane", "Lajur bernama sama dengan hak lain", "Samakan haknya, atau beri nama lain.")
def test_a_lane_that_means_two_things_is_refused():
    other = process("lain", INNER, "m2>c>e2", {"Admin": {"melihat": "semua", "identitas": "ya"}})
    refuse(calling([call(), end()], ONE, other), "lain_admin", "punya hak lain")


@refused("callActivity: multiInstanceLoopCharacteristics", "Panggilan berulang", "Ulangi tugasnya.")
def test_a_repeated_call_is_refused():
    repeated = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    refuse(calling([call(inner=repeated), end()], ONE, process("lain", INNER, "m2>c>e2")), "x", "belum dapat diulang")


@refused("callActivity: ioSpecification", "Masukan dan keluaran panggilan", "Isian diteruskan seperti pada subproses.")
def test_parameters_of_a_call_are_refused():
    given = '<ioSpecification><inputSet id="is"/><outputSet id="os"/></ioSpecification>'
    refuse(calling([call(inner=given), end()], ONE, process("lain", INNER, "m2>c>e2")), "x", "tidak dibaca")


@refused("callActivity: startEvent", "Proses yang dimulai dua cara", "Satu mulai tanpa pemicu.")
def test_a_called_process_begins_in_one_way():
    inner = [*INNER, Node("m3", "startEvent")]
    refuse(calling([call(), end()], ONE, process("lain", inner, "m2>c>e2; m3>c")), "x", "satu mulai")


def test_a_loop_through_a_message_and_a_call_stays_flat():
    called = [Node("m2", "startEvent"), user("c"), end("e2")]
    other = "".join(each.xml() for each in called) + flows_xml("m2>c>e2")
    nodes = [
        exclusive("g0"), catch("x", trigger("message", "m_surat"), form_key="putus"),
        Node("p", "callActivity", "Admin", {"calledElement": "lain"}), exclusive("g", "g_g0"), end(),
    ]  # fmt: skip
    xml = rooted(draw(nodes, "mulai>isi>g0>x>p>g>g0; g>selesai: putusan == 'tidak'"))
    other = f'<process id="lain" isExecutable="false">{other}</process></definitions>'
    played = Played(xml.replace(b"</definitions>", other.encode()))
    sizes = []
    for _ in range(120):
        played.receive("x", putusan="ya").do("c")
        sizes.append(len(played.step.state))
    assert max(sizes[20:]) <= max(sizes[:20]) + 16  # a few bytes of compression more or less
    played.receive("x", putusan="tidak").do("c").ends()


@runs(
    "callActivity: serviceTask, businessRuleTask", "Tugas layanan dan tabel di dalamnya", "Seperti di luar panggilan."
)
def test_what_the_system_does_runs_within_a_call():
    decide = table("k", "putusan", "jalur", [("'ya'", "1"), ("'tidak'", "2")])
    tell = service("s", "kirim_pemberitahuan", kepada="Admin", pesan="Jalur {jalur}")
    inner = [Node("m2", "startEvent"), user("c", "putus"), decide, tell, end("e2")]
    nodes = [call("x"), call("y"), user("a"), end()]
    played = Played(calling(nodes, "mulai>isi>x>y>a>selesai", process("lain", inner, "m2>c>k>s>e2")))
    played.do("x.c", putusan="tidak")
    assert [(each.element, each.variables["jalur"]) for each in played.step.served] == [("x.s", 2)]
    played.do("y.c", putusan="ya")
    assert [(each.element, each.variables["jalur"]) for each in played.step.served] == [("y.s", 1)]
    played.do("a").ends()
