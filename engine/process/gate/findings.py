"""What the gate says: findings. Knows nothing of how they are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ERROR = "galat"
WARNING = "peringatan"


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `element` is an id of the file ('' when it concerns the whole), `name` what people call it."""

    severity: str  # "galat" (not deployable) or "peringatan"
    element: str
    name: str
    message: str  # one or two Indonesian sentences: what is wrong and how to mend it


def error(message: str, element: str = "", name: str = "") -> Finding:
    """A finding that keeps the diagram from being deployed."""
    return Finding(ERROR, element, name, message)


def warning(message: str, element: str = "", name: str = "") -> Finding:
    """A finding that people should read and may accept."""
    return Finding(WARNING, element, name, message)


def holds(findings: Iterable[Finding]) -> bool:
    """Whether nothing stands in the way of deploying."""
    return all(finding.severity != ERROR for finding in findings)
