#!/bin/sh
# Installs what a release has for this machine, as a user would, and tries it: smoke_release.sh <folder> <version>.
#
# <folder> holds the files of the release. Its installer takes the archive from there, checks digest and signature, and
# what it installed must then be an executable of the release and pass smoke.sh.
set -eu
version=$2
release=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key=$release/gait_release_public.key

case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*)
    gait=$work/bin/gait.exe
    GAIT_RELEASE_BASE_URL="file:///$(cygpath -m "$release")" \
      powershell -NoProfile -ExecutionPolicy Bypass -File "$(cygpath -w "$release/install.ps1")" \
      -Version "$version" -InstallDir "$(cygpath -w "$work/bin")" -PublicKey "$(cygpath -w "$key")"
    ;;
  Darwin)
    gait=$work/bin/gait
    # The openssl of macOS can't check the signature; self verify below does.
    GAIT_RELEASE_BASE_URL="file://$release" \
      sh "$release/install.sh" --version "$version" --install-dir "$work/bin"
    ;;
  *)
    gait=$work/bin/gait
    GAIT_RELEASE_BASE_URL="file://$release" \
      sh "$release/install.sh" --version "$version" --install-dir "$work/bin" --public-key "$key"
    ;;
esac
"$gait" self verify --executable "$gait" --checksums "$release/checksums.txt" --public-key "$key"
sh "$here/smoke.sh" "$gait"

# No installer takes the build with the network.
digest=$(openssl dgst -sha256 -r <"$gait" | cut -d ' ' -f 1)
stem=$(sed -n "s|^$digest  gait_\(.*\)/gait\(\.exe\)\{0,1\}\$|\1|p" "$release/checksums.txt")
[ -n "$stem" ] || {
  echo "smoke: FAILED: no archive of the release has this executable" >&2
  exit 1
}
mkdir "$work/online"
case $gait in
  *.exe)
    unzip -q "$release/gait-online_$stem.zip" -d "$work/online"
    online=$work/online/gait-online.exe
    ;;
  *)
    tar -xzf "$release/gait-online_$stem.tar.gz" -C "$work/online"
    online=$work/online/gait-online
    ;;
esac
"$gait" self verify --executable "$online" --checksums "$release/checksums.txt" --public-key "$key"
sh "$here/smoke.sh" "$online"
