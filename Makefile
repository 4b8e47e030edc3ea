# Praxis: `make run` and `make test` are all the set-up there is. `make help` explains the rest.

VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= $(or $(PRAXIS_PORT),8000)
TEST_ARGS ?=
PYTEST = $(BIN)/python -m pytest -n auto --maxprocesses=4 --dist worksteal

# The first Python that is new enough; `PYTHON=/path/to/python make run` overrides the search.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$each" -c '$(NEW_ENOUGH)' 2>/dev/null; then echo "$$each"; break; fi; done)

INSTALLED := $(VENV)/.installed
TEMPLATES = find [a-z]*/ \( -path 'build/*' -o -path 'var/*' \) -prune -o -path '*/templates/*' -name '*.html' -print
OUR_APPS = $(sort $(notdir $(patsubst %/migrations/,%,$(wildcard lms/*/migrations/ */migrations/))))

# Values that let production settings be checked without a server or a secret.
AS_IN_PRODUCTION := DJANGO_SETTINGS_MODULE=config.settings.prod \
	PRAXIS_SECRET_KEY=only-for-make-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	PRAXIS_BASE_URL=https://praxis.example \
	PRAXIS_DATABASE_URL=postgresql://praxis@localhost/praxis \
	PRAXIS_REDIS_URL=redis://localhost/0 \
	PRAXIS_EMAIL_URL=smtp://localhost \
	PRAXIS_ENCRYPTION_KEYS=b25seS1mb3ItbWFrZS1jaGVjay0wMTIzNDU2Nzg5YWI= \
	PRAXIS_BADGE_KEYS=b25seS1mb3ItbWFrZS1jaGVjay0wMTIzNDU2Nzg5YmM=

.DEFAULT_GOAL := help
.PHONY: help run test prove check fix bench screenshots verify-badges lock secrets clean

help: ## show what each command does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(INSTALLED) ## start Praxis with a demo company; another port: PORT=8001 make run
	@PRAXIS_DEMO=1 PRAXIS_PORT=$(PORT) exec $(BIN)/python manage.py start

# Each worker and each process that a test starts reads compiled modules, even where Python is told to keep none: to
# prepare five thousand tests takes twice as long without.
test prove: export PYTHONDONTWRITEBYTECODE =
test: $(INSTALLED) ## run all tests but the long proofs; some of them: TEST_ARGS="tests/web -x" make test
	$(PYTEST) -m "not proof" $(TEST_ARGS)

prove: $(INSTALLED) ## run the long proofs: killed workers, every page in a browser, every address, foreign verifiers
	$(PYTEST) -m proof $(TEST_ARGS)

check: $(INSTALLED) ## run what reads the code without running it: style, types, floors, templates, containers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(TEMPLATES) | xargs -r $(BIN)/djade --check --target-version 5.2
	$(TEMPLATES) | xargs -r $(BIN)/djlint --lint --quiet
	$(BIN)/python manage.py makemigrations --check --dry-run $(OUR_APPS)
	$(AS_IN_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile

fix: $(INSTALLED) ## repair what a machine can: imports, formatting, template syntax, the list of settings
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(TEMPLATES) | xargs -r $(BIN)/djade --target-version 5.2
	$(BIN)/python -m config.documentation

bench: $(INSTALLED) ## measure pages against a bare view on PostgreSQL (docs/performance.md)
	$(BIN)/python -m tests.bench

screenshots: $(INSTALLED) ## photograph the demo's pages into build/screenshots, the best into docs/screenshots
	$(BIN)/python -m tests.screenshots

# As in CI, where verifiers that are missing are a failure: whoever asks for this wants them to read.
verify-badges: $(INSTALLED) ## let foreign verifiers read the badges that we issue; needs Node 18 and npm
	CI=true $(BIN)/python -m pytest --capture=no tests/badges/foreign

lock: $(INSTALLED) ## pin the newest allowed versions of all packages, with hashes, in constraints.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra embedded --universal --generate-hashes --upgrade \
		--no-annotate --no-header --no-emit-index-url --output-file constraints.txt

# A file keeps its mode inside a container, where another user reads it; the closed folder protects it here.
secrets: ## make the passwords that `docker compose up` reads, once, in var/secrets
	@mkdir -p var/secrets && chmod 700 var/secrets
	@test -s var/secrets/secret_key || python3 -c 'import secrets; print(secrets.token_urlsafe(60))' > var/secrets/secret_key
	@test -s var/secrets/postgres_password || python3 -c 'import secrets; print(secrets.token_urlsafe(30))' > var/secrets/postgres_password
	@for each in encryption_keys badge_keys; do test -s var/secrets/$$each || python3 -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())' > var/secrets/$$each; done
	@printf 'postgresql://praxis:%s@postgres:5432/praxis\n' "$$(cat var/secrets/postgres_password)" > var/secrets/database_url
	@chmod 644 var/secrets/* && echo "var/secrets holds what docker compose needs. Back it up; never commit it."

clean: ## remove everything that can be made again; your data in var/ stays
	rm -rf build .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Touched only after a complete installation, so that an interrupted one is repeated.
$(INSTALLED): constraints.txt
	@test -n "$(PYTHON)" || { echo "Praxis needs Python 3.11 or newer and found none. Install it," \
		"or say where it is: PYTHON=/path/to/python3.11 make run" >&2; exit 1; }
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' || { echo "Praxis needs Python 3.11 or newer; $(PYTHON) is" \
		"$$("$(PYTHON)" --version 2>&1 | head -1). Say where a newer one is: PYTHON=/path/to/python3.11 make run" >&2; exit 1; }
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv $(VENV) || { echo "This Python cannot make virtual environments." \
		"On Debian and Ubuntu: apt install python3-venv. Then try again." >&2; rm -rf $(VENV); exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@touch $@
