"""Pools, lanes, data, and what is drawn for the reader alone."""

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import LANES, draw, end, properties, user

FAMILY = "Kolam, lajur, data, catatan"
SIMPLE = "mulai>isi>a>selesai"


def drawn(extra: str = "", before: str = "") -> bytes:
    whole = draw([user("a"), end()], SIMPLE, extra=extra).decode()
    return whole.replace("<process ", f"{before}<process ", 1).encode()


def plays(xml: bytes) -> None:
    Played(xml).do("a").ends()


@runs("lane", "Lajur", "Nama lajur adalah peran; setiap tugas berada dalam satu lajur.")
def test_a_lane_says_whose_a_task_is():
    played = Played(drawn())
    assert played.program.diagram.elements["a"].lane == "Admin"
    played.do("a").ends()


@refused("lane", "Tugas di luar lajur", "Letakkan tugas dalam lajur.")
def test_a_task_in_no_lane_is_refused():
    refuse(draw([user("a", lane=""), end()], SIMPLE), "a", "tidak berada dalam lajur")


@runs("childLaneSet", "Lajur di dalam lajur", "Yang berlaku lajur terdalam.")
def test_a_lane_within_a_lane_holds_the_task():
    refs = "<flowNodeRef>a</flowNodeRef>"
    inner = f'<lane id="l_dalam" name="Loket">{properties({})}{refs}</lane>'
    whole = draw([user("a"), end()], SIMPLE, LANES).decode()
    whole = whole.replace(f"{refs}</lane>", f'{refs}<childLaneSet id="dalam">{inner}</childLaneSet></lane>')
    played = Played(whole.encode())
    assert played.program.diagram.elements["a"].lane == "Loket"
    played.do("a").ends()


@runs("participant", "Kolam", "Satu kolam untuk proses; kolam lain hanya gambar, tanpa proses di dalamnya.")
def test_pools_run():
    pools = '<participant id="k1" name="Dinas" processRef="uji"/><participant id="k2" name="Pelapor"/>'
    plays(drawn(before=f'<collaboration id="kol">{pools}</collaboration>'))


@refused(
    "process",
    "Dua proses dalam satu berkas",
    "Satu berkas memuat satu proses yang dijalankan, dan proses yang dipanggilnya.",
)
def test_a_second_process_is_refused():
    refuse(drawn(before='<process id="lain" isExecutable="true"/>'), "", "tepat satu proses")


@runs("messageFlow", "Alur pesan", "Gambar saja: menunjukkan siapa berhubungan dengan siapa.")
def test_a_message_flow_is_drawing():
    pools = '<participant id="k1" name="Dinas" processRef="uji"/><participant id="k2" name="Pelapor"/>'
    flow = '<messageFlow id="pesan" sourceRef="k2" targetRef="a"/>'
    plays(drawn(before=f'<collaboration id="kol">{pools}{flow}</collaboration>'))


@refused("process", "Bagian yang tidak tersambung", "Sambungkan atau hapus.")
def test_an_island_is_refused():
    whole = draw([user("a"), end(), user("b"), end("x")], SIMPLE + "; b>x")
    refuse(whole, "b", "tidak pernah tercapai")


@refused("process", "Id milik mesin", "Start, End, Root, dan sejenisnya dipakai mesin: beri id lain.")
def test_an_id_of_the_engine_is_refused():
    refuse(draw([user("Root"), end()], "mulai>isi>Root>selesai"), "Root", "dipakai sistem")


@runs("textAnnotation, association", "Catatan", "Untuk pembaca; tidak memengaruhi jalannya.")
def test_notes_are_for_the_reader():
    note = '<textAnnotation id="n"><text>Ingat</text></textAnnotation>'
    plays(drawn(note + '<association id="as" sourceRef="a" targetRef="n"/>'))


@runs("group", "Kelompok", "Untuk pembaca; tidak memengaruhi jalannya.")
def test_a_group_is_for_the_reader():
    plays(drawn('<group id="kelompok"/>'))


@refused("dataObject", "Objek data", "Kelengkapan dan output ditulis sebagai properti tugas.")
def test_a_data_object_is_refused():
    refuse(drawn('<dataObject id="x"/>'), "x", "objek data (dataObject) belum didukung")


@refused("dataObjectReference", "Rujukan objek data", "Kelengkapan dan output ditulis sebagai properti tugas.")
def test_a_reference_to_data_is_refused():
    refuse(drawn('<dataObjectReference id="x"/>'), "x", "objek data (dataObjectReference) belum didukung")


@refused("dataStoreReference", "Penyimpanan data", "Data aduan disimpan sistem.")
def test_a_data_store_is_refused():
    refuse(drawn('<dataStoreReference id="x"/>'), "x", "penyimpanan data (dataStoreReference) belum didukung")


@refused("property", "Properti BPMN", "Tulis sebagai `spiffworkflow:properties`.")
def test_a_bpmn_property_is_refused():
    task = user("a")
    task.inner += '<property id="x" name="x"/>'
    refuse(draw([task, end()], SIMPLE), "x", "properti BPMN (property) belum didukung")


@refused("spiffworkflow:preScript", "Skrip di dalam ekstensi", "Ekstensi SpiffWorkflow selain properti ditolak.")
def test_a_script_in_an_extension_is_refused():
    task = user("a")
    task.inner = task.inner.replace("</extensionElements>", "<s:preScript>x = 1</s:preScript></extensionElements>")
    refuse(draw([task, end()], SIMPLE), "a", "spiffworkflow:preScript")
