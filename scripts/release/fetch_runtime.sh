#!/bin/sh
# Puts Deno's runtime for one target where `deno compile` looks for it: fetch_runtime.sh <deno version> <target>.
#
# The digest is the one that Deno publishes beside the archive: it shows that the download is whole. That it is the
# file which others have is shown by RUNTIME_SHA256, if it is set; a release prints the digest for that purpose.
set -eu
version=$1
target=$2
base=${DENO_RELEASE_BASE_URL:-https://github.com/denoland/deno/releases/download}/v$version
folder=${DENO_DIR:?}/dl/release/v$version
archive=denort-$target.zip
case $base in
  https:*) protocols='=https' ;;
  *) protocols='=https,http' ;;
esac
fetch() {
  curl --fail --silent --show-error --location --proto "$protocols" --proto-redir "$protocols" --retry 3 --output "$1" "$2"
}
mkdir -p "$folder"
# The compiler takes whatever has the name of the archive: nothing has it before it was checked.
rm -f "$folder/$archive"
trap 'rm -f "$folder/$archive.part"' EXIT
fetch "$folder/$archive.part" "$base/$archive"
fetch "$folder/$archive.sha256sum" "$base/$archive.sha256sum"
# The list of a Windows build spells the digest in upper case, in the lines that PowerShell prints.
expected=$(tr -d '\r' <"$folder/$archive.sha256sum" | grep -Eio '[0-9a-f]{64}' | head -n 1 | tr 'A-F' 'a-f')
actual=$(sha256sum <"$folder/$archive.part" | cut -d ' ' -f 1)
if [ "$actual" != "$expected" ] || [ "$actual" != "${RUNTIME_SHA256:-$actual}" ]; then
  echo "fetch_runtime: $archive has SHA-256 $actual, expected ${RUNTIME_SHA256:-$expected}" >&2
  exit 2
fi
mv "$folder/$archive.part" "$folder/$archive"
echo "$actual  $archive"
