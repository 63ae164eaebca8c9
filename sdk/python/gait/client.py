"""Functions over the ``gait`` executable: one process a call (docs/spec/sdk.md 1.2)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .approvals import approve
from .commands import (
    DEFAULT_TIMEOUT,
    StrPath,
    answer_of,
    failure_of,
    list_of,
    options_of,
    successful,
    temporary_json,
)
from .errors import GaitCommandError, GaitError
from .executable import DEFAULT_BIN, GaitBin, command_prefix
from .intents import (
    DEFAULT_PRODUCER_VERSION,
    IntentArgProvenance,
    IntentContext,
    IntentRequest,
    IntentScript,
    IntentTarget,
)
from .models import DemoCapture, GateEvalResult, RegressInitResult, RunRecordCapture
from .process import run
from .traces import write_trace
from .values import plain

__all__ = [
    "GaitCommandError",
    "GaitError",
    "approve",
    "capture_demo_runpack",
    "capture_intent",
    "create_regress_fixture",
    "evaluate_gate",
    "record_runpack",
    "write_trace",
]

DECIDED = {0: ("allow", "dry_run"), 3: ("block",), 4: ("require_approval",)}
STOPPED = (3, 4)


def capture_intent(
    *,
    tool_name: str,
    args: Mapping[str, Any],
    context: IntentContext,
    targets: Sequence[IntentTarget] | None = None,
    arg_provenance: Sequence[IntentArgProvenance] | None = None,
    script: IntentScript | None = None,
    created_at: datetime | None = None,
    producer_version: str = DEFAULT_PRODUCER_VERSION,
) -> IntentRequest:
    """The intent of a call. Its arguments are copied: what the tool does with them later changes nothing here.

    :raises TypeError: for an argument without an obvious form in JSON
    """
    return IntentRequest(
        tool_name=tool_name,
        args=plain(args),
        context=context,
        targets=list(targets or ()),
        arg_provenance=list(arg_provenance or ()),
        script=script,
        created_at=created_at or datetime.now(timezone.utc),
        producer_version=producer_version,
    )


def evaluate_gate(
    *,
    policy_path: StrPath,
    intent: IntentRequest | Mapping[str, Any],
    gait_bin: GaitBin = DEFAULT_BIN,
    cwd: StrPath | None = None,
    trace_out: StrPath | None = None,
    approval_token: StrPath | None = None,
    key_mode: str = "dev",
    private_key: StrPath | None = None,
    private_key_env: str | None = None,
    approval_public_key: StrPath | None = None,
    approval_public_key_env: str | None = None,
    approval_private_key: StrPath | None = None,
    approval_private_key_env: str | None = None,
    delegation_token: StrPath | None = None,
    delegation_token_chain: Sequence[StrPath] | None = None,
    delegation_public_key: StrPath | None = None,
    delegation_public_key_env: str | None = None,
    delegation_private_key: StrPath | None = None,
    delegation_private_key_env: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> GateEvalResult:
    """Decide a call with ``gait gate eval``.

    :returns: the decision; without a verdict and with an ``error`` when the gate stopped the call before it judged it
    :raises GaitCommandError: when nothing was decided; then the call must not happen
    """
    with temporary_json("intent.json", intent) as path:
        command = [
            *command_prefix(gait_bin), "gate", "eval",
            "--policy", os.fspath(policy_path), "--intent", path, "--key-mode", key_mode, "--json",
        ]  # fmt: skip
        command += options_of(
            {
                "--trace-out": trace_out,
                "--approval-token": approval_token,
                "--delegation-token": delegation_token,
                "--delegation-token-chain": list_of(delegation_token_chain),
                "--private-key": private_key,
                "--private-key-env": private_key_env,
                "--approval-public-key": approval_public_key,
                "--approval-public-key-env": approval_public_key_env,
                "--approval-private-key": approval_private_key,
                "--approval-private-key-env": approval_private_key_env,
                "--delegation-public-key": delegation_public_key,
                "--delegation-public-key-env": delegation_public_key_env,
                "--delegation-private-key": delegation_private_key,
                "--delegation-private-key-env": delegation_private_key_env,
            }
        )
        finished = run(command, cwd=cwd, timeout=timeout)
    payload = answer_of(finished)
    result = GateEvalResult.from_dict(payload, finished.exit_code)
    # Stopped before it was judged: under oss-prod, say, by a registry of scripts that can't be read.
    stopped = finished.exit_code in STOPPED and result.verdict is None
    if finished.exit_code not in DECIDED or not (result.ok or stopped):
        raise failure_of(finished, payload)
    return result


def capture_demo_runpack(
    *, gait_bin: GaitBin = DEFAULT_BIN, cwd: StrPath | None = None, timeout: float = DEFAULT_TIMEOUT
) -> DemoCapture:
    """Record the run of ``gait demo``."""
    finished = run([*command_prefix(gait_bin), "demo", "--json"], cwd=cwd, timeout=timeout)
    payload = successful(finished, "run_id", "bundle")
    return DemoCapture(
        run_id=payload["run_id"],
        bundle_path=payload["bundle"],
        ticket_footer=str(payload.get("ticket_footer", "")),
        verified=payload.get("verify") == "ok",
        raw_output=finished.stdout,
    )


def create_regress_fixture(
    *,
    from_run: StrPath,
    gait_bin: GaitBin = DEFAULT_BIN,
    cwd: StrPath | None = None,
    name: str | None = None,
    never: Sequence[str] = (),
    must: Sequence[str] = (),
    timeout: float = DEFAULT_TIMEOUT,
) -> RegressInitResult:
    """Turn a run into a regression with ``gait regress init``.

    :param never: tools that no later run may call; ``must``: tools that every later run must call
    """
    command = [*command_prefix(gait_bin), "regress", "init", "--from", os.fspath(from_run), "--json"]
    command += options_of({"--name": name, "--never": list_of(never), "--must": list_of(must)})
    payload = successful(run(command, cwd=cwd, timeout=timeout), "run_id", "fixture_name")
    return RegressInitResult(
        run_id=payload["run_id"],
        fixture_name=payload["fixture_name"],
        fixture_dir=str(payload.get("fixture_dir", "")),
        runpack_path=str(payload.get("runpack_path", "")),
        config_path=str(payload.get("config_path", "")),
        next_commands=[str(line) for line in payload.get("next_commands") or ()],
    )


def record_runpack(
    *,
    record_input: Mapping[str, Any],
    gait_bin: GaitBin = DEFAULT_BIN,
    cwd: StrPath | None = None,
    out_dir: StrPath = "gait-out",
    capture_mode: str = "reference",
    context_evidence_mode: str | None = None,
    context_envelope: StrPath | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> RunRecordCapture:
    """Record a run with ``gait run record``.

    :raises GaitError: for a capture mode that is neither ``reference`` nor ``raw``
    """
    if capture_mode not in ("reference", "raw"):
        raise GaitError(f"capture_mode must be reference or raw, not {capture_mode!r}")
    with temporary_json("run_record.json", record_input) as path:
        command = [
            *command_prefix(gait_bin), "run", "record",
            "--input", path, "--out-dir", os.fspath(out_dir), "--capture-mode", capture_mode, "--json",
        ]  # fmt: skip
        command += options_of(
            {"--context-evidence-mode": context_evidence_mode, "--context-envelope": context_envelope}
        )
        payload = successful(run(command, cwd=cwd, timeout=timeout), "run_id", "bundle")
    return RunRecordCapture(
        run_id=payload["run_id"],
        bundle_path=payload["bundle"],
        manifest_digest=str(payload.get("manifest_digest", "")),
        ticket_footer=str(payload.get("ticket_footer", "")),
    )
