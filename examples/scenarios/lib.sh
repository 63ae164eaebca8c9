# What the scenarios share: the executable, and a fresh folder that is removed at the end.
set -euo pipefail
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
here=$(cd -- "$(dirname -- "$0")" && pwd)
if [ -n "${GAIT_BIN:-}" ]; then gait=$GAIT_BIN
elif [ -x "$repository/gait" ]; then gait=$repository/gait
elif [ -x "$repository/bin/gait" ]; then gait=$repository/bin/gait
else gait=gait; fi
name=$(basename -- "$here")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

fail() { echo "$name scenario: fail: $1"; exit 1; }

# expect STATUS COMMAND...: run gait, and go on when it ends with that status.
expect() {
  local wanted=$1 status=0
  shift
  "$gait" "$@" >answer.txt 2>error.txt || status=$?
  [ "$status" -eq "$wanted" ] || fail "gait $1 $2 ended with $status, not with $wanted: $(cat error.txt answer.txt)"
}
