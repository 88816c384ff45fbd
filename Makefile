# Two commands for everybody: make demo, make test. The rest is for developers.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
TEMPLATES := --line-length 100 --indent-width 2 --profile django
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup demo test quick check bench lock format browser kill power-cut pictures clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Cần Python 3.11 trở lên; đây là " + sys.version.split()[0])'
	@echo "Tạo môi trường Python trong $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/pyvenv.cfg requirements/runtime.txt
	@echo "Cài các gói để chạy cổng (đã ghim phiên bản và mã băm) …"
	@$(INSTALL) -r requirements/runtime.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Cài các gói để kiểm thử …"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev ## prepare the environment, nothing else

demo: $(VENV)/.runtime ## the demonstration campaign on http://127.0.0.1:8000/
	@DEBUG=1 HTTPS=0 $(BIN)/python manage.py demo $(ARGS)

browser: $(VENV)/.dev
	@$(BIN)/python tests/browser_setup.py

test: $(VENV)/.dev browser ## the whole suite on SQLite and on PostgreSQL
	@$(BIN)/python tests/run_suites.py $(ARGS)

quick: $(VENV)/.dev ## SQLite without browsers, what the change touches first
	@$(BIN)/python tests/quick.py $(ARGS)

check: $(VENV)/.dev ## all gates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt $(TEMPLATES) --check templates
	DEBUG=1 $(BIN)/mypy
	DEBUG=1 DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') ALLOWED_HOSTS=portal.example \
	  DATABASE_URL=postgres://portal:portal@127.0.0.1:1/portal $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(BIN)/python tests/audit_packages.py; audited=$$?; [ $$audited -eq 0 ] || [ $$audited -eq 75 ] || exit $$audited; \
	  $(MAKE) test || exit $$?; \
	  [ $$audited -eq 0 ] || echo "make check: các cửa khác đều qua; riêng kiểm tra lỗ hổng của các gói KHÔNG CHẠY ĐƯỢC."

bench: $(VENV)/.dev ## speed and memory, as ratios in one run
	@$(BIN)/python tests/bench/run.py $(ARGS)

kill: $(VENV)/.dev ## kill the process at every statement of every act about people, on both engines
	@EVERY_KILL=1 $(BIN)/python tests/run_suites.py tests/kill -n 0 -s $(ARGS)

power-cut: $(VENV)/.dev ## take the power away while receipts are recorded (as root on Linux)
	@POWER_CUT=1 $(BIN)/python tests/run_suites.py tests/kill/test_power_cut.py -n 0 -s $(ARGS)

format: $(VENV)/.dev ## put the source in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djangofmt $(TEMPLATES) templates

pictures: $(VENV)/.dev browser ## take the README's pictures anew, of the whole demonstration
	@PICTURES=$(CURDIR)/docs/pictures $(BIN)/python tests/pictures.py

lock: $(VENV)/.dev ## renew the hash-pinned requirements
	cd requirements && for name in runtime dev; do ../$(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --output-file=$$name.txt $$name.in; done

clean: ## throw away what can be made again
	rm -rf $(VENV) var staticfiles .mypy_cache .ruff_cache .hypothesis portal.sqlite3*
