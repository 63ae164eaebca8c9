"""AutoGen with a scripted model."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from conftest import Work, refused

pytest.importorskip("autogen_agentchat")

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.messages import ToolCallExecutionEvent
from autogen_core import FunctionCall
from autogen_core.models import ChatCompletionClient, CreateResult, ModelFamily, ModelInfo, RequestUsage

from gait.integrations.autogen import GuardedWorkbench

READ = ("read_file", {"path": "/srv/a"})
WRITE = ("write_file", {"path": "/srv/a", "content": "x"})
DELETE = ("delete_file", {"path": "/srv/a"})
NOTHING = RequestUsage(prompt_tokens=0, completion_tokens=0)


class Scripted(ChatCompletionClient):
    """Calls the tools in order, then says ``done``."""

    def __init__(self, calls: Any) -> None:
        self.turns = [[FunctionCall(id=f"c{i}", name=n, arguments=json.dumps(a))] for i, (n, a) in enumerate(calls)]

    async def create(self, messages: Any, **_: Any) -> CreateResult:
        calls = self.turns.pop(0) if self.turns else None
        return CreateResult(
            finish_reason="function_calls" if calls else "stop", content=calls or "done", usage=NOTHING, cached=False
        )

    def create_stream(self, messages: Any, **_: Any) -> Any:
        raise NotImplementedError

    async def close(self) -> None: ...

    def actual_usage(self) -> RequestUsage:
        return NOTHING

    def total_usage(self) -> RequestUsage:
        return NOTHING

    def count_tokens(self, messages: Any, **_: Any) -> int:
        return 0

    def remaining_tokens(self, messages: Any, **_: Any) -> int:
        return 1000

    @property
    def capabilities(self) -> Any:
        return self.model_info

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(vision=False, function_calling=True, json_output=False, family=ModelFamily.UNKNOWN, structured_output=False)


def run(work: Work, *calls: Any) -> tuple[list[Any], str]:
    workbench = GuardedWorkbench(work.guard, [work.read_file, work.write_file, work.delete_file])
    agent = AssistantAgent("a", Scripted(calls), workbench=workbench, max_tool_iterations=5)
    result = asyncio.run(agent.run(task="go"))
    executed = [one for m in result.messages if isinstance(m, ToolCallExecutionEvent) for one in m.content]
    return executed, result.messages[-1].content


def test_an_agent_goes_on_after_a_refusal(work: Work) -> None:
    (first, second), last = run(work, DELETE, READ)
    assert first.is_error and refused(first.content)
    assert not second.is_error and second.content == "content of /srv/a" and last == "done"
    assert work.did == ["read /srv/a"]
    work.evidence("block", "ok")


def test_a_person_is_asked(work: Work) -> None:
    async def ask(request: Any) -> Any:
        await asyncio.sleep(0)
        return work.token(request)

    work.guard.on_approval = ask
    (only,), last = run(work, WRITE)
    assert only.content == "wrote /srv/a" and last == "done"
    work.evidence("ok")


def test_without_a_person_the_model_is_refused_until_a_token_is_granted(work: Work) -> None:
    (only,), _ = run(work, WRITE)
    assert only.is_error and refused(only.content, "require_approval") and work.did == []
    work.guard.grant(work.token())
    (only,), _ = run(work, WRITE)
    assert only.content == "wrote /srv/a"
    work.evidence("require_approval", "ok")
