"""Makes received files harmless, each in a process of its own with bounds. Knows no storage, no case and no decoder."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
SECONDS = 20.0  # then the process is killed
AT_ONCE = 2  # processes that a web process keeps; each may take the memory that engine.rewrite allows itself
_KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_BROKEN = "rusak atau tidak dapat dibaca. Kirim JPG, PNG, atau PDF."
_TOO_HEAVY = "terlalu rumit untuk dibuka dengan aman. Kirim berkas yang lebih sederhana, misalnya fotonya."
_turns = threading.BoundedSemaphore(AT_ONCE)


class FileRefused(ValueError):
    """The file cannot be accepted; the message names it and says why, in Indonesian."""


@dataclass(frozen=True)
class CleanFile:
    """What is stored in place of what was received."""

    media_type: str
    data: bytes


def clean_file(name: str, data: bytes) -> CleanFile:
    """Re-encode a JPEG, PNG or PDF without location data, scripts and attachments. Raises FileRefused."""
    if len(data) > MAX_BYTES:
        raise FileRefused(f"{name} melebihi 10 MB. Isian lain tersimpan.")
    if not data:
        raise FileRefused(f"{name} kosong. Pilih berkas lain.")
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise FileRefused(f"{name} belum dapat diterima. Kirim JPG, PNG, atau PDF.")
    try:
        with _turns:
            done = subprocess.run(
                [sys.executable, "-S", "-P", "-m", "engine.rewrite", kind],
                input=data, capture_output=True, timeout=SECONDS, check=False, env=_environment(),
            )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise FileRefused(f"{name} {_TOO_HEAVY}") from error
    if done.returncode != 0:
        raise FileRefused(f"{name} {_BROKEN if done.returncode == 1 else _TOO_HEAVY}")
    return CleanFile(kind, done.stdout)


def _environment() -> dict[str, str]:
    """Where the modules are found; without our secrets, for what is read there comes from anywhere."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), *sys.path]))}
