#!/usr/bin/env bash
# Reads the reference requests with our parser and with the published clients' one, in turn, in one run:
#   bench/parser.sh FOLDER_OF_BENCH_PROGRAMS        (METERWAY_RTDS names the reference data)
# The published parser comes from the npm registry into FOLDER/parser; only its time is taken. Of both the median of 15
# rounds counts, so that what else the machine does weighs alike.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
: "${METERWAY_RTDS:=$here/../../shared/rtds}"
export METERWAY_RTDS
mkdir -p "$build/parser"
cp "$here"/../tests/clients/package.json "$here"/../tests/clients/package-lock.json "$build/parser/"
[ -d "$build/parser/node_modules" ] || (cd "$build/parser" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
for round in 1 2 3; do
  ours=$("$build/bench_parse" --benchmark_filter=ReadRequests --benchmark_repetitions=15 --benchmark_min_time=0.05 --benchmark_format=json 2>/dev/null)
  theirs=$(node "$here/parser.mjs" "$build/parser/node_modules" "$METERWAY_RTDS/duis")
  python3 - "$ours" "$theirs" "$round" <<'PYTHON'
import json
import sys
ours, theirs = (json.loads(text) for text in sys.argv[1:3])
ours = next(row for row in ours["benchmarks"] if row.get("aggregate_name") == "median")
us = ours["real_time"] / ours["requests"]
print("round %s: ours %.1f us a request (%d of %d read), theirs %.1f us (%d of %d read): %.1f times"
      % (sys.argv[3], us, ours["read"], ours["requests"], theirs["us"], theirs["read"], theirs["requests"], theirs["us"] / us))
PYTHON
done
