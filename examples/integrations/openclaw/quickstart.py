"""The form in which OpenClaw gives a tool call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Call, main  # noqa: E402


def native_call(call: Call) -> Any:
    return {"tool_call": {"tool": call.tool, "params": call.args, "skill": call.skill}}


def read_call(native: Any) -> Call:
    given = native["tool_call"]
    return Call(given["tool"], given["params"], given["skill"])


if __name__ == "__main__":
    main("openclaw", native_call, read_call)
