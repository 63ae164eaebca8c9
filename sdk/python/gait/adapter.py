"""The adapter between a tool and the gate: the tool runs only after an allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any

from .client import capture_demo_runpack, create_regress_fixture, evaluate_gate
from .commands import DEFAULT_TIMEOUT, StrPath, working_folder
from .errors import GateEnforcementError
from .executable import DEFAULT_BIN, GaitBin
from .models import DemoCapture, GateEvalResult, IntentRequest, RegressInitResult
from .session import record_in_session

__all__ = ["AdapterOutcome", "GateEnforcementError", "ToolAdapter", "execute_decided"]

Executor = Callable[[IntentRequest], Any]


@dataclass(frozen=True)
class AdapterOutcome:
    """What came of a call that was not refused; a dry run is not executed."""

    decision: GateEvalResult
    executed: bool
    result: Any = None


def execute_decided(decision: GateEvalResult, intent: IntentRequest, executor: Executor) -> AdapterOutcome:
    """Do what was decided, and record it in the active session.

    INVARIANT: the executor is called after an allow, and after nothing else.

    :raises GateEnforcementError: for every verdict but ``allow`` and ``dry_run``, unknown ones included
    """
    if decision.allowed:
        try:
            result = executor(intent)
        except BaseException as error:
            record_in_session(intent, decision, executed=True, error=error)
            raise
        record_in_session(intent, decision, executed=True, result=result)
        return AdapterOutcome(decision, True, result)
    return left_out(decision, intent)


def left_out(decision: GateEvalResult, intent: IntentRequest) -> AdapterOutcome:
    """Record a call that was not executed.

    :raises GateEnforcementError: for every verdict but ``dry_run``
    """
    record_in_session(intent, decision, executed=False)
    if decision.ok and decision.verdict == "dry_run" and decision.exit_code == 0:
        return AdapterOutcome(decision, False)
    raise GateEnforcementError(decision)


@dataclass(eq=False, repr=False)
class ToolAdapter:
    """Decides each call with a process of its own. Where calls are frequent, :class:`gait.Gate` is faster.

    What it is made with are the options of :func:`gait.evaluate_gate`, under the same names. Where a call names no
    ``cwd``, it is that of the moment when the adapter was made.
    """

    policy_path: StrPath
    gait_bin: GaitBin = DEFAULT_BIN
    key_mode: str = "dev"
    _: KW_ONLY
    private_key: StrPath | None = None
    private_key_env: str | None = None
    approval_token: StrPath | None = None
    approval_public_key: StrPath | None = None
    approval_public_key_env: str | None = None
    approval_private_key: StrPath | None = None
    approval_private_key_env: str | None = None
    delegation_token: StrPath | None = None
    delegation_token_chain: Sequence[StrPath] | None = None
    delegation_public_key: StrPath | None = None
    delegation_public_key_env: str | None = None
    delegation_private_key: StrPath | None = None
    delegation_private_key_env: str | None = None
    timeout: float = DEFAULT_TIMEOUT

    def __post_init__(self) -> None:
        self._folder = working_folder(None)

    def gate_intent(
        self, *, intent: IntentRequest, cwd: StrPath | None = None, trace_out: StrPath | None = None
    ) -> GateEvalResult:
        """Decide a call.

        :raises GaitCommandError: when nothing was decided
        """
        options = {option.name: getattr(self, option.name) for option in fields(ToolAdapter)}
        folder = cwd if cwd is not None else self._folder
        return evaluate_gate(intent=intent, cwd=folder, trace_out=trace_out, **options)

    def execute(
        self,
        *,
        intent: IntentRequest,
        executor: Executor,
        cwd: StrPath | None = None,
        trace_out: StrPath | None = None,
    ) -> AdapterOutcome:
        """Decide a call, and make it if it was allowed.

        :raises GateEnforcementError: when it was refused
        :raises GaitCommandError: when nothing was decided; the executor was not called
        """
        decision = self.gate_intent(intent=intent, cwd=cwd, trace_out=trace_out)
        return execute_decided(decision, intent, executor)

    def capture_runpack(self, *, cwd: StrPath | None = None) -> DemoCapture:
        """Record the run of ``gait demo``."""
        return capture_demo_runpack(gait_bin=self.gait_bin, cwd=cwd)

    def create_regression_fixture(self, *, from_run: StrPath, cwd: StrPath | None = None) -> RegressInitResult:
        """Turn a run into a regression."""
        return create_regress_fixture(from_run=from_run, gait_bin=self.gait_bin, cwd=cwd)
