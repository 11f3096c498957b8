"""The gate: what must hold before a diagram with its forms may be deployed. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.process import diagram as diagrams
from engine.process.gate.findings import Finding, error, holds
from engine.process.runtime import Program, RunError, compile_specs

__all__ = ["Finding", "check", "holds"]


def check(xml: bytes, forms: Mapping[str, Any], held_roles: frozenset[str] | None = None) -> list[Finding]:
    """Everything to mend."""
    try:
        diagram = diagrams.read(xml)
        Program(diagram, compile_specs(xml, diagram.process_id))
    except diagrams.DiagramError as wrong:
        return [error(wrong.message, wrong.element)]
    except RunError as wrong:
        return [error(str(wrong))]
    missing = [task for task in diagram.user_tasks if not isinstance(forms.get(task.form_key or ""), dict)]
    return [error(f"Formulir «{task.form_key}» tidak ada.", task.id, task.label) for task in missing]
