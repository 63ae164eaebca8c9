#!/usr/bin/env bash
# The step of action.yml: runs the regressions, annotates the changed files, writes a summary and the outputs.
# Reads GAIT, CONFIG, CANDIDATE and ARTIFACTS; GITHUB_OUTPUT and GITHUB_STEP_SUMMARY name the files to append to.
set -euo pipefail
mkdir -p -- "$ARTIFACTS"
arguments=(regress run --config "$CONFIG" --github
  --output "$ARTIFACTS/result.json" --junit "$ARTIFACTS/junit.xml" --sarif "$ARTIFACTS/regress.sarif")
[ -z "$CANDIDATE" ] || arguments+=(--candidate "$CANDIDATE")

if ! command -v -- "$GAIT" >/dev/null; then
  echo "::error::there is no $GAIT; install gait in a step before this one (docs/install.md)"
  exit 7
fi
code=0
"$GAIT" "${arguments[@]}" 2>&1 | tee "$ARTIFACTS/output.txt" || code=${PIPESTATUS[0]}
case $code in
  0) status=pass ;;
  5) status=fail ;;
  *) status=error ;;
esac
{
  echo "status=$status"
  echo "exit-code=$code"
  echo "junit=$ARTIFACTS/junit.xml"
  echo "sarif=$ARTIFACTS/regress.sarif"
} >>"$GITHUB_OUTPUT"
# Indented as code: fences and markup in names of tools stay text. Annotations are not for the summary.
{
  echo "### gait regressions: $status"
  echo
  grep -v '^::' "$ARTIFACTS/output.txt" | sed 's/^/    /' || true
} >>"$GITHUB_STEP_SUMMARY"
exit "$code"
