"""Gait in agent frameworks: a guard decides each tool call, and each module shows a framework what came of it.

A framework's module is imported by itself (``from gait.integrations.openai_agents import guard_tools``), so that only
the one in use needs to be installed. ``docs/integrations.md`` has the lines for each.
"""

from .guard import ApprovalRequest, Decided, Guard, Refusal, ToolCall

__all__ = ["ApprovalRequest", "Decided", "Guard", "Refusal", "ToolCall"]
