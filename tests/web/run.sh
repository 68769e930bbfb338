#!/usr/bin/env bash
# The portal in a real browser: run.sh METERWAY FOLDER [TEST...]. Installs what package-lock.json names into a folder of the build,
# once, and runs the tests against the given executable. Pictures of the pages are left in FOLDER/shots.
set -euo pipefail
METERWAY=$(readlink -f "$1")
export METERWAY
folder=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
exec 9>"$folder/.lock"
flock 9
if ! cmp -s "$here/package-lock.json" "$folder/package-lock.json" || [ ! -f "$folder/.installed" ]; then
  rm -rf "$folder/node_modules" "$folder/.installed"
  cp "$here/package.json" "$here/package-lock.json" "$folder"/
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  touch "$folder/.installed"
fi
rm -rf "$folder"/*.mjs "$folder"/support
cp -r "$here"/*.mjs "$here"/support "$folder"/
flock -u 9
export METERWAY_SPEC=$here/../../spec
export METERWAY_SHOTS=$folder/shots METERWAY_FIXTURES=$here/../fixtures
cd "$folder"
if [ $# -eq 0 ]; then set -- *_test.mjs; fi
exec node --test --test-concurrency=1 "$@"
