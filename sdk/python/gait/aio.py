"""The open gate for asyncio."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar, cast

from .adapter import AdapterOutcome, left_out
from .approvals import approve
from .client import capture_intent, create_regress_fixture, evaluate_gate, record_runpack
from .commands import StrPath
from .decorators import bound_arguments, value_of
from .errors import GateEnforcementError, GateUnavailableError
from .gate import IN_OPTIONS, Gate
from .misuse import refuse_unknown
from .models import GateEvalResult, IntentContext, IntentRequest, RegressInitResult, RunRecordCapture
from .session import record_in_session

__all__ = [
    "AsyncGate",
    "approve_async",
    "create_regress_fixture_async",
    "evaluate_gate_async",
    "execute_decided_async",
    "record_runpack_async",
]

AsyncExecutor = Callable[[IntentRequest], Awaitable[Any]]
AsyncFunction = TypeVar("AsyncFunction", bound=Callable[..., Awaitable[Any]])


async def execute_decided_async(
    decision: GateEvalResult, intent: IntentRequest, executor: AsyncExecutor
) -> AdapterOutcome:
    """What :func:`gait.adapter.execute_decided` does, for a coroutine function."""
    if decision.allowed:
        try:
            result = await executor(intent)
        except BaseException as error:
            record_in_session(intent, decision, executed=True, error=error)
            raise
        record_in_session(intent, decision, executed=True, result=result)
        return AdapterOutcome(decision, True, result)
    return left_out(decision, intent)


class AsyncGate:
    """:class:`gait.Gate` for asyncio: nothing here blocks the event loop. The options are those of ``Gate``."""

    def __init__(self, policy_path: StrPath | None = None, *, gate: Gate | None = None, **options: Any) -> None:
        refuse_unknown("AsyncGate", options, Gate.__init__, IN_OPTIONS)
        self.gate = gate if gate is not None else Gate(policy_path, **options)

    async def __aenter__(self) -> AsyncGate:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the process; see :meth:`gait.Gate.close`."""
        await asyncio.to_thread(self.gate.close)

    async def decide(
        self,
        intent: IntentRequest | Mapping[str, Any],
        *,
        approval_tokens: Sequence[Mapping[str, Any]] = (),
        delegation_tokens: Sequence[Mapping[str, Any]] = (),
        context_envelope: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> GateEvalResult:
        """Decide a call; see :meth:`gait.Gate.decide`."""
        call = self.gate.submit(
            intent,
            approval_tokens=approval_tokens,
            delegation_tokens=delegation_tokens,
            context_envelope=context_envelope,
            timeout=timeout,
        )
        limit = timeout if timeout is not None else self.gate.timeout
        try:
            answer = await asyncio.wait_for(asyncio.wrap_future(call.future), limit + 0.05)
        except (asyncio.TimeoutError, TimeoutError) as error:
            raise GateUnavailableError("timeout", f"the gate did not answer within {limit:g} s") from error
        return self.gate.read(answer)

    async def execute(self, *, intent: IntentRequest, executor: AsyncExecutor) -> AdapterOutcome:
        """Decide a call, and make it if it was allowed; see :meth:`gait.Gate.execute`."""
        return await execute_decided_async(await self.decide(intent), intent, executor)

    def tool(
        self,
        *,
        context: IntentContext | Callable[[tuple[Any, ...], dict[str, Any]], IntentContext],
        tool_name: str | None = None,
        args_mapper: Callable[[tuple[Any, ...], dict[str, Any]], Mapping[str, Any]] | None = None,
        targets: Any = None,
        arg_provenance: Any = None,
    ) -> Callable[[AsyncFunction], AsyncFunction]:
        """``@gate.tool(context=…)``: :func:`gait.gate_tool` for coroutine functions."""

        def decorate(function: AsyncFunction) -> AsyncFunction:
            if not inspect.iscoroutinefunction(function):
                raise TypeError("AsyncGate.tool is for coroutine functions: use Gate.tool")

            @functools.wraps(function)
            async def gated(*args: Any, **kwargs: Any) -> Any:
                given = (args, kwargs)
                intent = capture_intent(
                    tool_name=tool_name or function.__name__,
                    args=args_mapper(args, kwargs) if args_mapper else bound_arguments(function, args, kwargs),
                    context=value_of(context, given),
                    targets=value_of(targets, given),
                    arg_provenance=value_of(arg_provenance, given),
                )
                outcome = await self.execute(intent=intent, executor=lambda _intent: function(*args, **kwargs))
                if not outcome.executed:
                    raise GateEnforcementError(outcome.decision)
                return outcome.result

            return cast(AsyncFunction, gated)

        return decorate


async def evaluate_gate_async(**options: Any) -> GateEvalResult:
    """:func:`gait.evaluate_gate` in another thread."""
    return await asyncio.to_thread(evaluate_gate, **options)


async def record_runpack_async(**options: Any) -> RunRecordCapture:
    """:func:`gait.record_runpack` in another thread."""
    return await asyncio.to_thread(record_runpack, **options)


async def create_regress_fixture_async(**options: Any) -> RegressInitResult:
    """:func:`gait.create_regress_fixture` in another thread."""
    return await asyncio.to_thread(create_regress_fixture, **options)


async def approve_async(**options: Any) -> dict[str, Any]:
    """:func:`gait.approve` in another thread."""
    return await asyncio.to_thread(approve, **options)
