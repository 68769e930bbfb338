#!/usr/bin/env bash
# Reads the reference requests with our parser and with the published clients' one, in turn, in one run:
#   bench/parser.sh FOLDER_OF_BENCH_PROGRAMS [ROUNDS]        (METERWAY_RTDS names the reference data)
# The published parser comes from the npm registry into FOLDER/parser; only its time is taken (bench/parser.mjs).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
: "${METERWAY_RTDS:=$here/../../shared/rtds}"
export METERWAY_RTDS
mkdir -p "$build/parser"
cp "$here"/../tests/clients/package.json "$here"/../tests/clients/package-lock.json "$build/parser/"
[ -d "$build/parser/node_modules" ] || (cd "$build/parser" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
for round in $(seq "${2:-3}"); do
  printf 'round %s: ' "$round"
  node "$here/parser.mjs" "$build/bench_parse" "$build/parser/node_modules" "$METERWAY_RTDS/duis"
done
