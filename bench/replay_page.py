"""How long an auditor waits for the replay of a long case, and for each step of it: server and browser together."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from bench.browser import served
from bench.measure import Samples, options, wanted_storages
from bench.office import PASSWORD, STORAGES, VALUES, Office, new_office, usable_storages
from engine.access import AUDITOR
from engine.commands.accounts import give_appointment, register_account
from engine.commands.complete_task import complete_task
from engine.commands.move_token import reopen_case
from engine.commands.open_case import open_case
from engine.store.database import transaction
from engine.store.models import Case, Task

EVENTS = 500
OPENS, STEP = 1000.0, 15.0  # the bars, in milliseconds: opening, and the median of the script time of one step
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
CONTACT = "auditor@ukur.test"
READY = """() => new MutationObserver((_, watch) => {
  const drawn = document.querySelector('.putar[data-sekarang] .putar-gambar[data-siap]');
  if (!drawn || !document.querySelector('.djs-element.berjalan, .djs-element.selesai')) return;
  window.siap = performance.now();
  watch.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true })"""
STEPS = """async (count) => {
  const axis = document.querySelector('.putar-jalur'), took = [];
  for (let each = 0; each < count; each += 1) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const from = performance.now();
    axis.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    took.push(performance.now() - from);
  }
  return took;
}"""


def make_case(office: Office, events: int) -> str:
    """A case of so many events, through the SOP and opened again, some hours from one to the next; its number."""
    now = START
    director = next(name for name, lane in office.diagram.lanes.items() if lane.moves)
    first, *later = office.diagram.user_tasks
    with transaction(office.database) as session:
        number = open_case(session, office.reporter, office.diagram.process_id, VALUES[first.id], now=now).number
    done = 0
    while done < events:
        now += timedelta(hours=3 + done % 5)
        with transaction(office.database) as session:
            case = session.scalars(select(Case).where(Case.number == number)).one()
            task = session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "open")).first()
            if task is None:
                reason = "Pelapor menyampaikan hal baru."
                reopen_case(session, office.people[director], number, later[0].id, reason, now=now)
            else:
                complete_task(session, office.people[task.lane], task.id, VALUES[task.element], now=now)
            session.flush()
            done = case.rev + 1
    return number


def appoint_auditor(office: Office) -> None:
    """Somebody who may look."""
    now = datetime.now(UTC)
    with transaction(office.database) as session:
        account = register_account(session, name="Auditor", contact=CONTACT, password=PASSWORD, now=now)
        give_appointment(
            session, account, role=AUDITOR, now=now, valid_from=date(2026, 1, 1), valid_until=date(2099, 1, 1),
            decree="1/2026",
        )  # fmt: skip


@contextmanager
def auditor_page(port: int) -> Iterator[Page]:
    """A page of Chromium in which the auditor is logged in."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        page = browser.new_context(
            base_url=f"http://127.0.0.1:{port}", viewport={"width": 1366, "height": 768}
        ).new_page()
        page.goto("/masuk")
        page.locator("[name=akun]").fill(CONTACT)
        page.locator("[name=sandi]").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url("**/audit")
        page.add_init_script(f"({READY})()")
        yield page
        browser.close()


def measure(office: Office, *, events: int, rounds: int) -> list[Samples]:
    """Open the page so many times, each time step through a third of it."""
    number = make_case(office, events)
    appoint_auditor(office)
    opens, steps = Samples("replay_open", office.storage), Samples("replay_step", office.storage)
    with tempfile.TemporaryDirectory(prefix="aduan-bench-") as folder:
        environment = {"ADUAN_VAR": folder, "ADUAN_DATABASE_URL": office.url, "ADUAN_DEMO": "0",
                       "ADUAN_SECRET_KEY": secrets.token_urlsafe(48)}  # fmt: skip
        with served("webapp.wsgi:app", environment) as port, auditor_page(port) as page:
            page.goto("/audit")  # everyone known, the style sheet at hand
            for each in range(rounds):
                query = urlencode({"langkah": 1 + each * (events // 3) % events})
                page.goto(f"/audit/{number}?{query}")
                page.wait_for_function("window.siap")
                opens.took.append(float(page.evaluate("window.siap")))
                steps.took += page.evaluate(STEPS, events // 3)
    return [opens, steps]


def table(found: list[Samples]) -> str:
    """For people, and whether the bars were held."""
    lines = [f"{'what':<12} {'storage':<11} {'p50 ms':>8} {'p95 ms':>8} {'times':>6}"]
    for each in found:
        bar = OPENS if each.what == "replay_open" else STEP
        word = "held" if each.p50 <= bar else "MISSED"
        numbers = f"{each.p50:>8.1f} {each.p95:>8.1f} {len(each.took):>6}"
        lines.append(f"{each.what:<12} {each.storage:<11} {numbers}  at most {bar:.0f}: {word}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = options(__doc__ or "", cases=1, rounds=3, storages=STORAGES)
    parser.add_argument("--events", type=int, default=EVENTS, help="of the case (%(default)s)")
    chosen = parser.parse_args()
    found: list[Samples] = []
    for storage in wanted_storages(chosen.storage, STORAGES, usable_storages()):
        with new_office(storage) as office:
            found += measure(office, events=chosen.events, rounds=chosen.rounds)
    rows = [
        {"what": each.what, "storage": each.storage, "p50_ms": round(each.p50, 3), "p95_ms": round(each.p95, 3)}
        for each in found
    ]
    print(json.dumps(rows, indent=2) if chosen.json else table(found))


if __name__ == "__main__":
    main()
