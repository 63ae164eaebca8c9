"""The form in which Gas Town gives a call of one of its workers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Call, main  # noqa: E402


def native_call(call: Call) -> Any:
    tool = {"name": call.tool, "args": call.args}
    return {"polecat": {"worker_id": "worker-1", "convoy_id": "convoy-1", "tool": tool, "skill": call.skill}}


def read_call(native: Any) -> Call:
    given = native["polecat"]
    return Call(given["tool"]["name"], given["tool"]["args"], given["skill"])


if __name__ == "__main__":
    main("gastown", native_call, read_call)
