#!/usr/bin/env bash
# Runs every fuzz target of a build for some seconds each, two at a time, and reports the line coverage of each
# parser: scripts/fuzz.sh BUILD_DIR SECONDS [subject...]
# Seeds: fuzz/seeds/<subject>/ and, where there is reference data, its messages and requests.
set -euo pipefail
build=$(readlink -f "$1")
seconds=$2
shift 2
cd "$(dirname "$(readlink -f "$0")")/.."
work=$build/fuzz
mkdir -p "$work"

subjects=("$@")
if [ ${#subjects[@]} -eq 0 ]; then
  for target in "$build"/fuzz_*; do [ -x "$target" ] && [ -f "$target" ] && subjects+=("${target##*/fuzz_}"); done
fi
python3 scripts/fuzz_seeds.py "$work/seeds" "${METERWAY_RTDS:-}"

one() {
  local subject=$1 corpus=$work/corpus/$1
  mkdir -p "$corpus" "$work/seeds/$subject"
  LLVM_PROFILE_FILE=$work/$subject.profraw ASAN_OPTIONS=detect_leaks=1 "$build/fuzz_$subject" -seed=1 -max_total_time="$seconds" \
    -timeout=10 -rss_limit_mb=4096 -artifact_prefix="$work/$subject-" "$corpus" "$work/seeds/$subject" >"$work/$subject.log" 2>&1
}
export -f one
export work build seconds
failed=false
printf '%s\n' "${subjects[@]}" | xargs -P 2 -I{} bash -c 'one "$1" || echo "$1" >> "$work/failed"' _ {}
if [ -f "$work/failed" ]; then
  while read -r subject; do echo "fuzz $subject failed:"; tail -n 40 "$work/$subject.log"; done <"$work/failed"
  rm -f "$work/failed"
  failed=true
fi
for subject in "${subjects[@]}"; do
  runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$work/$subject.log")
  printf 'fuzz %-12s %10s runs' "$subject" "${runs:-?}"
  # The first comment block of a target names the files whose coverage counts: "// Covers: src/..., src/...";
  # a comma at the end of the line: it goes on.
  files=$(awk '/^\/\/ Covers:/ { on = 1; sub(/^\/\/ Covers: */, "") } on { sub(/^\/\/ */, ""); gsub(/, */, " "); more = sub(/ $/, ""); print; if (!more) exit }' \
    "fuzz/${subject}_fuzz.cpp" | tr '\n' ' ')
  if [ -n "$files" ] && [ -f "$work/$subject.profraw" ]; then
    llvm-profdata-14 merge -sparse "$work/$subject.profraw" -o "$work/$subject.profdata" 2>/dev/null
    paths=()
    for file in $files; do paths+=("$PWD/$file"); done
    llvm-cov-14 export -summary-only "$build/fuzz_$subject" -instr-profile="$work/$subject.profdata" "${paths[@]}" 2>/dev/null |
      python3 -c '
import json, sys
lines = json.load(sys.stdin)["data"][0]["totals"]["lines"]
print("  lines %d of %d (%.0f %%)" % (lines["covered"], lines["count"], lines["percent"]), end="")' || true
  fi
  echo
done
$failed && exit 1
exit 0
