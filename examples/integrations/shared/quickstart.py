"""What the quickstarts share: from a framework's call to an intent, a decision, and the tool after an allow.

Each quickstart differs in the form of its framework's call alone. Only the standard library and the ``gait``
executable are needed.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

REPOSITORY = Path(__file__).resolve().parents[3]
SCENARIOS = ("allow", "block", "require_approval")
# What `gait gate eval` may end with for each verdict.
STATUSES = {"allow": (0,), "block": (0, 3), "require_approval": (0, 4)}

SKILL = {
    "skill_name": "safe_writer",
    "skill_version": "1.0.0",
    "source": "registry",
    "publisher": "acme",
    "digest": "a" * 64,
    "signature_key_id": "acme-dev-key",
}


@dataclass(frozen=True)
class Call:
    """A tool call, whatever framework made it."""

    tool: str
    args: Dict[str, Any]
    skill: Dict[str, str]


class Failed(Exception):
    """Why a quickstart could not do what it shows."""


def main(framework: str, native_call: Callable[[Call], Any], read_call: Callable[[Any], Call], **others: Any) -> None:
    """Run the scenario that the command line names.

    :param native_call: the call as the framework has it
    :param read_call: reads such a call again
    """
    run_named(
        f"A tool call of {framework} that the gate decides.",
        lambda scenario: run(framework, scenario, native_call, read_call, **others),
    )


def run_named(description: str, run_scenario: Callable[[str], None]) -> None:
    """Run the scenario that the command line names; why it failed is the last line, and the status is 1."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scenario", choices=SCENARIOS, required=True)
    scenario = parser.parse_args().scenario
    try:
        run_scenario(scenario)
    except Failed as error:
        print(f"error={error}")
        sys.exit(1)


def run(
    framework: str,
    scenario: str,
    native_call: Callable[[Call], Any],
    read_call: Callable[[Any], Call],
    keep_native: Optional[str] = None,
) -> None:
    folder = out_folder(framework)
    native = native_call(sample_call(framework))
    if keep_native:
        write_json(folder / f"{keep_native}_{scenario}.json", native)
    call = read_call(native)
    intent_path = folder / f"intent_{scenario}.json"
    trace_path = folder / f"trace_{scenario}.json"
    write_json(intent_path, intent_of(framework, scenario, call))
    trace_path.unlink(missing_ok=True)
    policy = REPOSITORY / "examples" / "integrations" / framework / f"policy_{scenario}.yaml"
    status, decision = gait(
        *["gate", "eval", "--policy", str(policy), "--intent", str(intent_path)],
        *["--trace-out", str(trace_path), "--key-mode", "dev", "--json"],
    )
    verdict = decision.get("verdict")
    # The tool runs on an allow, and on nothing else.
    allowed = decision.get("ok") is True and verdict == "allow" and status == 0
    print(f"framework={framework}")
    print(f"scenario={scenario}")
    print(f"verdict={verdict}")
    print(f"executed={'true' if allowed else 'false'}")
    print(f"trace_path={trace_path}")
    if allowed:
        output = folder / f"executor_{scenario}.json"
        write_json(output, call.args)
        print(f"executor_output={output}")
    if verdict != scenario or status not in STATUSES[scenario]:
        raise Failed(f"expected the verdict {scenario}, got {verdict} with the status {status}: {decision.get('error')}")
    if not trace_path.is_file():
        raise Failed(f"there is no trace at {trace_path}")


def sample_call(framework: str) -> Call:
    """What the agent wants: to write a file."""
    return Call("tool.write", {"path": f"/tmp/gait-{framework}/result.txt", "content": "hello"}, SKILL)


def intent_of(framework: str, scenario: str, call: Call) -> Dict[str, Any]:
    """The call as the gate reads it (docs/contracts/intent.md)."""
    identity = f"{framework}-user"
    token = f"delegation-{framework}-{scenario}"
    return {
        "schema_id": "gait.gate.intent_request",
        "schema_version": "1.0.0",
        "created_at": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"),
        "producer_version": "0.0.0-example",
        "tool_name": call.tool,
        "args": call.args,
        "targets": [
            {"kind": "path", "value": call.args["path"], "operation": "write", "endpoint_class": "fs.write"}
        ],
        "arg_provenance": [{"arg_path": "$.path", "source": "user"}],
        "skill_provenance": call.skill,
        "delegation": {
            "requester_identity": identity,
            "scope_class": "write",
            "token_refs": [token],
            "chain": [
                {
                    "delegator_identity": f"{framework}-lead",
                    "delegate_identity": identity,
                    "scope_class": "write",
                    "token_ref": token,
                }
            ],
        },
        "context": {
            "identity": identity,
            "workspace": f"/tmp/gait-{framework}",
            "risk_class": "high",
            "session_id": f"sess-{framework}-{scenario}",
            "auth_context": {"framework": framework},
            "credential_scopes": ["fs.write"],
            "environment_fingerprint": f"{framework}:local",
        },
    }


def gait(*arguments: str) -> "tuple[int, Dict[str, Any]]":
    """Run gait: its status, and its answer in JSON.

    :raises Failed: when it is not there, takes too long, or answers otherwise
    """
    command = [*executable(), *arguments]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=REPOSITORY)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"cannot run {command[0]}: {error}") from error
    try:
        answer = json.loads(ended.stdout)
    except ValueError as error:
        raise Failed(f"{command[0]} did not answer in JSON: {ended.stderr.strip() or ended.stdout.strip()}") from error
    if not isinstance(answer, dict):
        raise Failed(f"{command[0]} did not answer with an object")
    return ended.returncode, answer


def executable() -> List[str]:
    """GAIT_BIN, else that of the repository, else that on the PATH."""
    named = os.environ.get("GAIT_BIN", "").strip()
    if named:
        return [named] if os.path.exists(named) else shlex.split(named)
    for path in (REPOSITORY / "gait", REPOSITORY / "bin" / "gait"):
        if path.is_file():
            return [str(path)]
    found = shutil.which("gait")
    if found is None:
        raise Failed("gait is neither in GAIT_BIN, nor in the repository, nor on the PATH")
    return [found]


def out_folder(framework: str) -> Path:
    folder = REPOSITORY / "gait-out" / "integrations" / framework
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
