"""``@gate_tool``: a function that asks the gate before it runs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, Union, cast

from .adapter import AdapterOutcome, Executor
from .client import capture_intent
from .commands import StrPath
from .errors import GateEnforcementError
from .models import IntentArgProvenance, IntentContext, IntentRequest, IntentTarget

__all__ = ["Gated", "bound_arguments", "gate_tool", "value_of"]

Function = TypeVar("Function", bound=Callable[..., Any])
Args = tuple[Any, ...]
Kwargs = dict[str, Any]


class Gated(Protocol):
    """What decides calls and makes them: :class:`gait.ToolAdapter`, or :class:`gait.Gate`."""

    def execute(
        self,
        *,
        intent: IntentRequest,
        executor: Executor,
        cwd: StrPath | None = None,
        trace_out: StrPath | None = None,
    ) -> AdapterOutcome: ...


def gate_tool(
    *,
    adapter: Gated,
    context: IntentContext | Callable[[Args, Kwargs], IntentContext],
    tool_name: str | None = None,
    args_mapper: Callable[[Args, Kwargs], Mapping[str, Any]] | None = None,
    targets: Sequence[IntentTarget] | Callable[[Args, Kwargs], Sequence[IntentTarget]] | None = None,
    arg_provenance: Union[
        Sequence[IntentArgProvenance], Callable[[Args, Kwargs], Sequence[IntentArgProvenance]], None
    ] = None,
    trace_out: StrPath | Callable[[Args, Kwargs], StrPath | None] | None = None,
    cwd: StrPath | Callable[[Args, Kwargs], StrPath | None] | None = None,
) -> Callable[[Function], Function]:
    """Make a function ask the gate each time before it runs.

    What is given as a function gets ``(args, kwargs)`` of the call. The arguments of the intent are those of the
    function, defaults included, without ``self`` and ``cls``.

    The decorated function raises :class:`GateEnforcementError` when it was not executed, also for a dry run.
    """

    def decorate(function: Function) -> Function:
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"{function.__name__} is a coroutine function: use AsyncGate.tool for it")

        @functools.wraps(function)
        def gated(*args: Any, **kwargs: Any) -> Any:
            given = (args, kwargs)
            mapped = args_mapper(*given) if args_mapper else bound_arguments(function, args, kwargs)
            intent = capture_intent(
                tool_name=tool_name or function.__name__,
                args=mapped,
                context=value_of(context, given),
                targets=value_of(targets, given),
                arg_provenance=value_of(arg_provenance, given),
            )
            outcome = adapter.execute(
                intent=intent,
                executor=lambda _intent: function(*args, **kwargs),
                cwd=value_of(cwd, given),
                trace_out=value_of(trace_out, given),
            )
            if not outcome.executed:
                raise GateEnforcementError(outcome.decision)
            return outcome.result

        return cast(Function, gated)

    return decorate


def value_of(value: Any, given: tuple[Args, Kwargs]) -> Any:
    """What is given as a function is asked for each call."""
    return value(*given) if callable(value) else value


def bound_arguments(function: Callable[..., Any], args: Args, kwargs: Kwargs) -> dict[str, Any]:
    """The arguments of a call by name, defaults included, without ``self`` and ``cls``."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    found = dict(bound.arguments)
    first = next(iter(found), None)
    if first in ("self", "cls"):
        del found[first]
    return found
