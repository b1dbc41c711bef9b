# Two commands do everything: `make demo` and `make test`. Both set up a virtual environment first.
PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin/python
# Any backend works; the tests say which one they mean.
export KERAS_BACKEND ?= jax

.PHONY: help demo test check format proofs clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --upgrade pip

$(VENV)/.user: pyproject.toml | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.user

demo: $(VENV)/.user  ## answer a real question over real passages with the bundled reader
	@$(VENV)/bin/maskplay read ask "白云山主峰多高？" examples/passages/*.txt

test: $(VENV)/.dev  ## run the tests
	$(RUN) -m pytest

proofs: $(VENV)/.dev  ## run the slow proofs too (minutes)
	$(RUN) -m pytest -m slow

check: $(VENV)/.dev  ## format, lint, types
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy

format: $(VENV)/.dev  ## put the code in form
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

clean:  ## forget the environment and the caches
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache
