#!/usr/bin/env bash
# The step of action.yml: runs the regressions, annotates the changed files, writes a summary and the outputs.
# Reads GAIT, CONFIG, CANDIDATE and ARTIFACTS; GITHUB_OUTPUT and GITHUB_STEP_SUMMARY name the files to append to.
set -euo pipefail

# A line end in an input would begin another output of the step, or a command to the runner.
for input in GAIT CONFIG CANDIDATE ARTIFACTS; do
  case ${!input} in
    *[[:cntrl:]]*)
      echo "::error::the input for $input has a control character"
      exit 6
      ;;
  esac
done
case $ARTIFACTS in -*) ARTIFACTS=./$ARTIFACTS ;; esac
if ! command -v -- "$GAIT" >/dev/null; then
  # The runner reads commands where a line begins.
  echo "there is no $GAIT"
  echo "::error::the gait executable is not there; install it in a step before this one (docs/install.md)"
  exit 7
fi
mkdir -p -- "$ARTIFACTS"
arguments=(regress run --config="$CONFIG" --github
  --output="$ARTIFACTS/result.json" --junit="$ARTIFACTS/junit.xml" --sarif="$ARTIFACTS/regress.sarif")
[ -z "$CANDIDATE" ] || arguments+=(--candidate="$CANDIDATE")

code=0
"$GAIT" "${arguments[@]}" >"$ARTIFACTS/output.txt" 2>&1 || code=$?
# Names of fixtures and tools are shown, which whoever opened the pull request may have chosen: the runner takes no
# commands meanwhile, and then those that gait wrote, whose values are escaped.
resume=gait-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$resume"
grep -Ev '^::(error|warning|notice) ' "$ARTIFACTS/output.txt" || true
echo "::$resume::"
grep -E '^::(error|warning|notice) ' "$ARTIFACTS/output.txt" || true
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
