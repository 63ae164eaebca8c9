#!/bin/sh
# Installs actionlint, which checks generated GitHub workflows in tests/ci/ci_cli_test.ts, into .cache/go, with
# the Go toolchain and through its module proxy. The version is pinned; the checksum database vouches for the source.
# Where that can't be done it says so and goes on; the test skips with a line.
version=v1.7.7
cache=$(cd "$(dirname "$0")/.." && pwd)/.cache/go
[ ! -x "$cache/bin/actionlint-$version" ] || exit 0
if ! command -v go >/dev/null 2>&1; then
  echo "not installed, there is no go: actionlint"
  exit 0
fi
mkdir -p "$cache/bin"
if GOBIN="$cache/bin" GOMODCACHE="$cache/mod" GOFLAGS=-modcacherw \
  go install "github.com/rhysd/actionlint/cmd/actionlint@$version" >"$cache/log" 2>&1; then
  mv "$cache/bin/actionlint" "$cache/bin/actionlint-$version"
  echo "installed: actionlint"
else
  tail -n 3 "$cache/log"
  echo "not installed, go install failed: actionlint"
fi
exit 0
