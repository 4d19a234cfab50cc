# `make run` opens the window, `make test` runs all tests. Both set up what they need on first use:
# a virtual environment in .venv, the packages, and Qt's system libraries.
# Arguments: make run ARGS="scenarios/flash_crash.toml"    make test ARGS="tests/scenario -k line"

PYTHON ?= python3
VENV := .venv/bin
ARGS ?=

.PHONY: run test test-long lint format doctor dist setup clean

run: setup
	@$(VENV)/abm-desktop $(ARGS)

# All tests are shared out to three processes (tests/conftest.py), since those with trainings wait for
# them; a few tests are done sooner in one.
ALL := -n 3 --max-worker-restart=0

test: setup-test
	@$(VENV)/python -m pytest $(or $(ARGS),$(ALL))

# What the default suite leaves out too: many minutes. Run it after a change of the compiled market.
test-long: export ABM_DESKTOP_LONG_TESTS := 1
test-long: test

lint: setup-test
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy

format: setup-test
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

doctor: setup
	@$(VENV)/abm-desktop doctor

# The wheel and, on Debian and Ubuntu, a package; both into dist/.
dist: setup
	@$(VENV)/python tools/dist.py

setup:
	@PYTHON="$(PYTHON)" $(PYTHON) tools/setup.py

.PHONY: setup-test
setup-test:
	@PYTHON="$(PYTHON)" $(PYTHON) tools/setup.py test

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
