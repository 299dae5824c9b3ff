# Everything is installed into .venv, in pinned versions; nothing else on the machine changes.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
MUTANTS := build/mutants
MINUTES ?= 60
EDITOR := server/stimson/web/pages/static/vendor

.PHONY: help setup editor build serve test test-all clients screenshots mutants check lint fmt data docs clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(READY) editor  ## Install into .venv

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

editor: $(EDITOR)/yasqe.min.js  ## Install the query editor beside the pages, if npm is there

$(EDITOR)/yasqe.min.js: server/editor/package-lock.json
	@if command -v npm >/dev/null && npm --prefix server/editor ci --silent --no-audit --no-fund \
	  --ignore-scripts --omit=optional; then \
	  mkdir -p $(EDITOR) && cp server/editor/node_modules/@zazuko/yasqe/build/yasqe.min.css $(EDITOR)/ \
	  && cp server/editor/node_modules/@zazuko/yasqe/build/yasqe.min.js $@; \
	else echo "The query form stays a plain one: its editor needs npm."; fi

build: $(READY)  ## Build the snapshot that is served
	@$(BIN)/stimson build

serve: build editor  ## Build and serve on http://127.0.0.1:8000 (PORT=… for another port)
	@exec $(BIN)/stimson serve

lint: $(READY)  ## Check format, style and types; change nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/turtlefmt --check ontology shapes data

fmt: $(READY)  ## Rewrite every file in house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/turtlefmt ontology shapes data

data: $(READY)  ## Write the generated data anew from data/reference
	$(BIN)/python data/generate.py

docs: build  ## Draw the diagrams of docs/model.md, write docs/recipes.md and, to build/docs, the reference
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/recipes.py

check: $(READY)  ## Validate ontology, shapes and data
	$(BIN)/python data/generate.py --check
	@$(BIN)/stimson validate

test: lint build  ## Run every check and test (a build validates first)
	$(BIN)/python data/generate.py --check
	$(BIN)/pytest -n 4 --dist loadfile

test-all: test clients  ## Run the slow tests, too: other programs, standard test suites, long loads
	$(BIN)/pytest -m slow
	$(BIN)/pytest tests/test_clients.py
	STIMSON_TEST_ENGINE=remote $(BIN)/pytest -n 2 --dist loadfile tests/w3c tests/test_web_*.py

clients: $(READY)  ## Install the clients and the checker of pages that only test-all needs (npm must be there)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt owlready2 pandas
	mkdir -p build/clients
	cp tests/clients/package.json build/clients/
	npm --prefix build/clients install --no-audit --no-fund --no-package-lock --ignore-scripts

screenshots: build  ## Take pictures of every kind of page, into build/screenshots (chromium must be there)
	@$(BIN)/python tests/browser/screenshots.py

mutants: $(READY)  ## Change the central modules in small ways, and list the changes no test finds
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt mutmut
	mkdir -p $(MUTANTS)
	for each in benchmarks data ontology pyproject.toml queries shapes stimson.toml tests; do \
	  ln -sfn $(CURDIR)/$$each $(MUTANTS)/$$each; done
	ln -sfn $(CURDIR)/server $(MUTANTS)/src
	cd $(MUTANTS) && timeout --foreground --signal=INT $(MINUTES)m \
	  $(CURDIR)/$(BIN)/mutmut run --max-children 2 $(ONLY) || test $$? -eq 124
	cd $(MUTANTS) && $(CURDIR)/$(BIN)/mutmut results

clean:  ## Remove what was installed and built
	rm -rf .venv build .stimson .pytest_cache .mypy_cache .ruff_cache
