# Plain `make` lists the verbs. GNU make 3.81 (macOS) and later.
# Overridable: VENV=folder, PYTHON=interpreter, ARGS="more words for pytest".

VENV ?= .venv
PYTHON ?= $(shell for p in python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>&- && echo $$p && exit; done; echo python3)
IN := $(VENV)/bin/python
STAMP := $(VENV)/installed

.PHONY: help environment compare check test slow bits format odd numbers docs performance reference reliability screenshots report \
	clean

help:  ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

environment: $(STAMP)  ## create the environment, or bring it up to date

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "keepwin needs Python 3.11 or newer, and $(PYTHON) is not. Say: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv "$(VENV)"
	$(IN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch "$@"

compare: $(STAMP)  ## compare a steady with an aggressive plan, and ask what growth takes
	$(IN) run.py compare steady aggressive
	$(IN) run.py advise base --quick --goal 15% --goal 50% --goal 100%

check: $(STAMP)  ## style, types and the fast tests: what must hold before a commit
	$(IN) -m ruff check .
	$(IN) -m ruff format --check .
	$(IN) -m mypy
	$(IN) -m pytest -n auto $(ARGS)

test: $(STAMP)  ## the fast tests
	$(IN) -m pytest -n auto $(ARGS)

slow: $(STAMP)  ## the slow tests
	$(IN) -m pytest -n auto -m slow $(ARGS)

bits: $(STAMP)  ## both loops, any order, any number of threads: the same bits
	$(IN) -m pytest -m '' tests/equality $(ARGS)

reference: $(STAMP)  ## write the reference hashes anew, because numbers may move: WHY="a sentence for the changelog"
	$(IN) -m tests.reliability.reference "$(WHY)"

SPOILT := tests/scenario/test_fuzz.py tests/experiment/calibration/test_reading.py

reliability: $(STAMP)  ## try faults, circumstances and inputs by the thousand, and write docs/reliability.md anew
	rm -rf .reliability && mkdir .reliability
	KEEPWIN_FIGURES="$(CURDIR)/.reliability" $(IN) -m pytest -n auto -m '' tests/reliability $(SPOILT) $(ARGS)
	$(IN) -m tests.reliability.page .reliability

format: $(STAMP)  ## put the code in order
	$(IN) -m ruff check --fix .
	$(IN) -m ruff format .

odd: $(STAMP)  ## write the generated tables of docs/ anew from the code
	$(IN) -m tests.documents.odd_tables
	$(IN) -m tests.strategies.page
	$(IN) -m tests.documents.import_map

numbers: $(STAMP)  ## write anew what README, tutorials and lessons show of commands
	$(IN) -m tests.documents.printed $(ARGS)

docs: $(STAMP)  ## build the site of docs/ into build/site, with warnings as errors
	NO_MKDOCS_2_WARNING=1 $(IN) -m mkdocs build --strict

performance: $(STAMP)  ## write the figures of docs/performance.md anew from benchmarks/history.jsonl
	$(IN) -m tests.documents.performance_tables
	$(IN) -m tests.documents.scaling_tables

screenshots: $(STAMP)  ## make the pictures of docs/seeing.md anew; some minutes
	$(IN) docs/pages/make.py

report: $(STAMP)  ## modules and functions that have grown large
	$(IN) tests/architecture/size_report.py

clean:  ## remove the environment and all caches; results stay
	rm -rf .venv build dist .reliability .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
