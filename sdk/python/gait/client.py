"""Functions over the ``gait`` executable: one process a call (docs/spec/sdk.md 1.2)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

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
from .models import DemoCapture, GateEvalResult, RegressInitResult, RunRecordCapture, TraceRecord
from .process import Finished, run
from .values import AmbiguousJson, encode, plain, read_object

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

StrPath = str | os.PathLike[str]
DEFAULT_TIMEOUT = 30.0
TRACE_SCHEMA_ID = "gait.gate.trace"
DECIDED = {0: ("allow", "dry_run"), 3: ("block",), 4: ("require_approval",)}


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

    :raises GaitCommandError: when nothing was decided; then the call must not happen
    """
    with _temporary_json("intent.json", intent) as path:
        command = [
            *command_prefix(gait_bin), "gate", "eval",
            "--policy", os.fspath(policy_path), "--intent", path, "--key-mode", key_mode, "--json",
        ]  # fmt: skip
        command += _options(
            {
                "--trace-out": trace_out,
                "--approval-token": approval_token,
                "--delegation-token": delegation_token,
                "--delegation-token-chain": ",".join(os.fspath(path) for path in delegation_token_chain or ()),
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
    payload = _payload(finished)
    result = GateEvalResult.from_dict(payload, finished.exit_code)
    if finished.exit_code not in DECIDED or not result.ok:
        raise _failure(finished, payload)
    return result


def write_trace(*, trace_path: StrPath, destination_path: StrPath) -> TraceRecord:
    """Copy a trace, byte for byte, after a look at what it is.

    :raises GaitError: when it is missing, or no trace
    """
    source, destination = Path(trace_path), Path(destination_path)
    try:
        content = source.read_bytes()
        record = TraceRecord.from_dict(read_object(content.decode("utf-8")))
    except OSError as error:
        raise GaitError(f"cannot read trace {source}: {error.strerror}") from error
    except ValueError as error:
        raise GaitError(f"cannot read trace {source}: {error}") from error
    if record.schema_id != TRACE_SCHEMA_ID:
        raise GaitError(f"{source} is no trace: schema_id is {record.schema_id!r}")
    destination.parent.mkdir(parents=True, exist_ok=True)
    _replace(destination, content)
    return record


def capture_demo_runpack(
    *, gait_bin: GaitBin = DEFAULT_BIN, cwd: StrPath | None = None, timeout: float = DEFAULT_TIMEOUT
) -> DemoCapture:
    """Record the run of ``gait demo``."""
    finished = run([*command_prefix(gait_bin), "demo", "--json"], cwd=cwd, timeout=timeout)
    payload = _successful(finished, "run_id", "bundle")
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
    command += _options({"--name": name, "--never": ",".join(never), "--must": ",".join(must)})
    payload = _successful(run(command, cwd=cwd, timeout=timeout), "run_id", "fixture_name")
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
    with _temporary_json("run_record.json", record_input) as path:
        command = [
            *command_prefix(gait_bin), "run", "record",
            "--input", path, "--out-dir", os.fspath(out_dir), "--capture-mode", capture_mode, "--json",
        ]  # fmt: skip
        command += _options(
            {"--context-evidence-mode": context_evidence_mode, "--context-envelope": context_envelope}
        )
        payload = _successful(run(command, cwd=cwd, timeout=timeout), "run_id", "bundle")
    return RunRecordCapture(
        run_id=payload["run_id"],
        bundle_path=payload["bundle"],
        manifest_digest=str(payload.get("manifest_digest", "")),
        ticket_footer=str(payload.get("ticket_footer", "")),
    )


def approve(
    *,
    decision: GateEvalResult,
    approver: str,
    reason_code: str,
    private_key: StrPath,
    tool_name: str | None = None,
    scope: Sequence[str] = (),
    ttl: str = "10m",
    single_use: bool = True,
    gait_bin: GaitBin = DEFAULT_BIN,
    cwd: StrPath | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> dict[str, Any]:
    """Sign an approval token for a stopped call with ``gait approve``, after a person said so.

    :param scope: what the token covers; that of the decision, else the tool, when none is given

    Whoever holds the key of approvals decides, so this belongs where the person is, not beside the model.
    """
    if decision.verdict != "require_approval" or not decision.intent_digest or not decision.policy_digest:
        raise GaitError("only a call that was stopped for an approval can be approved")
    words = list(scope or decision.required_approval_scope or ([f"tool:{tool_name}"] if tool_name else []))
    if not words:
        raise GaitError("a token covers a scope: give scope or tool_name")
    with tempfile.TemporaryDirectory(prefix="gait-") as folder:
        out = Path(folder) / "approval.json"
        command = [
            *command_prefix(gait_bin), "approve",
            "--intent-digest", decision.intent_digest, "--policy-digest", decision.policy_digest,
            "--scope", ",".join(words), "--ttl", ttl, "--approver", approver, "--reason-code", reason_code,
            "--key-mode", "prod", "--private-key", os.fspath(private_key), "--out", str(out), "--json",
        ]  # fmt: skip
        if single_use:
            command.append("--single-use")
        _successful(run(command, cwd=cwd, timeout=timeout))
        return read_object(out.read_text(encoding="utf-8"))


def _options(options: Mapping[str, StrPath | None]) -> list[str]:
    """The options that were given, each with its value."""
    words: list[str] = []
    for name, value in options.items():
        if value is not None and os.fspath(value) != "":
            words += [name, os.fspath(value)]
    return words


@contextmanager
def _temporary_json(name: str, value: IntentRequest | Mapping[str, Any]) -> Iterator[str]:
    """A file for the command alone: its folder is private, and is removed afterwards."""
    content = encode(value, indent=2) + "\n"
    with tempfile.TemporaryDirectory(prefix="gait-") as folder:
        path = Path(folder) / name
        path.write_text(content, encoding="utf-8")
        yield str(path)


def _replace(destination: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, destination)
    except BaseException:
        os.unlink(temporary)
        raise


def _payload(finished: Finished) -> dict[str, Any]:
    try:
        return read_object(finished.stdout)
    except AmbiguousJson as error:
        last = finished.stderr.strip().splitlines()[-1:] or ["nothing on standard error"]
        raise GaitCommandError(
            f"{finished.command[0]} ended with {finished.exit_code} and did not answer in JSON: {error}; {last[0]}",
            command=finished.command,
            exit_code=finished.exit_code,
            stdout=finished.stdout,
            stderr=finished.stderr,
        ) from error


def _failure(finished: Finished, payload: Mapping[str, Any]) -> GaitCommandError:
    text = str(payload.get("error") or f"{finished.command[0]} ended with {finished.exit_code}")
    return GaitCommandError(
        text,
        hint=str(payload.get("hint") or ""),
        command=finished.command,
        exit_code=finished.exit_code,
        stdout=finished.stdout,
        stderr=finished.stderr,
    )


def _successful(finished: Finished, *needed: str) -> dict[str, Any]:
    """The answer of a command that must have succeeded and must name these members."""
    payload = _payload(finished)
    if finished.exit_code != 0 or payload.get("ok") is not True:
        raise _failure(finished, payload)
    for name in needed:
        if not isinstance(payload.get(name), str) or not payload[name]:
            raise _failure(finished, {"error": f"the answer lacks {name}"})
    return payload
