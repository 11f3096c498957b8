"""The rows of docs/bpmn.md: each is registered by the test that shows it. Knows no BPMN.

A new element or kind: in the file of its family write a test under `@runs(...)` or `@refused(...)`, then
`python -m tests.breadth`. A new family is a new file `test_<name>.py` with a `FAMILY`.
"""

from __future__ import annotations

import functools
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import tests.breadth

RUNS, REFUSED = "berjalan", "ditolak"
_HEAD = """# BPMN: apa yang berjalan

<!-- Dibuat dari uji di tests/breadth dengan `python -m tests.breadth`; jangan diubah dengan tangan. -->

Setiap baris dibuktikan oleh satu uji dengan satu diagram kecil. *Berjalan*: pemeriksaan meloloskannya dan mesin
menjalankannya sampai selesai. *Ditolak*: pemeriksaan menyebut elemennya dan cara menggantinya, sehingga diagram tidak
dapat diberlakukan; tidak ada yang diam-diam diabaikan. Ekstensi alat lain (camunda, zeebe, ...) tidak dibaca, dan
pemeriksaan memperingatkannya. Ungkapan di mana pun hanya
[bahasa ungkapan](panduan/ekspresi.md) sistem ini.
"""


@dataclass(frozen=True)
class Row:
    """One line of the table, and the test that shows it."""

    family: str
    tag: str  # as it stands in the file: userTask, or `boundaryEvent: timerEventDefinition`
    name: str  # what people call it
    verdict: str
    sentence: str
    test: str  # module.function


_rows: dict[str, list[Row]] = {}
_shown: set[str] = set()


def show(verdict: str) -> None:
    """A check of a diagram says here what it has shown; a row's test must show its own verdict."""
    _shown.add(verdict)


def _registering(verdict: str, tag: str, name: str, sentence: str) -> Callable[[Callable[..., None]], Any]:
    def register(test: Callable[..., None]) -> Callable[..., None]:
        module = sys.modules[test.__module__]

        @functools.wraps(test)
        def shown(*given: Any, **named: Any) -> None:
            _shown.clear()
            test(*given, **named)
            assert verdict in _shown, f"the row says {verdict}, its test has not shown it"

        place = f"{test.__module__.rpartition('.')[2]}.{test.__name__}"
        _rows.setdefault(module.__name__, []).append(Row(module.FAMILY, tag, name, verdict, sentence, place))
        return shown

    return register


def runs(tag: str, name: str, sentence: str) -> Callable[[Callable[..., None]], Any]:
    """A row of what runs: its test plays a diagram with `tests.breadth.play`."""
    return _registering(RUNS, tag, name, sentence)


def refused(tag: str, name: str, sentence: str) -> Callable[[Callable[..., None]], Any]:
    """A row of what the gate refuses: its test hands a diagram to `tests.breadth.play.refuse`."""
    return _registering(REFUSED, tag, name, sentence)


def every_row() -> list[Row]:
    """All rows, family by family, in the order of the files and of the tests in them."""
    names = sorted(each.name for each in pkgutil.iter_modules(tests.breadth.__path__) if each.name.startswith("test_"))
    found: list[Row] = []
    for name in names:
        module = import_module(f"tests.breadth.{name}")
        found += _rows.get(module.__name__, [])
    return found


def document() -> str:
    """docs/bpmn.md as it must be."""
    parts = [_HEAD]
    rows = every_row()
    for family in dict.fromkeys(each.family for each in rows):
        own = [each for each in rows if each.family == family]
        lines = [f"| {each.name} | {_code(each.tag)} | {each.verdict} | {each.sentence} |" for each in own]
        parts.append(f"## {family}\n\n| Elemen | Di berkas | | Keterangan |\n|---|---|---|---|\n" + "\n".join(lines))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _code(tag: str) -> str:
    return ", ".join(f"`{each.strip()}`" for each in tag.split(","))
