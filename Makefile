# winnow: make review, make test. Needs python3 (3.11 or later, with venv), make and git; nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV     := 0.13.9
TESTS  ?= tests

export UV_SYSTEM_CERTS := 1

.PHONY: review test walkthrough update-2025 archive lint lock help clean
.DEFAULT_GOAL := help

review: $(READY) ## run the bundled review: results/report/index.html
	@$(BIN)/snakemake $(if $(wildcard .snakemake/metadata),,--forceall)
	@$(BIN)/winnow summary

update-2025: $(READY) ## the same review with the search of 2025 added: results-2025-update/
	@$(BIN)/snakemake --configfile config/update-2025.yaml
	@$(BIN)/winnow summary --config config/config.yaml config/update-2025.yaml
	@$(BIN)/winnow changes --config config/config.yaml config/update-2025.yaml

walkthrough: $(READY) ## a small made-up review that shows everything: examples/walkthrough/results/
	@$(BIN)/snakemake --directory examples/walkthrough
	@cd examples/walkthrough && $(CURDIR)/$(BIN)/winnow summary && echo "  in         examples/walkthrough/"

test: $(READY) ## run the tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)

archive: $(READY) ## rebuild the bundled archive from archive/facts/
	@$(BIN)/python archive/build.py

lint: $(READY) ## ruff, snakefmt, mypy, snakemake --lint
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/snakefmt --check Snakefile workflow/rules
	@$(BIN)/mypy
	@$(BIN)/snakemake --lint

lock: ## resolve pyproject.toml anew into requirements.lock (names, versions, hashes; no addresses)
	@$(BIN)/uv lock -q && $(BIN)/uv export -q --frozen --no-emit-project --no-header -o requirements.lock && rm uv.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "winnow needs Python 3.11 or later: make review PYTHON=python3.12, say"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "this Python cannot make virtual environments: install python3-venv"; exit 1; }
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@echo "installing what winnow needs into $(VENV) (once)"
	@{ $(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV) \
	  && $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock; } \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q workflow/winnow
	@touch $@

clean: ## remove the environment and Snakemake's notes (results stay)
	rm -rf $(VENV) .snakemake

help: ## this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 22
