"""AutoGen: ``AssistantAgent(workbench=GuardedWorkbench(guard, tools))``.

A refused call is a ``ToolResult`` with ``is_error``; the agent goes on. AutoGen has no interrupt within the loop of
tools: ``Guard(on_approval=...)`` asks a person, or the call is refused and ``guard.grant`` lets the next one pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

try:
    from autogen_core.tools import BaseTool, FunctionTool, StaticWorkbench, TextResultContent, ToolResult, Workbench
except ImportError as error:
    raise ImportError("gait.integrations.autogen needs its framework: pip install autogen-agentchat") from error

from .calls import Refusal, ToolCall
from .guard import Guard, check_guard, listed

__all__ = ["GuardedWorkbench"]


class GuardedWorkbench(Workbench):
    """A workbench with the guard before each call.

    :param tools: tools, functions with a docstring, or a workbench, such as that of an MCP server
    """

    component_type = "workbench"

    def __init__(self, guard: Guard, tools: Any) -> None:
        check_guard(guard)
        self.guard = guard
        self.inner = tools if isinstance(tools, Workbench) else StaticWorkbench([_tool(tool) for tool in listed(tools)])

    async def list_tools(self) -> Any:
        return await self.inner.list_tools()

    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: Any = None,
        call_id: str | None = None,
    ) -> Any:
        call = ToolCall(name, dict(arguments or {}), call_id)

        async def execute() -> Any:
            return await self.inner.call_tool(name, call.args, cancellation_token, call_id)

        result = await self.guard.run_async(call, execute)
        if isinstance(result, Refusal):
            return ToolResult(name=name, result=[TextResultContent(content=str(result))], is_error=True)
        return result

    async def start(self) -> None:
        await self.inner.start()

    async def stop(self) -> None:
        await self.inner.stop()

    async def reset(self) -> None:
        await self.inner.reset()

    async def save_state(self) -> Mapping[str, Any]:
        state: Mapping[str, Any] = await self.inner.save_state()
        return state

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await self.inner.load_state(state)


def _tool(tool: Any) -> Any:
    if isinstance(tool, BaseTool):
        return tool
    if not callable(tool):
        raise TypeError(f"{type(tool).__name__} is no tool")
    return FunctionTool(tool, description=(tool.__doc__ or tool.__name__).strip())


