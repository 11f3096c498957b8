"""Cases as an event log in XES (IEEE 1849), in parts, so that memory stays flat. Knows the format, not the office."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from engine.export.steps import Case, Entry

_PART = 64 * 1024  # characters
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 knows no such character
HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value="-"/></global>
<global scope="event"><string key="concept:name" value="-"/>\
<string key="lifecycle:transition" value="complete"/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>
<classifier name="Langkah" keys="concept:name"/>
<classifier name="Langkah dan keadaan" keys="concept:name lifecycle:transition"/>
<string key="lifecycle:model" value="standard"/>
"""


def xes_parts(cases: Iterable[Case], name: str) -> Iterator[bytes]:
    """The file in parts. `name` says what was exported; events without a person have no `org:resource`."""
    parts, size = [HEAD, _string("concept:name", name), "\n"], 0
    for case in cases:
        parts.append(_trace(case))
        size += len(parts[-1])
        if size > _PART:
            yield "".join(parts).encode()
            parts, size = [], 0
    parts.append("</log>\n")
    yield "".join(parts).encode()


def _trace(case: Case) -> str:
    about = [_string("concept:name", case.number), _string("saluran", case.channel), _date("dibuka", case.opened_at)]
    if case.closed_at:
        about += [_date("ditutup", case.closed_at), _string("hasil", case.outcome)]
    return f"<trace>{''.join(about)}\n{''.join(map(_event, case.entries))}</trace>\n"


def _event(entry: Entry) -> str:
    said = (
        f'{_string("concept:name", entry.activity)}<string key="concept:instance" value={_quoted(entry.task)}/>'
        f'<string key="lifecycle:transition" value="{entry.transition}"/>'
        f"{_date('time:timestamp', entry.at)}{_string('org:role', entry.role)}{_string('kode', entry.element)}"
        f'<int key="versi" value="{entry.version}"/>'
    )
    if entry.resource:
        said += _string("org:resource", entry.resource)
    if entry.unit:
        said += _string("org:group", entry.unit)
    if entry.standard:
        said += _string("waktu_baku", entry.standard)
    if entry.worked is not None:
        said += f'<int key="menit_kerja" value="{entry.worked}"/>'
    if entry.late is not None:
        said += f'<boolean key="terlambat" value="{"true" if entry.late else "false"}"/>'
    if entry.contents:
        said += f'<string key="isian" value={_quoted(entry.contents)}/>'
    return f"<event>{said}</event>\n"


@lru_cache(maxsize=8192)
def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={_quoted(value)}/>'


def _date(key: str, at: str) -> str:
    """An instant to the millisecond, as the standard's tools read it."""
    return f'<date key="{key}" value="{at[:23]}+00:00"/>'


def _quoted(text: str) -> str:
    if text.isascii() and text.isalnum():  # ids, of which there are many
        return f'"{text}"'
    return quoteattr(_FORBIDDEN.sub("\ufffd", text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
