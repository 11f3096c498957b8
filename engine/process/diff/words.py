"""What things of a diagram are called in the SOP's Indonesian. Compares nothing."""

from __future__ import annotations

from engine.process.diagram import Element
from engine.process.diff.change import quoted

KINDS = {
    "userTask": "tugas dengan formulir", "manualTask": "tugas tanpa formulir", "scriptTask": "perhitungan otomatis",
    "task": "tugas tanpa jenis", "serviceTask": "tugas layanan", "sendTask": "kirim pesan",
    "receiveTask": "terima pesan", "businessRuleTask": "aturan bisnis", "callActivity": "panggilan proses",
    "subProcess": "subproses", "transaction": "transaksi", "adHocSubProcess": "subproses ad hoc",
    "exclusiveGateway": "gerbang pilihan (satu jalan)", "inclusiveGateway": "gerbang pilihan (bisa beberapa jalan)",
    "parallelGateway": "gerbang serentak (semua jalan)", "eventBasedGateway": "gerbang kejadian",
    "complexGateway": "gerbang kompleks", "startEvent": "mulai", "endEvent": "akhir",
    "boundaryEvent": "kejadian pada tepi langkah", "intermediateCatchEvent": "penantian",
    "intermediateThrowEvent": "kejadian antara",
}  # fmt: skip
EVENTS = {
    "timerEventDefinition": "pengatur waktu", "terminateEventDefinition": "mengakhiri seluruh proses",
    "messageEventDefinition": "pesan", "signalEventDefinition": "sinyal", "errorEventDefinition": "galat",
    "escalationEventDefinition": "eskalasi", "conditionalEventDefinition": "syarat", "linkEventDefinition": "tautan",
    "compensateEventDefinition": "kompensasi", "cancelEventDefinition": "pembatalan",
}  # fmt: skip
TIMER_KINDS = {"timeDate": "sampai tanggal", "timeCycle": "berulang"}
STANDARD = frozenset({"kelengkapan", "waktu", "output"})  # Mutu Baku
PROPERTIES = {
    "kelengkapan": "kelengkapan", "waktu": "waktu", "output": "output",
    "uraian": "uraian kegiatan", "status": "kalimat status", "hasil": "kalimat hasil",
    "formKey": "formulir", "nomor": "nomor SOP", "judul": "judul SOP", "unit_kerja": "unit kerja",
    "dasar_hukum": "dasar hukum", "kualifikasi_pelaksana": "kualifikasi pelaksana", "keterkaitan": "keterkaitan",
    "peralatan": "peralatan/perlengkapan", "peringatan": "peringatan",
    "pencatatan_pendataan": "pencatatan dan pendataan", "penanggung_jawab": "penanggung jawab",
    "waktu_total": "waktu seluruhnya", "operasi": "yang dikerjakan", "kepada": "penerima", "pesan": "pesan",
    "judul_dokumen": "judul dokumen", "naskah": "naskah dokumen", "terbaca_pelapor": "terbaca pelapor",
}  # fmt: skip
SEES = {"semua": "semua aduan", "unit": "aduan unitnya", "milik": "aduannya sendiri", "": "tidak ditentukan"}
RIGHTS = {
    "identity": "melihat identitas pelapor", "on_behalf": "mencatat aduan atas nama pelapor",
    "moves": "memindahkan aduan", "no_deadline": "bekerja tanpa batas waktu",
}  # fmt: skip
REPEATS = {
    "cardinality": "jumlah perulangan", "source": "daftar yang diulang", "item": "nama isi daftar",
    "result": "daftar hasil", "answer": "nama hasil tiap perulangan", "until": "syarat cukup",
}  # fmt: skip


def called(element: Element) -> str:
    """What people call an element; one without a name by what it is and its id."""
    word = KINDS.get(element.kind, element.kind).partition(" ")[0]
    return element.name or f"{word} {element.id}"


def property_word(key: str) -> str:
    """What the SOP calls a property; one that it does not know keeps its name."""
    return PROPERTIES.get(key, f"properti {key}")


def owner_words(owner: str) -> str:
    """Whose the tasks of a swimlane are."""
    if owner.startswith("unit:"):
        return f"unit menurut isian {owner.removeprefix('unit:')}"
    return {"": "semua pemegang peran", "pelapor": "pelapor"}.get(owner, owner)


def listed(names: list[str]) -> str:
    """«a», «b» dan «c»."""
    told = [quoted(each) for each in names]
    return " dan ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else "".join(told)
