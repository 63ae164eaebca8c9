"""LangChain and LangGraph: a middleware for ``create_agent``, and wrappers for ``ToolNode``.

A refused call becomes a ``ToolMessage`` with the status ``error``. A call that needs an approval goes through
LangGraph's ``interrupt``: resume it with ``Command(resume=token)``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

try:
    from langchain_core.messages import ToolMessage
    from langgraph.prebuilt import ToolNode
    from langgraph.types import interrupt
except ImportError as error:
    raise ImportError("gait.integrations.langchain needs its framework: pip install langgraph") from error

from .calls import Decided, ToolCall, read_arguments
from .guard import Guard, check_guard, tokens_of

__all__ = ["GaitMiddleware", "guard_tool_node", "wrap_tool_calls"]

Handler = Callable[[Any], Any]
AsyncHandler = Callable[[Any], Awaitable[Any]]


def wrap_tool_calls(
    guard: Guard, *, interrupts: bool = True
) -> tuple[Callable[[Any, Handler], Any], Callable[[Any, AsyncHandler], Awaitable[Any]]]:
    """What ``ToolNode`` takes as ``wrap_tool_call`` and ``awrap_tool_call``."""
    check_guard(guard)

    def wrap(request: Any, handler: Handler) -> Any:
        call = _call(request)
        if isinstance(call, Decided):
            return _message(call)
        decided = guard.decide(call)
        if interrupts and decided.request is not None:
            decided = guard.decide(call, _interrupted(guard, decided))
        if not decided.allowed:
            guard.note(decided)
            return _message(decided)
        try:
            result = handler(request)
        except BaseException as error:
            guard.note(decided, executed=True, error=error)
            raise
        guard.note(decided, executed=True, result=_content(result))
        return result

    async def awrap(request: Any, handler: AsyncHandler) -> Any:
        call = _call(request)
        if isinstance(call, Decided):
            return _message(call)
        decided = await guard.decide_async(call)
        if interrupts and decided.request is not None:
            decided = await guard.decide_async(call, _interrupted(guard, decided))
        if not decided.allowed:
            guard.note(decided)
            return _message(decided)
        try:
            result = await handler(request)
        except BaseException as error:
            guard.note(decided, executed=True, error=error)
            raise
        guard.note(decided, executed=True, result=_content(result))
        return result

    return wrap, awrap


def guard_tool_node(guard: Guard, tools: Any, *, interrupts: bool = True, **options: Any) -> Any:
    """A ``ToolNode`` whose calls are decided."""
    wrap, awrap = wrap_tool_calls(guard, interrupts=interrupts)
    return ToolNode(tools, wrap_tool_call=wrap, awrap_tool_call=awrap, **options)


def _middleware() -> type[Any]:
    from langchain.agents.middleware import AgentMiddleware

    class GaitMiddleware(AgentMiddleware):
        """Decides the tool calls of ``create_agent``.

        Give it last: a middleware behind it could change a call that was decided.
        """

        def __init__(self, guard: Guard, *, interrupts: bool = True) -> None:
            super().__init__()
            self._wrap, self._awrap = wrap_tool_calls(guard, interrupts=interrupts)

        def wrap_tool_call(self, request: Any, handler: Handler) -> Any:
            return self._wrap(request, handler)

        async def awrap_tool_call(self, request: Any, handler: AsyncHandler) -> Any:
            return await self._awrap(request, handler)

    return GaitMiddleware


def __getattr__(name: str) -> Any:
    """The middleware needs LangChain, the rest LangGraph alone."""
    if name == "GaitMiddleware":
        globals()[name] = _middleware()
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _interrupted(guard: Guard, decided: Decided) -> list[Any]:
    """The tokens of the person who was asked. The first time this leaves the graph, by an exception of LangGraph."""
    request = decided.request
    assert request is not None
    try:
        answer = interrupt(request.to_dict())
    except BaseException:
        guard.note(decided)
        raise
    return tokens_of(answer)


def _call(request: Any) -> ToolCall | Decided:
    given = request.tool_call
    name, call_id = str(given.get("name") or ""), given.get("id")
    try:
        return ToolCall(name, dict(read_arguments(given.get("args"))), call_id, _thread(request))
    except ValueError as error:
        return Decided(ToolCall(name, {}, call_id), None, None, error)


def _thread(request: Any) -> str | None:
    config = getattr(getattr(request, "runtime", None), "config", None) or {}
    thread = (config.get("configurable") or {}).get("thread_id")
    return str(thread) if thread is not None else None


def _message(decided: Decided) -> Any:
    return ToolMessage(
        content=str(decided.refusal),
        name=decided.call.name,
        tool_call_id=decided.call.call_id or "",
        status="error",
    )


def _content(result: Any) -> Any:
    return getattr(result, "content", None)
