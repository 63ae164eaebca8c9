"""LangChain's agent and LangGraph's ToolNode, with a scripted model."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conftest import GAIT, Work, refused

pytest.importorskip("langchain")

from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Command

from gait import (
    GaitLangChainCallbackHandler,
    GaitLangChainMiddleware,
    GateEnforcementError,
    IntentContext,
    ToolAdapter,
    run_session,
)
from gait.integrations.langchain import GaitMiddleware, guard_tool_node


class Scripted(GenericFakeChatModel):
    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self


def model(*calls: tuple[str, dict[str, Any]]) -> Scripted:
    turns = [AIMessage(content="", tool_calls=[{"name": n, "args": a, "id": f"c{i}"}]) for i, (n, a) in enumerate(calls)]
    return Scripted(messages=iter([*turns, AIMessage(content="done")]))


def tools(work: Work) -> list[Any]:
    return [tool(work.read_file), tool(work.write_file), tool(work.delete_file)]


READ = ("read_file", {"path": "/srv/a"})
WRITE = ("write_file", {"path": "/srv/a", "content": "x"})
DELETE = ("delete_file", {"path": "/srv/a"})


def results(state: dict[str, Any]) -> list[ToolMessage]:
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_an_agent_goes_on_after_a_refusal(work: Work, asynchronous: bool) -> None:
    agent = create_agent(model(DELETE, READ), tools(work), middleware=[GaitMiddleware(work.guard)])
    given = {"messages": [HumanMessage("go")]}
    state = asyncio.run(agent.ainvoke(given)) if asynchronous else agent.invoke(given)
    first, second = results(state)
    assert first.status == "error" and refused(first.content) and first.tool_call_id == "c0"
    assert second.content == "content of /srv/a" and state["messages"][-1].content == "done"
    assert work.did == ["read /srv/a"]
    work.evidence("block", "ok")


@pytest.mark.parametrize("asynchronous", [False, True])
def test_an_approval_goes_through_the_interrupt(work: Work, asynchronous: bool) -> None:
    agent = create_agent(
        model(WRITE), tools(work), middleware=[GaitMiddleware(work.guard)], checkpointer=InMemorySaver()
    )
    config = {"configurable": {"thread_id": "t1"}}
    run = (lambda given: asyncio.run(agent.ainvoke(given, config))) if asynchronous else (lambda given: agent.invoke(given, config))
    state = run({"messages": [HumanMessage("go")]})
    asked = state["__interrupt__"][0].value
    assert asked["kind"] == "gait_approval" and asked["args"] == WRITE[1] and work.did == []
    state = run(Command(resume=work.token()))
    assert results(state)[0].content == "wrote /srv/a" and work.did == ["write /srv/a"]
    assert state["messages"][-1].content == "done"
    work.evidence("require_approval", "ok")


@pytest.mark.parametrize("answer", [True, "approved", {"approved": True}, {"type": "approve"}])
def test_a_yes_without_a_token_is_refused(work: Work, answer: object) -> None:
    agent = create_agent(
        model(WRITE), tools(work), middleware=[GaitMiddleware(work.guard)], checkpointer=InMemorySaver()
    )
    config = {"configurable": {"thread_id": "t1"}}
    agent.invoke({"messages": [HumanMessage("go")]}, config)
    state = agent.invoke(Command(resume=answer), config)
    assert refused(results(state)[0].content, "require_approval") and work.did == []


def test_without_interrupts_the_model_is_refused(work: Work) -> None:
    agent = create_agent(model(WRITE), tools(work), middleware=[GaitMiddleware(work.guard, interrupts=False)])
    state = agent.invoke({"messages": [HumanMessage("go")]})
    assert refused(results(state)[0].content, "require_approval") and work.did == []


def test_a_graph_with_a_tool_node(work: Work) -> None:
    llm = model(DELETE, READ)
    graph = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [llm.invoke(state["messages"])]})
    graph.add_node("tools", guard_tool_node(work.guard, tools(work)))
    graph.add_edge(START, "model")
    graph.add_edge("tools", "model")
    graph.add_conditional_edges("model", lambda state: "tools" if state["messages"][-1].tool_calls else END)
    state = graph.compile().invoke({"messages": [HumanMessage("go")]})
    first, second = results(state)
    assert refused(first.content) and second.content == "content of /srv/a" and work.did == ["read /srv/a"]
    work.evidence("block", "ok")


def test_calls_side_by_side(work: Work) -> None:
    calls = [{"name": n, "args": a, "id": f"c{i}"} for i, (n, a) in enumerate([READ, DELETE] * 4)]
    llm = Scripted(messages=iter([AIMessage(content="", tool_calls=calls), AIMessage(content="done")]))
    agent = create_agent(llm, tools(work), middleware=[GaitMiddleware(work.guard)])
    state = agent.invoke({"messages": [HumanMessage("go")]})
    assert [message.status for message in results(state)] == ["success", "error"] * 4
    assert work.did == ["read /srv/a"] * 4 and len(work.session.attempts) == 8


def test_the_middleware_of_the_existing_package(work: Work) -> None:
    handler = GaitLangChainCallbackHandler(sink=lambda _: 1 / 0)
    middleware = GaitLangChainMiddleware(
        ToolAdapter("policy.yaml", gait_bin=GAIT), trace_dir="traces", callback_handler=handler,
        context_factory=lambda request: IntentContext("a", "/srv", "low", request_id=request.tool_call["id"]),
    )  # fmt: skip
    agent = create_agent(model(READ, DELETE), tools(work), middleware=[middleware])
    with pytest.raises(GateEnforcementError), run_session(run_id="r", gait_bin=GAIT) as session:
        agent.invoke({"messages": [HumanMessage("go")]})
    assert [attempt.status for attempt in session.attempts] == ["ok", "block"] and work.did == ["read /srv/a"]
    assert [(e.tool_name, e.tool_call_id, e.verdict, e.executed) for e in handler.events] == [
        ("read_file", "c0", "allow", True),
        ("delete_file", "c1", "block", False),
    ]
    assert handler.events[0].trace_path == "traces/read_file_c0.json"


def test_what_is_no_guard(work: Work) -> None:
    for given in (work.guard.gate, "policy.yaml"):
        with pytest.raises(TypeError, match="expected a guard"):
            GaitMiddleware(given)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="expected a guard"):
            guard_tool_node(given, [])  # type: ignore[arg-type]
