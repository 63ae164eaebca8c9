#!/usr/bin/env bash
# A PreToolUse hook of Claude Code: the event on standard input, the permission on standard output, always status 0.
# Whatever goes wrong denies the call. GAIT_CLAUDE_UNSAFE_FAIL_OPEN=1 lets it pass instead, which is for trying out.
# Variables: GAIT_BIN, GAIT_CLAUDE_POLICY, GAIT_CLAUDE_TRACE_DIR.
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd) || here=.
command -v python3 >/dev/null 2>&1 || {
  echo '{"permissionDecision":"deny","permissionDecisionReason":"python3 is absent (fail-closed)","hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"python3 is absent (fail-closed)"}}'
  exit 0
}
python3 -I "$here/gait_gate.py" 2>/dev/null || {
  echo '{"permissionDecision":"deny","permissionDecisionReason":"the hook failed (fail-closed)","hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"the hook failed (fail-closed)"}}'
}
exit 0
