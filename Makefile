# Everything a person does with the project; `make help` lists it.
SEED ?= 1
STEPS ?= 500
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
COMPILE := uv pip compile -q --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links
PYTEST := $(BIN)/python scripts/with_services.py $(BIN)/pytest
POSTGRES := INSTICA_TEST_DATABASE=postgresql
NOROWS := $(foreach name,build packs popup,extension/test_$(name).py)
# What knows no database (a rule of the layers) cannot differ between two, and the killing tests bring their own. What a
# browser makes of a page, and the long random run, are seen once: the page's own tests, and every story, run on both.
ONCE := -m "not engine and not browser" --ignore=src \
  $(foreach folder,chaos clients conformance contracts core kit $(NOROWS),--ignore=tests/$(folder))

.DEFAULT_GOAL := help
.PHONY: help setup demo extension test test-postgres test-deep chaos check bench schema docs marketplace conform contracts verify lock clean

help: ## List what can be done
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  %-14s %s\n", $$1, $$2}'

.venv/run: locks/run.txt pyproject.toml
	scripts/make_venv.sh "$(PYTHON)" locks/run.txt
	@touch $@

.venv/dev: locks/dev.txt pyproject.toml
	scripts/make_venv.sh "$(PYTHON)" locks/dev.txt
	@touch .venv/run $@

setup: .venv/run ## Make .venv with the instica command in it

demo: setup ## Start a hub with an account, four connected shops and the simulators
	@$(BIN)/python scripts/build_extension.py dist > /dev/null
	$(BIN)/instica demo $(ARGS)

extension: .venv/run ## Write dist/instica-chromium.zip and dist/instica-firefox.zip, and lint the latter
	$(BIN)/python scripts/build_extension.py dist
	scripts/lint_extension.sh dist/instica-firefox.zip

test: .venv/dev check extension ## Check style, types, layers, and run every test on SQLite
	scripts/system_packages.sh
	$(PYTEST) $(ARGS)

test-postgres: .venv/dev ## Run every test that touches a database on PostgreSQL
	scripts/system_packages.sh
	$(POSTGRES) $(PYTEST) $(ONCE) $(ARGS)

test-deep: .venv/dev check ## Run every test on both databases, properties at full depth
	scripts/system_packages.sh
	INSTICA_TEST_DEPTH=deep $(PYTEST) $(ARGS)
	INSTICA_TEST_DEPTH=deep $(POSTGRES) $(PYTEST) $(ONCE) $(ARGS)

chaos: .venv/dev ## Do many random things at once and check what must hold: make chaos SEED=1 STEPS=500
	CHAOS_SEED=$(SEED) CHAOS_STEPS=$(STEPS) $(PYTEST) tests/chaos/test_everything.py -q -s -p no:randomly $(ARGS)

check: .venv/dev ## Check style, types and layers
	$(BIN)/ruff check src tests bench scripts conftest.py
	$(BIN)/ruff format --check src tests bench scripts conftest.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/mypy bench

bench: .venv/dev ## Measure, and write docs/benchmarks.md (ONLY="sales webhooks" for a part of it)
	$(BIN)/python -m bench $(ONLY)

schema: .venv/dev ## Write docs/reference/openapi.yaml anew
	$(BIN)/python scripts/write_reference.py openapi

docs: .venv/dev ## Write docs/reference anew
	$(BIN)/python scripts/write_reference.py

marketplace: .venv/dev ## Write the folder of a new marketplace (NAME=bandcamp, LABEL="Bandcamp")
	$(BIN)/python scripts/make_marketplace.py "$(NAME)" --label "$(LABEL)"

conform: .venv/dev ## Run the conformance suite (NAME=discogs)
	$(BIN)/pytest tests/conformance -k "$(NAME)" $(ARGS)

contracts: .venv/dev ## Check requests and answers against the official contracts, and write docs/marketplaces.md (INSTICA_SPECS=folder)
	INSTICA_CONTRACTS_PAGE=docs/marketplaces.md $(BIN)/pytest tests/conformance src/instica/marketplaces $(ARGS)

verify: .venv/dev ## Read a real account with the conformance suite (NAME=discogs; see tests/conformance/verify.py)
	INSTICA_VERIFY=$(NAME) $(BIN)/pytest tests/conformance/verify.py --force-enable-socket -o addopts="--import-mode=importlib" $(ARGS)

lock: ## Resolve the dependencies anew (needs uv)
	$(COMPILE) --group build pyproject.toml -o locks/run.txt
	$(COMPILE) --group build --group dev -c locks/run.txt pyproject.toml -o locks/dev.txt

clean: ## Remove what was made here
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
