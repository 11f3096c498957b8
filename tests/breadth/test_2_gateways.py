"""Gateways, and loops drawn with them."""

from tests.breadth.play import Played, refuse
from tests.breadth.rows import refused, runs
from tests.process.drawing import Node, draw, end, exclusive, inclusive, parallel, script, user, wait

FAMILY = "Gerbang dan alur"


@runs("exclusiveGateway", "Gerbang pilihan", "Satu alur: yang syaratnya benar lebih dahulu, atau alur bawaan.")
def test_an_exclusive_gateway_takes_one_way():
    nodes = [user("p", "putus"), exclusive("g", "g_b"), user("a"), user("b"), end()]
    drawn = draw(nodes, "mulai>isi>p>g>b>selesai; g>a: putusan == 'ya'; a>selesai")
    assert Played(drawn).do("p", putusan="ya").open == ["a"]
    played = Played(drawn).do("p", putusan="tidak")
    assert played.open == ["b"]
    played.do("b").ends()


@refused("exclusiveGateway", "Gerbang tanpa alur bawaan", "Tandai satu alur sebagai bawaan, agar aduan tidak macet.")
def test_a_choice_without_default_is_refused():
    nodes = [user("p", "putus"), exclusive("g"), user("a"), user("b"), end()]
    flows = "mulai>isi>p>g; g>b: putusan == 'tidak'; b>selesai; g>a: putusan == 'ya'; a>selesai"
    refuse(draw(nodes, flows), "g", "alur bawaan")


@runs("parallelGateway", "Gerbang sejajar", "Semua alur keluar berjalan; gabungannya menunggu semuanya.")
def test_a_parallel_gateway_splits_and_joins():
    nodes = [parallel("s"), user("a"), user("b"), parallel("j"), user("c"), end()]
    played = Played(draw(nodes, "mulai>isi>s>a>j>c>selesai; s>b>j"))
    assert played.open == ["a", "b"]
    assert played.do("a").open == ["b"]
    assert played.do("b").open == ["c"]
    played.do("c").ends()


@refused("parallelGateway", "Jalan yang melewati gabungan", "Gabungan akan menunggu selamanya.")
def test_a_way_past_a_join_is_refused():
    nodes = [parallel("s"), user("p", "putus"), exclusive("g", "g_j"), user("b"), parallel("j"), end(), end("x")]
    refuse(draw(nodes, "mulai>isi>s>p>g>j>selesai; s>b>j; g>x: putusan == 'ya'"), "g", "menunggu selamanya")


@runs("inclusiveGateway", "Gerbang inklusif", "Setiap alur yang syaratnya benar; bila tidak ada, alur bawaan.")
def test_an_inclusive_gateway_takes_every_way_that_holds():
    nodes = [user("p", "putus"), inclusive("s", "s_b"), inclusive("j"), user("a"), user("c"), user("b"), end()]
    flows = "mulai>isi>p>s>b>j>selesai; s>a: putusan == 'ya'; s>c: putusan != 'tidak'; a>j; c>j"
    played = Played(draw(nodes, flows)).do("p", putusan="ya")
    assert played.open == ["a", "c"]
    played.do("a").do("c").ends()
    assert Played(draw(nodes, flows)).do("p", putusan="tidak").open == ["b"]


@refused("parallelGateway", "Cabang sejajar berturut-turut", "Mesin menyiapkan paling banyak 2.000 langkah di muka.")
def test_forks_in_a_row_that_would_explode_are_refused():
    nodes, flows = [], "mulai>isi>s0"
    for each in range(12):
        nodes += [parallel(f"s{each}"), user(f"a{each}"), user(f"b{each}"), parallel(f"j{each}")]
        following = f"s{each + 1}" if each < 11 else "selesai"
        flows += f"; s{each}>a{each}>j{each}>{following}; s{each}>b{each}>j{each}"
    refuse(draw([*nodes, end()], flows), "mulai", "Cabang sejajar terlalu banyak")


@refused("exclusiveGateway", "Syarat atas isian yang belum tentu terisi", "Isi di langkah yang selalu dilewati.")
def test_a_condition_on_a_field_of_later_is_refused():
    nodes = [exclusive("g", "g_selesai"), user("p", "putus"), end()]
    refuse(
        draw(nodes, "mulai>isi>g>selesai; g>p: putusan == 'ya'; p>selesai"), "g_p", "ada jalan yang belum mengisinya"
    )


@refused("eventBasedGateway", "Gerbang berbasis kejadian", "Pakai batas waktu pada tugas.")
def test_an_event_gateway_is_refused():
    drawn = draw([Node("x", "eventBasedGateway"), wait("w"), end()], "mulai>isi>x>w>selesai")
    refuse(drawn, "x", "gerbang berbasis kejadian (eventBasedGateway) belum didukung")


@refused("complexGateway", "Gerbang kompleks", "Pakai gerbang pilihan, inklusif, atau sejajar.")
def test_a_complex_gateway_is_refused():
    drawn = draw([Node("x", "complexGateway"), user("a"), end()], "mulai>isi>x>a>selesai")
    refuse(drawn, "x", "gerbang kompleks (complexGateway) belum didukung")


@runs(
    "sequenceFlow", "Putaran", "Alur yang kembali ke langkah sebelumnya; riwayatnya tetap ringan berapa pun putarannya."
)
def test_a_loop_of_flows_runs():
    nodes = [user("p", "putus"), exclusive("g", "g_selesai"), user("a"), end()]
    played = Played(draw(nodes, "mulai>isi>p>g>selesai; a>p; g>a: putusan == 'ya'"))
    for _ in range(3):
        played.do("p", putusan="ya").do("a")
    played.do("p", putusan="tidak").ends()


@refused("sequenceFlow", "Putaran tanpa orang", "Putaran harus memuat tugas atau pengatur waktu.")
def test_a_loop_without_a_person_is_refused():
    nodes = [user("p", "putus"), exclusive("g", "g_selesai"), script("x", "n = 1"), end()]
    refuse(draw(nodes, "mulai>isi>p>g>selesai; g>x: putusan == 'ya'; x>g"), "g", "tanpa henti")


@refused("sequenceFlow: conditionExpression", "Syarat di luar gerbang", "Syarat hanya dibaca pada alur keluar gerbang.")
def test_a_condition_on_the_flow_of_a_task_is_refused():
    refuse(draw([user("a"), end()], "mulai>isi>a; a>selesai: 1 == 1"), "a_selesai", "tidak akan dibaca")


@refused("sequenceFlow", "Dua alur keluar dari tugas", "Pakai gerbang untuk bercabang.")
def test_a_task_that_splits_is_refused():
    drawn = draw([user("a"), user("b"), end()], "mulai>isi>a>selesai; a>b>selesai")
    refuse(drawn, "a", "Pakai gerbang")
