"""Approving a stopped call with ``gait approve``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .commands import DEFAULT_TIMEOUT, StrPath, successful
from .errors import GaitError
from .executable import DEFAULT_BIN, GaitBin, command_prefix
from .models import GateEvalResult
from .process import run
from .values import read_object

__all__ = ["approve"]


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
    if not isinstance(decision, GateEvalResult):
        raise TypeError("decision is what the gate answered: decision=gate.decide(call), or error.decision")
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
        successful(run(command, cwd=cwd, timeout=timeout))
        return read_object(out.read_text(encoding="utf-8"))
