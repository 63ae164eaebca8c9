"""Each page of docs/frameworks as a reader would follow it, with a scripted model in the line that names one."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import GAIT, check

PAGES = Path(__file__).resolve().parents[3] / "docs" / "frameworks"
CALLS = [("delete_file", {"path": "policy.yaml"}), ("read_file", {"path": "policy.yaml"})]


def openai_agents() -> Any:
    from test_openai_agents import Scripted

    return Scripted(*[[call] for call in CALLS])


def langchain() -> Any:
    from test_langchain import model

    return model(*CALLS)


def autogen() -> Any:
    from test_autogen import Scripted

    return Scripted(CALLS)


def crewai() -> Any:
    from test_crewai import Scripted

    return Scripted(CALLS)


def pydantic_ai() -> Any:
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel

    left = [ToolCallPart(name, args) for name, args in CALLS]
    return FunctionModel(lambda *_: ModelResponse(parts=[left.pop(0) if left else TextPart("done")]))


def google_adk() -> Any:
    from google.genai import types
    from test_google_adk import Scripted

    turns = [types.Part(function_call=types.FunctionCall(name=name, args=args)) for name, args in CALLS]
    return Scripted(model="scripted", turns=turns)


MODELS: dict[str, tuple[str, Callable[[], Any]]] = {
    "openai_agents": ("agents", openai_agents),
    "langchain": ("langchain", langchain),
    "autogen": ("autogen_agentchat", autogen),
    "crewai": ("crewai", crewai),
    "pydantic_ai": ("pydantic_ai", pydantic_ai),
    "google_adk": ("google.adk", google_adk),
}


def test_every_page_is_followed() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(MODELS)


@pytest.mark.parametrize("framework", MODELS)
def test_the_page(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package, scripted = MODELS[framework]
    pytest.importorskip(package)
    text = (PAGES / f"{framework}.md").read_text()
    files = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    Path("policy.yaml").write_text(files["policy.yaml"])
    code, models = re.subn(r"^model = .*$", "model = scripted()", files["agent.py"], flags=re.MULTILINE)
    assert models == 1
    code = re.sub(r"^from autogen_ext.*\n", "", code, flags=re.MULTILINE)  # the model's package, which needs an account
    monkeypatch.setenv("GAIT_BIN", GAIT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "agent.py", "exec"), {"__name__": "__main__", "scripted": scripted})
    shown = re.search(r"^\$ python agent.py\n\.\.\.\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert shown is not None and printed.getvalue().endswith(f"done\n{shown[1]}"), printed.getvalue()
    check("verify", "desk_1")
