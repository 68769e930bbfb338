#!/usr/bin/env bash
# Installs the published client programs into a folder of the build and runs the tests against the given executable:
# run.sh METERWAY FOLDER
set -euo pipefail
export METERWAY=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
cp "$here"/*.mjs "$here"/package.json "$folder"/
if ! cmp -s "$here/package-lock.json" "$folder/package-lock.json" || [ ! -d "$folder/node_modules" ]; then
  cp "$here/package-lock.json" "$folder/package-lock.json.new"
  rm -rf "$folder/node_modules" "$folder/package-lock.json"
  (cd "$folder" && cp package-lock.json.new package-lock.json && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    { rm -f "$folder/package-lock.json"; exit 1; }
  rm "$folder/package-lock.json.new"
fi
# The signing tool starts a Java machine for every document; these options halve that.
export JAVA_TOOL_OPTIONS=${JAVA_TOOL_OPTIONS:--XX:TieredStopAtLevel=1 -XX:+UseSerialGC}
cd "$folder"
exec node --test --test-concurrency=1 clients_test.mjs
