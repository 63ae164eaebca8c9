"""Google ADK with a scripted model."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conftest import Work, refused

pytest.importorskip("google.adk")

from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.adk.tools import google_search
from google.genai import types

from gait.integrations.google_adk import guard_tools

READ = ("read_file", {"path": "/srv/a"})
WRITE = ("write_file", {"path": "/srv/a", "content": "x"})
DELETE = ("delete_file", {"path": "/srv/a"})


class Scripted(BaseLlm):
    turns: list[Any] = []

    async def generate_content_async(self, llm_request: Any, stream: bool = False) -> Any:
        part = self.turns.pop(0) if self.turns else types.Part(text="done")
        yield LlmResponse(content=types.Content(role="model", parts=[part]))


class Conversation:
    def __init__(self, work: Work, *calls: tuple[str, dict[str, Any]], **options: Any) -> None:
        turns = [
            types.Part(function_call=types.FunctionCall(id=f"c{i}", name=name, args=args)) for i, (name, args) in enumerate(calls)
        ]
        tools = guard_tools(work.guard, [work.read_file, work.write_file, work.delete_file], **options)
        callback = options.pop("before_tool_callback", None)
        agent = LlmAgent(name="a", model=Scripted(model="scripted", turns=turns), tools=tools, before_tool_callback=callback)
        self.runner = InMemoryRunner(agent=agent, app_name="app")
        self.session = asyncio.run(self.runner.session_service.create_session(app_name="app", user_id="u"))

    def say(self, part: types.Part) -> list[types.Part]:
        async def run() -> list[types.Part]:
            content = types.Content(role="user", parts=[part])
            return [
                part
                async for event in self.runner.run_async(user_id="u", session_id=self.session.id, new_message=content)
                for part in (event.content.parts if event.content else None) or []
            ]

        return asyncio.run(run())


def responses(parts: list[types.Part], name: str) -> list[Any]:
    return [p.function_response.response for p in parts if p.function_response and p.function_response.name == name]


def test_an_agent_goes_on_after_a_refusal(work: Work) -> None:
    parts = Conversation(work, DELETE, READ).say(types.Part(text="go"))
    assert refused(responses(parts, "delete_file")[0])
    assert responses(parts, "read_file") == [{"result": "content of /srv/a"}]
    assert parts[-1].text == "done" and work.did == ["read /srv/a"]
    work.evidence("block", "ok")


@pytest.mark.parametrize("answer", ["token", "nothing", "no"])
def test_an_approval_asks_for_confirmation(work: Work, answer: str) -> None:
    conversation = Conversation(work, WRITE)
    parts = conversation.say(types.Part(text="go"))
    (asked,) = [p.function_call for p in parts if p.function_call and p.function_call.name == "adk_request_confirmation"]
    assert asked.args["toolConfirmation"]["payload"]["args"] == WRITE[1] and work.did == []
    confirmed = {"confirmed": answer != "no", "payload": None if answer == "nothing" else work.token()}
    response = types.FunctionResponse(id=asked.id, name=asked.name, response=confirmed)
    parts = conversation.say(types.Part(function_response=response))
    if answer == "token":
        assert responses(parts, "write_file") == [{"result": "wrote /srv/a"}] and work.did == ["write /srv/a"]
        work.evidence("require_approval", "ok")
    else:
        assert refused(responses(parts, "write_file")[-1], "require_approval") and work.did == []


def test_without_interrupts_the_model_is_refused(work: Work) -> None:
    parts = Conversation(work, WRITE, interrupts=False).say(types.Part(text="go"))
    assert refused(responses(parts, "write_file")[0], "require_approval") and work.did == []


def test_what_cannot_be_guarded(work: Work) -> None:
    for tool in (google_search, "read_file", dict):
        with pytest.raises(TypeError):
            guard_tools(work.guard, [tool])


def test_a_callback_of_the_agent_cannot_change_a_decided_call(work: Work) -> None:
    """It runs before the guard, so what it made of the arguments is what is decided."""
    conversation = Conversation(work, READ)
    conversation.runner.agent.before_tool_callback = lambda tool, args, tool_context: args.update(path="/etc/passwd")
    conversation.say(types.Part(text="go"))
    assert work.decided[0].call.args == {"path": "/etc/passwd"}
