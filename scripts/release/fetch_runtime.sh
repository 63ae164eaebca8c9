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
mkdir -p "$folder"
curl --fail --silent --show-error --location --retry 3 --output "$folder/$archive.part" "$base/$archive"
curl --fail --silent --show-error --location --retry 3 --output "$folder/$archive.sha256sum" "$base/$archive.sha256sum"
# The list of a Windows build spells the digest in upper case, in the lines that PowerShell prints.
expected=$(tr -d '\r' <"$folder/$archive.sha256sum" | grep -Eio '[0-9a-f]{64}' | head -n 1 | tr 'A-F' 'a-f')
actual=$(sha256sum <"$folder/$archive.part" | cut -d ' ' -f 1)
if [ "$actual" != "$expected" ] || [ "$actual" != "${RUNTIME_SHA256:-$actual}" ]; then
  rm -f "$folder/$archive.part"
  echo "fetch_runtime: $archive has SHA-256 $actual, expected ${RUNTIME_SHA256:-$expected}" >&2
  exit 2
fi
mv "$folder/$archive.part" "$folder/$archive"
echo "$actual  $archive"
