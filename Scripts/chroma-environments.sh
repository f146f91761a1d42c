#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the virtual environments of ChromaDB that the tests use, once: .build/chroma/VERSION, from PyPI.
#
# usage: chroma-environments.sh [VERSION]...     1.5.9 and 0.5.23 without an argument
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "chroma-environments: $*"
    exit 1
}

make_environment() {
    folder="$PWD/.build/chroma/$1"
    # Made last: a folder without it is one that was not finished.
    [ -e "$folder/complete" ] && return
    command -v python3 >/dev/null 2>&1 || fail "python3 is needed for ChromaDB"
    rm -rf "$folder"
    mkdir -p "$folder"
    say "installing ChromaDB $1 from PyPI (about 500 MB, half a minute)"
    python3 -m venv "$folder" ||
        fail "python3 cannot make a virtual environment (Debian, Ubuntu: apt-get install python3-venv)"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-input --prefer-binary "chromadb==$1" ||
        fail "ChromaDB $1 could not be installed: that needs PyPI, and builds of its parts for this system"
    "$folder/bin/python" -c 'import chromadb' || fail "ChromaDB $1 was installed, but does not start"
    touch "$folder/complete"
}

[ $# -gt 0 ] || set -- 1.5.9 0.5.23
for version in "$@"; do make_environment "$version"; done
