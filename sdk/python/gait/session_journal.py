"""The journal of a session: what was noted survives the end of the interpreter, however it ends."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from .values import encode

try:
    import fcntl
except ImportError:  # Windows has no such lock; `gait run recover` could take the journal of a running session there
    fcntl = None  # type: ignore[assignment]

LOG = logging.getLogger("gait")


class SessionJournal:
    """A line for each attempt, on the disk before the attempt counts as noted.

    ``gait run recover <runpack>`` makes the runpack of a journal whose session never recorded it. The file holds
    arguments and results, as the input of ``gait run record`` does, and only its owner can read it. What keeps it from
    being written is logged: the calls were made, and the session still has them.
    """

    def __init__(self, head: Mapping[str, Any], folder: str, run_id: str) -> None:
        self._head = head
        name = run_id if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}", run_id) else "session"
        self._base = os.path.join(os.path.abspath(folder), f"runpack_{name}")
        self._path = ""
        self._file = -1
        self._process = os.getpid()
        self._broken = False

    @property
    def path(self) -> str:
        """Where it is; empty as long as nothing was noted, and once it was removed."""
        return self._path

    def append(self, piece: Mapping[str, Any]) -> None:
        if self._broken:
            return
        try:
            if self._file < 0:
                self._open()
            elif self._process != os.getpid():
                return  # a forked child: the journal is its parent's
            self._write({"attempt": piece})
        except (OSError, TypeError, ValueError) as error:
            # Nothing may follow a line that may be torn.
            self._broken = True
            LOG.warning("gait: the session keeps no journal: %s", error)

    def close(self) -> None:
        """Let others have what is there; nothing is added any more."""
        file, self._file, self._broken = self._file, -1, True
        if file >= 0:
            self._ignoring(lambda: os.close(file))

    def discard(self) -> None:
        """Remove the journal of a session that was recorded."""
        path, self._path = self._path, ""
        if path and self._process == os.getpid():
            self._ignoring(lambda: os.unlink(path))
        self.close()

    def _open(self) -> None:
        """A name of its own: the journal of an earlier process is evidence, and stays."""
        os.makedirs(os.path.dirname(self._base), exist_ok=True)
        number = 1
        while self._file < 0:
            path = f"{self._base}{'' if number == 1 else f'_{number}'}.zip.journal"
            number += 1
            if number > 10_000:
                raise OSError(f"all names from {self._base} on are taken")
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
                self._file, self._path = os.open(path, flags, 0o600), path
            except FileExistsError:
                continue
        self._process = os.getpid()
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._write({"session": self._head})
        if os.name == "nt":
            return  # folders can't be synced there
        folder = os.open(os.path.dirname(self._base), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _write(self, line: Mapping[str, Any]) -> None:
        data = encode(line).encode("ascii") + b"\n"
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)

    @staticmethod
    def _ignoring(step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as error:
            LOG.warning("gait: the journal of a recorded session could not be removed: %s", error)
