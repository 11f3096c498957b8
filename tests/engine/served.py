"""The SOP with a decision, two messages and a letter, on the committed forms."""

from tests.process.drawing import BPMN, SPIFF, Node, flows_xml, service, sop_with, table

LETTER = "Serang, {tanggal}\n\nYth. Pelapor aduan {isi_aduan.judul}\n\n{input_tanggapan.tanggapan}"
NODES = (
    table("tentukan", "jenis", "prioritas", [("'pengaduan'", "'tinggi'"), ("'informasi'", "'biasa'")]),
    service("beritahu", "kirim_pemberitahuan", kepada="Admin", pesan="Aduan {nomor}: {jenis}, prioritas {prioritas}."),
    service("surat", "buat_dokumen", judul_dokumen="Jawaban {nomor}", naskah=LETTER, terbaca_pelapor="ya"),
    service("kabari", "kirim_pemberitahuan", kepada="pelapor", pesan="Surat jawaban sudah dibuat."),
)  # fmt: skip
FLOWS = "tentukan>beritahu>jenis_laporan; surat>kabari>terima_jawaban"


def served_sop(*changes: tuple[str, str], nodes: tuple[Node, ...] = NODES) -> bytes:
    """The SOP in which a decision and a message follow the classification, a letter and a message the answer."""
    drawn = "".join(_in_its_own_space(each.xml()) for each in nodes)
    drawn += flows_xml(FLOWS).replace("<sequenceFlow", f'<sequenceFlow xmlns="{BPMN}"')
    text = sop_with(
        ('sourceRef="klasifikasi" targetRef="jenis_laporan"', 'sourceRef="klasifikasi" targetRef="tentukan"'),
        ('sourceRef="input_tanggapan" targetRef="terima_jawaban"', 'sourceRef="input_tanggapan" targetRef="surat"'),
        ("<bpmn:incoming>alur_terklasifikasi</bpmn:incoming>", ""),
        ("<bpmn:incoming>alur_jawaban_terkirim</bpmn:incoming>", ""),
        ("</bpmn:process>", f"{drawn}</bpmn:process>"),
        ("</bpmndi:BPMNPlane>", f"{''.join(map(_shape, nodes, range(len(nodes))))}</bpmndi:BPMNPlane>"),
    ).decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def _shape(node: Node, place: int) -> str:
    bounds = f'<dc:Bounds x="{400 + 160 * place}" y="820" width="120" height="60"/>'
    return f'<bpmndi:BPMNShape id="{node.id}_di" bpmnElement="{node.id}">{bounds}</bpmndi:BPMNShape>'


def _in_its_own_space(node: str) -> str:
    tag, _, rest = node.partition(" ")
    return f'{tag} xmlns="{BPMN}" xmlns:s="{SPIFF}" {rest}'
