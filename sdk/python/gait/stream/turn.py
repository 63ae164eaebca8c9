"""Who may use a connection: one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .call import Call

# A caller that has its answer gives its turn back at once. One that does not was interrupted while it did.
PATIENCE = 1.0


class Turn:
    """Held by the thread of a worker, or by a caller for its own call; the lock is the worker's, and is held by whoever
    calls a method here."""

    def __init__(self, lock: threading.RLock) -> None:
        self._free = threading.Condition(lock)
        self._is_taken = False
        self._caller: Call | None = None
        self._caller_thread = 0

    def take(self, call: Call) -> bool:
        """Take the turn for a caller, if nobody has it."""
        if self._is_taken:
            return False
        self._caller_thread = threading.get_ident()
        self._caller, self._is_taken = call, True
        return True

    def is_of_this_thread(self) -> bool:
        """Whether a caller in this very thread has it: this is a signal handler or a finalizer, and that one waits."""
        return self._caller is not None and self._caller_thread == threading.get_ident()

    def is_locked_here(self) -> bool:
        """Whether this very thread holds the lock: below a method of the worker, this is a signal handler or a finalizer
        that came while the thread had it, and nobody else gets it before that one is back."""
        try:
            self._free.notify(0)
        except RuntimeError:
            return False
        return True

    def is_of(self, call: Call) -> bool:
        return self._caller is call

    def free(self) -> None:
        self._caller, self._is_taken = None, False
        self._free.notify_all()

    def await_it(self, until: Callable[[], float]) -> bool:
        """Take the turn for the worker's thread, as soon as the caller that has it gave it back.

        :param until: when to give up at the latest, looked at again and again
        :returns: false when the caller did not give it back in time; the turn is taken nevertheless
        """
        seen, since = None, 0.0
        while (caller := self._caller) is not None:
            now = time.monotonic()
            if caller is not seen:
                seen, since = caller, now
            patience = min(until(), (since if caller.future.done() else caller.deadline) + PATIENCE) - now
            if patience <= 0:
                break
            self._free.wait(min(patience, PATIENCE))
        self._caller, self._is_taken = None, True
        return caller is None
