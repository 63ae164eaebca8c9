"""One thread that owns a connection: it sends the calls of all threads and hands out the answers."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable

from ..errors import GateUnavailableError
from .call import Call
from .connection import Connection, OwnedTransport

CLOSE_GRACE = 2.0


class Worker:
    """Takes calls of any thread. Its own thread starts with the first call."""

    def __init__(self, transport: Callable[[], OwnedTransport]) -> None:
        self._make_transport = transport
        self._reset()

    def _reset(self) -> None:
        # Reentrant: the garbage collector may close a gate in its own thread, while that holds the lock.
        self._lock = threading.RLock()
        self._outbox: deque[Call] = deque()
        self._thread: threading.Thread | None = None
        self._wake_reader = -1
        self._wake_writer = -1
        self._woken = False
        self._closing = False
        self._connection = Connection(self._make_transport)

    # The callers' side

    def submit(self, line: bytes, timeout: float) -> Call:
        """Send a line without its beginning, ``{"id":…,``; never waits.

        :raises GateUnavailableError: once it is closed
        """
        call = Call(line, time.monotonic() + timeout)
        with self._lock:
            if self._closing:
                raise GateUnavailableError("closed", "the gate is closed")
            if self._thread is None:
                self._start()
            self._outbox.append(call)
            self._wake()
        return call

    def close(self) -> None:
        """Let what is on its way be answered, within the grace, then end; what is left fails."""
        with self._lock:
            self._closing = True
            thread = self._thread
            if thread is None:
                return
            self._wake()
        if thread is not threading.current_thread():
            thread.join(CLOSE_GRACE + 3)

    def forget(self) -> None:
        """In a forked child, which has neither the thread nor a right to the process of its parent.

        The locks may be held by threads that are not here, so everything is made anew; the futures stay as they are,
        because whoever waits for them stayed in the parent.
        """
        ends = (self._wake_reader, self._wake_writer)
        closing = self._closing
        self._connection.abandon()
        for descriptor in ends:
            if descriptor >= 0:
                os.close(descriptor)
        self._reset()
        self._closing = closing

    def _start(self) -> None:
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        thread = threading.Thread(target=self._run, name="gait-gate", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_reader = self._wake_writer = -1
            raise GateUnavailableError("closed", f"no thread can be started any more: {error}") from error
        self._thread = thread

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            os.write(self._wake_writer, b"w")

    # The thread's side

    def _run(self) -> None:
        reason = GateUnavailableError("closed", "the gate was closed before the call was decided")
        try:
            while self._step():
                pass
        except BaseException as error:  # a defect of this package must not leave callers waiting
            reason = GateUnavailableError("died", f"internal error of the gate's thread: {error!r}")
            raise
        finally:
            self._end(reason)

    def _end(self, reason: GateUnavailableError) -> None:
        with self._lock:
            waiting, self._outbox = list(self._outbox), deque()
            connection, self._connection = self._connection, Connection(self._make_transport)
            self._thread = None
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_reader = self._wake_writer = -1
            self._woken = False
        for call in [*connection.take_pending(), *waiting]:
            call.fail(reason)
        connection.close()

    def _step(self) -> bool:
        """One round: send what callers gave, wait, take answers. Whether there is more to do."""
        self._connection.expire()
        with self._lock:
            closing = self._closing
            calls, self._outbox = list(self._outbox), deque()
        for call in calls:
            self._accept(call)
        if closing:
            self._connection.finish(time.monotonic() + CLOSE_GRACE)
            return False
        if self._connection.wait(self._connection.next_deadline(), [self._wake_reader]):
            with self._lock:
                os.read(self._wake_reader, 16)
                self._woken = False
        return True

    def _accept(self, call: Call) -> None:
        if call.future.cancelled():
            return
        try:
            self._connection.send(call)
        except GateUnavailableError as error:
            call.fail(error)
