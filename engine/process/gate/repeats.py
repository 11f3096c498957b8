"""Tasks that are repeated for several people: only what the library carries through, and within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.process.diagram import Diagram, Element, Lane, MultiInstance
from engine.process.forms import Form
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.reading import parsed

MAX_REPEATS = 20


def repeat_findings(diagram: Diagram, forms: Mapping[str, Form]) -> Iterator[Finding]:
    """Multi-instance tasks that would get stuck, or that could repeat without bound."""
    for element in diagram.elements.values():
        multi = element.multi
        if multi is None:
            continue
        yield from (_about(element, message) for message in _shape(element, multi))
        yield from _answer(element, multi, forms)
        if multi.cardinality is not None:
            yield from _cardinality(element, multi.cardinality, forms)
        if multi.source is not None:
            yield from _source_list(element, multi.source, forms)
        lane = diagram.lanes.get(element.lane or "")
        if lane is not None and lane.unit_variable is not None:
            yield from _owner(element, multi, lane, lane.unit_variable)


def _owner(element: Element, multi: MultiInstance, lane: Lane, unit: str) -> Iterator[Finding]:
    if unit in (multi.answer, multi.result):
        yield _about(element, f"jawaban ulangan tidak boleh mengisi «{unit}», unit pemilik lajur «{lane.name}».")
    elif unit != multi.item and multi.source is not None:
        yield warning(
            f"«{element.label}»: semua ulangan menjadi milik satu unit. Bila tiap ulangan milik unitnya sendiri, beri "
            f"inputDataItem id «{unit}».", element.id, element.name,
        )  # fmt: skip


def _shape(element: Element, multi: MultiInstance) -> Iterator[str]:
    if element.kind != "userTask":
        yield "hanya tugas pengguna yang dapat diulang untuk beberapa orang."
    if (multi.cardinality is None) == (multi.source is None):
        yield "isi salah satu: jumlah (loopCardinality) atau daftar (loopDataInputRef)."
    if (multi.result is None) != (multi.answer is None):
        yield "loopDataOutputRef dan outputDataItem harus diisi berdua, atau tidak sama sekali."


def _answer(element: Element, multi: MultiInstance, forms: Mapping[str, Form]) -> Iterator[Finding]:
    form = forms.get(element.form_key or "")
    if multi.answer is None or form is None:
        return
    if multi.answer not in form.properties:
        yield _about(element, f"outputDataItem «{multi.answer}» bukan isian formulirnya.")
    elif multi.answer not in form.schema.get("required", []):
        yield _about(element, f"isian «{multi.answer}» yang dikumpulkan harus wajib diisi.")


def _cardinality(element: Element, text: str, forms: Mapping[str, Form]) -> Iterator[Finding]:
    names = parsed(text)
    if names is None:
        return
    if text.strip().isdecimal() and 1 <= int(text) <= MAX_REPEATS:
        return
    limits = [
        form.properties[text.strip()].get("maximum") for form in forms.values() if text.strip() in form.properties
    ]
    if not limits or any(not isinstance(each, int) or each > MAX_REPEATS for each in limits):
        yield _about(element, f"jumlahnya harus bilangan 1 sampai {MAX_REPEATS}, atau isian bilangan yang maximum-nya "
                     f"paling banyak {MAX_REPEATS}.")  # fmt: skip


def _source_list(element: Element, name: str, forms: Mapping[str, Form]) -> Iterator[Finding]:
    fields = [form.properties[name] for form in forms.values() if name in form.properties]
    if any(each.get("type") != "array" or each.get("maxItems", MAX_REPEATS + 1) > MAX_REPEATS for each in fields):
        yield _about(element, f"daftar «{name}» harus isian bertipe array dengan maxItems paling banyak {MAX_REPEATS}.")
    if fields and not any(name in _asked_for(form) for form in forms.values()):
        yield _about(element, f"daftar «{name}» harus wajib diisi.")


def _asked_for(form: Form) -> set[str]:
    """Fields that must be filled in, always or when another one says so."""
    rules = [rule.get("then", {}) for rule in form.schema.get("allOf", [])]
    return {name for each in [form.schema, *rules] for name in each.get("required", [])}


def _about(element: Element, message: str) -> Finding:
    return error(f"«{element.label}»: {message}", element.id, element.name)
