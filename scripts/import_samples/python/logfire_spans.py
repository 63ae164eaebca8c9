"""logfire: spans of its clients of models, in both versions of its attributes, and records as its query client gives them.

The service that keeps records is no library: the loopback server answers the client with the spans in the columns that
its documentation names, with JSON in attributes parsed, as the service does.
"""

import json
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import logfire
import model_server
import samples
import scene
from anthropic import Anthropic
from logfire.query_client import LogfireQueryClient
from openai import OpenAI
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic_ai import Agent, ModelRetry
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

address = model_server.serve()
memory = InMemorySpanExporter()
logfire.configure(send_to_logfire=False, console=False, inspect_arguments=False,
                  additional_span_processors=[SimpleSpanProcessor(memory)])
SINCE = datetime(2026, 1, 2, tzinfo=timezone.utc)
LEFT_OUT = ("code.", "logfire.json_schema")


def finished():
    spans = memory.get_finished_spans()
    memory.clear()
    return spans


def write_spans(name):
    spans = [json.loads(span.to_json()) for span in finished()]
    for span in spans:
        span["attributes"] = {k: v for k, v in span["attributes"].items() if not k.startswith(LEFT_OUT)}
        span["resource"]["attributes"] = {"service.name": "refunds"}
    samples.write_json(name, spans)


def row(span):
    told, attributes = json.loads(span.to_json()), dict(span.attributes)
    schema = json.loads(attributes.get("logfire.json_schema", "{}")).get("properties", {})
    parsed = {k: json.loads(v) if k in schema and isinstance(v, str) and v[:1] in "[{" else v
              for k, v in attributes.items() if not k.startswith(LEFT_OUT)}
    failed = any(event.name == "exception" for event in span.events)
    return {"trace_id": f"{span.context.trace_id:032x}", "span_id": f"{span.context.span_id:016x}",
            "parent_span_id": f"{span.parent.span_id:016x}" if span.parent else None,
            "span_name": span.name, "message": attributes.get("logfire.msg"), "kind": "span",
            "start_timestamp": told["start_time"], "end_timestamp": told["end_time"], "is_exception": failed,
            "otel_status_code": told["status"]["status_code"], "service_name": "refunds",
            "attributes": json.loads(json.dumps(parsed))}


rows = []


class Records(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer()

    do_POST = do_GET

    def answer(self):
        if "csv" in self.headers["accept"]:
            kind, text = "text/csv", csv_of(rows)
        else:
            fields = [{"name": name, "data_type": "Utf8", "nullable": True} for name in rows[0]]
            kind, text = "application/json", json.dumps({"schema": {"fields": fields}, "data": rows})
        data = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def csv_of(records):
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(records[0])
    for record in records:
        writer.writerow("" if v is None else str(v).lower() if isinstance(v, bool) else
                        json.dumps(v) if isinstance(v, dict) else v for v in record.values())
    return out.getvalue()


def chat(client):
    messages = [{"role": "user", "content": scene.QUESTION}]
    tools = [{"type": "function", "function": tool} for tool in scene.TOOLS]
    while True:
        message = client.chat.completions.create(model="m", messages=messages, tools=tools).choices[0].message
        messages.append(message.model_dump(exclude_none=True))
        if not message.tool_calls:
            return
        for call in message.tool_calls:
            result, _ = scene.run(call.function.name, json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id,
                             "content": result if isinstance(result, str) else json.dumps(result)})


def respond(client):
    items = [{"role": "user", "content": scene.QUESTION}]
    tools = [{"type": "function", **tool} for tool in scene.TOOLS]
    while True:
        output = client.responses.create(model="m", input=items, tools=tools).output
        items += [item.model_dump(exclude_none=True) for item in output]
        calls = [item for item in output if item.type == "function_call"]
        if not calls:
            return
        for call in calls:
            result, _ = scene.run(call.name, json.loads(call.arguments))
            items.append({"type": "function_call_output", "call_id": call.call_id,
                          "output": result if isinstance(result, str) else json.dumps(result)})


def claude(client):
    messages = [{"role": "user", "content": scene.QUESTION}]
    tools = [{"name": t["name"], "description": t["description"], "input_schema": t["parameters"]} for t in scene.TOOLS]
    while True:
        answer = client.messages.create(model="m", max_tokens=100, messages=messages, tools=tools)
        messages.append({"role": "assistant",
                         "content": [b.model_dump(mode="json", exclude_none=True) for b in answer.content]})
        if answer.stop_reason != "tool_use":
            return
        results = []
        for block in answer.content:
            result, failed = scene.run(block.name, block.input)
            results.append({"type": "tool_result", "tool_use_id": block.id,
                            "content": result if isinstance(result, str) else json.dumps(result),
                            **({"is_error": True} if failed else {})})
        messages.append({"role": "user", "content": results})


def record(ask, client, instrument, name, version):
    instrument(client, version=version)
    with logfire.span("refund"):
        ask(client)
    write_spans(name)


for version in (1, "latest"):
    openai = lambda: OpenAI(base_url=f"{address}/v1", api_key="none")
    record(chat, openai(), logfire.instrument_openai, f"openai_chat_{version}.json", version)
    if version == 1:
        scene.write_made()
        record(respond, openai(), logfire.instrument_openai, f"openai_responses_{version}.json", version)
        record(claude, Anthropic(base_url=address, api_key="none"), logfire.instrument_anthropic,
               f"anthropic_{version}.json", version)

logfire.instrument_pydantic_ai()
model = OpenAIChatModel("m", provider=OpenAIProvider(base_url=f"{address}/v1", api_key="none"))
agent = Agent(model, name="refunds", instructions=scene.INSTRUCTIONS, retries=3)


@agent.tool_plain
def lookup_order(order: str) -> dict:
    """Look an order up."""
    return scene.lookup_order(order)


@agent.tool_plain
def pay(cents: int, to: str) -> dict:
    """Pay out money."""
    try:
        return scene.pay(cents, to)
    except ValueError as error:
        raise ModelRetry(str(error)) from error


agent.run_sync(scene.QUESTION)
rows += [row(span) for span in finished()]
server = ThreadingHTTPServer(("127.0.0.1", 0), Records)
threading.Thread(target=server.serve_forever, daemon=True).start()
with LogfireQueryClient(read_token="none", base_url=f"http://127.0.0.1:{server.server_port}") as client:
    samples.write_json("records.json", client.query_json_rows("SELECT * FROM records", min_timestamp=SINCE))
    samples.write("records.csv", client.query_csv("SELECT * FROM records", min_timestamp=SINCE))
