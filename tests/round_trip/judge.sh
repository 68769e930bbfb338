#!/usr/bin/env bash
# Goes every round trip, keeps the answers, and has them judged by the DCC's published programs and by xmllint:
# judge.sh TEST_ROUND_TRIP CLIENTS_FOLDER (into which tests/clients/run.sh installs those programs)
set -euo pipefail
test=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
export METERWAY_RTDS=${METERWAY_RTDS:-$here/../../../shared/rtds}
xsd=$METERWAY_RTDS/xsd
if [ ! -d "$xsd" ]; then
  echo "no reference data at $xsd (set METERWAY_RTDS): nothing is judged"
  [ "${CI:-}" != true ] || exit 1
  exit 77
fi
"$here/../clients/install.sh" "$folder"
answers=$(mktemp -d)
trap 'rm -rf "$answers"' EXIT
METERWAY_TRIP_ANSWERS=$answers "$test" --gtest_filter='RoundTrip.EveryServiceRequest*' --gtest_brief=1
cd "$folder"
node "$here/judge.mjs" "$answers" "$xsd"
