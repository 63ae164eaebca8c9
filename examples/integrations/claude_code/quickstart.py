"""The event that Claude Code gives a PreToolUse hook. ``gait-gate.sh`` is the hook for real sessions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Call, main  # noqa: E402


def native_call(call: Call) -> Any:
    return {
        "hook_event_name": "PreToolUse",
        "session_id": "sess-claude",
        "tool_name": "Write",
        "tool_input": {"file_path": call.args["path"], "content": call.args["content"]},
        "skill": call.skill,
    }


def read_call(native: Any) -> Call:
    given = native["tool_input"]
    tool = {"Write": "tool.write", "Read": "tool.read", "Bash": "tool.exec"}[native["tool_name"]]
    return Call(tool, {"path": given["file_path"], "content": given["content"]}, native["skill"])


if __name__ == "__main__":
    main("claude_code", native_call, read_call, keep_native="hook")
