"""LangChain's agent with the middleware of Gait, and a session that records the run. The model is a script.

Needs the packages ``langchain`` and ``gait`` (``pip install "./sdk/python[langchain]"``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool

from gait import (
    GaitLangChainMiddleware,
    GateEnforcementError,
    IntentRequest,
    LangChainDecisionMetadata,
    ToolAdapter,
    run_session,
)
from gait.langchain import GaitLangChainCallbackHandler

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from quickstart import REPOSITORY, Failed, executable, intent_of, out_folder, run_named, sample_call, write_json  # noqa: E402

HERE = Path(__file__).resolve().parent
FRAMEWORK = "langchain"


class Script(GenericFakeChatModel):
    """Calls the one tool, then ends."""

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self


def run(scenario: str) -> None:
    out = out_folder(FRAMEWORK)
    gait = executable()
    call = sample_call(FRAMEWORK)
    intent = IntentRequest.from_dict(intent_of(FRAMEWORK, scenario, call))
    write_json(out / f"intent_{scenario}.json", intent.to_dict())
    trace = out / f"trace_{scenario}.json"
    trace.unlink(missing_ok=True)
    output = out / f"executor_{scenario}.json"

    @tool("tool.write")
    def write(path: str, content: str) -> str:
        """Write a file."""
        write_json(output, {"path": path, "content": content})
        return f"wrote {path}"

    handler = GaitLangChainCallbackHandler()
    middleware = GaitLangChainMiddleware(
        ToolAdapter(HERE / f"policy_{scenario}.yaml", gait_bin=gait),
        intent_factory=lambda request: intent,
        cwd=REPOSITORY,
        trace_path_factory=lambda request, intent: trace,
        callback_handler=handler,
    )
    turn = AIMessage(content="", tool_calls=[{"name": "tool.write", "args": call.args, "id": f"call_{scenario}"}])
    model = Script(messages=iter([turn, AIMessage(content="done")]))
    agent = create_agent(model, [write], middleware=[middleware])
    answer = ""
    run_id = f"run_langchain_{scenario}"
    (out / "runpacks" / f"runpack_{run_id}.zip").unlink(missing_ok=True)  # that of an earlier start of this example
    with run_session(
        run_id=run_id, gait_bin=gait, cwd=REPOSITORY, out_dir=out / "runpacks"
    ) as session:
        try:
            state = agent.invoke({"messages": [HumanMessage("Write the file.")]})
            answer = str(state["messages"][-1].content)
        except GateEnforcementError as refused:
            answer = str(refused)
    (event,) = handler.events
    show(scenario, event, out / f"intent_{scenario}.json", trace, session)
    print(f"agent_response={answer}")
    if event.executed:
        print(f"executor_output={output}")
    if event.verdict != scenario or event.executed is not (scenario == "allow"):
        raise Failed(f"expected the verdict {scenario}, got {event.verdict}")


def show(scenario: str, event: LangChainDecisionMetadata, intent_path: Path, trace: Path, session: Any) -> None:
    print(f"framework={FRAMEWORK}")
    print(f"scenario={scenario}")
    print(f"verdict={event.verdict}")
    print(f"executed={'true' if event.executed else 'false'}")
    print(f"intent_path={intent_path}")
    print(f"trace_path={trace}")
    print(f"run_id={session.run_id}")
    print(f"request_id={event.request_id or event.tool_call_id}")
    print(f"policy_digest={event.policy_digest}")
    print(f"intent_digest={event.intent_digest}")
    print(f"runpack_path={session.capture.bundle_path}")
    print(f"ticket_footer={session.capture.ticket_footer}")


if __name__ == "__main__":
    run_named("A tool call of LangChain that the gate decides.", run)
