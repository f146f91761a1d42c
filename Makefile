# SPDX-License-Identifier: Apache-2.0
# Two commands are enough: make demo, make test. Both install what they need.

SHELL := /bin/sh
SWIFT ?= swift
RELEASE := -c release --static-swift-stdlib --product strata
# Of debug builds: the parts that speak to other packages take part. The same flag everywhere, because another choice of traits
# compiles every module anew.
export TRAITS ?= --enable-all-traits
# The package manager hands the compiler the traits in the order of a hash table: another one each time, and everything would be built anew.
BUILD := SWIFT_DETERMINISTIC_HASHING=1 $(SWIFT) build $(TRAITS)
SOURCES := Package.swift Sources Tests Benchmarks $(wildcard Examples/*/Package.swift Examples/*/Sources Examples/*/Tests)

.PHONY: help setup build release demo test chroma test-cuts test-versions test-examples test-recovery test-traits bench corpora format lint clean

help:
	@echo "make demo      build, start throw-away servers, and show migrations, a backup set, its proof and its restore"
	@echo "make test      run all tests, against PostgreSQL servers that they start themselves"
	@echo "make chroma    install what the tests of ChromaDB need, from PyPI into .build: a minute, once; make test does it, too"
	@echo "make test-cuts cut the connection at every point, not at one in seven: three minutes on two cores"
	@echo "make test-versions   run the tests that use a server on PostgreSQL 16 and 18 as well"
	@echo "make test-examples   build the examples and run their tests: ten minutes the first time"
	@echo "make test-recovery   follow Docs/DisasterRecovery.md on an empty Debian in a folder, as root: three minutes"
	@echo "make test-traits     what a package that uses Strata fetches and builds, without traits and with each"
	@echo "make release   build the program for use: .build/release/strata"
	@echo "make bench     measure, each figure beside its reference in the same run"
	@echo "make corpora CORPORA=DIR   apply real migration histories, save and restore them (see CONTRIBUTING.md)"
	@echo "make format    format all sources"
	@echo "make lint      check format and project rules"

setup:
	@Scripts/setup.sh

build: setup
	@$(BUILD)

release: setup
	@$(SWIFT) build $(RELEASE)

demo: setup
	@$(BUILD) --product strata
	@STRATA_CHROMA_BIN="$${STRATA_CHROMA_BIN-$(CURDIR)/.build/chroma/1.5.9/bin}" "$$($(SWIFT) build $(TRAITS) --show-bin-path)/strata" demo

# The stores' tests start servers of their own, many at once: beside all others they would take the cores for too long.
STORE_TESTS := ^(BackupKitTests|ChromaAdapterTests|PostgresBackupTests|RedisAdapterTests)\.

# How many test cases run at once. Without a limit all begin together, and on a small machine any two lines are half a minute apart.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 12

test: setup chroma
	@$(BUILD) --build-tests
	@$(SWIFT) test $(TRAITS) --skip-build --skip '$(STORE_TESTS)'
	@$(SWIFT) test $(TRAITS) --skip-build --filter '$(STORE_TESTS)'

# ChromaDB from PyPI, for the tests of ChromaAdapter: a gigabyte in .build, once.
chroma: setup
	@Scripts/chroma-environments.sh

# By themselves: beside the other tests they would take the cores for so long that those exceed their time limits.
test-cuts: setup
	@$(BUILD) --build-tests
	@STRATA_CUT_STRIDE=1 $(SWIFT) test $(TRAITS) --skip-build --filter 'CutConnectionTests|CutRecoveryTests'

test-versions: setup
	@Scripts/test-versions.sh

test-examples: setup
	@$(SWIFT) test --package-path Examples/AppServer

# Installs an empty Debian in a folder: as root, with packages from the network (Debian, PyPI).
test-recovery: release
	@Scripts/test-recovery.sh

test-traits: setup
	@Scripts/test-traits.sh

bench: release
	@Benchmarks/run.sh

corpora: release
	@Scripts/corpora.sh "$(CORPORA)"
	@$(BUILD) --build-tests
	@STRATA_CORPORA="$(abspath $(CORPORA))" $(SWIFT) test $(TRAITS) --skip-build --filter HistoryRoundTripTests

format:
	@$(SWIFT) format --in-place --recursive $(SOURCES)

lint:
	@Scripts/lint.sh

clean:
	@rm -rf .build Examples/*/.build
