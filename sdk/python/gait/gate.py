"""A gate that stays open: one ``gait gate stream`` decides the calls of all threads."""

from __future__ import annotations

import math
import os
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from types import TracebackType
from typing import Any, TypeVar

from .adapter import AdapterOutcome, Executor, execute_decided
from .commands import DEFAULT_TIMEOUT, StrPath, working_folder
from .decorators import gate_tool
from .errors import GaitError, GateDecisionError, GateUnavailableError
from .executable import DEFAULT_BIN, GaitBin, command_prefix
from .misuse import check_path, check_policy_path, refuse_unknown
from .models import GateEvalResult, IntentContext, IntentRequest
from .stream import forks
from .stream.answers import decision_of
from .stream.child import ChildTransport
from .stream.unix import SOCKET_VARIABLE, SocketTransport
from .stream.call import Call
from .stream.connection import OwnedTransport
from .stream.worker import Worker
from .values import encode

__all__ = ["Gate", "open_gate"]

Function = TypeVar("Function", bound=Callable[..., Any])
MAX_LINE_BYTES = 1 << 20
# The number that begins a line and what stands around it.
LINE_OVERHEAD = 64
IN_OPTIONS = 'give flags of gait gate stream in options={"profile": "oss-prod"}'


class Gate:
    """Decides calls, as long as it is open; it may be used by many threads, and after a fork.

    The process starts with the first call, and again with the next call after it ended. When
    ``GAIT_GATE_SOCKET`` is set (or ``socket`` is given) the gate that listens there decides, by the policy and
    with the keys of that gate.

    :param policy_path: the policy; a relative path counts from ``cwd``
    :param cwd: the working folder of the gate; that of this moment, wherever this process goes later
    :param trace_dir: where the signed traces go (``gait-out/traces``)
    :param timeout: seconds until a call that has no answer fails
    :param options: further options of ``gait gate stream`` by name, such as ``{"profile": "oss-prod"}``
    :param expect_policy_digest: answers under another policy fail; of worth with a socket above all
    """

    def __init__(
        self,
        policy_path: StrPath | None = None,
        *,
        gait_bin: GaitBin = DEFAULT_BIN,
        cwd: StrPath | None = None,
        trace_dir: StrPath | None = None,
        key_mode: str = "dev",
        private_key: StrPath | None = None,
        private_key_env: str | None = None,
        approval_public_key: StrPath | None = None,
        delegation_public_key: StrPath | None = None,
        options: Mapping[str, str | bool] | None = None,
        socket: StrPath | None = None,
        expect_policy_digest: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_line_bytes: int = MAX_LINE_BYTES,
    ) -> None:
        self.timeout = _positive(timeout)
        self.expect_policy_digest = expect_policy_digest
        self._max_line_bytes = max_line_bytes
        path = os.fspath(socket) if socket is not None else os.environ.get(SOCKET_VARIABLE, "")
        folder = working_folder(cwd)
        make: Callable[[], OwnedTransport]
        if path:
            self.where = f"socket {path}"
            make = lambda: SocketTransport(path, folder)  # noqa: E731
        elif policy_path is None:
            raise ValueError(f"policy_path is needed where neither socket nor {SOCKET_VARIABLE} names a gate")
        else:
            check_policy_path(policy_path)
            if options is not None and not isinstance(options, Mapping):
                raise TypeError('options are flags of gait gate stream by name, such as {"profile": "oss-prod"}')
            command = [*command_prefix(gait_bin), "gate", "stream", "--policy", os.fspath(policy_path)]
            command += ["--key-mode", key_mode, "--max-line-bytes", str(max_line_bytes)]
            given: dict[str, StrPath | bool | None] = {
                "trace-dir": trace_dir,
                "private-key": private_key,
                "private-key-env": private_key_env,
                "approval-public-key": approval_public_key,
                "delegation-public-key": delegation_public_key,
                **(options or {}),
            }
            command += stream_options(given)
            self.where = command[0]
            make = lambda: ChildTransport(command, folder)  # noqa: E731
        self._worker = Worker(make)
        forks.watch(self._worker)
        # Runs when the gate is not used any more, and before the interpreter ends.
        self._end = weakref.finalize(self, self._worker.close)

    def __enter__(self) -> Gate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process. Calls on their way get two seconds for their answers; later ones fail."""
        self._end()

    def decide(
        self,
        intent: IntentRequest | Mapping[str, Any],
        *,
        approval_tokens: Sequence[Mapping[str, Any]] = (),
        delegation_tokens: Sequence[Mapping[str, Any]] = (),
        context_envelope: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> GateEvalResult:
        """Decide a call. It may happen when ``allowed`` is true, and never when this raises.

        :raises GateUnavailableError: when there is no decision in time
        :raises GateDecisionError: when the gate says that it can't decide
        """
        limit = _positive(timeout if timeout is not None else self.timeout)
        line = self._line(intent, approval_tokens, delegation_tokens, context_envelope)
        call = self._worker.ask(line, limit)
        try:
            answer = call.future.result(max(0.0, call.deadline - time.monotonic()) + 0.05)
        except (FutureTimeout, TimeoutError) as error:
            call.future.cancel()
            raise GateUnavailableError("timeout", f"the gate did not answer within {limit:g} s") from error
        except CancelledError as error:
            raise GateUnavailableError("closed", "the call was given up") from error
        except BaseException:
            call.future.cancel()
            raise
        return self.read(answer)

    def submit(
        self,
        intent: IntentRequest | Mapping[str, Any],
        *,
        approval_tokens: Sequence[Mapping[str, Any]] = (),
        delegation_tokens: Sequence[Mapping[str, Any]] = (),
        context_envelope: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Call:
        """Send a call without waiting for its answer; :meth:`read` makes a decision of the answer."""
        limit = _positive(timeout if timeout is not None else self.timeout)
        return self._worker.submit(self._line(intent, approval_tokens, delegation_tokens, context_envelope), limit)

    def read(self, answer: dict[str, Any]) -> GateEvalResult:
        """The decision of an answer.

        :raises GateDecisionError: when it is none
        """
        if answer["ok"] is not True:
            raise GateDecisionError(
                str(answer.get("error") or "the gate could not decide"),
                error_code=str(answer.get("error_code") or "internal_failure"),
                exit_code=answer["exit_code"],
                hint=str(answer.get("hint") or ""),
            )
        decision = decision_of(answer)
        expected = self.expect_policy_digest
        if expected is not None and decision.policy_digest != expected:
            raise GateDecisionError(
                f"decided by the policy {decision.policy_digest}, not by {expected}",
                error_code="verification_failed",
                exit_code=2,
            )
        return decision

    def _line(
        self,
        intent: IntentRequest | Mapping[str, Any],
        approval_tokens: Sequence[Mapping[str, Any]],
        delegation_tokens: Sequence[Mapping[str, Any]],
        context_envelope: Mapping[str, Any] | None,
    ) -> bytes:
        members: dict[str, Any] = {"intent": intent}
        if approval_tokens:
            members["approval_tokens"] = _tokens("approval_tokens", approval_tokens)
        if delegation_tokens:
            members["delegation_tokens"] = _tokens("delegation_tokens", delegation_tokens)
        if context_envelope is not None:
            members["context_envelope"] = context_envelope
        try:
            line = encode(members)[1:].encode("ascii") + b"\n"
        except (TypeError, ValueError) as error:
            raise GaitError(f"the call can't be put into words: {error}") from error
        # The answer to a line that is too long would not say which one it was.
        if len(line) + LINE_OVERHEAD > self._max_line_bytes:
            raise GaitError(f"the call is longer than {self._max_line_bytes} bytes")
        return line

    def gate_intent(
        self, *, intent: IntentRequest, cwd: StrPath | None = None, trace_out: StrPath | None = None
    ) -> GateEvalResult:
        """:meth:`decide` under the name that :class:`gait.ToolAdapter` has for it."""
        self._only_own_places(cwd, trace_out)
        return self.decide(intent)

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
        :raises GateUnavailableError: when nothing was decided; the executor was not called
        """
        self._only_own_places(cwd, trace_out)
        return execute_decided(self.decide(intent), intent, executor)

    def tool(self, *, context: IntentContext | Callable[..., IntentContext], **options: Any) -> Callable[[Function], Function]:
        """``@gate.tool(context=…)``: :func:`gait.gate_tool` with this gate."""
        refuse_unknown("gate.tool", options, gate_tool)
        return gate_tool(adapter=self, context=context, **options)

    @staticmethod
    def _only_own_places(cwd: StrPath | None, trace_out: StrPath | None) -> None:
        if cwd is not None or trace_out is not None:
            raise GaitError("an open gate has one folder for all: give cwd and trace_dir when it is opened")


def open_gate(policy_path: StrPath | None = None, **options: Any) -> Gate:
    """Open a gate: ``with open_gate("policy.yaml") as gate:``. The options are those of :class:`Gate`."""
    refuse_unknown("open_gate", options, Gate.__init__, IN_OPTIONS)
    return Gate(policy_path, **options)


def stream_options(options: Mapping[str, StrPath | bool | None]) -> list[str]:
    """Options by name as words of a command line; ``True`` is one without a value."""
    words: list[str] = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        if value is not True:
            check_path(f"the option {name} is a text or True for a switch; its value", value)
        words.append(f"--{name}" if value is True else f"--{name}={os.fspath(value)}")
    return words


def _tokens(name: str, given: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    tokens = [] if isinstance(given, (str, bytes, Mapping)) else list(given)
    if tokens and all(isinstance(token, Mapping) for token in tokens):
        return tokens
    raise TypeError(f"{name} is a list of tokens, and a token is what its file holds: json.loads(path.read_text())")


def _positive(timeout: float) -> float:
    if not isinstance(timeout, (int, float)) or not (timeout > 0 and math.isfinite(timeout)):
        raise ValueError("a timeout is a number of seconds above zero")
    return timeout
