"""A skill of OpenClaw that has each tool call decided: a call in, a decision out, both JSON."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

TOOLS = {
    "write_file": "tool.write",
    "read_file": "tool.read",
    "delete_file": "tool.delete",
    "shell_command": "tool.exec",
}
# Parameters that say what a call acts on.
TARGETS = {"path": "path", "url": "url", "host": "host"}
CONFIG = Path(__file__).resolve().parent / "skill_config.json"


class Failed(Exception):
    """Why nothing was decided."""


def main() -> int:
    try:
        config = json.loads(CONFIG.read_text(encoding="utf-8")) if CONFIG.is_file() else {}
        options = read_options(config)
        answer, status = decide(options)
    except (Failed, OSError, ValueError, subprocess.TimeoutExpired) as error:
        answer, status = {"ok": False, "error": str(error)}, 1
    print(json.dumps(answer, sort_keys=True, separators=(",", ":")))
    return status


def read_options(config: Dict[str, Any]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Decide a tool call of OpenClaw.")
    parser.add_argument("--policy", default=config.get("policy_path"), required="policy_path" not in config)
    parser.add_argument("--call", required=True, help="the call; - is standard input")
    parser.add_argument("--identity", default=config.get("identity", "openclaw-user"))
    parser.add_argument("--risk-class", default=config.get("risk_class", "high"))
    parser.add_argument("--trace-out")
    parser.add_argument("--runpack-out")
    parser.add_argument("--key-mode", default=config.get("key_mode", "dev"))
    parser.add_argument("--json", action="store_true", help="the answer is JSON in any case")
    return parser.parse_args()


def decide(options: argparse.Namespace) -> "tuple[Dict[str, Any], int]":
    text = sys.stdin.read() if options.call == "-" else Path(options.call).read_text(encoding="utf-8")
    payload = mcp_call(json.loads(text), options)
    command = [*executable(), "mcp", "proxy", "--policy", options.policy, "--call", "-", "--adapter", "mcp"]
    command += ["--key-mode", options.key_mode, "--json"]
    for flag in ("trace_out", "runpack_out"):
        value = getattr(options, flag)
        if value:
            command += [f"--{flag.replace('_', '-')}", value]
    ended = subprocess.run(command, input=json.dumps(payload), capture_output=True, text=True, timeout=60)
    try:
        result = json.loads(ended.stdout)
    except ValueError as error:
        raise Failed(f"gait did not answer in JSON: {ended.stderr.strip()}") from error
    if not isinstance(result, dict) or result.get("ok") is not True:
        raise Failed(str(result.get("error") if isinstance(result, dict) else "") or "gait decided nothing")
    verdict = result.get("verdict")
    names = ("reason_codes", "violations", "trace_path", "runpack_path", "intent_digest", "policy_digest")
    answer: Dict[str, Any] = {name: result.get(name) for name in names}
    answer.update(
        ok=True, framework="openclaw", verdict=verdict, executed=verdict == "allow" and ended.returncode == 0
    )
    return answer, ended.returncode


def mcp_call(given: Any, options: argparse.Namespace) -> Dict[str, Any]:
    """The call in the form that `gait mcp proxy --adapter mcp` takes."""
    call = given.get("tool_call") if isinstance(given, dict) else None
    if not isinstance(call, dict) or not isinstance(call.get("tool"), str) or not call["tool"].strip():
        raise Failed("expected an object with tool_call, and a tool in it")
    params = call.get("params", {})
    if not isinstance(params, dict):
        raise Failed("params must be an object")
    tool = call["tool"].strip()
    targets = [
        {"kind": kind, "value": params[name]}
        for name, kind in TARGETS.items()
        if isinstance(params.get(name), str) and params[name].strip()
    ]
    return {
        "name": TOOLS.get(tool.lower(), f"tool.{tool.lower()}"),
        "args": params,
        "targets": targets,
        "arg_provenance": [{"arg_path": "$", "source": "user"}],
        "context": {
            "identity": options.identity,
            "workspace": os.getcwd(),
            "risk_class": options.risk_class,
        },
    }


def executable() -> List[str]:
    named = os.environ.get("GAIT_BIN", "").strip()
    if named:
        return [named] if os.path.exists(named) else shlex.split(named)
    found = shutil.which("gait")
    if found is None:
        raise Failed("gait is neither in GAIT_BIN nor on the PATH")
    return [found]


if __name__ == "__main__":
    sys.exit(main())
