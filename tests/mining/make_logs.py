"""Two hundred cases run by the engine without a timer's help, exported as XES; a copy in which steps were forged.

.venv/bin/python tests/mining/make_logs.py FOLDER        writes proses.bpmn, jujur.xes, palsu.xes
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from lxml import etree

from engine.export import xes_parts
from engine.queries.exports import Selection, exported_cases
from engine.settings import PROCESSES
from engine.store.database import snapshot
from engine.store.migrate import upgrade
from tests.engine.office import Office

CASES, FORGED, SEED = 200, 20, 7
NS = "{http://www.xes-standard.org/}"


def make(folder: Path) -> None:
    """Write the diagram and both logs."""
    rng, url = random.Random(SEED), f"sqlite:///{folder / 'kantor.db'}"
    upgrade(url)
    with Office.at(url, folder / "lampiran") as office:
        for _ in range(CASES):
            plain = rng.random() < 0.4
            office.finish(office.file_complaint(), **({"jenis": "informasi", "bidang": ""} if plain else {}))
        with snapshot(office.engine) as session:
            log = b"".join(xes_parts(exported_cases(session, Selection(), None), "jujur"))
    (folder / "jujur.xes").write_bytes(log)
    (folder / "palsu.xes").write_bytes(forge(log, rng))
    (folder / "proses.bpmn").write_bytes((PROCESSES / "aduan.bpmn").read_bytes())


def forge(log: bytes, rng: random.Random) -> bytes:
    """In some traces a completed step is left out, or done twice, or takes the place of another."""
    root = etree.fromstring(log)
    for trace in rng.sample(root.findall(f"{NS}trace"), FORGED):
        done = [each for each in trace.findall(f"{NS}event") if _value(each, "lifecycle:transition") == "complete"]
        victim, other = rng.sample(done[1:-1], 2)
        if rng.random() < 0.5:
            trace.remove(victim)
        else:
            names = [each.find(f"{NS}string[@key='concept:name']") for each in (victim, other)]
            first, second = (each.get("value") for each in names)
            names[0].set("value", second)
            names[1].set("value", first)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _value(event: etree._Element, key: str) -> str:
    return str(event.xpath(f"string(*[@key='{key}']/@value)"))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
