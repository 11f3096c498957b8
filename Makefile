# Needs Python 3.11 or newer, make and git; the rest is fetched into .venv.
# Another Python: make PYTHON=/path/to/python3 run

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
NEW_ENOUGH := import sys; raise SystemExit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
endif

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check install --constraint constraints.txt
PINS := pyproject.toml constraints.txt
CHECKED := $(wildcard engine webapp bench tests)
# A virtual environment holds absolute paths: a checkout that was moved, or whose Python went away, gets a new one.
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(VENV)/place 2>/dev/null),$(CURDIR))
MOVED := moved
endif

.PHONY: help setup run test test-long lint bench frontend release-files moved test-pm4py

help:
	@echo "make run        start Aduan with demo data on http://127.0.0.1:8000"
	@echo "make test       all tests, browser and PostgreSQL included"
	@echo "make test-long  the tests that take minutes"
	@echo "make lint       style, types, imports, templates"
	@echo "make bench      speed against the floor"
	@echo "make frontend   rebuild webapp/static/dist (needs node and npm)"
	@echo "make release-files  dist/: verify.py and its SHA-256, to be published with a release"
	@echo "make test-pm4py  exported logs read by pm4py, in an environment of its own"
	@echo "make setup      only prepare .venv"

setup: $(VENV)/ready

$(VENV)/place: $(MOVED)
	@test -n "$(PYTHON)" || { echo "Aduan needs Python 3.11 or newer: make PYTHON=/path/to/python3 run" >&2; exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) is older than 3.11: make PYTHON=/path/to/python3 run" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu run:" >&2; \
		echo "    sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Preparing $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@echo "$(CURDIR)" > $@

$(VENV)/ready: $(VENV)/place $(PINS)
	@echo "Installing Aduan (about a minute the first time) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/ready-test: $(VENV)/ready
	@echo "Installing what the tests need ..."
	@$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/ready-lint: $(VENV)/ready-test
	@echo "Installing what the checks need ..."
	@$(PIP) --editable '.[test,lint]'
	@touch $@

run: setup
	@ADUAN_DEMO=1 exec $(BIN)/aduan run

# .ci/system-packages says on its standard output which suites this machine cannot run.
test: $(VENV)/ready-test
	@without=$$(.ci/system-packages) && exec $(BIN)/python -m pytest -q -n 2 -m "not long$$without" $(ARGS)

test-long: $(VENV)/ready-test
	@without=$$(.ci/system-packages) && exec $(BIN)/python -m pytest -q -m "long$$without" $(ARGS)

# pm4py is AGPL: it lives in an environment of its own, reads files only, and Aduan never loads it.
test-pm4py: $(VENV)/ready-test
	@test -x .venv-pm4py/bin/python || $(PYTHON) -m venv .venv-pm4py
	@.venv-pm4py/bin/python -m pip install --quiet --disable-pip-version-check pm4py
	@rm -rf .venv-pm4py/log && mkdir .venv-pm4py/log
	$(BIN)/python tests/mining/make_logs.py .venv-pm4py/log
	.venv-pm4py/bin/python tests/mining/fitness.py .venv-pm4py/log

lint: $(VENV)/ready-lint
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet webapp/templates

# PostgreSQL is measured where it is found; what is missing is said.
bench: $(VENV)/ready-test
	@.ci/system-packages > /dev/null
	$(BIN)/python bench/step.py $(ARGS)
	$(BIN)/python bench/loops.py $(ARGS)
	$(BIN)/python bench/http.py $(ARGS)
	$(BIN)/python bench/replay.py $(ARGS)
	$(BIN)/python bench/dry_run.py $(ARGS)
	$(BIN)/python bench/replay_page.py $(ARGS)

release-files:
	@mkdir -p dist && cp engine/history/verify.py dist/verify.py
	@cd dist && sha256sum verify.py > SHA256SUMS && cat SHA256SUMS

frontend:
	cd webapp/frontend && npm ci --no-audit --no-fund && npm run build
