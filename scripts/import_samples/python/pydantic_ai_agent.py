"""pydantic-ai: messages, and its OpenTelemetry spans."""

import asyncio
import json

import model_server
import samples
import scene
import traces
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic_ai import Agent, ModelRetry
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_core import to_jsonable_python

address = model_server.serve()
provider = traces.tracer_provider(address)
Agent.instrument_all()
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


result = agent.run_sync(scene.QUESTION)
samples.write_json("messages.json", json.loads(result.all_messages_json()))
provider.force_flush()
traces.write_traces("traces")
scene.write_made()
samples.write_json("result.json", to_jsonable_python(result, serialize_unknown=True))


async def stream():
    async with agent.run_stream_events(scene.QUESTION) as events:
        samples.write_lines("events.jsonl", [to_jsonable_python(event, serialize_unknown=True) async for event in events])
    async with agent.iter(scene.QUESTION) as run:
        samples.write_lines("nodes.jsonl", [to_jsonable_python(node, serialize_unknown=True) async for node in run])


asyncio.run(stream())

# The attributes of version 2, which agents of version 1 of the library write unless told otherwise.
memory = InMemorySpanExporter()
older = TracerProvider()
older.add_span_processor(SimpleSpanProcessor(memory))
Agent.instrument_all(InstrumentationSettings(version=2, tracer_provider=older))
agent.run_sync(scene.QUESTION)
samples.write_json("spans_version_2.json", [json.loads(span.to_json()) for span in memory.get_finished_spans()])
