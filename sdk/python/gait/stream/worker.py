"""Calls of all threads over one connection, which a caller uses itself as long as it is alone."""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable

from ..errors import GateUnavailableError
from .call import Call
from .connection import Connection, OwnedTransport
from .turn import Turn

CLOSE_GRACE = 2.0
# So many calls in a row have to be alone after some that were not, until callers speak with the gate themselves again.
# Threads that ask in step would else take each other's turn, and their calls would miss the fsync that they share.
ALONE = 20


class Worker:
    """Takes calls of any thread. A thread of the worker starts with the first one.

    A caller that waits for its answer, and finds the connection idle, writes its line and reads the answer itself:
    handing both over to another thread takes longer than the gate needs to decide. Everything else is done by the
    worker's thread: to connect and disconnect, to end a gate that hangs, and the calls of several threads at a time.
    """

    def __init__(self, transport: Callable[[], OwnedTransport]) -> None:
        self._make_transport = transport
        self._reset()

    def _reset(self) -> None:
        # Reentrant: the garbage collector may close a gate in its own thread, while that holds the lock.
        self._lock = threading.RLock()
        self._turn = Turn(self._lock)
        self._outbox: deque[Call] = deque()
        self._thread: threading.Thread | None = None
        self._wake_reader = -1
        self._wake_writer = -1
        self._woken = False
        self._alone = ALONE
        self._closing = False
        self._close_by = math.inf
        self._connection = Connection(self._make_transport)

    # The callers' side

    def submit(self, line: bytes, timeout: float) -> Call:
        """Send a line without its beginning, ``{"id":…,``; never waits.

        :raises GateUnavailableError: once it is closed
        """
        call = Call(line, time.monotonic() + timeout)
        with self._lock:
            self._begin()
            self._hand_over(call)
        return call

    def ask(self, line: bytes, timeout: float) -> Call:
        """:meth:`submit`, and wait for the answer when this caller is alone. It may be without an outcome even then.

        :raises GateUnavailableError: once it is closed, and where it can't be answered before this caller is back
        """
        call = Call(line, time.monotonic() + timeout)
        try:
            with self._lock:
                self._begin()
                inside = self._turn.is_of_this_thread()
                if inside and not self._connection.is_sound:
                    raise _interrupted()
                alone = inside or (not self._outbox and self._is_at_hand() and self._turn.take(call))
                if not alone:
                    self._hand_over(call)
            if alone:
                self._converse(call, inside)
                if inside and not (call.future.done() or self._connection.is_sound):
                    raise _interrupted()
            elif self._turn.is_locked_here():
                raise _interrupted()
        except BaseException:
            call.future.cancel()
            raise
        finally:
            self._give_back(call)
        return call

    def _converse(self, call: Call, inside: bool) -> None:
        """Send a call and read until its answer is there, it is too late, or the worker's thread is needed.

        :param inside: whether another call of this thread waits further out, so that the worker's thread can't help
        """
        connection = self._connection
        others = [] if inside else [self._wake_reader]
        try:
            connection.exchange(0.0)  # a gate that died since the last call never gets this one
            if not connection.is_sound:
                if not inside:
                    with self._lock:
                        self._hand_over(call)
                return
            connection.post(call)
            while not call.future.done() and connection.is_sound and time.monotonic() < call.deadline:
                if connection.exchange(call.deadline, others):
                    break
        except GateUnavailableError as error:
            call.fail(error)
        if connection is not self._connection:  # by a signal handler that forked, or closed the gate
            call.fail(GateUnavailableError("closed", "the gate was closed in the middle of the call"))

    def _is_at_hand(self) -> bool:
        return self._connection.is_sound and self._connection.is_idle

    def _give_back(self, call: Call) -> None:
        with self._lock:
            if self._turn.is_of(call):
                self._turn.free()
                if self._outbox or not self._connection.is_idle:
                    self._wake()
            elif self._turn.is_of_this_thread():
                self._wake()  # the answer of the call that waits may have been read meanwhile

    def close(self) -> None:
        """Let what is on its way be answered, within the grace, then end; what is left fails."""
        with self._lock:
            self._closing = True
            self._close_by = time.monotonic() + CLOSE_GRACE
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

    def _begin(self) -> None:
        if self._closing:
            raise GateUnavailableError("closed", "the gate is closed")
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        # First of all, so that a signal handler that asks meanwhile starts no second one for the same connection.
        self._thread = threading.Thread(target=self._run, name="gait-gate", daemon=True)
        try:
            self._wake_reader, self._wake_writer = os.pipe()
            os.set_blocking(self._wake_reader, False)
            os.set_blocking(self._wake_writer, False)
            self._thread.start()
        except (RuntimeError, OSError) as error:
            self._thread = None
            for descriptor in (self._wake_reader, self._wake_writer):
                if descriptor >= 0:
                    os.close(descriptor)
            self._wake_reader = self._wake_writer = -1
            raise GateUnavailableError("closed", f"no thread can be started any more: {error}") from error

    def _hand_over(self, call: Call) -> None:
        self._outbox.append(call)
        self._wake()

    def _wake(self) -> None:
        if not self._woken and self._wake_writer >= 0:
            self._woken = True
            os.write(self._wake_writer, b"w")

    # The thread's side

    def _run(self) -> None:
        reason = GateUnavailableError("closed", "the gate was closed before the call was decided")
        try:
            self._take_turn()
            while self._serve():
                self._connection.watch([self._wake_reader])
                self._take_turn()
        except BaseException as error:  # a defect of this package must not leave callers waiting
            reason = GateUnavailableError("died", f"internal error of the gate's thread: {error!r}")
            raise
        finally:
            self._end(reason)

    def _take_turn(self) -> None:
        with self._lock:
            if self._turn.await_it(lambda: self._close_by):
                return
            lost, self._connection = self._connection, Connection(self._make_transport)
        for call in lost.take_pending():
            call.fail(GateUnavailableError("died", "a call was interrupted, and the gate was ended"))
        lost.close()

    def _serve(self) -> bool:
        """Send what callers gave, take answers, until nothing is on its way. Whether the thread goes on after that."""
        while True:
            self._connection.expire()
            with self._lock:
                if self._woken:
                    os.read(self._wake_reader, 16)
                    self._woken = False
                closing = self._closing
                calls, self._outbox = list(self._outbox), deque()
            for call in calls:
                self._accept(call)
            if closing:
                self._connection.finish(self._close_by)
                return False
            if calls:
                self._alone = self._alone + 1 if self._connection.count == 1 else 0
            self._connection.wait(0.0 if self._is_done() else self._connection.next_deadline(), [self._wake_reader])
            with self._lock:
                if self._is_done():
                    self._turn.free()
                    return True

    def _is_done(self) -> bool:
        return self._alone >= ALONE and self._connection.is_idle and not (self._outbox or self._closing)

    def _end(self, reason: GateUnavailableError) -> None:
        with self._lock:
            waiting, self._outbox = list(self._outbox), deque()
            connection, self._connection = self._connection, Connection(self._make_transport)
            self._thread = None
            self._turn.free()
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_reader = self._wake_writer = -1
            self._woken = False
        for call in [*connection.take_pending(), *waiting]:
            call.fail(reason)
        connection.close()

    def _accept(self, call: Call) -> None:
        if call.future.cancelled():
            return
        try:
            self._connection.send(call)
        except GateUnavailableError as error:
            call.fail(error)


def _interrupted() -> GateUnavailableError:
    """The worker's thread could answer only after the caller is back that this one interrupted, so waiting is in vain."""
    return GateUnavailableError(
        "interrupted",
        "asked by a signal handler or a finalizer that interrupted this thread in the middle of another call of this"
        " gate, which can't go on before it returns (set a flag there and ask after it, or ask a gate of its own)",
    )
