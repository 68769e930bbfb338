#!/usr/bin/env bash
# Configures and builds a preset: scripts/build.sh PRESET [ninja targets]. METERWAY_TESTS=OFF leaves the tests out, and
# with them what only they need.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
preset=$1
shift
# The same source in another folder is the same object to ccache.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
log=build/$preset/configure.log
mkdir -p "build/$preset"
cmake --preset "$preset" -D METERWAY_TESTS="${METERWAY_TESTS:-ON}" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
NINJA_STATUS="[$preset %f/%t %es] " ninja -C "build/$preset" "$@" >"build/$preset/build.log" 2>&1 || { tail -n 60 "build/$preset/build.log" >&2; exit 1; }
