"""A call on its way to a gate."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from ..errors import GateUnavailableError


class Call:
    """A call on its way. Its future holds the answer; it always ends, at the latest with the deadline."""

    __slots__ = ("deadline", "future", "is_late", "line", "sent_at")

    def __init__(self, line: bytes, deadline: float) -> None:
        self.line = line
        self.deadline = deadline
        self.future: Future[dict[str, Any]] = Future()
        self.sent_at = 0.0
        #: Whether its deadline passed, and that was looked at.
        self.is_late = False

    def answer(self, answer: dict[str, Any]) -> None:
        if self._is_awaited():
            self.future.set_result(answer)

    def fail(self, error: GateUnavailableError) -> None:
        if self._is_awaited():
            self.future.set_exception(error)

    def _is_awaited(self) -> bool:
        """Whether it has no outcome, and whoever asked did not give up in the meantime."""
        return not self.future.done() and self.future.set_running_or_notify_cancel()
