"""A transport to a gate that listens on a Unix socket."""

from __future__ import annotations

import os
import socket
import struct

from ..errors import GateUnavailableError
from .transport import CHUNK

SOCKET_VARIABLE = "GAIT_GATE_SOCKET"
OWNER_VARIABLE = "GAIT_GATE_SOCKET_UID"


class SocketTransport:
    """Connects to the socket, and makes sure that whoever answers there may decide.

    Anybody who can create a file at the path could listen there and allow everything. So the other side has to be
    this user or root, or the user that ``GAIT_GATE_SOCKET_UID`` names.
    """

    def __init__(self, path: str, folder: str | None = None) -> None:
        """:param folder: what a relative path counts from, should this process have moved"""
        self.path = path
        self._folder = folder
        self._socket: socket.socket | None = None

    def open(self, timeout: float) -> None:
        if not hasattr(socket, "AF_UNIX"):
            raise GateUnavailableError("not_found", "this system has no Unix sockets")
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            path = self._place()
            connection.connect(path)
            _check_peer(connection, path)
            connection.setblocking(False)
        except TimeoutError as error:
            connection.close()
            raise GateUnavailableError("timeout", f"nobody answers at {self.path}") from error
        except OSError as error:
            connection.close()
            raise GateUnavailableError(
                "not_found", f"cannot connect to the gate at {self.path}: {error.strerror or error}"
            ) from error
        except GateUnavailableError:
            connection.close()
            raise
        self._socket = connection

    def _place(self) -> str:
        """Short as long as it can be: addresses of sockets have a limit."""
        if self._folder is None or self._folder == os.getcwd():
            return self.path
        return os.path.join(self._folder, self.path)

    def descriptors(self) -> list[int]:
        return [] if self._socket is None else [self._socket.fileno()]

    def readers(self) -> list[int]:
        return [self.writer()]

    def writer(self) -> int:
        if self._socket is None:
            raise GateUnavailableError("closed", "the gate is not connected")
        return self._socket.fileno()

    def read(self, descriptor: int) -> bytes | None:
        assert self._socket is not None
        try:
            return self._socket.recv(CHUNK) or None
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError:
            return None

    def write(self, data: bytes) -> int:
        assert self._socket is not None
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0

    def why_ended(self) -> str:
        return f"the gate at {self.path} closed the connection"

    def close(self, grace: float) -> None:
        connection, self._socket = self._socket, None
        if connection is not None:
            connection.close()

    def abandon(self) -> None:
        """In a forked child: close the descriptor alone; the connection is the parent's."""
        self.close(0)


def peer_uid(connection: socket.socket) -> int | None:
    """The user on the other side, where the platform tells."""
    if hasattr(socket, "SO_PEERCRED"):
        _pid, uid, _gid = struct.unpack(
            "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        )
        return int(uid)
    if hasattr(socket, "LOCAL_PEERCRED"):  # macOS and FreeBSD: version and uid begin the structure
        _version, uid = struct.unpack("2I", connection.getsockopt(0, socket.LOCAL_PEERCRED, 76)[:8])
        return int(uid)
    return None


def _check_peer(connection: socket.socket, path: str) -> None:
    uid = peer_uid(connection)
    if uid is None:
        uid = os.lstat(path).st_uid
    allowed = {os.geteuid(), 0}
    named = os.environ.get(OWNER_VARIABLE, "").strip()
    if named.isascii() and named.isdigit():
        allowed.add(int(named))
    if uid not in allowed:
        raise GateUnavailableError(
            "untrusted",
            f"the user {uid} listens at {path}, who may not decide for this one (set {OWNER_VARIABLE} if that is meant)",
        )
