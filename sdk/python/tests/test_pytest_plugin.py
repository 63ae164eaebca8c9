"""The plugin: a failing test of an agent leaves a runpack and a regression, a passing one leaves nothing."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gait.pytest_plugin import run_id_of
from test_gate import package_on_path

CONFTEST = """
import pytest
from gait import IntentContext, open_gate

@pytest.fixture(scope="session")
def tools():
    context = IntentContext(identity="agent-7", workspace="/srv", risk_class="low")
    with open_gate("policy.yaml", gait_bin={gait!r}) as gate:
        class Tools:
            @staticmethod
            @gate.tool(context=context, tool_name="tool.read")
            def read(path): return path
            @staticmethod
            @gate.tool(context=context, tool_name="tool.burn")
            def burn(path): raise AssertionError("the tool ran")
        yield Tools
"""


def run(gait: str, test: str, *options: str) -> tuple[int, str]:
    Path("conftest.py").write_text(CONFTEST.format(gait=gait))
    Path("test_agent.py").write_text(f"import pytest\n{test}\n")
    # The package is installed with its entry point, or it is named.
    named = [] if installed() else ["-p", "gait.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *named, "--gait-bin", gait, *options]
    ended = subprocess.run(command, capture_output=True, text=True, env=package_on_path())
    return ended.returncode, ended.stdout + ended.stderr


def installed() -> bool:
    from importlib.metadata import entry_points

    return any(entry.name == "gait" for entry in entry_points(group="pytest11"))


FAILING = """
def test_refund(tools, gait_run):
    tools.read("/srv/a")
    tools.burn("/srv/a")
"""


def test_a_failing_test_leaves_a_runpack_and_a_regression(gait, policy) -> None:
    status, output = run(gait, FAILING)
    assert status == 1 and "1 failed" in output
    (name,) = (path.name for path in Path("fixtures").iterdir())  # the node id counts from the root of the tests
    assert name.startswith("test_agent_py_test_refund_")
    assert re.findall("^next: (.*)$", output, re.M) == ["gait regress run"]
    assert "GateEnforcementError" in output and f"regression: fixtures/{name}" in output
    bundle = Path(f"gait-out/runpack_{name}.zip")
    assert subprocess.run([gait, "verify", bundle], capture_output=True).returncode == 0
    assert Path("gait.yaml").exists()
    assert subprocess.run([gait, "regress", "run"], capture_output=True).returncode == 0


def test_a_test_that_fails_again_keeps_what_is_there(gait, policy) -> None:
    run(gait, FAILING)
    first = {path: path.read_bytes() for path in Path(".").glob("*/**/*.zip")}
    status, output = run(gait, FAILING)
    assert status == 1 and "made of an earlier failure" in output
    (command,) = re.findall("^next: gait (.*)$", output, re.M)
    checked = subprocess.run([gait, *shlex.split(command), "--json"], capture_output=True, text=True)
    assert checked.returncode == 0 and json.loads(checked.stdout)["status"] == "pass", checked.stdout
    assert all(path.read_bytes() == content for path, content in first.items())
    assert len(list(Path("gait-out").glob("*.zip"))) == 2 and len(list(Path("fixtures").iterdir())) == 1


def test_what_must_never_happen_is_in_the_regression(gait, policy) -> None:
    test = FAILING.replace("def test", "@pytest.mark.gait(run_id='refund', never=['tool.burn'], raw=True)\ndef test")
    assert run(gait, test)[0] == 1
    checked = subprocess.run([gait, "regress", "run"], capture_output=True, text=True)
    assert checked.returncode in (0, 5) and "refund" in checked.stdout
    assert "tool.burn" in "".join(path.read_text() for path in Path("fixtures/refund").glob("*.json"))


@pytest.mark.parametrize(
    ("options", "runpacks", "fixtures"),
    [([], 0, 0), (["--gait-record=all"], 1, 0), (["--gait-record=none"], 0, 0)],
)
def test_a_passing_test(gait, policy, options, runpacks, fixtures) -> None:
    status, output = run(gait, "@pytest.mark.gait\ndef test_read(tools):\n    assert tools.read('/srv/a') == '/srv/a'", *options)
    assert status == 0, output
    assert len(list(Path(".").glob("gait-out/*.zip"))) == runpacks
    assert len(list(Path(".").glob("fixtures/*"))) == fixtures


def test_a_failure_stays_what_it_is(gait, policy) -> None:
    status, output = run("no-such-gait", "def test_sum(gait_run):\n    assert 1 == 2")
    assert status == 1 and "assert 1 == 2" in output and "nothing was recorded" in output
    assert not Path("fixtures").exists()


def test_a_test_without_the_fixture_is_left_alone(gait, policy) -> None:
    assert run(gait, "def test_sum():\n    assert 1 == 2")[0] == 1
    assert not Path("gait-out").exists()


def test_names_of_runs_are_told_apart() -> None:
    names = {run_id_of(f"a/test_x.py::test[{case}]") for case in ("a b", "a_b", "a-b", "Ä", "ä", "x" * 500)}
    assert len(names) == 6 and all(len(name) < 100 and name.isascii() for name in names)
