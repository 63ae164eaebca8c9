"""What a run is made of: the pieces of the input of ``gait run record``."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from .intents import IntentRequest
from .models import GateEvalResult
from .values import plain, utc_text

Piece = dict[str, Any]


class RunRecords:
    """The records of one run, a piece for each attempt."""

    def __init__(self, run_id: str, producer_version: str, capture_mode: str, *, raw: bool) -> None:
        self._raw = raw
        self._context_refs: set[str] = set()
        self._pieces: list[Piece] = []
        self._own = {"schema_version": "1.0.0", "producer_version": producer_version, "run_id": run_id}
        started = now_text()
        self.head: dict[str, Any] = {
            "run": {
                **self._own,
                "schema_id": "gait.runpack.run",
                "created_at": started,
                "env": environment(),
                "timeline": [{"event": "run_started", "ts": started}],
            },
            "refs": {**self._own, "schema_id": "gait.runpack.refs", "created_at": started},
            "capture_mode": capture_mode,
        }

    def add(self, piece: Piece) -> None:
        self._pieces.append(piece)

    def piece(
        self,
        intent_id: str,
        intent: IntentRequest,
        decision: GateEvalResult,
        *,
        executed: bool,
        status: str,
        result: Any,
        error: BaseException | None,
    ) -> Piece:
        """An attempt in records: all that is to be known of it."""
        now = now_text()
        args = plain(intent.args)
        payload = _payload(decision, executed, result, error)
        own: dict[str, Any] = {**self._own, "created_at": now, "intent_id": intent_id}
        entry = {**own, "schema_id": "gait.runpack.intent", "tool_name": intent.tool_name}
        if intent.args_digest:
            entry["args_digest"] = intent.args_digest
        outcome = {**own, "schema_id": "gait.runpack.result", "status": status}
        if self._raw:
            entry["args"] = args
            outcome["result"] = payload
        return {
            "timeline": [
                {"event": "intent_captured", "ts": now, "ref": intent_id},
                {"event": "result_captured", "ts": now, "ref": intent_id},
            ],
            "intents": [entry],
            "results": [outcome],
            "receipts": list(_receipts(intent_id, decision, now)),
            "context": self._context_of(intent),
            "intent_args": {intent_id: args},
            "result_payloads": {intent_id: payload},
        }

    def record_input(self) -> dict[str, Any]:
        """All of it, as ``gait run record`` takes it."""
        run, refs = self.head["run"], self.head["refs"]
        context: dict[str, Any] = {}
        for piece in self._pieces:
            context.update(piece["context"])
        finished = {"event": "run_finished", "ts": now_text()}
        return {
            "run": {**run, "timeline": [*run["timeline"], *self._all("timeline"), finished]},
            "intents": self._all("intents"),
            "results": self._all("results"),
            "refs": {**refs, "receipts": self._all("receipts"), **context},
            "capture_mode": self.head["capture_mode"],
            "normalization": {"intent_args": self._by_id("intent_args"), "result_payloads": self._by_id("result_payloads")},
        }

    def _all(self, name: str) -> list[Any]:
        return [one for piece in self._pieces for one in piece[name]]

    def _by_id(self, name: str) -> dict[str, Any]:
        return {key: value for piece in self._pieces for key, value in piece[name].items()}

    def _context_of(self, intent: IntentRequest) -> dict[str, Any]:
        given = intent.context
        context: dict[str, Any] = {}
        if given.context_set_digest:
            context["context_set_digest"] = given.context_set_digest
        if given.context_evidence_mode:
            context["context_evidence_mode"] = given.context_evidence_mode
        self._context_refs.update(given.context_refs)
        if self._context_refs:
            context["context_ref_count"] = len(self._context_refs)
        return context


def _payload(
    decision: GateEvalResult, executed: bool, result: Any, error: BaseException | None
) -> dict[str, Any]:
    """What came of a call, and nothing that names this very attempt.

    INVARIANT: the same outcome has the same digest in a later run, or no regression of a run could ever pass. The trace,
    which has the digests of intent and policy, is named by the receipt.
    """
    payload: dict[str, Any] = {
        "executed": executed,
        "verdict": decision.verdict or "",
        "reason_codes": list(decision.reason_codes),
    }
    if error is not None:
        payload["error"] = {"type": type(error).__name__, "message": str(error)}
    elif executed and result is not None:
        payload["result"] = _result_form(result)
    return payload


def _receipts(intent_id: str, decision: GateEvalResult, now: str) -> Iterable[dict[str, Any]]:
    if not decision.trace_path and not decision.trace_id:
        return
    yield {
        "ref_id": f"trace_{intent_id}",
        "source_type": "gait.trace",
        "source_locator": decision.trace_path or f"trace://{decision.trace_id}",
        "retrieved_at": now,
        # A receipt names a trace and holds nothing of it; `gait run record` refuses raw ones.
        "redaction_mode": "reference",
        "retrieval_params": {"verdict": decision.verdict or "", "reason_codes": list(decision.reason_codes)},
    }


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


def now_text() -> str:
    return utc_text(datetime.now(timezone.utc))
