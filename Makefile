# `make help` lists the targets. Python 3.11 or later is all that must be there already.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

# Another interpreter: `make setup PYTHON=python3.13`. It makes the environment anew where that has another version.
version := -c 'import sys; print(*sys.version_info[:2])'
ifdef PYTHON
# Its path, for in recipes the environment's own programs come first.
override PYTHON := $(shell command -v $(PYTHON))
ifneq ($(shell "$(or $(PYTHON),false)" $(version)),$(shell .venv/bin/python $(version) 2>/dev/null))
.PHONY: .venv/bin/python
endif
else
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
endif
# Less than all tests: `make test T=tests/settings/test_settings.py`.
T ?=
# Seconds to break everything for, and the seed of a run to repeat: `make faults SECONDS=600 SEED=7`.
SECONDS ?= 120
SEED ?=

# Relative, for the folder may have a space in its name.
bin := .venv/bin
# Tests wait more than they compute. Each process has engines of its own; a module stays in one, with its servers.
at_once := -n 3 --dist loadfile
pip_install := $(bin)/python -m pip --disable-pip-version-check -qq install
uv_compile := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
python_code = $(wildcard app tests bench)
frontend_sources := $(shell find frontend \( -name node_modules -o -name dist \) -prune -o -type f -print)

# Node comes from the machine, or else from a wheel in the virtual environment, which is looked at first.
export PATH := $(CURDIR)/$(bin):$(PATH)
node_is_usable := node -e 'const [a, b] = process.versions.node.split("."); \
	process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null && npm -v >/dev/null

.PHONY: help setup install run test test-quick test-mutations test-pgbouncer test-proxies lint format build lock screenshots faults attacks bench bench-quick

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: .venv/dev.stamp frontend/node_modules/.built ## Install everything and build the frontends

install: .venv/runtime.stamp .venv/frontends.stamp ## Install what a server needs, and nothing else

run: .venv/runtime.stamp frontend/node_modules/.built ## Start Fireside, engines included
	@exec $(bin)/python -m app serve

test: setup ## Run all tests, or those of T=path
	$(bin)/python -m pytest $(or $(T),$(at_once))
	$(if $(T),,cd frontend && npm test --silent)

test-quick: setup ## Run the tests that need no engine, server or browser, in a minute
	$(bin)/python -m pytest -m pure $(at_once)
	cd frontend && npm test --silent

test-pgbouncer: setup ## Run what needs PgBouncer; installs it where it may
	@sh tests/pgbouncer/install.sh
	$(bin)/python -m pytest $(or $(T),tests/pgbouncer)

test-mutations: setup ## Take out in turn what keeps states right; the referee has to notice
	$(bin)/python -m pytest $(or $(T),tests/mutations)

test-proxies: setup ## Run the proxies whose configurations we ship; installs them where it may
	@sh tests/proxies/install.sh
	$(bin)/python -m pytest $(or $(T),tests/proxies)

lint: setup ## Check style, types and the direction of imports
	$(bin)/ruff check $(python_code)
	$(bin)/ruff format --check $(python_code)
	$(bin)/mypy $(python_code)
	$(bin)/lint-imports --no-cache
	cd frontend && npm run --silent lint && npm run --silent typecheck

format: setup ## Put code into the house style
	$(bin)/ruff check --fix $(python_code)
	$(bin)/ruff format $(python_code)
	cd frontend && npm run --silent format

build: frontend/node_modules/.stamp ## Build the frontends, changed or not
	cd frontend && npm run --silent build
	@touch frontend/node_modules/.built

screenshots: setup build ## Take the README's pictures, and one of each view
	$(bin)/python -m tests.e2e.screenshots

faults: .venv/dev.stamp ## Break everything under load for SECONDS and judge what clients saw
	$(bin)/python -m tests.faults --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

attacks: .venv/dev.stamp ## Measure how long a bystander waits while others write all they may
	$(bin)/python -m tests.attacks

bench: bench/.work/stamp ## Measure speed, growth and memory beside other servers; three quarters of an hour
	$(bin)/python -m bench

bench-quick: bench/.work/stamp ## Fan-out and durable chat beside Socket.IO and Bun, in three minutes
	$(bin)/python -m bench --quick --rounds 2

lock: .venv/dev.stamp frontend/node_modules/.stamp ## Renew the lock files from pyproject.toml and package.json
	$(pip_install) uv
	$(uv_compile) --upgrade pyproject.toml -o deploy/requirements.txt
	$(uv_compile) --upgrade pyproject.toml --group dev -c deploy/requirements.txt -o tests/requirements.txt
	$(uv_compile) --upgrade --group node -o frontend/requirements.txt
	cd frontend && npm install --package-lock-only
	$(foreach each,$(bench_python),$(uv_compile) $(each)/requirements.in -o $(each)/requirements.txt &&) true
	$(foreach each,$(bench_node),npm install --package-lock-only --prefix $(each) &&) true

.venv/bin/python:
	@"$(or $(PYTHON),false)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Fireside needs Python 3.11 or later, with venv. Name one: make $(MAKECMDGOALS) PYTHON=…" >&2; exit 1; }
	@echo "Making .venv with $(PYTHON) …"
	@"$(PYTHON)" -m venv --clear .venv

.venv/runtime.stamp: deploy/requirements.txt .venv/bin/python
	@echo "Installing the server's packages …"
	@$(pip_install) --require-hashes -r $<
	@touch $@

.venv/dev.stamp: tests/requirements.txt .venv/bin/python
	@echo "Installing the server's packages and the developers' tools …"
	@$(pip_install) --require-hashes -r $<
	@touch $@

.venv/node.stamp: frontend/requirements.txt .venv/bin/python
	@$(node_is_usable) || { echo "Installing Node …"; $(pip_install) --require-hashes -r $<; }
	@touch $@

frontend/node_modules/.stamp: frontend/package-lock.json .venv/node.stamp
	@echo "Installing the frontends' packages …"
	@cd frontend && npm ci --loglevel=error
	@touch $@

# The tools that build the frontends go again, unless this is a developer's checkout.
.venv/frontends.stamp: $(frontend_sources) | .venv/bin/python
	@$(MAKE) frontend/node_modules/.built
	@test -e .venv/dev.stamp || { $(bin)/python -m pip --disable-pip-version-check -qq uninstall --yes \
		-r frontend/requirements.txt 2>/dev/null; rm -rf frontend/node_modules .venv/node.stamp; }
	@touch $@

frontend/node_modules/.built: frontend/node_modules/.stamp $(frontend_sources)
	@echo "Building the frontends …"
	@cd frontend && npm run --silent build
	@touch $@

bench_python := bench/load bench/peers/python_socketio bench/peers/picows
bench_node := bench/peers/socketio_node bench/peers/ws_node bench/peers/bun

bench/.work/stamp: $(bench_python:=/requirements.txt) $(bench_node:=/package-lock.json) .venv/runtime.stamp .venv/node.stamp
	@echo "Installing the load and the servers to compare with …"
	@$(bin)/python -m venv --clear bench/.work/venv
	@$(foreach each,$(bench_python),bench/.work/venv/bin/python -m pip --disable-pip-version-check --quiet \
		install --require-hashes -r $(each)/requirements.txt &&) true
	@$(foreach each,$(bench_node),npm ci --prefix $(each) --loglevel=error &&) true
	@touch $@
