"""CrewAI: ``Agent(tools=guard_tools(guard, [...]))``.

A refused call gives the agent a text instead of a result. The tools are wrapped, because an error in one of CrewAI's
own hooks lets the call pass. CrewAI asks people at the terminal: ``Guard(on_approval=...)`` is where to do it.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

try:
    from crewai.tools import BaseTool
except ImportError as error:
    raise ImportError("gait.integrations.crewai needs its framework: pip install crewai") from error

from .calls import Refusal, ToolCall
from .guard import Guard, check_guard, listed

__all__ = ["guard_tool", "guard_tools"]


def guard_tools(guard: Guard, tools: Sequence[Any]) -> list[BaseTool]:
    """The tools with the guard before each.

    :raises TypeError: for something that is no tool of CrewAI
    """
    check_guard(guard)
    return [guard_tool(guard, tool) for tool in listed(tools)]


def guard_tool(guard: Guard, tool: Any) -> BaseTool:
    """:func:`guard_tools` for one tool."""
    check_guard(guard)
    if inspect.isroutine(tool):
        raise TypeError(f"{tool.__name__} is a function: make a tool of it with @tool")
    if not isinstance(tool, BaseTool):
        raise TypeError(f"{type(tool).__name__} is no tool of CrewAI")
    cached = tool.cache_function

    def may_be_cached(args: Any = None, result: Any = None) -> bool:
        """A refusal is no result: once the call is approved, it is to be made."""
        return not _is_refusal(result) and bool(cached(args, result))

    return GuardedTool(
        name=tool.name,
        description=_own_description(tool.description),
        args_schema=tool.args_schema,
        cache_function=may_be_cached,
        result_as_answer=tool.result_as_answer,
        max_usage_count=tool.max_usage_count,
        guard=guard,
        inner=tool,
    )


class GuardedTool(BaseTool):
    """A tool that asks first."""

    guard: Any
    inner: Any

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError("a guarded tool takes its arguments by name")
        result = self.guard.run(ToolCall(self.name, kwargs), lambda: self.inner.run(**kwargs))
        return str(result) if isinstance(result, Refusal) else result

    async def _arun(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError("a guarded tool takes its arguments by name")
        result = await self.guard.run_async(ToolCall(self.name, kwargs), lambda: self.inner.arun(**kwargs))
        return str(result) if isinstance(result, Refusal) else result


def _own_description(text: str) -> str:
    """What the author wrote; CrewAI puts name and arguments before it, and would do so twice."""
    _, separator, own = text.partition("\nTool Description: ")
    return own if separator else text


def _is_refusal(result: Any) -> bool:
    return isinstance(result, str) and result.startswith('{"executed": false, "verdict": ')
