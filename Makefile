# `make demo` and `make test` need nothing but Python 3.11 or newer: the environment is made on first use.

PYTHON ?= python3
PYTHONS ?= python3.11 python3.12 python3.13 python3.14
# What `make test`, `make coverage` and `make pythons` run: TESTS=tests/queues for a part.
TESTS ?= tests
# One more than processors: a test that waits for a program leaves its own idle.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# Which mutants `make mutants` makes, as names of functions: MUTANTS='queues.clocks.sla*'; and for how many seconds.
MUTANTS ?=
SECONDS_OF_MUTANTS ?= 1800
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test check format messages reference site bench faults trackers coverage mutants pins audit sbom licences pythons release clean

demo: $(READY)
	@$(BIN)/tridesk demo

test: $(READY)
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal $(TESTS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict tui queues macros data tests docs/examples
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Collects the texts of the interface, updates the catalogues, lists what has no translation; NEW=pt begins another.
messages: $(READY)
	$(BIN)/python -m tools.messages $(NEW)

# The pages of docs/ that are made from the program: settings, JSON keys, man pages.
reference: $(READY)
	$(BIN)/python -m tools.settings_page
	$(BIN)/python -m tools.json_keys
	$(BIN)/python -m tools.man_pages
	$(BIN)/python -m tools.connectors_page
	$(BIN)/python -m tools.api_description

# The documentation site in build/site, with a picture of every screen; NOPICTURES=1 leaves those out.
site: $(READY)
	$(BIN)/python -m tools.site.build $(if $(NOPICTURES),--no-pictures)

bench: $(READY)
	$(BIN)/python -m bench

# Every fault of tests/faults/table.py and random keys, the long runs too; says at the end in a line for each fault what was
# tried. FUZZ=0:417 plays all 200,000 keys, some hours long, FUZZ=100:200 a part of them.
faults: $(READY)
	$(BIN)/pytest -q -m "faults or fault"

trackers: $(READY)
	$(BIN)/pytest -q -m "trackers and not faults"

# Branches that the tests reach; fails below `fail_under` in pyproject.toml.
coverage: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n $(WORKERS) --dist worksteal $(TESTS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

# Changes the rules in small ways and looks whether a test fails; what survives is listed. Later runs go on from there.
mutants: $(READY)
	$(PIP) -c constraints.txt -e '.[mutants]'
	nice -n 15 timeout $(SECONDS_OF_MUTANTS) $(BIN)/mutmut run $(MUTANTS) || test $$? -eq 124
	$(BIN)/mutmut results

# Pins all packages with their hashes, after a change of pyproject.toml or constraints.txt. Needs the internet.
pins: $(READY)
	$(PIP) -c constraints.txt -e '.[supply]'
	$(BIN)/python -m tools.pins
	$(MAKE) --no-print-directory licences

# Known vulnerabilities of what the program needs, by PyPI's own list. Needs the internet, and fails without it.
audit: $(READY)
	$(PIP) -c constraints.txt -e '.[supply]'
	$(BIN)/pip-audit --requirement requirements/run.txt --require-hashes --disable-pip --strict

# The packages that the program needs, as CycloneDX: `make sbom > sbom.json`; and the page of their licences.
sbom: $(READY)
	@$(BIN)/python -m tools.sbom

licences: $(READY)
	$(BIN)/python -m tools.sbom --licences

# The suite on every supported Python that is on the PATH, each in an environment of its own.
pythons:
	@ran=; for python in $(PYTHONS); do \
	  if $$python -c '' 2>/dev/null; then \
	    $(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv-$${python##*/} || exit 1; ran="$$ran $$python"; \
	  else echo "$$python: not on the PATH, not tested"; fi; \
	done; echo "Tested on:$${ran:- no Python at all}"; test -n "$$ran"

# Builds sdist and wheel twice, compares them, and tries them in empty environments; all of a release but the upload.
release: $(READY)
	$(BIN)/python -m tools.release

clean:
	rm -rf $(VENV) .venv-python3.* mutants .coverage .coverage.* htmlcov

# Only files whose hashes are in requirements/ are installed, and what has no wheel is built with nothing else.
$(READY): pyproject.toml requirements/dev.txt requirements/build.txt
	@echo "1 of 3  Looking for Python 3.11 or newer"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "tridesk needs Python 3.11 or newer: make PYTHON=python3.11 demo")'
	@echo "2 of 3  Making an environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@echo "3 of 3  Installing the libraries into it, once; pip says how far it is"
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes --no-build-isolation -r requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@
