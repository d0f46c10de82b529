# Two commands do all the set-up: `make demo` shows the main job, `make test` passes the tests.
# Each makes its own virtual environment when it is missing, from pinned versions.
PYTHON ?= python3
VENV   ?= .venv
VERSIONS ?= constraints.txt
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test test-lowest test-newest bench lint clean

demo: $(VENV)/.ready
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tool/demo.sh

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n auto

test-lowest:
	$(MAKE) test VENV=.venv-lowest VERSIONS=constraints-lowest.txt

test-newest:
	$(MAKE) test VENV=.venv-newest VERSIONS=/dev/null

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

lint: $(VENV)/.tested
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

$(VENV)/.ready: pyproject.toml $(VERSIONS)
	@echo "setting up $(VENV) from $(VERSIONS) …"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "portside needs Python 3.11 or newer; say which: make PYTHON=python3.12 demo")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint $(VERSIONS) --editable '.[serve]'
	@$(BIN)/python -m compileall -q tool/portside # pip does that only for what is not editable; the first start pays else
	@touch $@

$(VENV)/.tested: $(VENV)/.ready
	@$(BIN)/python -m pip install --quiet --constraint $(VERSIONS) --editable '.[test]'
	@touch $@

$(VENV)/.bench: $(VENV)/.tested
	@$(BIN)/python -m pip install --quiet --constraint $(VERSIONS) --editable '.[test,bench]'
	@touch $@

clean:
	rm -rf .venv .venv-* .portside
