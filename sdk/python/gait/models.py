"""The models of the package: calls that are to be decided, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .intents import (
    DEFAULT_PRODUCER_VERSION,
    DelegationLink,
    IntentArgProvenance,
    IntentContext,
    IntentDelegation,
    IntentRequest,
    IntentScript,
    IntentScriptStep,
    IntentTarget,
    read_time,
)

__all__ = [
    "DEFAULT_PRODUCER_VERSION",
    "DelegationLink",
    "DemoCapture",
    "GateEvalResult",
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
    "TraceRecord",
]


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


@dataclass(frozen=True)
class GateEvalResult:
    """What was decided about a call. Only ``verdict == "allow"`` lets it happen."""

    ok: bool
    exit_code: int
    verdict: str | None = None
    reason_codes: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    approval_ref: str | None = None
    trace_id: str | None = None
    trace_path: str | None = None
    policy_digest: str | None = None
    intent_digest: str | None = None
    script: bool = False
    step_count: int = 0
    script_hash: str | None = None
    composite_risk_class: str | None = None
    pre_approved: bool = False
    pattern_id: str | None = None
    registry_reason: str | None = None
    step_verdicts: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: str | None = None
    matched_rule: str | None = None
    required_approval_scope: list[str] = field(default_factory=list)
    required_approvals: int = 0
    simulated_verdict: str | None = None

    @property
    def allowed(self) -> bool:
        """Whether the call may happen; statuses that contradict the verdict allow nothing."""
        return self.ok is True and self.verdict == "allow" and self.exit_code == 0

    @classmethod
    def from_dict(cls, payload: Mapping[str, Any], exit_code: int) -> GateEvalResult:
        steps = payload.get("step_verdicts")
        return cls(
            ok=payload.get("ok") is True,
            exit_code=exit_code,
            verdict=_text(payload.get("verdict")),
            reason_codes=_texts(payload.get("reason_codes")),
            violations=_texts(payload.get("violations")),
            approval_ref=_text(payload.get("approval_ref")),
            trace_id=_text(payload.get("trace_id")),
            trace_path=_text(payload.get("trace_path")),
            policy_digest=_text(payload.get("policy_digest")),
            intent_digest=_text(payload.get("intent_digest")),
            script=payload.get("script") is True,
            step_count=_count(payload.get("step_count")),
            script_hash=_text(payload.get("script_hash")),
            composite_risk_class=_text(payload.get("composite_risk_class")),
            pre_approved=payload.get("pre_approved") is True,
            pattern_id=_text(payload.get("pattern_id")),
            registry_reason=_text(payload.get("registry_reason")),
            step_verdicts=[dict(step) for step in steps] if isinstance(steps, list) else [],
            warnings=_texts(payload.get("warnings")),
            error=_text(payload.get("error")),
            matched_rule=_text(payload.get("matched_rule")),
            required_approval_scope=_texts(payload.get("required_approval_scope")),
            required_approvals=_count(payload.get("required_approvals")),
            simulated_verdict=_text(payload.get("simulated_verdict")),
        )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


@dataclass(frozen=True)
class TraceRecord:
    """The signed record of one decision, as far as it is looked at here; ``raw`` has all of it."""

    schema_id: str
    schema_version: str
    created_at: datetime
    producer_version: str
    trace_id: str
    tool_name: str
    args_digest: str
    intent_digest: str
    policy_digest: str
    verdict: str
    raw: Mapping[str, Any]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TraceRecord:
        names = (
            "schema_id", "schema_version", "producer_version", "trace_id", "tool_name",
            "args_digest", "intent_digest", "policy_digest", "verdict",
        )  # fmt: skip
        return cls(
            created_at=read_time(str(data.get("created_at", ""))),
            raw=dict(data),
            **{name: str(data.get(name, "")) for name in names},
        )


@dataclass(frozen=True)
class DemoCapture:
    """What ``gait demo`` made."""

    run_id: str
    bundle_path: str
    ticket_footer: str
    verified: bool
    raw_output: str


@dataclass(frozen=True)
class RegressInitResult:
    """A new fixture."""

    run_id: str
    fixture_name: str
    fixture_dir: str
    runpack_path: str
    config_path: str
    next_commands: list[str] = field(default_factory=list)

    @property
    def fixture_path(self) -> str:
        return self.fixture_dir


@dataclass(frozen=True)
class RunRecordCapture:
    """A recorded run."""

    run_id: str
    bundle_path: str
    manifest_digest: str
    ticket_footer: str


@dataclass(frozen=True)
class RunAttempt:
    """One call of a session, and what became of it."""

    intent_id: str
    tool_name: str
    verdict: str
    executed: bool
    status: str


@dataclass(frozen=True)
class LangChainDecisionMetadata:
    """What a callback handler learns of a decision."""

    tool_name: str
    tool_call_id: str | None = None
    run_id: str | None = None
    request_id: str | None = None
    auth_context: Mapping[str, Any] | None = None
    trace_path: str | None = None
    policy_digest: str | None = None
    intent_digest: str | None = None
    verdict: str | None = None
    executed: bool = False

    def to_dict(self) -> dict[str, Any]:
        values = {
            "tool_name": self.tool_name,
            "tool_call_id": self.tool_call_id,
            "run_id": self.run_id,
            "request_id": self.request_id,
            "auth_context": dict(self.auth_context) if self.auth_context else None,
            "trace_path": self.trace_path,
            "policy_digest": self.policy_digest,
            "intent_digest": self.intent_digest,
            "verdict": self.verdict,
            "executed": self.executed,
        }
        return {name: value for name, value in values.items() if value is not None}
