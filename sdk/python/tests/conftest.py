"""What the tests share: the real executable, a policy, and executables that misbehave."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gait import IntentContext, IntentRequest, capture_intent
from refusals import DEADLINE

CHECKOUT = Path(__file__).resolve().parents[3]

POLICY = """default_verdict: block
rules:
  - {name: reads, effect: allow, match: {tool_names: [tool.read]}}
  - {name: writes, effect: require_approval, match: {tool_names: [tool.write]}}
  - {name: rehearsals, effect: dry_run, match: {tool_names: [tool.rehearse]}}
"""


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GAIT_BIN", "GAIT_GATE_SOCKET", "GAIT_GATE_SOCKET_UID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def gait() -> str:
    """The executable under test: GAIT_BIN, else that of the checkout, else that on the PATH."""
    named = os.environ.get("GAIT_BIN")
    if named:
        return named
    launcher = CHECKOUT / "bin" / "gait"
    found = str(launcher) if launcher.exists() else shutil.which("gait")
    if not found:
        pytest.skip("gait is absent")
    return found


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return path


@pytest.fixture
def context() -> IntentContext:
    return IntentContext(identity="agent-7", workspace="/srv", risk_class="low")


@pytest.fixture
def intent(context: IntentContext) -> Callable[..., IntentRequest]:
    def make(tool_name: str = "tool.read", **args: object) -> IntentRequest:
        return capture_intent(tool_name=tool_name, args=args, context=context)

    return make


@pytest.fixture
def fake(tmp_path: Path) -> Callable[[str], list[str]]:
    """A command that runs this Python code in place of gait."""
    count = iter(range(1000))

    def make(code: str) -> list[str]:
        path = tmp_path / f"fake_gait_{next(count)}.py"
        path.write_text(code)
        return [sys.executable, "-I", str(path)]

    return make


def children() -> set[int]:
    """The processes that this one started and has not reaped, zombies among them."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == os.getpid():
                found.add(int(entry.name))
    return found


def wait_for_no_child() -> None:
    until = time.monotonic() + DEADLINE
    while children():
        assert time.monotonic() < until, "a child is still there"
        time.sleep(0.001)


@pytest.fixture
def no_child_stays() -> Iterator[None]:
    """Fails when a process of the test is left, running or as a zombie."""
    before = children()
    yield
    assert children() - before == set()
