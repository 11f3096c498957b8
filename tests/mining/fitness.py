"""Hold exported logs against the diagram with pm4py, in an environment of its own: pm4py is AGPL, Aduan never loads it.

.venv-pm4py/bin/python tests/mining/fitness.py FOLDER        exit 0: the honest log fits, the forged one does not
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import pm4py  # noqa: E402

HONEST, FORGED = "jujur.xes", "palsu.xes"


def main(folder: Path) -> int:
    """Print what was found; the exit status."""
    net = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(folder / "proses.bpmn")))
    found = {name: fitness(folder / name, net) for name in (HONEST, FORGED)}
    for name, (cases, fit, perfect) in found.items():
        sys.stdout.write(f"{name}: {cases} cases, fitness {fit:.4f}, {perfect} fit perfectly\n")
    held = found[HONEST][1] == 1.0 and found[FORGED][1] < 1.0
    sys.stdout.write("held\n" if held else "MISSED\n")
    return 0 if held else 1


def fitness(path: Path, net: tuple[object, object, object]) -> tuple[int, float, int]:
    """Cases, average fitness of their alignments, and how many fit perfectly. Completions only."""
    log = pm4py.read_xes(str(path))
    done = log[log["lifecycle:transition"] == "complete"]
    aligned = pm4py.conformance_diagnostics_alignments(done, *net)
    values = [each["fitness"] for each in aligned]
    return len(values), sum(values) / len(values), sum(value == 1.0 for value in values)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
