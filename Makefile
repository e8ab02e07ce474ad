# Every target makes the environment it needs. `make demo` and `make test` are all that a newcomer has to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONUTF8 := 1

.PHONY: setup demo test lint crawl bench days kills interop lock

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed (PYTHON=… names one)"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
	  PYTHONWARNINGS=ignore uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  "$(PYTHON)" -m venv $(VENV) && $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
	  PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

demo: setup
	@$(BIN)/python -m jimo_crawler.demo

test: lint
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

# make crawl PORTAL_URL=http://… ARGS="-a town=金口镇"
crawl: setup
	@$(BIN)/python -m scrapy crawl towns $(if $(PORTAL_URL),-s JIMO_PORTAL_URL="$(PORTAL_URL)") $(ARGS)

bench: setup
	$(BIN)/python -m benchmarks

# Thirty-six days of the demo portal by the real command, each held against the truth (about five minutes)
days: setup
	$(BIN)/python -m tests.days

# 200 kills: nothing lost? Half an hour at most. Arguments of the script: ARGS="--points 40 --seed 7"
kills: setup
	$(BIN)/python benchmarks/kills.py $(ARGS)

# What other people's tools make of our files; one line a tool: ran, missing or FAILED.
interop: setup
	$(BIN)/python -m interop $(TOOLS)

lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --all-extras --python-version 3.11 pyproject.toml -o requirements.lock
