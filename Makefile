# Every target installs what it needs into .venv. Needs Python 3.11, 3.12 or 3.13, make and a package index, nothing else.
VENV := .venv
BIN := $(VENV)/bin
YEAR ?= 2021
HOME_FOLDER ?= .metropolis
INSTALLED := $(VENV)/.installed
INSTALLED_SPARK := $(VENV)/.installed-spark
INSTALLED_POSTGRES := $(VENV)/.installed-postgres

# A new .venv takes the newest Python that works: a name on the path may be a shim without a version, or lack the venv
# package. An existing .venv keeps its Python, unless PYTHON=… names another version.
version = $(shell $(1) -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null)
ifdef PYTHON
ifneq ($(call version,$(PYTHON)),$(call version,$(BIN)/python))
.PHONY: $(BIN)/python
endif
endif
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11; do \
	$$name -c 'import ensurepip' 2>/dev/null && echo $$name && break; done)

# Nothing of this project calls home; the tools that it runs are told not to, either.
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false

.PHONY: help report install test lint format dev bench healthy fuzz docs lock install-spark test-spark bench-spark install-postgres test-postgres clean

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

report: $(INSTALLED) ## Build a year (YEAR), release it, say where it is
	$(BIN)/metropolis build --year $(YEAR) --home $(HOME_FOLDER)

install: $(INSTALLED) ## Make .venv with the command metropolis

$(BIN)/python:
	@$(or $(PYTHON),false) -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
		{ echo "Python 3.11, 3.12 or 3.13 with its venv package is missing (found: $(or $(PYTHON),none)):" \
		"install one (Debian and Ubuntu: python3-venv) or name it with make PYTHON=/path/to/python." >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)

$(INSTALLED): requirements.lock pyproject.toml $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# In the order of their folders: the modules of many small tests come last and leave no processor idle.
test: lint ## Lint, unit, integration, fault and browser tests
	tests/browser/install-browser.sh
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder tests

lint: $(INSTALLED) ## Ruff, layers of imports, mypy, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project --processes 2 --disable-progress-bar

format: $(INSTALLED) ## Put code and SQL in their form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix dbt_project

dev: $(INSTALLED) ## The Dagster UI on the home
	$(BIN)/metropolis dev --home $(HOME_FOLDER)

bench: $(INSTALLED) ## Scale and overhead, each against its floor
	$(BIN)/python -m benchmarks

healthy: $(INSTALLED) ## How often ten healthy next years of the sample are refused
	$(BIN)/python -m tests.healthy

fuzz: $(INSTALLED) ## Arbitrary bytes against each reader, for a bounded time
	$(BIN)/python -m tests.fuzz

docs: $(INSTALLED) ## What can be generated of docs/
	$(BIN)/python -m orchestration.documentation

# One version a library, whichever Python: a release is the same bytes on each.
COMPILE := uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-annotate --no-header

lock: ## Resolve the dependencies anew, with hashes
	$(COMPILE) --extra dev pyproject.toml build-requirements.in -o requirements.lock
	$(COMPILE) --extra spark -c requirements.lock pyproject.toml -o requirements-spark.lock
	$(COMPILE) --extra postgres -c requirements.lock pyproject.toml build-requirements.in -o requirements-postgres.lock

install-spark: $(INSTALLED_SPARK) ## Add the engine spark to .venv, and Java where there is none

$(INSTALLED_SPARK): $(INSTALLED) requirements-spark.lock
	tests/spark/install-java.sh
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-spark.lock
	touch $@

test-spark: $(INSTALLED_SPARK) ## The same bytes from Spark as from DuckDB (2021)
	$(BIN)/python -m pytest tests/spark

bench-spark: $(INSTALLED_SPARK) ## The same of a year with a million registrations
	$(BIN)/python -m pytest tests/spark/scale.py

install-postgres: $(INSTALLED_POSTGRES) ## Add PostgreSQL as Dagster's run storage to .venv

$(INSTALLED_POSTGRES): $(INSTALLED) requirements-postgres.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-postgres.lock
	touch $@

test-postgres: $(INSTALLED_POSTGRES) ## A build and the UI on a PostgreSQL that the test starts
	tests/postgres/install-postgres.sh
	$(BIN)/python -m pytest tests/postgres

clean: ## Remove what was built, not what was released
	rm -rf build dbt_project/target .pytest_cache .mypy_cache .ruff_cache
