"""What every call to a gate that can't decide ends in."""

from __future__ import annotations

import time

import pytest

from gait import Gate, GateUnavailableError

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
