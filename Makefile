# The stack that `make local` brings up.
STACK ?= stage
# What brings it up: `apply` needs nothing else; `pulumi` runs `pulumi up`, where a Pulumi CLI is on PATH.
ENGINE ?= apply

INSTALLED := node_modules/.package-lock.json
# Two runs at once must not install into each other's files.
LOCKED := $(if $(shell command -v flock),flock .local/install.lock)

.PHONY: help local local-down render stack test bench format

help:
	@echo 'make local [STACK=stage] [ENGINE=pulumi]   bring a stack up on a control plane on this machine'
	@echo 'make local-down [STACK=stage]              remove that stack, or the whole control plane'
	@echo 'make render [STACK=stage]                  print the objects of a stack'
	@echo 'make test                                  format, lint, types, and all tests'
	@echo 'make bench                                 how long things take, and how much memory'
	@echo 'make format                                format all code'
	@echo
	@echo './ops help                                 every command of the project, once it is installed:'
	@./ops help

local: $(INSTALLED) stack
	@./ops local up "$(STACK)" --engine="$(ENGINE)"

local-down: $(INSTALLED) stack
	@./ops local down $(if $(filter file,$(origin STACK)),--all,"$(STACK)")

render: $(INSTALLED) stack
	@./ops render "$(STACK)"

stack:
	@test -n "$(STACK)" || { echo 'STACK is empty. Name a stack, as in: make $(firstword $(MAKECMDGOALS)) STACK=stage' >&2; exit 1; }

test: $(INSTALLED)
	@npm run --silent lint
	@npm run --silent types & types=$$!; npm run --silent test; tests=$$?; wait $$types && exit $$tests

bench: $(INSTALLED)
	@npm run --silent bench

format: $(INSTALLED)
	@npm run --silent format

$(INSTALLED): package.json package-lock.json .npmrc
	@mkdir -p .local
	@echo 'Installing npm packages (about a minute, once)'
	@$(LOCKED) sh -c 'test $@ -nt package-lock.json || npm ci --loglevel=error'
	@touch $@
