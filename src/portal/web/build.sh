#!/usr/bin/env bash
# Builds the pages: build.sh OUT. Installs what package-lock.json names into OUT/work (once), checks the types, and writes
# into OUT/files what is served, and OUT/files.txt: a relative path a line. Works in a copy, so a checkout stays clean and
# two builds do not meet.
set -euo pipefail
out=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$out/work
mkdir -p "$work"
exec 9>"$out/.lock"
flock 9
command -v npm >/dev/null 2>&1 || { echo "build.sh: npm is missing (scripts/install.sh run)" >&2; exit 1; }
if ! cmp -s "$here/package-lock.json" "$work/package-lock.json" || [ ! -f "$work/.installed" ]; then
  rm -rf "$work/node_modules" "$work/.installed"
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work"/
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  touch "$work/.installed"
fi
rm -rf "$work/src" "$work/style" "$work/generated"
cp -r "$here/src" "$here/style" "$here/tsconfig.json" "$here/build.mjs" "$work"/
cd "$work"
node build.mjs "$root/spec/pages.tsv" "$out"
