"""What the tests of all frameworks share: a guard, three tools, and the evidence that has to be there at the end.

The model of each framework is a script: it calls the tools in order, then says what it got. Everything else is the
framework's.
"""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gait import RunSession, approve, create_regress_fixture, open_gate
from gait.integrations import ApprovalRequest, Decided, Guard

# No framework has a reason to leave this machine; some look at these when they are imported.
for name in (
    "OTEL_SDK_DISABLED", "CREWAI_DISABLE_TELEMETRY", "CREWAI_DISABLE_TRACKING", "OPENAI_AGENTS_DISABLE_TRACING",
):  # fmt: skip
    os.environ[name] = "true"
os.environ["OPENAI_API_KEY"] = "none"

GAIT = os.environ.get("GAIT_BIN", "gait")

POLICY = """default_verdict: block
rules:
  - {name: reads, effect: allow, match: {tool_names: [read_file]}}
  - {name: writes, effect: require_approval, match: {tool_names: [write_file]}}
"""


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAIT_GATE_SOCKET", raising=False)


@dataclass
class Work:
    """A guard over the real gate, what the tools did, and the run."""

    guard: Guard
    session: RunSession
    did: list[str] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)

    def read_file(self, path: str) -> str:
        """Read a file."""
        self.did.append(f"read {path}")
        return f"content of {path}"

    def write_file(self, path: str, content: str) -> str:
        """Write a file."""
        self.did.append(f"write {path}")
        return f"wrote {path}"

    def delete_file(self, path: str) -> str:
        """Delete a file."""
        self.did.append(f"delete {path}")
        return "gone"

    def token(self, request: ApprovalRequest | dict[str, Any] | None = None) -> dict[str, Any]:
        """What a person signs who lets the last stopped call pass."""
        decision = next(d.decision for d in reversed(self.decided) if d.request is not None)
        assert decision is not None
        return approve(
            decision=decision, tool_name="write_file", approver="dana", reason_code="CHG-7",
            private_key="keys/lead_private.key", gait_bin=GAIT,
        )  # fmt: skip

    def evidence(self, *statuses: str) -> None:
        """Every call is in the run, in order; traces and runpack verify; the run becomes a regression that holds."""
        assert [attempt.status for attempt in self.session.attempts] == list(statuses)
        capture = self.session.finalize()
        traces = [d.decision.trace_path for d in self.decided if d.decision is not None]
        assert traces and all(traces)
        for path in traces:
            check("trace", "verify", str(path), "--public-key", "keys/gate_public.key")
        check("verify", capture.bundle_path)
        with zipfile.ZipFile(capture.bundle_path) as pack:
            results = [json.loads(line)["status"] for line in pack.read("results.jsonl").splitlines()]
        assert results == list(statuses)
        create_regress_fixture(from_run=capture.bundle_path, gait_bin=GAIT, never=["delete_file"] if "block" not in statuses else ())
        check("regress", "run")


def check(*words: str) -> None:
    ended = subprocess.run([GAIT, *words], capture_output=True, text=True)
    assert ended.returncode == 0, (words, ended)


@pytest.fixture
def work() -> Iterator[Work]:
    Path("policy.yaml").write_text(POLICY)
    for prefix in ("gate", "lead"):
        check("keys", "init", "--out-dir", "keys", "--prefix", prefix)
    session = RunSession(run_id="run_1", gait_bin=GAIT)
    with open_gate(
        "policy.yaml", gait_bin=GAIT, key_mode="prod", private_key="keys/gate_private.key",
        approval_public_key="keys/lead_public.key",
    ) as gate:  # fmt: skip
        made: list[Work] = []
        guard = Guard(
            gate, identity="agent-7", workspace="/srv", risk_class="low", session=session,
            on_decision=lambda decided: made[0].decided.append(decided),
        )  # fmt: skip
        made.append(Work(guard, session))
        yield made[0]


def refused(text: object, verdict: str = "block") -> bool:
    """Whether the model reads that the call was refused."""
    try:
        answer = text if isinstance(text, dict) else json.loads(str(text))
    except ValueError:
        return False
    return answer["executed"] is False and answer["verdict"] == verdict


Make = Callable[..., Any]
