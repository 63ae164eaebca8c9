"""The OpenAI Agents SDK with a scripted model."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from conftest import Work, refused

pytest.importorskip("agents")

from agents import Agent, Model, ModelResponse, Runner, Usage, WebSearchTool, function_tool
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

from gait.integrations.openai_agents import guard_tools


class Scripted(Model):
    """Calls the tools in order, then says ``done``."""

    def __init__(self, *turns: list[tuple[str, dict[str, Any]]]) -> None:
        self.turns = [[call(name, args, f"c{i}_{j}") for j, (name, args) in enumerate(turn)] for i, turn in enumerate(turns)]

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        output = self.turns.pop(0) if self.turns else [said("done")]
        return ModelResponse(output=output, usage=Usage(), response_id=None)

    def stream_response(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


def call(name: str, args: dict[str, Any] | str, call_id: str) -> ResponseFunctionToolCall:
    text = args if isinstance(args, str) else json.dumps(args)
    return ResponseFunctionToolCall(type="function_call", name=name, call_id=call_id, arguments=text)


def said(text: str) -> ResponseOutputMessage:
    content = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(id="m", type="message", role="assistant", status="completed", content=[content])


READ = ("read_file", {"path": "/srv/a"})
WRITE = ("write_file", {"path": "/srv/a", "content": "x"})
DELETE = ("delete_file", {"path": "/srv/a"})


def agent(work: Work, *turns: list[Any], **options: Any) -> Agent:
    tools = guard_tools(
        work.guard, [function_tool(work.read_file), function_tool(work.write_file), function_tool(work.delete_file)], **options
    )
    return Agent(name="a", tools=tools, model=Scripted(*turns))


def outputs(result: Any) -> list[Any]:
    return [item.output for item in result.new_items if item.type == "tool_call_output_item"]


def test_a_run_goes_on_after_a_refusal(work: Work) -> None:
    result = asyncio.run(Runner.run(agent(work, [DELETE], [READ]), "go"))
    first, second = outputs(result)
    assert refused(first) and second == "content of /srv/a" and result.final_output == "done"
    assert work.did == ["read /srv/a"]
    assert len(work.decided) == 2  # one decision a call, although the runner asks twice
    work.evidence("block", "ok")


def test_an_approval_interrupts_the_run(work: Work) -> None:
    starting = agent(work, [READ, WRITE])
    result = asyncio.run(Runner.run(starting, "go"))
    (item,) = result.interruptions
    assert item.raw_item.name == "write_file" and "write /srv/a" not in work.did
    work.guard.grant(work.token())
    state = result.to_state()
    state.approve(item)
    result = asyncio.run(Runner.run(starting, state))
    assert result.final_output == "done" and work.did == ["read /srv/a", "write /srv/a"]
    statuses = [attempt.status for attempt in work.session.attempts]  # the two calls of a turn run side by side
    assert sorted(statuses) == ["ok", "ok", "require_approval"] and statuses[-1] == "ok"
    work.evidence(*statuses)


def test_a_yes_without_a_token_is_refused(work: Work) -> None:
    starting = agent(work, [WRITE])
    result = asyncio.run(Runner.run(starting, "go"))
    state = result.to_state()
    state.approve(result.interruptions[0], always_approve=True)
    result = asyncio.run(Runner.run(starting, state))
    assert any(refused(output, "require_approval") for output in outputs(result)) and work.did == []


def test_a_no_is_a_no(work: Work) -> None:
    starting = agent(work, [WRITE])
    result = asyncio.run(Runner.run(starting, "go"))
    work.guard.grant(work.token())
    state = result.to_state()
    state.reject(result.interruptions[0])
    result = asyncio.run(Runner.run(starting, state))
    assert result.final_output == "done" and work.did == []


def test_without_interrupts_the_model_is_refused(work: Work) -> None:
    result = asyncio.run(Runner.run(agent(work, [WRITE], interrupts=False), "go"))
    assert refused(outputs(result)[0], "require_approval") and work.did == []


@pytest.mark.parametrize("text", ['{"path": "/srv/a", "path": "/etc/passwd"}', "[1]", "{", '{"path": NaN}'])
def test_arguments_that_are_ambiguous(work: Work, text: str) -> None:
    for interrupts in (True, False):
        running = agent(work, interrupts=interrupts)
        running.model.turns = [[call("read_file", text, "c0")]]
        try:
            result = asyncio.run(Runner.run(running, "go"))
        except Exception:
            pass  # the framework may refuse them before the guard does
        else:
            assert outputs(result) == [] or "content of" not in str(outputs(result)[0])
    assert work.did == []


def test_a_tool_that_runs_elsewhere_is_not_guarded(work: Work) -> None:
    with pytest.raises(TypeError):
        guard_tools(work.guard, [WebSearchTool()])


def test_the_tool_stays_what_it_was(work: Work) -> None:
    original = function_tool(work.read_file, name_override="read_file", description_override="d", is_enabled=False)
    (guarded,) = guard_tools(work.guard, [original])
    for name in ("name", "description", "params_json_schema", "strict_json_schema", "is_enabled", "timeout_seconds"):
        assert getattr(guarded, name) == getattr(original, name)


def test_what_is_no_guard_and_no_tool(work: Work) -> None:
    def plain(path: str) -> str:
        return path

    for guard, tools, words in (
        (work.guard.gate, [], "expected a guard, found Gate"),
        ([], work.guard, "expected a guard, found list"),
        (work.guard, plain, "expected a list of tools"),
        (work.guard, [plain], "@function_tool"),
    ):
        with pytest.raises(TypeError, match=words):
            guard_tools(guard, tools)  # type: ignore[arg-type]
