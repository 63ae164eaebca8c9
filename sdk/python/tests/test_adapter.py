"""Adapter, decorator and session: a tool runs after an allow, and after nothing else."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from gait import (
    GateEnforcementError,
    GateEvalResult,
    IntentContext,
    RunSession,
    ToolAdapter,
    gate_tool,
    run_session,
)
from gait.adapter import execute_decided


def refuse(_intent: object) -> None:
    raise AssertionError("the tool ran")


@pytest.mark.parametrize(
    "decision",
    [
        GateEvalResult(ok=True, exit_code=3, verdict="block", reason_codes=["a", "b"]),
        GateEvalResult(ok=True, exit_code=4, verdict="require_approval"),
        GateEvalResult(ok=True, exit_code=0, verdict="maybe"),
        GateEvalResult(ok=True, exit_code=0, verdict="Allow"),
        GateEvalResult(ok=True, exit_code=0),
        GateEvalResult(ok=True, exit_code=3, verdict="allow"),
        GateEvalResult(ok=False, exit_code=0, verdict="allow"),
        GateEvalResult(ok=False, exit_code=0, verdict="dry_run"),
        GateEvalResult.from_dict({"ok": 1, "verdict": "allow"}, 0),
        GateEvalResult.from_dict({"ok": True, "verdict": ["allow"]}, 0),
    ],
)
def test_every_decision_but_a_plain_allow_is_refused(decision, intent) -> None:
    with pytest.raises(GateEnforcementError) as caught:
        execute_decided(decision, intent(), refuse)
    assert caught.value.decision is decision
    assert str(caught.value).startswith("execution blocked by gate verdict=")


def test_the_message_of_a_refusal() -> None:
    decision = GateEvalResult(ok=True, exit_code=3, verdict="block", reason_codes=["a", "b"])
    assert str(GateEnforcementError(decision)) == "execution blocked by gate verdict=block reasons=a,b"
    assert str(GateEnforcementError(GateEvalResult(ok=True, exit_code=3, verdict="block"))).endswith("reasons=none")


def test_a_dry_run_executes_nothing(intent) -> None:
    outcome = execute_decided(GateEvalResult(ok=True, exit_code=0, verdict="dry_run"), intent(), refuse)
    assert (outcome.executed, outcome.result) == (False, None)


def test_the_adapter_runs_a_tool_after_an_allow(gait, policy, intent) -> None:
    adapter = ToolAdapter(policy, gait_bin=gait)
    outcome = adapter.execute(intent=intent(path="/srv/a"), executor=lambda call: call.args["path"], trace_out="t.json")
    assert (outcome.executed, outcome.result, outcome.decision.verdict) == (True, "/srv/a", "allow")
    for tool in ("tool.write", "tool.burn"):
        with pytest.raises(GateEnforcementError):
            adapter.execute(intent=intent(tool), executor=refuse)


def test_the_decorator_gives_the_bound_arguments(gait, policy, context) -> None:
    adapter = ToolAdapter(policy, gait_bin=gait)
    seen: list[tuple[object, ...]] = []

    class Tools:
        @gate_tool(
            adapter=adapter,
            context=lambda args, kwargs: seen.append((args[1:], kwargs)) or context,
            tool_name="tool.read",
            trace_out="trace.json",
        )
        def read(self, path: str, limit: int = 3) -> str:
            return f"{path}:{limit}"

    with run_session(run_id="r", gait_bin=gait, capture_mode="raw", include_raw_payload=True) as session:
        assert Tools().read("/srv/a") == "/srv/a:3"
    assert seen == [(("/srv/a",), {})]
    assert session.record_input["intents"][0]["args"] == {"path": "/srv/a", "limit": 3}


def test_a_dry_run_of_a_decorated_function_raises(gait, policy, context) -> None:
    @gate_tool(adapter=ToolAdapter(policy, gait_bin=gait), context=context, tool_name="tool.rehearse")
    def rehearse() -> None:
        raise AssertionError("the tool ran")

    with pytest.raises(GateEnforcementError):
        rehearse()
    with pytest.raises(TypeError):

        @gate_tool(adapter=ToolAdapter(policy), context=context)
        async def unsuitable() -> None: ...


def test_a_session_becomes_a_runpack(gait, policy, intent) -> None:
    adapter = ToolAdapter(policy, gait_bin=gait)
    with pytest.raises(KeyError, match="lost"):
        with run_session(run_id="run_1", gait_bin=gait) as session:
            adapter.execute(intent=intent(path="/srv/a"), executor=lambda _: {"lines": 3}, trace_out="a.json")
            adapter.execute(intent=intent("tool.rehearse"), executor=refuse, trace_out="b.json")
            for tool in ("tool.write", "tool.burn"):
                with pytest.raises(GateEnforcementError):
                    adapter.execute(intent=intent(tool), executor=refuse, trace_out=f"{tool}.json")
            adapter.execute(intent=intent(), executor=lambda _: {}["lost"], trace_out="c.json")
    assert [(a.intent_id, a.status, a.executed) for a in session.attempts] == [
        ("intent_0001", "ok", True),
        ("intent_0002", "dry_run", False),
        ("intent_0003", "require_approval", False),
        ("intent_0004", "block", False),
        ("intent_0005", "error", True),
    ]
    record = session.record_input
    assert [entry["event"] for entry in record["run"]["timeline"]] == [
        "run_started", *["intent_captured", "result_captured"] * 5, "run_finished",
    ]  # fmt: skip
    assert "args" not in record["intents"][0] and "result" not in record["results"][0]
    assert record["normalization"]["intent_args"]["intent_0001"] == {"path": "/srv/a"}
    assert record["normalization"]["result_payloads"]["intent_0001"]["result"] == {"lines": 3}
    assert record["refs"]["receipts"][0]["ref_id"] == "trace_intent_0001"
    assert record["refs"]["receipts"][0]["source_locator"] == "a.json"
    assert session.capture is not None and session.capture.run_id == "run_1"
    with zipfile.ZipFile(session.capture.bundle_path) as pack:
        results = [json.loads(line) for line in pack.read("results.jsonl").splitlines()]
    assert [entry["status"] for entry in results] == ["ok", "dry_run", "require_approval", "block", "error"]
    with pytest.raises(RuntimeError):
        session.record_attempt(intent(), GateEvalResult(ok=True, exit_code=0, verdict="allow"), executed=True)


def test_a_session_with_mistakes() -> None:
    for options in ({"run_id": " "}, {"run_id": "r", "capture_mode": "all"}):
        with pytest.raises(ValueError):
            run_session(**options)


def test_what_the_agent_raised_is_what_the_caller_sees(tmp_path) -> None:
    with pytest.raises(KeyError):
        with RunSession(run_id="r", gait_bin=str(tmp_path / "nowhere")):
            raise KeyError("of the agent")


def test_context_evidence_of_intents_is_in_the_record(gait, policy) -> None:
    from gait import capture_intent

    digest = "a" * 64
    context = IntentContext(
        "a", "/w", "low", context_set_digest=digest, context_evidence_mode="best_effort", context_refs=["x", "y"]
    )
    session = RunSession(run_id="r")
    decision = GateEvalResult(ok=True, exit_code=3, verdict="block", trace_id="t1")
    session.record_attempt(capture_intent(tool_name="t", args={}, context=context), decision, executed=False)
    refs = session._records.record_input()["refs"]
    assert (refs["context_set_digest"], refs["context_evidence_mode"], refs["context_ref_count"]) == (digest, "best_effort", 2)
    assert refs["receipts"][0]["source_locator"] == "trace://t1"
    assert Path("gait-out").exists() is False
