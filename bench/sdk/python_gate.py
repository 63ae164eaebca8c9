"""Decisions of the Python package, for bench/sdk/python.ts: what to measure is in the arguments, the answer is JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

from gait import IntentContext, IntentRequest, IntentTarget, capture_intent, evaluate_gate, open_gate

CONTEXT = IntentContext(identity="agent-7", workspace="/srv", risk_class="low")


def intent(number: int) -> IntentRequest:
    return capture_intent(
        tool_name="tool.write",
        args={"path": "/tmp/x", "content": "hello world", "n": number},
        context=CONTEXT,
        targets=[IntentTarget("path", "/tmp/x", "write")],
    )


def one_process_a_call(calls: int) -> dict[str, Any]:
    began = time.perf_counter()
    for number in range(calls):
        result = evaluate_gate(policy_path="policy.yaml", intent=intent(number), trace_out=f"eval/{number}.json")
        assert result.allowed
    return {"rate": calls / (time.perf_counter() - began)}


def disk(appends: int) -> dict[str, Any]:
    """What the disk takes for a record by itself, of which a decision needs one."""
    times = []
    with open("appended", "ab", buffering=0) as file:
        for _ in range(appends):
            began = time.perf_counter()
            file.write(b"x" * 2600)
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return spread(times)


def spread(times: list[float]) -> dict[str, Any]:
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))] * 1000  # noqa: E731
    return {"rate": len(times) / sum(times), "p50": at(0.5), "p99": at(0.99)}


def one_gate(calls: int, warm: int = 200, **options: Any) -> dict[str, Any]:
    """Calls one after the other, as an agent makes them."""
    times = []
    with open_gate("policy.yaml", **options) as gate:
        for number in range(warm):
            assert gate.decide(intent(-1 - number)).allowed
        for number in range(calls):
            began = time.perf_counter()
            assert gate.decide(intent(number)).allowed
            times.append(time.perf_counter() - began)
    return spread(times)


def clients(count: int, calls: int) -> dict[str, Any]:
    """The decisions a second of all clients together; all of them begin at the same moment."""
    command = [sys.executable, __file__, "client", str(calls)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, **pipes) for _ in range(count)]
    for one in running:
        assert one.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for one in running:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in running:
        assert one.stdout.readline() == "done\n"
    seconds = time.perf_counter() - began
    for one in running:
        one.stdin.close()
        assert one.wait() == 0
    return {"rate": count * calls / seconds}


def client(calls: int) -> None:
    with open_gate("policy.yaml") as gate:
        for number in range(100):
            assert gate.decide(intent(-1 - number)).allowed
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(calls):
            assert gate.decide(intent(number)).allowed
        print("done", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    if what == "client":
        client(int(numbers[0]))
    else:
        measured = {"process": one_process_a_call, "gate": one_gate, "disk": disk, "clients": clients}[what](*map(int, numbers))
        print(json.dumps(measured))
