#!/usr/bin/env bash
# Installs the published client programs into a folder of the build and runs the tests against the given executable:
# run.sh METERWAY FOLDER
set -euo pipefail
export METERWAY=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)
"$here/install.sh" "$folder"
cp "$here"/*.mjs "$folder"/
# The signing tool starts a Java machine for every document; these options halve that.
export JAVA_TOOL_OPTIONS=${JAVA_TOOL_OPTIONS:--XX:TieredStopAtLevel=1 -XX:+UseSerialGC}
cd "$folder"
exec node --test --test-concurrency=1 clients_test.mjs
