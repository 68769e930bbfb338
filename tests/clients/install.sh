#!/usr/bin/env bash
# Installs the published client programs into a folder of the build, once: install.sh FOLDER
set -euo pipefail
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
exec 9>"$folder/.lock"
flock 9
cp "$here"/package.json "$folder"/
if ! cmp -s "$here/package-lock.json" "$folder/package-lock.json" || [ ! -d "$folder/node_modules" ]; then
  cp "$here/package-lock.json" "$folder/package-lock.json.new"
  rm -rf "$folder/node_modules" "$folder/package-lock.json"
  (cd "$folder" && cp package-lock.json.new package-lock.json && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    { rm -f "$folder/package-lock.json"; exit 1; }
  rm "$folder/package-lock.json.new"
fi
