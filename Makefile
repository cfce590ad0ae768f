# Two commands do everything on a fresh machine with Python 3.11+ and git: `make demo` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
OK := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do $$p -c '$(OK)' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
WORKERS ?= auto

.PHONY: help demo test test-slow lint format types contracts check cover bench schema docs clean

help: ## Print the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.venv/.installed: pyproject.toml constraints.txt .ci/install
	@PYTHON="$(PYTHON)" .ci/install

demo: .venv/.installed ## Run the main job on a real package: fetch it, optimize it, measure the result a second time.
	@$(BIN)/python examples/demo.py $(DEMO_ARGS)

test: .venv/.installed ## Run the tests.
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q

test-slow: .venv/.installed ## Run the tests that take longer than five minutes allow.
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q -m slow

lint: .venv/.installed ## Check style and formatting.
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: .venv/.installed ## Format the code.
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

types: .venv/.installed ## Check the types.
	@$(BIN)/mypy

contracts: .venv/.installed ## Check which package may import which.
	@$(BIN)/lint-imports --no-logo

check: lint types contracts test ## Everything the gate checks.

cover: .venv/.installed ## Run the tests and print the lines and branches no test reached.
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q --cov --cov-report=term-missing

bench: .venv/.installed ## Print the figures of every benchmark that takes under two minutes.
	@$(BIN)/python -m benchmarks

schema: .venv/.installed ## Compile the schema of the repository's context anew.
	@$(BIN)/python -m profiling.context.schema_compiler > .schema.tmp && mv .schema.tmp profiling/context/compiled_schema.py

docs: .venv/.installed ## Build the documentation.
	@$(BIN)/python -m pip install -q -U 'pip>=25.1' && $(BIN)/python -m pip install -q --group docs -c constraints.txt
	@$(BIN)/mkdocs build --strict

clean: ## Remove what the targets made.
	@rm -rf .venv build dist site htmlcov .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
