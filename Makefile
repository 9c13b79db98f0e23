# Everything a newcomer needs; the rest of the project works without make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev

.PHONY: demo test test-all check format bench redraw clean

demo: $(INSTALLED) ## index the bundled catalogue, answer three queries, open the shop in a browser
	$(BIN)/vitrine demo

test: $(INSTALLED_DEV) ## everything that CI checks, on a bare clone
	$(MAKE) --no-print-directory check

test-all: $(INSTALLED_DEV) ## the slow tests too, and those on real photos where they are
	$(BIN)/python -m pytest -m "slow or not slow"

check: $(INSTALLED_DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

format: $(INSTALLED_DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(INSTALLED_DEV) ## measure what needs no data; every command stands in benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.start_up
	$(BIN)/python -m benchmarks.search_speed

redraw: $(INSTALLED_DEV) ## draw the demo catalogue again
	$(PIP) install --quiet -c constraints.txt -e ".[draw]"
	$(BIN)/python -m tools.draw_demo --out src/vitrine/demo/data

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis vitrine-demo

$(VENV)/pyvenv.cfg:
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(INSTALLED_DEV): $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e ".[dev]"
	@touch $@ $(INSTALLED)
