"""A loop without a framework."""

from __future__ import annotations

import asyncio
import json
import shlex
from pathlib import Path

import pytest

from conftest import Work, refused
from gait.integrations import Refusal
from gait.integrations.dispatcher import Dispatcher


def dispatcher(work: Work) -> Dispatcher:
    tools = {"read_file": work.read_file, "write_file": work.write_file, "delete_file": work.delete_file}
    return Dispatcher(work.guard, tools)


def chat(call_id: str, name: str, arguments: str) -> dict[str, object]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_the_tool_calls_of_a_chat_are_answered(work: Work) -> None:
    messages = dispatcher(work).answer(
        [
            chat("c1", "read_file", '{"path": "/srv/a"}'),
            chat("c2", "delete_file", '{"path": "/srv/a"}'),
            chat("c3", "write_file", '{"path": "/srv/a", "content": "x"}'),
            chat("c4", "no_such_tool", "{}"),
            chat("c5", "read_file", '{"path": "/srv/a", "path": "/etc/passwd"}'),
            chat("c6", "read_file", '["/srv/a"]'),
            chat("c7", "read_file", '{"wrong": 1}'),
        ]
    )
    assert [message["tool_call_id"] for message in messages] == ["c1", "c2", "c3", "c4", "c5", "c6", "c7"]
    contents = [message["content"] for message in messages]
    assert contents[0] == "content of /srv/a"
    assert refused(contents[1]) and refused(contents[2], "require_approval")
    assert all(refused(content, "error") for content in contents[3:6])
    assert "TypeError" in json.loads(contents[6])["error"]
    assert work.did == ["read /srv/a"]
    work.evidence("ok", "block", "require_approval", "error")


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_person_is_asked(work: Work, asynchronous: bool) -> None:
    asked = []

    def ask(request):
        asked.append(request.to_dict())
        return work.token()

    async def ask_async(request):
        return ask(request)

    work.guard.on_approval = ask_async if asynchronous else ask
    tools = dispatcher(work)
    args = {"path": "/srv/a", "content": "x"}
    result = asyncio.run(tools.call_async("write_file", args)) if asynchronous else tools.call("write_file", args)
    assert result == "wrote /srv/a" and work.did == ["write /srv/a"]
    assert asked[0]["scope"] == ["tool:write_file"] and asked[0]["intent_digest"] in asked[0]["approve"]
    work.evidence("ok")


@pytest.mark.parametrize("answer", [None, True, "yes", {}, {"intent_digest": "0" * 64}, ["token"], RuntimeError("no terminal")])
def test_an_answer_that_is_no_token_lets_nothing_pass(work: Work, answer: object) -> None:
    def ask(_request):
        if isinstance(answer, Exception):
            raise answer
        return answer

    work.guard.on_approval = ask
    result = dispatcher(work).call("write_file", {"path": "/srv/a", "content": "x"})
    assert isinstance(result, Refusal) and work.did == []


def test_a_granted_token_counts_for_its_call_alone(work: Work) -> None:
    tools = dispatcher(work)
    stopped = tools.call("write_file", {"path": "/srv/a", "content": "x"})
    assert refused(stopped, "require_approval")
    work.guard.grant(work.token())
    assert refused(tools.call("write_file", {"path": "/srv/b", "content": "x"}), "require_approval")
    assert tools.call("write_file", {"path": "/srv/a", "content": "x"}) == "wrote /srv/a"
    assert refused(tools.call("write_file", {"path": "/srv/a", "content": "x"}), "require_approval")
    with pytest.raises(Exception):
        work.guard.grant({})


def test_without_a_gate_nothing_runs(work: Work) -> None:
    work.guard.gate.close()
    tools = dispatcher(work)
    results = [tools.call("read_file", {"path": "/srv/a"}), asyncio.run(tools.call_async("read_file", {"path": "/srv/a"}))]
    assert all(refused(result, "error") for result in results) and work.did == []
    assert json.loads(results[0])["reason_codes"] == ["closed"]


@pytest.mark.parametrize("part", ["context", "targets", "arg_provenance"])
def test_a_mistake_of_the_author_refuses_the_call(work: Work, part: str) -> None:
    def broken(_call):
        raise KeyError("of the author")

    tools = dispatcher(work)
    setattr(work.guard, part, broken)
    assert refused(tools.call("read_file", {"path": "/srv/a"}), "error") and work.did == []


def test_an_exception_of_the_tool_passes(work: Work) -> None:
    def read_file(path):
        raise OSError(path)

    tools = Dispatcher(work.guard, {"read_file": read_file})
    with pytest.raises(OSError):
        tools.call("read_file", {"path": "/srv/a"})
    with pytest.raises(OSError):
        asyncio.run(tools.call_async("read_file", {"path": "/srv/a"}))
    work.evidence("error", "error")


def test_the_command_for_a_person_is_safe_to_copy(work: Work) -> None:
    """The model chooses the name of a tool; it must not choose what a person runs."""
    name = "x; touch /tmp/owned #"
    Path("policy.yaml").write_text("default_verdict: require_approval\n")
    asked = []
    work.guard.on_approval = lambda request: asked.append(request.to_dict()["approve"])
    Dispatcher(work.guard, {name: lambda: None}).call(name, {})
    assert name in shlex.split(asked[0].partition(" --approver")[0])[7]
