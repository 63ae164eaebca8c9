"""llama-index: what an agent hands to its stream of events, its output, its context and its instrumentation."""

import asyncio
import json

import llama_index.core.instrumentation as instrumentation
import model_server
import samples
import scene
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.chat_engine.types import AgentChatResponse
from llama_index.core.tools import FunctionTool
from llama_index.core.tools.calling import call_tool
from llama_index.core.workflow import JsonSerializer
from llama_index.llms.openai_like import OpenAILike
from pydantic_core import to_jsonable_python

told = []


class Keep(BaseEventHandler):
    @classmethod
    def class_name(cls):
        return "Keep"

    def handle(self, event, **_):
        told.append(event)


instrumentation.get_dispatcher().add_event_handler(Keep())
address = model_server.serve()
model = OpenAILike(model="m", api_base=f"{address}/v1", api_key="none", is_chat_model=True,
                   is_function_calling_model=True)
tools = [FunctionTool.from_defaults(scene.lookup_order), FunctionTool.from_defaults(scene.pay)]
agent = FunctionAgent(name="refunds", description="refunds", tools=tools, llm=model,
                      system_prompt=scene.INSTRUCTIONS, streaming=False)


async def main():
    workflow = AgentWorkflow(agents=[agent])
    handler = workflow.run(user_msg=scene.QUESTION)
    events = [event async for event in handler.stream_events()]
    output = await handler
    serializer = JsonSerializer()
    samples.write_lines("events.jsonl", [event.model_dump(mode="json") for event in events])
    samples.write_lines("events_serialized.jsonl", [json.loads(serializer.serialize(event)) for event in events])
    samples.write_json("output.json", output.model_dump(mode="json"))
    samples.write_lines("instrumentation.jsonl", [dump(event) for event in told])


def dump(event):
    """Some events hold what their library can't write as JSON itself."""
    return json.loads(json.dumps(event.model_dump(), default=str))


asyncio.run(main())
scene.write_made()

# What chat engines and the agents of earlier versions answer with: the output of each tool that they called.
named = {tool.metadata.name: tool for tool in tools}
sources = [call_tool(named[name], args) for turn in scene.TURNS for _, name, args in turn]
response = AgentChatResponse(response=scene.FINAL, sources=sources)
samples.write_json("chat_response.json", to_jsonable_python(response))
