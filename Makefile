# A machine needs Python 3.11 to 3.13 (with venv), make and git; everything else is built here.
# `make PYTHON=/path/to/python` picks another interpreter than the first one that fits.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
BUILT := .venv/.built
SOURCES := include:plugins:dags

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-slow cases check bench-database bench-files bench-api bench-catalogue lock clean

help:
	@echo "make demo         retire a demo product in a real Airflow and keep its UI up until Ctrl-C"
	@echo "make demo ONCE=1  the same, then exit with the verdict"
	@echo "make test         every quick test, against servers that the tests start themselves"
	@echo "make test-slow    the others: whole demos, whole runs in a real Airflow, faults that take their time"
	@echo "make cases        the hard cases alone, quick and slow"
	@echo "make check        style, types, layers, specs, generated documents"
	@echo "make bench-catalogue how long 1,000 tables and 100,000 files take; writes docs/benchmarks.md"
	@echo "make bench-database  the database engines against other tools; writes docs/benchmarks.md"
	@echo "make bench-files     the copy of files against rclone; writes docs/benchmarks.md"
	@echo "make bench-api       the export of an API against dlt; writes docs/benchmarks.md"
	@echo "make lock         compile requirements.in to requirements.txt"
	@echo "make clean        remove what the targets above made, the virtual environment too"

venv: $(BUILT)

# uv takes seconds for what takes pip two minutes. The folder is built anew so that nothing but the lock is in it.
$(BUILT): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 with venv found: install one, or say make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --requirement requirements.txt
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: $(BUILT)
	@PYTHONPATH=include $(BIN)/python -m demo $(if $(ONCE),--once)

test: $(BUILT)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

test-slow: $(BUILT)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

cases: $(BUILT)
	$(BIN)/python -m pytest tests/cases

check: $(BUILT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=$(SOURCES) $(BIN)/lint-imports
	$(BIN)/sunset check include/products
	$(BIN)/python -m pytest -q -m unit tests/unit/docs

# The tools that proofs and exports are measured against have an environment of their own; without it they are left out.
.venv-bench/.built: benchmarks/requirements.txt | $(BUILT)
	$(PYTHON) -m venv --clear .venv-bench
	$(BIN)/python -m uv pip install --quiet --python .venv-bench/bin/python --requirement benchmarks/requirements.txt
	@touch $@

bench-database: $(BUILT)
	@$(MAKE) --no-print-directory .venv-bench/.built || echo "reladiff: not to be had here"
	PYTHONPATH=include:plugins:dags:tests:. $(BIN)/python -m benchmarks.database $(ONLY)

bench-files: $(BUILT)
	PYTHONPATH=include:. $(BIN)/python -m benchmarks.files $(ONLY)

bench-api: $(BUILT)
	@$(MAKE) --no-print-directory .venv-bench/.built || echo "dlt: not to be had here"
	PYTHONPATH=include:. $(BIN)/python -m benchmarks.api $(ONLY)

bench-catalogue: $(BUILT)
	PYTHONPATH=include:plugins:dags:tests:. $(BIN)/python -m benchmarks.catalogue

lock: $(BUILT)
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		requirements.in -o requirements.txt

clean:
	rm -rf .venv .venv-bench .demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache include/*.egg-info
	find include plugins dags tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
