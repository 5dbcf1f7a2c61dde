# Two commands: `make demo` shows the product, `make test` runs every test.
# Both install into .venv first, and both can be run again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_HOME ?= .evidence/demo
DEMO_PORT ?= 8000

.PHONY: help install demo test check lint format clean

help:
	@echo "make install   install into $(VENV)"
	@echo "make demo      load the samples, screen an application, serve the page"
	@echo "make test      install what the tests need and run them all"
	@echo "make check     format, lint, types, direction of imports, then make test"

# Installed again only when the requirements change.
$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "== Installing into $(VENV) (a minute or two the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Try: make install PYTHON=python3.12"; exit 1; }
	@pkg-config --exists icu-i18n 2>/dev/null || icu-config --version >/dev/null 2>&1 || \
	  { echo "The name library needs the headers of ICU and a C++ compiler. On Debian or Ubuntu:"; \
	    echo "  sudo apt-get install libicu-dev pkg-config g++"; \
	    echo "on macOS: brew install icu4c pkg-config, then follow what brew says of PKG_CONFIG_PATH"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "== Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

install: $(VENV)/.installed
	@echo "== Installed. Next: $(BIN)/evidence --help"

demo: $(VENV)/.installed
	@echo "== Loading samples/documents into $(DEMO_HOME)"
	@EVIDENCE_HOME=$(DEMO_HOME) $(BIN)/evidence load samples/documents
	@echo
	@echo "== Screening samples/applications/adverse.json"
	@EVIDENCE_HOME=$(DEMO_HOME) $(BIN)/evidence screen samples/applications/adverse.json
	@echo
	@echo "== Search it: EVIDENCE_HOME=$(DEMO_HOME) $(BIN)/evidence search \"DNA samples\""
	@echo "== Serving; stop with Ctrl-C"
	@EVIDENCE_HOME=$(DEMO_HOME) $(BIN)/evidence serve --port $(DEMO_PORT)

test: $(VENV)/.installed-dev
	@echo "== Running the tests"
	@$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	@echo "== Format, lint, types, direction of imports"
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test

format: $(VENV)/.installed-dev
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix --quiet

clean:
	rm -rf $(VENV) .evidence .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
