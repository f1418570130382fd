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

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

up: doctor setup image ## Build the broken lab; installs what is missing first. FRESH=1 builds although a template matches
	@$(call step,4,the lab)
	@bin/lab --stack '$(STACK)' up --select $(if $(FRESH),--fresh)

fix: ## Solve it: hairpin NAT on lb
	@bin/pulumi up --yes --skip-preview --stack '$(STACK)' -c fixed=true

break: ## Remove the solution
	@bin/pulumi up --yes --skip-preview --stack '$(STACK)' -c fixed=false

destroy: ## Remove the lab; the next up is the broken one
	@bin/pulumi destroy --yes --skip-preview --stack '$(STACK)'

check: ## Grade the lab from outside
	@bin/lab --stack '$(STACK)' check

status: ## Machines, cluster, certificate, challenge and real servers on one screen
	@bin/lab --stack '$(STACK)' status

hint: ## The next hint
	@bin/lab --stack '$(STACK)' hint

env: ## Print the line that puts the lab's pulumi and lab on PATH
	@echo 'export PATH="$(CURDIR)/bin:$$PATH"'

# Before anything is installed or built. sudo's password is read here once and kept until make ends.
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

lint: setup ## All linters and type checks
	@$(call step,3,linters and type checks)
	@$(ENVIRONMENT) npm run lint && npm run typecheck

test: setup image ## Linters, types, unit tests, plugin tests, and the tests on a real lab
	@$(call step,4,tests)
	@$(ENVIRONMENT) $(TSX) tests/run.ts $(TESTS)

test-all: setup image ## The life-cycle tests as well: a killed up, destroy, rebuild
	@$(call step,4,tests)
	@$(ENVIRONMENT) $(TSX) tests/run.ts --all $(TESTS)

bench: setup image ## Time every stage of a lab's life
	@$(ENVIRONMENT) tests/bench/bench.sh

clean: ## Remove what was built in this clone, its labs and their state included
	@[ ! -d node_modules ] || bin/lab cells --remove-own
	rm -rf .lab node_modules sdks/libvirt/bin sdks/libvirt/node_modules

uninstall: clean ## Remove the cache and all templates as well
	rm -rf "$${LAB_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/certificate-lab}" "$${LAB_STATE:-$${XDG_STATE_HOME:-$$HOME/.local/state}/certificate-lab}/templates"
