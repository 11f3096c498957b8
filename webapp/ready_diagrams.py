"""Diagrams that lie ready in `process/` beside the one that is named as its process. Knows no draft and no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.commands.deploy import read_forms
from engine.process.diagram import DiagramError, read
from engine.settings import FORMS, PROCESSES


def ready_diagrams(process_id: str) -> dict[str, Path]:
    """File name without its ending -> file, of those that draw this process under another name."""
    found: dict[str, Path] = {}
    for path in sorted(PROCESSES.glob("*.bpmn")):
        try:
            if path.stem != process_id and read(path.read_bytes()).process_id == process_id:
                found[path.stem] = path
        except (DiagramError, OSError):
            continue
    return found


def ready_content(path: Path) -> tuple[bytes, dict[str, Any]]:
    """Such a file and the forms that it uses."""
    xml, forms = path.read_bytes(), read_forms(FORMS, path)
    used = [each.form_key for each in read(xml).user_tasks if each.form_key]
    return xml, {key: forms[key] for key in used if key in forms}
