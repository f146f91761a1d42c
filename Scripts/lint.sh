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

# One file sees each C library; everything else sees Swift.
for library in CLibPQ CHiredis CSQLite CRedisGuardian; do
    importers=$(git grep -lE "^([a-z]+ )?import $library\$" -- Sources | wc -l)
    [ "$importers" -eq 1 ] || complain "$library is imported by $importers files; exactly one may"
done

for folder in Sources/* Tests/*; do
    target=${folder##*/}
    case "$target" in Fixtures | ThrowawayOwner) continue ;; esac
    grep -q "\`$target\`" CONTRIBUTING.md || complain "$target is not in CONTRIBUTING.md"
done

for file in $(git ls-files 'Sources/*.swift' 'Examples/*.swift'); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 500 ] || complain "$file has $lines lines; split it"
done

[ "$failed" -eq 0 ] && echo "lint: clean"
exit "$failed"
