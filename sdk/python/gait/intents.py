"""The models of a tool call that is to be decided (docs/contracts/intent.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from typing import Any, TypeVar

from .values import plain, utc_text

DEFAULT_PRODUCER_VERSION = "0.0.0-dev"
INTENT_SCHEMA_ID = "gait.gate.intent_request"
INTENT_SCHEMA_VERSION = "1.0.0"

Model = TypeVar("Model")


def _members(model: Any, always: tuple[str, ...]) -> dict[str, Any]:
    """The members of a model as JSON; what is empty is left out unless it is always there."""
    found: dict[str, Any] = {}
    for entry in fields(model):
        value = getattr(model, entry.name)
        if entry.name in always or (value is not None and value != "" and value != [] and value != {}):
            found[entry.name] = plain(value)
    return found


def _from(model: type[Model], data: Any, **nested: type[Any]) -> Model:
    """A model from its members; members that it does not have are passed over."""
    if not isinstance(data, Mapping):
        raise TypeError(f"{model.__name__} must be an object")
    values: dict[str, Any] = {}
    for entry in fields(model):  # type: ignore[arg-type]
        if data.get(entry.name) is None:
            continue
        value = data[entry.name]
        inner = nested.get(entry.name)
        if inner is not None:
            value = [inner.from_dict(item) for item in value]
        values[entry.name] = value
    return model(**values)


@dataclass(frozen=True)
class IntentTarget:
    """What a call acts on."""

    kind: str
    value: str
    operation: str | None = None
    sensitivity: str | None = None
    endpoint_class: str | None = None
    endpoint_domain: str | None = None
    destructive: bool | None = None
    discovery_method: str | None = None
    read_only_hint: bool | None = None
    destructive_hint: bool | None = None
    idempotent_hint: bool | None = None
    open_world_hint: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        return _members(self, ("kind", "value"))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IntentTarget:
        return _from(cls, data)


@dataclass(frozen=True)
class IntentArgProvenance:
    """Where the value of an argument came from: ``user``, ``tool_output``, ``external`` or ``system``."""

    arg_path: str
    source: str
    source_ref: str | None = None
    integrity_digest: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return _members(self, ("arg_path", "source"))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IntentArgProvenance:
        return _from(cls, data)


@dataclass(frozen=True)
class IntentContext:
    """Who calls, from where, at which risk."""

    identity: str
    workspace: str
    risk_class: str
    session_id: str | None = None
    request_id: str | None = None
    auth_context: Mapping[str, Any] | None = None
    credential_scopes: list[str] = field(default_factory=list)
    environment_fingerprint: str | None = None
    context_set_digest: str | None = None
    context_evidence_mode: str | None = None
    context_refs: list[str] = field(default_factory=list)
    phase: str | None = None
    job_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return _members(self, ("identity", "workspace", "risk_class"))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IntentContext:
        return _from(cls, data)


@dataclass(frozen=True)
class DelegationLink:
    """One agent that lets another act for it."""

    delegator_identity: str
    delegate_identity: str
    scope_class: str | None = None
    token_ref: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return _members(self, ("delegator_identity", "delegate_identity"))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DelegationLink:
        return _from(cls, data)


@dataclass(frozen=True)
class IntentDelegation:
    """On whose behalf the caller acts."""

    requester_identity: str
    scope_class: str | None = None
    token_refs: list[str] = field(default_factory=list)
    chain: list[DelegationLink] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return _members(self, ("requester_identity",))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IntentDelegation:
        return _from(cls, data, chain=DelegationLink)


@dataclass(frozen=True)
class IntentScriptStep:
    """One call of a script."""

    tool_name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    targets: list[IntentTarget] = field(default_factory=list)
    arg_provenance: list[IntentArgProvenance] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return _members(self, ("tool_name", "args"))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IntentScriptStep:
        return _from(cls, data, targets=IntentTarget, arg_provenance=IntentArgProvenance)


@dataclass(frozen=True)
class IntentScript:
    """Several calls that are decided as a whole."""

    steps: list[IntentScriptStep] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {"steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IntentScript:
        return _from(cls, data, steps=IntentScriptStep)


@dataclass
class IntentRequest:
    """A tool call that an agent wants to make."""

    tool_name: str
    args: Mapping[str, Any]
    context: IntentContext
    targets: list[IntentTarget] = field(default_factory=list)
    arg_provenance: list[IntentArgProvenance] = field(default_factory=list)
    delegation: IntentDelegation | None = None
    script: IntentScript | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    producer_version: str = DEFAULT_PRODUCER_VERSION
    schema_id: str = INTENT_SCHEMA_ID
    schema_version: str = INTENT_SCHEMA_VERSION
    args_digest: str | None = None
    intent_digest: str | None = None
    script_hash: str | None = None
    skill_provenance: Mapping[str, Any] | None = None
    relationship: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        return _members(
            self,
            ("schema_id", "schema_version", "created_at", "producer_version", "tool_name", "args", "targets", "context"),
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> IntentRequest:
        members = dict(data)
        members["context"] = IntentContext.from_dict(members.get("context", {}))
        if members.get("delegation") is not None:
            members["delegation"] = IntentDelegation.from_dict(members["delegation"])
        if members.get("script") is not None:
            members["script"] = IntentScript.from_dict(members["script"])
        if members.get("created_at") is not None:
            members["created_at"] = read_time(members["created_at"])
        if members.get("args") is None:
            members["args"] = {}
        return _from(cls, members, targets=IntentTarget, arg_provenance=IntentArgProvenance)


def read_time(value: str | datetime) -> datetime:
    """A time of RFC 3339; fractions beyond microseconds are cut, as ``datetime`` holds no more."""
    if isinstance(value, datetime):
        return value
    text = value[:-1] + "+00:00" if value.endswith(("Z", "z")) else value
    head, dot, tail = text.partition(".")
    if dot:
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


def time_text(value: str | datetime) -> str:
    """A time as records have it."""
    return value if isinstance(value, str) else utc_text(value)
