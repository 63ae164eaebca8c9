"""A gate on a Unix socket: each connection speaks with a ``gait gate stream``, or is answered by a function."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path


class Relay:
    """Listens as long as the ``with`` block runs."""

    def __init__(self, path: Path, command: Sequence[str] | None = None, serve: Callable[[socket.socket], None] | None = None) -> None:
        self.path = path
        self.command = command
        self.serve = serve
        self.connections: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Relay:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.join(10)
        self.path.unlink(missing_ok=True)

    def drop(self) -> None:
        """Cut all connections."""
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.connections.clear()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            if self.serve is not None:
                self.serve(connection)
                return
            assert self.command is not None
            lines = connection.makefile("rwb", buffering=0)
            gate = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=lines, stderr=subprocess.DEVNULL)
            assert gate.stdin is not None
            try:
                while data := connection.recv(1 << 16):
                    gate.stdin.write(data)
                    gate.stdin.flush()
            except OSError:
                pass
            gate.stdin.close()
            gate.wait(10)
