"""A quickstart to copy: put the form of your framework into ``native_call`` and ``read_call``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Call, main  # noqa: E402


def native_call(call: Call) -> Any:
    return {"tool": call.tool, "payload": call.args, "skill": call.skill}


def read_call(native: Any) -> Call:
    return Call(native["tool"], native["payload"], native["skill"])


if __name__ == "__main__":
    main("template", native_call, read_call)
