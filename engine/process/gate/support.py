"""Which of BPMN this system runs, and what of the file would be ignored or read twice. Knows no forms."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.process.decisions import SPACES
from engine.process.diagram import BPMN, SPIFF
from engine.process.gate.findings import Finding, error, warning

_NODES = {
    "startEvent", "endEvent", "userTask", "manualTask", "scriptTask", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "subProcess", "boundaryEvent", "intermediateCatchEvent", "serviceTask", "businessRuleTask",
    "intermediateThrowEvent", "receiveTask", "callActivity",
}  # fmt: skip
_PARTS = {
    "extensionElements", "documentation", "incoming", "outgoing", "laneSet", "lane", "childLaneSet", "flowNodeRef",
    "sequenceFlow", "conditionExpression", "script", "timerEventDefinition", "terminateEventDefinition",
    "messageEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
    "timeDuration", "timeDate", "timeCycle", "textAnnotation", "text", "association", "group", "auditing", "monitoring",
    "multiInstanceLoopCharacteristics", "loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem",
    "outputDataItem", "completionCondition", "rendering", "humanPerformer", "performer", "potentialOwner",
    "resourceRole", "resourceRef", "resourceAssignmentExpression", "formalExpression", "ioSpecification", "inputSet",
    "outputSet", "supportedInterfaceRef",
}  # fmt: skip
_NAMES = {
    "task": "tugas tanpa jenis (jadikan User Task)", "sendTask": "tugas kirim pesan",
    "eventBasedGateway": "gerbang berbasis kejadian", "complexGateway": "gerbang kompleks",
    "transaction": "transaksi", "adHocSubProcess": "subproses ad hoc", "property": "properti BPMN",
    "compensateEventDefinition": "kejadian kompensasi",
    "conditionalEventDefinition": "kejadian bersyarat", "linkEventDefinition": "kejadian tautan",
    "cancelEventDefinition": "kejadian pembatalan", "dataObject": "objek data", "dataObjectReference": "objek data",
    "dataStoreReference": "penyimpanan data", "dataInput": "masukan data", "dataOutput": "keluaran data",
    "dataInputAssociation": "aliran data", "dataOutputAssociation": "aliran data",
    "standardLoopCharacteristics": "perulangan tugas (gambar perulangan dengan gerbang)",
    "eventDefinitionRef": "rujukan kejadian", "callChoreography": "koreografi",
}  # fmt: skip
_EVENTS = {
    "startEvent": {"timerEventDefinition"},
    "endEvent": {"terminateEventDefinition", "messageEventDefinition", "errorEventDefinition",
                 "escalationEventDefinition"},
    "boundaryEvent": {"timerEventDefinition", "messageEventDefinition", "signalEventDefinition",
                      "errorEventDefinition", "escalationEventDefinition"},
    "intermediateCatchEvent": {"timerEventDefinition", "messageEventDefinition", "signalEventDefinition"},
    "intermediateThrowEvent": {"messageEventDefinition", "signalEventDefinition", "escalationEventDefinition"},
}  # fmt: skip
_TRIGGERS = {
    "timerEventDefinition": "pengatur waktu", "terminateEventDefinition": "berhenti total",
    "messageEventDefinition": "kejadian pesan", "signalEventDefinition": "kejadian sinyal",
    "errorEventDefinition": "kejadian galat", "escalationEventDefinition": "kejadian eskalasi",
}  # fmt: skip
# What to draw instead of what the library runs wrongly or not at all.
_RATHER = {
    ("startEvent", "messageEventDefinition"): "Mulai tanpa pemicu, lalu tunggu pesannya dengan kejadian antara.",
    ("startEvent", "signalEventDefinition"): "Mulai tanpa pemicu, lalu tunggu sinyalnya dengan kejadian antara.",
    ("startEvent", "errorEventDefinition"): "Tangkap galatnya dengan peristiwa batas pada subproses.",
    ("startEvent", "escalationEventDefinition"): "Tangkap eskalasinya dengan peristiwa batas pada subproses.",
    ("endEvent", "signalEventDefinition"): "Lempar sinyalnya dengan kejadian antara tepat sebelum selesai.",
    ("intermediateThrowEvent", "errorEventDefinition"): "Galat dilempar peristiwa selesai di dalam subproses.",
    ("boundaryEvent", "terminateEventDefinition"): "Berhenti total hanya pada peristiwa selesai.",
}
_YES_NO = ("isExecutable", "cancelActivity", "isInterrupting", "isSequential", "triggeredByEvent", "parallelMultiple")
_VENDORS = {
    "http://camunda.org/schema/1.0/bpmn": "camunda", "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://activiti.org/bpmn": "activiti", "http://flowable.org/bpmn": "flowable",
    "http://www.jboss.org/drools": "drools", "http://www.omg.org/bpmn20": "jbpm",
}  # fmt: skip
_MEANT = {
    "formKey": "Tulis sebagai properti formKey.",
    "formDefinition": "Tulis sebagai properti formKey.",
    "formData": "Buat formulirnya sebagai berkas forms/<formKey>.json.",
    "candidateGroups": "Pelaksana ditentukan lajurnya.",
    "candidateUsers": "Pelaksana ditentukan lajurnya.",
    "assignee": "Pelaksana ditentukan lajurnya.",
    "assignmentDefinition": "Pelaksana ditentukan lajurnya.",
    "dueDate": "Waktu baku ditulis sebagai properti waktu.",
    "properties": "Tulis sebagai spiffworkflow:properties.",
}
# Of SpiffWorkflow's own.
_INSTEAD = {
    "serviceTaskOperator": "Tulis operasinya sebagai properti operasi.",
    "calledDecisionId": "Isi tabel keputusannya di penyunting, atau impor berkas DMN.",
}
# The library looks these up anywhere below the process, so a copy inside an extension would be run unseen.
_SEARCHED = ("sequenceFlow", "boundaryEvent", "dataObjectReference", "dataStoreReference", "script")
_PEOPLE = {"humanPerformer", "performer", "potentialOwner", "resourceRole"}


def support_findings(root: etree._Element) -> list[Finding]:
    """Everything in the file that is not run, is ignored, or could be read in two ways."""
    found: dict[Finding, None] = {}
    for node in root.iter():
        tag: object = node.tag  # a function where the node is a comment, an entity or an instruction
        if isinstance(tag, str):
            found.update(dict.fromkeys(_of_node(node)))
    return list(found)


def _of_node(node: etree._Element) -> Iterator[Finding]:
    namespace, _, tag = node.tag[1:].rpartition("}") if node.tag.startswith("{") else ("", "", node.tag)
    owner = _owner(node)
    id_, name = (owner.get("id", ""), " ".join(owner.get("name", "").split())) if owner is not None else ("", "")
    label = name or id_
    extension = next(node.iterancestors(f"{BPMN}extensionElements"), None)
    if extension is None and f"{{{namespace}}}" == BPMN and _in_process(node):
        yield from (error(message, id_, name) for message in _bpmn_messages(node, tag, label))
        if tag in _PEOPLE:
            yield warning(f"Penugasan orang pada «{label}» tidak dibaca. Pelaksana ditentukan lajurnya.", id_, name)
    elif extension is None and tag.startswith("correlation") and f"{{{namespace}}}" == BPMN:
        yield error("Korelasi pesan tidak dibaca: pesan selalu dialamatkan kepada satu aduan dan satu elemen. Hapus.")
    elif extension is not None:
        yield from _of_extension(node, namespace, tag, extension, (id_, name))
    for key in node.attrib:
        yield from _of_attribute(str(key), label, id_, name)


def _bpmn_messages(node: etree._Element, tag: str, label: str) -> Iterator[str]:
    known = tag in _NODES or tag in _PARTS
    if not known:
        yield f"«{label}»: {_NAMES.get(tag, tag)} ({tag}) belum didukung. Ganti dengan elemen lain."
    elif tag in _EVENTS:
        yield from _event_messages(node, tag, label)
    if tag == "conditionExpression" and node.get("language"):
        yield f"Syarat pada alur «{label}» menyebut bahasa ungkapan lain. Hapus atribut language."
    if node.get("instantiate") == "true":
        yield f"«{label}»: proses tidak dapat dimulai pesan. Hapus atribut instantiate."
    for key in _YES_NO:
        if node.get(key, "true") not in ("true", "false"):
            yield f"Atribut {key} pada «{label}» harus ditulis true atau false."
    if node.get("isForCompensation") == "true":
        yield f"«{label}»: tugas kompensasi belum didukung."
    if tag in ("serviceTask", "businessRuleTask") and (node.get("implementation") or node.get("operationRef")):
        yield f"«{label}» menyebut layanan luar (implementation). Hapus; yang berjalan hanya yang bernama di sini."
    if node.get("startQuantity", "1") != "1" or node.get("completionQuantity", "1") != "1":
        yield f"«{label}»: startQuantity dan completionQuantity belum didukung."


def _event_messages(node: etree._Element, tag: str, label: str) -> Iterator[str]:
    definitions = [str(each.tag).rpartition("}")[2] for each in node if str(each.tag).endswith("EventDefinition")]
    if len(definitions) > 1:
        yield f"«{label}» memuat lebih dari satu pemicu. Sisakan satu."
    for each in definitions:
        if each in _TRIGGERS and each not in _EVENTS[tag]:
            instead = _RATHER.get((tag, each), "")
            yield f"«{label}»: {_TRIGGERS[each]} ({each}) tidak didukung pada {tag}. {instead}".rstrip()
    if tag in ("boundaryEvent", "intermediateCatchEvent") and not definitions:
        yield f"«{label}» belum memuat pemicu: pilih pengatur waktu, pesan, atau sinyal."
    if tag == "intermediateThrowEvent" and not definitions:
        yield f"«{label}» belum menyebut yang dilempar: pilih pesan, sinyal, atau eskalasi."


def _of_extension(
    node: etree._Element, namespace: str, tag: str, extension: etree._Element, who: tuple[str, str]
) -> Iterator[Finding]:
    label = who[1] or who[0]
    if f"{{{namespace}}}" == BPMN or tag in _SEARCHED:
        yield error(f"Ekstensi pada «{label}» menyembunyikan elemen BPMN ({tag}). Hapus.", *who)
    elif f"{{{namespace}}}" == SPIFF:
        if tag not in ("properties", "property"):
            yield error(
                f"Ekstensi spiffworkflow:{tag} pada «{label}» tidak didukung. {_INSTEAD.get(tag, 'Hapus.')}", *who
            )
    elif namespace in SPACES and tag == "decisionTable" and not _of_a_rule(extension):
        yield error(f"Tabel keputusan pada «{label}» tidak dibaca. Letakkan pada tugas aturan bisnis.", *who)
    elif namespace in _VENDORS and node.getparent() is extension:
        yield _ignored(namespace, tag, label, who)


def _of_a_rule(extension: etree._Element) -> bool:
    owner = extension.getparent()
    return owner is not None and owner.tag == f"{BPMN}businessRuleTask"


def _of_attribute(key: str, label: str, id_: str, name: str) -> Iterator[Finding]:
    namespace, _, attribute = key[1:].rpartition("}") if key.startswith("{") else ("", "", key)
    if f"{{{namespace}}}" == SPIFF:
        yield error(f"Atribut spiffworkflow:{attribute} pada «{label}» tidak didukung. Hapus.", id_, name)
    elif f"{{{namespace}}}" == BPMN:
        yield error(f"Atribut bpmn:{attribute} pada «{label}» harus ditulis tanpa awalan.", id_, name)
    elif namespace in _VENDORS and id_:
        yield _ignored(namespace, attribute, label, (id_, name))


def _ignored(namespace: str, what: str, label: str, who: tuple[str, str]) -> Finding:
    advice = _MEANT.get(what, "Hapus bila tidak diperlukan.")
    return warning(f"{_VENDORS[namespace]}:{what} pada «{label}» tidak dibaca sistem ini. {advice}", *who)


def _in_process(node: etree._Element) -> bool:
    return next(node.iterancestors(f"{BPMN}process"), None) is not None


def _owner(node: etree._Element) -> etree._Element | None:
    """What people see in the diagram and `node` belongs to; None for the file's own frame and the drawing."""
    extension = next(node.iterancestors(f"{BPMN}extensionElements"), None)
    current = extension.getparent() if extension is not None else node
    while current is not None:
        tag = str(current.tag).rpartition("}")[2]
        if current.get("id") and (tag in _NODES or tag in ("sequenceFlow", "lane", "process", "task") or tag in _NAMES):
            return current
        current = current.getparent()
    return None
