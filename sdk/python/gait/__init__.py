"""Gait for Python: every tool call of an agent is decided by a policy, and recorded.

Every decision is made by the ``gait`` executable. ``docs/python.md`` is the guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .adapter import AdapterOutcome, ToolAdapter
from .aio import AsyncGate
from .client import (
    approve,
    capture_demo_runpack,
    capture_intent,
    create_regress_fixture,
    evaluate_gate,
    record_runpack,
    write_trace,
)
from .decorators import gate_tool
from .errors import (
    GaitCommandError,
    GaitError,
    GateDecisionError,
    GateEnforcementError,
    GateUnavailableError,
)
from .gate import Gate, open_gate
from .models import (
    DelegationLink,
    DemoCapture,
    GateEvalResult,
    IntentArgProvenance,
    IntentContext,
    IntentDelegation,
    IntentRequest,
    IntentScript,
    IntentScriptStep,
    IntentTarget,
    LangChainDecisionMetadata,
    RegressInitResult,
    RunAttempt,
    RunRecordCapture,
    TraceRecord,
)
from .session import RunSession, current_session, run_session

if TYPE_CHECKING:
    from .langchain import GaitLangChainCallbackHandler, GaitLangChainMiddleware

__version__ = "0.0.0.dev0"

__all__ = [
    "AdapterOutcome",
    "AsyncGate",
    "DelegationLink",
    "DemoCapture",
    "GaitCommandError",
    "GaitError",
    "GaitLangChainCallbackHandler",
    "GaitLangChainMiddleware",
    "Gate",
    "GateDecisionError",
    "GateEnforcementError",
    "GateEvalResult",
    "GateUnavailableError",
    "IntentArgProvenance",
    "IntentContext",
    "IntentDelegation",
    "IntentRequest",
    "IntentScript",
    "IntentScriptStep",
    "IntentTarget",
    "LangChainDecisionMetadata",
    "RegressInitResult",
    "RunAttempt",
    "RunRecordCapture",
    "RunSession",
    "ToolAdapter",
    "TraceRecord",
    "approve",
    "capture_demo_runpack",
    "capture_intent",
    "create_regress_fixture",
    "current_session",
    "evaluate_gate",
    "gate_tool",
    "open_gate",
    "record_runpack",
    "run_session",
    "write_trace",
]


def __getattr__(name: str) -> Any:
    """What needs LangChain loads it only when it is used."""
    if name in ("GaitLangChainCallbackHandler", "GaitLangChainMiddleware"):
        from . import langchain

        return getattr(langchain, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
