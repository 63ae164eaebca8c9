"""Every command of every README below examples/ is run, in a copy of the repository's examples and package."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import CHECKOUT

READMES = sorted([*CHECKOUT.glob("examples/integrations/*/README.md"), *CHECKOUT.glob("examples/scenarios/*/README.md")])
FRAMEWORKS = sorted(path.parent.name for path in CHECKOUT.glob("examples/integrations/*/policy_allow.yaml"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("examples/integrations", "examples/scenarios", "sdk/python"):
        shutil.copytree(CHECKOUT / name, root / name, ignore=ignore)
    (root / "scripts").mkdir()
    shutil.copy2(CHECKOUT / "scripts/install_openclaw_skill.sh", root / "scripts")
    return root


def run(root: Path, gait: str, command: str) -> subprocess.CompletedProcess[str]:
    # `python3` and `pip` of the README are those of this interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "GAIT_BIN": gait, "PATH": path, "HOME": str(root)}
    return subprocess.run(["bash", "-c", command], cwd=root, env=environment, capture_output=True, text=True, timeout=300)


def commands(readme: Path) -> list[tuple[str, int]]:
    """The commands of the blocks marked ``sh``, each with its status; those whose package is absent are left out."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```", readme.read_text(), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            command, _, remark = line.partition(" # ")
            needs = re.search(r"needs: (\w+)", remark)
            if needs and importlib.util.find_spec(needs[1]) is None:
                continue
            if command.startswith("pip install"):
                continue  # whoever runs this has installed the package under test
            status = re.search(r"exit (\d+)", remark)
            found.append((command, int(status[1]) if status else 0))
    return found


def test_there_is_a_readme_for_each_example() -> None:
    folders = [path for kind in ("integrations", "scenarios") for path in (CHECKOUT / "examples" / kind).iterdir() if path.is_dir()]
    assert {path.parent for path in READMES} == {path for path in folders if path.name not in ("shared", "__pycache__")}
    assert len(READMES) == 14


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_the_commands_of_the_readme(repository: Path, gait: str, readme: Path) -> None:
    found = commands(readme)
    if not found:
        pytest.skip("its packages are absent")
    # Those that record a run are started twice: the second start must not stumble over the first.
    again = readme.parent.name in ("langchain", "openai_agents", "python", "voice_reference")
    for command, status in found * 2 if again else found:
        ended = run(repository, gait, command)
        assert ended.returncode == status, (command, ended.stdout, ended.stderr)


@pytest.mark.parametrize("scenario", ["allow", "block", "require_approval"])
@pytest.mark.parametrize("framework", [name for name in FRAMEWORKS if name not in ("langchain", "voice_reference")])
def test_the_contract_of_a_quickstart(repository: Path, gait: str, framework: str, scenario: str) -> None:
    ended = run(repository, gait, f"python3 examples/integrations/{framework}/quickstart.py --scenario {scenario}")
    shown = dict(line.split("=", 1) for line in ended.stdout.splitlines())
    out = repository / "gait-out" / "integrations" / framework
    executed = scenario == "allow"
    assert ended.returncode == 0, ended
    assert (shown["framework"], shown["scenario"], shown["verdict"]) == (framework, scenario, scenario)
    assert shown["executed"] == ("true" if executed else "false")
    assert shown["trace_path"] == str(out / f"trace_{scenario}.json") and '"skill_provenance"' in Path(shown["trace_path"]).read_text()
    assert (out / f"executor_{scenario}.json").exists() is executed and ("executor_output" in shown) is executed
    assert (out / f"intent_{scenario}.json").exists()


@pytest.mark.parametrize("scenario", ["allow", "block", "require_approval"])
def test_the_contract_of_the_langchain_quickstart(repository: Path, gait: str, scenario: str) -> None:
    pytest.importorskip("langchain")
    ended = run(repository, gait, f"python3 examples/integrations/langchain/quickstart.py --scenario {scenario}")
    shown = dict(line.split("=", 1) for line in ended.stdout.splitlines())
    out = repository / "gait-out" / "integrations" / "langchain"
    executed = scenario == "allow"
    assert ended.returncode == 0, ended
    assert (shown["framework"], shown["scenario"], shown["verdict"]) == ("langchain", scenario, scenario)
    assert shown["executed"] == ("true" if executed else "false") and ("executor_output" in shown) is executed
    assert (out / f"executor_{scenario}.json").exists() is executed
    run_id = f"run_langchain_{scenario}"
    assert shown["run_id"] == run_id and f"run_id={run_id} " in shown["ticket_footer"]
    trace = json.loads(Path(shown["trace_path"]).read_text())
    for name in ("intent_digest", "policy_digest"):
        assert trace[name] == shown[name]
    assert Path(shown["intent_path"]).exists() and shown["request_id"] and shown["agent_response"]
    checked = run(repository, gait, f'"$GAIT_BIN" verify {shown["runpack_path"]}')
    assert Path(shown["runpack_path"]).parent == out / "runpacks" and checked.returncode == 0, checked


@pytest.mark.parametrize("scenario", ["allow", "block", "require_approval"])
def test_the_contract_of_the_voice_quickstart(repository: Path, gait: str, scenario: str) -> None:
    ended = run(repository, gait, f"python3 examples/integrations/voice_reference/quickstart.py --scenario {scenario}")
    shown = dict(line.split("=", 1) for line in ended.stdout.splitlines())
    spoken = scenario == "allow"
    assert ended.returncode == 0, ended
    assert (shown["framework"], shown["scenario"], shown["verdict"]) == ("voice_reference", scenario, scenario)
    assert shown["speak_emitted"] == ("true" if spoken else "false") and ("token_path" in shown) is spoken
    for name in ("trace_path", "call_record", "callpack_path", *(["token_path"] if spoken else [])):
        assert Path(shown[name]).exists(), name
    assert run(repository, gait, f'"$GAIT_BIN" voice pack verify {shown["callpack_path"]}').returncode == 0


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        "[]",
        "no",
        '{"ok": true, "verdict": "ALLOW"}',
        '{"ok": false, "verdict": "allow"}',
        '{"ok": true, "verdict": "allow"}; exit 3',
    ],
)
def test_a_quickstart_executes_nothing_without_an_allow(repository: Path, tmp_path: Path, answer: str) -> None:
    fake = tmp_path / "fake-gait"
    text, _, end = answer.partition(";")
    fake.write_text(f"#!/bin/sh\necho '{text}'\n{end}\n")
    fake.chmod(0o755)
    ended = run(repository, str(fake), "python3 examples/integrations/template/quickstart.py --scenario allow")
    assert ended.returncode == 1 and "error=" in ended.stdout and "executed=true" not in ended.stdout
    assert not (repository / "gait-out/integrations/template/executor_allow.json").exists()


@pytest.mark.parametrize(
    ("answer", "permission"),
    [
        ('{"ok": true, "verdict": "allow"}', "allow"),
        ('{"ok": true, "verdict": "block"}; exit 3', "deny"),
        ('{"ok": true, "verdict": "require_approval"}; exit 4', "ask"),
        ('{"ok": true, "verdict": "dry_run"}', "deny"),
        ('{"ok": true, "verdict": "allow"}; exit 3', "deny"),
        ('{"ok": true, "verdict": "allow"}; exit 1', "deny"),
        ('{"ok": false, "verdict": "allow"}', "deny"),
        ('{"ok": true}', "deny"),
        ('["allow"]', "deny"),
        ("allow", "deny"),
        ("", "deny"),
    ],
)
@pytest.mark.parametrize("open_", [None, "no", "1"])
def test_the_hook_denies_what_was_not_decided(repository: Path, tmp_path: Path, answer: str, permission: str, open_: str | None) -> None:
    fake = tmp_path / "fake-gait"
    text, _, end = answer.partition(";")
    fake.write_text(f"#!/bin/sh\necho '{text}'\n{end}\n")
    fake.chmod(0o755)
    variable = f"GAIT_CLAUDE_UNSAFE_FAIL_OPEN={open_} " if open_ is not None else ""
    hook = "examples/integrations/claude_code/gait-gate.sh"
    for event in ("examples/integrations/claude_code/event.json", "/dev/null"):
        ended = run(repository, str(fake), f"{variable}{hook} < {event}")
        said = json.loads(ended.stdout)
        undecided = event == "/dev/null" or (permission == "deny" and '"block"' not in answer)
        wanted = "allow" if undecided and open_ == "1" else "deny" if undecided else permission
        assert ended.returncode == 0 and said["permissionDecision"] == wanted, (event, said)
        assert said["hookSpecificOutput"]["permissionDecision"] == wanted
        assert ("(unsafe fail-open)" in said["permissionDecisionReason"]) is (undecided and open_ == "1")


def test_the_skill_is_not_replaced_unasked(repository: Path, gait: str) -> None:
    install = "scripts/install_openclaw_skill.sh --target-dir skill"
    assert run(repository, gait, install).returncode == 0
    (repository / "skill/skill_config.json").write_text("mine")
    assert run(repository, gait, install).returncode == 2
    assert (repository / "skill/skill_config.json").read_text() == "mine"
    assert run(repository, gait, f"{install} --force").returncode == 0


@pytest.mark.parametrize("call", ["", "[]", "{}", '{"tool_call": {"tool": " "}}', '{"tool_call": {"tool": "x", "params": []}}'])
def test_the_skill_refuses_what_is_no_call(repository: Path, gait: str, call: str) -> None:
    command = "python3 examples/integrations/openclaw/skill/gait_openclaw_gate.py --policy examples/integrations/openclaw/policy_allow.yaml --call -"
    ended = run(repository, gait, f"echo '{call}' | {command}")
    assert ended.returncode == 1 and '"ok":false' in ended.stdout and '"executed":true' not in ended.stdout


@pytest.mark.parametrize("intent", ["", "[]", "{"])
def test_the_sidecar_refuses_what_is_no_intent(repository: Path, gait: str, intent: str) -> None:
    command = "python3 examples/integrations/sidecar/gate_sidecar.py --policy examples/integrations/sidecar/policy.yaml"
    ended = run(repository, gait, f"echo '{intent}' | {command}")
    assert ended.returncode == 2 and '"ok": false' in ended.stdout
