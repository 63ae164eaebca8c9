#!/bin/sh
# Installs gait for one user: downloads the archive of a release, checks it, and puts the executable into a folder.
#
#   install.sh [--version <tag>] [--install-dir <folder>] [--repo <owner/name>] [--public-key <file>] [--dry-run]
#
# Nothing is installed unless the SHA-256 of the archive is the one of checksums.txt. With --public-key (or
# GAIT_RELEASE_PUBLIC_KEY, a file) checksums.txt must be signed with that key; without, it is only as trustworthy as
# the address it came from. No root is needed. Exit codes: 0 installed, 2 anything else.
set -eu

version=${GAIT_VERSION:-latest}
folder=${GAIT_INSTALL_DIR:-$HOME/.local/bin}
repo=${GAIT_REPO:-}
base=${GAIT_RELEASE_BASE_URL:-}
public_key=${GAIT_RELEASE_PUBLIC_KEY:-}
dry_run=

usage() {
  cat <<'TEXT'
Usage: install.sh [flags]

  --version <tag>         release to install (default: the latest; GAIT_VERSION)
  --install-dir <folder>  where gait goes (default: ~/.local/bin; GAIT_INSTALL_DIR)
  --repo <owner/name>     repository of the releases (GAIT_REPO)
  --public-key <file>     key that must have signed the checksums (GAIT_RELEASE_PUBLIC_KEY)
  --dry-run               download and check, but install nothing
  -h, --help              print this

GAIT_RELEASE_BASE_URL names another place of the files: an address or file:///folder.
TEXT
}

fail() {
  echo "gait install: $1" >&2
  [ $# -lt 2 ] || echo "next: $2" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --dry-run)
      dry_run=1
      shift
      ;;
    --version | --install-dir | --repo | --public-key)
      [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value"
      case $1 in
        --version) version=$2 ;;
        --install-dir) folder=$2 ;;
        --repo) repo=$2 ;;
        --public-key) public_key=$2 ;;
      esac
      shift 2
      ;;
    *) fail "unknown argument: $1" "see install.sh --help" ;;
  esac
done

has() { command -v "$1" >/dev/null 2>&1; }

# download <address> <file>
download() {
  if has curl; then
    curl --fail --silent --show-error --location --proto '=https,http,file' --retry 2 --output "$2" "$1"
  elif has wget; then
    case $1 in
      file://*) cp -- "${1#file://}" "$2" ;;
      *) wget -q -O "$2" "$1" ;;
    esac
  else
    fail "neither curl nor wget is here" "install one of them, or download the archive by hand (docs/install.md)"
  fi
}

# Prints the SHA-256 of a file.
sha256() {
  if has sha256sum; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif has shasum; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  elif has openssl; then
    openssl dgst -sha256 -r <"$1" | cut -d ' ' -f 1
  else
    fail "nothing here computes SHA-256" "install sha256sum, shasum or openssl"
  fi
}

case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  *) fail "there is no build for $(uname -s) by this script" "on Windows use scripts/install.ps1" ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=amd64 ;;
  arm64 | aarch64) arch=arm64 ;;
  *) fail "there is no build for the processor $(uname -m)" "run gait from a checkout with Node (README.md)" ;;
esac

work=$(mktemp -d) || fail "cannot make a temporary folder"
staged=
trap 'rm -rf -- "$work"; [ -z "$staged" ] || rm -f -- "$staged"' EXIT
trap 'exit 2' HUP INT TERM

if [ "$version" = latest ] && [ -n "$base" ]; then
  fail "GAIT_RELEASE_BASE_URL needs the version of its files" "add --version v1.2.3"
fi
if [ -z "$base" ] && [ -z "$repo" ]; then
  fail "no repository named" "add --repo <owner/name>; the install.sh of a release knows its own"
fi
case $repo in
  *[!A-Za-z0-9._/-]*) fail "\"$repo\" is not a repository" ;;
esac
if [ "$version" = latest ]; then
  download "https://api.github.com/repos/$repo/releases/latest" "$work/latest.json" ||
    fail "cannot ask $repo for its latest release" "name one with --version v1.2.3"
  version=$(sed -n 's/.*"tag_name"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$work/latest.json" | head -n 1)
  [ -n "$version" ] || fail "$repo has no release" "name one with --version v1.2.3"
fi
# The version becomes part of addresses and file names.
case $version in
  *[!A-Za-z0-9.+-]* | .*) fail "\"$version\" is not a version" ;;
esac
[ -n "$base" ] || base=https://github.com/$repo/releases/download/$version

download "$base/checksums.txt" "$work/checksums.txt" ||
  fail "cannot download $base/checksums.txt" "check that release $version exists"

if [ -n "$public_key" ]; then
  [ -f "$public_key" ] || fail "there is no public key at $public_key"
  has openssl || fail "openssl is needed to check the signature" "install openssl, or leave --public-key out"
  download "$base/checksums.txt.sig" "$work/checksums.txt.sig" ||
    fail "cannot download $base/checksums.txt.sig" "this release is not signed by Gait's own key"
  # The key file holds 32 bytes in base64; in front of them comes the ASN.1 header of an Ed25519 key (RFC 8410).
  {
    printf '\060\052\060\005\006\003\053\145\160\003\041\000'
    openssl base64 -d -A <"$public_key"
  } >"$work/key.der" 2>/dev/null || fail "$public_key is not a public key of Gait"
  openssl base64 -d -A <"$work/checksums.txt.sig" >"$work/signature" 2>/dev/null ||
    fail "checksums.txt.sig is not a signature"
  openssl pkeyutl -verify -pubin -inkey "$work/key.der" -keyform DER -rawin -in "$work/checksums.txt" \
    -sigfile "$work/signature" >/dev/null 2>&1 ||
    fail "the checksums were not signed with $public_key" "compare the key with the one that the project publishes"
fi

# Prints the digest that checksums.txt has for a name.
listed() {
  awk -v name="$1" '$2 == name || $2 == "*" name { print $1; found++ } END { exit found != 1 }' "$work/checksums.txt"
}

archive=
for candidate in "gait_${version}_${os}_${arch}.tar.gz" "gait_${version#v}_${os}_${arch}.tar.gz"; do
  if expected=$(listed "$candidate"); then
    archive=$candidate
    break
  fi
done
[ -n "$archive" ] || fail "release $version has no archive for $os $arch" "see the files of the release"

download "$base/$archive" "$work/$archive" || fail "cannot download $base/$archive"
actual=$(sha256 "$work/$archive")
[ "$actual" = "$expected" ] ||
  fail "$archive has SHA-256 $actual, expected $expected" "download again; if it stays so, report it (SECURITY.md)"

mkdir "$work/unpacked"
tar -xzf "$work/$archive" -C "$work/unpacked" gait || fail "cannot unpack $archive"
[ -f "$work/unpacked/gait" ] && [ ! -L "$work/unpacked/gait" ] || fail "$archive has no executable"

if [ -n "$dry_run" ]; then
  echo "checked: $archive (nothing was installed)"
  exit 0
fi
mkdir -p -- "$folder" 2>/dev/null && [ -w "$folder" ] ||
  fail "cannot write to $folder" "choose another folder with --install-dir"
# Copied beside the target first: the rename replaces a gait that is running, or nothing.
staged=$folder/.gait.$$
cp -- "$work/unpacked/gait" "$staged" && chmod 755 "$staged" && mv -f -- "$staged" "$folder/gait" ||
  fail "cannot write $folder/gait"
staged=

echo "installed: $folder/gait ($version, $os $arch)"
case :$PATH: in
  *:"$folder":*) ;;
  *)
    echo "$folder is not in PATH. Add it:"
    case ${SHELL:-} in
      */fish) echo "  fish_add_path $folder" ;;
      */zsh) echo "  echo 'export PATH=\"$folder:\$PATH\"' >> ~/.zshrc" ;;
      */bash) echo "  echo 'export PATH=\"$folder:\$PATH\"' >> ~/.bashrc" ;;
      *) echo "  export PATH=\"$folder:\$PATH\"" ;;
    esac
    ;;
esac
cat <<'TEXT'
next: gait doctor
      gait demo
      gait verify run_demo
      gait init
TEXT
