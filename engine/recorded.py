"""What the events of a case recorded, as its forms see it: case columns, files, what is personal. Knows no storage.

Values are handed in as `seq -> name -> value`; one that was erased is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from engine.process.forms import CASE_COLUMNS, Form

Body = Mapping[str, Any]
Values = Mapping[int, Mapping[str, Any]]
FILLED_IN = ("task_completed", "message_received")  # events by which somebody filled in the form of an element
_SET_BESIDE = ("task_moved", "variable_set")  # events that set variables without a form


class Version(Protocol):
    """A deployment as far as its forms go."""

    @property
    def forms(self) -> Mapping[str, Form]:
        """By form key."""

    def form_of(self, element: str) -> Form:
        """The form of a user task."""


VersionOf = Callable[[str], Version]  # checksum -> deployment


def with_versions(bodies: Iterable[Body], version_of: VersionOf) -> Iterator[tuple[Body, Version]]:
    """Each event with the deployment it ran on."""
    checksum = ""
    for body in bodies:
        checksum = str(body.get("deployment", checksum))
        yield body, version_of(checksum)


def latest_version(bodies: Iterable[Body]) -> str:
    """Checksum of the deployment that the case runs on after these events."""
    return [str(body["deployment"]) for body in bodies if "deployment" in body][-1]


def form_at(body: Body, version: Version) -> Form | None:
    """The form that was filled in with this event, None for an event of another kind."""
    return version.form_of(str(body["element"])) if body["type"] in FILLED_IN else None


def personal_names(body: Body, version: Version) -> list[str]:
    """Names of an event's values that are erased with the case, sorted.

    What no form calls harmless is personal: free reasons, files, and whatever a later kind of event may bring.
    """
    form = form_at(body, version)
    harmless = form.properties if form is not None else {}
    return sorted(name for name in body["values"] if name not in harmless or _is_personal(harmless[name]))


def _is_personal(schema: Mapping[str, Any]) -> bool:
    return schema.get("x-pribadi") is True or "x-lampiran" in schema


def columns_after(events: Iterable[tuple[Body, Version]], values: Values) -> dict[str, Any]:
    """The case columns (`x-kasus`) that these events lead to."""
    columns: dict[str, Any] = dict.fromkeys(CASE_COLUMNS)
    for body, version in events:
        form = form_at(body, version)
        if form is not None:
            columns |= form.case_columns(values.get(body["seq"], {}))
        elif body["type"] in _SET_BESIDE:
            for each in version.forms.values():
                columns |= each.only(body["set"]).case_columns(body["set"])
    return columns


def files_in(events: Iterable[tuple[Body, Version]], values: Values) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every file that a value describes, with the key of its form and its field."""
    for body, version in events:
        form = form_at(body, version)
        for field in form.file_fields if form is not None else ():
            described: Sequence[Mapping[str, Any]] = values.get(body["seq"], {}).get(field, ())
            for each in described:
                yield form.key if form is not None else "", field, each
