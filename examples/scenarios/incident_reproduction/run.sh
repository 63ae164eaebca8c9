#!/usr/bin/env bash
# An incident becomes a runpack and a regression; a run that repeats it fails.
. "$(dirname -- "$0")/../lib.sh"
expect 0 run record --input "$here/incident.json" --out-dir gait-out --json
expect 0 verify gait-out/runpack_run_incident.zip
expect 0 regress init --from gait-out/runpack_run_incident.zip --name incident --never db.drop
# The agent that was mended does not drop the table.
expect 0 run record --input "$here/mended.json" --out-dir gait-out --json
expect 0 regress run --candidate gait-out/runpack_run_mended.zip
expect 5 regress run --candidate gait-out/runpack_run_incident.zip
grep -q forbidden_tool_called answer.txt || fail "the regression does not name what happened again"
echo "$name scenario: pass"
