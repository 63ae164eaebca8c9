"""What is sent to a gate and comes back from it: numbered lines, over a transport that one thread uses at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from ..errors import GateUnavailableError
from .answers import AnswerSplitter, Garbage, read_answer
from .call import Call
from .transport import CHUNK, Transport, ready

HELLO = b'"intent":{}}\n'


class OwnedTransport(Transport, Protocol):
    def abandon(self) -> None: ...


class Connection:
    """Connects when a call is sent, and again after the other side is gone.

    A call that was sent when the gate died is not sent again: it may have been counted, and nobody knows how it was
    decided. It fails, and the next call gets a new connection.

    :meth:`post` and :meth:`exchange` never connect, disconnect or wait for a process, so they end in time. What they
    find wrong is a fault, and :meth:`wait` acts on it.
    """

    def __init__(self, make_transport: Callable[[], OwnedTransport]) -> None:
        self._make_transport = make_transport
        self._transport: OwnedTransport | None = None
        self._pending: dict[int, Call] = {}
        self._unsent = bytearray()
        self._answers = AnswerSplitter()
        self._number = 0
        self._last_answer = 0.0
        self._fault: tuple[str, str | None] | None = None
        self._is_steady = True

    @property
    def is_sound(self) -> bool:
        """Whether there is a gate, as far as anybody knows, and nothing was left half done."""
        return self._transport is not None and self._fault is None and self._is_steady

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way, and nothing is wrong."""
        return not (self._pending or self._unsent or self._fault) and self._is_steady

    @property
    def count(self) -> int:
        """How many calls are on their way."""
        return len(self._pending)

    def send(self, call: Call) -> None:
        """:raises GateUnavailableError: when no gate can be reached"""
        self._settle()
        if self._transport is None:
            self._connect(call.deadline)
        self.post(call)

    def post(self, call: Call) -> None:
        """Send a call to the gate that there is.

        The number of the line is its id, so an answer to a line that could not be read also finds its call.
        """
        call.sent_at = time.monotonic()
        self._is_steady = False
        self._number += 1
        self._pending[self._number] = call
        self._unsent += b'{"id":%d,' % self._number + call.line
        self._flush()
        self._is_steady = True

    def wait(self, until: float | None, others: Sequence[int] = ()) -> set[int]:
        """:meth:`exchange`, and disconnect when something was wrong."""
        self._settle()
        found = self.exchange(until, others)
        self._settle()
        return found

    def exchange(self, until: float | None, others: Sequence[int] = ()) -> set[int]:
        """Wait until something can be read or written, one of the others can be read, or the time is there.

        An exception that comes meanwhile, such as KeyboardInterrupt in a caller, harms nothing while it waits. In the
        middle of a line it leaves the connection unsteady.

        :param others: further descriptors
        :returns: those of the others that can be read
        """
        transport = self._transport
        readers = transport.readers() if transport else []
        writers = [transport.writer()] if transport and self._unsent else []
        found = ready([*readers, *others], writers, None if until is None else until - time.monotonic())
        self._is_steady = False
        if found.intersection(writers):
            self._flush()
        for descriptor in readers:
            if descriptor in found and self._transport is transport:
                self._read(descriptor)
        self._is_steady = True
        return found.intersection(others)

    def watch(self, others: Sequence[int]) -> None:
        """Wait, without touching anything, until one of the others can be read, or the other side is gone."""
        transport = self._transport
        ready([*others], [], None, transport.readers()[:1] if transport else [])

    def expire(self) -> None:
        """Fail what is too late. A gate that answered nothing all that time hangs, and is replaced.

        Calls count whether or not somebody still waits: who asked may have given up a moment before, and the next call
        must not go to a gate that hangs.
        """
        now = time.monotonic()
        late = [call for call in self._pending.values() if call.deadline <= now and not call.is_late]
        for call in late:
            call.is_late = True
            waited = now - call.sent_at if call.sent_at else 0.0
            call.fail(GateUnavailableError("timeout", f"the gate did not answer within {waited:.3g} s"))
        if any(self._last_answer < call.sent_at for call in late):
            self._lose("timeout", "the gate hung and was ended")

    def next_deadline(self) -> float | None:
        return min((call.deadline for call in self._pending.values() if not call.is_late), default=None)

    def finish(self, until: float) -> None:
        """Wait for what is on its way, but no longer than until then, and disconnect."""
        while self._is_awaited() and self._transport is not None and time.monotonic() < until:
            self.wait(until)
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close(max(0.0, until - time.monotonic()))

    def _is_awaited(self) -> bool:
        return any(not call.future.done() for call in self._pending.values())

    def take_pending(self) -> list[Call]:
        """The calls that were sent and not answered; the caller ends them."""
        waiting, self._pending = list(self._pending.values()), {}
        return waiting

    def close(self) -> None:
        """Disconnect at once."""
        transport, self._transport = self._transport, None
        self._unsent, self._fault, self._is_steady = bytearray(), None, True
        if transport is not None:
            transport.close(0)

    def abandon(self) -> None:
        """In a forked child: the other side belongs to the parent."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abandon()

    def _flush(self) -> None:
        transport = self._transport
        if transport is None or not self._unsent:
            return
        try:
            written = transport.write(bytes(self._unsent[:CHUNK]))
        except OSError:
            self._fault = self._fault or ("died", None)
            return
        del self._unsent[:written]

    def _settle(self) -> None:
        """Disconnect when something is wrong."""
        transport = self._transport
        if not self._is_steady:
            self._lose("died", "a call was interrupted in the middle of a line, and the gate was ended")
        elif self._fault is not None and transport is not None:
            reason, message = self._fault
            if reason == "died":  # what was written before the end may hold answers, and tell why
                for descriptor in transport.readers():
                    self._read(descriptor)
            self._lose(reason, message if message is not None else transport.why_ended())

    def _connect(self, deadline: float) -> None:
        """Open the transport and see the other side answer as a gate does, before a call is sent there."""
        transport = self._make_transport()
        transport.open(max(0.001, deadline - time.monotonic()))
        self._transport = transport
        self._number, self._unsent, self._answers = 0, bytearray(), AnswerSplitter()
        hello = Call(HELLO, deadline)
        self.post(hello)
        while not hello.future.done():
            if time.monotonic() >= deadline:
                self._lose("timeout", "the gate did not answer in time after its start")
            else:
                self.wait(deadline)
        error = hello.future.exception()
        if isinstance(error, GateUnavailableError):
            if error.reason == "died":
                known = any(words in str(error) for words in ("gate stream error", "it was ended by"))
                old = "" if known else "; is it older than this package?"
                raise GateUnavailableError("start_failed", f"the gate did not start: {error}{old}")
            raise error
        if hello.future.result()["ok"]:
            self._lose("garbage", "the gate decided an empty call")
            raise GateUnavailableError("garbage", "the gate decided an empty call")

    def _read(self, descriptor: int) -> None:
        transport = self._transport
        if transport is None:
            return
        data = transport.read(descriptor)
        if data is None:
            self._fault = self._fault or ("died", None)
            return
        try:
            for line in self._answers.push(data):
                self._take(line)
        except Garbage as error:
            self._fault = self._fault or ("garbage", f"the gate printed garbage: {error}")

    def _take(self, line: bytes) -> None:
        number, answer = read_answer(line)
        call = self._pending.pop(number, None)
        if call is None:
            raise Garbage(f"line {number} was not asked")
        self._last_answer = time.monotonic()
        call.answer(answer)

    def _lose(self, reason: str, message: str) -> None:
        """Disconnect; whatever was on its way is not decided."""
        for call in self.take_pending():
            call.fail(GateUnavailableError(reason, message))
        self.close()
