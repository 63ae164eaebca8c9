"""CrewAI with a scripted model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import Work

pytest.importorskip("crewai")

from crewai import Agent, Crew, Task
from crewai.llms.base_llm import BaseLLM
from crewai.tools import tool

from gait.integrations.crewai import guard_tools

READ = ("read_file", {"path": "/srv/a"})
WRITE = ("write_file", {"path": "/srv/a", "content": "x"})
DELETE = ("delete_file", {"path": "/srv/a"})


class Scripted(BaseLLM):
    """Calls the tools in order, then answers. Keeps what it read."""

    def __init__(self, calls: Any) -> None:
        super().__init__(model="scripted")
        self.turns = list(calls)
        self.read: list[Any] = []

    def call(self, messages: Any, *args: Any, **kwargs: Any) -> str:
        self.read = list(messages) if isinstance(messages, list) else [messages]
        if not self.turns:
            return "Thought: I know\nFinal Answer: done"
        name, arguments = self.turns.pop(0)
        return f"Thought: I need it\nAction: {name}\nAction Input: {json.dumps(arguments)}"

    def supports_function_calling(self) -> bool:
        return False

    def supports_stop_words(self) -> bool:
        return False

    def get_context_window_size(self) -> int:
        return 8192


def run(work: Work, *calls: Any) -> tuple[str, str]:
    def named(function: Any) -> Any:
        return tool(function.__name__)(function)

    tools = guard_tools(work.guard, [named(work.read_file), named(work.write_file), named(work.delete_file)])
    llm = Scripted(calls)
    agent = Agent(role="r", goal="g", backstory="b", llm=llm, tools=tools, verbose=False)
    task = Task(description="d", expected_output="e", agent=agent)
    result = Crew(agents=[agent], tasks=[task], verbose=False).kickoff()
    return str(result.raw), json.dumps(llm.read)


def observation(read: str) -> str:
    return read.replace('\\"', '"').replace('\\\\', "\\")


def test_an_agent_goes_on_after_a_refusal(work: Work) -> None:
    raw, read = run(work, DELETE, READ)
    assert raw == "done" and work.did == ["read /srv/a"]
    assert '"verdict": "block"' in observation(read) and "content of /srv/a" in read
    work.evidence("block", "ok")


def test_a_person_is_asked(work: Work) -> None:
    work.guard.on_approval = work.token
    assert run(work, WRITE)[0] == "done" and work.did == ["write /srv/a"]
    work.evidence("ok")


def test_a_refusal_is_not_kept_in_the_cache(work: Work) -> None:
    raw, read = run(work, WRITE)
    assert '"verdict": "require_approval"' in observation(read) and work.did == []
    work.guard.grant(work.token())
    assert run(work, WRITE)[0] == "done" and work.did == ["write /srv/a"]


def test_what_cannot_be_guarded(work: Work) -> None:
    with pytest.raises(TypeError):
        guard_tools(work.guard, [work.read_file])


