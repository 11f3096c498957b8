"""Writes docs/bpmn.md from the rows: `python -m tests.breadth`."""

from pathlib import Path

from tests.breadth.rows import document

PLACE = Path(__file__).parents[2] / "docs" / "bpmn.md"

if __name__ == "__main__":
    PLACE.write_text(document(), encoding="utf-8")
