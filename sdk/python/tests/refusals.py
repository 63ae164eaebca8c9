"""What every call to a gate that can't decide ends in, and that the next ones are decided."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from gait import Gate, GateUnavailableError, IntentRequest

# Far beyond every deadline here: what takes longer would have hung.
DEADLINE = 60.0


def refused(gate: Gate, intent: object, reason: str, *, limit: float = 5.0) -> str:
    """The tool is not executed, the error says why, and it comes before the deadline."""
    began = time.monotonic()
    with pytest.raises(GateUnavailableError) as caught:
        gate.execute(intent=intent, executor=lambda _: pytest.fail("the tool ran"))
    assert caught.value.reason == reason, caught.value
    assert caught.value.reason in GateUnavailableError.REASONS
    assert time.monotonic() - began < limit + DEADLINE / 2
    return str(caught.value)


def decides_again(gate: Gate, intent: Callable[[], IntentRequest]) -> None:
    """What is sent before a death is noticed fails; what comes after it has a process or a connection of its own."""
    verdicts = []
    for _ in range(3):
        try:
            verdicts.append(gate.decide(intent()).allowed)
        except GateUnavailableError as error:
            assert error.reason == "died"
    assert verdicts[-1:] == [True]
