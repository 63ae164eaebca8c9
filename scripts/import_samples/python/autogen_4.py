"""autogen-agentchat: messages of a team's run."""

import asyncio
import json

import model_server
import samples
import scene
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.openai import OpenAIChatCompletionClient

address = model_server.serve()


async def main():
    client = OpenAIChatCompletionClient(
        model="m", base_url=f"{address}/v1", api_key="none",
        model_info={"vision": False, "function_calling": True, "json_output": False, "family": "unknown",
                    "structured_output": False})
    agent = AssistantAgent("refunds", model_client=client, tools=[scene.lookup_order, scene.pay],
                           system_message=scene.INSTRUCTIONS, max_tool_iterations=5, reflect_on_tool_use=True)
    result = await agent.run(task=scene.QUESTION)
    samples.write_lines("messages.jsonl", [json.loads(m.model_dump_json()) for m in result.messages])
    samples.write_json("task_result.json", {"messages": [m.model_dump(mode="json") for m in result.messages],
                                          "stop_reason": result.stop_reason})
    samples.write_json("state.json", await agent.save_state())
    scene.write_made()


asyncio.run(main())
