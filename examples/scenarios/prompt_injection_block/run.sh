#!/usr/bin/env bash
# A web page tells the agent to send a mail: blocked, whereas the same tool works for the user.
. "$(dirname -- "$0")/../lib.sh"
expect 0 gate eval --policy "$here/policy.yaml" --intent "$here/asked.json" --trace-out asked_trace.json --json
expect 3 gate eval --policy "$here/policy.yaml" --intent "$here/injected.json" --trace-out injected_trace.json --json
grep -q external_instruction answer.txt || fail "the reason is not in the answer"
grep -q '"verdict": "block"' injected_trace.json || fail "the trace does not say block"
echo "$name scenario: pass"
