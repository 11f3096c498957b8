"""Start, end, intermediate and boundary events: none, timer, terminate, and those that are refused."""

from datetime import UTC

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import START, Node, boundary, draw, end, parallel, script, timer, user, wait

FAMILY = "Peristiwa"
SIMPLE = "mulai>isi>a>selesai"


def throwing(inner: str) -> bytes:
    return draw([Node("x", "intermediateThrowEvent", inner=inner), user("a"), end()], "mulai>isi>x>a>selesai")


def catching(inner: str) -> bytes:
    return draw([Node("x", "intermediateCatchEvent", inner=inner), user("a"), end()], "mulai>isi>x>a>selesai")


@runs("startEvent", "Mulai", "Tepat satu; sesudahnya formulir yang membuka aduan.")
def test_a_plain_start_opens_the_case():
    played = Played(draw([user("a"), end()], SIMPLE), first=None)
    assert played.open == ["isi"]
    played.do("isi").do("a").ends()


@refused("startEvent", "Dua peristiwa mulai", "Proses memuat tepat satu peristiwa mulai.")
def test_a_second_start_is_refused():
    drawn = draw([Node("m2", "startEvent"), user("a"), end()], SIMPLE + "; m2>a")
    refuse(drawn, "", "tepat satu peristiwa mulai")


@refused("startEvent: timerEventDefinition", "Mulai berwaktu", "Aduan dibuka oleh orang yang mengirimnya.")
def test_a_start_by_timer_is_refused():
    timed = Node("mulai", "startEvent", inner=timer('"P1D"')).xml()
    drawn = draw([user("a"), end()], SIMPLE).replace(START.xml().encode(), timed.encode())
    refuse(drawn, "mulai", "Hapus pengatur waktu")


@runs("endEvent", "Selesai", "Jalan itu berakhir; aduan selesai bila tidak ada lagi yang terbuka.")
def test_a_plain_end_ends_its_own_way():
    played = Played(draw([parallel("s"), user("a"), user("b"), end(), end("x")], "mulai>isi>s>a>selesai; s>b>x"))
    assert played.do("a").open == ["b"]
    played.do("b").ends()


@runs("endEvent: terminateEventDefinition", "Selesai seluruhnya", "Semua yang masih terbuka ditutup.")
def test_a_terminating_end_ends_everything():
    nodes = [parallel("s"), user("a"), user("b"), end("x", "<terminateEventDefinition/>"), end()]
    Played(draw(nodes, "mulai>isi>s>a>selesai; s>b>x")).do("b").ends()


@runs("boundaryEvent: timerEventDefinition", "Batas waktu", "Menempel pada tugas atau subproses dan menghentikannya.")
def test_an_interrupting_timer_takes_the_task_away():
    played = Played(draw([user("a"), boundary("t", "a"), user("b"), end("x"), end()], SIMPLE + "; t>b>x"))
    assert (played.open, played.waiting) == (["a"], ["t"])
    assert played.pass_time().open == ["b"]
    played.do("b").ends()


@runs(
    "boundaryEvent: timerEventDefinition, cancelActivity", "Pengingat", "Batas waktu yang tidak menghentikan tugasnya."
)
def test_a_timer_beside_the_task_leaves_it_open():
    drawn = [user("a"), boundary("t", "a", interrupting=False), user("b"), end("x"), end()]
    played = Played(draw(drawn, SIMPLE + "; t>b>x"))
    assert played.pass_time().open == ["a", "b"]
    played.do("a").do("b").ends()


@runs("boundaryEvent: timerEventDefinition", "Dua batas waktu", "Yang lebih dahulu jatuh berbunyi lebih dahulu.")
def test_of_two_timers_the_earlier_one_fires_first():
    nodes = [user("a"), boundary("lama", "a", '"P5D"'), boundary("dekat", "a", '"P1D"', interrupting=False), user("b")]
    played = Played(draw([*nodes, end("x"), end("y"), end()], SIMPLE + "; dekat>b>x; lama>y"))
    assert played.pass_time().open == ["a", "b"]
    assert played.pass_time().passed[-2:] == ["lama", "y"]
    assert played.open == ["b"]
    played.do("b").ends()


@refused(
    "boundaryEvent: timerEventDefinition", "Batas waktu yang melewati gabungan", "Gabungan akan menunggu selamanya."
)
def test_a_timer_that_leads_past_a_join_is_refused():
    nodes = [parallel("s"), user("a"), user("b"), parallel("j"), boundary("t", "a"), end("x"), end()]
    refuse(draw(nodes, "mulai>isi>s>a>j>selesai; s>b>j; t>x"), "t", "menunggu selamanya")


@refused(
    "boundaryEvent: timerEventDefinition", "Batas waktu pada tugas otomatis", "Hanya pada tugas pengguna dan subproses."
)
def test_a_timer_on_what_nobody_waits_for_is_refused():
    nodes = [script("n", "x = 1"), boundary("t", "n"), user("a"), end("x"), end()]
    refuse(draw(nodes, "mulai>isi>n>a>selesai; t>x"), "t", "harus menempel pada tugas pengguna")


@runs("timeCycle", "Pengingat berulang", '`"R3/P1D"`: paling banyak 50 kali, pada batas waktu yang tidak menghentikan.')
def test_a_cycle_fires_each_of_its_times():
    nodes = [user("a"), boundary("t", "a", '"R3/P1D"', "timeCycle", False), user("b"), end("x"), end()]
    played = Played(draw(nodes, SIMPLE + "; t>b>x"))
    for _ in range(3):
        played.pass_time()
    assert (played.open, played.waiting) == (["a", "b", "b", "b"], [])
    played.do("b").do("b").do("b").do("a").ends()


@refused("timeCycle", "Pengulangan tanpa batas", 'Sebutkan berapa kali, misalnya `"R3/P1D"`.')
def test_a_cycle_without_end_is_refused():
    nodes = [user("a"), boundary("t", "a", '"R/PT1H"', "timeCycle", False), end("x"), end()]
    refuse(draw(nodes, SIMPLE + "; t>x"), "t", "bukan waktu berulang")


@runs("intermediateCatchEvent: timerEventDefinition", "Menunggu", "Aduan berjalan terus sesudah waktunya.")
def test_a_wait_goes_on_when_its_time_has_come():
    played = Played(draw([wait("w"), user("a"), end()], "mulai>isi>w>a>selesai"))
    assert (played.open, played.waiting) == ([], ["w"])
    played.pass_time().do("a").ends()


@runs("timeDuration", "Lama waktu", '`"P14D"`, pilihan di antaranya, atau waktu kerja: `hari_kerja(3)`.')
def test_a_duration_may_be_working_time():
    played = Played(draw([user("a"), boundary("t", "a", "jam_kerja(5)"), end("x"), end()], SIMPLE + "; t>x"))
    assert (played.step.position.timers[0].due - played.now).total_seconds() == 5 * 3600
    played.pass_time().ends()


@runs("timeDate", "Tanggal", 'Dengan zona waktu: `"2026-12-28T08:00:00+07:00"`.')
def test_a_date_with_a_zone_runs():
    drawn = [wait("w", '"2026-12-28T08:00:00+07:00"', "timeDate"), user("a"), end()]
    played = Played(draw(drawn, "mulai>isi>w>a>selesai"))
    assert played.step.position.timers[0].due.astimezone(UTC).isoformat() == "2026-12-28T01:00:00+00:00"
    played.pass_time().do("a").ends()


@refused("timeDate", "Tanggal tanpa zona waktu", "Tambahkan `+07:00` (WIB); tanpa itu mesin memakai zona komputer.")
def test_a_date_without_zone_is_refused():
    drawn = [wait("w", '"2026-12-28T08:00:00"', "timeDate"), user("a"), end()]
    refuse(draw(drawn, "mulai>isi>w>a>selesai"), "w", "zona waktu")


@refused("intermediateThrowEvent", "Kejadian antara tanpa pemicu", "Hapus, atau gambar sebagai tugas.")
def test_a_plain_intermediate_event_is_refused():
    refuse(throwing(""), "x", "belum menyebut yang dilempar")


@refused("conditionalEventDefinition", "Kejadian bersyarat", "Pakai gerbang pilihan sesudah tugas yang mengisinya.")
def test_a_conditional_event_is_refused():
    drawn = catching("<conditionalEventDefinition><condition/></conditionalEventDefinition>")
    refuse(drawn, "x", "kejadian bersyarat (conditionalEventDefinition) belum didukung")


@refused("linkEventDefinition", "Kejadian tautan", "Tarik alurnya langsung.")
def test_a_link_event_is_refused():
    refuse(catching('<linkEventDefinition name="l"/>'), "x", "kejadian tautan (linkEventDefinition) belum didukung")


@refused("compensateEventDefinition", "Kejadian kompensasi", "Pembatalan pekerjaan digambar sebagai langkah biasa.")
def test_a_compensation_event_is_refused():
    drawn = draw([user("a"), end("selesai", "<compensateEventDefinition/>")], SIMPLE)
    refuse(drawn, "selesai", "kejadian kompensasi (compensateEventDefinition) belum didukung")


@refused("cancelEventDefinition", "Kejadian pembatalan", "Hanya ada pada transaksi, yang ditolak.")
def test_a_cancel_event_is_refused():
    drawn = draw([user("a"), end("selesai", "<cancelEventDefinition/>")], SIMPLE)
    refuse(drawn, "selesai", "kejadian pembatalan (cancelEventDefinition) belum didukung")


@refused("boundaryEvent", "Peristiwa batas dengan dua pemicu", "Sisakan satu pemicu.")
def test_an_event_of_two_triggers_is_refused():
    both = Node("t", "boundaryEvent", "", {"attachedToRef": "a"}, timer('"P1D"') + timer('"P2D"'))
    refuse(draw([user("a"), both, end("x"), end()], SIMPLE + "; t>x"), "t", "lebih dari satu pemicu")


@refused("boundaryEvent", "Peristiwa batas tanpa pemicu", "Pilih pengatur waktu, pesan, sinyal, galat, atau eskalasi.")
def test_a_boundary_event_without_trigger_is_refused():
    bare = Node("t", "boundaryEvent", "", {"attachedToRef": "a"})
    refuse(draw([user("a"), bare, end("x"), end()], SIMPLE + "; t>x"), "t", "belum memuat pemicu")
