#!/bin/sh
# Installs gait for one user: downloads the archive of a release, checks it, and puts the executable into a folder.
#
#   install.sh [--version <tag>] [--install-dir <folder>] [--repo <owner/name>] [--public-key <file>] [--dry-run]
#
# Nothing is installed unless the SHA-256 of the archive is the one of checksums.txt. With --public-key (or
# GAIT_RELEASE_PUBLIC_KEY, a file) checksums.txt must be signed with that key. The install.sh of a release knows the key
# of its release and checks the signature with it wherever openssl can. No root is needed. Exit codes: 0 installed, 2
# anything else.
set -eu

# Ranges of characters mean ASCII, and nobody adds options to the tools that read what was downloaded.
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS GZIP POSIXLY_CORRECT

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

has() { command -v "$1" >/dev/null 2>&1; }

# bound <blocks>: no file of this subshell grows further. Where the system sets a lower bound, that one stays.
bound() {
  ulimit -f "$1" 2>/dev/null || :
  # shellcheck disable=SC3045 # POSIX has no -c; a shell without it leaves a file behind, and nothing worse
  ulimit -c 0 2>/dev/null || :
}

# download <address> <file> <blocks>: no file grows past so many blocks (of 512 or 1,024 bytes), whatever a server sends.
download() (
  bound "$3"
  # An address that begins safely does not lead to one that anybody on the way may answer.
  case $1 in
    https:*) protocols='=https' ;;
    *) protocols='=https,http,file' ;;
  esac
  # A path as it stands, with blanks; curl also takes one that is escaped.
  if [ "${1#file://}" != "$1" ] && [ -f "${1#file://}" ]; then
    cp -- "${1#file://}" "$2"
  elif has curl; then
    curl --fail --silent --show-error --location --proto "$protocols" --proto-redir "$protocols" --retry 2 \
      --connect-timeout 30 --speed-limit 1 --speed-time 60 --output "$2" "$1"
  elif has wget; then
    wget -q -T 60 -O "$2" "$1"
  else
    fail "neither curl nor wget is here" "install one of them, or download the archive by hand (docs/install.md)"
  fi
)
small=2048
large=1048576

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

# Whether openssl can check Ed25519: OpenSSL from 3.0 on can, that of macOS can't.
can_check_signatures() {
  has openssl || return 1
  case $(openssl pkeyutl -help 2>&1) in
    *-rawin*) ;;
    *) return 1 ;;
  esac
}

# check_signature <file with a key> <what the key is called>
check_signature() {
  download "$base/checksums.txt.sig" "$work/checksums.txt.sig" "$small" ||
    fail "cannot download $base/checksums.txt.sig" "this release is not signed by Gait's own key"
  # The key file holds 32 bytes in base64; in front of them comes the ASN.1 header of an Ed25519 key (RFC 8410).
  {
    printf '\060\052\060\005\006\003\053\145\160\003\041\000'
    openssl base64 -d -A <"$1"
  } >"$work/key.der" 2>/dev/null || fail "$2 is not a public key of Gait"
  openssl base64 -d -A <"$work/checksums.txt.sig" >"$work/signature" 2>/dev/null ||
    fail "checksums.txt.sig is not a signature"
  openssl pkeyutl -verify -pubin -inkey "$work/key.der" -keyform DER -rawin -in "$work/checksums.txt" \
    -sigfile "$work/signature" >/dev/null 2>&1 ||
    fail "the checksums were not signed with $2" "compare the key with the one that the project publishes"
}

# Prints the digest that checksums.txt has for a name, if it lists the name once. Anybody may have written the list.
listed() {
  awk -v name="$1" '
    $0 == $1 "  " name || $0 == $1 " *" name { found++; if (length($1) == 64 && $1 !~ /[^0-9a-f]/) digest = $1 }
    END { if (found != 1 || digest == "") exit 1; print digest }
  ' "$work/checksums.txt"
}

# Unpacks the executable alone, to standard output: an archive can't name a place to write to, and links are nothing.
unpack() (
  bound "$large"
  tar -tzf "$work/$archive" 2>/dev/null | awk '/^gait(\/|$)/ { found++ } END { exit found != 1 }' ||
    fail "$archive does not hold gait once"
  tar -xzOf "$work/$archive" gait >"$work/gait" 2>/dev/null || fail "cannot unpack $archive"
  [ -s "$work/gait" ] || fail "$archive has no executable"
)

# How to add the folder to PATH. Only of plain characters: the line is meant to be pasted into a shell.
path_hint() {
  case :$PATH: in
    *:"$folder":*) return ;;
  esac
  echo "$folder is not in PATH. Add it:"
  case $folder in
    *[!A-Za-z0-9_./@%+=,-]*)
      echo "  in the settings of your shell, quoted"
      return
      ;;
  esac
  case ${SHELL:-} in
    */fish) echo "  fish_add_path $folder" ;;
    */zsh) echo "  echo 'export PATH=\"$folder:\$PATH\"' >> ~/.zshrc" ;;
    */bash) echo "  echo 'export PATH=\"$folder:\$PATH\"' >> ~/.bashrc" ;;
    *) echo "  export PATH=\"$folder:\$PATH\"" ;;
  esac
}

# What may be wrong where the list of a release is not to be had.
why_no_release() {
  case $version in
    [0-9]*) echo "check the network, and the version: releases are named v$version" ;;
    *) echo "check the network, and that release $version exists" ;;
  esac
}

# All of it is read before any of it runs: of a script that arrives in a pipe and breaks off, nothing does.
main() {
  version=${GAIT_VERSION:-latest}
  folder=${GAIT_INSTALL_DIR:-}
  repo=${GAIT_REPO:-}
  base=${GAIT_RELEASE_BASE_URL:-}
  public_key=${GAIT_RELEASE_PUBLIC_KEY:-}
  release_key=''
  dry_run=
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
        [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value" "see install.sh --help"
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
  if [ -z "$folder" ]; then
    [ -n "${HOME:-}" ] || fail "HOME is not set, so there is no default folder" "add --install-dir <folder>"
    folder=$HOME/.local/bin
  fi
  case $folder in
    /*) ;;
    *) folder=$PWD/$folder ;;
  esac
  [ -z "$public_key" ] || [ -f "$public_key" ] ||
    fail "there is no public key at $public_key" "give the file that the project publishes"

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
  # Both become parts of addresses.
  case $repo in
    *[!A-Za-z0-9._/-]* | */*/* | /* | */ | ./* | ../* | */. | */..) fail "\"$repo\" is not a repository" ;;
    */* | "") ;;
    *) fail "\"$repo\" is not a repository" "write <owner/name>" ;;
  esac
  if [ "$version" = latest ]; then
    download "https://api.github.com/repos/$repo/releases/latest" "$work/latest.json" "$small" ||
      fail "cannot ask $repo for its latest release" "name one with --version v1.2.3"
    version=$(sed -n 's/.*"tag_name"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$work/latest.json" | head -n 1)
    [ -n "$version" ] || fail "$repo has no release" "name one with --version v1.2.3"
  fi
  # The version becomes part of addresses and file names.
  case $version in
    *[!A-Za-z0-9.+-]* | .*) fail "\"$version\" is not a version" ;;
  esac
  [ -n "$base" ] || base=https://github.com/$repo/releases/download/$version

  download "$base/checksums.txt" "$work/checksums.txt" "$small" ||
    fail "cannot download $base/checksums.txt" "$(why_no_release)"

  if [ -n "$public_key" ]; then
    can_check_signatures ||
      fail "no openssl here can check Ed25519 signatures" "install OpenSSL 3, or leave --public-key out"
    check_signature "$public_key" "$public_key"
    checked="SHA-256, and its signature with $public_key"
  elif [ -n "$release_key" ] && can_check_signatures; then
    printf '%s\n' "$release_key" >"$work/release.key"
    check_signature "$work/release.key" "the key of the release"
    checked="SHA-256, and its signature with the key of the release"
  else
    checked=SHA-256
    echo "gait install: the signature of the checksums was not checked; --public-key and OpenSSL 3 do that" >&2
  fi

  archive=
  for candidate in "gait_${version}_${os}_${arch}.tar.gz" "gait_${version#v}_${os}_${arch}.tar.gz"; do
    if expected=$(listed "$candidate"); then
      archive=$candidate
      break
    fi
  done
  [ -n "$archive" ] || fail "release $version has no archive for $os $arch" "see the files of the release"

  download "$base/$archive" "$work/$archive" "$large" || fail "cannot download $base/$archive"
  actual=$(sha256 "$work/$archive")
  [ "$actual" = "$expected" ] ||
    fail "$archive has SHA-256 $actual, expected $expected" "download again; if it stays so, report it (SECURITY.md)"
  unpack
  echo "checked: $archive ($checked)"

  if [ -n "$dry_run" ]; then
    echo "nothing was installed"
    exit 0
  fi
  mkdir -p -- "$folder" 2>/dev/null && [ -w "$folder" ] ||
    fail "cannot write to $folder" "choose another folder with --install-dir"
  [ ! -d "$folder/gait" ] || fail "$folder/gait is a folder" "choose another folder with --install-dir"
  # Copied beside the target first, under a name that nobody can have prepared: the rename replaces a gait that is
  # running, or nothing.
  staged=$(mktemp "$folder/.gait.XXXXXX") || fail "cannot write to $folder"
  cp -- "$work/gait" "$staged" && chmod -- 755 "$staged" && mv -f -- "$staged" "$folder/gait" ||
    fail "cannot write $folder/gait"
  staged=

  echo "installed: $folder/gait ($version, $os $arch)"
  "$folder/gait" version >/dev/null 2>&1 </dev/null ||
    echo "gait install: it does not start here; the builds for Linux need glibc, and a folder may forbid programs" >&2
  path_hint
  cat <<'TEXT'
next: gait doctor
      gait demo
      gait verify run_demo
      gait init
TEXT
}

main "$@"
