"""The middleware of the existing SDK for LangChain (docs/spec/sdk.md 1.6): a refused call ends the agent's run.

:mod:`gait.integrations.langchain` has the one that answers the model instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .client import capture_intent
from .commands import StrPath
from .decorators import Gated
from .errors import GaitError, GateEnforcementError
from .intents import DEFAULT_PRODUCER_VERSION
from .models import GateEvalResult, IntentContext, IntentRequest, LangChainDecisionMetadata

__all__ = ["GaitLangChainCallbackHandler", "GaitLangChainMiddleware"]

_MISSING: ImportError | None = None
try:
    from langchain.agents.middleware import AgentMiddleware as _Base
except ImportError as error:
    _MISSING = error

    class _Base:  # type: ignore[no-redef]
        """Stands in for the base class where LangChain is not installed."""


class GaitLangChainCallbackHandler:
    """Collects what was decided, and hands each decision to ``sink``."""

    def __init__(self, sink: Callable[[LangChainDecisionMetadata], None] | None = None) -> None:
        self.sink = sink
        self.events: list[LangChainDecisionMetadata] = []

    def on_gait_decision(self, metadata: LangChainDecisionMetadata) -> None:
        self.events.append(metadata)
        if self.sink is not None:
            self.sink(metadata)


class GaitLangChainMiddleware(_Base):
    """Asks the gate before each tool call of an agent.

    :raises ImportError: without LangChain
    """

    def __init__(
        self,
        adapter: Gated,
        *,
        context_factory: Callable[[Any], IntentContext] | None = None,
        intent_factory: Callable[[Any], IntentRequest] | None = None,
        cwd: StrPath | None = None,
        trace_dir: StrPath | None = None,
        trace_path_factory: Callable[[Any, IntentRequest], StrPath | None] | None = None,
        callback_handler: Any = None,
        producer_version: str = DEFAULT_PRODUCER_VERSION,
    ) -> None:
        if _MISSING is not None:
            raise ImportError(
                'GaitLangChainMiddleware needs LangChain: pip install "langchain>=1.0,<2.0"'
            ) from _MISSING
        super().__init__()
        self.adapter = adapter
        self.context_factory = context_factory
        self.intent_factory = intent_factory
        self.cwd = cwd
        self.trace_dir = trace_dir
        self.trace_path_factory = trace_path_factory
        self.callback_handler = callback_handler
        self.producer_version = producer_version

    def wrap_tool_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Decide the call of a request, and hand it on if it was allowed.

        :raises GateEnforcementError: when it was not executed
        """
        intent = self.intent_factory(request) if self.intent_factory else self._intent(request)
        try:
            outcome = self.adapter.execute(
                intent=intent,
                executor=lambda _intent: handler(request),
                cwd=self.cwd,
                trace_out=self._trace_path(request, intent),
            )
        except GateEnforcementError as error:
            self._notify(request, intent, error.decision, False)
            raise
        self._notify(request, intent, outcome.decision, outcome.executed)
        if not outcome.executed:
            raise GateEnforcementError(outcome.decision)
        return outcome.result

    def _intent(self, request: Any) -> IntentRequest:
        call = tool_call_of(request)
        return capture_intent(
            tool_name=call["name"],
            args=call.get("args") or {},
            context=self.context_factory(request) if self.context_factory else default_context(request),
            producer_version=self.producer_version,
        )

    def _trace_path(self, request: Any, intent: IntentRequest) -> StrPath | None:
        if self.trace_path_factory is not None:
            return self.trace_path_factory(request, intent)
        if self.trace_dir is None:
            return None
        name = f"{intent.tool_name}_{tool_call_of(request).get('id') or 'call'}"
        return Path(self.trace_dir) / f"{file_name(name)}.json"

    def _notify(self, request: Any, intent: IntentRequest, decision: GateEvalResult, executed: bool) -> None:
        if self.callback_handler is None:
            return
        metadata = LangChainDecisionMetadata(
            tool_name=intent.tool_name,
            tool_call_id=tool_call_of(request).get("id") or None,
            run_id=intent.context.session_id,
            request_id=intent.context.request_id,
            auth_context=intent.context.auth_context,
            trace_path=decision.trace_path,
            policy_digest=decision.policy_digest,
            intent_digest=decision.intent_digest,
            verdict=decision.verdict,
            executed=executed,
        )
        try:
            self.callback_handler.on_gait_decision(metadata)
        except Exception:  # whoever watches must not change what happens
            pass


def tool_call_of(request: Any) -> Mapping[str, Any]:
    """The call that a request is about.

    :raises GaitError: when it names none
    """
    call = getattr(request, "tool_call", None)
    if not isinstance(call, Mapping) or not isinstance(call.get("name"), str) or not call["name"]:
        raise GaitError("the request has no tool call with a name")
    return call


def default_context(request: Any) -> IntentContext:
    """The context of a call, as far as ``request.runtime.context`` gives it."""
    given = getattr(getattr(request, "runtime", None), "context", None)

    def of(name: str) -> Any:
        return given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)

    return IntentContext(
        identity=of("identity") or "langchain-agent",
        workspace=of("workspace") or os.getcwd(),
        risk_class=of("risk_class") or "high",
        session_id=of("session_id") or of("run_id"),
        request_id=of("request_id") or tool_call_of(request).get("id") or None,
        auth_context=of("auth_context"),
        credential_scopes=list(of("credential_scopes") or ()),
        environment_fingerprint=of("environment_fingerprint"),
        context_set_digest=of("context_set_digest"),
        context_evidence_mode=of("context_evidence_mode"),
        context_refs=list(of("context_refs") or ()),
    )


def file_name(text: str) -> str:
    """A text as the name of a file."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", text).strip("._-") or "trace"
