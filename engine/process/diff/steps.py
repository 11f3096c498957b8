"""What differs in the steps, gateways and events of two versions, flows apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from engine.process.diagram import Element, Flow, MultiInstance
from engine.process.diff import remainder
from engine.process.diff.change import Change, Subject, quoted
from engine.process.diff.decisions import decision_changes
from engine.process.diff.lanes import property_changes, rest_changes, shortened
from engine.process.diff.normal import expression, prose, script, time_words
from engine.process.diff.pairing import Pairs
from engine.process.diff.side import Side
from engine.process.diff.words import EVENTS, KINDS, REPEATS, STANDARD, TIMER_KINDS, called

_CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess", "callActivity"})


def step_changes(old: Side, new: Side, pairs: Pairs) -> Iterator[Change]:
    """Elements that came, in the order of the new diagram with what changed in the others, then those that went."""
    back = {now: before for before, now in pairs.elements.items()}
    for id_, element in new.diagram.elements.items():
        if id_ in back:
            yield from _of_element(old, new, old.diagram.elements[back[id_]], element, pairs)
        else:
            told = f"{_sort(element)} baru {_described(new, element)}"
            yield Subject(id_, called(element)).came("step", "langkah", called(element), told)
    for id_, element in old.diagram.elements.items():
        if id_ not in pairs.elements:
            told = f"{_sort(element)} dihapus: {_described(old, element)}"
            yield Subject(id_, called(element)).went("step", "langkah", called(element), told)


def is_work(element: Element) -> bool:
    """Whether its swimlane means something; of gateways and events it is only where they are drawn."""
    return element.kind in _CONTAINERS or element.kind == "task" or element.kind.endswith("Task")


def _sort(element: Element) -> str:
    if element.kind in _CONTAINERS:
        return "Subproses"
    return "Langkah" if is_work(element) else "Gerbang" if element.kind.endswith("Gateway") else "Kejadian"


def _described(side: Side, element: Element) -> str:
    """Where it stands: «Periksa» (Admin), sesudah «A», dilanjutkan ke «B»."""
    told = f"{quoted(called(element))} ({element.lane or KINDS.get(element.kind, element.kind)})"
    if element.attached_to:
        told += f" pada {quoted(side.label(element.attached_to))}"
    if element.timer is not None:
        told += f", waktu tunggu {_timer(element)}"
    if waktu := element.properties.get("waktu"):
        told += f", waktu {waktu}"
    before = sorted({quoted(side.label(flow.source)) for flow in side.arriving.get(element.id, ())})
    after = [_onward(side, element, flow) for flow in side.leaving.get(element.id, ())]
    told += f", sesudah {', '.join(before)}" if before else ""
    return told + (f", dilanjutkan ke {', '.join(after)}" if after else "")


def _onward(side: Side, element: Element, flow: Flow) -> str:
    told = quoted(side.label(flow.target))
    if flow.id == element.default:
        return f"{told} (bila tidak ada syarat lain)"
    return f"{told} bila {quoted(flow.condition)}" if flow.condition else told


def _of_element(old: Side, new: Side, before: Element, now: Element, pairs: Pairs) -> Iterator[Change]:
    subject = Subject(now.id, called(now))
    if before.id != now.id:
        told = f"kode langkah {quoted(before.id)} menjadi {quoted(now.id)}"
        yield subject.changed("code", "kode langkah", (before.id, now.id), told)
    if before.name != now.name:
        told = f"{called(before)}: kini bernama {quoted(called(now))}"
        yield replace(subject.changed("name", "nama", (before.name, now.name)), sentence=told)
    if before.kind != now.kind:
        yield subject.changed("type", "jenis", (KINDS.get(each.kind, each.kind) for each in (before, now)))
    yield from _places(old, new, before, now, pairs)
    yield from _behaviour(subject, before, now)
    yield from _repeats(subject, before.multi, now.multi)
    yield from decision_changes(subject, before.decision, now.decision)
    for change in property_changes(subject, before.properties, now.properties):
        kind = "standard" if change.what in STANDARD else "form_key" if change.what == "formulir" else change.kind
        yield replace(change, kind=kind)
    rests = remainder.of_element(old, before.id), remainder.of_element(new, now.id)
    yield from rest_changes(subject, (old.nodes.get(before.id), rests[0]), (new.nodes.get(now.id), rests[1]))


def _places(old: Side, new: Side, before: Element, now: Element, pairs: Pairs) -> Iterator[Change]:
    subject = Subject(now.id, called(now))
    moved = (is_work(before) or is_work(now)) and pairs.lane(before.lane) != now.lane
    if moved and not _moved_with_parent(old, new, before, now, pairs):
        told = f"dari {before.lane or 'luar lajur'} ke {now.lane or 'luar lajur'}"
        yield subject.changed("role", "pelaksana", (before.lane or "", now.lane or ""), told, "pindah")
    if pairs.element(before.parent) != now.parent:
        labels = old.label(before.parent), new.label(now.parent)
        into = f"masuk ke dalam {quoted(labels[1])}" if now.parent else f"keluar dari {quoted(labels[0])}"
        yield subject.changed("subprocess", "subproses", labels, into, "pindah")
    if pairs.element(before.attached_to) != now.attached_to:
        hosts = old.label(before.attached_to), new.label(now.attached_to)
        told = f"kini pada {quoted(hosts[1])}, semula pada {quoted(hosts[0])}" if all(hosts) else ""
        yield subject.changed("attachment", "tempat", hosts, told, "pindah")


def _moved_with_parent(old: Side, new: Side, before: Element, now: Element, pairs: Pairs) -> bool:
    """Whether the subprocess around it went from the same swimlane to the same: then that is said once."""
    one, other = old.element(before.parent), new.element(now.parent)
    if one is None or other is None or pairs.element(one.id) != other.id:
        return False
    return (one.lane, other.lane) == (before.lane, now.lane)


def _behaviour(subject: Subject, before: Element, now: Element) -> Iterator[Change]:
    yield from _beyond(subject, before, now)
    if before.event != now.event:
        yield subject.changed("event", "kejadian", map(_event, (before, now)))
    elif before.timer_kind != now.timer_kind:
        yield subject.changed("timer", "waktu tunggu", map(_timer, (before, now)))
    elif expression(before.timer) != expression(now.timer):
        words = time_words(before.timer), time_words(now.timer)
        plain = "".join(words).replace(" ", "").isalnum()
        told = f"waktu tunggu {shortened(*words)}" if plain else ""
        yield subject.changed("timer", "waktu tunggu", words, told)
    if before.interrupting != now.interrupting:
        told = "kini menghentikan langkahnya" if now.interrupting else "tidak lagi menghentikan langkahnya"
        stops = [("ya" if each.interrupting else "tidak") for each in (before, now)]
        yield subject.changed("interrupting", "menghentikan", stops, told)
    if before.triggered_by_event != now.triggered_by_event:
        starts = [("kejadian" if each.triggered_by_event else "alur") for each in (before, now)]
        yield subject.changed("trigger", "dimulai oleh", starts)
    if script(before.script) != script(now.script):
        yield subject.changed("script", "perhitungan", (prose(before.script or ""), prose(now.script or "")))


def _beyond(subject: Subject, before: Element, now: Element) -> Iterator[Change]:
    """What it calls, waits for or throws."""
    if before.called != now.called:
        yield subject.changed("type", "proses yang dipanggil", (before.called or "", now.called or ""))
    elif before.called_version != now.called_version:
        versions = before.called_version or "", now.called_version or ""
        yield subject.changed("type", f"versi proses {quoted(now.called or '')}", versions)
    if before.event == now.event and before.event_name != now.event_name:
        what = EVENTS.get(now.event or "", "kejadian")
        yield subject.changed("event", what, (before.event_name or "", now.event_name or ""))


def _timer(element: Element) -> str:
    if element.timer is None:
        return ""
    return f"{TIMER_KINDS.get(element.timer_kind or '', '')} {time_words(element.timer)}".strip()


def _event(element: Element) -> str:
    return f"{EVENTS.get(element.event or '', element.event or '')} {_timer(element)}".strip()


def _repeats(subject: Subject, before: MultiInstance | None, now: MultiInstance | None) -> Iterator[Change]:
    if before == now:
        return
    if before is None or now is None:
        told = "kini dikerjakan berulang" if now else "tidak lagi dikerjakan berulang"
        words = _repeated(before), _repeated(now)
        yield subject.changed("repeat", "perulangan", words, f"{told} ({''.join(words)})")
        return
    if before.sequential != now.sequential:
        yield subject.changed("repeat", "urutan perulangan", (_manner(before), _manner(now)))
    for name in (each.name for each in fields(MultiInstance) if each.name in REPEATS):
        one, other = getattr(before, name) or "", getattr(now, name) or ""
        if expression(one) != expression(other):
            yield subject.changed("repeat", REPEATS[name], (one, other))


def _manner(multi: MultiInstance) -> str:
    return "satu per satu" if multi.sequential else "serentak"


def _repeated(multi: MultiInstance | None) -> str:
    if multi is None:
        return ""
    told = [f"{REPEATS[key]} {quoted(value)}" for key in REPEATS if (value := getattr(multi, key))]
    return ", ".join([_manner(multi), *told])
