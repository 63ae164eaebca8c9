"""A transport to ``gait gate stream`` as a child process."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence

from ..errors import GateUnavailableError
from ..process import end_group
from .transport import read_some

LOG = logging.getLogger("gait")
LAST_WORDS = 4096

# A fork while pipes are being made would leave their ends in the other child, and then the end of the input, by which
# a gate knows that it is not needed, would never come. gait.stream.forks holds it around every fork.
SPAWNING = threading.Lock()


class ChildTransport:
    """Starts the command in a session of its own: Ctrl-C at a terminal is for the agent, not for its gate."""

    def __init__(self, command: Sequence[str], cwd: str | None) -> None:
        self.command = list(command)
        self.cwd = cwd
        self._child: subprocess.Popen[bytes] | None = None
        self._last_words = b""
        self._silent = False

    def open(self, timeout: float) -> None:
        if self.cwd is not None and not os.path.isdir(self.cwd):
            raise GateUnavailableError("not_found", f"cwd not found: {self.cwd}")
        self._last_words, self._silent = b"", False
        try:
            with SPAWNING:
                self._child = subprocess.Popen(
                    self.command,
                    cwd=self.cwd,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    bufsize=0,
                    start_new_session=True,
                )
        except FileNotFoundError as error:
            raise GateUnavailableError(
                "not_found",
                f"executable not found: {self.command[0]} (set gait_bin or GAIT_BIN, or put gait on the PATH)",
            ) from error
        except OSError as error:
            raise GateUnavailableError("not_found", f"cannot run {self.command[0]}: {error.strerror}") from error
        except RuntimeError as error:
            raise GateUnavailableError("closed", f"no process can be started any more: {error}") from error
        for descriptor in self.descriptors():
            os.set_blocking(descriptor, False)

    def descriptors(self) -> list[int]:
        child = self._child
        if child is None:
            return []
        return [stream.fileno() for stream in (child.stdin, child.stdout, child.stderr) if stream and not stream.closed]

    def readers(self) -> list[int]:
        child = self._running()
        assert child.stdout is not None and child.stderr is not None
        return [child.stdout.fileno(), *([] if self._silent else [child.stderr.fileno()])]

    def writer(self) -> int:
        child = self._running()
        assert child.stdin is not None
        return child.stdin.fileno()

    def read(self, descriptor: int) -> bytes | None:
        data = read_some(descriptor)
        assert self._child is not None and self._child.stderr is not None
        if descriptor != self._child.stderr.fileno():
            return data
        if data is not None:
            self._note(data)
            return b""
        self._silent = True  # standard error may end before the answers do, and they are what counts
        return b""

    def write(self, data: bytes) -> int:
        try:
            return os.write(self.writer(), data)
        except (BlockingIOError, InterruptedError):
            return 0

    def why_ended(self) -> str:
        child = self._running()
        try:
            status = child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "it closed its output and runs on"
        assert child.stderr is not None
        while data := read_some(child.stderr.fileno()):
            self._note(data)
        if status < 0:
            how = f"it was ended by {signal.Signals(-status).name}" if -status in list(signal.Signals) else f"signal {-status}"
        else:
            how = f"it ended with {status}"
        words = [line.strip() for line in self._last_words.decode("utf-8", "replace").splitlines() if line.strip()]
        return f"{how}: {' | '.join(words[-4:])}" if words else how

    def close(self, grace: float) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()  # the end of the input: whatever was accepted is finished, and the process ends
        if grace > 0:
            self._drain(child, time.monotonic() + grace)
        end_group(child)

    def _drain(self, child: subprocess.Popen[bytes], until: float) -> None:
        """Wait for the end, and keep the outputs from filling up meanwhile."""
        while child.poll() is None and time.monotonic() < until:
            for stream in (child.stdout, child.stderr):
                if stream is not None:
                    read_some(stream.fileno())
            time.sleep(0.002)

    def abandon(self) -> None:
        """In a forked child: close what belongs to the parent, whose process this is."""
        child, self._child = self._child, None
        if child is None:
            return
        child.returncode = 0  # nothing of this process: neither waited for nor warned about
        for stream in (child.stdin, child.stdout, child.stderr):
            if stream is not None:
                stream.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise GateUnavailableError("closed", "the gate is not running")
        return self._child

    def _note(self, data: bytes) -> None:
        self._last_words = (self._last_words + data)[-LAST_WORDS:]
        for line in data.decode("utf-8", "replace").splitlines():
            if line.strip():
                LOG.info("gait: %s", line.strip())
