"""Messages, signals, errors and escalations."""

from tests.breadth.play import refuse
from tests.breadth.rows import refused
from tests.process.drawing import Node, draw, end, user

FAMILY = "Pesan, sinyal, galat, eskalasi"
SIMPLE = "mulai>isi>a>selesai"


@refused("messageEventDefinition", "Kejadian pesan", "Belum didukung.")
def test_a_message_event_is_refused():
    drawn = [user("a"), end(), Node("m2", "startEvent", inner="<messageEventDefinition/>")]
    refuse(draw(drawn, SIMPLE), "m2", "kejadian pesan (messageEventDefinition) belum didukung")


@refused("signalEventDefinition", "Kejadian sinyal", "Belum didukung.")
def test_a_signal_event_is_refused():
    drawn = [user("a"), end(), Node("x", "boundaryEvent", "", {"attachedToRef": "a"}, "<signalEventDefinition/>")]
    refuse(draw(drawn, SIMPLE), "x", "kejadian sinyal (signalEventDefinition) belum didukung")


@refused("errorEventDefinition", "Kejadian galat", "Belum didukung.")
def test_an_error_event_is_refused():
    drawn = draw([user("a"), end("selesai", "<errorEventDefinition/>")], SIMPLE)
    refuse(drawn, "selesai", "kejadian galat (errorEventDefinition) belum didukung")


@refused("escalationEventDefinition", "Kejadian eskalasi", "Belum didukung.")
def test_an_escalation_event_is_refused():
    drawn = draw([user("a"), end("selesai", "<escalationEventDefinition/>")], SIMPLE)
    refuse(drawn, "selesai", "kejadian eskalasi (escalationEventDefinition) belum didukung")


@refused("sendTask", "Tugas kirim pesan", "Belum didukung.")
def test_a_send_task_is_refused():
    refuse(draw([Node("a", "sendTask"), end()], SIMPLE), "a", "tugas kirim pesan (sendTask) belum didukung")


@refused("receiveTask", "Tugas terima pesan", "Belum didukung.")
def test_a_receive_task_is_refused():
    refuse(draw([Node("a", "receiveTask"), end()], SIMPLE), "a", "tugas terima pesan (receiveTask) belum didukung")
