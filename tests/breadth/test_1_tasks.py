"""Tasks of every kind."""

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import Node, draw, end, exclusive, script, service, table, user

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


@runs("serviceTask", "Tugas layanan", "Satu operasi bernama: `kirim_pemberitahuan` atau `buat_dokumen`.")
def test_a_service_task_does_what_it_names():
    task = service("s", "kirim_pemberitahuan", kepada="Admin", pesan="Putusannya {putusan}")
    played = Played(draw([user("p", "putus"), task, user("a"), end()], "mulai>isi>p>s>a>selesai"))
    played.do("p", putusan="ya")
    assert [(each.element, each.variables["putusan"]) for each in played.step.served] == [("s", "ya")]
    played.do("a").ends()


@refused("serviceTask", "Operasi lain", "Layanan dari luar, alamat web, atau program tidak dijalankan.")
def test_an_operation_without_name_is_refused():
    tasks = [service("s", "panggil_url", kepada="x"), user("a"), end()]
    refuse(draw(tasks, "mulai>isi>s>a>selesai"), "s", "tidak mengenal operasi «panggil_url»")


@refused("spiffworkflow:serviceTaskOperator", "Operator layanan SpiffWorkflow", "Tulis sebagai properti `operasi`.")
def test_the_librarys_own_operator_is_refused():
    inner = '<extensionElements><s:serviceTaskOperator id="http/GetRequest"/></extensionElements>'
    tasks = [Node("s", "serviceTask", inner=inner), user("a"), end()]
    refuse(draw(tasks, "mulai>isi>s>a>selesai"), "s", "Tulis operasinya sebagai properti operasi")


@runs("businessRuleTask", "Tugas aturan bisnis", "Tabel keputusan DMN di dalamnya; sel berisi ungkapan sistem ini.")
def test_a_decision_table_sets_variables():
    rows = [("'ya'", "1"), ("-", "2")]
    nodes = [user("p", "putus"), table("k", "putusan", "jalur", rows, "FIRST"), exclusive("g", "g_selesai"), user("a")]
    flows = "mulai>isi>p>k>g>selesai; g>a: jalur == 1; a>selesai"
    played = Played(draw([*nodes, end()], flows)).do("p", putusan="ya")
    assert played.known["jalur"] == 1
    played.do("a").ends()
    Played(draw([*nodes, end()], flows)).do("p", putusan="tidak").ends()


@refused("businessRuleTask", "Kebijakan tabel lain", "Hanya UNIQUE (tepat satu baris) dan FIRST (yang teratas).")
def test_another_hit_policy_is_refused():
    task = table("k", "putusan", "jalur", [("-", "1")], "COLLECT")
    refuse(draw([user("p", "putus"), task, user("a"), end()], "mulai>isi>p>k>a>selesai"), "k", "kebijakan COLLECT")


@refused("userTask: decisionTable", "Tabel pada tugas lain", "Letakkan pada tugas aturan bisnis.")
def test_a_table_where_none_is_read_is_refused():
    task = table("k", "putusan", "jalur", [("-", "1")])
    task.kind, task.inner = "scriptTask", f"{task.inner}<script>x = 1</script>"
    nodes = [user("p", "putus"), task, user("a"), end()]
    refuse(draw(nodes, "mulai>isi>p>k>a>selesai"), "k", "tidak dibaca. Letakkan pada tugas aturan bisnis")


@refused(
    "businessRuleTask", "Tabel yang bertabrakan atau bolong", "Setiap jawaban formulir harus kena tepat satu baris."
)
def test_rows_that_meet_are_refused():
    task = table("k", "putusan", "jalur", [("'ya'", "1"), ("!= 'tidak'", "2")])
    nodes = [user("p", "putus"), task, user("a"), end()]
    refuse(draw(nodes, "mulai>isi>p>k>a>selesai"), "k", "baris 1 dan 2 yang sama-sama berlaku")
    refuse(draw(nodes, "mulai>isi>p>k>a>selesai"), "k", "tidak memuat baris untuk putusan = tidak")


@refused("userTask", "Tugas kompensasi", "Pembatalan pekerjaan digambar sebagai langkah biasa.")
def test_a_task_for_compensation_is_refused():
    task = user("k")
    task.attributes["isForCompensation"] = "true"
    refuse(draw([user("a"), task, end()], SIMPLE), "k", "tugas kompensasi belum didukung")
