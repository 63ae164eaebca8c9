"""openai-agents: items of a run, its input list, and what its tracing exports."""

import asyncio
import json

import model_server
import samples
import scene
from agents import Agent, Runner, function_tool, set_trace_processors, OpenAIResponsesModel
from agents.tracing import TracingProcessor
from openai import AsyncOpenAI

address = model_server.serve()
client = AsyncOpenAI(base_url=f"{address}/v1", api_key="none")
spans = []


class Keep(TracingProcessor):
    def on_trace_start(self, trace): spans.append(trace.export())
    def on_trace_end(self, trace): pass
    def on_span_start(self, span): pass
    def on_span_end(self, span): spans.append(span.export())
    def shutdown(self): pass
    def force_flush(self): pass


set_trace_processors([Keep()])


@function_tool
def lookup_order(order: str) -> str:
    """Look an order up."""
    return json.dumps(scene.lookup_order(order))


@function_tool
def pay(cents: int, to: str) -> str:
    """Pay out money."""
    return json.dumps(scene.pay(cents, to))


agent = Agent(name="refunds", instructions=scene.INSTRUCTIONS, tools=[lookup_order, pay],
              model=OpenAIResponsesModel(model="m", openai_client=client))
result = asyncio.run(Runner.run(agent, scene.QUESTION))
samples.write_json("input_list.json", result.to_input_list())


def plain(value):
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return value


samples.write_json("new_items.json", [
    {"type": item.type, "raw_item": plain(item.raw_item),
     **({"output": item.output} if hasattr(item, "output") else {})}
    for item in result.new_items
])
samples.write_json("state.json", result.to_state().to_json())
samples.write_lines("traces.jsonl", spans)
scene.write_made()
