"""The errors of the package. Whichever is raised, the tool was not executed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import GateEvalResult


class GaitError(RuntimeError):
    """Base class of all errors of this package."""


class GaitCommandError(GaitError):
    """The ``gait`` executable could not be run, or ended with an error."""

    def __init__(
        self,
        message: str,
        *,
        command: Sequence[str] = (),
        exit_code: int = -1,
        stdout: str = "",
        stderr: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.command = list(command)
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr
        self.hint = hint


class GateUnavailableError(GaitError):
    """A persistent gate gave no decision.

    ``reason`` is one of ``REASONS``.
    """

    REASONS = (
        "not_found",  # the executable, its folder or the socket does not exist, or may not be used
        "start_failed",  # it ended before it answered anything: it is too old, or refuses its options
        "died",  # it ended while the call was being decided
        "timeout",  # no answer within the deadline
        "garbage",  # what it answered is not an answer
        "untrusted",  # whoever listens on the socket may not decide
        "interrupted",  # a signal handler asked in the middle of another call of its thread, which can't go on meanwhile
        "closed",  # the gate was closed, or the interpreter is ending
    )

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class GateDecisionError(GaitError):
    """The gate answered that the call can't be decided: a policy with a mistake, a full disk, an invalid intent."""

    def __init__(self, message: str, *, error_code: str, exit_code: int, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.error_code = error_code
        self.exit_code = exit_code
        self.hint = hint


class GateEnforcementError(GaitError):
    """The call was decided, and may not happen.

    ``decision`` says why; ``hint`` is the command that approves the call, where an approval would let it pass.
    """

    def __init__(self, decision: GateEvalResult) -> None:
        reasons = ",".join(decision.reason_codes) or "none"
        super().__init__(
            f"execution blocked by gate verdict={decision.verdict or 'unknown'} reasons={reasons}"
        )
        self.decision = decision
        self.hint = _approval_command(decision)


def _approval_command(decision: GateEvalResult) -> str:
    scope = ",".join(decision.required_approval_scope)
    if decision.verdict != "require_approval" or not (decision.intent_digest and decision.policy_digest and scope):
        return ""
    return (
        f"gait approve --intent-digest {decision.intent_digest} --policy-digest {decision.policy_digest}"
        f" --scope {shlex.quote(scope)} --single-use --ttl 10m --approver <you> --reason-code <why>"
        " --key-mode prod --private-key <file> --out approval.json"
    )


def add_note(error: BaseException, note: str) -> None:
    """Say more about an error that is on its way to the caller."""
    if hasattr(error, "add_note"):
        error.add_note(note)
    elif isinstance(error, GaitError):  # Python 3.10 has no notes
        error.args = (f"{error}\n{note}",)
