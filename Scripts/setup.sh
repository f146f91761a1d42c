#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the system packages that building and testing need, where they are missing.
set -eu

say() { printf '%s\n' "$*" >&2; }

if ! command -v swift >/dev/null 2>&1; then
    say "There is no Swift on this machine (no 'swift' in PATH)."
    say "Install Swift 6.2 or later from https://www.swift.org/install, then run this again."
    exit 1
fi

version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
major=${version%%.*}
minor=${version#*.}
if [ -z "$version" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
    say "Swift 6.2 or later is needed; this is ${version:-an unknown version}."
    exit 1
fi

has_libpq() { pkg-config --exists libpq 2>/dev/null; }
has_server() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
        ls /opt/homebrew/opt/postgresql@*/bin/initdb /usr/local/opt/postgresql@*/bin/initdb >/dev/null 2>&1
}

has_sqlite() {
    for folder in /usr/include /usr/local/include /opt/homebrew/include; do
        [ -e "$folder/sqlite3.h" ] && return 0
    done
    echo '#include <sqlite3.h>' | cc -E -x c - >/dev/null 2>&1
}

# For the tests of ChromaDB, which comes into a virtual environment.
has_venv() { python3 -c 'import ensurepip, venv' >/dev/null 2>&1; }

# For the tests. Debian has it where only administrators look for programs.
has_pooler() { command -v pgbouncer >/dev/null 2>&1 || [ -x /usr/sbin/pgbouncer ]; }

has_hiredis() { ls /usr/include/hiredis/hiredis.h /usr/local/include/hiredis/hiredis.h /opt/homebrew/include/hiredis/hiredis.h 2>/dev/null | grep -q .; }
# For dumps that strata backup --compress zstd writes.
has_zstd() { command -v zstd >/dev/null 2>&1; }
has_redis() { command -v redis-server >/dev/null 2>&1; }

if [ "$(uname -s)" = Darwin ]; then
    missing=""
    has_libpq || missing="$missing libpq pkgconf"
    has_server || missing="$missing postgresql@17"
    has_hiredis || missing="$missing hiredis"
    has_redis || missing="$missing redis"
    has_zstd || missing="$missing zstd"
    has_pooler || missing="$missing pgbouncer"
    if [ -n "$missing" ]; then
        say "Missing:$missing. Install with:"
        say "    brew install$missing"
        say "    export PKG_CONFIG_PATH=\"\$(brew --prefix libpq)/lib/pkgconfig\""
        exit 1
    fi
    exit 0
fi

missing=""
command -v pkg-config >/dev/null 2>&1 || missing="$missing pkg-config"
has_libpq || missing="$missing libpq-dev"
has_server || missing="$missing postgresql"
has_hiredis || missing="$missing libhiredis-dev"
has_redis || missing="$missing redis-server"
has_zstd || missing="$missing zstd"
has_pooler || missing="$missing pgbouncer"
has_sqlite || missing="$missing libsqlite3-dev"
has_venv || missing="$missing python3 python3-venv"
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    say "Missing:$missing. This machine has no apt-get: install the like of them with its own package manager."
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    say "Missing:$missing. Run as root: apt-get install$missing"
    exit 1
fi
say "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words on purpose
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
