# Each target sets up what it needs; a second run finds it there.
PYTHON ?= python3
PYTEST_ARGS ?= -n 2

VENV := .venv
BIN := $(VENV)/bin
MINIMUMS := .venv-minimums
ENVIRONMENT := $(PYTHON) tools/environment.py
CODE := aegis_cli plugins tests benchmarks tools

.DEFAULT_GOAL := help
.PHONY: help demo test check check-static format bench minimums servers \
	environment-demo environment-test environment-check environment-bench

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: environment-demo ## run a backend with planted faults and diagnose it
	$(BIN)/aegis demo

test: environment-test servers ## run all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: check-static test ## format, lint, types, contracts, tests

check-static: environment-check ## format, lint, types, contracts
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo

format: environment-check ## format the code and fix what can be fixed
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: environment-bench servers ## measure against other tools; takes minutes
	$(BIN)/python -m benchmarks

minimums: servers ## run all tests with the lowest allowed dependencies
	$(ENVIRONMENT) --venv $(MINIMUMS) --group test --minimums
	$(MINIMUMS)/bin/python -m pytest $(PYTEST_ARGS)

servers:
	$(PYTHON) tools/debian_servers.py --optional

environment-demo:
	@$(ENVIRONMENT) --extra demo

environment-test:
	@$(ENVIRONMENT) --group test

environment-bench:
	@$(ENVIRONMENT) --group test --group bench

environment-check:
	@$(ENVIRONMENT) --group test --group lint
