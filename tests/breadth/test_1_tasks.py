"""Tasks of every kind."""

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import Node, draw, end, exclusive, script, user

FAMILY = "Tugas"
SIMPLE = "mulai>isi>a>selesai"


@runs("userTask", "Tugas pengguna", "Menunggu orang dari lajurnya; formulirnya disebut properti `formKey`.")
def test_a_user_task_waits_for_a_person():
    played = Played(draw([user("a"), end()], SIMPLE))
    assert played.open == ["a"]
    played.do("a").ends()


@runs("manualTask", "Tugas manual", "Sama dengan tugas pengguna: seseorang menyatakan bahwa sudah dikerjakan.")
def test_a_manual_task_waits_for_a_person():
    played = Played(draw([Node("a", "manualTask", "Admin", {}, user("x").inner), end()], SIMPLE))
    assert played.open == ["a"]
    played.do("a").ends()


@runs("scriptTask", "Tugas skrip", "Baris `nama = ungkapan`, dan tidak ada yang lain; hasilnya dapat dibaca syarat.")
def test_a_script_task_sets_variables():
    nodes = [user("p", "putus"), script("s", "n = 1 if putusan == 'ya' else 2"), exclusive("g", "g_selesai")]
    played = Played(draw([*nodes, user("a"), end()], "mulai>isi>p>s>g>selesai; g>a: n == 1; a>selesai"))
    played.do("p", putusan="ya")
    assert played.known["n"] == 1
    played.do("a").ends()


@refused("scriptTask", "Skrip berisi program", "Yang bukan pengisian `nama = ungkapan` ditolak.")
def test_a_script_that_is_a_program_is_refused():
    refuse(draw([script("s", "import os"), user("a"), end()], "mulai>isi>s>a>selesai"), "s", "bukan pengisian")


@refused("task", "Tugas tanpa jenis", "Jadikan tugas pengguna.")
def test_a_task_without_kind_is_refused():
    refuse(draw([Node("a", "task", "Admin"), end()], SIMPLE), "a", "jadikan User Task")


@refused("serviceTask", "Tugas layanan", "Belum didukung.")
def test_a_service_task_is_refused():
    refuse(draw([Node("a", "serviceTask"), end()], SIMPLE), "a", "tugas layanan (serviceTask) belum didukung")


@refused("businessRuleTask", "Tugas aturan bisnis", "Belum didukung.")
def test_a_business_rule_task_is_refused():
    refuse(draw([Node("a", "businessRuleTask"), end()], SIMPLE), "a", "tugas aturan bisnis")


@refused("callActivity", "Panggilan proses", "Belum didukung.")
def test_a_call_activity_is_refused():
    drawn = draw([Node("a", "callActivity", "", {"calledElement": "uji"}), end()], SIMPLE)
    refuse(drawn, "a", "panggilan proses (callActivity) belum didukung")


@refused("userTask", "Tugas kompensasi", "Pembatalan pekerjaan digambar sebagai langkah biasa.")
def test_a_task_for_compensation_is_refused():
    task = user("k")
    task.attributes["isForCompensation"] = "true"
    refuse(draw([user("a"), task, end()], SIMPLE), "k", "tugas kompensasi belum didukung")
