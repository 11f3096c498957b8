"""THIRD_PARTY_LICENSES.txt names every package that a running Aduan loads, at the installed version."""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime_packages() -> dict[str, str]:
    """Name -> version of everything that Aduan needs to run, however deep; its test extras left out."""
    found: dict[str, str] = {}
    waiting = [("aduan", frozenset[str]())]
    asked: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in asked:
            continue
        asked.add((name, extras))
        package = distribution(name)
        found[plain(name)] = package.version
        for text in package.requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in ("", *extras)):
                waiting.append((needed.name, frozenset(needed.extras)))
    del found["aduan"]
    return found


def test_every_runtime_package_is_in_the_list_of_licences():
    lines = (ROOT / "THIRD_PARTY_LICENSES.txt").read_text(encoding="utf-8").splitlines()
    listed = {tuple(line.split()[:2]) for line in lines}
    missing = sorted(set(runtime_packages().items()) - listed)
    assert not missing, f"add to THIRD_PARTY_LICENSES.txt: {missing}"


def test_every_runtime_package_is_pinned():
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {(plain(name), version) for name, _, version in (line.partition("==") for line in pins)}
    assert set(runtime_packages().items()) - pinned == set()
