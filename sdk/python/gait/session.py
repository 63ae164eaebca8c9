"""A run of an agent as it goes: every call that passes the gate is noted, and the end makes a runpack of it."""

from __future__ import annotations

import contextvars
import platform
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

from .client import DEFAULT_TIMEOUT, StrPath, record_runpack
from .executable import DEFAULT_BIN, GaitBin
from .intents import DEFAULT_PRODUCER_VERSION, IntentRequest
from .models import GateEvalResult, RunAttempt, RunRecordCapture
from .values import plain, utc_text

__all__ = ["RunSession", "current_session", "record_in_session", "run_session"]

_ACTIVE: contextvars.ContextVar[RunSession | None] = contextvars.ContextVar("gait_run_session", default=None)

RUN_SCHEMA = {"schema_id": "gait.runpack.run", "schema_version": "1.0.0"}


def current_session() -> RunSession | None:
    """The session that calls are noted in, if there is one."""
    return _ACTIVE.get()


def run_session(
    *,
    run_id: str,
    gait_bin: GaitBin = DEFAULT_BIN,
    out_dir: StrPath = "gait-out",
    cwd: StrPath | None = None,
    capture_mode: str = "reference",
    include_raw_payload: bool = False,
    producer_version: str = DEFAULT_PRODUCER_VERSION,
    context_evidence_mode: str | None = None,
    context_envelope: StrPath | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> RunSession:
    """A session to be used with ``with``; it is active inside, in this thread or task.

    :raises ValueError: for a blank run id, or a capture mode that is neither ``reference`` nor ``raw``
    """
    return RunSession(
        run_id=run_id,
        gait_bin=gait_bin,
        out_dir=out_dir,
        cwd=cwd,
        capture_mode=capture_mode,
        include_raw_payload=include_raw_payload,
        producer_version=producer_version,
        context_evidence_mode=context_evidence_mode,
        context_envelope=context_envelope,
        timeout=timeout,
    )


class RunSession:
    """Notes calls in their order, from any thread, and records them once as a runpack."""

    def __init__(
        self,
        *,
        run_id: str,
        gait_bin: GaitBin = DEFAULT_BIN,
        out_dir: StrPath = "gait-out",
        cwd: StrPath | None = None,
        capture_mode: str = "reference",
        include_raw_payload: bool = False,
        producer_version: str = DEFAULT_PRODUCER_VERSION,
        context_evidence_mode: str | None = None,
        context_envelope: StrPath | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        if not run_id.strip():
            raise ValueError("run_id must not be blank")
        if capture_mode not in ("reference", "raw"):
            raise ValueError(f"capture_mode must be reference or raw, not {capture_mode!r}")
        self.run_id = run_id.strip()
        self.gait_bin = gait_bin
        self.out_dir = out_dir
        self.cwd = cwd
        self.capture_mode = capture_mode
        self.include_raw_payload = include_raw_payload
        self.producer_version = producer_version
        self.context_evidence_mode = context_evidence_mode
        self.context_envelope = context_envelope
        self.timeout = timeout
        self.capture: RunRecordCapture | None = None
        self.record_input: dict[str, Any] | None = None
        self.attempts: list[RunAttempt] = []
        self._lock = threading.Lock()
        self._finalized = False
        self._tokens: list[contextvars.Token[RunSession | None]] = []
        self._started_at = _now()
        self._timeline: list[dict[str, Any]] = [{"event": "run_started", "ts": self._started_at}]
        self._intents: list[dict[str, Any]] = []
        self._results: list[dict[str, Any]] = []
        self._receipts: list[dict[str, Any]] = []
        self._args: dict[str, Any] = {}
        self._payloads: dict[str, Any] = {}
        self._context: dict[str, Any] = {}
        self._context_refs: set[str] = set()

    def __enter__(self) -> RunSession:
        self._tokens.append(_ACTIVE.set(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._tokens:
            _ACTIVE.reset(self._tokens.pop())
        try:
            self.finalize()
        except Exception as failure:
            if error is None:
                raise
            # What the agent raised is what the caller has to see; that there is no runpack stands beside it.
            if hasattr(error, "add_note"):
                error.add_note(f"gait: the run was not recorded: {failure}")

    @contextmanager
    def active(self) -> Iterator[RunSession]:
        """Note the calls inside, and record nothing at the end; :meth:`finalize` does."""
        token = _ACTIVE.set(self)
        try:
            yield self
        finally:
            _ACTIVE.reset(token)

    def finalize(self) -> RunRecordCapture:
        """Record the run; a second call gives the same capture."""
        with self._lock:
            if self.capture is not None:
                return self.capture
            self._finalized = True
            record = self.record_input = self._record()
        capture = record_runpack(
            record_input=record,
            gait_bin=self.gait_bin,
            cwd=self.cwd,
            out_dir=self.out_dir,
            capture_mode=self.capture_mode,
            context_evidence_mode=self.context_evidence_mode,
            context_envelope=self.context_envelope,
            timeout=self.timeout,
        )
        self.capture = capture
        return capture

    def record_attempt(
        self,
        intent: IntentRequest,
        decision: GateEvalResult,
        *,
        executed: bool,
        result: Any = None,
        error: BaseException | None = None,
    ) -> RunAttempt:
        """Note a call, what was decided and what came of it.

        :raises RuntimeError: once the run was recorded
        """
        verdict = decision.verdict or ""
        status = "error" if error is not None else "ok" if executed else verdict or "blocked"
        with self._lock:
            if self._finalized:
                raise RuntimeError(f"the session {self.run_id} was recorded already")
            intent_id = f"intent_{len(self.attempts) + 1:04d}"
            now = _now()
            self._note_intent(intent_id, intent, decision, now)
            self._note_result(intent_id, decision, executed, status, result, error, now)
            self._note_receipt(intent_id, decision, now)
            self._note_context(intent)
            attempt = RunAttempt(intent_id, intent.tool_name, verdict, executed, status)
            self.attempts.append(attempt)
            return attempt

    def _note_intent(self, intent_id: str, intent: IntentRequest, decision: GateEvalResult, now: str) -> None:
        entry: dict[str, Any] = {
            "schema_id": "gait.runpack.intent",
            "schema_version": "1.0.0",
            "created_at": now,
            "producer_version": self.producer_version,
            "run_id": self.run_id,
            "intent_id": intent_id,
            "tool_name": intent.tool_name,
        }
        if intent.args_digest:
            entry["args_digest"] = intent.args_digest
        args = plain(intent.args)
        if self._raw:
            entry["args"] = args
        self._intents.append(entry)
        self._args[intent_id] = args
        self._timeline.append({"event": "intent_captured", "ts": now, "ref": intent_id})

    def _note_result(
        self,
        intent_id: str,
        decision: GateEvalResult,
        executed: bool,
        status: str,
        result: Any,
        error: BaseException | None,
        now: str,
    ) -> None:
        payload: dict[str, Any] = {
            "executed": executed,
            "verdict": decision.verdict or "",
            "reason_codes": list(decision.reason_codes),
            "trace_id": decision.trace_id or "",
            "trace_path": decision.trace_path or "",
            "policy_digest": decision.policy_digest or "",
            "intent_digest": decision.intent_digest or "",
        }
        if error is not None:
            payload["error"] = {"type": type(error).__name__, "message": str(error)}
        elif executed and result is not None:
            payload["result"] = _result_form(result)
        entry: dict[str, Any] = {
            "schema_id": "gait.runpack.result",
            "schema_version": "1.0.0",
            "created_at": now,
            "producer_version": self.producer_version,
            "run_id": self.run_id,
            "intent_id": intent_id,
            "status": status,
        }
        if self._raw:
            entry["result"] = payload
        self._results.append(entry)
        self._payloads[intent_id] = payload
        self._timeline.append({"event": "result_captured", "ts": now, "ref": intent_id})

    def _note_receipt(self, intent_id: str, decision: GateEvalResult, now: str) -> None:
        if not decision.trace_path and not decision.trace_id:
            return
        self._receipts.append(
            {
                "ref_id": f"trace_{intent_id}",
                "source_type": "gait.trace",
                "source_locator": decision.trace_path or f"trace://{decision.trace_id}",
                "retrieved_at": now,
                # A receipt names a trace and holds nothing of it; `gait run record` refuses raw ones.
                "redaction_mode": "reference",
                "retrieval_params": {
                    "verdict": decision.verdict or "",
                    "reason_codes": list(decision.reason_codes),
                },
            }
        )

    def _note_context(self, intent: IntentRequest) -> None:
        context = intent.context
        if context.context_set_digest:
            self._context["context_set_digest"] = context.context_set_digest
        if context.context_evidence_mode:
            self._context["context_evidence_mode"] = context.context_evidence_mode
        self._context_refs.update(context.context_refs)

    @property
    def _raw(self) -> bool:
        return self.capture_mode == "raw" and self.include_raw_payload

    def _record(self) -> dict[str, Any]:
        refs: dict[str, Any] = {
            "schema_id": "gait.runpack.refs",
            "schema_version": "1.0.0",
            "created_at": self._started_at,
            "producer_version": self.producer_version,
            "run_id": self.run_id,
            "receipts": list(self._receipts),
            **self._context,
        }
        if self._context_refs:
            refs["context_ref_count"] = len(self._context_refs)
        return {
            "run": {
                **RUN_SCHEMA,
                "created_at": self._started_at,
                "producer_version": self.producer_version,
                "run_id": self.run_id,
                "env": environment(),
                "timeline": [*self._timeline, {"event": "run_finished", "ts": _now()}],
            },
            "intents": list(self._intents),
            "results": list(self._results),
            "refs": refs,
            "capture_mode": self.capture_mode,
            "normalization": {"intent_args": dict(self._args), "result_payloads": dict(self._payloads)},
        }


def record_in_session(
    intent: IntentRequest,
    decision: GateEvalResult,
    *,
    executed: bool,
    result: Any = None,
    error: BaseException | None = None,
) -> None:
    """Note a call in the active session, if there is one."""
    session = current_session()
    if session is not None:
        session.record_attempt(intent, decision, executed=executed, result=result, error=error)


def environment() -> dict[str, str]:
    """The machine that a run happened on."""
    return {
        "os": sys.platform,
        "arch": platform.machine(),
        "runtime": f"python{sys.version_info.major}.{sys.version_info.minor}",
    }


def _result_form(result: Any) -> Any:
    """A result as JSON. A tool has run when it gives one, so what has no such form is described, not refused."""
    try:
        return plain(result)
    except (TypeError, ValueError, RecursionError):
        return {"type": type(result).__name__}


def _now() -> str:
    return utc_text(datetime.now(timezone.utc))


