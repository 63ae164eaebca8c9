"""The lines for each framework in docs/integrations.md run as they stand there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import GAIT, POLICY, Work

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "integrations.md"
BLOCKS = re.findall(r"^```python([^\n]*)\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def read_file(path: str) -> str:
    """Read a file."""
    return f"content of {path}"


def given(name: str) -> Any:
    """What the reader has already: a model, and tools of the framework."""
    if name == "function_tools":
        from agents import function_tool

        return [function_tool(read_file)]
    if name == "langchain_tools":
        from langchain_core.tools import tool

        return [tool(read_file)]
    if name == "crew_tools":
        from crewai.tools import tool

        return [tool("read_file")(read_file)]
    if name == "model_client":
        import test_autogen

        return test_autogen.Scripted([])
    if name == "llm":
        import test_crewai

        return test_crewai.Scripted([])
    if name == "adk_model":
        import test_google_adk

        return test_google_adk.Scripted(model="scripted")
    if name == "pydantic_model":
        from pydantic_ai.models.test import TestModel

        return TestModel()
    if name == "model":
        import test_langchain

        return test_langchain.model()
    raise KeyError(name)


class Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return given(name)


@pytest.mark.parametrize(("needs", "text"), BLOCKS[1:], ids=lambda value: value.strip() if value.startswith(" needs") else "")
def test_the_lines_run(work: Work, monkeypatch: pytest.MonkeyPatch, needs: str, text: str) -> None:
    monkeypatch.setenv("GAIT_BIN", GAIT)
    Path("policy.yaml").write_text(POLICY)
    package = needs.removeprefix(" needs=")
    if package and importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is absent")
    names = Names(read_file=read_file, __builtins__=__builtins__)
    if package == "agents":
        names["model"] = "scripted"
    exec(BLOCKS[0][1], {}, names)
    exec(compile(text, str(GUIDE), "exec"), {}, names)
    names["gate"].close()
    assert {"agent", "node", "messages"} & set(names)
    if "messages" in names:
        assert names["messages"][0]["content"] == "content of /srv/a"
