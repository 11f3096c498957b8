"""docs/bpmn.md says what the tests beside this one show, all of it, and nothing else."""

import inspect
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from engine.process.gate import support
from tests.breadth.__main__ import PLACE
from tests.breadth.rows import document, every_row

# Of other kinds of drawing than a process: no tool puts them into one.
ELSEWHERE = {
    "choreographyTask", "subChoreography", "callChoreography", "event", "eventDefinition", "implicitThrowEvent",
}  # fmt: skip


def test_the_document_is_what_its_command_writes():
    assert PLACE.read_text(encoding="utf-8") == document(), "run: python -m tests.breadth"


def test_every_row_is_shown_by_its_own_test():
    rows = every_row()
    places = [each.test for each in rows]
    assert len(rows) > 50
    assert len(set(places)) == len(places)
    for place in places:
        module, _, name = place.partition(".")
        assert name.startswith("test_")
        assert inspect.isfunction(getattr(import_module(f"tests.breadth.{module}"), name))
    for each in rows:
        assert re.fullmatch(r"[A-Z`].*[.]", each.sentence), each


def test_every_element_of_the_standard_has_a_row():
    named = set(re.findall(r"\w+", " ".join(each.tag for each in every_row())))
    missing = _of_the_schema() - named - ELSEWHERE
    assert not missing
    assert not set(support._NODES) - named


def _of_the_schema() -> set[str]:
    place = find_spec("SpiffWorkflow")
    assert place is not None
    assert place.submodule_search_locations is not None
    schema = Path(place.submodule_search_locations[0]) / "bpmn/parser/schema/Semantic.xsd"
    groups = "flowElement|artifact|eventDefinition|loopCharacteristics"
    return set(re.findall(rf'<xsd:element name="(\w+)"[^>]*substitutionGroup="(?:{groups})"', schema.read_text()))
