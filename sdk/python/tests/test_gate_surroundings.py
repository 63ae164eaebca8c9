"""A gate whose process forks, ends, is interrupted or is short of something while calls are on their way."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pytest

from conftest import children
from fakes import ALLOWS, HANGS, gate as fake_gate
from gait import AsyncGate, Gate, GateUnavailableError, ToolAdapter, capture_intent, run_session
from gait.stream.unix import SocketTransport
from refusals import DEADLINE, refused
from test_gate import package_on_path

pytestmark = pytest.mark.usefixtures("no_child_stays")


def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to another folder, whose policy of the same name allows everything."""
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "policy.yaml").write_text("default_verdict: allow\n")
    monkeypatch.chdir(other)


def test_another_working_folder_is_no_other_policy(gait, policy, context, tmp_path, monkeypatch) -> None:
    refused_call = capture_intent(tool_name="tool.burn", args={}, context=context)
    adapter = ToolAdapter(policy.name, gait_bin=gait)
    with Gate(policy.name, gait_bin=gait) as late, Gate(policy.name, gait_bin=gait) as ended:
        assert ended.decide(refused_call).verdict == "block"
        for child in children():
            os.kill(child, signal.SIGKILL)
        elsewhere(tmp_path, monkeypatch)
        assert late.decide(refused_call).verdict == "block"
        assert ended.decide(refused_call).verdict == "block"
    assert adapter.gate_intent(intent=refused_call).verdict == "block"


def test_a_session_is_recorded_where_it_began(gait, tmp_path, monkeypatch) -> None:
    with run_session(run_id="run_moved", gait_bin=gait):
        elsewhere(tmp_path, monkeypatch)
    assert (tmp_path / "gait-out" / "runpack_run_moved.zip").exists()


def test_another_working_folder_is_no_other_socket(tmp_path, monkeypatch) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        listening.listen()
        transport = SocketTransport("s", str(tmp_path))
        elsewhere(tmp_path, monkeypatch)
        transport.open(DEADLINE)
        transport.close(0)


def test_a_fork_in_the_middle_of_a_call(fake, intent) -> None:
    code = fake_gate("l = line(); open('asked', 'w').close()\nwhile not os.path.exists('forked'): time.sleep(0.001)\nallow(l['id'])\nsys.stdin.read()")
    with Gate("p", gait_bin=fake(code)) as gate:
        results: list[bool] = []
        thread = threading.Thread(target=lambda: results.append(gate.decide(intent()).allowed))
        thread.start()
        while not Path("asked").exists():
            time.sleep(0.001)
        pid = os.fork()
        if pid == 0:
            status = 9
            try:
                # The forked gate knows of no call; it starts a process of its own, of which nothing is left.
                gate.decide(intent())
                gate.close()
                status = 0 if children() == set() else 1
            except GateUnavailableError:
                status = 2
            finally:
                os._exit(status)
        Path("forked").touch()
        thread.join(DEADLINE)
        assert results == [True]
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_end_of_the_input_comes_although_a_forked_child_lives(fake, intent) -> None:
    """A child holds no end of the pipes, so closing ends the gate without force."""
    code = fake_gate("allow(line()['id'])\nsys.stdin.read()\nopen('ended', 'w').close()")
    gate = Gate("p", gait_bin=fake(code))
    gate.decide(intent())
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    gate.close()
    assert Path("ended").exists()
    os.close(writer)
    os.close(reader)
    os.waitpid(pid, 0)


@pytest.mark.parametrize("daemon", [True, False])
def test_the_interpreter_ends_with_calls_in_flight(fake, daemon) -> None:
    code = f"""
import threading
from gait import Gate, GaitError, IntentContext, capture_intent
gate = Gate("p", gait_bin={fake(HANGS)!r}, timeout=2)
intent = capture_intent(tool_name="t", args={{}}, context=IntentContext("a", "/w", "low"))
def call():
    try:
        gate.execute(intent=intent, executor=lambda _: print("RAN"))
    except GaitError as error:
        print(f"REFUSED {{error.reason}}\\n", end="")
for _ in range(4):
    threading.Thread(target=call, daemon={daemon}).start()
while not gate._worker._connection._pending: pass
print(gate._worker._connection._transport._child.pid if gate._worker._connection._transport else 0, flush=True)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DEADLINE, env=package_on_path()
    )
    assert ended.returncode == 0 and "RAN" not in ended.stdout
    assert daemon or ended.stdout.count("REFUSED timeout") == 4
    assert not Path(f"/proc/{ended.stdout.split()[0]}").exists()


def test_calls_at_the_very_end_of_the_interpreter(gait, policy) -> None:
    code = f"""
import atexit
from gait import Gate, GaitError, IntentContext, capture_intent
intent = capture_intent(tool_name="tool.read", args={{}}, context=IntentContext("a", "/w", "low"))
def last():
    try:
        print(Gate({str(policy)!r}, gait_bin={gait!r}).decide(intent).verdict)
    except GaitError as error:
        print("REFUSED", error)
atexit.register(last)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DEADLINE, env=package_on_path()
    )
    assert ended.returncode == 0 and (ended.stdout.startswith("REFUSED") or ended.stdout == "allow\n")


def test_an_interrupt_of_the_agent_leaves_the_gate_alone(fake, context) -> None:
    """Ctrl-C goes to the process group of the terminal; the gate is not in it, and a call that waited is given up."""
    code = f"""
import os, signal, sys
from gait import Gate, IntentContext, capture_intent
gate = Gate("p", gait_bin={fake(fake_gate("line(); open('asked', 'w').close(); n = line(); allow(n['id']); sys.stdin.read()"))!r})
intent = capture_intent(tool_name="t", args={{}}, context=IntentContext("a", "/w", "low"))
try:
    print("ready", flush=True)
    gate.decide(intent)
except KeyboardInterrupt:
    print(gate.decide(intent).verdict)
"""
    agent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=package_on_path(), start_new_session=True
    )
    while not Path("asked").exists():
        time.sleep(0.001)
    os.killpg(agent.pid, signal.SIGINT)
    out, _ = agent.communicate(timeout=DEADLINE)
    assert out == "ready\nallow\n" and agent.returncode == 0


def test_tasks_are_refused_alike(fake, intent) -> None:
    async def main() -> None:
        gate = AsyncGate("p", gait_bin=fake(HANGS), timeout=1)
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        results = await asyncio.gather(*(gate.decide(intent(n=n)) for n in range(5)), return_exceptions=True)
        ticking.cancel()
        await gate.close()
        assert all(isinstance(result, GateUnavailableError) for result in results)
        assert ticks > 3  # the loop was never blocked

    asyncio.run(main())


def test_nothing_stays_when_threads_cannot_start(monkeypatch, intent) -> None:
    def refuse(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    gate = Gate("p", gait_bin="gait")
    descriptors = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    refused(gate, intent(), "closed")
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_the_collector_may_close_a_gate_in_its_own_thread(fake, intent) -> None:
    """A gate in a cycle is closed by whichever thread allocates next, also by its own while that holds the lock."""
    gate = Gate("p", gait_bin=fake(ALLOWS), timeout=10)
    worker = gate._worker

    class Collected(deque):
        def __iter__(self):
            if threading.current_thread() is worker._thread:
                worker.close()
            return super().__iter__()

    worker._outbox = Collected()
    try:
        gate.decide(intent())
    except GateUnavailableError as error:
        assert error.reason == "closed"
    thread = worker._thread
    if thread is not None:
        thread.join(DEADLINE / 2)
    assert worker._thread is None


def test_no_descriptor_is_leaked(fake, intent) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for code in (ALLOWS, fake_gate("line(); os._exit(3)"), fake_gate("line(); print('no', flush=True); sys.stdin.read()")):
        with Gate("p", gait_bin=fake(code)) as gate:
            for _ in range(3):
                try:
                    gate.decide(intent())
                except GateUnavailableError:
                    pass
    assert len(os.listdir("/proc/self/fd")) == before


def test_descriptors_beyond_the_reach_of_select(fake, intent) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1200:
        pytest.skip("too few descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(1050)]
    try:
        with Gate("p", gait_bin=fake(ALLOWS)) as gate:
            assert gate.decide(intent()).allowed
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_intent_that_changes_while_it_waits(fake, context) -> None:
    """What was decided is what the executor gets."""
    args = {"path": "/srv/a"}
    intent = capture_intent(tool_name="t", args=args, context=context)
    with Gate("p", gait_bin=fake(ALLOWS)) as gate:
        outcome = gate.execute(intent=intent, executor=lambda call: (args.update(path="/etc"), call.args["path"])[1])
    assert outcome.result == "/srv/a"


