"""What counts as a reading and in which stream it stands; knows neither storage nor pages.

Reading never touches a case's own stream: whoever looks leaves the trace with himself, one stream a person and day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from engine.history.event import moment_from
from engine.worktime.instants import WIB

PREFIX = "baca/"
CONSOLE = "konsol"  # in place of an account: whoever sits at the machine's command line
SAME = timedelta(minutes=10)  # within it the same person reading the same again is one reading

ReadKind = Literal[
    "case_read",  # the page of a case or of one of its tasks
    "list_searched",  # cases looked for; the words are a value
    "data_exported",
    "bundle_made",
    "file_downloaded",
    "identities_read",  # names and contacts of reporters beside their cases
    "trace_read",  # this trace itself
]
KINDS: tuple[str, ...] = get_args(ReadKind)
# Those with words of a search never are.
COALESCED: tuple[ReadKind, ...] = ("case_read", "list_searched", "identities_read", "trace_read")


def stream_of(reader: str, at: datetime) -> str:
    """The stream of a reader (account id, or CONSOLE) on the day, in Jakarta, of this instant."""
    return f"{PREFIX}{reader}/{at.astimezone(WIB).date().isoformat()}"


def named_cases(body: Mapping[str, Any]) -> list[str]:
    """Ids of the cases that a reading names; an export of a period names none."""
    return [body["case"]] if body.get("case") else list(body.get("cases", ()))


def reading_rows(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What finds a reading again: a row for each case that its event names, one with an empty case when it names none.

    Raises KeyError, ValueError for a body that is none of a reading.
    """
    found = {"stream": body["stream"], "seq": body["seq"], "kind": body["type"], "reader": body["actor"]}
    cases = dict.fromkeys(named_cases(body)) or ("",)
    return [{**found, "at": moment_from(body["at"]), "case_id": each} for each in cases]
