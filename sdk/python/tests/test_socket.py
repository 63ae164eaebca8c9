"""The gate on a Unix socket: the same lines, many processes, and nobody else may listen there."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gait import Gate, GateUnavailableError, open_gate
from gait.executable import command_prefix
from gait.stream import unix
from refusals import decides_again, refused
from relay import Relay
from test_gate import package_on_path


@pytest.fixture
def relay(gait, policy) -> Iterator[Relay]:
    command = [gait, "gate", "stream", "--policy", str(policy), "--no-trace"]
    with Relay(Path("gate.sock").resolve(), command) as listening:
        yield listening


def test_the_variable_names_the_socket(relay, intent, monkeypatch) -> None:
    monkeypatch.setenv("GAIT_GATE_SOCKET", str(relay.path))
    with open_gate(gait_bin="no-such-gait") as gate, open_gate("other.yaml", gait_bin="no-such-gait") as second:
        assert gate.decide(intent()).allowed and second.decide(intent()).allowed
        assert gate.decide(intent("tool.write")).verdict == "require_approval"
        assert gate.decide(intent("tool.burn")).verdict == "block"
    assert len(relay.connections) == 2


def test_a_connection_that_was_cut_is_made_again(relay, intent) -> None:
    with Gate(socket=relay.path) as gate:
        assert gate.decide(intent()).allowed
        relay.drop()
        decides_again(gate, intent)


def test_a_fork_connects_by_itself(relay, intent) -> None:
    with Gate(socket=relay.path) as gate:
        assert gate.decide(intent()).allowed
        pid = os.fork()
        if pid == 0:
            status = 9
            try:
                status = 0 if gate.decide(intent()).allowed else 1
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert gate.decide(intent()).allowed


def test_many_processes(relay) -> None:
    code = """
from gait import IntentContext, capture_intent, open_gate
with open_gate() as gate:
    for n in range(20):
        intent = capture_intent(tool_name="tool.read", args={"n": n}, context=IntentContext("a", "/w", "low"))
        assert gate.decide(intent).allowed
"""
    environment = {**package_on_path(), "GAIT_GATE_SOCKET": str(relay.path)}
    clients = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(4)]
    assert [client.wait(120) for client in clients] == [0] * 4


def test_nobody_listens(intent, tmp_path) -> None:
    with Gate(socket=tmp_path / "nowhere.sock") as gate:
        refused(gate, intent(), "not_found")
    (tmp_path / "file").touch()
    with Gate(socket=tmp_path / "file") as gate:
        refused(gate, intent(), "not_found")
    with Gate(socket="/" + "x" * 200) as gate:
        refused(gate, intent(), "not_found")


def test_who_listens_must_be_trusted(intent, tmp_path, monkeypatch) -> None:
    """Another user who listens at the path would allow everything."""
    if not hasattr(socket, "SO_PEERCRED"):
        pytest.skip("this system does not tell who is on the other side")

    def allow(connection: socket.socket) -> None:
        lines = connection.makefile("rwb")
        for line in lines:
            answer = {"id": json.loads(line)["id"], "ok": False, "verdict": "block", "exit_code": 6}
            lines.write(json.dumps(answer).encode() + b"\n")
            lines.flush()

    other = 12345
    monkeypatch.setattr(unix, "peer_uid", lambda _connection: other)
    with Relay(tmp_path / "g.sock", serve=allow) as relay:
        with Gate(socket=relay.path) as gate:
            refused(gate, intent(), "untrusted")
            monkeypatch.setenv("GAIT_GATE_SOCKET_UID", "999")
            refused(gate, intent(), "untrusted")
            monkeypatch.setenv("GAIT_GATE_SOCKET_UID", "everybody")
            refused(gate, intent(), "untrusted")
            monkeypatch.setenv("GAIT_GATE_SOCKET_UID", str(other))
            with pytest.raises(Exception) as caught:
                gate.decide(intent())
            assert getattr(caught.value, "exit_code", None) == 6


def test_the_peer_is_this_user(relay) -> None:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(relay.path))
    assert unix.peer_uid(connection) == os.geteuid()
    connection.close()


@pytest.mark.parametrize(
    ("serve", "reason"),
    [
        (lambda connection: None, "start_failed"),
        (lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n") or connection.recv(1 << 16), "garbage"),
        (lambda connection: connection.recv(1) and time.sleep(3), "timeout"),
    ],
)
def test_something_else_listens(intent, tmp_path, serve, reason) -> None:
    with Relay(tmp_path / "g.sock", serve=serve) as relay, Gate(socket=relay.path, timeout=1) as gate:
        refused(gate, intent(), reason)


def test_nobody_accepts(intent, tmp_path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "g.sock"))
    listener.listen(0)
    held = []
    for _ in range(3):
        waiting = socket.socket(socket.AF_UNIX)
        waiting.setblocking(False)
        try:
            waiting.connect(str(tmp_path / "g.sock"))
        except BlockingIOError:
            pass
        held.append(waiting)
    with Gate(socket=tmp_path / "g.sock", timeout=0.5) as gate:
        with pytest.raises(GateUnavailableError):
            gate.decide(intent())
    for one in [*held, listener]:
        one.close()


def test_gait_gate_serve(gait, policy, intent) -> None:
    """The gate that is meant to listen there."""
    command = command_prefix(gait)
    options = ["gate", "serve", "--policy", str(policy), "--socket", "serve.sock"]
    server = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
    try:
        for _ in range(3000):
            if Path("serve.sock").exists():
                break
            time.sleep(0.01)
        with Gate(socket=Path("serve.sock").resolve()) as gate, Gate(socket=Path("serve.sock").resolve()) as other:
            assert gate.decide(intent()).allowed and other.decide(intent()).allowed
            decision = gate.decide(intent("tool.burn"))
            assert decision.verdict == "block" and Path(decision.trace_path or "").exists()
            server.terminate()
            server.wait(30)
            for _ in range(2):  # the first call may only learn that the other side went away
                with pytest.raises(GateUnavailableError) as caught:
                    gate.decide(intent())
            assert caught.value.reason == "not_found"
    finally:
        server.kill()
        server.wait()
