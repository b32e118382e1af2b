# Each command makes its own environment from pinned versions; nothing else has to be installed but Python 3.11 and make.
PYTHON ?= python3
PIP_FLAGS = --quiet --disable-pip-version-check
STAMP = .installed

.PHONY: demo test test-tensorflow test-jax lint docs clean

demo: .venv-demo/$(STAMP)
	.venv-demo/bin/python -m benchmarks.demo --output_dir=demo_output

test: lint test-tensorflow test-jax

lint: .venv-test/$(STAMP)
	.venv-test/bin/ruff check .
	.venv-test/bin/ruff format --check .

test-jax: .venv-test/$(STAMP)
	KERAS_BACKEND=jax .venv-test/bin/python -m pytest -n 2

test-tensorflow: .venv-test/$(STAMP)
	KERAS_BACKEND=tensorflow .venv-test/bin/python -m pytest -n 2

# Without a network, once its environment is there. The variable silences an announcement about other products.
docs: .venv-docs/$(STAMP)
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict

.venv-%/$(STAMP): requirements/%.txt setup.cfg pyproject.toml
	rm -rf .venv-$*
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install $(PIP_FLAGS) --no-deps -r requirements/$*.txt
	.venv-$*/bin/python -m pip install $(PIP_FLAGS) --no-deps --editable .
	touch $@

clean:
	rm -rf .venv-demo .venv-docs .venv-test demo_output site build *.egg-info
