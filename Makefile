# Every target sets up by itself what it needs (.ci/setup.sh) and does that work only once.
PYTHON := .venv/bin/python
JOBS ?= $(shell nproc)
PYTEST_ARGS ?=

.PHONY: demo test lint bench

demo:
	@.ci/setup.sh demo
	@$(PYTHON) examples/digits/demo.py

test:
	@.ci/setup.sh full
	$(PYTHON) -m pytest -n $(JOBS) $(PYTEST_ARGS)

lint:
	@.ci/setup.sh full
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.ci/lint_c.sh

bench:
	@.ci/setup.sh full
	$(PYTHON) -m benchmarks.run
	$(PYTHON) .ci/readme.py
