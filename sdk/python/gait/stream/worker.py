"""One thread that owns a transport: it sends the calls of all threads and hands out the answers."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from ..errors import GateUnavailableError
from .answers import AnswerSplitter, Garbage, read_answer
from .transport import CHUNK, Transport, ready

HELLO = b'"intent":{}}\n'
CLOSE_GRACE = 2.0


class OwnedTransport(Transport, Protocol):
    def abandon(self) -> None: ...


class Call:
    """A call on its way. Its future holds the answer; it always ends, at the latest with the deadline."""

    __slots__ = ("deadline", "future", "line", "sent_at")

    def __init__(self, line: bytes, deadline: float) -> None:
        self.line = line
        self.deadline = deadline
        self.future: Future[dict[str, Any]] = Future()
        self.sent_at = 0.0

    def fail(self, error: GateUnavailableError) -> None:
        if not self.future.done():
            _settle(self.future, error)


def _settle(future: Future[dict[str, Any]], outcome: dict[str, Any] | GateUnavailableError) -> None:
    """Set the outcome, unless whoever asked gave up in the meantime."""
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(outcome, GateUnavailableError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


class Worker:
    """Connects when a call comes, and again after the other side is gone.

    A call that was sent when the gate died is not sent again: it may have been counted, and nobody knows how it was
    decided. It fails, and the next call gets a new connection.
    """

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
        self._transport: OwnedTransport | None = None
        self._pending: dict[int, Call] = {}
        self._unsent = bytearray()
        self._answers = AnswerSplitter()
        self._number = 0
        self._last_answer = 0.0

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
        transport, ends = self._transport, (self._wake_reader, self._wake_writer)
        closing = self._closing
        if transport is not None:
            transport.abandon()
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
        except BaseException as error:  # a defect of this file must not leave callers waiting
            reason = GateUnavailableError("died", f"internal error of the gate's thread: {error!r}")
            raise
        finally:
            self._end(reason)

    def _end(self, reason: GateUnavailableError) -> None:
        with self._lock:
            waiting, self._outbox = [*self._pending.values(), *self._outbox], deque()
            self._pending = {}
            self._thread = None
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_reader = self._wake_writer = -1
            self._woken = False
        for call in waiting:
            call.fail(reason)
        if self._transport is not None:
            self._transport.close(0)
            self._transport = None

    def _step(self) -> bool:
        self._expire()
        with self._lock:
            closing = self._closing
            calls, self._outbox = list(self._outbox), deque()
        for call in calls:
            self._accept(call)
        if closing:
            return self._finish()
        self._wait(self._next_deadline())
        return True

    def _accept(self, call: Call) -> None:
        if call.future.cancelled():
            return
        try:
            if self._transport is None:
                self._connect(call.deadline)
            call.sent_at = time.monotonic()
            self._send(call)
        except GateUnavailableError as error:
            call.fail(error)

    def _send(self, call: Call) -> None:
        """The number of the line is its id, so an answer to a line that could not be read also finds its call."""
        self._number += 1
        self._pending[self._number] = call
        self._unsent += b'{"id":%d,' % self._number + call.line
        self._flush()

    def _flush(self) -> None:
        transport = self._transport
        if transport is None or not self._unsent:
            return
        try:
            written = transport.write(bytes(self._unsent[:CHUNK]))
        except OSError:
            self._hear_out(transport)
            return
        del self._unsent[:written]

    def _hear_out(self, transport: OwnedTransport) -> None:
        """Nobody reads any more. What was said before that may tell why."""
        for descriptor in transport.readers():
            if self._transport is transport:
                self._read(descriptor)
        if self._transport is transport:
            self._lose("died", transport.why_ended())

    def _connect(self, deadline: float) -> None:
        """Open the transport and see the other side answer as a gate does, before a call is sent there."""
        transport = self._make_transport()
        transport.open(max(0.001, deadline - time.monotonic()))
        self._transport = transport
        self._number, self._unsent, self._answers = 0, bytearray(), AnswerSplitter()
        hello = Call(HELLO, deadline)
        self._send(hello)
        while not hello.future.done():
            if time.monotonic() >= deadline:
                self._lose("timeout", "the gate did not answer in time after its start")
            else:
                self._wait(deadline, wakeable=False)
        error = hello.future.exception()
        if isinstance(error, GateUnavailableError):
            if error.reason == "died":
                old = "" if "gate stream error" in str(error) else "; is it older than this package?"
                raise GateUnavailableError("start_failed", f"the gate did not start: {error}{old}")
            raise error
        if hello.future.result()["ok"]:
            self._lose("garbage", "the gate decided an empty call")
            raise GateUnavailableError("garbage", "the gate decided an empty call")

    def _wait(self, until: float | None, *, wakeable: bool = True) -> None:
        """Wait until something can be read or written, a caller wakes the thread, or the time is there."""
        transport = self._transport
        readers = transport.readers() if transport else []
        writers = [transport.writer()] if transport and self._unsent else []
        wake = [self._wake_reader] if wakeable else []
        found = ready(readers + wake, writers, None if until is None else until - time.monotonic())
        if wakeable and self._wake_reader in found:
            with self._lock:
                os.read(self._wake_reader, 16)
                self._woken = False
        if found.intersection(writers):
            self._flush()
        for descriptor in readers:
            if descriptor in found and self._transport is transport:
                self._read(descriptor)

    def _read(self, descriptor: int) -> None:
        transport = self._transport
        if transport is None:
            return
        data = transport.read(descriptor)
        if data is None:
            self._lose("died", transport.why_ended())
            return
        try:
            for line in self._answers.push(data):
                self._take(line)
        except Garbage as error:
            self._lose("garbage", f"the gate printed garbage: {error}")

    def _take(self, line: bytes) -> None:
        number, answer = read_answer(line)
        call = self._pending.pop(number, None)
        if call is None:
            raise Garbage(f"line {number} was not asked")
        self._last_answer = time.monotonic()
        if not call.future.done():
            _settle(call.future, answer)

    def _expire(self) -> None:
        """Fail what is too late. A gate that answered nothing all that time hangs, and is replaced."""
        now = time.monotonic()
        late = [call for call in self._pending.values() if call.deadline <= now and not call.future.done()]
        for call in late:
            waited = now - call.sent_at if call.sent_at else 0.0
            call.fail(GateUnavailableError("timeout", f"the gate did not answer within {waited:.3g} s"))
        if any(self._last_answer < call.sent_at for call in late):
            self._lose("timeout", "the gate hung and was ended")

    def _awaited(self) -> bool:
        return any(not call.future.done() for call in self._pending.values())

    def _next_deadline(self) -> float | None:
        return min((call.deadline for call in self._pending.values() if not call.future.done()), default=None)

    def _lose(self, reason: str, message: str) -> None:
        """Disconnect; whatever was on its way is not decided."""
        transport, self._transport = self._transport, None
        waiting, self._pending = list(self._pending.values()), {}
        self._unsent = bytearray()
        for call in waiting:
            call.fail(GateUnavailableError(reason, message))
        if transport is not None:
            transport.close(0)

    def _finish(self) -> bool:
        """Wait for what is on its way, within the grace, and disconnect. Whether there is more to do."""
        until = time.monotonic() + CLOSE_GRACE
        while self._awaited() and self._transport is not None and time.monotonic() < until:
            self._wait(until, wakeable=False)
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close(max(0.0, until - time.monotonic()))
        return False
