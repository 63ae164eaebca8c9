"""A handler of a signal comes in the middle of a call, and uses the gate that is being asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
