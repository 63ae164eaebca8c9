"""A handler of a signal comes in the middle of a call, and uses the gate that is being asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fakes import ALLOWS
from gait import Gate, GateEvalResult, GateUnavailableError, RunSession
from refusals import DEADLINE
from test_gate import package_on_path
from waiting import WAITS

pytestmark = pytest.mark.usefixtures("no_child_stays")


def on_signal(fake, do: str) -> str:
    """What an agent prints that does this in a handler of a signal, which comes while a call waits for its answer.

    The gate has the line before the caller is back from writing it, and in the middle of a line a handler can ask
    nothing; so the agent sends the signal itself, once its main thread waits.
    """
    code = f"""
import os, signal, sys, threading, time
from pathlib import Path
from gait import Gate, GaitError, IntentContext, capture_intent
gate = Gate("p", gait_bin={fake(WAITS)!r}, timeout=20)
intent = capture_intent(tool_name="t", args={{}}, context=IntentContext("a", "/w", "low"))
def decide(who, **options):
    try:
        print(who, gate.decide(intent, **options).verdict, flush=True)
    except GaitError as error:
        print(who, error.reason, flush=True)
def handle(*_):
    {do}
def interrupt():
    waits = lambda: sys._current_frames()[threading.main_thread().ident].f_code.co_name == "ready"
    while not (Path("asked").exists() and waits()): time.sleep(0.001)
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
signal.signal(signal.SIGUSR1, handle)
threading.Thread(target=interrupt, daemon=True).start()
decide("first")
decide("second")
"""
    agent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=package_on_path(), start_new_session=True
    )
    out, _ = agent.communicate(timeout=DEADLINE)
    assert agent.returncode == 0
    return out


def test_a_handler_of_a_signal_decides(fake) -> None:
    out = on_signal(fake, "Path('answer').touch(); decide('handler'); decide('again')")
    assert out == "first allow\nhandler allow\nagain allow\nsecond allow\n"


def test_a_handler_of_a_signal_closes_the_gate(fake) -> None:
    assert on_signal(fake, "gate.close(); decide('handler')") == "first allow\nhandler closed\nsecond died\n"


def test_a_handler_of_a_signal_forks(fake) -> None:
    out = on_signal(
        fake,
        "pid = os.fork()\n    if pid == 0: return\n    os.waitpid(pid, 0); Path('answer').touch()",
    )
    # The child has no part in the call; the answer is the parent's.
    assert out == "first allow\nsecond closed\nsecond allow\n"


def refused_at_once(gate: Gate, intent) -> None:
    began = time.monotonic()
    with pytest.raises(GateUnavailableError) as caught:
        gate.decide(intent())
    assert caught.value.reason == "interrupted" and "set a flag" in str(caught.value)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("place", ["_flush", "_read", "_take"])
def test_a_handler_in_the_middle_of_a_line_is_refused_at_once(fake, intent, monkeypatch, place) -> None:
    """It is a function of the same thread, wherever it comes."""
    with Gate("p", gait_bin=fake(ALLOWS), timeout=20) as gate:
        gate.decide(intent())
        connection = gate._worker._connection
        passed = getattr(connection, place)

        def handler(*given: object) -> None:
            monkeypatch.undo()
            refused_at_once(gate, intent)
            passed(*given)

        monkeypatch.setattr(connection, place, handler)
        assert gate.decide(intent()).allowed
        assert gate._worker._connection is connection  # nothing was ended
        assert gate.decide(intent()).allowed


def test_a_handler_is_refused_at_once_when_the_gate_died_meanwhile(fake, intent, monkeypatch) -> None:
    with Gate("p", gait_bin=fake(ALLOWS), timeout=20) as gate:
        gate.decide(intent())
        connection = gate._worker._connection
        exchange = connection.exchange

        def handler(until: float, others: object = ()) -> set[int]:
            monkeypatch.undo()
            os.killpg(connection._transport._child.pid, signal.SIGKILL)
            connection._transport._child.wait()
            refused_at_once(gate, intent)
            return exchange(until, others)

        monkeypatch.setattr(connection, "exchange", handler)
        assert gate.decide(intent()).allowed  # by the next gate, since nothing had been sent


def test_a_handler_is_refused_at_once_where_its_thread_holds_what_the_worker_waits_for(fake, intent) -> None:
    with Gate("p", gait_bin=fake(ALLOWS), timeout=20) as gate:
        with gate._worker._lock:
            refused_at_once(gate, intent)
        assert gate.decide(intent()).allowed


def test_a_handler_that_asks_while_the_first_call_starts_the_worker(fake, intent, monkeypatch) -> None:
    with Gate("p", gait_bin=fake(ALLOWS), timeout=20) as gate:
        pipe = os.pipe

        def handler() -> tuple[int, int]:
            monkeypatch.undo()
            refused_at_once(gate, intent)
            return pipe()

        monkeypatch.setattr(os, "pipe", handler)
        assert gate.decide(intent()).allowed
        assert [thread.name for thread in threading.enumerate()].count("gait-gate") == 1


def test_a_handler_notes_a_call_while_its_thread_notes_another(intent, tmp_path, monkeypatch) -> None:
    decision = GateEvalResult(ok=True, exit_code=0, verdict="allow")
    session = RunSession(run_id="run_1", cwd=tmp_path)
    session.__enter__()
    assert session._journal is not None
    write = session._journal._write

    def handler(line: object) -> None:
        monkeypatch.undo()
        noted = session.record_attempt(intent("second"), decision, executed=True)
        assert noted.intent_id == "intent_0002"
        write(line)

    monkeypatch.setattr(session._journal, "_write", handler)
    session.record_attempt(intent("first"), decision, executed=True)
    assert [(one.intent_id, one.tool_name) for one in session.attempts] == [
        ("intent_0001", "first"),
        ("intent_0002", "second"),
    ]
    lines = [json.loads(line) for line in Path(session._journal.path).read_text().splitlines()]
    assert [line["attempt"]["intents"][0]["tool_name"] for line in lines[1:]] == ["first", "second"]
    assert "session" in lines[0]
    session._journal.close()
