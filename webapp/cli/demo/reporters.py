"""The citizens of the demo: who files, and how one reaches them; knows no database."""

from __future__ import annotations

import random
from dataclasses import dataclass

from webapp.cli.demo.stories import people, read
from webapp.cli.demo.topics import course

_CASES_EACH = 3  # of those who file themselves
_KNOWN = 300  # in a thousand, the accounts of `akun.json`
_FIRST = 101  # number of the first made-up address, well behind those of `akun.json`


@dataclass
class Reporter:
    """Somebody who files. `account_id` is set once the account is there."""

    name: str
    contact: str = ""  # e-mail address, telephone number or nothing
    logs_in: bool = False
    account_id: str | None = None


class Reporters:
    """Deals out reporters: some file again, who comes to the counter comes once."""

    def __init__(self, rng: random.Random, cases: int) -> None:
        self.rng = rng
        self.known = {each.email: Reporter(each.name, each.email, True) for each in people() if not each.appointments}
        self._walk_ins: dict[str, Reporter] = {}
        self._names: set[str] = set()
        self._made = 0
        entries = course()["saluran"]
        self._contacts = {each["saluran"]: each["kontak"] for each in entries}
        share = entries[0]["bagian"] / sum(each["bagian"] for each in entries)
        self._pool = [self._new("web", logs_in=True) for _ in range(max(2, round(cases * share / _CASES_EACH)))]

    def told(self, email: str, walk_in: str | None) -> Reporter:
        """The reporter of a story told by hand."""
        if walk_in is None:
            return self.known[email]
        return self._walk_ins.setdefault(walk_in, Reporter(walk_in))

    def draw(self, channel: str) -> Reporter:
        """Somebody for a case that comes this way."""
        if channel != "web":
            return self._new(channel, logs_in=False)
        if self.rng.random() * 1000 < _KNOWN:
            return self.rng.choice(list(self.known.values()))
        return self.rng.choice(self._pool)

    def _new(self, channel: str, *, logs_in: bool) -> Reporter:
        self._made += 1
        kind = self.rng.choice(self._contacts[channel])
        # 0800 is no prefix of mobile phones: the numbers belong to nobody.
        contact = {"surel": f"warga{_FIRST + self._made}@demo.test", "hp": f"0800{5550000 + self._made}"}.get(kind, "")
        return Reporter(self._name(), contact, logs_in)

    def _name(self) -> str:
        people_names = read("kata.json")["orang"]
        while True:
            name = f"{self.rng.choice(people_names['depan'])} {self.rng.choice(people_names['belakang'])}"
            if name not in self._names:
                self._names.add(name)
                return name
