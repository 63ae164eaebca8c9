"""A gate beside a program of any language: an intent in, a decision out, both JSON."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import Failed, executable  # noqa: E402

INVALID = 2
NO_ANSWER = 6
# Options that go to `gait gate eval` as they are.
PASSED = (
    "profile", "trace-out", "delegation-token", "delegation-token-chain", "delegation-public-key",
    "delegation-public-key-env", "delegation-private-key", "delegation-private-key-env",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Decide an intent with gait gate eval.")
    parser.add_argument("--policy", required=True)
    parser.add_argument("--intent-file", default="-", help="the intent; - is standard input")
    parser.add_argument("--gait-bin", help="the executable (default: GAIT_BIN, the repository, the PATH)")
    parser.add_argument("--key-mode", default="dev")
    for name in PASSED:
        parser.add_argument(f"--{name}")
    options = parser.parse_args()
    try:
        intent = read_intent(options.intent_file)
    except (OSError, ValueError) as error:
        return say({"ok": False, "error": f"invalid intent: {error}"}, INVALID)
    try:
        return decide(options, intent)
    except (OSError, Failed, subprocess.TimeoutExpired) as error:
        return say({"ok": False, "error": str(error)}, NO_ANSWER)


def read_intent(path: str) -> Dict[str, Any]:
    text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    intent = json.loads(text)
    if not isinstance(intent, dict):
        raise ValueError("expected an object")
    return intent


def decide(options: argparse.Namespace, intent: Dict[str, Any]) -> int:
    command: List[str] = [options.gait_bin] if options.gait_bin else executable()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intent.json"
        path.write_text(json.dumps(intent), encoding="utf-8")
        command += ["gate", "eval", "--policy", options.policy, "--intent", str(path)]
        command += ["--key-mode", options.key_mode, "--json"]
        for name in PASSED:
            value = getattr(options, name.replace("-", "_"))
            if value is not None:
                command += [f"--{name}", value]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    try:
        result = json.loads(ended.stdout)
    except ValueError:
        message = ended.stderr.strip() or "gait did not answer in JSON"
        return say({"ok": False, "exit_code": ended.returncode, "error": message}, ended.returncode or NO_ANSWER)
    decided = ended.returncode in (0, 3, 4)
    trace = result.get("trace_path") if isinstance(result, dict) else None
    answer = {"ok": decided, "exit_code": ended.returncode, "gate_result": result, "trace_path": trace}
    return say(answer, ended.returncode)


def say(answer: Dict[str, Any], status: int) -> int:
    print(json.dumps(answer))
    return status


if __name__ == "__main__":
    sys.exit(main())
