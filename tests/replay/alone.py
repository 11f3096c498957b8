"""Replays a folder of histories in a process of its own: `python -m tests.replay.alone FOLDER`. Status 1: diverged."""

import sys
from pathlib import Path

from engine.process.spiff import check_injection
from tests.replay.histories import check, load_all


def main(folder: Path) -> None:
    """Print how many events of each history came out the same."""
    check_injection()
    for history in load_all(folder):
        print(history.name, check(history))  # noqa: T201  # the caller reads it


if __name__ == "__main__":
    main(Path(sys.argv[1]))
