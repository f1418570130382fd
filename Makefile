# The lab's commands, a line or two each. STACK names the stack: make up STACK=team1
STACK ?= dev
SHELL := bash
# Runs a command with the lab's Node.js, Go and Pulumi on PATH.
ENVIRONMENT := source toolchain/env.sh &&
TSX := node --import ./node_modules/tsx/dist/loader.mjs
.DEFAULT_GOAL := help
goal = $(filter $(1),$(MAKECMDGOALS))
STEPS := $(if $(call goal,doctor),1,$(if $(call goal,setup),2,$(if $(call goal,image lint),3,4)))
# Seconds since 1970, for the elapsed time in toolchain/logged.sh and lab/up.
export LAB_STARTED := $(shell date +%s)
step = echo "Step $(1) of $(STEPS): $(2)"
.PHONY: help doctor up fix break destroy check status hint env setup image test test-all lint bench clean uninstall

help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

up: doctor setup image ## Install missing programs, build the broken lab. FRESH=1: even if a template matches
	@$(call step,4,the lab)
	@bin/lab --stack '$(STACK)' up --select $(if $(FRESH),--fresh)

fix: ## Solve the problem with hairpin NAT on lb
	@bin/pulumi up --yes --skip-preview --stack '$(STACK)' -c fixed=true

break: ## Remove the solution
	@bin/pulumi up --yes --skip-preview --stack '$(STACK)' -c fixed=false

destroy: ## Remove the lab; the next up builds a broken one
	@bin/pulumi destroy --yes --skip-preview --stack '$(STACK)'

check: ## Grade the lab
	@bin/lab --stack '$(STACK)' check

status: ## Show machines, cluster, certificate, challenge and real servers
	@bin/lab --stack '$(STACK)' status

hint: ## Print the next hint
	@bin/lab --stack '$(STACK)' hint

env: ## Print the line that puts the lab's pulumi and lab on PATH
	@printf 'export PATH=%q:"$$PATH"\n' "$$PWD/bin"

# Before anything is installed or built, except Node.js, which runs the checks. sudo's password is read here once and kept
# until make ends.
doctor: ## Check every precondition
	@$(call step,1,preconditions)
	@image/build.sh --cached || true
	@toolchain/install-node.sh
	@$(ENVIRONMENT) node lab/doctor/main.mjs --quiet --stack '$(STACK)' --keep-sudo $$PPID

setup: doctor ## Install packages, Go, Node.js, npm packages, Pulumi and its plugins
	@$(call step,2,packages and programs)
	@toolchain/install.sh

image: setup ## Build the machine image, or find it in the cache
	@$(call step,3,machine image)
	@image/build.sh

lint: setup ## Run all linters and type checks
	@$(call step,3,linters and type checks)
	@$(ENVIRONMENT) npm run lint && npm run typecheck

test: setup image ## Run linters, type checks, unit tests, plugin tests, and the tests on a real lab
	@$(call step,4,tests)
	@$(ENVIRONMENT) $(TSX) tests/run.ts $(TESTS)

test-all: setup image ## Also run the life-cycle tests: a killed up, destroy, rebuild
	@$(call step,4,tests)
	@$(ENVIRONMENT) $(TSX) tests/run.ts --all $(TESTS)

bench: setup image ## Measure the stages of a lab's life, compared with BASELINE=FILE; to JSON=FILE, default .lab/bench.json
	@$(call step,4,benchmark)
	@$(ENVIRONMENT) exec $(TSX) tests/bench/main.ts $(if $(JSON),--json '$(JSON)') $(if $(BASELINE),--baseline '$(BASELINE)')

clean: ## Remove the clone's labs, their stacks and all that was built in it
	@if [ -d node_modules ]; then bin/lab cells --remove-own; \
	elif [ -n "$$(ls -A .lab/cells 2>/dev/null)" ]; then \
		echo "This clone has labs, and node_modules is missing, which is needed to remove them: make setup" >&2; exit 1; fi
	@# As pulumi stack rm does: without the passphrase, Pulumi rejects the file of a stack.
	@for state in .lab/state/.pulumi/stacks/*/*.json; do rm -f "Pulumi.$$(basename "$$state" .json).yaml"; done
	rm -rf .lab node_modules sdks/libvirt/bin sdks/libvirt/node_modules offline/kubernetes/*.json

uninstall: clean ## Also remove the cache and all templates
	rm -rf "$${LAB_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/certificate-lab}" "$${LAB_STATE:-$${XDG_STATE_HOME:-$$HOME/.local/state}/certificate-lab}/templates"
	@echo "Debian packages stay, and the caches of Go (~/go/pkg/mod, ~/.cache/go-build) and npm (~/.npm)."
