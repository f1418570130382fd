# The lab's commands; each is a line or two, what they call lies in toolchain/, image/ and lab/.
STACK ?= dev
# Names of files in tests/lab/, in quotes; without any, test-lab runs all of them.
LAB_TESTS ?=
.DEFAULT_GOAL := help
.PHONY: help up fix break destroy check status hint explain snapshot reset env setup hypervisor image stack test test-unit test-plugins test-lab lint bench clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

up: stack image hypervisor ## Build the broken lab; installs what is missing first
	bin/pulumi up --yes --skip-preview --stack $(STACK)

fix: ## Solve it: hairpin NAT on lb
	bin/pulumi up --yes --skip-preview --stack $(STACK) -c fixed=true

break: ## Take the solution away again
	bin/pulumi up --yes --skip-preview --stack $(STACK) -c fixed=false

destroy: ## Remove the lab; the next up is the broken one
	bin/pulumi destroy --yes --skip-preview --stack $(STACK)

check: ## Judge from outside whether the problem is solved
	bin/lab check

status: ## Machines, cluster, certificate, challenge and real servers on one screen
	bin/lab status

hint: ## The next hint for somebody who is stuck
	bin/lab hint

explain: ## Show on live packets how the answer bypasses lb
	bin/lab explain

snapshot: ## Keep the broken lab as it is now
	bin/lab snapshot

reset: ## Back to the snapshot, whatever was done to the machines
	bin/lab reset

env: ## Print the line that puts the lab's pulumi and lab on PATH
	@echo 'export PATH="$(CURDIR)/bin:$$PATH"'

setup: ## Install packages, Go, Node.js, npm packages, Pulumi and its plugins
	@toolchain/install.sh

hypervisor: setup ## Start libvirtd where none answers
	@scripts/hypervisor.sh start

image: setup ## Build the machine image, or find it in the cache
	@image/build.sh

stack: setup
	@toolchain/create-stack.sh $(STACK)

test: test-unit test-plugins test-lab ## All tests, the real lab included

test-unit: setup ## Linters, type checks, unit tests with Pulumi's mocks, plugin tests
	@tests/test-unit.sh

test-plugins: setup ## The command and kubernetes plugins against real SSH servers and a real API server
	@offline/test-plugins.sh

test-lab: stack image hypervisor ## Build, break, solve, unsolve and destroy a lab on real machines
	@tests/lab/test-lab.sh $(LAB_TESTS)

lint: setup ## Biome, TypeScript, shellcheck, gofmt
	@tests/lint.sh

bench: stack image hypervisor ## Time every stage of a lab's life
	@tests/bench/bench.sh

clean: ## Stop the lab's own libvirtd
	scripts/hypervisor.sh stop
