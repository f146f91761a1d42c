#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Applies real migration histories, which are not ours and never committed, and compares the schema with psql's.
#
# usage: corpora.sh DIR
#   DIR/NAME/*.sql           the files of a set, as Scripts/corpus.py extract lays them
#   DIR/NAME.prelude.sql     run once before the set, where it exists
set -eu
cd "$(dirname "$0")/.."
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: make corpora CORPORA=DIR, DIR with one folder of SQL files for each set" >&2
    exit 64
fi
bin=$(swift build -c release --show-bin-path)
swift build -c release --static-swift-stdlib --product throwaway-postgres
exec "$bin/throwaway-postgres" -- python3 Scripts/corpora.py "$bin/strata" "$1"
