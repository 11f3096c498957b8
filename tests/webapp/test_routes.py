"""Every route is marked; the public ones stand in a committed list; a matrix of role x route x own or foreign case."""

import re
from pathlib import Path

import pytest

from tests.webapp.site import Site

HERE = Path(__file__).parent
METHODS = ("GET", "POST")
EVERYONE = ("pelapor", "warga", "admin", "ketua", "bidang.sd", "bidang.smp", "proses", "auditor", "pimpinan", "sistem")


def routes(site: Site) -> list[tuple[str, str, str]]:
    found = []
    for rule in site.app.url_map.iter_rules():
        found += [(method, str(rule), rule.endpoint) for method in METHODS if method in (rule.methods or ())]
    return sorted(found)


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_the_list_of_routes_is_the_committed_one(site: Site) -> None:
    assert [f"{method} {rule}" for method, rule, _ in routes(site)] == lines("routes.txt")


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_only_the_listed_routes_are_public(site: Site) -> None:
    views = site.app.view_functions
    unmarked = [rule for _, rule, name in routes(site) if name != "static" and not hasattr(views[name], "access")]
    assert unmarked == []
    public = [
        f"{method} {rule}"
        for method, rule, name in routes(site)
        if name == "static" or getattr(views[name], "access", "") == "public"
    ]
    assert public == lines("public_routes.txt")


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_visitors_reach_no_other_route(site: Site) -> None:
    visitor = site.visitor()
    public = set(lines("public_routes.txt"))
    for method, rule, _ in routes(site):
        if f"{method} {rule}" in public:
            continue
        path = re.sub(r"<int:\w+>", "1", rule)
        answer = visitor.client.open(path, method=method)
        expected = 303 if method == "GET" else 401
        assert answer.status_code == expected, (method, rule)


# Who may GET what. `own` is the reporter's case at the Bidang SD; everyone not named gets 404.
MATRIX = {
    "/aduan": EVERYONE,
    "/tugas": EVERYONE,
    "/proses": tuple(name for name in EVERYONE if name not in ("pelapor", "warga")),
    "/proses/aduan/1": tuple(name for name in EVERYONE if name not in ("pelapor", "warga")),
    "/proses/aduan/1/diagram.bpmn": EVERYONE,
    "/laporan": ("ketua", "auditor", "pimpinan"),
    "/audit": ("auditor",),
    "/audit/{own}": ("auditor",),
    "/audit/{own}/kronologi": ("auditor",),
    "/audit/{own}/kronologi.docx": ("auditor",),
    "/kelola": ("sistem",),
    "/kelola/tertahan": ("sistem",),
    "/aduan/{own}": ("pelapor", "admin", "ketua", "bidang.sd", "proses", "auditor", "pimpinan"),
    "{task}": ("bidang.sd",),
    "/aduan/ADU-2026-999999": (),
    "/audit/ADU-2026-999999": (),
}


def test_the_matrix_of_roles_and_routes(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    task = site.task_path(number)
    wrong = []
    for pattern, allowed in MATRIX.items():
        for name in EVERYONE:
            status = site.person(name).get(pattern.format(own=number, task=task)).status_code
            if status != (200 if name in allowed else 404):
                wrong.append((pattern, name, status))
    assert wrong == []


def test_who_reads_what_of_a_case(site: Site) -> None:
    number = site.bring_to("tanggapi_aduan")
    words = {"contents": "tidak ada tanda terima", "name": "Nama pelapor", "note": "Mohon diperiksa"}
    expected = {
        "pelapor": {"contents"},
        "admin": {"contents", "name", "note"},
        "ketua": {"contents", "note"},
        "bidang.sd": {"contents", "note"},
        "proses": set(),
        "auditor": {"contents", "note"},
        "pimpinan": {"contents", "note"},
    }
    for name, allowed in expected.items():
        page = site.person(name).get(f"/aduan/{number}").get_data(as_text=True).split("<main")[1]
        seen = {what for what, text in words.items() if text in page}
        assert seen - ({"name"} if name == "pelapor" else set()) == allowed, name


def test_headers_protect_every_page(site: Site) -> None:
    for path in ("/", "/masuk", "/aduan/baru", "/tidak-ada"):
        answer = site.visitor().get(path)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
    assert site.person("pelapor").get("/aduan").headers["Cache-Control"] == "no-store"


def test_health_and_metrics(site: Site) -> None:
    health = site.visitor().get("/healthz")
    assert health.status_code == 200
    assert health.json["pekerja"]["keadaan"] == "berhenti"
    assert site.visitor().get("/metrics").status_code == 404
    answer = site.visitor().get("/metrics", headers={"Authorization": f"Bearer {site.settings.metrics_token}"})
    assert b"aduan_open_tasks" in answer.data
