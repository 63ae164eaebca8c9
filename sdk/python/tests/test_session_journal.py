"""What a session noted survives the end of its interpreter, however it ends."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gait import GaitError, GateEnforcementError, IntentContext, IntentRequest, capture_intent, open_gate, run_session
from gait.models import GateEvalResult

JOURNAL = Path("gait-out/runpack_run_7.zip.journal")

AGENT = """
import os, signal, sys
from gait import IntentContext, capture_intent, run_session
from gait.models import GateEvalResult

how = sys.argv[1]
context = IntentContext(identity="agent-7", workspace="/srv", risk_class="low")
with run_session(run_id="run_7", gait_bin=sys.argv[2]) as session:
    for number, verdict in enumerate(["allow", "block"]):
        intent = capture_intent(tool_name="tool.read", args={"n": number}, context=context)
        decision = GateEvalResult.from_dict({"ok": True, "verdict": verdict}, 0 if verdict == "allow" else 3)
        session.record_attempt(intent, decision, executed=verdict == "allow", result={"lines": number})
    if how == "wait":
        print("ready", flush=True)
        sys.stdin.read()
    if how == "torn":
        with open("gait-out/runpack_run_7.zip.journal", "a") as journal:
            journal.write('{"attempt":{"inte')
    os.kill(os.getpid(), signal.SIGKILL) if how in ("killed", "torn") else os._exit(0)
"""


def agent(how: str, gait: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", AGENT, how, gait]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def recover(gait: str) -> tuple[int, dict[str, object]]:
    done = subprocess.run(
        [gait, "run", "recover", str(JOURNAL)[: -len(".journal")], "--json"], capture_output=True, text=True
    )
    return done.returncode, json.loads(done.stdout)


def decided() -> GateEvalResult:
    return GateEvalResult.from_dict({"ok": True, "verdict": "allow"}, 0)


def an_intent(context: IntentContext) -> IntentRequest:
    return capture_intent(tool_name="tool.read", args={"n": 1}, context=context)


@pytest.mark.parametrize("how", ["killed", "ended", "torn"])
def test_a_session_whose_interpreter_is_gone_is_recovered(gait: str, how: str) -> None:
    process = agent(how, gait)
    process.communicate()
    assert process.returncode == (0 if how == "ended" else -signal.SIGKILL)
    assert JOURNAL.stat().st_mode & 0o777 == 0o600
    code, answer = recover(gait)
    assert (code, answer["calls"], answer["run_id"]) == (0, 2, "run_7")
    assert ("torn_path" in answer) == (how == "torn")
    assert not JOURNAL.exists()
    assert subprocess.run([gait, "verify", str(answer["path"])], capture_output=True).returncode == 0
    inspected = subprocess.run(
        [gait, "run", "inspect", "--from", str(answer["path"]), "--json"], capture_output=True, text=True
    )
    assert inspected.returncode == 0
    assert "tool.read" in inspected.stdout and "/srv" not in inspected.stdout


def test_the_journal_of_a_session_that_runs_is_left_alone(gait: str) -> None:
    process = agent("wait", gait)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    code, answer = recover(gait)
    assert code == 1 and answer["ok"] is False
    process.communicate("")
    assert recover(gait)[0] == 0


def test_a_session_that_was_recorded_leaves_no_journal(gait: str, context: IntentContext) -> None:
    with run_session(run_id="run_7", gait_bin=gait) as session:
        session.record_attempt(an_intent(context), decided(), executed=True)
        assert len(JOURNAL.read_bytes().splitlines()) == 2
    assert not JOURNAL.exists() and session.capture is not None


def test_a_session_that_could_not_be_recorded_keeps_it_and_never_replaces_another(gait: str, context: IntentContext) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="executable"), run_session(run_id="run_7", gait_bin="/no/gait") as session:
            session.record_attempt(an_intent(context), decided(), executed=True)
    second = JOURNAL.with_name("runpack_run_7_2.zip.journal")
    assert JOURNAL.exists() and second.exists()
    assert recover(gait)[0] == 0
    # The same run id is another session: what it noted becomes a runpack of its own.
    os.rename(second, JOURNAL)
    code, answer = recover(gait)
    assert (code, answer["path"]) == (0, "gait-out/runpack_run_7_2.zip")


def test_the_same_outcome_is_no_difference_in_a_later_run(gait: str, policy: Path) -> None:
    """Frameworks give each call a new id, and a trace that exists keeps its name."""
    for run_id in ("first", "second"):
        context = IntentContext(identity="agent-7", workspace="/srv", risk_class="low", request_id=f"call_{run_id}")
        with open_gate(policy, gait_bin=gait, trace_dir=f"traces_{run_id}") as gate, run_session(run_id=run_id, gait_bin=gait):
            for tool in ("tool.read", "tool.burn"):
                intent = capture_intent(tool_name=tool, args={"n": 1}, context=context)
                with contextlib.suppress(GateEnforcementError):
                    gate.execute(intent=intent, executor=lambda _: {"lines": 3})
    subprocess.run([gait, "regress", "init", "--from", "gait-out/runpack_first.zip"], check=True, capture_output=True)
    candidate = ["--candidate", "gait-out/runpack_second.zip", "--json"]
    checked = subprocess.run([gait, "regress", "run", *candidate], capture_output=True, text=True)
    assert (checked.returncode, json.loads(checked.stdout)["status"]) == (0, "pass"), checked.stdout


def test_a_run_that_is_recorded_already_is_refused_before_any_call(gait: str) -> None:
    with run_session(run_id="run_7", gait_bin=gait):
        pass
    recorded = Path("gait-out/runpack_run_7.zip").read_bytes()
    with pytest.raises(GaitError, match="runpack_run_7.zip"), run_session(run_id="run_7", gait_bin=gait):
        raise AssertionError("never entered")
    assert [path.name for path in Path("gait-out").iterdir()] == ["runpack_run_7.zip"]
    assert Path("gait-out/runpack_run_7.zip").read_bytes() == recorded


@pytest.mark.parametrize("raises", [False, True])
def test_the_error_names_the_command_that_recovers_the_calls(gait: str, context: IntentContext, raises: bool) -> None:
    with pytest.raises((GaitError, KeyError)) as caught, run_session(run_id="run_7", gait_bin=gait) as session:
        session.record_attempt(an_intent(context), decided(), executed=True)
        Path("gait-out/runpack_run_7.zip").write_bytes(b"of another process")
        if raises:
            raise KeyError("lost")
    assert isinstance(caught.value, KeyError) == raises
    notes = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    if not raises or sys.version_info >= (3, 11):  # Python 3.10 has no notes for what the agent raised
        command = shlex.split(notes[notes.index("gait run recover") :].splitlines()[0])
        done = subprocess.run([gait, *command[1:]], capture_output=True)
        assert done.returncode == 0
        assert Path("gait-out/runpack_run_7.zip").read_bytes() == b"of another process"
        assert subprocess.run([gait, "verify", "gait-out/runpack_run_7_2.zip"], capture_output=True).returncode == 0


def test_a_disk_that_takes_no_journal_loses_nothing_else(
    gait: str, context: IntentContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with run_session(run_id="run_7", gait_bin=gait) as session:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            session.record_attempt(an_intent(context), decided(), executed=True)
        session.record_attempt(an_intent(context), decided(), executed=True)
    assert session.capture is not None and len(session.attempts) == 2


def test_a_forked_child_does_not_write_into_the_journal_of_its_parent(gait: str, context: IntentContext) -> None:
    with run_session(run_id="run_7", gait_bin=gait) as session:
        session.record_attempt(an_intent(context), decided(), executed=True)
        child = os.fork()
        if child == 0:
            session.record_attempt(an_intent(context), decided(), executed=True)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert len(JOURNAL.read_bytes().splitlines()) == 2


@pytest.mark.parametrize("run_id", ["a/b", "a\\b", "../up", "a..b", "tab\tin", "\ud800", "x" * 201, " ", 7, None])
def test_an_id_that_gait_would_refuse_is_refused_before_any_call(run_id) -> None:
    with pytest.raises((TypeError, ValueError), match="run_id must"):
        run_session(run_id=run_id)
    assert not Path("gait-out").exists()
