"""An agent of the OpenAI Agents SDK whose tools are guarded. The model is a script, so that no account is needed.

Needs the packages ``openai-agents`` and ``gait`` (``pip install openai-agents ./sdk/python``).
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from agents import Agent, Model, ModelResponse, Runner, Usage, function_tool, set_tracing_disabled
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

from gait import open_gate, run_session
from gait.integrations import Guard
from gait.integrations.openai_agents import guard_tools

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import executable, out_folder  # noqa: E402

HERE = Path(__file__).resolve().parent


@function_tool
def read_ticket(number: int) -> str:
    """Read a ticket."""
    return f"ticket {number}: the customer wants 40 euros back"


@function_tool
def refund(customer: str, euros: int) -> str:
    """Pay a customer back."""
    return f"paid {euros} to {customer}"


@function_tool
def drop_table(name: str) -> str:
    """Remove a table of the database."""
    raise AssertionError("the policy does not allow this")


class Script(Model):
    """Calls three tools, then ends."""

    def __init__(self) -> None:
        calls = [("read_ticket", {"number": 7}), ("drop_table", {"name": "customers"}), ("refund", {"customer": "c-1", "euros": 40})]
        self.turns: list[Any] = [
            ResponseFunctionToolCall(type="function_call", name=name, call_id=f"call_{at}", arguments=json.dumps(args))
            for at, (name, args) in enumerate(calls)
        ]

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        return ModelResponse(output=[self.turns.pop(0) if self.turns else said("done")], usage=Usage(), response_id=None)

    def stream_response(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


def said(text: str) -> ResponseOutputMessage:
    content = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(id="m", type="message", role="assistant", status="completed", content=[content])


async def main() -> None:
    out = out_folder("openai_agents")
    gait = executable()
    set_tracing_disabled(True)
    (out / "runpacks" / "runpack_run_openai_agents.zip").unlink(missing_ok=True)  # that of an earlier start
    with open_gate(HERE / "policy_agent.yaml", gait_bin=gait, trace_dir=out / "traces") as gate:
        guard = Guard(gate, identity="desk-agent", workspace="/srv/desk", risk_class="low")
        agent = Agent(name="desk", model=Script(), tools=guard_tools(guard, [read_ticket, refund, drop_table]))
        with run_session(run_id="run_openai_agents", gait_bin=gait, out_dir=out / "runpacks") as session:
            result = await Runner.run(agent, "Handle ticket 7.")
            for item in result.interruptions:  # a person has to approve these
                print(f"waits_for_approval={item.raw_item.name}")
        for attempt in session.attempts:
            print(f"{attempt.tool_name}={attempt.verdict} executed={'true' if attempt.executed else 'false'}")
    assert session.capture is not None
    print(f"runpack_path={session.capture.bundle_path}")
    print(f"ticket_footer={session.capture.ticket_footer}")


if __name__ == "__main__":
    asyncio.run(main())
