"""A caller that is alone speaks with the gate itself: interrupts, forks, and others that come in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conftest import children, wait_for_no_child
from fakes import ALLOWS, gate as fake_gate
from gait import Gate, GateUnavailableError
from gait.stream import connection as connection_module
from gait.stream.worker import ALONE, Worker
from refusals import DEADLINE, refused
from test_gate import package_on_path
from waiting import WAITS, until, when_asked

pytestmark = pytest.mark.usefixtures("no_child_stays")

def test_no_other_thread_is_involved(fake, intent, monkeypatch) -> None:
    with Gate("p", gait_bin=fake(ALLOWS)) as gate:
        gate.decide(intent())
        monkeypatch.setattr(Worker, "_hand_over", lambda *_: pytest.fail("another thread is asked"))
        monkeypatch.setattr(Worker, "_wake", lambda *_: pytest.fail("another thread is woken"))
        assert all(gate.decide(intent(n=n)).allowed for n in range(20))
        monkeypatch.undo()


def test_another_caller_comes_in_the_middle(fake, intent, monkeypatch) -> None:
    with Gate("p", gait_bin=fake(WAITS)) as gate:
        gate.decide(intent())
        others: list[bool] = []
        more = [threading.Thread(target=lambda: others.append(gate.decide(intent(n=3)).allowed)) for _ in range(4)]

        def come() -> None:
            for thread in more:
                thread.start()

        thread = when_asked(come)
        assert gate.decide(intent(n=2)).allowed
        for one in [thread, *more]:
            one.join(DEADLINE)
        assert others == [True] * 4
        # Callers that come in step stay with the thread; who is alone for long enough speaks with the gate again.
        for _ in range(ALONE + 1):
            assert gate.decide(intent()).allowed
        monkeypatch.setattr(Worker, "_hand_over", lambda *_: pytest.fail("another thread is asked"))
        assert gate.decide(intent()).allowed
        monkeypatch.undo()


def test_hanging(fake, intent) -> None:
    code = fake_gate("allow(line()['id'])\nwhile True: time.sleep(60)")
    with Gate("p", gait_bin=fake(code), timeout=20) as gate:
        gate.decide(intent())
        gate.timeout = 0.5
        refused(gate, intent(), "timeout", limit=0.5)
        wait_for_no_child()  # it is ended, although the gate is not closed


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("line(); os._exit(3)", "died"),
        ("line(); os.kill(os.getpid(), signal.SIGKILL)", "died"),
        ("n = line()['id']; allow(n); allow(n); sys.stdin.read()", None),
        ("line(); print('{}', flush=True); sys.stdin.read()", "garbage"),
        ("line(); say(id=2, ok=True, verdict='allow', exit_code=0); sys.stdin.read()", "garbage"),
        ("n = line()['id']; print('no', flush=True); allow(n); sys.stdin.read()", "garbage"),
        ("n = line()['id']; os.write(1, b'no\\n' + json.dumps(dict(id=n, ok=True, verdict='allow', exit_code=0)).encode() + b'\\n'); sys.stdin.read()", "garbage"),
        ("line(); os.close(1); time.sleep(60)", "died"),
        ("os.close(0); time.sleep(60)", "timeout"),
    ],
)
def test_the_other_side_misbehaves(fake, intent, end, reason) -> None:
    with Gate("p", gait_bin=fake(fake_gate(f"allow(line()['id'])\n{end}")), timeout=10) as gate:
        gate.decide(intent())
        if reason is None:
            gate.decide(intent())
            return
        if reason == "timeout":
            gate.timeout = 0.5
        with pytest.raises(GateUnavailableError) as caught:
            gate.execute(intent=intent(), executor=lambda _: pytest.fail("the tool ran"))
        assert caught.value.reason == reason or (reason == "timeout" and caught.value.reason == "died"), caught.value
        gate.timeout = 20
        assert gate.decide(intent()).allowed  # by a new process


def test_a_gate_that_dies_between_two_calls_is_reaped_and_replaced(fake, intent) -> None:
    with Gate("p", gait_bin=fake(ALLOWS)) as gate:
        for _ in range(3):
            gate.decide(intent())
            assert gate.decide(intent()).allowed
            (pid,) = children()
            os.killpg(pid, signal.SIGKILL)
            wait_for_no_child()


def test_an_interrupt_while_it_waits_leaves_the_gate_alone(fake) -> None:
    code = f"""
import os, signal, sys, threading, time
from pathlib import Path
from gait import Gate, IntentContext, capture_intent
gate = Gate("p", gait_bin={fake(WAITS)!r})
intent = capture_intent(tool_name="t", args={{}}, context=IntentContext("a", "/w", "low"))
gate.decide(intent)
pid = gate._worker._connection._transport._child.pid
main = threading.main_thread().ident
def interrupt():
    while not Path("asked").exists() or sys._current_frames()[main].f_code.co_name != "ready":
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    gate.decide(intent)
except KeyboardInterrupt:
    Path("answer").touch()
    print(gate.decide(intent).verdict, pid == gate._worker._connection._transport._child.pid)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=package_on_path(), timeout=DEADLINE
    )
    assert ended.stdout == "allow True\n" and ended.returncode == 0


@pytest.mark.parametrize("place", ["read_answer", "before it is sent", "after it is sent"])
def test_an_interrupt_in_the_middle_of_a_line_mixes_nothing_up(fake, intent, monkeypatch, place) -> None:
    def interrupt(*_: object) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    with Gate("p", gait_bin=fake(ALLOWS)) as gate:
        gate.decide(intent())
        connection = gate._worker._connection
        if place == "read_answer":
            monkeypatch.setattr(connection_module, "read_answer", interrupt)
        elif place == "before it is sent":
            monkeypatch.setattr(connection, "_flush", interrupt)
        else:
            flush = connection._flush
            monkeypatch.setattr(connection, "_flush", lambda: (flush(), interrupt()))
        with pytest.raises(KeyboardInterrupt):
            gate.decide(intent())
        assert all(gate.decide(intent(n=n)).allowed for n in range(5))


def test_a_turn_that_was_not_given_back_is_taken(fake, intent, monkeypatch) -> None:
    """A second Ctrl-C may come while the first one is cleaned up after."""

    def interrupt(*_: object) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    with Gate("p", gait_bin=fake(ALLOWS)) as gate:
        gate.decide(intent())
        monkeypatch.setattr(Worker, "_give_back", interrupt)
        with pytest.raises(KeyboardInterrupt):
            gate.decide(intent())
        answers: list[bool] = []
        thread = threading.Thread(target=lambda: answers.append(gate.decide(intent()).allowed))
        thread.start()
        thread.join(DEADLINE)
        assert answers == [True]
        assert gate.decide(intent()).allowed


def test_another_thread_forks(fake, intent) -> None:
    with Gate("p", gait_bin=fake(WAITS)) as gate:
        gate.decide(intent())
        status: list[int] = []

        def fork() -> None:
            pid = os.fork()
            if pid == 0:
                code = 9
                try:
                    code = 0 if gate.decide(intent(), timeout=20).allowed and gate.decide(intent(), timeout=20) else 1
                    gate.close()
                finally:
                    os._exit(code)
            Path("answer").touch()
            status.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

        thread = when_asked(fork)
        assert gate.decide(intent()).allowed
        thread.join(DEADLINE)
        assert status == [0]


@pytest.mark.parametrize("daemon", [True, False])
def test_the_interpreter_ends_in_the_middle_of_it(fake, daemon) -> None:
    code = f"""
import threading, time
from pathlib import Path
from gait import Gate, GaitError, IntentContext, capture_intent
gate = Gate("p", gait_bin={fake(WAITS)!r}, timeout=2)
intent = capture_intent(tool_name="t", args={{}}, context=IntentContext("a", "/w", "low"))
gate.decide(intent, timeout=20)
def call():
    try:
        gate.execute(intent=intent, executor=lambda _: print("RAN"))
    except GaitError as error:
        print("REFUSED", error.reason)
threading.Thread(target=call, daemon={daemon}).start()
while not Path("asked").exists(): time.sleep(0.001)
print(gate._worker._connection._transport._child.pid, flush=True)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DEADLINE, env=package_on_path()
    )
    assert ended.returncode == 0 and "RAN" not in ended.stdout
    assert daemon or "REFUSED timeout" in ended.stdout
    assert not Path(f"/proc/{ended.stdout.split()[0]}").exists()


def test_close_by_another_thread(fake, intent) -> None:
    gate = Gate("p", gait_bin=fake(WAITS), timeout=20)
    gate.decide(intent())
    closing = threading.Thread(target=lambda: (until("asked"), gate.close()))
    closing.start()
    answering = threading.Thread(target=lambda: (until("asked"), Path("answer").touch()))
    answering.start()
    assert gate.decide(intent()).allowed  # what is on its way is answered
    closing.join(DEADLINE)
    answering.join(DEADLINE)
    refused(gate, intent(), "closed")


def test_many_callers_and_many_interruptions(gait, policy, intent) -> None:
    """Threads that are alone now and then, the gate killed again and again: each answer belongs to its call."""
    wanted = {"tool.read": "allow", "tool.write": "require_approval", "tool.burn": "block"}
    wrong: list[object] = []
    stop = threading.Event()

    def call_on(pause: float) -> None:
        at = 0
        while not stop.is_set():
            at += 1
            tool = [*wanted][at % 3]
            try:
                answer = gate.decide(intent(tool, n=at))
                if answer.verdict != wanted[tool]:
                    wrong.append((tool, answer))
            except GateUnavailableError as error:
                if error.reason not in ("died", "start_failed"):
                    wrong.append(error)
            if at % 7 == 0:
                stop.wait(pause)

    with Gate(policy, gait_bin=gait, options={"no-trace": True}) as gate:
        threads = [threading.Thread(target=call_on, args=(pause,)) for pause in (0.0, 0.003, 0.01)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            stop.wait(0.5)
            for pid in children():
                os.killpg(pid, signal.SIGKILL)
        stop.wait(0.5)
        stop.set()
        for thread in threads:
            thread.join(DEADLINE)
        assert wrong == []
        assert gate.decide(intent()).allowed
