"""The form in which AutoGen gives a function call: the arguments are a text of JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Call, main  # noqa: E402


def native_call(call: Call) -> Any:
    return {"function_call": {"name": call.tool, "arguments": json.dumps({**call.args, "skill": call.skill})}}


def read_call(native: Any) -> Call:
    arguments = json.loads(native["function_call"]["arguments"])
    skill = arguments.pop("skill")
    return Call(native["function_call"]["name"], arguments, skill)


if __name__ == "__main__":
    main("autogen", native_call, read_call)
