# Two commands do everything: `make demo` and `make test`. Both set up a virtual environment first.
PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin/python
# Benchmarks have an environment of their own: they need torch and transformers. DATA: a dataset file; QUESTIONS: 0 = all.
BENCHMARK_VENV ?= .venv-bench
DATA ?=
QUESTIONS ?= 600
# Any backend works; the tests say which one they mean.
export KERAS_BACKEND ?= jax

.PHONY: help demo test test-backends test-jax test-torch test-tensorflow test-transformers check format proofs benchmark clean

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

IN_TWO = --numprocesses 2 --dist loadfile
test: $(VENV)/.dev  ## run the tests
	$(RUN) -m pytest $(IN_TWO)

# The other backends, each in an environment of its own. By number: a bare `torch` brings gigabytes of CUDA.
BACKEND_torch = torch==2.13.0
BACKEND_tensorflow = tensorflow-cpu==2.21.0
# Not a backend, but made in the same way: what checkpoints are compared with.
BACKEND_transformers = torch==2.13.0 transformers==5.24.0

.venv-%/.backend: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --upgrade pip
	.venv-$*/bin/python -m pip install --quiet $(BACKEND_$*)
	grep -v '^h5py' constraints.txt > .venv-$*/constraints.txt  # TensorFlow wants an older one
	.venv-$*/bin/python -m pip install --quiet --constraint .venv-$*/constraints.txt --editable . pytest pytest-xdist hypothesis
	@touch $@

TRANSFORMER_TESTS = \
	$(addprefix tests/models/test_,transformer.py transformer_decoder.py checkpoints.py checkpoint_pickles.py tensorflow1.py keep_tokens.py) \
	$(addprefix tests/decoding/test_,beam_search.py samplers.py) tests/writing/test_objectives.py tests/writing/test_writer.py
BACKEND_TESTS = tests/masks tests/layers $(TRANSFORMER_TESTS) tests/analysis/test_training.py \
	$(wildcard tests/analysis/test_smoothness_*.py tests/analysis/test_initialization_*.py)

test-backends: test-jax test-torch test-tensorflow  ## test masks, layers, the Transformer, checkpoints and analysis on every backend

# An empty XLA_FLAGS: compiled as users have it, see tests/conftest.py.
test-jax: $(VENV)/.dev
	KERAS_BACKEND=jax XLA_FLAGS= $(RUN) -m pytest $(IN_TWO) $(BACKEND_TESTS)

test-torch test-tensorflow: test-%: .venv-%/.backend
	KERAS_BACKEND=$* XLA_FLAGS= .venv-$*/bin/python -m pytest $(IN_TWO) $(BACKEND_TESTS)

test-transformers: .venv-transformers/.backend  ## test checkpoints against transformers, on JAX and on torch
	KERAS_BACKEND=jax .venv-transformers/bin/python -m pytest tests/models/test_against_transformers.py
	KERAS_BACKEND=torch .venv-transformers/bin/python -m pytest tests/models/test_against_transformers.py

proofs: $(VENV)/.dev  ## run the slow proofs too (minutes)
	$(RUN) -m pytest -m slow

$(BENCHMARK_VENV)/.benchmark: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(BENCHMARK_VENV)
	$(BENCHMARK_VENV)/bin/python -m pip install --quiet --upgrade pip
	$(BENCHMARK_VENV)/bin/python -m pip install --quiet torch==2.13.0
	grep -v '^mpmath' constraints.txt > $(BENCHMARK_VENV)/constraints.txt  # torch's sympy wants an older one
	$(BENCHMARK_VENV)/bin/python -m pip install --quiet --constraint $(BENCHMARK_VENV)/constraints.txt --editable '.[benchmark]'
	@touch $@

benchmark: $(BENCHMARK_VENV)/.benchmark  ## measure speed against BERT-base and the machine's peak (minutes); DATA=dev.json
	$(BENCHMARK_VENV)/bin/python benchmarks/reader.py $(DATA) --questions $(QUESTIONS)
	$(BENCHMARK_VENV)/bin/python benchmarks/reader_training.py
	$(BENCHMARK_VENV)/bin/python benchmarks/transformer.py
	$(BENCHMARK_VENV)/bin/python benchmarks/streaming.py

check: $(VENV)/.dev  ## format, lint, types
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy

format: $(VENV)/.dev  ## put the code in form
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

clean:  ## forget the environment and the caches
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache
