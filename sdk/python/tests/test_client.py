"""The functions over one process a call, against the real executable and against fakes that show their arguments."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePosixPath

import pytest

import gait as sdk
from gait import (
    GaitCommandError,
    GaitError,
    GateEnforcementError,
    IntentContext,
    IntentRequest,
    IntentTarget,
    ToolAdapter,
    capture_demo_runpack,
    capture_intent,
    create_regress_fixture,
    evaluate_gate,
    record_runpack,
    write_trace,
)
from gait.executable import command_prefix

ECHO = """
import json, sys
sys.stdout.write(json.dumps({"ok": True, "verdict": "allow", "trace_path": json.dumps(sys.argv[1:])}))
"""


def test_the_exports_are_those_of_the_existing_package() -> None:
    wanted = """AdapterOutcome DemoCapture DelegationLink GaitCommandError GaitError GateEnforcementError GateEvalResult
        GaitLangChainCallbackHandler GaitLangChainMiddleware IntentArgProvenance IntentContext IntentDelegation
        IntentRequest IntentScript IntentScriptStep IntentTarget LangChainDecisionMetadata RegressInitResult RunAttempt
        RunRecordCapture RunSession ToolAdapter TraceRecord capture_demo_runpack capture_intent create_regress_fixture
        evaluate_gate gate_tool record_runpack run_session write_trace""".split()
    assert [name for name in wanted if not hasattr(sdk, name)] == []
    assert sdk.__version__ == "0.0.0.dev0"


@pytest.mark.parametrize("option", ["delegation_public_key", "delegation_private_key_env"])
def test_a_key_that_is_empty_is_refused(gait, intent, policy, option) -> None:
    with pytest.raises(GaitCommandError) as caught:
        evaluate_gate(policy_path=policy, intent=intent(), gait_bin=gait, **{option: ""})
    assert caught.value.exit_code == 6


def test_gate_eval_has_the_arguments_in_their_order(fake, intent) -> None:
    result = evaluate_gate(
        policy_path="p.yaml",
        intent=intent(),
        gait_bin=fake(ECHO),
        trace_out="t.json",
        approval_token="a.json",
        private_key="k",
        private_key_env="K",
        approval_public_key="ap",
        approval_public_key_env="AP",
        approval_private_key="aq",
        approval_private_key_env="AQ",
        delegation_token="d.json",
        delegation_token_chain=["x", "y"],
        delegation_public_key="dp",
        delegation_public_key_env="DP",
        delegation_private_key="dq",
        delegation_private_key_env="DQ",
        key_mode="prod",
    )
    argv = json.loads(result.trace_path or "")
    assert argv[:5] == ["gate", "eval", "--policy", "p.yaml", "--intent"]
    assert argv[5].endswith("/intent.json") and not Path(argv[5]).exists()
    assert " ".join(argv[6:]) == (
        "--key-mode prod --json --trace-out t.json --approval-token a.json --delegation-token d.json "
        "--delegation-token-chain x,y --private-key k --private-key-env K --approval-public-key ap "
        "--approval-public-key-env AP --approval-private-key aq --approval-private-key-env AQ "
        "--delegation-public-key dp --delegation-public-key-env DP --delegation-private-key dq "
        "--delegation-private-key-env DQ"
    )


@pytest.mark.parametrize(
    ("tool", "verdict", "status"),
    [("tool.read", "allow", 0), ("tool.write", "require_approval", 4), ("tool.burn", "block", 3), ("tool.rehearse", "dry_run", 0)],
)
def test_verdicts_of_the_real_gate(gait, policy, intent, tool, verdict, status) -> None:
    result = evaluate_gate(policy_path=policy, intent=intent(tool), gait_bin=gait, trace_out="trace.json")
    assert (result.ok, result.verdict, result.exit_code) == (True, verdict, status)
    assert result.allowed is (verdict == "allow")
    record = write_trace(trace_path="trace.json", destination_path="kept/trace.json")
    assert (record.verdict, record.trace_id, record.tool_name) == (verdict, result.trace_id, tool)
    assert Path("kept/trace.json").read_bytes() == Path("trace.json").read_bytes()


def test_a_mistake_is_a_command_error(gait, intent) -> None:
    with pytest.raises(GaitCommandError) as caught:
        evaluate_gate(policy_path="nowhere.yaml", intent=intent(), gait_bin=gait)
    assert caught.value.exit_code == 6 and "gate" in caught.value.command
    answer = json.loads(caught.value.stdout)
    assert answer["error_code"] == "invalid_input"
    assert caught.value.hint == answer["hint"] and answer["hint"] in str(caught.value)


@pytest.mark.parametrize(
    "code",
    [
        "print('{\"ok\": true, \"verdict\": \"allow\"}'); raise SystemExit(1)",
        "print('{\"ok\": false, \"verdict\": \"allow\"}')",
        "print('{\"ok\": false, \"verdict\": \"block\"}'); raise SystemExit(3)",
        "print('{\"ok\": false}')",
        "print('{\"ok\": true, \"verdict\": \"allow\", \"verdict\": \"allow\"}')",
        "print('{\"ok\": true, \"verdict\": \"allow\", \"more\": -Infinity}')",
        "print('[]')",
        "print('allow')",
        "print('{}')\nprint('{}')",
        "pass",
    ],
)
def test_what_is_no_answer_is_no_decision(fake, intent, code) -> None:
    with pytest.raises(GaitCommandError):
        evaluate_gate(policy_path="p", intent=intent(), gait_bin=fake(code))


@pytest.mark.parametrize("status", [3, 4])
def test_a_call_that_is_stopped_before_it_is_judged_is_refused_by_the_adapter(fake, intent, status) -> None:
    stops = fake(f"print('{{\"ok\": false, \"error\": \"no registry\"}}'); raise SystemExit({status})")
    result = evaluate_gate(policy_path="p", intent=intent(), gait_bin=stops)
    assert (result.ok, result.verdict, result.exit_code, result.error) == (False, None, status, "no registry")
    with pytest.raises(GateEnforcementError):
        ToolAdapter("p", stops).execute(intent=intent(), executor=lambda _: pytest.fail("executed"))


def test_an_executable_that_is_missing(intent, tmp_path) -> None:
    for name in ("no-such-gait", str(tmp_path / "gait")):
        with pytest.raises(GaitCommandError) as caught:
            evaluate_gate(policy_path="p", intent=intent(), gait_bin=name)
        assert caught.value.exit_code == 127 and name in str(caught.value)
    with pytest.raises(GaitCommandError, match="cwd not found") as caught:
        evaluate_gate(policy_path="p", intent=intent(), gait_bin=sys.executable, cwd=tmp_path / "nowhere")
    assert caught.value.exit_code == -1


def test_a_command_that_hangs_is_ended_with_all_that_it_started(fake, intent, no_child_stays, tmp_path) -> None:
    code = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
time.sleep(60)
"""
    with pytest.raises(GaitCommandError, match="timed out") as caught:
        evaluate_gate(policy_path="p", intent=intent(), gait_bin=fake(code), timeout=2)
    assert caught.value.exit_code == -1
    status = Path(f"/proc/{(tmp_path / 'pid').read_text()}/stat")
    for _ in range(1000):  # whoever reaps orphans may take a moment
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] in "ZX":
            return
        time.sleep(0.01)
    raise AssertionError("what the command started runs on")


def test_gait_bin_of_the_environment(monkeypatch, tmp_path) -> None:
    assert command_prefix() == ["gait"]
    monkeypatch.setenv("GAIT_BIN", "deno run 'main file.js'")
    assert command_prefix() == ["deno", "run", "main file.js"]
    named = tmp_path / "a folder" / "gait"
    named.parent.mkdir()
    named.touch()
    monkeypatch.setenv("GAIT_BIN", str(named))
    assert command_prefix() == [str(named)]
    assert command_prefix("other") == ["other"]
    assert command_prefix("bin/gait") == [str(tmp_path / "bin/gait")]
    assert command_prefix(["a", "b"]) == ["a", "b"]
    for empty in ("", [], " "):
        with pytest.raises(ValueError):
            command_prefix(empty)


def test_values_have_one_form_or_none(context) -> None:
    class Dumped:
        def model_dump(self) -> dict[str, object]:
            return {"at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))}

    args = {"path": PurePosixPath("/srv"), "both": (1, [2.5, None]), 7: True, "model": Dumped()}
    assert capture_intent(tool_name="t", args=args, context=context).args == {
        "path": "/srv",
        "both": [1, [2.5, None]],
        "7": True,
        "model": {"at": "2026-01-02T02:04:05Z"},
    }
    itself: list[object] = []
    itself.append(itself)
    for bad in ({1, 2}, b"bytes", object(), float("nan"), float("inf"), {1: "a", "1": "b"}, itself):
        with pytest.raises((TypeError, ValueError, RecursionError)):
            capture_intent(tool_name="t", args={"bad": bad}, context=context)


def test_the_arguments_of_an_intent_are_a_copy(context) -> None:
    paths = ["/srv/a"]
    captured = capture_intent(tool_name="t", args={"paths": paths}, context=context)
    paths.append("/etc/passwd")
    assert captured.args == {"paths": ["/srv/a"]}


def test_an_intent_survives_its_form(context) -> None:
    intent = capture_intent(
        tool_name="t", args={}, context=context, targets=[IntentTarget("path", "/srv", "write", endpoint_class="fs.write")]
    )
    form = intent.to_dict()
    always = {"schema_id", "schema_version", "created_at", "producer_version", "tool_name", "args", "targets", "context"}
    assert set(form) == always
    assert IntentRequest.from_dict(json.loads(json.dumps(form))).to_dict() == form
    assert IntentContext("a", "b", "c", session_id="").to_dict() == {"identity": "a", "workspace": "b", "risk_class": "c"}


def test_a_run_becomes_a_runpack_and_a_regression(gait) -> None:
    demo = capture_demo_runpack(gait_bin=gait)
    assert demo.verified and demo.run_id == "run_demo" and "run_demo" in demo.ticket_footer
    fixture = create_regress_fixture(from_run="run_demo", gait_bin=gait)
    assert fixture.fixture_path == fixture.fixture_dir and Path(fixture.runpack_path).exists()
    record = {"run": {"run_id": "r", "created_at": "2026-01-02T03:04:05Z"}, "intents": [], "results": []}
    capture = record_runpack(record_input=record, gait_bin=gait)
    assert capture.run_id == "r" and Path(capture.bundle_path).exists()
    with pytest.raises(GaitError):
        record_runpack(record_input=record, gait_bin=gait, capture_mode="all")


def test_a_trace_that_is_none(tmp_path) -> None:
    other = tmp_path / "other.json"
    for content in ("{}", "no", '{"schema_id":"gait.gate.token"}'):
        other.write_text(content)
        with pytest.raises(GaitError):
            write_trace(trace_path=other, destination_path=tmp_path / "copy.json")
    with pytest.raises(GaitError):
        write_trace(trace_path=tmp_path / "nowhere", destination_path=tmp_path / "copy.json")
    assert not (tmp_path / "copy.json").exists()
