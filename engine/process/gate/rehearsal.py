"""Sends the trial run into a process of its own that can be killed. Knows nothing of what the trial finds."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.process.gate.findings import Finding, error

SECONDS = 10.0  # then the process is killed
_KILLED = error(
    "Uji jalan tidak selesai dalam 10 detik dan dihentikan. Sederhanakan putaran dan cabang sejajar diagram."
)
_BROKEN = error("Uji jalan terhenti sebelum selesai (kehabisan memori atau waktu). Sederhanakan diagram.")


def rehearse(xml: bytes, schemas: Mapping[str, Any], seconds: float = SECONDS) -> list[Finding]:
    """What running the diagram on made-up answers shows. Answers in at most `seconds` and a little."""
    order = {"xml": base64.b64encode(xml).decode(), "forms": schemas}
    try:
        return list(_answers(json.dumps(order, sort_keys=True), seconds))
    except subprocess.TimeoutExpired:
        return [_KILLED]
    except (ValueError, KeyError, OSError):
        return [_BROKEN]


@lru_cache(maxsize=32)  # the answer depends on the files alone, and drafts are checked again and again
def _answers(order: str, seconds: float) -> tuple[Finding, ...]:
    # The modules are found as they are here, whatever the working directory of the server.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "engine.process.gate"],
        input=order.encode(),
        capture_output=True,
        timeout=seconds,
        check=False,
        env=environment,
    )
    if done.returncode != 0:
        raise ValueError(f"the trial ended with {done.returncode}")
    return tuple(Finding(**each) for each in json.loads(done.stdout))
