"""Where received files lie on the disk. Knows no table."""

from __future__ import annotations

from pathlib import Path

ERASED_NAME = "(dihapus)"  # what the row of an erased file is called; no received file may bear it


def path_of(folder: Path, file_id: str) -> Path:
    """Where a file lies: under its id, which we made, never under the name it came with."""
    return folder / file_id[:2] / file_id
