"""Where lines go to and answers come from: a pair of descriptors that never block."""

from __future__ import annotations

import os
import select
from collections.abc import Sequence
from typing import Protocol

CHUNK = 1 << 16


class Transport(Protocol):
    """A way to a gate. All methods are called by the thread of one :class:`gait.stream.connection.Connection`."""

    def open(self, timeout: float) -> None:
        """Connect; :raises GateUnavailableError: when that is not possible."""

    def readers(self) -> list[int]:
        """The descriptors to wait for."""

    def writer(self) -> int:
        """The descriptor that takes lines."""

    def read(self, descriptor: int) -> bytes | None:
        """What came, for the caller to read; nothing when it was for a log; ``None`` at the end."""

    def write(self, data: bytes) -> int:
        """Write what can be written at once."""

    def why_ended(self) -> str:
        """How the other side ended, and its last words."""

    def close(self, grace: float) -> None:
        """Disconnect. A process gets the time ``grace`` to finish, is killed then, and is always reaped."""

    def descriptors(self) -> list[int]:
        """What a forked child has to close."""


def read_some(descriptor: int) -> bytes | None:
    """Read without waiting: nothing when there is nothing, ``None`` at the end."""
    try:
        return os.read(descriptor, CHUNK) or None
    except (BlockingIOError, InterruptedError):
        return b""
    except OSError:
        return None


def ready(readers: list[int], writers: list[int], timeout: float | None, gone: Sequence[int] = ()) -> set[int]:
    """The descriptors that can be read, or written, or whose other side is gone.

    ``select.poll`` where there is one: ``select.select`` fails for descriptors from 1024 on.

    :param gone: descriptors of which only the end of the other side counts, as far as the system can tell that
    """
    if hasattr(select, "poll"):
        poll = select.poll()
        for descriptor in gone:
            poll.register(descriptor, 0)
        for descriptor in readers:
            poll.register(descriptor, select.POLLIN)
        for descriptor in writers:
            poll.register(descriptor, select.POLLOUT | (select.POLLIN if descriptor in readers else 0))
        return {found for found, _ in poll.poll(None if timeout is None else max(0.0, timeout) * 1000)}
    readable, writable, broken = select.select(readers, writers, readers + writers, timeout)
    return {*readable, *writable, *broken}
