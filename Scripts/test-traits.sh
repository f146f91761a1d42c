#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a package that uses Strata fetches and builds: without traits nothing of the packages behind them, and with each trait
# alone the module that speaks to its package.
#
# usage: test-traits.sh [--resolve-only]     without building, which takes most of the time
set -eu
builds=yes
[ "${1-}" = --resolve-only ] && builds=no
cd "$(dirname "$0")/.."
root=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "test-traits: $*"
    exit 1
}

# A consumer with the traits given as a list of Swift strings, and a line that uses what the trait brings.
consumer() {
    mkdir -p "$folder/Sources/Consumer"
    cat >"$folder/Package.swift" <<END
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Consumer",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "strata", path: "$root", traits: [$1])],
    targets: [
        .target(name: "Consumer", dependencies: [.product(name: "MigrationService", package: "strata")])
    ])
END
    printf 'import MigrationService\npublic typealias Used = %s\n' "$2" >"$folder/Sources/Consumer/Consumer.swift"
}

# Resolves from nothing, and prints the packages that were fetched, one in a line, in order.
fetched() {
    rm -rf "$folder/.build/checkouts" "$folder/.build/workspace-state.json" "$folder/Package.resolved"
    (cd "$folder" && swift package resolve >"$folder/log" 2>&1) || { cat "$folder/log" >&2; fail "does not resolve"; }
    # A repository is cloned to read its manifest; what is used gets a checkout.
    ls "$folder/.build/checkouts"
}

guarded='swift-(service-lifecycle|log|metrics|distributed-tracing|configuration|async-algorithms|collections)'

consumer '' MigrationReadiness
packages=$(fetched)
say "without traits: $(echo $packages)"
if echo "$packages" | grep -qE "^$guarded\$"; then fail "a package behind a trait is fetched without it"; fi
[ $builds = no ] || (cd "$folder" && swift build --quiet) || fail "does not build without traits"

while read -r trait package use; do
    consumer "\"$trait\"" "$use"
    packages=$(fetched)
    say "$trait: $(echo "$packages" | grep -E "^$guarded\$" | tr '\n' ' ')"
    echo "$packages" | grep -qx "$package" || fail "$trait does not fetch $package"
    [ $builds = no ] || (cd "$folder" && swift build --quiet) || fail "does not build with $trait alone"
done <<END
Logging swift-log MigrationLog
Metrics swift-metrics MigrationMetrics
Tracing swift-distributed-tracing MigrationTracing
Configuration swift-configuration MigrationSettings.InvalidSeconds
ServiceLifecycle swift-service-lifecycle MigrationServiceGroup
END
say "test-traits: nothing is fetched that was not asked for"
[ $builds = no ] || say "test-traits: each trait builds alone"
