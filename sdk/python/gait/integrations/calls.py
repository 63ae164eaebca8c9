"""A tool call as frameworks have it, and what a model reads when it was not made."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import GaitError
from ..models import GateEvalResult, IntentRequest
from ..values import AmbiguousJson, read_object


@dataclass(frozen=True)
class ToolCall:
    """A call that a framework is about to make."""

    name: str
    args: Mapping[str, Any]
    call_id: str | None = None
    session_id: str | None = None


class Refusal(str):
    """What the model reads instead of a result. It is a text, JSON in it, because that suits every framework."""

    executed = False

    def as_dict(self) -> dict[str, Any]:
        return read_object(self)


@dataclass(frozen=True)
class ApprovalRequest:
    """What a person has to know who may let a stopped call pass."""

    tool_name: str
    args: Mapping[str, Any]
    call_id: str | None
    intent_digest: str
    policy_digest: str
    scope: list[str]
    reason_codes: list[str]
    trace_path: str | None
    decision: GateEvalResult = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The request as plain values, as it goes through a framework's interrupt."""
        return {
            "kind": "gait_approval",
            "tool_name": self.tool_name,
            "args": dict(self.args),
            "call_id": self.call_id,
            "intent_digest": self.intent_digest,
            "policy_digest": self.policy_digest,
            "scope": list(self.scope),
            "reason_codes": list(self.reason_codes),
            "trace_path": self.trace_path,
            "approve": approve_command(self),
        }


def approve_command(request: ApprovalRequest) -> str:
    """The command that signs the approval."""
    # The model chose the name of the tool, and a person copies this into a shell.
    words = [
        "gait", "approve", "--intent-digest", request.intent_digest, "--policy-digest", request.policy_digest,
        "--scope", ",".join(request.scope), "--single-use", "--ttl", "10m",
    ]  # fmt: skip
    others = "--approver <you> --reason-code <why> --key-mode prod --private-key <file> --out approval.json"
    return f"{shlex.join(words)} {others}"


@dataclass(frozen=True)
class Decided:
    """A call with what was decided, or why nothing was."""

    call: ToolCall
    intent: IntentRequest | None
    decision: GateEvalResult | None
    error: Exception | None = None

    @property
    def allowed(self) -> bool:
        """INVARIANT: true only with a decision that allows."""
        return self.error is None and self.intent is not None and self.decision is not None and self.decision.allowed

    @property
    def request(self) -> ApprovalRequest | None:
        """What a person is to be asked, if an approval would let the call pass."""
        decision = self.decision
        if decision is None or self.error is not None or decision.verdict != "require_approval":
            return None
        return ApprovalRequest(
            tool_name=self.call.name,
            args=self.call.args,
            call_id=self.call.call_id,
            intent_digest=decision.intent_digest or "",
            policy_digest=decision.policy_digest or "",
            scope=decision.required_approval_scope or [f"tool:{self.call.name.strip().lower()}"],
            reason_codes=decision.reason_codes,
            trace_path=decision.trace_path,
            decision=decision,
        )

    @property
    def refusal(self) -> Refusal:
        """What the model reads when the call was not made."""
        decision = self.decision
        if decision is None or self.error is not None:
            return _refusal("error", [getattr(self.error, "reason", None) or _kind(self.error)], UNDECIDED)
        verdict = decision.verdict or "unknown"
        return _refusal(verdict, decision.reason_codes, MESSAGES.get(verdict, MESSAGES["block"]), decision.trace_id)


MESSAGES = {
    "block": "The policy does not allow this call. It was not executed. Do not try to get the same effect another way.",
    "require_approval": "A person has to approve this call first. It was not executed.",
    "dry_run": "This was a rehearsal. The call was not executed.",
}
UNDECIDED = "The call could not be checked, so it was not executed."


def _kind(error: Exception | None) -> str:
    code = getattr(error, "error_code", None)
    return str(code) if code else type(error).__name__ if isinstance(error, GaitError) else "invalid_input"


def _refusal(verdict: str, reasons: list[str], message: str, trace_id: str | None = None) -> Refusal:
    members: dict[str, Any] = {"executed": False, "verdict": verdict, "reason_codes": reasons, "message": message}
    if trace_id:
        members["trace_id"] = trace_id
    return Refusal(json.dumps(members))


def read_arguments(arguments: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The arguments of a call, which models write as JSON text.

    :raises ValueError: for a text that is no JSON object, or names an argument twice: a tool could take another one
        than the one that was decided
    """
    if arguments is None or arguments == "":
        return {}
    if isinstance(arguments, str):
        return read_object(arguments)
    if not isinstance(arguments, Mapping):
        raise AmbiguousJson("arguments must be an object")
    return arguments
