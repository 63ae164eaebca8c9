#!/bin/sh
# What every released executable must do before it is published: smoke.sh <path of gait>. Works in a fresh folder.
set -eu
gait=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

step() { echo "smoke: $*"; }
fail() {
  echo "smoke: FAILED: $*" >&2
  exit 1
}

step version
"$gait" version --json
step "permissions: network on loopback only, no ffi"
permissions=$("$gait" version --permissions --json)
case $permissions in
  *'"ffi":"none"'*) ;;
  *) fail "ffi is allowed: $permissions" ;;
esac
case $permissions in
  *'"net":"loopback only"'*) ;;
  *) fail "the network is not limited to loopback: $permissions" ;;
esac
step demo
"$gait" demo >/dev/null
step verify
"$gait" verify run_demo >/dev/null
step "a pack with other bytes is refused"
pack="gait-out/runpack_run_demo.zip"
cp "$pack" changed.zip
printf 'xxxxxxxxxxxxxxxx' | dd of=changed.zip bs=1 seek=200 conv=notrunc 2>/dev/null
status=0
"$gait" verify changed.zip >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || [ "$status" -eq 6 ] || fail "a changed pack exits with $status"
step "a pack of another signer fails with 2"
"$gait" keys init --out-dir keys >/dev/null
status=0
"$gait" verify "$pack" --public-key keys/gait_public.key >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || fail "a pack of another signer exits with $status"
step ok
