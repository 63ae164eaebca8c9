"""Pydantic AI with a scripted model."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conftest import Work, refused

pytest.importorskip("pydantic_ai")

from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.toolsets import FunctionToolset

from gait.integrations.pydantic_ai import guard_toolset

READ = ("read_file", {"path": "/srv/a"})
WRITE = ("write_file", {"path": "/srv/a", "content": "x"})
DELETE = ("delete_file", {"path": "/srv/a"})


def agent(work: Work, *calls: tuple[str, dict[str, Any]], **options: Any) -> Agent:
    left = [ToolCallPart(name, args, tool_call_id=f"c{i}") for i, (name, args) in enumerate(calls)]

    def answer(_messages: Any, _info: Any) -> ModelResponse:
        return ModelResponse(parts=[left.pop(0) if left else TextPart("done")])

    tools = FunctionToolset([work.read_file, work.write_file, work.delete_file])
    return Agent(
        FunctionModel(answer), toolsets=[guard_toolset(work.guard, tools, **options)], output_type=[str, DeferredToolRequests]
    )


def returns(result: Any) -> list[Any]:
    return [part.content for message in result.all_messages() for part in message.parts if isinstance(part, ToolReturnPart)]


def test_a_run_goes_on_after_a_refusal(work: Work) -> None:
    result = agent(work, DELETE, READ).run_sync("go")
    first, second = returns(result)
    assert refused(first) and second == "content of /srv/a" and result.output == "done"
    assert work.did == ["read /srv/a"]
    work.evidence("block", "ok")


@pytest.mark.parametrize("how", ["grant", "metadata"])
def test_an_approval_defers_the_call(work: Work, how: str) -> None:
    running = agent(work, WRITE)
    first = running.run_sync("go")
    assert isinstance(first.output, DeferredToolRequests) and work.did == []
    (asked,) = first.output.approvals
    assert first.output.metadata[asked.tool_call_id]["args"] == WRITE[1]
    answer = DeferredToolResults(approvals={asked.tool_call_id: True})
    if how == "grant":
        work.guard.grant(work.token())
    else:
        answer.metadata[asked.tool_call_id] = {"approval_tokens": [work.token()]}
    second = running.run_sync(message_history=first.all_messages(), deferred_tool_results=answer)
    assert second.output == "done" and work.did == ["write /srv/a"]
    work.evidence("require_approval", "ok")


def test_a_yes_without_a_token_is_refused(work: Work) -> None:
    running = agent(work, WRITE)
    first = running.run_sync("go")
    answer = DeferredToolResults(approvals={first.output.approvals[0].tool_call_id: True})
    second = running.run_sync(message_history=first.all_messages(), deferred_tool_results=answer)
    assert refused(returns(second)[-1], "require_approval") and work.did == []


def test_without_interrupts_the_model_is_refused(work: Work) -> None:
    result = asyncio.run(agent(work, WRITE, interrupts=False).run("go"))
    assert refused(returns(result)[0], "require_approval") and work.did == []
