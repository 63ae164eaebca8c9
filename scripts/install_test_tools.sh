#!/bin/sh
# Installs the programs that some tests drive, from Debian: Chromium for tests/browser and tests/ui, PostgreSQL and age
# for tests/interop, nginx and rpm for tests/release, and the shells of lib/cli/completion.
# Where that can't be done it says so and goes on; the tests that need a program skip with a line when it is absent.
# One line a program: package and the file by which it is known to be there.
tools="
chromium-headless-shell /usr/bin/chromium-headless-shell
postgresql /usr/lib/postgresql
nginx-light /usr/sbin/nginx
rpm /usr/bin/rpm
age /usr/bin/age
zsh /usr/bin/zsh
fish /usr/bin/fish
"

missing=$(echo "$tools" | while read -r package file; do
  [ -z "$package" ] || [ -e "$file" ] || echo "$package"
done)
[ -n "$missing" ] || exit 0
missing=$(echo "$missing" | tr '\n' ' ')

if ! command -v apt-get >/dev/null 2>&1; then
  echo "not installed, there is no apt-get: $missing"
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "not installed, only root may: $missing"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$(dirname "$0")/../.cache"
log=$(mktemp "$(dirname "$0")/../.cache/apt.XXXXXX")
# shellcheck disable=SC2086 # a list of names
# Its helpers run as another user, who may not reach our folder for temporary files.
unset TMPDIR
if { apt-get -q -o DPkg::Lock::Timeout=300 update &&
  apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing; } >"$log" 2>&1; then
  echo "installed: $missing"
else
  tail -n 5 "$log"
  echo "not installed, apt-get failed: $missing"
fi
rm -f "$log"
exit 0
