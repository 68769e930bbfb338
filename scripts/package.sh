#!/usr/bin/env bash
# Makes the Debian package of the release build: package.sh [FOLDER]. Prints where it is.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
out=$(readlink -f "${1:-build/release/package}")
mkdir -p "$out"
ninja -C build/release meterway package_pages >/dev/null
rm -f "$out"/meterway_*.deb
(cd build/release && cpack -G DEB -B "$out" >"$out/cpack.log" 2>&1) || { cat "$out/cpack.log" >&2; exit 1; }
rm -rf "$out/_CPack_Packages"
ls "$out"/meterway_*.deb
