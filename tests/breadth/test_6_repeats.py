"""Tasks done several times: multi-instance and standard loops."""

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import Node, draw, end, exclusive, form, sub, user

FAMILY = "Pengulangan"
LIST = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3, "wajib": True}
FLOWS = "mulai>isi>p>m>selesai"
FORMS = {"pilih": form(daftar=LIST)}
COLLECT = (
    '<loopDataInputRef>daftar</loopDataInputRef><loopDataOutputRef>hasil</loopDataOutputRef>'
    '<inputDataItem id="satu"/><outputDataItem id="putusan"/>'
)  # fmt: skip


def repeated(inner: str, sequential: bool = False) -> str:
    kind = f'multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
    return f"<{kind}>{inner}</multiInstanceLoopCharacteristics>"


@runs(
    "multiInstanceLoopCharacteristics", "Serentak untuk setiap isi daftar", "Jawaban dapat dikumpulkan ke satu daftar."
)
def test_a_task_for_each_item_of_a_list_collects_answers():
    played = Played(draw([user("p", "pilih"), user("m", "putus", inner=repeated(COLLECT)), end()], FLOWS), FORMS)
    played.do("p", daftar=["satu", "dua"])
    assert played.open == ["m", "m"]
    played.do("m", putusan="ya").do("m", putusan="tidak")
    assert sorted(played.known["hasil"]) == ["tidak", "ya"]
    played.ends()


@runs("multiInstanceLoopCharacteristics: isSequential", "Bergiliran untuk setiap isi daftar", "Satu sesudah yang lain.")
def test_a_task_for_each_item_in_turn():
    inner = repeated("<loopDataInputRef>daftar</loopDataInputRef>", sequential=True)
    played = Played(draw([user("p", "pilih"), user("m", inner=inner), end()], FLOWS), FORMS)
    played.do("p", daftar=["satu", "dua"])
    assert played.open == ["m"]
    assert played.do("m").open == ["m"]
    played.do("m").ends()


@runs(
    "multiInstanceLoopCharacteristics",
    "Pengulangan di dalam putaran",
    "Setiap putaran mulai dengan daftar jawaban baru.",
)
def test_repetitions_begin_afresh_each_time_they_are_reached():
    drawn = [user("p", "pilih"), user("m", "putus", inner=repeated(COLLECT)), exclusive("g", "g_selesai"), end()]
    flows = "mulai>isi>p>m>g>selesai; g>p: 'tidak' in hasil"
    played = Played(draw(drawn, flows), FORMS)
    for putusan in ("tidak", "ya"):
        played.do("p", daftar=["satu", "dua"])
        played.do("m", putusan=putusan).do("m", putusan=putusan)
    played.ends()


@runs("loopCardinality", "Sejumlah kali", "Bilangan 1 sampai 20, atau isian bilangan yang terbatas.")
def test_a_task_three_times():
    inner = repeated("<loopCardinality>3</loopCardinality>")
    played = Played(draw([user("m", inner=inner), end()], "mulai>isi>m>selesai"))
    assert played.open == ["m", "m", "m"]
    played.do("m").do("m").do("m").ends()


@runs("completionCondition", "Cukup bila syaratnya benar", "Sisanya ditutup.")
def test_repetitions_end_when_it_is_enough():
    inner = repeated(COLLECT + "<completionCondition>putusan == 'ya'</completionCondition>")
    played = Played(draw([user("p", "pilih"), user("m", "putus", inner=inner), end()], FLOWS), FORMS)
    played.do("p", daftar=["satu", "dua", "tiga"])
    assert played.do("m", putusan="tidak").open == ["m", "m"]
    played.do("m", putusan="ya").ends()


@refused("loopDataOutputRef", "Daftar hasil tanpa isinya", "Sebutkan juga isian yang dikumpulkan (outputDataItem).")
def test_collecting_without_an_item_is_refused():
    inner = "<loopDataInputRef>daftar</loopDataInputRef><loopDataOutputRef>hasil</loopDataOutputRef>"
    drawn = [user("p", "pilih"), user("m", inner=repeated(inner)), end()]
    refuse(draw(drawn, FLOWS), "m", "diisi berdua", FORMS)


@refused("loopCardinality", "Tanpa batas jumlah", "Paling banyak 20 kali.")
def test_a_billion_repetitions_are_refused():
    inner = repeated("<loopCardinality>1000000000</loopCardinality>")
    refuse(draw([user("m", inner=inner), end()], "mulai>isi>m>selesai"), "m", "1 sampai 20")


@refused("multiInstanceLoopCharacteristics", "Pengulangan subproses", "Ulangi tugasnya.")
def test_a_repeated_subprocess_is_refused():
    drawn = sub("x", [Node("m2", "startEvent"), user("c"), end("e2")], "m2>c>e2")
    drawn.lane = "Admin"
    drawn.inner = repeated("<loopCardinality>2</loopCardinality>") + drawn.inner
    refuse(draw([drawn, end()], "mulai>isi>x>selesai"), "x", "belum dapat diulang")


@refused("standardLoopCharacteristics", "Perulangan tugas", "Gambar perulangan dengan gerbang.")
def test_a_standard_loop_is_refused():
    drawn = draw([user("a", inner="<standardLoopCharacteristics/>"), end()], "mulai>isi>a>selesai")
    refuse(drawn, "a", "perulangan tugas")
