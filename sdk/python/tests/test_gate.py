"""The open gate against the real executable: the same decisions as one process a call, from threads, tasks and forks."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import children
from gait import (
    AsyncGate,
    GaitError,
    Gate,
    GateDecisionError,
    GateEnforcementError,
    GateUnavailableError,
    approve,
    evaluate_gate,
    open_gate,
    run_session,
)
from gait.aio import approve_async


@pytest.mark.parametrize("tool", ["tool.read", "tool.write", "tool.burn", "tool.rehearse"])
def test_decisions_are_those_of_gate_eval(gait, policy, intent, tool, no_child_stays) -> None:
    one = evaluate_gate(policy_path=policy, intent=intent(tool, n=1), gait_bin=gait)
    with open_gate(policy, gait_bin=gait) as gate:
        other = gate.decide(intent(tool, n=1))
    for name in ("ok", "verdict", "exit_code", "reason_codes", "violations", "intent_digest", "policy_digest", "trace_id"):
        assert getattr(one, name) == getattr(other, name), name
    assert json.loads(Path(other.trace_path or "").read_text())["verdict"] == other.verdict


def test_traces_verify(gait, policy, intent) -> None:
    subprocess.run([gait, "keys", "init", "--out-dir", "keys", "--prefix", "gate"], check=True, capture_output=True)
    with open_gate(policy, gait_bin=gait, key_mode="prod", private_key="keys/gate_private.key", trace_dir="t") as gate:
        paths = [gate.decide(intent(tool)).trace_path for tool in ("tool.read", "tool.burn")]
    for path in paths:
        checked = subprocess.run([gait, "trace", "verify", path, "--public-key", "keys/gate_public.key"], capture_output=True)
        assert checked.returncode == 0


def test_many_threads_get_their_own_answers(gait, policy, intent, no_child_stays) -> None:
    with open_gate(policy, gait_bin=gait, options={"no-trace": True}) as gate, ThreadPoolExecutor(16) as pool:
        tools = ["tool.read", "tool.write", "tool.burn"] * 60
        answers = list(pool.map(lambda at: gate.decide(intent(tools[at], n=at)), range(len(tools))))
        digests = {answer.intent_digest for answer in answers}
    wanted = {"tool.read": "allow", "tool.write": "require_approval", "tool.burn": "block"}
    assert [answer.verdict for answer in answers] == [wanted[tool] for tool in tools]
    assert len(digests) == len(tools)


def test_an_open_gate_stands_where_an_adapter_does(gait, policy, context) -> None:
    with open_gate(policy, gait_bin=gait) as gate, run_session(run_id="r", gait_bin=gait) as session:

        @gate.tool(context=context, tool_name="tool.read")
        def read(path: str) -> str:
            return path

        @gate.tool(context=context)
        def burn() -> None:
            raise AssertionError("the tool ran")

        assert read("/srv/a") == "/srv/a"
        with pytest.raises(GateEnforcementError):
            burn()
    assert [(a.tool_name, a.status) for a in session.attempts] == [("tool.read", "ok"), ("burn", "block")]


def test_an_approval_lets_a_stopped_call_pass(gait, policy, intent) -> None:
    subprocess.run([gait, "keys", "init", "--out-dir", "keys", "--prefix", "lead"], check=True, capture_output=True)
    call = intent("tool.write", path="/srv/a")
    with open_gate(policy, gait_bin=gait, approval_public_key="keys/lead_public.key") as gate:
        stopped = gate.decide(call)
        token = approve(
            decision=stopped, tool_name="tool.write", approver="dana", reason_code="CHG-7",
            private_key="keys/lead_private.key", gait_bin=gait,
        )  # fmt: skip
        assert gate.decide(call, approval_tokens=[token]).allowed
        assert not gate.decide(call, approval_tokens=[token]).allowed  # once
        assert not gate.decide(intent("tool.write", path="/srv/b"), approval_tokens=[token]).allowed
    with pytest.raises(GaitError):
        approve(decision=stopped, approver="d", reason_code="c", private_key="k")
    with pytest.raises(GaitError):
        approve(decision=evaluate_gate(policy_path=policy, intent=intent(), gait_bin=gait), approver="d", reason_code="c", private_key="k")


def test_an_approval_without_blocking_the_event_loop(gait, policy, intent) -> None:
    subprocess.run([gait, "keys", "init", "--out-dir", "keys", "--prefix", "lead"], check=True, capture_output=True)
    call = intent("tool.write", path="/srv/a")

    async def main() -> None:
        async with AsyncGate(policy, gait_bin=gait, approval_public_key="keys/lead_public.key") as gate:
            token = await approve_async(
                decision=await gate.decide(call), tool_name="tool.write", approver="dana", reason_code="CHG-7",
                private_key="keys/lead_private.key", gait_bin=gait,
            )  # fmt: skip
            assert (await gate.decide(call, approval_tokens=[token])).allowed

    asyncio.run(main())


def test_a_call_that_cannot_be_decided(gait, policy, intent) -> None:
    with open_gate(policy, gait_bin=gait) as gate:
        with pytest.raises(GateDecisionError) as caught:
            gate.decide({"tool_name": "tool.read"})
        assert (caught.value.error_code, caught.value.exit_code) == ("invalid_input", 6)
        with pytest.raises(GateDecisionError):
            gate.decide(intent(text="\ud800"))
        with pytest.raises(GaitError, match="longer"):
            gate.decide(intent(text="x" * (1 << 20)))
        with pytest.raises(GaitError):
            gate.decide({"args": {1, 2}})
        for line in ({"a": 1 << 80}, {"a": "x\ny\u2028"}, {"a": "x" * 200_000}):
            try:
                gate.decide(intent(**line))
            except GateDecisionError:
                pass
        assert gate.decide(intent()).allowed  # the stream goes on
        policy.write_text("default_verdict: alow\n")
        with pytest.raises(GateDecisionError):
            gate.decide(intent())


def test_a_stopped_call_comes_with_the_command_that_approves_it(gait, policy, intent) -> None:
    subprocess.run([gait, "keys", "init", "--out-dir", "keys", "--prefix", "lead"], check=True, capture_output=True)
    with open_gate(policy, gait_bin=gait, approval_public_key="keys/lead_public.key") as gate:
        call = intent("tool.write", n=1)
        hints = {}
        for stopped in (call, intent("tool.burn"), intent("tool.rehearse")):
            with pytest.raises(GateEnforcementError) as caught:
                gate.tool(context=stopped.context, tool_name=stopped.tool_name)(lambda n=1: n)()
            hints[stopped.tool_name] = caught.value.hint
        assert (hints.pop("tool.burn"), hints.pop("tool.rehearse")) == ("", "")
        command = hints["tool.write"].replace("<you>", "dana").replace("<why>", "CHG-7")
        words = shlex.split(command.replace("<file>", "keys/lead_private.key"))
        subprocess.run([gait, *words[1:]], check=True, capture_output=True)
        assert gate.decide(call, approval_tokens=[json.loads(Path("approval.json").read_text())]).allowed


@pytest.mark.parametrize("tokens", ["approval.json", b"{}", ["approval.json"], [Path("approval.json")], {"token_id": "1"}])
def test_the_path_of_a_token_is_no_token(gait, policy, intent, tokens) -> None:
    with open_gate(policy, gait_bin=gait) as gate:
        for name in ("approval_tokens", "delegation_tokens"):
            with pytest.raises(TypeError, match=f"{name} is a list of tokens.*json.loads"):
                gate.decide(intent("tool.write", n=1), **{name: tokens})


def test_an_answer_under_another_policy_counts_for_nothing(gait, policy, intent) -> None:
    with open_gate(policy, gait_bin=gait) as gate:
        digest = gate.decide(intent()).policy_digest
    with open_gate(policy, gait_bin=gait, expect_policy_digest=digest) as gate:
        assert gate.decide(intent()).allowed
        policy.write_text("default_verdict: allow\n")
        with pytest.raises(GateDecisionError) as caught:
            gate.decide(intent())
        assert caught.value.exit_code == 2


def test_tasks(gait, policy, intent, context, no_child_stays) -> None:
    async def main() -> None:
        async with AsyncGate(policy, gait_bin=gait) as gate:
            answers = await asyncio.gather(*(gate.decide(intent(n=n)) for n in range(50)))
            assert all(answer.allowed for answer in answers)
            assert len({answer.intent_digest for answer in answers}) == 50

            @gate.tool(context=context, tool_name="tool.read")
            async def read(path: str) -> str:
                await asyncio.sleep(0)
                return path

            @gate.tool(context=context)
            async def burn() -> None:
                raise AssertionError("the tool ran")

            assert await read("/srv/a") == "/srv/a"
            with pytest.raises(GateEnforcementError):
                await burn()
            task = asyncio.create_task(gate.decide(intent()))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await gate.decide(intent())).allowed

    asyncio.run(main())


def test_a_fork_gets_a_gate_of_its_own(gait, policy, intent, no_child_stays) -> None:
    with open_gate(policy, gait_bin=gait) as gate:
        gate.decide(intent())
        mine = children()
        stop = threading.Event()

        def call_on() -> None:
            while not stop.is_set():
                gate.decide(intent())

        threads = [threading.Thread(target=call_on) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(5):
                pid = os.fork()
                if pid == 0:
                    status = 9
                    try:
                        allowed = gate.decide(intent()).allowed and not gate.decide(intent("tool.burn")).allowed
                        gate.close()
                        status = 0 if allowed and children() == set() else 1
                    finally:
                        os._exit(status)
                assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert children() == mine  # the gate of the parent is what it was
        assert gate.decide(intent()).allowed


def test_a_closed_gate_decides_nothing(gait, policy, intent, no_child_stays) -> None:
    gate = open_gate(policy, gait_bin=gait)
    gate.decide(intent())
    gate.close()
    gate.close()
    with pytest.raises(GateUnavailableError) as caught:
        gate.decide(intent())
    assert caught.value.reason == "closed"


def test_a_gate_that_nobody_has_any_more_ends(gait, policy, intent, no_child_stays) -> None:
    gate = open_gate(policy, gait_bin=gait)
    gate.decide(intent())
    del gate


def test_options_become_flags(fake, intent) -> None:
    from fakes import BEGIN

    code = BEGIN + "hello()\nsay(id=line()['id'], ok=True, verdict='block', exit_code=3, warnings=sys.argv[1:])"
    gate = Gate(
        "p.yaml", gait_bin=fake(code), key_mode="prod", private_key="-k", trace_dir="t",
        options={"profile": "oss-prod", "no-config": True, "simulate": False},
    )  # fmt: skip
    words = gate.decide(intent()).warnings
    assert words == [
        "gate", "stream", "--policy", "p.yaml", "--key-mode", "prod", "--max-line-bytes", "1048576",
        "--trace-dir=t", "--private-key=-k", "--profile=oss-prod", "--no-config",
    ]  # fmt: skip
    gate.close()


def test_what_a_gate_needs() -> None:
    with pytest.raises(ValueError):
        Gate()
    for timeout in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            Gate("p", timeout=timeout)
    with pytest.raises(ValueError):
        Gate("p", timeout="30s")  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", ["", "gate.close()", "raise SystemExit(3)", "1/0", "os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_no_gate_outlives_its_interpreter(gait, policy, ending) -> None:
    code = f"""
import os, sys
from gait import IntentContext, capture_intent, open_gate
gate = open_gate({str(policy)!r}, gait_bin={gait!r})
intent = capture_intent(tool_name="tool.read", args={{}}, context=IntentContext("a", "/w", "low"))
assert gate.decide(intent).allowed
print(gate._worker._connection._transport._child.pid, flush=True)
{ending}
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=package_on_path())
    pid = int(ended.stdout)
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists() or "gate" not in Path(f"/proc/{pid}/cmdline").read_text():
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"the gate {pid} runs on: {ended}")


def package_on_path() -> dict[str, str]:
    import gait

    return {**os.environ, "PYTHONPATH": str(Path(gait.__file__).parents[1])}
