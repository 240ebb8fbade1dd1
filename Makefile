# Needs Python 3.11 or newer with venv, git and make; everything else comes with these commands.
# “make demo” runs Unisono with a demonstration company; “make test” runs every test.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Each of our processes starts two seconds sooner with its bytecode kept.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
PIP_INSTALL := $(UV) pip install --quiet --python $(BIN)/python
RUN := $(BIN)/python -m
SOURCES := src tests
CHECK_ENV := UNISONO_SECRET_KEY=check-only UNISONO_DATA=$(CURDIR)/.build/check

.PHONY: help demo up test check bench bench-learn bench-loop bench-pages bench-plan bench-publish drill screenshots build lock messages format clean chromium servers

help: ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## Run Unisono with the demonstration company, at http://127.0.0.1:8400
	@exec $(BIN)/unisono demo

up: build ## Run Unisono.
	@exec $(BIN)/unisono up

build: $(VENV)/runtime.stamp ## Install what is locked, make the front end and the translations.
	@$(MAKE) --no-print-directory $(VENV)/node.stamp
	@$(RUN) unisono.config.frontend build
	@$(MAKE) --no-print-directory $(VENV)/solver.stamp

test: $(VENV)/dev.stamp build chromium servers ## Run every test.
	@$(RUN) pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/dev.stamp build ## Format, lint, types, import contract, migrations, templates.
	@$(RUN) ruff format --check $(SOURCES)
	@$(RUN) ruff check $(SOURCES)
	@$(CHECK_ENV) $(RUN) mypy
	@$(BIN)/lint-imports
	@$(CHECK_ENV) DJANGO_SETTINGS_MODULE=unisono.config.settings \
	    $(BIN)/python -W ignore -m django makemigrations --check --dry-run
	@$(BIN)/djlint --quiet --check src
	@$(BIN)/djlint --quiet --lint src
	@$(RUN) unisono.config.frontend check

bench: $(VENV)/dev.stamp build ## Measure; each bench ends with one line of JSON.
	@$(RUN) tests.bench $(ARGS)

bench-publish: $(VENV)/dev.stamp build ## Measure a burst of 2,000 posts.
	@$(RUN) tests.bench publish

bench-pages: $(VENV)/dev.stamp build ## Measure Calendar, Timeline and Desk, also with 50,000 posts.
	@$(RUN) tests.bench pages

bench-plan: $(VENV)/dev.stamp build ## Measure the plan optimiser against its bound, beside how tools plan today.
	@$(RUN) tests.bench.optimiser $(ARGS)

bench-learn: $(VENV)/dev.stamp ## Measure how soon good hours are learnt.
	@$(RUN) tests.bench.learn $(ARGS)

bench-loop: $(VENV)/dev.stamp build ## Measure what the loop is worth beside fixed times.
	@$(RUN) tests.bench.loop $(ARGS)

drill: $(VENV)/dev.stamp build ## Break things on purpose; each drill ends with one line of JSON.
	@$(RUN) tests.drill $(ARGS)

screenshots: $(VENV)/dev.stamp build chromium ## Picture every screen into ./screenshots
	@$(RUN) tests.screenshots $(ARGS)

format: $(VENV)/dev.stamp ## Format sources and templates.
	@$(RUN) ruff format $(SOURCES)
	@$(RUN) ruff check --fix $(SOURCES)
	@$(BIN)/djlint --quiet --reformat src || true

messages: $(VENV)/dev.stamp ## Bring the translation files up to date with the sources.
	@$(RUN) unisono.config.messages

lock: $(VENV)/uv.stamp ## Resolve all dependencies anew.
	@compile() { $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header "$$@"; }; \
	compile pyproject.toml -o requirements/runtime.lock --upgrade; \
	compile pyproject.toml --group dev -o requirements/dev.lock --upgrade; \
	compile --group pyproject.toml:build -o requirements/build.lock --upgrade; \
	compile --group pyproject.toml:node -o requirements/node.lock --upgrade

clean: ## Remove everything made here; the data folder stays.
	rm -rf $(VENV) node_modules .build src/unisono/ui/dist screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	elif [ "$${CI:-}" = true ]; then \
	    echo "Chromium is missing; the browser tests cannot run." >&2; exit 1; \
	else \
	    echo "Chromium is missing, so the browser tests are skipped (apt-get install chromium)."; \
	fi

servers: $(VENV)/dev.stamp
	@$(RUN) tests.servers.install

$(VENV)/uv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit("Unisono needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/runtime.stamp: requirements/runtime.lock requirements/build.lock pyproject.toml | $(VENV)/uv.stamp
	@$(PIP_INSTALL) --require-hashes -r requirements/runtime.lock
	@$(PIP_INSTALL) --require-hashes -r requirements/build.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/runtime.stamp
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.lock
	@touch $@

# Compiled once, so that the first plan need not wait for it.
$(VENV)/solver.stamp: $(wildcard src/unisono/rooms/orchestration/solver/*.py) $(VENV)/runtime.stamp
	@$(RUN) unisono.rooms.orchestration.solver.ready
	@touch $@

# Only where the system has no Node that is new enough.
$(VENV)/node.stamp: requirements/node.lock $(VENV)/runtime.stamp
	@$(RUN) unisono.config.frontend node >/dev/null 2>&1 \
	    || $(PIP_INSTALL) --require-hashes -r requirements/node.lock
	@touch $@
