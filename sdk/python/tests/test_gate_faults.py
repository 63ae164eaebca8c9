"""Gates that are missing, old, killed, hanging or talking nonsense: no tool runs, nothing waits, nobody is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pytest

from conftest import children
from fakes import ALLOWS, BEGIN, HANGS, gate as fake_gate
from gait import AsyncGate, Gate, GateDecisionError, GateUnavailableError, capture_intent
from test_gate import package_on_path

pytestmark = pytest.mark.usefixtures("no_child_stays")

# Far beyond every deadline here: what takes longer would have hung.
DEADLINE = 60.0


def refused(gate: Gate, intent: object, reason: str, *, limit: float = 5.0) -> str:
    """The tool is not executed, the error says why, and it comes before the deadline."""
    began = time.monotonic()
    with pytest.raises(GateUnavailableError) as caught:
        gate.execute(intent=intent, executor=lambda _: pytest.fail("the tool ran"))
    assert caught.value.reason == reason, caught.value
    assert caught.value.reason in GateUnavailableError.REASONS
    assert time.monotonic() - began < limit + DEADLINE / 2
    return str(caught.value)


def test_missing(intent, tmp_path) -> None:
    for name in ("no-such-gait", str(tmp_path / "gait"), str(tmp_path)):
        with Gate("p", gait_bin=name) as gate:
            assert name in refused(gate, intent(), "not_found")
            refused(gate, intent(), "not_found")
    with Gate("p", gait_bin=sys.executable, cwd=tmp_path / "nowhere") as gate:
        assert "cwd" in refused(gate, intent(), "not_found")
    text = tmp_path / "text"
    text.write_text("not a program")
    text.chmod(0o755)
    with Gate("p", gait_bin=str(text)) as gate:
        refused(gate, intent(), "not_found")


def test_too_old(fake, intent) -> None:
    code = "import sys; sys.stderr.write('unknown subcommand \"gate stream\"\\n'); raise SystemExit(6)"
    with Gate("p", gait_bin=fake(code)) as gate:
        message = refused(gate, intent(), "start_failed")
        assert "unknown subcommand" in message and "ended with 6" in message


def test_refused_options_of_the_real_executable(gait, intent, policy) -> None:
    with Gate(policy, gait_bin=gait, options={"no-such-flag": True}) as gate:
        assert "no-such-flag" in refused(gate, intent(), "start_failed")


def test_killed_while_it_decides(fake, intent) -> None:
    with Gate("p", gait_bin=fake(fake_gate("line(); os.kill(os.getpid(), signal.SIGKILL)"))) as gate:
        assert "SIGKILL" in refused(gate, intent(), "died")


def test_killed_and_started_again(gait, policy, intent) -> None:
    with Gate(policy, gait_bin=gait) as gate:
        assert gate.decide(intent()).allowed
        (pid,) = children()
        os.killpg(pid, signal.SIGKILL)
        # What is sent before the death is noticed fails; what comes after it starts a new process.
        verdicts = []
        for _ in range(3):
            try:
                verdicts.append(gate.decide(intent()).allowed)
            except GateUnavailableError as error:
                assert error.reason == "died"
        assert verdicts[-1:] == [True] and children() != {pid}


def test_all_that_wait_fail_when_it_dies(fake, intent) -> None:
    code = fake_gate("for _ in range(8): line()\nos._exit(7)")
    with Gate("p", gait_bin=fake(code)) as gate:
        calls = [gate.submit(intent(n=n)) for n in range(8)]
        for call in calls:
            assert isinstance(call.future.exception(DEADLINE), GateUnavailableError)


def test_hanging(fake, intent) -> None:
    with Gate("p", gait_bin=fake(HANGS), timeout=1) as gate:
        refused(gate, intent(), "timeout", limit=1)
        while children():  # it is ended, although the gate is not closed
            time.sleep(0.001)


def test_hanging_before_it_says_anything(fake, intent) -> None:
    with Gate("p", gait_bin=fake("import time\nwhile True: time.sleep(60)"), timeout=0.5) as gate:
        refused(gate, intent(), "timeout", limit=0.5)


def test_hanging_without_reading(fake, intent) -> None:
    """The pipe fills up, and writing must not wait for ever."""
    with Gate("p", gait_bin=fake(HANGS), timeout=1) as gate:
        calls = [gate.submit(intent(text="x" * 500_000)) for _ in range(4)]
        for call in calls:
            error = call.future.exception(DEADLINE)
            assert isinstance(error, GateUnavailableError) and error.reason == "timeout"


def test_deaf_to_every_signal_but_one(fake, intent) -> None:
    code = fake_gate("for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(s, signal.SIG_IGN)\nwhile True: time.sleep(60)")
    gate = Gate("p", gait_bin=fake(code), timeout=0.5)
    call = gate.submit(intent(), timeout=30)
    while not gate._worker._pending:
        time.sleep(0.001)
    gate.close()
    assert isinstance(call.future.exception(DEADLINE), GateUnavailableError)


def test_slow_is_not_hanging(fake, intent) -> None:
    """A deadline of one call does not end a gate that answers others meanwhile."""
    code = fake_gate("first = line()\nsecond = line()\nallow(second['id'])\nthird = line()\nallow(first['id'])\nallow(third['id'])\nsys.stdin.read()")
    with Gate("p", gait_bin=fake(code), timeout=30) as gate:
        first = gate.submit(intent(n=1), timeout=1)
        assert gate.decide(intent(n=2)).allowed
        error = first.future.exception(DEADLINE)
        assert isinstance(error, GateUnavailableError) and error.reason == "timeout"
        assert gate.decide(intent(n=3)).allowed  # the late answer to the first one disturbs nothing


@pytest.mark.parametrize(
    "answer",
    [
        "print('hello there', flush=True)",
        "print('{}', flush=True)",
        "print('[]', flush=True)",
        "say(id=99, ok=True, verdict='allow', exit_code=0)",
        "say(id=1, ok=True, verdict='allow', exit_code=0)",
        "say(id='2', ok=True, verdict='allow', exit_code=0)",
        "say(id=True, ok=True, verdict='allow', exit_code=0)",
        "say(id=2, ok=1, verdict='allow', exit_code=0)",
        "say(id=2, ok=True, verdict='allow', exit_code=3)",
        "say(id=2, ok=True, verdict='ALLOW', exit_code=0)",
        "say(id=2, ok=True, verdict='allow', exit_code='0')",
        "say(id=2, ok=True, verdict=['allow'], exit_code=0)",
        "say(id=2, ok=True, verdict='perhaps', exit_code=0)",
        "say(id=2, ok=False, verdict='allow', exit_code=0)",
        "say(id=2, ok=False, verdict='block', exit_code=0)",
        "say(id=2, ok=True, exit_code=0)",
        "print('{\"id\":2,\"ok\":true,\"verdict\":\"block\",\"verdict\":\"allow\",\"exit_code\":0}', flush=True)",
        "sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()",
        "print('[' * 100000, flush=True)",
        "print('1' * 5000, flush=True)",
    ],
)
def test_garbage(fake, intent, answer) -> None:
    with Gate("p", gait_bin=fake(fake_gate(f"line()\n{answer}\nsys.stdin.read()"))) as gate:
        refused(gate, intent(), "garbage")


def test_an_echo_is_no_gate(intent) -> None:
    with Gate("p", gait_bin=["sh", "-c", "exec cat"]) as gate:
        refused(gate, intent(), "garbage")


def test_a_gate_that_decides_an_empty_call_is_none(fake, intent) -> None:
    with Gate("p", gait_bin=fake(BEGIN + "allow(line()['id'])\nsys.stdin.read()")) as gate:
        refused(gate, intent(), "garbage")


def test_an_endless_answer(fake, intent) -> None:
    with Gate("p", gait_bin=fake(fake_gate("line()\nwhile True: sys.stdout.write('x' * 65536)"))) as gate:
        refused(gate, intent(), "garbage")


def test_much_on_standard_error(fake, intent) -> None:
    code = fake_gate("for _ in range(100): sys.stderr.write('e' * 10000 + '\\n')\nallow(line()['id'])\nsys.stderr.close(); os.close(2)\nallow(line()['id'])\nsys.stdin.read()")
    with Gate("p", gait_bin=fake(code)) as gate:
        assert gate.decide(intent()).allowed and gate.decide(intent()).allowed


def test_answers_cut_anywhere(fake, intent) -> None:
    code = fake_gate(
        "while True:\n"
        "    l = sys.stdin.readline()\n"
        "    if not l: break\n"
        "    for c in json.dumps(dict(id=json.loads(l)['id'], ok=True, verdict='allow', exit_code=0)) + '\\n':\n"
        "        os.write(1, c.encode())"
    )
    with Gate("p", gait_bin=fake(code)) as gate:
        assert all(gate.decide(intent(n=n)).allowed for n in range(5))


def test_disk_full(gait, policy, intent, tmp_path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(full)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        with Gate(policy, gait_bin=gait, trace_dir=full / "traces") as gate:
            with pytest.raises(GateDecisionError) as caught:
                for n in range(200):
                    gate.execute(intent=intent(n=n), executor=lambda _: None)
            assert caught.value.error_code == "io_failure"
            count: list[int] = []
            with pytest.raises(GateDecisionError):
                gate.execute(intent=intent(n=-1), executor=lambda _: count.append(1))
            assert count == []
    finally:
        subprocess.run(["umount", str(full)], check=True)


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
while not gate._worker._pending: pass
print(gate._worker._transport._child.pid if gate._worker._transport else 0, flush=True)
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


