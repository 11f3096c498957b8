"""What posting a task's form costs, session and CSRF included, next to a bare view with the same writes."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # this folder on the path would put this very file before the standard library's http
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import secrets
import tempfile
from functools import partial

from bench.browser import Browser, served
from bench.measure import Bar, Samples, options, report, wanted_storages
from bench.office import PASSWORD, STORAGES, VALUES, Office, contact_of, new_office, usable_storages
from bench.ways import Floor, Ours

BAR = Bar("task_post", "bare_view", 3.0)
WARM_UP = 2  # cases beforehand: statements compiled, the deployment read, everyone known


class Desk:
    """Both servers on one database, and everyone logged in."""

    def __init__(self, office: Office, web_port: int, bare_port: int) -> None:
        self.cases, self.rows = Ours(office), Floor(office)
        self.bare = Browser(bare_port)
        self.people = {name: Browser(web_port) for name in office.diagram.lanes}
        for name, lane in office.diagram.lanes.items():
            self.people[name].log_in(contact_of(lane), PASSWORD)

    def run_case(self, web: Samples, bare: Samples) -> None:
        """Take a fresh case to its end; each post has its bare twin, first or second in turn."""
        case, row = self.cases.open(), self.rows.open()
        turn = 0
        while (step := self.cases.next_step(case)) is not None:
            person, path = self.people[step.lane], f"/tugas/{step.task}"
            body = person.filled_in(path, VALUES[step.element])
            posts = [(web, person, path), (bare, self.bare, f"/langkah/{row}")]
            self.bare.get("/healthz")  # both connections are open and awake
            for samples, browser, where in posts if turn % 2 else reversed(posts):
                samples.time(partial(browser.post, where, body))
            turn += 1


def measure(office: Office, *, cases: int, rounds: int) -> list[Samples]:
    """Time both posts, step by step in turn."""
    web, bare = Samples("task_post", office.storage), Samples("bare_view", office.storage)
    with tempfile.TemporaryDirectory(prefix="aduan-bench-") as folder:
        environment = {"ADUAN_VAR": folder, "ADUAN_DATABASE_URL": office.url, "ADUAN_DEMO": "0",
                       "ADUAN_SECRET_KEY": secrets.token_urlsafe(48)}  # fmt: skip
        with served("webapp.wsgi:app", environment) as web_port, served("bench.bare:app", environment) as bare_port:
            desk = Desk(office, web_port, bare_port)
            for _ in range(WARM_UP):
                desk.run_case(Samples("", ""), Samples("", ""))
            for _ in range(cases * rounds):
                desk.run_case(web, bare)
    return [bare, web]


def main() -> None:
    """Measure and print."""
    chosen = options(__doc__, cases=4, rounds=5, storages=STORAGES).parse_args()
    samples: list[Samples] = []
    for storage in wanted_storages(chosen.storage, STORAGES, usable_storages()):
        with new_office(storage) as office:
            samples += measure(office, cases=chosen.cases, rounds=chosen.rounds)
    report(samples, BAR.than, BAR, as_json=chosen.json)


if __name__ == "__main__":
    main()
