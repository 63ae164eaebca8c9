"""Pydantic AI: ``Agent(toolsets=[guard_toolset(guard, FunctionToolset([...]))])``.

A refused call gives the model a text instead of a result. A call that needs an approval is deferred, where the agent
has ``DeferredToolRequests`` among its output types: give the token to ``guard.grant``, or as
``DeferredToolResults.metadata[call_id]``, and approve the call there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

try:
    from pydantic_ai.exceptions import ApprovalRequired
    from pydantic_ai.toolsets import WrapperToolset
except ImportError as error:
    raise ImportError("gait.integrations.pydantic_ai needs its framework: pip install pydantic-ai-slim") from error

from .calls import Refusal, ToolCall
from .guard import Guard, check_guard, tokens_of

__all__ = ["GuardedToolset", "guard_toolset"]


@dataclass
class GuardedToolset(WrapperToolset):  # type: ignore[type-arg]
    """A toolset with the guard before each call."""

    guard: Guard = field(kw_only=True)
    interrupts: bool = field(default=True, kw_only=True)

    async def call_tool(self, name: str, tool_args: dict[str, Any], ctx: Any, tool: Any) -> Any:
        # A call that comes again carries what the person said, and the intent has to be the same as before.
        tokens = tokens_of(getattr(ctx, "tool_call_metadata", None)) if ctx.tool_call_approved else []
        call = ToolCall(name, tool_args, ctx.tool_call_id)
        decided = await self.guard.decide_async(call, tokens)
        if self.interrupts and decided.request is not None and not ctx.tool_call_approved:
            self.guard.note(decided)
            raise ApprovalRequired(metadata=decided.request.to_dict())

        async def execute() -> Any:
            return await self.wrapped.call_tool(name, tool_args, ctx, tool)

        result = await self.guard.run_async(call, execute, tokens, decided)
        return str(result) if isinstance(result, Refusal) else result


def guard_toolset(guard: Guard, toolset: Any, *, interrupts: bool = True) -> GuardedToolset:
    """The toolset with the guard before each call."""
    check_guard(guard)
    return GuardedToolset(toolset, guard=guard, interrupts=interrupts)
