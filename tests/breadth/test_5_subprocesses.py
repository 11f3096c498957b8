"""Subprocesses: embedded, started by events, transactions, ad hoc."""

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import Node, boundary, draw, end, sub, timer, user

FAMILY = "Subproses"
SIMPLE = "mulai>isi>a>selesai"
INNER = [Node("m2", "startEvent"), user("c"), end("e2")]


def inside(id_: str, nodes: list[Node], flows: str, **attributes: str) -> Node:
    drawn = sub(id_, nodes, flows, **attributes)
    drawn.lane = "Admin"
    return drawn


@runs("subProcess", "Subproses", "Langkah yang digambar di dalamnya; paling dalam lima tingkat.")
def test_a_subprocess_runs_its_steps():
    played = Played(draw([inside("x", INNER, "m2>c>e2"), user("a"), end()], "mulai>isi>x>a>selesai"))
    assert played.open == ["c"]
    assert played.do("c").open == ["a"]
    played.do("a").ends()


@runs("subProcess: boundaryEvent", "Batas waktu subproses", "Menghentikan semua langkah di dalamnya.")
def test_a_timer_takes_a_whole_subprocess_away():
    nodes = [inside("x", INNER, "m2>c>e2"), boundary("t", "x"), user("a"), end("y"), end()]
    played = Played(draw(nodes, "mulai>isi>x>selesai; t>a>y"))
    assert played.pass_time().open == ["a"]
    played.do("a").ends()


@refused("subProcess", "Subproses tanpa mulai", "Harus memuat satu mulai dan paling sedikit satu selesai.")
def test_a_subprocess_without_start_is_refused():
    drawn = draw([inside("x", [user("c"), end("e2")], "c>e2"), end()], "mulai>isi>x>selesai")
    refuse(drawn, "x", "satu mulai")


@refused("subProcess", "Subproses terlalu dalam", "Paling dalam lima tingkat.")
def test_six_levels_are_refused():
    inner = INNER
    flows = "m2>c>e2"
    for level in range(6):
        inner = [Node(f"s{level}", "startEvent"), inside(f"x{level}", inner, flows), end(f"z{level}")]
        flows = f"s{level}>x{level}>z{level}"
    outer = inner[1]
    drawn = draw([outer, end()], "mulai>isi>x5>selesai")
    refuse(drawn, "m2", "lebih dari 5 tingkat")


@runs("subProcess: triggeredByEvent", "Subproses kejadian", "Pengatur waktu yang tidak menghentikan, di proses utama.")
def test_an_event_subprocess_runs_beside_the_case():
    start = Node("m2", "startEvent", "", {"isInterrupting": "false"}, timer('"P1D"'))
    drawn = [user("a"), end(), inside("x", [start, user("c"), end("e2")], "m2>c>e2", triggeredByEvent="true")]
    played = Played(draw(drawn, SIMPLE))
    assert played.pass_time().open == ["a", "c"]
    played.do("a").do("c").ends()


@refused("subProcess: triggeredByEvent", "Subproses kejadian yang menghentikan", "Mesin tidak menghentikan prosesnya.")
def test_an_interrupting_event_subprocess_is_refused():
    start = Node("m2", "startEvent", inner=timer('"P1D"'))
    drawn = [user("a"), end(), inside("x", [start, user("c"), end("e2")], "m2>c>e2", triggeredByEvent="true")]
    refuse(draw(drawn, SIMPLE), "m2", "yang menghentikan proses belum didukung")


@refused("transaction", "Transaksi", "Pakai subproses.")
def test_a_transaction_is_refused():
    drawn = inside("x", INNER, "m2>c>e2")
    drawn.kind = "transaction"
    refuse(draw([drawn, end()], "mulai>isi>x>selesai"), "x", "transaksi (transaction) belum didukung")


@refused("adHocSubProcess", "Subproses ad hoc", "Urutan langkah digambar dengan alur.")
def test_an_ad_hoc_subprocess_is_refused():
    drawn = draw([Node("x", "adHocSubProcess"), end()], "mulai>isi>x>selesai")
    refuse(drawn, "x", "subproses ad hoc (adHocSubProcess) belum didukung")
