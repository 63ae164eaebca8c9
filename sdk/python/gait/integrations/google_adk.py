"""Google ADK: ``Agent(tools=guard_tools(guard, [...]))``.

A refused call gives the model a dictionary instead of a result. A call that needs an approval asks for ADK's
confirmation: answer it with ``confirmed`` and the token as ``payload``. The tools are wrapped, because a callback of
the agent could change the arguments after a plugin has seen them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

try:
    from google.adk.tools import BaseTool, FunctionTool
except ImportError as error:
    raise ImportError("gait.integrations.google_adk needs its framework: pip install google-adk") from error

from .calls import Refusal, ToolCall
from .guard import Guard, check_guard, listed, tokens_of

__all__ = ["GuardedTool", "guard_tool", "guard_tools"]


def guard_tools(guard: Guard, tools: Sequence[Any], *, interrupts: bool = True) -> list[BaseTool]:
    """The tools with the guard before each; functions become tools.

    :raises TypeError: for a tool that does not run here, such as those that are built into a model
    """
    check_guard(guard)
    return [guard_tool(guard, tool, interrupts=interrupts) for tool in listed(tools)]


def guard_tool(guard: Guard, tool: Any, *, interrupts: bool = True) -> BaseTool:
    """:func:`guard_tools` for one tool."""
    check_guard(guard)
    if not isinstance(tool, BaseTool):
        if not callable(tool) or isinstance(tool, type):
            raise TypeError(f"{type(tool).__name__} is no tool, so it can't be guarded")
        tool = FunctionTool(tool)
    if type(tool).process_llm_request is not BaseTool.process_llm_request:
        raise TypeError(f"{tool.name} changes the request to the model by itself, so it can't be guarded")
    return GuardedTool(guard, tool, interrupts)


class GuardedTool(BaseTool):
    """A tool that asks first."""

    def __init__(self, guard: Guard, inner: Any, interrupts: bool) -> None:
        super().__init__(
            name=inner.name,
            description=inner.description,
            is_long_running=inner.is_long_running,
            custom_metadata=inner.custom_metadata,
        )
        self.guard = guard
        self.inner = inner
        self.interrupts = interrupts

    def _get_declaration(self) -> Any:
        return self.inner._get_declaration()

    async def run_async(self, *, args: dict[str, Any], tool_context: Any) -> Any:
        call = ToolCall(self.name, args, tool_context.function_call_id)
        confirmation = tool_context.tool_confirmation
        tokens = tokens_of(confirmation.payload) if confirmation is not None and confirmation.confirmed else []
        decided = await self.guard.decide_async(call, tokens)
        if self.interrupts and decided.request is not None and confirmation is None:
            self.guard.note(decided)
            tool_context.request_confirmation(
                hint=f"Approve {self.name}, with the approval token as payload.", payload=decided.request.to_dict()
            )
            # Otherwise the model is asked for a summary before anybody has answered.
            tool_context.actions.skip_summarization = True
            return decided.refusal.as_dict()

        async def execute() -> Any:
            return await self.inner.run_async(args=args, tool_context=tool_context)

        result = await self.guard.run_async(call, execute, tokens, decided)
        return result.as_dict() if isinstance(result, Refusal) else result
