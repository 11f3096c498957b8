"""A simulation's own process: bounded in memory and processor time, one order in, situations out."""

from __future__ import annotations

import resource
import sys

import orjson

from engine.simulation.run import ALL_SECONDS, answer

MEMORY = 768 * 2**20  # bytes of address space
PROCESSOR_SECONDS = int(ALL_SECONDS) + 4  # the parent kills earlier; this is for a parent that died


def main() -> int:
    """Read an order from standard input, write the situations as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(answer(orjson.loads(sys.stdin.buffer.read())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
