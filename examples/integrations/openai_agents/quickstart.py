"""The form in which the OpenAI Agents SDK gives a function call: a name, and an object of arguments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Call, main  # noqa: E402


def native_call(call: Call) -> Any:
    return {"name": call.tool, "arguments": {**call.args, "skill": call.skill}}


def read_call(native: Any) -> Call:
    arguments = dict(native["arguments"])
    skill = arguments.pop("skill")
    return Call(native["name"], arguments, skill)


if __name__ == "__main__":
    main("openai_agents", native_call, read_call)
