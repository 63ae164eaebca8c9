"""The form in which AutoGPT gives a command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Call, main  # noqa: E402


def native_call(call: Call) -> Any:
    return {"command": {"name": call.tool, "args": call.args}, "skill_provenance": call.skill}


def read_call(native: Any) -> Call:
    return Call(native["command"]["name"], native["command"]["args"], native["skill_provenance"])


if __name__ == "__main__":
    main("autogpt", native_call, read_call)
