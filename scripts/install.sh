#!/usr/bin/env bash
# Installs the Debian packages that are missing for the given level (run, check or all). Asks no question.
# Says nothing and touches nothing when all is there, so that it can be called on every start.
set -euo pipefail
level=${1:-run}
here=$(dirname "$(readlink -f "$0")")
case $level in
  run) levels=" run " ;;
  check) levels=" run check " ;;
  all) levels=" run check all " ;;
  *) echo "install.sh: unknown level '$level' (run, check, all)" >&2; exit 2 ;;
esac

missing=()
while IFS=$'\t' read -r at package program; do
  case $at in ''|'#'*) continue ;; esac
  case $levels in *" $at "*) ;; *) continue ;; esac
  if [ "$program" != - ] && command -v "$program" >/dev/null 2>&1; then continue; fi
  if dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed'; then continue; fi
  missing+=("$package")
done < "$here/packages.tsv"
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${#missing[@]} Debian packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "install.sh: not root and no sudo; as root run: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q >/dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
