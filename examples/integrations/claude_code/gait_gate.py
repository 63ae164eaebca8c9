"""What gait-gate.sh runs: `gait mcp proxy` decides the event, and this puts its verdict into the words of the hook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "shared"))

from quickstart import executable  # noqa: E402

# The verdict, the statuses that go with it, and what Claude Code is to do.
PERMISSIONS = {"allow": ((0,), "allow"), "block": ((0, 3), "deny"), "require_approval": ((0, 4), "ask")}
TIMEOUT = 30


class Undecided(Exception):
    """Why there is no decision."""


def main() -> None:
    try:
        answer = decide(sys.stdin.buffer.read())
    except Exception as error:
        answer = undecided(str(error) or type(error).__name__)
    sys.stdout.write(json.dumps(answer) + "\n")


def decide(event: bytes) -> Dict[str, Any]:
    if not event.strip():
        raise Undecided("the event is empty")
    policy = os.environ.get("GAIT_CLAUDE_POLICY") or str(HERE / "policy_require_approval.yaml")
    traces = Path(os.environ.get("GAIT_CLAUDE_TRACE_DIR") or "gait-out/claude_code")
    traces.mkdir(parents=True, exist_ok=True)
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    trace = traces / f"trace_{now}_{os.getpid()}.json"
    with tempfile.TemporaryDirectory() as folder:
        call = Path(folder) / "event.json"
        call.write_bytes(event)
        ended = subprocess.run(
            [
                *executable(), "mcp", "proxy", "--policy", policy, "--call", str(call),
                "--adapter", "claude_code", "--trace-out", str(trace), "--json",
            ],
            capture_output=True,
            timeout=TIMEOUT,
        )  # fmt: skip
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        raise Undecided("gait did not answer in JSON")
    verdict = answer.get("verdict") if isinstance(answer, dict) else None
    if not isinstance(verdict, str) or verdict not in PERMISSIONS or answer.get("ok") is not True:
        raise Undecided(str(answer.get("error") if isinstance(answer, dict) else "") or "gait decided nothing")
    statuses, permission = PERMISSIONS[verdict]
    if ended.returncode not in statuses:
        raise Undecided(f"gait ended with {ended.returncode} and the verdict {verdict}")
    reasons = ", ".join(str(code) for code in answer.get("reason_codes") or [])
    found = answer.get("trace_path") or str(trace)
    return permit(permission, f"gait verdict={verdict} reason_codes={reasons}", found if Path(found).is_file() else None)


def undecided(why: str) -> Dict[str, Any]:
    if os.environ.get("GAIT_CLAUDE_UNSAFE_FAIL_OPEN", "").strip().lower() in ("1", "true", "yes", "on"):
        return permit("allow", f"{why} (unsafe fail-open)", None)
    return permit("deny", f"{why} (fail-closed)", None)


def permit(permission: str, reason: str, trace: "str | None") -> Dict[str, Any]:
    """The answer in the envelope of current versions, and with the members of earlier ones beside it."""
    decision = {"permissionDecision": permission, "permissionDecisionReason": reason}
    answer: Dict[str, Any] = {**decision, "hookSpecificOutput": {"hookEventName": "PreToolUse", **decision}}
    if trace is not None:
        answer["tracePath"] = trace
    return answer


if __name__ == "__main__":
    main()
