#!/usr/bin/env bash
# The pictures of these documents, from the real pages of a real node: make.sh METERWAY FOLDER. Takes some four minutes, three of them until a
# loss of supply is owed to anybody.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
METERWAY_PICTURES=$here exec "$here/../../tests/web/run.sh" "$1" "$2" pictures.mjs
