"""camel-ai: the saved memory of an agent, its records, its answer."""

import json
import os

import model_server
import samples
import scene
from camel.agents import ChatAgent
from camel.models import ModelFactory
from camel.toolkits import FunctionTool
from camel.types import ModelPlatformType
from camel.utils import BaseTokenCounter


class Few(BaseTokenCounter):
    """Counts nothing: the counters of the library load tables from the network."""

    def count_tokens_from_messages(self, messages):
        return len(messages)

    def encode(self, text):
        return []

    def decode(self, token_ids):
        return ""




def plain(value):
    return json.loads(json.dumps(value, default=lambda one: one.model_dump() if hasattr(one, "model_dump") else str(one)))


address = model_server.serve()
model = ModelFactory.create(ModelPlatformType.OPENAI_COMPATIBLE_MODEL, model_type="m", url=f"{address}/v1", api_key="none", token_counter=Few())
agent = ChatAgent(scene.INSTRUCTIONS, model=model, tools=[FunctionTool(scene.lookup_order), FunctionTool(scene.pay)])
response = agent.step(scene.QUESTION)
agent.save_memory(os.path.join(samples.folder(), "memory.json"))
samples.write_json("info.json", plain(response.info))
samples.write_json("records.json", [record.memory_record.to_dict() for record in agent.memory.retrieve()])
scene.write_made()
