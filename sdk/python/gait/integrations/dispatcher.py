"""For loops without a framework: a table of tools, and a guard before each."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..values import encode
from .calls import Decided, Refusal, ToolCall, read_arguments
from .guard import Guard, check_guard

__all__ = ["Dispatcher"]


class Dispatcher:
    """Calls tools by name.

    :param tools: the tools by the name that the model has for them
    """

    def __init__(self, guard: Guard, tools: Mapping[str, Callable[..., Any]]) -> None:
        check_guard(guard)
        self.guard = guard
        if not isinstance(tools, Mapping):
            raise TypeError('tools are functions by the names that the model has for them: {"read_file": read_file}')
        self.tools = dict(tools)

    def call(
        self, name: str, arguments: str | Mapping[str, Any] | None = None, *, call_id: str | None = None
    ) -> Any:
        """The result of a tool, or a :class:`Refusal`. An exception of the tool passes."""
        prepared = self._prepare(name, arguments, call_id)
        if isinstance(prepared, Refusal):
            return prepared
        call, tool = prepared
        return self.guard.run(call, lambda: _sync(tool(**call.args)))

    async def call_async(
        self, name: str, arguments: str | Mapping[str, Any] | None = None, *, call_id: str | None = None
    ) -> Any:
        """:meth:`call` for asyncio; tools may be coroutine functions."""
        prepared = self._prepare(name, arguments, call_id)
        if isinstance(prepared, Refusal):
            return prepared
        call, tool = prepared

        async def execute() -> Any:
            if inspect.iscoroutinefunction(tool):
                return await tool(**call.args)
            return await asyncio.to_thread(tool, **call.args)

        return await self.guard.run_async(call, execute)

    def answer(self, tool_calls: Sequence[Any]) -> list[dict[str, Any]]:
        """The messages that answer the tool calls of a chat completion, refusals and failures of tools included."""
        messages = []
        for entry in tool_calls:
            call_id, name, arguments = _chat_call(entry)
            try:
                result = self.call(name, arguments, call_id=call_id)
            except Exception as error:
                result = json.dumps({"error": f"{type(error).__name__}: {error}"})
            content = result if isinstance(result, str) else encode(result)
            messages.append({"role": "tool", "tool_call_id": call_id, "content": str(content)})
        return messages

    def _prepare(
        self, name: str, arguments: str | Mapping[str, Any] | None, call_id: str | None
    ) -> tuple[ToolCall, Callable[..., Any]] | Refusal:
        tool = self.tools.get(name)
        try:
            if tool is None:
                raise ValueError(f"there is no tool {name!r}")
            args = dict(read_arguments(arguments))
        except ValueError as error:
            return Decided(ToolCall(str(name), {}, call_id), None, None, error).refusal
        return ToolCall(name, args, call_id), tool


def _sync(result: Any) -> Any:
    if inspect.iscoroutine(result):
        result.close()
        raise TypeError("the tool is a coroutine function: use call_async")
    return result


def _chat_call(entry: Any) -> tuple[str | None, str, Any]:
    """The id, name and arguments of an entry of ``tool_calls``, as an object or as plain values."""

    def of(value: Any, name: str) -> Any:
        return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)

    function = of(entry, "function") or entry
    return of(entry, "id"), str(of(function, "name") or ""), of(function, "arguments")
