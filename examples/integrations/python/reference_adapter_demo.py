"""The shortest whole: a decorated tool, a session, a runpack and a regression.

Needs the package ``gait`` (``pip install ./sdk/python``, or ``PYTHONPATH=sdk/python``) and the executable.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from gait import GateEnforcementError, IntentContext, create_regress_fixture, gate_tool, open_gate, run_session

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import executable, out_folder  # noqa: E402

HERE = Path(__file__).resolve().parent


def main() -> None:
    shutil.rmtree(out_folder("python"))  # what an earlier start of this example left
    out = out_folder("python")
    gait = executable()
    context = IntentContext(identity="demo-agent", workspace="/srv/demo", risk_class="low")
    with open_gate(HERE / "policy.yaml", gait_bin=gait, trace_dir=out / "traces") as gate:

        @gate_tool(adapter=gate, context=context, tool_name="tool.search")
        def search(query: str) -> str:
            return f"three results for {query}"

        @gate_tool(adapter=gate, context=context, tool_name="tool.delete")
        def delete(path: str) -> str:
            raise AssertionError("the policy blocks this")

        with run_session(run_id="run_python_demo", gait_bin=gait, cwd=out) as session:
            print(f"tool_output={search('gait')}")
            try:
                delete("/srv/demo")
            except GateEnforcementError as refused:
                print(f"refused={refused.decision.verdict}")
    assert session.capture is not None
    bundle = out / session.capture.bundle_path
    fixture = create_regress_fixture(from_run=bundle, gait_bin=gait, cwd=out)
    print(f"runpack_path={bundle}")
    print(f"ticket_footer={session.capture.ticket_footer}")
    print(f"fixture={out / fixture.fixture_dir}")


if __name__ == "__main__":
    main()
