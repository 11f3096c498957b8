"""Service tasks: a named operation with parameters that can be filled in. Knows no values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.process.diagram import NOTIFY, OPERATION, REPORTER, Diagram, Element
from engine.process.forms import Form
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.graph import Graph
from engine.process.gate.reading import Reading
from engine.process.gate.values import closed_values
from engine.process.grammar import meant
from engine.process.operations import MAX_MESSAGE, OWN_NAMES, PARAMETERS, operation_of, templates_of


def service_findings(diagram: Diagram) -> Iterator[Finding]:
    """Operations that do not exist, and parameters that are missing, unknown or cannot be read."""
    for element in diagram.elements.values():
        if element.kind != "serviceTask":
            continue
        operation = operation_of(element)
        if operation not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            said = f"tidak mengenal operasi «{operation}»." if operation else "belum menyebut operasinya."
            yield _about(element, f"{said} Isi properti {OPERATION} dengan salah satu dari {known}."
                         f"{meant(operation, PARAMETERS) if operation else ''}")  # fmt: skip
            continue
        yield from _parameters(element, PARAMETERS[operation])
        yield from _texts(element)
        if operation == NOTIFY:
            yield from _recipient(diagram, element)


def _parameters(element: Element, known: Mapping[str, bool]) -> Iterator[Finding]:
    for key, needed in known.items():
        if needed and not element.properties.get(key, "").strip():
            yield _about(element, f"belum memuat {key}.")
    for key, value in element.properties.items():
        if key not in known and key != OPERATION:
            message = f"Properti «{key}» pada «{element.label}» tidak dibaca.{meant(key, known)}"
            yield warning(message, element.id, element.name)
        elif known.get(key) is False and value not in ("ya", ""):
            yield _about(element, f"{key} hanya dapat diisi ya, atau dikosongkan.")


def _texts(element: Element) -> Iterator[Finding]:
    for key, template in templates_of(element).items():
        if template.broken:
            yield _about(element, f"kurung kurawal pada {key} dekat «{template.broken}» bukan tempat isian. "
                         "Tulis {nama_isian}, tanpa spasi.")  # fmt: skip
        if key == "pesan" and len(template.text) > MAX_MESSAGE:
            yield _about(element, f"pesan paling panjang {MAX_MESSAGE} huruf.")


def _recipient(diagram: Diagram, element: Element) -> Iterator[Finding]:
    to = element.properties.get("kepada", "").strip()
    if to and to != REPORTER and to not in diagram.lanes:
        known = [REPORTER, *diagram.lanes]
        yield _about(element, f"penerima «{to}» bukan {REPORTER} dan bukan nama lajur.{meant(to, known)}")


def service_reading_findings(reading: Reading, forms: Mapping[str, Form]) -> Iterator[Finding]:
    """What the texts are filled from: variables that people may be told, fields that exist, at a time when they can."""
    diagram, graph = reading.diagram, reading.graph
    yield from _too_early(diagram, graph)
    for element in diagram.elements.values():
        if operation_of(element) == NOTIFY:
            yield from _told(element, reading, forms)
        elif operation_of(element):
            yield from _written(diagram, element, reading, forms)


def _too_early(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    first = diagram.first_task
    for node in sorted(graph.after(graph.starts, without=first.id if first else None)):
        element = diagram.elements.get(node)
        if element is not None and element.kind == "serviceTask":
            yield _about(element, "tidak dapat berjalan sebelum aduan dikirim. Letakkan sesudah tugas pertama.")


def _told(element: Element, reading: Reading, forms: Mapping[str, Form]) -> Iterator[Finding]:
    """A message leaves the office by mail: only what was chosen from a list or decided, never what was typed."""
    for name in sorted(element.message_names & reading.provided_anywhere):
        fields = [form.properties[name] for form in forms.values() if name in form.properties]
        if any(
            closed_values(each) is None and "x-pilihan" not in each and each.get("type") != "integer" for each in fields
        ):
            yield _about(element, f"pesan memuat isian bebas «{name}». Pesan dikirim lewat surel; muat hanya pilihan, "
                         "bilangan, atau hasil keputusan.")  # fmt: skip


def _written(diagram: Diagram, element: Element, reading: Reading, forms: Mapping[str, Form]) -> Iterator[Finding]:
    reporter = diagram.reporter_lane
    shown = element.properties.get("terbaca_pelapor") == "ya" and reporter is not None
    names = {name for each in templates_of(element).values() for name in each.names} - set(OWN_NAMES)
    for name in sorted(names):
        key, _, field = name.rpartition(".")
        sources = [(each, forms[each]) for each in forms if key in ("", each) and field in forms[each].properties]
        if not sources and (key or name not in reading.provided_anywhere):
            known = [*reading.provided_anywhere, *(f"{each}.{one}" for each in forms for one in forms[each].properties)]
            yield _about(
                element, f"naskah menyebut «{name}», yang tidak ada pada formulir mana pun.{meant(name, known)}"
            )
        hidden = [each for each, form in sources if shown and reporter and not _readable(diagram, form, field)]
        if hidden:
            yield _about(element, f"dokumen terbaca pelapor, tetapi «{field}» pada formulir «{hidden[0]}» tidak. "
                         "Tambahkan pelapor pada pembacanya, atau sebut formulirnya: {formulir.isian}.")  # fmt: skip


def _readable(diagram: Diagram, form: Form, name: str) -> bool:
    """Whether the reporter may read a field: one of his own forms, or one that names him."""
    reporter = diagram.reporter_lane
    own = any(
        each.lane == (reporter.name if reporter else "") for each in diagram.user_tasks if each.form_key == form.key
    )
    listed = "x-terlihat" in form.properties[name] and reporter is not None
    return own or (listed and form.readable_by(name, [reporter.name if reporter else ""]))


def _about(element: Element, message: str) -> Finding:
    return error(f"Tugas layanan «{element.label}» {message}", element.id, element.name)
