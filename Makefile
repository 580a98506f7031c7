# Everything a person or CI runs. `make setup` is implied by the others.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := bot.py settings.py logs.py commandline running handlers knowledge helpdesk rollout delivery storage sandbox tests benchmarks
export REQUIRE_PG ?=
export REQUIRE_NODE ?=

.PHONY: setup sandbox test check fix bench faults audit pin browser postgresql help

help:
	@echo "make sandbox   a local Slack workspace in the browser, with the bot in it"
	@echo "make test      every test (installs Chromium and PostgreSQL where they are missing)"
	@echo "make check     format, lint and types; changes nothing"
	@echo "make fix       format, and mend what can be mended automatically"
	@echo "make bench     the benchmarks, as tables"
	@echo "make faults    the long form of the fault suite"
	@echo "make audit     known vulnerabilities of what is installed (asks a service on the network)"
	@echo "make pin       resolve requirements*.in into requirements*.txt"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

# The sandbox needs only what the bot runs on, and no browser of its own.
sandbox: setup
	$(BIN)/python bot.py sandbox

test: setup browser postgresql
	REQUIRE_NODE=1 $(BIN)/python -m pytest -m "not faults" -n 3 --dist loadfile --no-loadscope-reorder --durations=20

check: setup
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/python bot.py knowledge check

fix: setup
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: setup postgresql
	$(BIN)/python -m benchmarks

faults: setup browser postgresql
	FAULT_ROUNDS=100 $(BIN)/python -m pytest tests/faults tests/storage tests/conversations/test_announcing_under_fire.py

# In an environment of its own: what it needs is not what we need.
audit:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	.venv-audit/bin/pip-audit --strict --requirement requirements.txt
	.venv-audit/bin/pip-audit --strict --requirement requirements-dev.txt

pin: setup
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --annotation-style=line requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --annotation-style=line requirements-dev.in

# System packages for the tests, installed only where they are missing.
browser:
	@sh scripts/need.sh chromium
	@sh scripts/need.sh axe

postgresql:
	@sh scripts/need.sh postgresql
