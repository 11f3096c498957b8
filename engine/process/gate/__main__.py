"""The trial run's own process: bounded in memory and processor time, one order in, findings out."""

from __future__ import annotations

import base64
import json
import resource
import sys
from dataclasses import asdict

MEMORY = 768 * 2**20  # bytes of address space
PROCESSOR_SECONDS = 15  # the parent kills earlier; this is for a parent that died


def main() -> int:
    """Read an order from standard input, write the findings as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    order = json.load(sys.stdin)
    from engine.process.gate.trial import trial

    findings = trial(base64.b64decode(order["xml"]), order["forms"])
    json.dump([asdict(each) for each in findings], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
