# Two commands do all the set-up: `make demo` shows the main job, `make test` passes the tests.
# Each makes its own virtual environment when it is missing, from pinned versions.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test bench lint clean

demo: $(VENV)/.ready
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tool/demo.sh

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n auto

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

lint: $(VENV)/.tested
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "portside needs Python 3.11 or newer; say which: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@

$(VENV)/.bench: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,bench]'
	@touch $@

clean:
	rm -rf $(VENV) .portside
