#!/usr/bin/env bash
# Tries a Debian package in a clean Debian 12: try_package.sh PACKAGE.deb [CACHE]. As root. The clean system comes from the mirror that
# this machine has its own packages from, and is kept in CACHE for the next time. Everything that is claimed of the package is looked at:
# installed by apt, the doctor, the service's own command, a request answered, removed, purged, what is left.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
package=$(readlink -f "$1")
cache=${2:-$here/build/package}
mkdir -p "$cache"
root=$(mktemp -d "${TMPDIR:-/tmp}/meterway-package-XXXXXX")
service=
end() {
  status=$?
  if [ -n "$service" ]; then kill "$service" 2>/dev/null || true; wait "$service" 2>/dev/null || true; fi
  umount "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$root"
  [ $status = 0 ] || echo "try_package: failed" >&2
}
trap end EXIT
say() { printf 'try_package: %s\n' "$*"; }
fail() { printf 'try_package: FAILED: %s\n' "$*" >&2; exit 1; }
clean=(PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
inside() { chroot "$root" /usr/bin/env -i "${clean[@]}" "$@"; }
# What belongs to the system and not to a package.
files() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./run -o -path ./var/cache -o -path ./var/log \
      -o -path ./var/lib/apt -o -path ./var/lib/dpkg \) -prune -o -print | sort)
}

base=$cache/bookworm.tar
if [ ! -f "$base" ]; then
  say "making a clean system, once"
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(CODENAME)' 2>/dev/null | awk '$3 == "bookworm" || $2 == "bookworm" {print $1; exit}')
  [ -n "$mirror" ] || fail "apt on this machine names no mirror of bookworm"
  debootstrap --variant=minbase --include=adduser,ca-certificates bookworm "$root" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
    { tail -5 "$cache/debootstrap.log" >&2; fail "debootstrap"; }
  mount -t proc proc "$root/proc"
  # The libraries that the package names are kept in the picture, so that the next try asks nobody.
  cp "$package" "$root/tmp/meterway.deb"
  inside apt-get update -q >/dev/null
  inside apt-get install -y -q --no-install-recommends --download-only /tmp/meterway.deb >/dev/null
  umount "$root/proc"
  rm "$root/tmp/meterway.deb"
  tar -C "$root" -cf "$base.new" .
  mv "$base.new" "$base"
else
  tar -C "$root" -xf "$base"
fi
chmod 755 "$root"  # the root of the clean system is for every account in it
mount -t proc proc "$root/proc"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

# The libraries first, so that what the package itself leaves can be told apart.
cp "$package" "$root/tmp/meterway.deb"
needs=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/(.*//; s/|.*//' | xargs)
# shellcheck disable=SC2086
inside apt-get install -y -q --no-install-recommends $needs >"$cache/apt.log" 2>&1 || { tail -5 "$cache/apt.log" >&2; fail "dependencies"; }
files >"$cache/before"
inside apt-get install -y -q /tmp/meterway.deb >"$cache/apt.log" 2>&1 || { tail -20 "$cache/apt.log" >&2; fail "apt-get install"; }
say "installed: $(inside dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}' meterway)"
[ "$(inside dpkg-query -W -f '${Conffiles}' meterway | awk 'NF {print $1}')" = /etc/meterway/config.json ] || fail "conffiles"
inside getent passwd meterway >/dev/null || fail "the account is not there"
[ "$(inside stat -c '%U %a' /var/lib/meterway)" = "meterway 750" ] || fail "the data folder's owner"
[ -z "$(inside ldd /usr/bin/meterway | grep 'not found' || true)" ] || fail "a library is missing"
inside zcat /usr/share/man/man1/meterway.1.gz | grep -q '^.SH NAME' || fail "manual page"
if command -v systemd-analyze >/dev/null; then
  # The clean system has no systemd, so its targets are not found: everything else that is said of the unit counts.
  said=$(systemd-analyze verify --man=no --root="$root" "$root/lib/systemd/system/meterway.service" 2>&1 | grep meterway.service |
    grep -v 'Unit [a-z-]*\.target not found' || true)
  [ -z "$said" ] || fail "unit: $said"
  say "unit: verified; exposure $(systemd-analyze security --offline=true --root="$root" meterway.service 2>/dev/null | sed -n 's/.*exposure level for [^:]*: \([0-9.]*\).*/\1 of 10/p')"
fi

# The service's own command, as its account, on ports that are free here.
command=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/meterway.service")
cat >"$root/etc/meterway/config.json" <<'END'
{ "log": { "format": "json" }, "http_port": 0, "tls_port": 0, "smki_port": 0, "link_port": 0, "portal_port": 0 }
END
# exec and setpriv, so that nothing stands between the service and the signal below.
(
  # shellcheck disable=SC2086
  exec chroot "$root" /usr/bin/env -i "${clean[@]}" setpriv --reuid meterway --regid meterway --init-groups $command
) >"$root/tmp/serve.log" 2>&1 &
service=$!
for _ in $(seq 300); do
  grep -q '^ready:' "$root/tmp/serve.log" && break
  kill -0 "$service" 2>/dev/null || { cat "$root/tmp/serve.log" >&2; fail "the service ends"; }
  sleep 0.1
done
port=$(sed -n 's/^ready: DUIS http:\/\/[^:]*:\([0-9]*\).*/\1/p' "$root/tmp/serve.log")
[ -n "$port" ] || { cat "$root/tmp/serve.log" >&2; fail "not ready"; }
say "ready on a port of chance; $(curl -fsS "http://127.0.0.1:$port/readyz?checks")"
token=$(cat "$root/var/lib/meterway/platform/operator.token")
curl -fsS -H "Authorization: Bearer $token" "http://127.0.0.1:$port/metrics" >"$root/tmp/metrics"
grep -q '^meterway_build_info' "$root/tmp/metrics" || fail "metrics"
inside runuser -u meterway -- meterway send 4.1.1 --to 00db1234567890a0 --data /var/lib/meterway --wait 30 >"$root/tmp/send.log" 2>&1 ||
  { cat "$root/tmp/send.log" >&2; fail "a reading"; }
say "a reading: $(grep -m1 kWh "$root/tmp/send.log" | xargs)"
inside runuser -u meterway -- meterway doctor --data /var/lib/meterway >"$root/tmp/doctor.log" 2>&1 || { cat "$root/tmp/doctor.log" >&2; fail "doctor"; }
say "doctor: $(grep -c '^ok' "$root/tmp/doctor.log") checks hold"
kill "$service"
wait "$service" || fail "the service does not end well"
service=

inside apt-get remove -y -q meterway >/dev/null
[ -f "$root/etc/meterway/config.json" ] || fail "remove has taken the configuration"
[ ! -e "$root/usr/bin/meterway" ] || fail "remove has left the program"
inside apt-get purge -y -q meterway >"$cache/apt.log" 2>&1
files >"$cache/after"
left=$(comm -13 "$cache/before" "$cache/after" | grep -v -e '^\./var/lib/meterway' -e '^\./etc/\(passwd\|group\|shadow\|gshadow\)-$' || true)
[ -z "$left" ] || fail "left behind: $left"
[ -f "$root/var/lib/meterway/platform/operator.token" ] || fail "purge has taken the data"
say "removed and purged: nothing is left but its data and their account"
