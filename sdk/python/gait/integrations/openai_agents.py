"""The OpenAI Agents SDK: ``Agent(tools=guard_tools(guard, [...]))``.

A refused call gives the model a text instead of a result, and the run goes on. A call that needs an approval
interrupts the run: give the token to ``guard.grant``, then ``state.approve(item)``, and run again with the state.
"""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Sequence
from typing import Any

try:
    from agents import FunctionTool
except ImportError as error:
    raise ImportError("gait.integrations.openai_agents needs its framework: pip install openai-agents") from error

from .calls import Decided, Refusal, ToolCall, read_arguments
from .guard import Guard, check_guard, listed

__all__ = ["guard_tool", "guard_tools"]

MOST_HELD = 1000
# Seconds. The runner runs a tool at once after it asked; a later call of the same id is another one.
HOLDS = 10.0
# What a tool is to the model and to the runner. How it runs, and whether it needs an approval, is the guard's.
COPIED = (
    "is_enabled", "tool_input_guardrails", "tool_output_guardrails", "timeout_seconds", "timeout_behavior",
    "timeout_error_function", "defer_loading", "custom_data_extractor", "allowed_callers", "output_json_schema",
)  # fmt: skip


def guard_tools(guard: Guard, tools: Sequence[Any], *, interrupts: bool = True) -> list[FunctionTool]:
    """The tools with the guard before each.

    :param interrupts: a call that needs an approval interrupts the run; otherwise it is refused
    :raises TypeError: for a tool that does not run here, such as a hosted one: nobody could stop it
    """
    check_guard(guard)
    return [guard_tool(guard, tool, interrupts=interrupts) for tool in listed(tools)]


def guard_tool(guard: Guard, tool: Any, *, interrupts: bool = True) -> FunctionTool:
    """:func:`guard_tools` for one tool."""
    check_guard(guard)
    if inspect.isroutine(tool):
        raise TypeError(f"{tool.__name__} is a function: make a tool of it with @function_tool")
    if not isinstance(tool, FunctionTool):
        raise TypeError(f"{type(tool).__name__} does not run in this process, so it can't be guarded")
    held: dict[str, tuple[float, str, Decided]] = {}

    async def needs_approval(context: Any, arguments: dict[str, Any], call_id: str) -> bool:
        """The runner asks before it runs a tool; the decision holds for the call that follows at once."""
        decided = await guard.decide_async(ToolCall(tool.name, arguments, call_id))
        if decided.request is not None:
            guard.note(decided)
            return True
        if len(held) >= MOST_HELD:
            held.pop(next(iter(held)))
        held[call_id] = (time.monotonic(), _key(arguments), decided)
        return False

    async def invoke(context: Any, text: str) -> Any:
        call_id = getattr(context, "tool_call_id", None)
        try:
            call = ToolCall(tool.name, read_arguments(text), call_id)
        except ValueError as error:
            refused = Decided(ToolCall(tool.name, {}, call_id), None, None, error)
            guard.note(refused)
            return str(refused.refusal)
        asked_at, key, decided = held.pop(call_id or "", (0.0, "", None))
        fresh = key == _key(call.args) and time.monotonic() - asked_at <= HOLDS
        result = await guard.run_async(
            call,
            lambda: tool.on_invoke_tool(context, text),
            decided=decided if fresh else None,
        )
        return str(result) if isinstance(result, Refusal) else result

    options = {name: getattr(tool, name) for name in COPIED if hasattr(tool, name)}
    return FunctionTool(
        name=tool.name,
        description=tool.description,
        params_json_schema=tool.params_json_schema,
        strict_json_schema=tool.strict_json_schema,
        on_invoke_tool=invoke,
        needs_approval=needs_approval if interrupts else False,
        **options,
    )


def _key(arguments: Any) -> str:
    return json.dumps(arguments, sort_keys=True, default=repr)
