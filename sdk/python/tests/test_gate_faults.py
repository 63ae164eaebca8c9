"""Gates that are missing, old, killed, hanging or talking nonsense: no tool runs, nothing waits, nobody is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from conftest import children, wait_for_no_child
from fakes import BEGIN, HANGS, gate as fake_gate
from gait import Gate, GateDecisionError, GateUnavailableError
from refusals import DEADLINE, decides_again, refused

pytestmark = pytest.mark.usefixtures("no_child_stays")


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
        assert "unknown subcommand" in message and "ended with 6" in message and "older" in message


def test_killed_while_it_starts(fake, intent) -> None:
    with Gate("p", gait_bin=fake("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")) as gate:
        message = refused(gate, intent(), "start_failed")
        assert "SIGKILL" in message and "older" not in message


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
        decides_again(gate, intent)
        assert children() != {pid}


def test_all_that_wait_fail_when_it_dies(fake, intent) -> None:
    code = fake_gate("for _ in range(8): line()\nos._exit(7)")
    with Gate("p", gait_bin=fake(code)) as gate:
        calls = [gate.submit(intent(n=n)) for n in range(8)]
        for call in calls:
            assert isinstance(call.future.exception(DEADLINE), GateUnavailableError)


def test_hanging(fake, intent) -> None:
    with Gate("p", gait_bin=fake(HANGS), timeout=1) as gate:
        refused(gate, intent(), "timeout", limit=1)
        wait_for_no_child()  # it is ended, although the gate is not closed


def test_hanging_when_whoever_asked_has_given_up(fake, intent) -> None:
    """Somebody who waits a moment longer than the deadline may give up before the gate is found to hang."""
    with Gate("p", gait_bin=fake(HANGS), timeout=1) as gate:
        call = gate.submit(intent())
        while not call.sent_at and not call.future.done():
            time.sleep(0.001)
        assert call.future.cancel()
        wait_for_no_child()


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
    while not gate._worker._connection._pending:
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
        "say(id=2, ok=True, verdict='allow', exit_code=0, more=float('nan'))",
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
