"""Messages, signals, errors and escalations."""

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.breadth.test_5_subprocesses import inside
from tests.process.drawing import (
    Node,
    catch,
    caught,
    draw,
    end,
    exclusive,
    parallel,
    properties,
    rooted,
    throw,
    trigger,
    user,
    wait,
)

FAMILY = "Pesan, sinyal, galat, eskalasi"
SIMPLE = "mulai>isi>a>selesai"
LETTER, HOLIDAY = trigger("message", "m_surat"), trigger("signal", "s_libur")
CANCEL, OTHER, RAISED = trigger("error", "g_batal"), trigger("error", "g_lain"), trigger("escalation", "k_naik")
DECIDED = "m2{n}>c{n}>g{n}>e2{n}; g{n}>x2{n}: putusan == 'tidak'"


def failing(inner: str, id_: str = "s", suffix: str = "") -> Node:
    """A subprocess whose task `c` decides between its plain end and one that throws."""
    nodes = [
        Node(f"m2{suffix}", "startEvent"),
        user(f"c{suffix}", "putus"),
        exclusive(f"g{suffix}", f"g{suffix}_e2{suffix}"),
        end(f"e2{suffix}"),
        end(f"x2{suffix}", inner),
    ]
    return inside(id_, nodes, DECIDED.format(n=suffix))


@runs(
    "intermediateCatchEvent: messageEventDefinition",
    "Menunggu pesan",
    "Dialamatkan kepada satu aduan dan satu elemen; dicatat petugas lajurnya pada formulir yang disebut `formKey`.",
)
def test_a_message_is_awaited_and_received():
    drawn = [catch("x", LETTER, form_key="putus"), exclusive("g", "g_a"), user("a"), end(), end("y")]
    played = Played(rooted(draw(drawn, "mulai>isi>x>g>a>selesai; g>y: putusan == 'tidak'")))
    (message,) = played.step.position.messages
    assert (message.element, message.name, played.open) == ("x", "Surat keterangan", [])
    played.receive("x", putusan="tidak").ends()
    assert played.known["putusan"] == "tidak"


@runs(
    "intermediateCatchEvent: messageEventDefinition, sequenceFlow",
    "Pesan yang datang lagi",
    "Dalam putaran, pesan yang kemudian menggantikan isi yang lebih dahulu.",
)
def test_what_a_later_message_says_counts():
    drawn = [exclusive("g0"), catch("x", LETTER, form_key="putus"), exclusive("g", "g_selesai"), end()]
    played = Played(rooted(draw(drawn, "mulai>isi>g0>x>g>selesai; g>g0: putusan == 'ya'")))
    played.receive("x", putusan="ya")
    assert played.awaited == ["x"]
    played.receive("x", putusan="tidak").ends()
    assert played.known["putusan"] == "tidak"


@runs("boundaryEvent: messageEventDefinition", "Pesan pada tugas", "Menghentikan tugas atau subproses itu.")
def test_a_message_takes_a_task_away():
    drawn = [user("a"), caught("x", "a", LETTER, "Admin", "catat"), end(), end("y")]
    played = Played(rooted(draw(drawn, SIMPLE + "; x>y")))
    assert (played.open, played.awaited) == (["a"], ["x"])
    played.receive("x").ends()


@runs(
    "boundaryEvent: messageEventDefinition, cancelActivity",
    "Pesan di samping tugas",
    "Tugasnya tetap terbuka; pesan diterima satu kali.",
)
def test_a_message_beside_a_task_leaves_it_open():
    drawn = [user("a"), caught("x", "a", LETTER, "Admin", "catat", False), user("b"), end(), end("y")]
    played = Played(rooted(draw(drawn, SIMPLE + "; x>b>y")))
    played.receive("x")
    assert (played.open, played.awaited) == (["a", "b"], [])
    played.do("a").do("b").ends()


@runs("boundaryEvent: messageEventDefinition, subProcess", "Pesan pada subproses", "Menutup semua langkah di dalamnya.")
def test_a_message_takes_a_whole_subprocess_away():
    drawn = [
        failing(CANCEL),
        caught("x", "s", LETTER, "Admin", "catat"),
        caught("t", "s", CANCEL),
        end(),
        end("y"),
        end("z"),
    ]
    played = Played(rooted(draw(drawn, "mulai>isi>s>selesai; x>y; t>z")))
    assert (played.open, played.awaited) == (["c"], ["x"])
    played.receive("x").ends()


@runs("receiveTask", "Tugas terima pesan", "Sama dengan menunggu pesan; boleh diberi batas waktu.")
def test_a_receive_task_waits_for_its_message():
    drawn = [
        Node("a", "receiveTask", "Admin", {"messageRef": "m_surat"}, properties({"formKey": "catat"})),
        caught("t", "a", RAISED),
        end(),
        end("y"),
    ]
    drawn[1] = Node("t", "boundaryEvent", "", {"attachedToRef": "a"}, wait("w").inner)
    played = Played(rooted(draw(drawn, SIMPLE + "; t>y")))
    assert (played.awaited, played.waiting) == (["a"], ["t"])
    played.receive("a").ends()


@runs("signalEventDefinition", "Sinyal", "Seperti pesan: sampai hanya pada aduan itu, tidak disiarkan ke aduan lain.")
def test_a_signal_is_awaited_and_received():
    played = Played(rooted(draw([catch("x", HOLIDAY), user("a"), end()], "mulai>isi>x>a>selesai")))
    assert played.awaited == ["x"]
    played.receive("x").do("a").ends()


@runs(
    "intermediateThrowEvent: signalEventDefinition",
    "Melempar sinyal atau pesan",
    "Didengar semua elemen aduan yang sama yang sedang menunggunya; bila tidak ada, hilang.",
)
def test_what_is_thrown_reaches_those_who_wait_in_the_same_case():
    drawn = [
        parallel("p"),
        user("a"),
        throw("l", HOLIDAY),
        end("y"),
        user("b"),
        caught("x", "b", HOLIDAY),
        end("z"),
        catch("w", HOLIDAY, form_key=""),
        end(),
    ]
    flows = "mulai>isi>p>a>l>y; p>b>selesai; p>w>e3; x>z"
    xml = rooted(draw([*drawn, end("e3")], flows))
    played = Played(xml)
    assert played.awaited == ["w", "x"]
    played.do("a").ends()  # both heard it
    played = Played(xml)
    played.receive("x").do("a").ends()


@runs("endEvent: messageEventDefinition", "Selesai dengan pesan", "Jalan itu berakhir, dan pesannya didengar.")
def test_a_message_thrown_at_an_end_is_heard():
    drawn = [
        parallel("p"),
        user("a"),
        end("l", LETTER),
        user("b"),
        caught("x", "b", LETTER, "Admin", "catat"),
        end("z"),
        end(),
    ]
    Played(rooted(draw(drawn, "mulai>isi>p>a>l; p>b>selesai; x>z"))).do("a").ends()


@runs(
    "errorEventDefinition",
    "Selesai dengan galat",
    "Menghentikan subprosesnya; ditangkap peristiwa batas subproses itu, yang terdekat dan yang sekode lebih dahulu.",
)
def test_an_error_is_caught_by_the_boundary_of_its_subprocess():
    drawn = [failing(CANCEL), caught("x", "s", CANCEL), user("a"), user("b"), end(), end("y")]
    xml = rooted(draw(drawn, "mulai>isi>s>a>selesai; x>b>y"))
    assert Played(xml).do("c", putusan="tidak").open == ["b"]
    played = Played(xml).do("c", putusan="ya")
    assert played.open == ["a"]
    played.do("a").ends()


@runs("boundaryEvent: errorEventDefinition", "Galat pada subprosesnya sendiri", "Subproses lain tidak ikut terhenti.")
def test_an_error_is_not_caught_by_another_subprocess():
    # The library asks every boundary of the case.
    drawn = [
        parallel("p"),
        failing(CANCEL),
        failing(CANCEL, "s3", "3"),
        caught("x", "s", CANCEL),
        caught("x3", "s3", CANCEL),
        user("a"),
        user("b"),
        end(),
        end("y"),
        end("z"),
        end("w"),
    ]
    played = Played(rooted(draw(drawn, "mulai>isi>p>s>selesai; p>s3>y; x>a>z; x3>b>w")))
    assert played.do("c", putusan="tidak").open == ["a", "c3"]
    played.do("c3", putusan="ya").do("a").ends()


@runs("errorEventDefinition, subProcess", "Galat dari subproses yang lebih dalam", "Naik sampai ada yang menangkapnya.")
def test_an_error_rises_to_the_nearest_that_catches_it():
    inner = inside("s", [Node("m2", "startEvent"), user("c"), end("e2", CANCEL)], "m2>c>e2")
    outer = inside(
        "s0", [Node("m0", "startEvent"), inner, caught("x0", "s", OTHER), end("e0"), end("z0")], "m0>s>e0; x0>z0"
    )
    # Nothing throws «lain», and what follows the inner subprocess is never reached.
    refuse(
        rooted(draw([outer, caught("x", "s0", CANCEL), end(), end("y")], "mulai>isi>s0>selesai; x>y")), "x0", "tercapai"
    )
    inner = failing(CANCEL)
    outer = inside("s0", [Node("m0", "startEvent"), inner, end("e0")], "m0>s>e0")
    played = Played(
        rooted(draw([outer, caught("x", "s0", CANCEL), user("a"), end(), end("y")], "mulai>isi>s0>selesai; x>a>y"))
    )
    assert played.do("c", putusan="tidak").open == ["a"]
    played.do("a").ends()


@runs("escalationEventDefinition", "Eskalasi", "Seperti galat, tetapi boleh tidak menghentikan subprosesnya.")
def test_an_escalation_may_leave_its_subprocess_open():
    nodes = [Node("m2", "startEvent"), user("c"), throw("l", RAISED), user("d"), end("e2")]
    drawn = [
        inside("s", nodes, "m2>c>l>d>e2"),
        caught("x", "s", RAISED, interrupting=False),
        user("a"),
        end(),
        end("y"),
    ]
    played = Played(rooted(draw(drawn, "mulai>isi>s>selesai; x>a>y")))
    assert played.do("c").open == ["a", "d"]
    played.do("d").do("a").ends()


@runs("boundaryEvent: escalationEventDefinition", "Eskalasi yang menghentikan", "Subprosesnya ditutup.")
def test_an_escalation_may_take_its_subprocess_away():
    drawn = [failing(RAISED), caught("x", "s", RAISED), user("a"), end(), end("y")]
    played = Played(rooted(draw(drawn, "mulai>isi>s>selesai; x>a>y")))
    assert played.do("c", putusan="tidak").open == ["a"]
    played.do("a").ends()


@refused("errorEventDefinition", "Galat yang tidak ditangkap", "Tempelkan peristiwa batas galat pada subprosesnya.")
def test_an_error_that_nothing_catches_is_refused():
    refuse(rooted(draw([user("a"), end("selesai", CANCEL)], SIMPLE)), "selesai", "Tidak ada yang menangkap galat")
    drawn = [failing(CANCEL), caught("x", "s", OTHER), end(), end("y")]
    refuse(rooted(draw(drawn, "mulai>isi>s>selesai; x>y")), "x2", "Tidak ada yang menangkap galat")


@refused("boundaryEvent: errorEventDefinition", "Galat pada tugas", "Tugas tidak melempar apa pun.")
def test_an_error_at_a_task_is_refused():
    refuse(
        rooted(draw([user("a"), caught("x", "a", CANCEL), end(), end("y")], SIMPLE + "; x>y")), "x", "harus menempel"
    )


@refused("boundaryEvent: errorEventDefinition, cancelActivity", "Galat yang tidak menghentikan", "Pakai eskalasi.")
def test_an_error_that_does_not_interrupt_is_refused():
    drawn = [failing(CANCEL), caught("x", "s", CANCEL, interrupting=False), end(), end("y")]
    refuse(rooted(draw(drawn, "mulai>isi>s>selesai; x>y")), "x", "pakai eskalasi")


@refused("errorEventDefinition", "Putaran lewat galat", "Putaran harus memuat tugas atau pengatur waktu.")
def test_a_loop_by_way_of_an_error_is_refused():
    nodes = [Node("m2", "startEvent"), exclusive("g", "g_e2"), end("e2"), end("x2", CANCEL)]
    inner = inside("s", nodes, "m2>g>e2; g>x2: putusan == 'tidak'")
    drawn = [user("a", "putus"), exclusive("g0"), inner, caught("x", "s", CANCEL), end()]
    refuse(rooted(draw(drawn, "mulai>isi>a>g0>s>selesai; x>g0")), "g", "tidak memuat tugas")


@refused("messageEventDefinition", "Pesan yang tidak disampaikan siapa pun", "Isi `formKey`, atau lempar pesan itu.")
def test_a_message_that_nobody_brings_is_refused():
    drawn = rooted(draw([catch("x", LETTER, form_key=""), user("a"), end()], "mulai>isi>x>a>selesai"))
    refuse(drawn, "x", "Tidak ada yang menyampaikan pesan")


@refused("messageEventDefinition", "Pesan tanpa nama", "Pilih pesannya dan beri nama.")
def test_a_message_without_a_name_is_refused():
    drawn = rooted(draw([catch("x", trigger("message")), user("a"), end()], "mulai>isi>x>a>selesai"))
    refuse(drawn, "x", "belum menyebut pesan")


@refused("messageEventDefinition", "Pesan di luar lajur", "Letakkan dalam lajur yang mencatatnya.")
def test_a_message_in_no_lane_is_refused():
    drawn = rooted(draw([catch("x", LETTER, lane=""), user("a"), end()], "mulai>isi>x>a>selesai"))
    refuse(drawn, "x", "tidak berada dalam lajur")


@refused("intermediateThrowEvent: messageEventDefinition", "Pesan yang tidak ditunggu", "Gambar yang menunggunya.")
def test_a_message_for_nobody_is_refused():
    drawn = rooted(draw([throw("x", LETTER), user("a"), end()], "mulai>isi>x>a>selesai"))
    refuse(drawn, "x", "Tidak ada yang menunggu pesan")


@refused("startEvent: messageEventDefinition", "Mulai dengan pesan", "Mulai tanpa pemicu, lalu tunggu pesannya.")
def test_a_message_start_is_refused():
    drawn = [user("a"), end(), Node("m2", "startEvent", inner=LETTER)]
    refuse(rooted(draw(drawn, SIMPLE + "; m2>a")), "m2", "Mulai tanpa pemicu")


@refused(
    "subProcess: triggeredByEvent, messageEventDefinition",
    "Subproses kejadian yang dimulai pesan",
    "Mesin mengubah diagram semua aduan. Tunggu pesannya dengan peristiwa batas.",
)
def test_an_event_subprocess_started_by_a_message_is_refused():
    start = Node("m2", "startEvent", "", {"isInterrupting": "false"}, LETTER)
    drawn = [user("a"), end(), inside("x", [start, user("c"), end("e2")], "m2>c>e2", triggeredByEvent="true")]
    refuse(rooted(draw(drawn, SIMPLE)), "m2", "kejadian pesan (messageEventDefinition) tidak didukung pada startEvent")


@refused("endEvent: signalEventDefinition", "Selesai dengan sinyal", "Lempar sinyalnya tepat sebelum selesai.")
def test_a_signal_end_is_refused():
    drawn = rooted(draw([user("a"), end("selesai", HOLIDAY)], SIMPLE))
    refuse(drawn, "selesai", "tepat sebelum selesai")


@refused("correlationProperty", "Korelasi pesan", "Pesan selalu dialamatkan kepada satu aduan dan satu elemen.")
def test_correlations_are_refused():
    xml = rooted(draw([catch("x", LETTER), user("a"), end()], "mulai>isi>x>a>selesai"))
    asked = (
        '<correlationProperty id="kp"><correlationPropertyRetrievalExpression messageRef="m_surat"><messagePath>nomor'
        "</messagePath></correlationPropertyRetrievalExpression></correlationProperty><process id"
    )
    refuse(xml.replace(b"<process id", asked.encode(), 1), "", "Korelasi pesan")


@refused("sendTask", "Tugas kirim pesan", "Pakai kejadian antara yang melempar pesan.")
def test_a_send_task_is_refused():
    refuse(draw([Node("a", "sendTask"), end()], SIMPLE), "a", "tugas kirim pesan (sendTask) belum didukung")
