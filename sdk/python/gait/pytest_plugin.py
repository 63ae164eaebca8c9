"""A plugin for pytest: a failing test of an agent leaves a runpack, and a regression of it.

A test with the fixture ``gait_run`` or the marker ``gait`` runs inside a session. When it fails, the session is
recorded and ``gait regress init`` makes a fixture of it; both are named in the report of the failure.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from .client import create_regress_fixture
from .executable import DEFAULT_BIN
from .session import RunSession

SECTION = "gait"
_SESSION = pytest.StashKey[RunSession]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gait", "runs of agents as evidence")
    group.addoption(
        "--gait-record",
        choices=("failed", "all", "none"),
        default="failed",
        help="which tests leave a runpack (default: failed)",
    )
    group.addoption("--gait-bin", default=DEFAULT_BIN, help="the gait executable (default: GAIT_BIN, else the PATH)")
    group.addoption("--gait-out", default="gait-out", help="where runpacks go (default: gait-out)")
    group.addoption(
        "--gait-no-regress", action="store_true", help="leave a runpack of a failing test, but make no regression"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "gait(run_id=None, never=(), must=(), raw=False): run the test in a session of gait; a failure becomes a"
        " runpack and a regression, in which the tools of `never` must not be called and those of `must` must",
    )


@pytest.fixture
def gait_run(request: pytest.FixtureRequest) -> RunSession:
    """The session that the calls of this test are noted in."""
    session: RunSession = request.node.stash[_SESSION]
    return session


def _wanted(item: pytest.Item) -> bool:
    return item.get_closest_marker("gait") is not None or "gait_run" in getattr(item, "fixturenames", ())


def _arguments(item: pytest.Item) -> dict[str, Any]:
    marker = item.get_closest_marker("gait")
    return dict(marker.kwargs) if marker is not None else {}


def run_id_of(nodeid: str) -> str:
    """A name for the run of a test. Names that would come out alike are told apart by a digest."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", nodeid.rsplit("/", 1)[-1]).strip("_").lower()[:80]
    return f"{plain}_{hashlib.sha256(nodeid.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _name(item: pytest.Item) -> str:
    return str(_arguments(item).get("run_id") or run_id_of(item.nodeid))


def _free(item: pytest.Item, name: str) -> str:
    """A run id that no runpack has: what an earlier failure left is evidence, and stays."""
    folder = Path(item.config.invocation_params.dir, item.config.getoption("--gait-out"))
    run_id, count = name, 1
    while (folder / f"runpack_{run_id}.zip").exists():
        count += 1
        run_id = f"{name}_{count}"
    return run_id


def _open(item: pytest.Item) -> RunSession:
    arguments = _arguments(item)
    raw = bool(arguments.get("raw"))
    return RunSession(
        run_id=_free(item, _name(item)),
        gait_bin=item.config.getoption("--gait-bin"),
        out_dir=item.config.getoption("--gait-out"),
        cwd=item.config.invocation_params.dir,
        capture_mode="raw" if raw else "reference",
        include_raw_payload=raw,
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    if _wanted(item):
        item.stash[_SESSION] = _open(item)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    session = item.stash.get(_SESSION, None)
    if session is None:
        return (yield)
    with session.active():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report: pytest.TestReport = yield
    session = item.stash.get(_SESSION, None)
    if session is None or report.when != "call":
        return report
    record = item.config.getoption("--gait-record")
    if record == "all" or (record == "failed" and report.failed):
        report.sections.append((SECTION, "\n".join(_keep(item, session, failed=report.failed))))
    return report


def _keep(item: pytest.Item, session: RunSession, *, failed: bool) -> list[str]:
    """Record the run, make a regression of a failure, and say where they are. The test stays what it was."""
    if not session.attempts:
        return ["nothing was recorded: no call passed the gate in this test"]
    try:
        capture = session.finalize()
    except Exception as error:
        return [f"the run was not recorded: {error}"]
    bundle = Path(item.config.invocation_params.dir, capture.bundle_path)
    lines = [f"runpack: {bundle}", capture.ticket_footer]
    if not failed or item.config.getoption("--gait-no-regress"):
        return lines
    arguments, name = _arguments(item), _name(item)
    made = Path("fixtures", name)
    if Path(item.config.invocation_params.dir, made).exists():
        shown = shlex.quote(capture.bundle_path)
        return [
            *lines,
            f"regression: {made}, made of an earlier failure",
            f"next: gait regress run --candidate {shown}",
        ]
    try:
        fixture = create_regress_fixture(
            from_run=bundle,
            gait_bin=session.gait_bin,
            cwd=item.config.invocation_params.dir,
            name=name,
            never=tuple(arguments.get("never", ())),
            must=tuple(arguments.get("must", ())),
        )
    except Exception as error:
        return [*lines, f"no regression was made: {error}"]
    # Of what `gait regress init` proposes, the first line can be pasted as it is; a later run is named when it fails.
    return [*lines, f"regression: {fixture.fixture_dir}", *(f"next: {line}" for line in fixture.next_commands[:1])]
