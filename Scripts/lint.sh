#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Format, and the rules of the project that a machine can check.
set -eu
cd "$(dirname "$0")/.."
failed=0
complain() { printf '%s\n' "$*" >&2; failed=1; }

swift format lint --strict --recursive Package.swift Sources Tests Benchmarks \
    Examples/*/Package.swift Examples/*/Sources Examples/*/Tests || failed=1

for file in $(git ls-files '*.swift' '*.sh' Makefile .ci/run); do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || complain "$file: no licence header"
done

importers=$(git grep -l 'import CLibPQ' -- Sources | wc -l)
[ "$importers" -eq 1 ] || complain "CLibPQ is imported by $importers files; exactly one may"

for file in $(git ls-files 'Sources/*.swift' 'Examples/*.swift'); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 500 ] || complain "$file has $lines lines; split it"
done

[ "$failed" -eq 0 ] && echo "lint: clean"
exit "$failed"
