"""langchain and langgraph: messages in their serialised forms, and traces by several instrumentations.

The argument names what to trace with: plain, openinference, traceloop, langsmith or langfuse.
"""

import json
import os
import sys

import model_server
import samples
import scene
import traces

address = model_server.serve()
way = sys.argv[1]
os.environ["OPENAI_API_KEY"] = "none"
callbacks = []
if way == "openinference":
    from openinference.instrumentation.langchain import LangChainInstrumentor

    LangChainInstrumentor().instrument(tracer_provider=traces.tracer_provider(address))
elif way == "traceloop":
    from opentelemetry.instrumentation.langchain import LangchainInstrumentor

    LangchainInstrumentor().instrument(tracer_provider=traces.tracer_provider(address))
elif way == "langsmith":
    os.environ |= {"LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": address, "LANGSMITH_API_KEY": "none",
                   "LANGSMITH_PROJECT": "refunds"}
elif way == "langfuse":
    os.environ |= {"LANGFUSE_HOST": address, "LANGFUSE_BASE_URL": address, "LANGFUSE_PUBLIC_KEY": "none",
                   "LANGFUSE_SECRET_KEY": "none"}
    from langfuse.langchain import CallbackHandler

    callbacks = [CallbackHandler()]

from langchain.agents import create_agent
from langchain_core.load import dumpd
from langchain_core.messages import message_to_dict
from langchain_core.tools import ToolException, tool
from langchain_openai import ChatOpenAI


@tool
def lookup_order(order: str) -> dict:
    """Look an order up."""
    return scene.lookup_order(order)


@tool
def pay(cents: int, to: str) -> dict:
    """Pay out money."""
    try:
        return scene.pay(cents, to)
    except ValueError as error:
        raise ToolException(str(error)) from error


pay.handle_tool_error = True

agent = create_agent(ChatOpenAI(model="m", base_url=f"{address}/v1"), [lookup_order, pay])
state = agent.invoke({"messages": [("user", scene.QUESTION)]}, {"callbacks": callbacks})
messages = state["messages"]
if way == "plain":
    samples.write_json("messages_to_dict.json", [message_to_dict(m) for m in messages])
    samples.write_json("model_dump.json", {"messages": [m.model_dump(mode="json") for m in messages]})
    samples.write_json("dumpd.json", [dumpd(m) for m in messages])
    samples.write_json("state_dumpd.json", {"values": dumpd(state), "next": []})
elif way in ("openinference", "traceloop"):
    traces.write_traces("traces")
elif way == "langsmith":
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith import Client

    wait_for_all_tracers()
    client = Client()
    client.flush()
    runs = {}
    for _, path, _, body in model_server.posted:
        if path == "/runs/batch":
            batch = json.loads(body)
            for run in batch.get("post", []) + batch.get("patch", []):
                # The platform adds the id of the project and the path of the run.
                known = runs.setdefault(run["id"], {"session_id": "00000000-0000-4000-8000-000000000001",
                                                    "app_path": f"/o/none/r/{run['id']}", "parent_run_ids": []})
                known.update({key: value for key, value in run.items() if value is not None})
    for run in runs.values():
        run["extra"].pop("runtime", None)
        # The environment of the machine is part of the metadata.
        metadata = run["extra"].get("metadata", {})
        run["extra"]["metadata"] = {k: v for k, v in metadata.items() if k.startswith("l") and k != "ls_model_name"}
        run["status"] = "error" if run.get("error") else "success"
        run.pop("serialized", None)
    model_server.runs[:] = runs.values()
    exported = [run.model_dump(mode="json") for run in client.list_runs(project_id="00000000-0000-4000-8000-000000000001")]
    samples.write_lines("runs.jsonl", exported)
    samples.write("runs_api.json", json.dumps({"runs": list(runs.values()), "cursors": None}))
elif way == "langfuse":
    from langfuse import get_client

    get_client().flush()
    traces.write_traces("traces")
scene.write_made()
