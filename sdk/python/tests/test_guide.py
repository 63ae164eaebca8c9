"""docs/python.md as a reader would follow it: its blocks run in order, in one folder."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from conftest import CHECKOUT

GUIDE = CHECKOUT / "docs" / "python.md"


def test_the_lines_of_the_readme(gait: str, policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAIT_BIN", gait)
    policy.write_text("default_verdict: block\nrules:\n  - {name: reads, effect: allow, match: {tool_names: [read_file]}}\n")
    (block,) = re.findall(r"^```python\n(.*?)^```", (CHECKOUT / "sdk/python/README.md").read_text(), re.MULTILINE | re.DOTALL)
    exec(compile(f"{block}\n    assert read_file('policy.yaml')", "README.md", "exec"), {})


def test_the_guide(gait: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("GAIT_BIN", gait)
    (tmp_path / "gait").symlink_to(gait)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    blocks = re.findall(r"^```(python|sh)\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {"__name__": "guide"}
    ran = 0
    for language, text in blocks:
        if "pip install" in text:
            continue
        if language == "python":
            exec(compile(text, str(GUIDE), "exec"), names)
        else:
            subprocess.run(["bash", "-ec", text], check=True, env=environment, capture_output=True)
        ran += 1
    assert ran == 9
    assert "runpack_run_7.zip" in os.listdir("gait-out")
