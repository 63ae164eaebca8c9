#!/bin/sh
# A job of 60 steps that may be killed at any moment, and whose steps take effect exactly once each:
#
#   gait job run --id sixty --attempts 1000 --backoff 100ms -- ./sixty_steps.sh
#
# GAIT_JOB_LAST  the last step that was reported, so that work goes on there
# GAIT_JOB_KEY   the same for every attempt of this job: with the step behind it, an idempotency key
# GAIT_JOB_FD    a file descriptor; each line on it becomes a checkpoint
set -eu
mkdir -p effects

# Stands for whatever receives the effect, such as an API that heeds an idempotency key: mkdir succeeds once.
charge() {
  if mkdir "effects/$1" 2>/dev/null; then echo "charged for step $2"; fi
}

step=${GAIT_JOB_LAST#step }
step=${step:-0}
while [ "$step" -lt 60 ]; do
  step=$((step + 1))
  charge "$GAIT_JOB_KEY-$step" "$step"
  echo "step $step" >&"$GAIT_JOB_FD"
done
