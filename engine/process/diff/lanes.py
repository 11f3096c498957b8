"""What differs in the file as a whole and in its swimlanes: the SOP's header, roles and their rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from engine.process import diagram as diagrams
from engine.process.diagram import Lane
from engine.process.diff import remainder
from engine.process.diff.change import Change, Subject, quoted
from engine.process.diff.normal import length, prose
from engine.process.diff.pairing import Pairs
from engine.process.diff.side import Side
from engine.process.diff.words import RIGHTS, SEES, owner_words, property_word

_KNOWN = frozenset({"pemilik", "melihat", "identitas", "atas_nama", "memindah", "tanpa_tenggat"})


def whole_changes(old: Side, new: Side) -> Iterator[Change]:
    """The process itself: its id, its name, the SOP's header."""
    before, now = old.diagram, new.diagram
    whole = Subject("", "SOP")
    if before.process_id != now.process_id:
        yield whole.changed("process_id", "kode proses", (before.process_id, now.process_id))
    if prose(before.name) != prose(now.name):
        yield whole.changed("process_name", "nama proses", (before.name, now.name))
    for change in property_changes(whole, before.properties, now.properties):
        yield replace(change, kind="header")
    yield from rest_changes(whole, (old.process, remainder.of_file(old)), (new.process, remainder.of_file(new)))


def lane_changes(old: Side, new: Side, pairs: Pairs) -> Iterator[Change]:
    """Roles that came, went, are called otherwise or may do other things."""
    before, now = old.diagram.lanes, new.diagram.lanes
    for name, lane in before.items():
        if name not in pairs.lanes:
            yield Subject(lane.id, name).went("lane", "peran", name, f"Peran «{name}» dihapus")
    back = {new_name: name for name, new_name in pairs.lanes.items()}
    for name, lane in now.items():
        if name in back:
            yield from _of_lane(old, new, back[name], name)
            continue
        sentence = (
            f"Peran baru «{name}»: tugas milik {owner_words(lane.owner)}, melihat {SEES.get(lane.sees, lane.sees)}"
        )
        rights = [words for key, words in RIGHTS.items() if getattr(lane, key)]
        yield Subject(lane.id, name).came("lane", "peran", name, ", ".join([sentence, *rights]))


def _of_lane(old: Side, new: Side, old_name: str, name: str) -> Iterator[Change]:
    before, now = old.diagram.lanes[old_name], new.diagram.lanes[name]
    lane = Subject(now.id, f"Peran {name}")
    if old_name != name:
        told = f"Peran {old_name}: kini bernama {quoted(name)}"
        yield replace(lane.changed("lane_name", "nama peran", (old_name, name)), sentence=told)
    yield from _rights(lane, before, now)
    nodes = old.lane_nodes[old_name], new.lane_nodes[name]
    others = [{k: v for k, v in diagrams.properties_of(node).items() if k not in _KNOWN} for node in nodes]
    yield from property_changes(lane, others[0], others[1])
    rests = (nodes[0], remainder.of_lane(old, old_name)), (nodes[1], remainder.of_lane(new, name))
    yield from rest_changes(lane, *rests)


def _rights(lane: Subject, before: Lane, now: Lane) -> Iterator[Change]:
    if before.owner != now.owner:
        yield lane.changed("right", "pemilik tugas", (owner_words(before.owner), owner_words(now.owner)))
    if before.sees != now.sees:
        sees = SEES.get(before.sees, before.sees), SEES.get(now.sees, now.sees)
        yield lane.changed("right", "melihat", sees)
    for key, words in RIGHTS.items():
        had, has = getattr(before, key), getattr(now, key)
        if had != has:
            told = f"{'kini' if has else 'tidak lagi'} {words}"
            yield lane.changed("right", words, ("ya" if had else "tidak", "ya" if has else "tidak"), told)


def property_changes(subject: Subject, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    """Properties with another value; an empty one is none."""
    for key in dict.fromkeys([*now, *before]):
        one, other = prose(before.get(key, "")), prose(now.get(key, ""))
        same = length(one) == length(other) if key in ("waktu", "waktu_total") else one == other
        if not same:
            yield _of_property(subject, key, one, other)


def _of_property(subject: Subject, key: str, one: str, other: str) -> Change:
    word = property_word(key)
    sentence = f"{word} {shortened(one, other)}" if key in ("waktu", "waktu_total") and one and other else ""
    return subject.changed("property", word, (one, other), sentence)


def shortened(one: str, other: str) -> str:
    """3 → 2 hari, when the unit is the same."""
    number, _, unit = one.partition(" ")
    _, _, other_unit = other.partition(" ")
    return f"{number if unit and unit.lower() == other_unit.lower() else one} → {other}"


Rest = tuple[etree._Element | None, remainder.Canon]


def rest_changes(subject: Subject, before: Rest, now: Rest) -> Iterator[Change]:
    """The notes of a node, and that in it which has no words of its own."""
    notes = remainder.documentation(before[0]), remainder.documentation(now[0])
    if notes[0] != notes[1]:
        yield subject.changed("note", "catatan", notes)
    if before[1] != now[1]:
        told = "keterangan teknis berubah"
        yield subject.changed("technical", "keterangan teknis", map(_spelled, (before[1], now[1])), told)


def _spelled(rest: remainder.Canon) -> str:
    return repr(rest)[:500] if any(rest) else ""
