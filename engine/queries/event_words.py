"""What happened to a case, in words: the name of each kind of event, and the facts that its body states.

Knows bodies of events, not who may read them: what people typed as values stays with the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.queries.recorded_values import Names, shown_value
from engine.store.deployments import Deployed

TYPES = {
    "case_opened": "Aduan dibuka",
    "task_completed": "Tugas diselesaikan",
    "task_claimed": "Tugas diambil",
    "task_released": "Tugas dilepaskan",
    "task_moved": "Tugas dialihkan",
    "message_received": "Pesan diterima",
    "timer_fired": "Batas waktu terlewati",
    "case_withdrawn": "Aduan ditarik",
    "case_cancelled": "Aduan dibatalkan",
    "case_reopened": "Aduan dibuka kembali",
    "case_erased": "Isi dihapus",
    "move_proposed": "Pemindahan diusulkan",
    "move_declined": "Usulan pemindahan ditolak",
    "token_moved": "Aduan dipindah ke langkah lain",
    "variable_set": "Isian diperbaiki",
    "incident_raised": "Aduan tertahan",
    "incident_retried": "Aduan tertahan dicoba lagi",
    "incident_skipped": "Sebab tertahan dilewati",
    "case_migrated": "Dipindah ke versi SOP lain",
    "news_delivered": "Kabar disampaikan kepada pelapor",
}
# Done beside the diagram: what a case's page lists apart from its steps.
BESIDE = (
    "task_moved", "move_proposed", "move_declined", "token_moved", "variable_set", "case_withdrawn", "case_cancelled",
    "case_reopened", "incident_raised", "incident_retried", "incident_skipped", "news_delivered",
    "case_migrated",
)  # fmt: skip
BASES = {"permintaan": "permintaan pelapor", "retensi": "masa simpan berakhir"}


class EventWords:
    """The events of one case in words."""

    def __init__(
        self, version: Deployed, bodies: Iterable[Mapping[str, Any]], people: Mapping[str, str], labels: Names
    ) -> None:
        self._version, self._people, self._labels = version, people, labels
        self._bodies = {body["seq"]: body for body in bodies}
        opened = (task for body in self._bodies.values() for task in body.get("effects", {}).get("opened", ()))
        self._elements = {task["id"]: task["element"] for task in opened}

    def title(self, body: Mapping[str, Any]) -> str:
        """What happened."""
        if body["type"] == "move_declined" and self._proposal(body).get("actor") == body.get("actor"):
            return "Usulan pemindahan ditarik pengusulnya"
        if body["type"] == "case_cancelled" and self._otherwise(body):
            return "Aduan ditutup"
        return TYPES.get(str(body["type"]), str(body["type"]))

    def facts(self, body: Mapping[str, Any], *, values: bool = True) -> list[str]:
        """What its body says beyond that. Without `values` nothing that a form recorded."""
        said = getattr(self, f"_{body['type']}", None)
        if body["type"] == "variable_set" and not values:
            return [self._set(body)[0]]
        own = list(said(body)) if said is not None else []
        return own + [self.service(each, values=values) for each in body.get("effects", {}).get("services", ())]

    def service(self, effect: Mapping[str, Any], *, values: bool = True) -> str:
        """What a service task did. Without `values` not in which words."""
        label = self._label(effect["element"])
        if "text" not in effect:
            return f"dokumen dibuat otomatis: {label}"
        to = " ".join(
            filter(None, (str(effect.get("lane", "pelapor")), self._labels["unit"].get(effect.get("unit", ""), "")))
        )
        return f"pemberitahuan dikirim kepada {to}" + (f": «{effect['text']}»" if values else "")

    def steps_of(self, body: Mapping[str, Any]) -> str:
        """The steps that were open when a move was proposed."""
        names = dict.fromkeys(self._elements.get(task, "") for task in body.get("tasks", ()))
        return " dan ".join(self._label(name) for name in names if name)

    @staticmethod
    def _otherwise(body: Mapping[str, Any]) -> bool:
        """Closed another way than by plain cancelling."""
        return bool(body.get("way", "dibatalkan") != "dibatalkan")

    def _label(self, element: object) -> str:
        found = self._version.diagram.elements.get(str(element))
        return found.label if found is not None else str(element)

    def _proposal(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._bodies.get(body.get("proposal"), {})

    def _way(self, proposal: Mapping[str, Any]) -> str:
        source, target = self.steps_of(proposal), self._label(proposal.get("target", ""))
        return f"dari {source} ke {target}" if source else f"ke {target}"

    def _move_proposed(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield self._way(body)

    def _move_declined(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield self._way(self._proposal(body))

    def _token_moved(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield self._way(self._proposal(body))
        yield f"diusulkan {self._people.get(str(body.get('proposer')), 'orang lain')}"

    def _case_reopened(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield f"mulai dari {self._label(body['element'])}"

    def _task_moved(self, body: Mapping[str, Any]) -> Iterable[str]:
        units = self._labels["unit"]
        for unit in body["set"].values():
            yield f"dari {units.get(str(body.get('from')), str(body.get('from')))} ke {units.get(str(unit), str(unit))}"

    def _message_received(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield f"«{body['name']}» bagi {self._label(body['element'])}"

    def _case_migrated(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield f"dari versi {body['versions'][0]} ke versi {body['versions'][1]}"

    def _case_cancelled(self, body: Mapping[str, Any]) -> Iterable[str]:
        if self._otherwise(body):
            yield body["effects"]["outcome"]

    def _set(self, body: Mapping[str, Any]) -> tuple[str, str, str]:
        """Title of a variable, its old and its new value."""
        ((name, new),) = body["set"].items()
        form = next((each for each in self._version.forms.values() if name in each.properties), None)
        if form is None:
            return name, str(body.get("from")), str(new)
        shown = [
            "(kosong)" if value is None else shown_value(form, name, value, self._labels).text
            for value in (body.get("from"), new)
        ]
        return str(form.properties[name].get("title", name)), shown[0], shown[1]

    def _variable_set(self, body: Mapping[str, Any]) -> Iterable[str]:
        title, old, new = self._set(body)
        yield f"{title}: dari {old} menjadi {new}"

    def _incident_raised(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield str(body.get("message", ""))

    def _incident_retried(self, body: Mapping[str, Any]) -> Iterable[str]:
        yield "disusun ulang dari riwayatnya" if body.get("rebuilt") else "berjalan lagi"

    def _incident_skipped(self, body: Mapping[str, Any]) -> Iterable[str]:
        element = body.get("element")
        yield f"batas waktu {self._label(element)} tidak akan jatuh lagi" if element else "tanda tertahan dihapus"

    def _case_erased(self, body: Mapping[str, Any]) -> Iterable[str]:
        basis = str(body.get("basis", ""))
        yield BASES.get(basis, basis)
        yield f"{sum(map(len, body.get('erased', {}).values()))} isian"
        if body.get("files"):
            yield f"{len(body['files'])} berkas"
