#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the release programs and measures them, each figure beside its reference in the same run.
set -eu
cd "$(dirname "$0")/.."
swift build -c release --static-swift-stdlib --product strata
swift build -c release --static-swift-stdlib --product strata-bench
swift build -c release --static-swift-stdlib --product throwaway-postgres
bin=$(swift build -c release --show-bin-path)
"$bin/throwaway-postgres" -- python3 Benchmarks/bench.py "$bin" "$@"
"$bin/strata-bench" plan
"$bin/strata-bench" scan
