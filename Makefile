# Every target does its own set-up: Python 3.11 or newer and make are enough. `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN := .venv/bin
INSTALL := scripts/install .venv
WITH_NODE := scripts/with-node
PAGE := src/ticktape/server/static/index.html
UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*.tsbuildinfo' 2>/dev/null)
COMPILE_LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --custom-compile-command "make lock"

# Marks that say what is ready live inside of what they speak of, so they vanish with it.
READY_TO_RUN := .venv/.ready-to-run
READY_TO_TEST := .venv/.ready-to-test
READY_PEERS := .venv-peers/.ready
READY_UI := ui/node_modules/.ready

.PHONY: help setup run ui warm-up test lint format bench bench-viewer docs wheel wheel-check lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(READY_TO_TEST) $(PAGE) ## everything for working on ticktape, and nothing started

run: $(READY_TO_RUN) $(PAGE) warm-up ## the viewer over a simulated exchange, at http://localhost:8080
	$(BIN)/ticktape up --demo

ui: $(PAGE) ## build the viewer

warm-up: $(READY_TO_RUN) ## compile every kernel for this machine, once
	@$(BIN)/ticktape warm-up

test: $(READY_TO_TEST) $(PAGE) warm-up ## the whole suite, browser tests included
	@scripts/find-browser
	scripts/test

lint: $(READY_TO_TEST) $(READY_UI) ## formats, rules, types and floors, in Python and in TypeScript
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(WITH_NODE) npm --prefix ui run check

format: $(READY_TO_TEST) $(READY_UI) ## put every file into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(WITH_NODE) npm --prefix ui run format

bench: $(READY_TO_TEST) $(READY_PEERS) $(PAGE) warm-up ## measure this machine, and write the figures into the documentation
	@scripts/find-browser
	$(BIN)/ticktape bench --out docs/performance.json
	$(BIN)/python benchmarks/publish.py

bench-viewer: $(READY_TO_TEST) $(PAGE) warm-up ## frames a second and memory of the page, over ten minutes
	@scripts/find-browser
	$(BIN)/python benchmarks/viewer_frames.py --minutes 10 --out artifacts/viewer-frames.json

docs: $(READY_TO_TEST) ## build the reference of the Python API into artifacts/docs
	$(BIN)/pdoc --docformat numpy --output-directory artifacts/docs ticktape
	@echo "open artifacts/docs/index.html"

wheel: $(READY_TO_TEST) $(PAGE) ## the wheel, with the built viewer inside, into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --wheel

wheel-check: wheel ## install the wheel elsewhere, and look at its page without Node.js
	scripts/check-wheel

lock: $(BIN)/uv ## bring requirements/*.txt up to pyproject.toml
	for name in uv node peers; do $(COMPILE_LOCK) requirements/$$name.in -o requirements/$$name.txt; done
	$(COMPILE_LOCK) pyproject.toml requirements/build.in -o requirements/run.txt
	$(COMPILE_LOCK) pyproject.toml requirements/build.in --all-extras --group dev \
	  -c requirements/run.txt -o requirements/dev.txt

clean: ## remove everything that was built or installed here
	rm -rf .venv .venv-peers ui/node_modules ui/dist src/ticktape/server/static dist build artifacts
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/uv: requirements/uv.txt
	scripts/make-venv .venv
	@touch $@

$(READY_TO_RUN): $(BIN)/uv requirements/run.txt pyproject.toml
	$(INSTALL) --require-hashes --requirement requirements/run.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

$(READY_TO_TEST): $(READY_TO_RUN) requirements/dev.txt
	$(INSTALL) --require-hashes --requirement requirements/dev.txt
	@touch $@

$(READY_PEERS): requirements/peers.txt requirements/uv.txt
	scripts/make-venv .venv-peers
	scripts/install .venv-peers --require-hashes --requirement requirements/peers.txt
	@touch $@

$(READY_UI): $(BIN)/uv ui/package.json ui/package-lock.json
	$(WITH_NODE) npm --prefix ui ci --no-audit --no-fund
	@touch $@

$(PAGE): $(READY_UI) $(UI_SOURCES)
	$(WITH_NODE) npm --prefix ui run build
	@touch $@
