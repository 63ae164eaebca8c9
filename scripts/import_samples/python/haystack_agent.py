"""haystack: the messages of an agent and the result of a pipeline, by to_dict() and as data classes."""

import dataclasses

import model_server
import samples
import scene
from haystack import Pipeline
from haystack.components.agents import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import Tool
from haystack.utils import Secret

address = model_server.serve()
functions = {"lookup_order": scene.lookup_order, "pay": scene.pay}
tools = [Tool(name=tool["name"], description=tool["description"], parameters=tool["parameters"],
              function=functions[tool["name"]]) for tool in scene.TOOLS]
model = OpenAIChatGenerator(model="m", api_base_url=f"{address}/v1", api_key=Secret.from_token("none"))
pipeline = Pipeline()
pipeline.add_component("agent", Agent(chat_generator=model, tools=tools, system_prompt=scene.INSTRUCTIONS,
                                      raise_on_tool_invocation_failure=False))
result = pipeline.run({"agent": {"messages": [ChatMessage.from_user(scene.QUESTION)]}})
messages = result["agent"]["messages"]
samples.write_json("messages.json", [message.to_dict() for message in messages])
samples.write_json("as_dataclasses.json", [dataclasses.asdict(message) for message in messages])
samples.write_json("openai_messages.json", [message.to_openai_dict_format() for message in messages])
samples.write_json("pipeline.json", {"agent": {"messages": [message.to_dict() for message in messages],
                                               "last_message": result["agent"]["last_message"].to_dict()}})
scene.write_made()
