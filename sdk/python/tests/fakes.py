"""Gates that misbehave, as Python code. Each answers the first line, by which the client knows a gate."""

from __future__ import annotations

BEGIN = """
import json, os, sys, time, signal
def line():
    return json.loads(sys.stdin.readline())
def say(**members):
    sys.stdout.write(json.dumps(members) + "\\n"); sys.stdout.flush()
def hello():
    say(id=line()["id"], ok=False, verdict="block", exit_code=6, error_code="invalid_input", error="no intent")
def allow(number, **others):
    say(id=number, ok=True, verdict="allow", exit_code=0, reason_codes=[], violations=[], **others)
"""


def gate(code: str) -> str:
    """A gate that starts well and then does this."""
    return f"{BEGIN}\nhello()\n{code}\n"


HANGS = gate("while True: time.sleep(60)")
ALLOWS = gate("while True:\n    l = sys.stdin.readline()\n    if not l: break\n    allow(json.loads(l)['id'])")
