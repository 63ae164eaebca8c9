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
# The build with the network is tried too.
case ${gait##*/} in
  gait-online*) network=all ;;
  *) network="loopback only" ;;
esac
step "permissions: network ($network), no ffi"
permissions=$("$gait" version --permissions --json)
case $permissions in
  *'"ffi":"none"'*) ;;
  *) fail "ffi is allowed: $permissions" ;;
esac
case $permissions in
  *"\"net\":\"$network\""*) ;;
  *) fail "the network is not \"$network\": $permissions" ;;
esac
step demo
"$gait" demo >/dev/null
step verify
"$gait" verify run_demo >/dev/null
step "a tampered pack fails with 2"
pack="gait-out/runpack_run_demo.zip"
cp "$pack" changed.zip
# In the name of the first entry: the archive can be read, but its two lists of entries contradict each other.
printf 'bad!' | dd of=changed.zip bs=1 seek=32 conv=notrunc 2>/dev/null
status=0
"$gait" verify changed.zip >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || fail "a tampered pack exits with $status"
step "a pack with damaged contents is refused"
cp "$pack" damaged.zip
printf 'bytes put inside' | dd of=damaged.zip bs=1 seek=200 conv=notrunc 2>/dev/null
status=0
"$gait" verify damaged.zip >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || [ "$status" -eq 6 ] || fail "a damaged pack exits with $status"
step "a pack of another signer fails with 2"
"$gait" keys init --out-dir keys >/dev/null
status=0
"$gait" verify "$pack" --public-key keys/gait_public.key >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || fail "a pack of another signer exits with $status"
step ok
