#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Follows Docs/DisasterRecovery.md on an empty Debian 12 in a folder: three minutes, as root, with Debian's packages
# and ChromaDB from the network.
set -eu
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then
    echo "test-recovery: run as root: an empty system is installed in a folder, and lived in" >&2
    exit 1
fi
command -v debootstrap >/dev/null 2>&1 || apt-get install -y -qq debootstrap >/dev/null || {
    echo "test-recovery: debootstrap is needed (Debian, Ubuntu: apt-get install debootstrap)" >&2
    exit 1
}
Scripts/chroma-environments.sh 1.5.9
bin=$(swift build -c release --show-bin-path)
swift build -c release --static-swift-stdlib --product throwaway-postgres
exec "$bin/throwaway-postgres" -- python3 Scripts/recovery.py "$bin/strata"
